"""Reports a second of `casesift run` with one and two workers, against the bare text of the same files by others.

    python benchmarks/throughput.py [FOLDER] [--files 120] [--pdf-engine pdfplumber]

The PDFs of FOLDER (the project's own corpus if not told) are repeated to so many files, each with a comment of its own at
its end, so that all are different documents. One after the other, each in a process of its own, in this run: pdfplumber's
`extract_text` alone, pdftotext alone (if it is there), casesift with one worker, casesift with two. Processor seconds, with
those of all child processes, are what other work on the machine does not change much; elapsed seconds are told beside.
The ratios are the figures to keep. Then the peak memory of the one worker over its first 100 documents and its last
100 (or the first and last third, where there are fewer), as the operating system told it ten times a second.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import psutil

ROOT = Path(__file__).parent.parent

PDFPLUMBER = """
import pathlib, sys, pdfplumber
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.pdf")):
    try:
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                page.extract_text(); page.close()
    except Exception:
        pass
"""

PDFTOTEXT = 'for f in "$1"/*.pdf; do pdftotext "$f" - >/dev/null 2>&1; done'


@dataclass
class Cost:
    """Of one command, with its child processes."""

    used: float  # processor seconds
    elapsed: float
    said: str


def cost(command: list[str], watch: Callable[[int], None] = lambda _: None) -> Cost:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        watch(process.pid)
        said = process.stderr.read()
    elapsed = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, elapsed, said)


class Memory:
    """Resident memory of the largest child of a process, looked at ten times a second."""

    def __init__(self) -> None:
        self.looks: list[tuple[float, float]] = []  # time, MB
        self._over = Event()

    def watch(self, pid: int) -> None:
        Thread(target=self._look, args=(pid,), daemon=True).start()

    def _look(self, pid: int) -> None:
        while not self._over.wait(0.1):
            try:
                held = [c.memory_info().rss / 2**20 for c in psutil.Process(pid).children(recursive=True)]
            except psutil.Error:
                continue
            if held:
                self.looks.append((time.time(), max(held)))

    def stop(self) -> None:
        self._over.set()

    def peak(self, begin: float, end: float) -> float:
        return max((mb for when, mb in self.looks if begin <= when <= end), default=0.0)


def repeated(folder: Path, number: int, into: Path) -> None:
    pdfs = sorted(folder.rglob("*.pdf"))
    for i in range(number):
        content = pdfs[i % len(pdfs)].read_bytes()
        (into / f"{i:05}-{pdfs[i % len(pdfs)].name}").write_bytes(content + f"\n%copy {i}\n".encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "corpus" / "pdf")
    parser.add_argument("--files", type=int, default=120)
    parser.add_argument("--pdf-engine", default="auto")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="casesift-throughput-") as scratch:
        files = Path(scratch) / "files"
        files.mkdir()
        repeated(told.folder, told.files, files)
        megabytes = sum(f.stat().st_size for f in files.iterdir()) / 1e6
        print(f"{told.files} files, {megabytes:.0f} MB; casesift reads them with {told.pdf_engine}", flush=True)

        def line(name: str, one: Cost, workers: int = 1) -> None:
            print(
                f"{name:<32} {told.files / one.used * workers:7.2f} reports/s by {one.used:7.1f} processor s"
                f" on {workers} core{'s' if workers > 1 else ''}; {told.files / one.elapsed:6.2f} elapsed",
                flush=True,
            )

        plumber = cost([sys.executable, "-c", PDFPLUMBER, str(files)])
        line("pdfplumber extract_text alone", plumber)
        if shutil.which("pdftotext"):
            poppler = cost(["sh", "-c", PDFTOTEXT, "sh", str(files)])
            line("pdftotext alone", poppler)
        runs = {}
        for workers in (1, 2):
            memory = Memory()
            out = Path(scratch) / f"out{workers}"
            command = [
                sys.executable, "-m", "pipelines.cli", "run", str(files), "--out", str(out), "--workers", str(workers),
                "--log-format", "json", "--pdf-engine", told.pdf_engine,
            ]  # fmt: skip
            runs[workers] = cost(command, memory.watch)
            memory.stop()
            line(f"casesift run --workers {workers}", runs[workers], workers)
            if workers == 1:
                one, looked = runs[1], memory
        print(f"casesift / pdfplumber            {one.used / plumber.used:7.2f} x the processor time")
        if shutil.which("pdftotext"):
            print(f"casesift / pdftotext             {one.used / poppler.used:7.2f} x the processor time")
        print(f"two workers / one                {one.elapsed / runs[2].elapsed:7.2f} x as fast (elapsed)")
        print(f"                                 {runs[2].used / one.used:7.2f} x the processor time")
        tell_memory(one.said, looked, told.files)


def tell_memory(said: str, memory: Memory, files: int) -> None:
    """First documents against last, by the seconds each took (the log tells whole seconds only)."""
    events = [json.loads(text) for text in said.splitlines() if text.startswith("{")]
    took = [e["seconds"] for e in events if e["event"] in ("document", "failed")]
    some = min(100, files // 3)
    if not took or not memory.looks or not some:
        return
    end = memory.looks[-1][0]
    begin = end - sum(took)
    first = memory.peak(begin, begin + sum(took[:some]))
    last = memory.peak(end - sum(took[-some:]), end)
    print(
        f"peak memory of the worker        {first:5.0f} MB over the first {some} documents, {last:.0f} MB over the last"
    )


if __name__ == "__main__":
    main()
