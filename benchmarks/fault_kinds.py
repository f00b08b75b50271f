"""What is done to a run, for the campaign of `faults.py`: a function for each kind of harm."""

import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "pipelines"))

from fake_extractor import MakeFake  # noqa: E402

from pipelines.engines.processing import DefaultExtractor  # noqa: E402
from pipelines.run import Options, run  # noqa: E402
from pipelines.run.repair import damage_of, repair  # noqa: E402

FAKE = [sys.executable, str(ROOT / "tests" / "pipelines" / "fake_cli.py")]
REAL = [sys.executable, "-m", "pipelines.cli"]

#: seconds after which a run counts as hanging
HANGS = 600

#: what takes the right to read everything from root
_BOUND = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    if os.getuid() == 0
    else []
)

LIMITS = ["--timeout", "4", "--memory", "300"]


@dataclass
class Trial:
    """One run that is hurt."""

    command: list[str]
    folder: Path
    out: Path
    chance: random.Random
    limits: list[str]
    seconds: float  # a whole run takes about that long
    hung: int = 0
    told: list[str] = field(default_factory=list)
    said: str = ""  # by a run that had to notice something
    environment: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)  # further ones of the run
    before: list[str] = field(default_factory=list)  # what starts the run

    def start(self, **more) -> subprocess.Popen:
        workers = str(self.chance.choice([1, 1, 2, 0]) if not self.limits else self.chance.choice([1, 2]))
        workers = "2" if self.options else workers
        command = [
            *self.before,
            *self.command,
            "run",
            str(self.folder),
            "--out",
            str(self.out),
            "--workers",
            workers,
            *self.limits,
        ]
        command += self.options
        return subprocess.Popen(
            command, env=os.environ | {"FAKE_SECONDS": "0.02", "CASESIFT_FAULTS": str(os.getpid())} | self.environment, cwd=ROOT,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **more,
        )  # fmt: skip

    def wait(self, run: subprocess.Popen) -> int:
        try:
            _, said = run.communicate(timeout=HANGS)
        except subprocess.TimeoutExpired:
            self.hung += 1
            run.kill()
            _, said = run.communicate()
        if "Traceback" in said and "spawn_main" not in said:  # a worker that starts as its parent is killed complains
            self.told.append(said)
        return run.returncode

    def resume(self) -> None:
        """One more run, to its end."""

        def hangs(_signal: int, _frame: object) -> None:
            self.hung += 1
            raise TimeoutError("the resuming run hangs")

        signal.signal(signal.SIGALRM, hangs)
        signal.alarm(HANGS)
        make = MakeFake() if self.command == FAKE else DefaultExtractor()
        limits = {"workers": 2, "timeout": 4.0, "memory": 300} if self.limits else {}
        try:
            run([self.folder], self.out, Options(retry_failed=True, **limits), make=make)
        finally:
            signal.alarm(0)

    def moment(self) -> None:
        time.sleep(self.chance.uniform(0.1, self.seconds))


def kill_run(trial: Trial) -> None:
    run = trial.start()
    trial.moment()
    run.kill()
    trial.wait(run)


def kill_worker(trial: Trial) -> None:
    run = trial.start()
    for _ in range(3):
        time.sleep(trial.chance.uniform(0.1, trial.seconds / 3))
        try:
            workers = [c for c in psutil.Process(run.pid).children() if "spawn_main" in " ".join(c.cmdline())]
            if workers:
                trial.chance.choice(workers).kill()
        except psutil.Error:
            pass
    trial.wait(run)


def terminate(trial: Trial) -> None:
    run = trial.start()
    trial.moment()
    run.send_signal(trial.chance.choice([signal.SIGTERM, signal.SIGINT]))
    trial.wait(run)


def terminate_twice(trial: Trial) -> None:
    run = trial.start()
    trial.moment()
    for _ in range(2):
        run.send_signal(signal.SIGTERM)
        time.sleep(trial.chance.uniform(0, 0.05))
    trial.wait(run)


def full_disk(trial: Trial) -> None:
    trial.out.mkdir(exist_ok=True)
    kilobytes = trial.chance.randrange(200, 1200)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(trial.out)]
    if os.getuid() == 0 and not subprocess.run(mount, capture_output=True, check=False).returncode:
        try:
            trial.wait(trial.start())
            kept = trial.out.with_name("kept")
            shutil.copytree(trial.out, kept)
        finally:
            subprocess.run(["umount", "-l", str(trial.out)], check=True)
        trial.out.rmdir()
        kept.rename(trial.out)
    else:
        size = 1024 * kilobytes
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # noqa: E731
        trial.wait(trial.start(preexec_fn=limit))


def two_at_once(trial: Trial) -> None:
    runs = [trial.start(), trial.start()]
    trial.moment()
    trial.chance.choice(runs).kill()
    third = trial.start()
    for one in (*runs, third):
        trial.wait(one)


def poison(trial: Trial) -> None:
    kill_run(trial)


def whole_run(trial: Trial) -> None:
    trial.wait(trial.start())


def night(trial: Trial, *, must_say: str) -> None:
    """A run that has to notice something: another exit code than 0, and one line that says what."""
    run = trial.start()
    _, said = run.communicate(timeout=HANGS)
    trial.said = said.strip().replace(str(trial.folder.parent), "")
    if not run.returncode or must_say not in said or "Traceback" in said:
        trial.told.append(f"exit code {run.returncode}, said {said!r}")


def empty_share(trial: Trial) -> None:
    whole_run(trial)
    away = trial.folder.rename(trial.folder.with_name("away"))
    trial.folder.mkdir()
    night(trial, must_say="is the share mounted?")
    trial.folder.rmdir()
    away.rename(trial.folder)


def shrunk_share(trial: Trial) -> None:
    whole_run(trial)
    away = trial.folder.with_name("away")
    away.mkdir()
    files = sorted(trial.folder.iterdir())
    moved = [f.rename(away / f.name) for f in trial.chance.sample(files, len(files) * 2 // 3)]
    night(trial, must_say="is the share mounted?")
    for file in moved:
        file.rename(trial.folder / file.name)
    away.rmdir()


def bit_flips(trial: Trial) -> None:
    whole_run(trial)
    store = trial.out / "casesift.sqlite"
    raw = bytearray(store.read_bytes())
    for _ in range(trial.chance.randrange(1, 4)):
        at = trial.chance.randrange(len(raw) // 4096) * 4096
        raw[at : at + 16] = trial.chance.randbytes(16)
    store.write_bytes(raw)
    if damage_of(store):
        night(trial, must_say="makes it anew")
        repair(trial.out)


def zero_bytes(trial: Trial) -> None:
    whole_run(trial)
    (trial.out / "casesift.sqlite").write_bytes(b"")
    night(trial, must_say="it is damaged (0 bytes)")
    repair(trial.out)


def no_home(trial: Trial) -> None:
    trial.environment = {"HOME": os.devnull, "XDG_CACHE_HOME": os.devnull, "CASESIFT_CACHE": ""}
    kill_run(trial)
    trial.environment = {}


def unlistable_folder(trial: Trial) -> None:
    """The input folder cannot be listed, or one below it."""
    whole_run(trial)
    closed = trial.folder if trial.chance.random() < 0.5 else trial.folder / "closed"
    closed.mkdir(exist_ok=True)
    mode = closed.stat().st_mode
    closed.chmod(0)
    trial.before = _BOUND
    try:
        night(trial, must_say="cannot be listed")
    finally:
        trial.before = []
        closed.chmod(mode)
        if closed != trial.folder:
            closed.rmdir()


def heard(trial: Trial, run: subprocess.Popen, *, must_say: str) -> None:
    """A run that does all there is to do, and says what was in its way."""
    try:
        _, said = run.communicate(timeout=HANGS)
    except subprocess.TimeoutExpired:
        trial.hung += 1
        run.kill()
        _, said = run.communicate()
    finally:
        trial.options, trial.environment = [], {}
    trial.said = " ".join(line for line in said.splitlines() if must_say in line).replace(str(trial.folder.parent), "")
    if not trial.said or "Traceback" in said:
        trial.told.append(f"exit code {run.returncode}, said {said!r}")


def wait_for_documents(out: Path, number: int) -> None:
    """Until so many are in the store."""
    while True:
        time.sleep(0.05)
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"file:{out / 'casesift.sqlite'}?mode=ro", uri=True)) as db,
        ):
            if db.execute("SELECT count(*) FROM documents").fetchone()[0] >= number:
                return


KINDS = {f.__name__: f for f in (kill_run, kill_worker, terminate, terminate_twice, full_disk, two_at_once, poison, empty_share,
    shrunk_share, unlistable_folder, bit_flips, zero_bytes, no_home,
)}  # fmt: skip
