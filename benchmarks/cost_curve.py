"""How the time of a report grows with its pages: seconds for documents of 1, 10, 50 and 200 pages, and the exponent.

    python benchmarks/cost_curve.py [FOLDER] [--pages 1 10 50 200] [--rounds 3]

FOLDER holds reports (.pdf); without it the project's own corpus is read. The documents are made of its pages, all in turn and again from
the first; scans are left out. Each is read in a process of its own, which has read another report before, so that nothing is loaded
while the clock runs. Printed, in processor seconds of one core: the median of the rounds for reading, language and records, seconds a
page, and of the whole the exponent between one size and the next (1: twice the pages take twice the time).
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice, pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("reading", "language", "records")
_LETTERS = 200  # a page with fewer is a scan or a cover


def written_pages(folder: Path) -> list[tuple[Path, int]]:
    """The pages that hold text, as file and index."""
    import pypdfium2

    pages = []
    for path in sorted(folder.rglob("*.pdf")):
        try:
            pdf = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError:  # damaged or sealed on purpose
            continue
        pages += [(path, i) for i in range(len(pdf)) if pdf[i].get_textpage().count_chars() > _LETTERS]
        pdf.close()
    return pages


def bind(pages: list[tuple[Path, int]], number: int, out: Path) -> None:
    """Write a document of `number` pages."""
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    for path, index in islice(cycle(pages), number):
        with pypdfium2.PdfDocument(path) as source:
            whole.import_pages(source, [index])
    whole.save(out)
    whole.close()


def seconds(path: Path, warm: Path) -> dict[str, float]:
    """Processor seconds by room of one document, in this process."""
    from extract import Extractor, language
    from extract.language.mention import sentences
    from extract.records import assemble
    from extract.records.mentions import with_mentions
    from extract.schema import Document

    extractor = Extractor()

    def work(name: Path) -> dict[str, float]:
        marks = [time.process_time()]
        source = extractor.read(name)
        marks.append(time.process_time())
        doc = language.analyse(extractor.nlp, source)
        marks.append(time.process_time())
        document = Document(doc_id="d0", file=name.name, sha256="", status="ok")
        settings, sents = extractor.settings.records, sentences(doc)
        with_mentions(doc, assemble(doc, document, settings, sents), settings, sents)
        marks.append(time.process_time())
        return dict(zip(ROOMS, (b - a for a, b in pairwise(marks)), strict=True)) | {"characters": len(source.text)}

    work(warm)
    return work(path)


def apart(path: Path, warm: Path) -> dict[str, float]:
    """`seconds` in a process of its own, with one thread."""
    own = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, __file__, "--one", str(path), str(warm)]
    done = subprocess.run(command, env={**os.environ, **own, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "corpus" / "pdf")
    parser.add_argument("--pages", type=int, nargs="+", default=[1, 10, 50, 200])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", type=Path, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(seconds(*args.one)))
        return
    pages = written_pages(args.folder)
    if not pages:
        parser.error(f"there is no page with text in {args.folder}")
    print(f"{len(pages)} different pages, {args.rounds} rounds, processor seconds of one core")
    print(f"{'pages':>6s}{'characters':>12s}" + "".join(f"{room:>10s}" for room in (*ROOMS, "all", "a page")))
    whole: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.pdf"
        bind(pages[-3:], 3, warm)
        for number in args.pages:
            path = Path(folder) / f"{number}.pdf"
            bind(pages, number, path)
            rounds = [apart(path, warm) for _ in range(args.rounds)]
            median = {room: statistics.median(r[room] for r in rounds) for room in ROOMS}
            total = statistics.median(sum(r[room] for room in ROOMS) for r in rounds)
            whole.append((number, total))
            cells = (*median.values(), total, total / number)
            print(
                f"{number:6d}{rounds[0]['characters']:12.0f}" + "".join(f"{cell:10.3f}" for cell in cells), flush=True
            )
    for (few, less), (many, more) in pairwise(whole):
        print(f"from {few} to {many} pages: exponent {math.log(more / less) / math.log(many / few):.2f}")
    if len(whole) > 1:
        slope = statistics.linear_regression(*zip(*((math.log(n), math.log(s)) for n, s in whole), strict=True)).slope
        print(f"over all sizes: exponent {slope:.2f}")


if __name__ == "__main__":
    main()
