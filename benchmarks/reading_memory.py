"""Is memory flat? Reads 300 documents in one process and prints its resident memory at the beginning and the end.

    python benchmarks/reading_memory.py [FOLDER] [--documents 300] [--engine pdfium]

FOLDER (the project's own corpus by default) is read over and over. Printed: the most memory within the first and the last
50 documents, and how many files were open at the end.
"""

import argparse
import itertools
import os
from pathlib import Path

from extract.errors import ReadingError
from extract.reading import read


def resident() -> float:
    """Resident memory of this process in MB (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent.parent / "corpus" / "pdf")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--engine", default="pdfium")
    args = parser.parse_args()
    files = sorted(args.folder.rglob("*.pdf"))
    most: list[float] = []
    pages = failed = 0
    for path in itertools.islice(itertools.cycle(files), args.documents):
        try:
            pages += read(path, engine=args.engine).pages
        except ReadingError:
            failed += 1
        most.append(resident())
    opened = len(list(Path("/proc/self/fd").iterdir()))
    print(f"{args.documents} documents, {pages} pages, {failed} not readable, engine {args.engine}")
    print(
        f"first 50: at most {max(most[:50]):.0f} MB   last 50: at most {max(most[-50:]):.0f} MB   open files: {opened}"
    )


if __name__ == "__main__":
    main()
