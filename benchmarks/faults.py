"""Fault campaign: runs are hurt at random moments, resumed, and compared with a run that nobody disturbed.

    python benchmarks/faults.py [--trials 210] [--seed 1] [--real 7] [--only KIND]

Kinds, in turn: kill -9 of the run; kill -9 of a worker; SIGTERM; SIGTERM twice; a full disk (a small tmpfs, needs root; else a
limit on the size of files); two runs at once, one of them killed; poison (documents that crash, hang or eat memory) and
kill -9; and nights on which something is missing: an input folder that is empty, or lost most of its documents; a store with
flipped bits, or of 0 bytes (the run must say so, `repair` makes it anew); no home and no cache. Documents are read by the stand-in of the tests, which takes milliseconds; `--real` trials more use casesift's
own extractor on reports of the corpus. After each: one more run with --retry-failed, then all tables must be those of
the undisturbed run (seconds left out), no worker may be left, and no half-written file. Exit code 1 if anything is lost,
doubled or hangs. The resuming run is of this process, so that a trial takes seconds.
"""

import argparse
import csv
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests" / "pipelines"))

from fake_extractor import MakeFake  # noqa: E402

from pipelines.engines.processing import DefaultExtractor, quiet_libraries  # noqa: E402
from pipelines.run import Options, run  # noqa: E402
from pipelines.run.repair import damage_of, repair  # noqa: E402

FAKE = [sys.executable, str(ROOT / "tests" / "pipelines" / "fake_cli.py")]
REAL = [sys.executable, "-m", "pipelines.cli"]

#: seconds after which a run counts as hanging
HANGS = 180

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

    def start(self, **more) -> subprocess.Popen:
        workers = str(self.chance.choice([1, 1, 2, 0]) if not self.limits else self.chance.choice([1, 2]))
        command = [*self.command, "run", str(self.folder), "--out", str(self.out), "--workers", workers, *self.limits]
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


KINDS = {f.__name__: f for f in (kill_run, kill_worker, terminate, terminate_twice, full_disk, two_at_once, poison, empty_share,
    shrunk_share, bit_flips, zero_bytes, no_home,
)}  # fmt: skip


def documents(folder: Path, number: int, *, bad: bool = False) -> Path:
    folder.mkdir()
    for i in range(number):
        (folder / f"n{i:02}.txt").write_text("".join(f"Drug{i}x{j} {j + 1} mg\n" for j in range(40)))
    (folder / "same.txt").write_text((folder / "n00.txt").read_text())
    (folder / "empty.txt").write_text("")
    for word in ("DIE", "HANG", "EAT", "BUG") if bad else ():
        (folder / f"n{word}.txt").write_text(word)
    return folder


def rows(out: Path) -> Counter:
    """Every row of every table but the seconds."""

    def told() -> Iterator[tuple]:
        for path in sorted(out.glob("*.csv")):
            with path.open(newline="", encoding="utf-8") as stream:
                for row in csv.DictReader(stream):
                    row.pop("seconds", None)
                    if row.get("reason", "").startswith(("memory:", "timeout:")):
                        row["reason"] = "limit"  # which of the two comes first is the machine's affair
                    yield (path.name, *row.values())

    return Counter(told())


def orphans() -> Iterator[psutil.Process]:
    """Workers of ours whose run is gone."""
    for process in psutil.process_iter():
        try:
            if process.ppid() == 1 and process.environ().get("CASESIFT_FAULTS") == str(os.getpid()):
                yield process
        except psutil.Error:
            continue


def leftovers(out: Path) -> list[str]:
    _, left = psutil.wait_procs(list(orphans()), timeout=30)
    return [*map(str, out.glob(".*.part")), *map(str, left)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=210)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", type=int, default=7)
    parser.add_argument("--only", choices=KINDS)
    told = parser.parse_args()
    quiet_libraries()
    names = [told.only] if told.only else list(KINDS)
    with tempfile.TemporaryDirectory(prefix="casesift-faults-") as scratch:
        base = Path(scratch)
        calm, bad = documents(base / "calm", 40), documents(base / "bad", 25, bad=True)
        papers = base / "papers"
        papers.mkdir()
        for path in sorted((ROOT / "corpus" / "pdf").glob("*.pdf"))[:4]:
            shutil.copy(path, papers)
        wholes: dict[Path, tuple[Counter, float]] = {}
        total: Counter = Counter()
        messages: dict[str, str] = {}
        for number in range(told.trials + told.real):
            chance = random.Random(f"{told.seed} {number}")
            name = names[number % len(names)]
            real = number >= told.trials
            folder = papers if real else bad if name == "poison" else calm
            limits = LIMITS if folder == bad else []
            if folder not in wholes:
                trial = Trial(REAL if real else FAKE, folder, base / f"whole-{folder.name}", chance, limits, 0)
                began = time.monotonic()
                trial.wait(trial.start())
                wholes[folder] = rows(trial.out), time.monotonic() - began
                if not wholes[folder][0]:
                    sys.exit(f"the run that nobody disturbs gives no rows: {' '.join(trial.command)}")
            whole, seconds = wholes[folder]
            trial = Trial(REAL if real else FAKE, folder, base / "out", chance, limits, seconds)
            KINDS[name](trial)
            trial.resume()
            now = rows(trial.out)
            result = {
                "lost": (whole - now).total(), "doubled": (now - whole).total(), "hangs": trial.hung,
                "left": len(leftovers(trial.out)), "tracebacks": len(trial.told),
            }  # fmt: skip
            if trial.said and name not in messages:
                messages[name] = trial.said
            total += Counter({"trials": 1, name: 1, **result})
            if any(result.values()):
                print(f"trial {number} {name}{' (real)' if real else ''}: {result}", *trial.told[:1], flush=True)
                print(*(f"  lost {row}" for row in whole - now), *(f"  new {row}" for row in now - whole), sep="\n")
            shutil.rmtree(trial.out)
            if total["trials"] % 30 == 0:
                print(dict(total), flush=True)
    print(*(f"{name}: {said}" for name, said in messages.items()), sep="\n")
    print(", ".join(f"{name} {total[name]}" for name in names))
    print(*(f"{key} {total[key]}" for key in ("trials", "lost", "doubled", "hangs", "left", "tracebacks")), sep=", ")
    sys.exit(any(total[key] for key in ("lost", "doubled", "hangs", "left", "tracebacks")))


if __name__ == "__main__":
    main()
