"""Where a fact stands that a curator adds in a sheet: found by its sentence.

In: the values of the new row, `evidence` among them. Out: the same with characters, page, box and section: of the fact's own words
in that sentence where the document's text can be had, else of a row that has the same evidence. What the curator tells stays.
"""

from __future__ import annotations

import re
from typing import Any

from extract import schema
from extract.errors import CasesiftError
from extract.reading import SourceText
from pipelines.curation.fields import CURATED
from pipelines.curation.stored import curated_rows
from pipelines.store import Store

_PLACE = ("page", "x0", "top", "x1", "bottom", "start", "end", "section")


def placed(store: Store, doc_id: str, table: str, new: dict[str, Any]) -> dict[str, Any]:
    """The row with the place of its evidence; as it is when it tells a place, no evidence, or evidence that is found nowhere."""
    evidence = " ".join(str(new.get("evidence", "")).split())
    if not evidence or "start" in new:
        return new
    return (_in_text(store, doc_id, evidence, new) or _beside(store, doc_id, table, evidence)) | new


def _in_text(store: Store, doc_id: str, evidence: str, new: dict[str, Any]) -> dict[str, Any]:
    from pipelines.store.sources import source_of

    try:
        source = source_of(store, doc_id)
    except CasesiftError:  # its file is gone or was changed: rows of the same evidence may do
        return {}
    sentence = _find(source.text, evidence, 0, len(source.text))
    if sentence is None:
        return {}
    words = (str(new.get(n) or "") for n in ("text", "drug", "diagnosis", "dose_text", "age_text"))
    start, end = next((at for w in words if w and (at := _find(source.text, w, *sentence))), sentence)
    return _place(source, start, end)


def _place(source: SourceText, start: int, end: int) -> dict[str, Any]:
    section, box = source.section_at(start), source.box(start, end)
    columns: dict[str, Any] = {"start": start, "end": end, "section": section.name if section else ""}
    if box is not None:
        columns |= {"page": box.page, "x0": box.x0, "top": box.top, "x1": box.x1, "bottom": box.bottom}
    return columns


def _find(text: str, words: str, low: int, high: int) -> tuple[int, int] | None:
    """The first place of words, in any case and with any white space between them."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    match = re.compile(pattern, re.IGNORECASE).search(text, low, high)
    return match.span() if match else None


def _beside(store: Store, doc_id: str, table: str, evidence: str) -> dict[str, Any]:
    """The place of a row with the same evidence, of the same table first."""
    others = (t for t in CURATED if t != table)
    for other in (table, *others):
        for row in curated_rows(store, other, doc_id) if other in schema.TABLES else ():
            if " ".join(row["evidence"].split()) == evidence:
                return {n: row[n] for n in _PLACE}
    return {}
