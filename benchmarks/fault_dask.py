"""What is done to a run on Dask workers, for the campaign of `faults.py`: a function for each kind of harm.

None of them may cost a document its result, so the tables are looked at before anything is read again.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import distributed
import psutil
from fault_kinds import FAKE, HANGS, Trial, heard, wait_for_documents

#: what becomes of the stand-in's documents that do harm
_ENDS = {"DIE": ("crashed",), "HANG": ("timeout",), "EAT": ("memory", "timeout", "crashed"), "BUG": ("internal",)}


def frozen_worker(trial: Trial) -> None:
    """One of two Dask workers is stopped while documents are read."""
    trial.options, trial.environment = ["--engine", "dask"], {"FAKE_SILENT": "8", "FAKE_SECONDS": "0.5"}
    run = trial.start()
    wait_for_documents(trial.out, trial.chance.randrange(1, 6))
    trial.chance.choice(_workers(run)).suspend()
    heard(trial, run, must_say="gave no sign of life for 8 seconds")


def blind_worker(trial: Trial) -> None:
    """One of two Dask workers is on a machine where the share is not mounted."""
    with cluster(trial.folder) as address:
        trial.options, trial.environment = ["--engine", "dask", "--scheduler", address], {"FAKE_SECONDS": "0.02"}
        heard(trial, trial.start(), must_say="does not see the documents")


def dask_killed(trial: Trial) -> None:
    """Workers are killed, one after another, while documents are read."""
    trial.options = ["--engine", "dask"]
    run = trial.start()
    for number in range(trial.chance.randrange(1, 4)):
        wait_for_documents(trial.out, 3 * number + trial.chance.randrange(1, 4))
        with suppress(psutil.Error, IndexError):
            trial.chance.choice(_workers(run)).kill()
    trial.wait(run)
    trial.options = []
    _only_the_bad_failed(trial)


def dask_poison(trial: Trial) -> None:
    """Documents that crash, hang, eat memory or meet a bug, among others that wait behind them."""
    trial.options = ["--engine", "dask"]
    trial.wait(trial.start())
    trial.options = []
    _only_the_bad_failed(trial)


def _only_the_bad_failed(trial: Trial) -> None:
    if trial.hung:
        return
    with (trial.out / "documents.csv").open(newline="", encoding="utf-8-sig") as stream:
        rows = [row for row in csv.DictReader(stream) if row["status"] == "failed" and row["file"] != "empty.txt"]
    for row in rows:
        ends = _ENDS.get(Path(row["file"]).stem.removeprefix("n"), ())
        if row["reason"].partition(":")[0] not in ends:
            trial.told.append(f"{row['file']} was kept as failed: {row['reason']}")


def _workers(run: subprocess.Popen) -> list[psutil.Process]:
    return [p for p in psutil.Process(run.pid).children() if "spawn_main" in " ".join(p.cmdline())]


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A scheduler and two workers, one of which sees nothing of `folder`: an empty file system is mounted there."""
    python, options = [sys.executable, "-m"], ["--host", "127.0.0.1", "--no-dashboard"]
    more = {"env": os.environ | {"FAKE_SECONDS": "0.02"}, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        about = Path(place) / "scheduler.json"
        start = ["distributed.cli.dask_scheduler", *options, "--port", "0", "--scheduler-file", str(about)]
        processes = [subprocess.Popen([*python, *start], **more)]
        stack.callback(lambda: [(p.kill(), p.wait()) for p in processes])
        while not (about.exists() and about.read_text()):
            time.sleep(0.1)
        address = json.loads(about.read_text())["address"]
        worker = [
            *python,
            "distributed.cli.dask_worker",
            *options,
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            "--preload",
            FAKE[1],
        ]
        mount = 'mount -t tmpfs tmpfs "$0" && exec "$@"'
        processes.append(subprocess.Popen(worker, **more))
        processes.append(subprocess.Popen(["unshare", "--mount", "sh", "-c", mount, str(folder), *worker], **more))
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=HANGS)
        yield address


KINDS = {f.__name__: f for f in (blind_worker, frozen_worker, dask_killed, dask_poison)}
