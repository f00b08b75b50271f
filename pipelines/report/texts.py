"""The documents' texts for the report page, with the mentions to colour.

Offsets count UTF-16 units here, as JavaScript's strings do; a text of the Basic Multilingual Plane has the same in both.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from extract.errors import CasesiftError
from pipelines.store import Store
from pipelines.store.sources import source_of


@dataclass(frozen=True)
class Text:
    """A document's text, or the reason why it is not in the page.

    `marks` are (start, end, label); `units` turns an offset of the store into one of the page.
    """

    text: str
    missing: str
    marks: tuple[tuple[int, int, str], ...]
    units: Callable[[int], int]


def texts(store: Store, most: int) -> dict[str, Text]:
    """The texts by document, of the first `most` documents that were read; a document whose file is gone tells so."""
    known = [k for k in store.known() if k.status != "failed"]
    return {k.doc_id: _text(store, k.doc_id) for k in known[: max(0, most)]}


def _text(store: Store, doc_id: str) -> Text:
    try:
        text = source_of(store, doc_id).text
    except CasesiftError as error:
        return Text("", error.reason, (), lambda offset: offset)
    units = _units(text)
    rows = store.rows("mentions", doc_id=doc_id)
    marks = sorted({(units(r["start"]), units(r["end"]), r["label"]) for r in rows if _placed(r)}, key=_outer_first)
    return Text(text, "", tuple(marks), units)


def _placed(row: dict[str, Any]) -> bool:
    return row["start"] is not None and row["end"] is not None and row["start"] < row["end"]


def _outer_first(mark: tuple[int, int, str]) -> tuple[int, int, str]:
    start, end, label = mark
    return start, -end, label


def _units(text: str) -> Callable[[int], int]:
    wide = [i for i, c in enumerate(text) if ord(c) > 0xFFFF]
    return lambda offset: offset + bisect_left(wide, offset)
