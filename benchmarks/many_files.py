"""What a run costs when there is nothing to do, and when there is very much: seconds and memory.

    python benchmarks/many_files.py [--unchanged 10000] [--tiny 100000] [--workers 1]

`--unchanged` files are taken in by one run and looked at by a second, against `find -printf` of sizes and times of the same
folder. `--tiny` files of one line are read by the stand-in of the tests, which takes no time, so that what is left is the
work of the run itself: hashing, workers, store, tables. The memory is the peak of the largest process.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
FAKE = [sys.executable, str(ROOT / "tests" / "pipelines" / "fake_cli.py")]


def timed(command: list[str]) -> tuple[float, float, float]:
    """Processor seconds, elapsed seconds and peak memory in MB of a command (of the largest of its processes)."""
    began = time.perf_counter()
    environment = os.environ | {"FAKE_SECONDS": "0"}
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return max(usage.ru_utime + usage.ru_stime, 0.01), time.perf_counter() - began, usage.ru_maxrss / 1024


def tiny(folder: Path, number: int) -> Path:
    for i in range(number):
        below = folder / f"{i // 1000:03}"
        if i % 1000 == 0:
            below.mkdir(parents=True)
        (below / f"{i:06}.txt").write_text(f"Drug{i} {i % 90 + 1} mg\n")
    return folder


def line(name: str, files: int, cost: tuple[float, float, float]) -> None:
    used, elapsed, peak = cost
    print(
        f"{name:<36} {used:7.1f} processor s, {elapsed:7.1f} s elapsed, {peak:5.0f} MB, {files / used:9.0f} files a processor s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unchanged", type=int, default=10_000)
    parser.add_argument("--tiny", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=1)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casesift-many-") as scratch:
        for number in {told.unchanged, told.tiny} - {0}:
            folder, out = tiny(Path(scratch) / f"in{number}", number), Path(scratch) / f"out{number}"
            run = [*FAKE, "run", str(folder), "--out", str(out), "--quiet", "--workers", str(told.workers)]
            find = timed(["find", str(folder), "-type", "f", "-printf", "%p %s %T@\n"])
            line(f"find -printf, {number} files", number, find)
            line(f"casesift run, {number} new", number, timed(run))
            again = timed(run)
            line(f"casesift run, {number} unchanged", number, again)
            print(f"unchanged / find                     {again[0] / find[0]:7.1f} x the processor time")


if __name__ == "__main__":
    main()
