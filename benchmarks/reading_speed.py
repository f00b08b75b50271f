"""Pages a second on one core: casesift's reading against the tools under it, on the same files in one run.

    python benchmarks/reading_speed.py [FOLDER] [--rounds 3]

FOLDER defaults to the project's own corpus. The tools take turns on every file, round after round, so that a machine that
slows down slows all of them. Printed: pages a second of processor time, and the ratio to pdfplumber's `extract_words`.
"""

import argparse
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pypdfium2

from extract.reading import read
from extract.reading.pdfium import read_glyphs


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


def pdfium_characters(path: Path) -> None:
    read_glyphs(path)


def pdftotext(path: Path) -> None:
    subprocess.run(["pdftotext", str(path), "-"], check=True, capture_output=True)


def processor_seconds() -> float:
    """Of this process and of those it has called."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


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
        "PDFium, characters and boxes": pdfium_characters,
        "PDFium, text": pdfium_text,
    }
    if shutil.which("pdftotext"):
        tools["pdftotext"] = pdftotext
    else:
        print("pdftotext is missing (Debian: poppler-utils) and left out")
    seconds: dict[str, list[float]] = {name: [] for name in tools}
    for _ in range(args.rounds):
        for path in files:  # all tools on one file, then the next: a machine that slows down slows all
            for name, tool in tools.items():
                began = processor_seconds()
                tool(path)
                seconds[name].append(processor_seconds() - began)
    spent = {name: sum(times) / args.rounds for name, times in seconds.items()}
    base = spent["pdfplumber extract_words"]
    print(f"{len(files)} files, {pages} pages, mean of {args.rounds} rounds, processor seconds of one core")
    for name, total in spent.items():
        print(f"{name:30s} {pages / total:8.1f} pages/s   {base / total:6.2f} x pdfplumber")


if __name__ == "__main__":
    main()
