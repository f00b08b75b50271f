"""Reports a second and peak memory of `casesift run` on one core, against pdfplumber's `extract_text` alone on the same files.

    python benchmarks/run_speed.py [FOLDER]

FOLDER defaults to the project's own corpus. Both run as processes of their own, one after the other; processor seconds as the
operating system counted them, so that other work on the machine does not count.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TEXT_ALONE = """
import pathlib, sys, pdfplumber
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.pdf")):
    try:
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                page.extract_text(); page.close()
    except Exception:
        pass
"""


def timed(command: list[str]) -> tuple[float, float, float]:
    """Processor seconds, elapsed seconds and peak memory in MB of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True)
    elapsed = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, elapsed, after.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent.parent / "corpus" / "pdf")
    folder = parser.parse_args().folder
    files = len(list(folder.rglob("*.pdf")))
    text, *_ = timed([sys.executable, "-c", TEXT_ALONE, str(folder)])
    with tempfile.TemporaryDirectory() as out:
        run = [sys.executable, "-m", "pipelines.cli", "run", str(folder), "--include", "*.pdf", "--out", out, "--quiet"]
        used, elapsed, peak = timed(run)
        again, again_elapsed, _ = timed(run)
    print(f"{files} files")
    print(f"pdfplumber extract_text alone  {text:7.1f} s  {files / text:5.2f} reports/s")
    print(
        f"casesift run                   {used:7.1f} s  {files / used:5.2f} reports/s  ({elapsed:.1f} s elapsed, {peak:.0f} MB)"
    )
    print(f"ratio                          {used / text:7.2f} x pdfplumber's text alone")
    print(f"casesift run, nothing new      {again:7.1f} s  ({again_elapsed:.1f} s elapsed)")


if __name__ == "__main__":
    main()
