"""What is understood of a form before it is saved: the columns that follow from what was typed, doubts, and other names offered.

In: the texts of a form, as the page sends them. Out: values that move together (`pipelines.curation.derived`) and doubts
(`pipelines.curation.plausibility`), for the page to show and for `edits` to write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from extract import schema
from pipelines.curation import CuratedDocument
from pipelines.curation.decisions import shown
from pipelines.curation.derived import CODED, FOLLOWS, Reading, alternatives, following, readings
from pipelines.curation.fields import editable
from pipelines.curation.plausibility import Doubt, expected
from pipelines.curation.plausibility import doubts as doubts_of
from pipelines.review.forms import as_text, label, labelled


def with_followers(
    table: str, row: Mapping[str, Any], typed: Mapping[str, Any], sent: Mapping[str, Any]
) -> dict[str, Any]:
    """What was typed into the form of a row, with what follows from it.

    A text that the page has shown the meaning of (`understood`: texts by column) decides nothing here: the fields beside it hold
    what the curator made of it.
    """
    unseen = {n: v for n, v in typed.items() if n not in FOLLOWS.get(table, {}) or not _was_shown(n, v, sent)}
    return dict(typed) | {n: v for n, v in following(table, unseen, row).items() if n not in typed}


def completed(table: str, typed: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """A row to add, its empty columns filled with what follows from the others."""
    row = dict(typed)
    for reading in readings(table, {n: v for n, v in typed.items() if v not in (None, "")}, typed):
        if reading.text and not _was_shown(reading.column, reading.text, sent):
            row |= {n: v for n, v in reading.values.items() if row.get(n) in (None, "") and v not in (None, "")}
    return row


def _was_shown(column: str, value: Any, sent: Mapping[str, Any]) -> bool:
    seen = sent.get("understood")
    return isinstance(seen, Mapping) and seen.get(column) == str(value or "")


def doubts(curated: CuratedDocument, table: str, row_id: str, new: Mapping[str, Any]) -> list[Doubt]:
    """What is doubtful about the new values of a row, or about a row to add (without identifier)."""
    key = schema.KEYS[table]
    before = curated.row(table, row_id) if row_id else {}
    empty = {} if row_id else dict.fromkeys((n for n in editable(table)), None)
    beside = [r for r in curated.rows(table) if r[key] != row_id and r.get("curation") != "rejected"]
    changed = set(new) if row_id else {n for n, v in new.items() if v not in (None, "")} | (expected(table) & set(new))
    doubtful = doubts_of(table, {**empty, **(before or {}), **new}, changed, beside)
    return [replace(d, says=labelled(d.says)) for d in doubtful]


def preview(curated: CuratedDocument, table: str, row_id: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows while a person types.

    Args:
        typed: the new values by column; where none is changed, all is as it was.
    """
    row = curated.row(table, row_id) if row_id else {}
    understood = readings(table, typed, {**(row or {}), **typed})
    values = {n: v for r in understood for n, v in r.values.items()}
    return {
        "values": {n: as_text(v) for n, v in values.items()},
        "understood": {r.column: {"text": r.text, "says": _says(r), "ok": r.understood} for r in understood},
        "doubts": [{"name": d.name, "column": d.column, "says": d.says, "level": d.level}
                   for d in doubts(curated, table, row_id, {**values, **typed})],
        "offers": {
            n: [{"label": c.label, "values": {k: as_text(v) for k, v in c.values.items()}} for c in alternatives(n, str(typed[n]))]
            for n in CODED if n in typed and n in FOLLOWS.get(table, {})
        },
    }  # fmt: skip


def _says(reading: Reading) -> str:
    """What was understood, in words: "Dose 44, Unit mg"."""
    if not reading.text:
        return "emptied" if reading.values else ""
    if reading.column in CODED:
        if "code" not in reading.values:
            return ""  # the person tells it
        code = [str(reading.values.get(n) or "") for n in ("code_system", "code")]
        return " ".join(filter(None, code)) or "no code"
    if not reading.understood:
        return "not understood: no number is kept beside it" if reading.values else "not understood"
    parts = [f"{label(n)} {shown(as_text(v))}" for n, v in reading.values.items() if v not in (None, "")]
    return ", ".join(parts)
