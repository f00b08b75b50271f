"""The provenance columns and identifiers of a row.

A row's id is made from its document, its table and the characters its evidence stands at, so it never changes while the
evidence does not, whatever else is found in the report.
"""

from __future__ import annotations

import hashlib
from typing import Any

from extract.document import SourceText
from extract.language.mention import Sentence


def row_id(doc_id: str, table: str, *key: object) -> str:
    """An identifier such as `d3f1c09a2b71-t-5f2c81d0`."""
    digest = hashlib.sha256("\x1f".join(map(str, key)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{doc_id}-{table}-{digest[:8]}"


def provenance(
    source: SourceText | None, sentence: Sentence, start: int, end: int, confidence: float, longest: int
) -> dict[str, Any]:
    """The columns of `schema.Evidence` for the fact at characters start..end of its sentence.

    `longest`: most characters of the sentence. Words without a place of their own (a table's head, repeated with each of its rows) stand where their sentence stands.
    """
    box = (source.box(start, end) or source.box(sentence.start, sentence.end)) if source is not None else None
    where: dict[str, Any] = {"page": None, "x0": None, "top": None, "x1": None, "bottom": None}
    if box is not None:
        where = {"page": box.page, "x0": box.x0, "top": box.top, "x1": box.x1, "bottom": box.bottom}
    return {
        **where,
        "start": start,
        "end": end,
        "section": sentence.section,
        "evidence": quote(sentence, start, end, longest),
        "confidence": round(min(1.0, max(0.0, confidence)), 3),
    }


def quote(sentence: Sentence, start: int, end: int, longest: int) -> str:
    """The sentence on one line; of one longer than `longest` characters the part around the fact."""
    text = sentence.text
    if len(text) > longest:
        at = max(0, start - sentence.start)
        left = max(0, min(at - longest // 2, len(text) - longest))
        text = ("… " if left else "") + text[left : left + longest] + (" …" if left + longest < len(text) else "")
    return " ".join(text.split())
