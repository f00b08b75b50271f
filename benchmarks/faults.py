"""Fault campaign: runs are hurt at random moments, resumed, and compared with a run that nobody disturbed.

    python benchmarks/faults.py [--trials 210] [--seed 1] [--real 7] [--only KIND ...]

Kinds, in turn: kill -9 of the run; kill -9 of a worker; SIGTERM; SIGTERM twice; a full disk (a small tmpfs, needs root; else a
limit on the size of files); two runs at once, one of them killed; poison (documents that crash, hang or eat memory) and
kill -9; and nights on which something is missing: an input folder that is empty, lost most of its documents or cannot be listed; a store
with flipped bits, or of 0 bytes (the run must say so, `repair` makes it anew); no home and no cache; and Dask workers: one that is frozen,
one that does not see the documents (needs root), ones that are killed, and poison among documents that wait behind it. Documents are
read by the stand-in of the tests, which takes milliseconds; `--real` trials more use casesift's own extractor on reports of the
corpus. After each: one more run with --retry-failed, then all tables must be those of
the undisturbed run (seconds left out), no worker may be left, and no half-written file. Exit code 1 if anything is lost,
doubled or hangs. The resuming run is of this process, so that a trial takes seconds.
"""

import argparse
import csv
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
from fault_dask import KINDS as DASK_KINDS
from fault_kinds import FAKE, LIMITS, REAL, ROOT, Trial
from fault_kinds import KINDS as LOCAL_KINDS

from pipelines.engines.processing import quiet_libraries

KINDS = LOCAL_KINDS | DASK_KINDS


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
    parser.add_argument("--only", choices=KINDS, action="append")
    told = parser.parse_args()
    quiet_libraries()
    names = told.only or list(KINDS)
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
            folder = papers if real else bad if "poison" in name else calm
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
                print(f"trial {number} {name}{' (real)' if real else ''}: {result}", *trial.told, flush=True)
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
