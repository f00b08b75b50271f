"""Where facts stand in a document without pages (.txt, .xml): its text, cut into pieces that can be marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from pipelines.review.documents import DocumentView, RowView


@dataclass(frozen=True)
class Piece:
    """A stretch of plain text with the rows that stand there."""

    start: int
    text: str
    rows: tuple[str, ...] = ()
    kind: str = ""


def marked(text: str, seen: DocumentView) -> list[Piece]:
    """The text cut where a row begins or ends; joined, the pieces are the text."""
    rows = [r for r in _all(seen) if r.spans and 0 <= r.spans[0][0] < r.spans[0][1] <= len(text)]
    edges = sorted({0, len(text), *(edge for r in rows for edge in r.spans[0][:2])})
    starting: dict[int, list[RowView]] = {}
    for row in rows:
        starting.setdefault(row.spans[0][0], []).append(row)
    pieces, open_rows = [], list[RowView]()
    for start, end in pairwise(edges):
        open_rows = [r for r in open_rows if r.spans[0][1] > start] + starting.get(start, [])
        innermost = min(open_rows, key=lambda r: r.spans[0][1] - r.spans[0][0], default=None)
        pieces.append(
            Piece(start, text[start:end], tuple(r.id for r in open_rows), innermost.kind if innermost else "")
        )
    return pieces


def _all(seen: DocumentView) -> Iterable[RowView]:
    return (row for case in seen.cases for row in case.rows)
