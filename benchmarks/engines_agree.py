"""Do both PDF engines read the same? The texts of every PDF in folders, file by file, and the first place where they part.

    python benchmarks/engines_agree.py FOLDER... [--boxes 1.5]

Compared are the text, its sections and furniture, and (within --boxes points) every character's box. `auto` says which files
`--pdf-engine auto` reads by PDFium. The exit code is 1 when a text differs.
"""

import argparse
import sys
from pathlib import Path

from extract.document import SourceText
from extract.errors import ReadingError
from extract.reading import read
from extract.reading.bounds import too_much_for_pdfium
from extract.reading.choice import doubtful_pages
from extract.reading.pdfium import read_glyphs


def outcome(path: Path, engine: str) -> SourceText | str:
    try:
        return read(path, engine=engine)
    except ReadingError as error:
        return error.code.value


def parting(a: str, b: str) -> str:
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return f"at {at}: {a[max(0, at - 25) : at + 25]!r} | {b[max(0, at - 25) : at + 25]!r}"


def compare(a: SourceText | str, b: SourceText | str, boxes: float) -> str:
    """What differs, "" when nothing does."""
    if isinstance(a, str) or isinstance(b, str):
        told = [x if isinstance(x, str) else "read" for x in (a, b)]
        return "" if told[0] == told[1] else f"outcome {told[0]} | {told[1]}"
    if a.text != b.text:
        return f"text {parting(a.text, b.text)}"
    if a.sections != b.sections or [(f.text, f.kind) for f in a.furniture] != [(f.text, f.kind) for f in b.furniture]:
        return "sections or furniture"
    if a.boxes is None or b.boxes is None or not len(a.text):
        return ""
    edges = ("x0", "top", "x1", "bottom")
    farthest = max(float(abs(getattr(a.boxes, e) - getattr(b.boxes, e)).max()) for e in edges)
    return f"boxes by {farthest:.1f} points" if farthest > boxes else ""


def sure(path: Path) -> bool:
    try:
        return not too_much_for_pdfium(path) and not doubtful_pages(read_glyphs(path))
    except ReadingError:
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, default=[Path(__file__).parent.parent / "corpus" / "pdf"])
    parser.add_argument("--boxes", type=float, default=1.5)
    args = parser.parse_args()
    files = sorted({path for folder in args.folders for path in folder.rglob("*.pdf")})
    texts = others = fast = 0
    for path in files:
        told = compare(outcome(path, "pdfplumber"), outcome(path, "pdfium"), args.boxes)
        fast += sure(path)
        texts += told.startswith(("text", "outcome"))
        others += bool(told)
        if told:
            print(f"{path}: {told}")
    print(f"{len(files)} files: {len(files) - texts} with the same text, {len(files) - others} the same in all")
    print(f"auto reads {fast} of them by PDFium")
    return 1 if texts else 0


if __name__ == "__main__":
    sys.exit(main())
