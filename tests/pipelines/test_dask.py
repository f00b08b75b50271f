"""The Dask engine: the rows of the local one, whatever happens to the workers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from fake_extractor import MakeFake
from out_tables import facts, table
from typer.testing import CliRunner

from extract.errors import PipelineError
from pipelines.cli import app
from pipelines.engines.tasks import Task
from pipelines.inputs.known import Stamp
from pipelines.run import Options, Watcher, run
from pipelines.stopping import Stop

distributed = pytest.importorskip("distributed", reason="no Dask: pip install 'casesift[dask]'")

from pipelines.engines import dask_engine, dask_flight, dask_worker  # noqa: E402 - needs Dask

#: the clusters of this file do not run beside each other
pytestmark = pytest.mark.xdist_group("dask")

#: a cluster of this machine alone
QUIET = {
    "n_workers": 2, "threads_per_worker": 1, "host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "memory_limit": None,
    "silence_logs": 50, "scheduler_kwargs": {"dashboard": False},
}  # fmt: skip

DASK = Options(engine="dask", workers=2, memory=0)


@pytest.fixture(scope="module")
def address():
    """A scheduler with two workers."""
    with distributed.LocalCluster(**QUIET) as cluster:
        yield cluster.scheduler_address


def on(address: str, **more) -> Options:
    return Options(engine="dask", scheduler=address, **more)


@pytest.fixture
def many(reports: Path) -> Path:
    for i in range(30):
        (reports / f"n{i:02}.txt").write_text(f"Drug{i} {i + 1} mg\npain {i % 11}/10\n")
    return reports


def test_rows_are_those_of_the_local_engine(many, tmp_path, address):
    run([many], tmp_path / "local", make=MakeFake())
    summary = run([many], tmp_path / "dask", on(address), make=MakeFake())
    assert summary.ok and summary.read == 33
    assert facts(tmp_path / "local") == facts(tmp_path / "dask")


def test_a_cluster_is_made_when_none_is_named(reports, out):
    summary = run([reports], out, DASK, make=MakeFake())
    assert summary.ok and summary.rows["treatments"] == 4


def test_a_worker_killed_in_the_middle_loses_nothing(many, tmp_path):
    run([many], tmp_path / "local", make=MakeFake())

    class Killer(Watcher):
        seen = 0

        def done(self, outcome):
            self.seen += 1
            if self.seen == 5:
                os.kill(self.victim, signal.SIGKILL)

    with distributed.LocalCluster(**QUIET) as cluster:
        killer = Killer()
        killer.victim = next(iter(cluster.workers.values())).pid
        summary = run(
            [many], tmp_path / "dask", on(cluster.scheduler_address), make=MakeFake(seconds=0.1), watcher=killer
        )
    assert killer.seen == 33 and summary.ok
    assert facts(tmp_path / "local") == facts(tmp_path / "dask")


def test_a_worker_that_is_frozen_is_started_anew_and_loses_nothing(many, tmp_path, monkeypatch):
    monkeypatch.setattr(dask_flight, "_SILENT", 10.0)
    run([many], tmp_path / "local", make=MakeFake())

    class Freezer(Watcher):
        seen = 0

        def done(self, outcome):
            self.seen += 1
            if self.seen == 5:
                os.kill(self.victim.pid, signal.SIGSTOP)

    with distributed.LocalCluster(**QUIET) as cluster:
        freezer = Freezer()
        freezer.victim = next(iter(cluster.workers.values()))
        frozen = freezer.victim.worker_address
        summary = run(
            [many],
            tmp_path / "dask",
            on(cluster.scheduler_address, timeout=10),
            make=MakeFake(seconds=0.1),
            watcher=freezer,
        )
    assert freezer.seen == 33 and summary.ok
    assert facts(tmp_path / "local") == facts(tmp_path / "dask")
    told = f"the Dask worker at {frozen} gave no sign of life for 10 seconds; it was started anew"
    assert told in summary.problems  # on a busy machine the other one may be late too


def test_documents_that_kill_or_hang_cost_themselves(reports, out):
    (reports / "die.txt").write_text("DIE")
    (reports / "hang.txt").write_text("HANG")
    summary = run([reports], out, Options(engine="dask", workers=2, memory=0, timeout=10), make=MakeFake())
    assert [(f.file, f.reason.split(":")[0]) for f in summary.failures] == [
        ("die.txt", "crashed"),
        ("hang.txt", "timeout"),
    ]
    assert summary.rows["treatments"] == 4


def test_what_waits_behind_documents_that_die_is_not_taken_for_them(reports, out):
    """Dask counts a worker's death against all that were assigned to it; two of them, and a document would be given up unread."""
    deadly = ["die1.txt", "die2.txt", "die3.txt", "die4.txt"]
    for name in deadly:
        (reports / name).write_text("DIE")
    (reports / "hang.txt").write_text("HANG")
    options = Options(engine="dask", workers=1, memory=0, timeout=10)
    summary = run([reports], out, options, make=MakeFake())
    reasons = {f.file: f.reason.split(":")[0] for f in summary.failures}
    assert reasons == dict.fromkeys(deadly, "crashed") | {"hang.txt": "timeout"}
    assert summary.rows["treatments"] == 4


def test_the_place_of_a_worker_that_dask_gives_up_is_filled_again(many, tmp_path, monkeypatch):
    monkeypatch.setattr(dask_engine, "_LOST", 1.0)
    monkeypatch.setattr(dask_flight, "_DESERTED", 120.0)
    clusters = []

    class Kept(distributed.LocalCluster):
        def __init__(self, *args, **settings):
            super().__init__(*args, **settings)
            clusters.append(self)

    class GivesUp(Watcher):
        seen = 0

        def done(self, outcome):
            self.seen += 1
            if self.seen == 5:
                (nanny,) = clusters[0].workers.values()
                clusters[0].sync(nanny.close)

    monkeypatch.setattr(dask_engine, "LocalCluster", Kept)
    watcher = GivesUp()
    options = Options(engine="dask", workers=1, memory=0)
    summary = run([many], tmp_path / "dask", options, make=MakeFake(seconds=0.1), watcher=watcher)
    assert watcher.seen == 33 and summary.ok


def test_a_cluster_that_all_workers_left_ends_the_run(many, tmp_path, monkeypatch):
    monkeypatch.setattr(dask_flight, "_DESERTED", 2.0)

    class Leaves(Watcher):
        seen = 0

        def done(self, outcome):
            self.seen += 1
            cluster.scale(0)

    watcher = Leaves()

    with distributed.LocalCluster(**QUIET) as cluster:
        with pytest.raises(PipelineError, match="has had no worker for 2 seconds") as error:
            run([many], tmp_path / "out", on(cluster.scheduler_address), make=MakeFake(seconds=0.1), watcher=watcher)
        assert "run again: what was done is kept" in str(error.value)
        cluster.scale(2)
        assert run([many], tmp_path / "out", on(cluster.scheduler_address), make=MakeFake()).read == 33 - watcher.seen


def test_small_documents_go_together_and_poison_costs_itself(many, tmp_path, address, monkeypatch):
    sent = []
    send = dask_flight.Flight.send
    monkeypatch.setattr(
        dask_flight.Flight, "send", lambda flight, batch: sent.append(len(batch)) or send(flight, batch)
    )
    run([many], tmp_path / "out", on(address), make=MakeFake())
    assert sum(sent) == 33 and max(sent) > 3 and len(sent) < 20
    sent.clear()
    (many / "n03.txt").write_text("HANG")
    (many / "n04.txt").write_text("DIE")
    for i in range(5, 20):
        (many / f"n{i:02}.txt").write_text(f"Other{i} 1 mg\n")
    with distributed.LocalCluster(**QUIET) as cluster:
        summary = run([many], tmp_path / "out", on(cluster.scheduler_address, timeout=10), make=MakeFake())
    assert [(f.file, f.reason.split(":")[0]) for f in summary.failures] == [
        ("n03.txt", "timeout"),
        ("n04.txt", "crashed"),
    ]
    assert summary.statuses == {"ok": 31, "partial": 0, "failed": 2} and max(sent) > 2


def test_a_stopped_run_keeps_what_is_done_and_goes_on(many, tmp_path, address):
    stop = Stop()

    class Stopper(Watcher):
        def done(self, outcome):
            stop.ask()

    summary = run([many], tmp_path / "out", on(address), make=MakeFake(seconds=0.05), watcher=Stopper(), stop=stop)
    assert summary.interrupted and 0 < summary.read < 33
    again = run([many], tmp_path / "out", on(address), make=MakeFake())
    assert again.read == 33 - summary.read
    run([many], tmp_path / "local", make=MakeFake())
    assert facts(tmp_path / "local") == facts(tmp_path / "out")


def test_workers_of_another_casesift_are_refused(reports, out, address):
    home = os.getpid()

    class Elsewhere(MakeFake):
        """Has another fingerprint in other processes."""

        def __call__(self):
            made = super().__call__()
            if os.getpid() != home:
                made.fingerprint = "old"
            return made

    with pytest.raises(PipelineError, match="another casesift"):
        run([reports], out, on(address), make=Elsewhere())


def test_no_scheduler_is_told_in_one_line(reports, tmp_path):
    told = CliRunner().invoke(
        app,
        ["run", str(reports), "--out", str(tmp_path / "out"), "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9"],
    )
    assert told.exit_code == 2
    assert "no Dask scheduler with workers at tcp://127.0.0.1:9" in told.stderr


@pytest.mark.parametrize("address", ["nonsense", "tcp://127.0.0.1:9"])
def test_of_a_wrong_address_nothing_is_said_but_one_line(reports, tmp_path, address):
    command = [sys.executable, "-m", "pipelines.cli", "run", reports, "--out", tmp_path / "out", "--engine", "dask"]
    told = subprocess.run([*command, "--scheduler", address], capture_output=True, text=True)
    assert told.returncode == 2
    assert told.stderr.count("\n") == 1


def test_when_the_scheduler_dies_one_line_says_so_and_what_was_done_is_kept(many, tmp_path):
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom fake_extractor import MakeFake\n"
        "from pipelines.run import Options, Watcher, run\nimport signal\n"
        "class Killer(Watcher):\n    seen = 0\n    def done(self, outcome):\n        self.seen += 1\n"
        "        if self.seen == 5: os.kill(int(sys.argv[4]), signal.SIGKILL)\n"
        "try:\n    run([Path(sys.argv[1])], Path(sys.argv[2]), Options(engine='dask', scheduler=sys.argv[3]),"
        " make=MakeFake(seconds=0.1), watcher=Killer())\n"
        "except Exception as error: print(error)\n"
    )
    with scheduler_apart() as (address, pid):
        told = subprocess.run(
            [sys.executable, "-c", code, many, tmp_path / "out", address, str(pid)],
            capture_output=True, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
    assert told.stderr == ""
    assert told.stdout.startswith("crashed: ") and "run again: what was done is kept" in told.stdout
    again = run([many], tmp_path / "out", make=MakeFake())
    assert again.ok and again.read <= 29
    assert len(table(tmp_path / "out", "documents")) == 33


@contextlib.contextmanager
def scheduler_apart():
    """A scheduler in a process of its own, with a worker in another: its address and process."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    python = [sys.executable, "-m"]
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "scheduler.json"
        command = [*python, "distributed.cli.dask_scheduler", *options, "--port", "0", "--scheduler-file", told]
        scheduler = subprocess.Popen(command, env=environment, **quiet)
        while not told.exists() or not told.read_text():
            time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        command = [*python, "distributed.cli.dask_worker", *options, address, "--nthreads", "1", "--no-nanny"]
        worker = subprocess.Popen(command, env=environment, **quiet)
        try:
            yield address, scheduler.pid
        finally:
            for process in (scheduler, worker):
                process.kill()
                process.wait()


def test_failures_and_stray_files_are_told_the_same_way(reports, tmp_path, address):
    (reports / "empty.txt").write_text("")
    (reports / "bug.txt").write_text("BUG")
    run([reports], tmp_path / "local", make=MakeFake())
    run([reports], tmp_path / "dask", on(address), make=MakeFake())
    reasons = [
        [(d["file"], d["status"], d["reason"]) for d in table(tmp_path / o, "documents")] for o in ("local", "dask")
    ]
    assert reasons[0] == reasons[1]


def test_a_run_listens_on_this_machine_alone(many, tmp_path):
    import psutil

    heard: set[str] = set()

    class Listening(Watcher):
        def done(self, outcome):
            for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    heard.update(c.laddr.ip for c in process.net_connections("inet") if c.status == "LISTEN")

    assert run([many], tmp_path / "out", DASK, make=MakeFake(), watcher=Listening()).ok
    assert heard == {"127.0.0.1"}


@dataclass(frozen=True)
class HiddenFrom:
    """A fake whose documents some worker processes do not see, as when a share is not mounted there."""

    flag: Path

    def __call__(self):
        if os.getpid() in [int(pid) for pid in self.flag.read_text().split()]:
            dask_worker._why_unseen = lambda task: f"{task.path}: No such file or directory"
        return MakeFake()()


@pytest.fixture
def cluster():
    with distributed.LocalCluster(**QUIET) as cluster:
        yield cluster


def test_a_worker_that_does_not_see_the_documents_is_left_out_and_told(many, tmp_path, cluster):
    run([many], tmp_path / "local", make=MakeFake())
    blind, seeing = cluster.workers.values()
    (tmp_path / "hidden").write_text(str(blind.pid))
    summary = run([many], tmp_path / "dask", on(cluster.scheduler_address), make=HiddenFrom(tmp_path / "hidden"))
    assert summary.ok and facts(tmp_path / "local") == facts(tmp_path / "dask")
    (told,) = summary.problems
    assert told.startswith(f"the Dask worker at {blind.worker_address} does not see the documents (")
    assert told.endswith("2022/skin/c.txt: No such file or directory); it was left out: mount them there")
    assert seeing.worker_address not in told


def test_when_no_worker_sees_the_documents_the_run_ends(many, tmp_path, cluster):
    (tmp_path / "hidden").write_text(" ".join(str(w.pid) for w in cluster.workers.values()))
    with pytest.raises(PipelineError, match=r"no Dask worker sees the documents .tcp://127.0.0.1.*mount them there"):
        run([many], tmp_path / "out", on(cluster.scheduler_address), make=HiddenFrom(tmp_path / "hidden"))
    assert not (tmp_path / "out" / "documents.csv").exists()


def test_a_document_seen_otherwise_by_a_worker_is_not_seen(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Aspirin 100 mg\n")
    task = Task(path, "a.txt", "d1", "", Stamp.of(path))
    assert dask_worker._why_unseen(task) == ""
    path.write_text("Aspirin\n")
    assert dask_worker._why_unseen(task) == f"{path}: another file than here"
    path.unlink()
    assert dask_worker._why_unseen(task) == f"{path}: No such file or directory"
