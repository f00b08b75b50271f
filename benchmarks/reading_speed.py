"""Pages a second on one core: casesift's reading against the tools under it, on the same files in one run.

    python benchmarks/reading_speed.py [FOLDER] [--rounds 3]

FOLDER defaults to the project's own corpus. Each tool reads every file in turn, round after round, so that a machine that slows
down slows all of them; the median round counts. Printed: pages a second, and the ratio to pdfplumber's `extract_words`.
"""

import argparse
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pypdfium2

from extract.reading import read


def pdfplumber_words(path: Path) -> None:
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_words()
            page.close()


def pdfium_text(path: Path) -> None:
    pdf = pypdfium2.PdfDocument(path)
    for page in pdf:
        page.get_textpage().get_text_bounded()
    pdf.close()


def pdftotext(path: Path) -> None:
    subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True)


def readable(path: Path) -> int:
    """Pages of a file that all tools can read, else 0."""
    try:
        return read(path).pages
    except Exception:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent.parent / "corpus" / "pdf")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    files = {p: n for p in sorted(args.folder.rglob("*.pdf")) if (n := readable(p))}
    pages = sum(files.values())
    tools: dict[str, Callable[[Path], object]] = {
        "pdfplumber extract_words": pdfplumber_words,
        "casesift, pdfplumber engine": lambda p: read(p, engine="pdfplumber"),
        "casesift, pdfium engine": lambda p: read(p, engine="pdfium"),
        "PDFium text": pdfium_text,
    }
    if shutil.which("pdftotext"):
        tools["pdftotext"] = pdftotext
    seconds: dict[str, list[float]] = {name: [] for name in tools}
    for _ in range(args.rounds):
        for name, tool in tools.items():
            began = time.process_time() if tool is not pdftotext else time.perf_counter()
            for path in files:
                tool(path)
            seconds[name].append((time.process_time() if tool is not pdftotext else time.perf_counter()) - began)
    base = statistics.median(seconds["pdfplumber extract_words"])
    print(f"{len(files)} files, {pages} pages, median of {args.rounds} rounds, processor seconds (pdftotext: elapsed)")
    for name, runs in seconds.items():
        middle = statistics.median(runs)
        print(f"{name:30s} {pages / middle:8.1f} pages/s   {base / middle:6.2f} x pdfplumber")


if __name__ == "__main__":
    main()
