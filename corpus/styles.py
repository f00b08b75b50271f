"""Set a report of the corpus in twelve publishers' styles, and as plain text.

    python corpus/styles.py ID --out DIR    write DIR/ID.txt and DIR/<style>.pdf

Whoever reads them must find the same in all: tests/corpus/test_styles.py does.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from layouts.publishers import PUBLISHERS
from press.markup import Report, plain, read
from press.typeset import register

HERE = Path(__file__).parent


def as_text(report: Report) -> str:
    """A report as somebody types it: title, headings, paragraphs and a table's rows, a blank line between them."""
    parts = [report.meta["title"]]
    for b in report.blocks:
        parts += [plain(block.text) for block in [b, *b.inside]]
        head, *rows = [[plain(cell) for cell in row] for row in b.rows] or [[]]
        parts += ["; ".join(head)] if head else []
        for row in rows:
            named = [f"{name}: {cell}" if k else cell for k, (name, cell) in enumerate(zip(head, row, strict=True))]
            parts.append("; ".join(named))
    return "\n\n".join(parts) + "\n"


def main() -> int:
    a = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    a.add_argument("report", metavar="ID")
    a.add_argument("--out", type=Path, required=True, help="where the files go")
    args = a.parse_args()
    source = HERE / "reports" / f"{args.report}.md"
    if not source.exists():
        print(f"no such report: {args.report}", file=sys.stderr)
        return 2
    register()
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / f"{args.report}.txt").write_text(as_text(read(source)), encoding="utf-8")
    for name, layout in PUBLISHERS.items():
        (args.out / f"{name}.pdf").write_bytes(layout(read(source)).pdf())
    return 0


if __name__ == "__main__":
    sys.exit(main())
