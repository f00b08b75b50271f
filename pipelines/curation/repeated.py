"""Corrections that repeat themselves: what was corrected twice the same way is offered for all rows of its kind.

In: a store, and a correction that was just made. Out: how often it was made, which rows still hold the old value, and, when a person
agrees, a decision for each of them. Only names and words of vocabularies are offered, never numbers or what a report says of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from extract import schema
from pipelines.curation.decisions import CORRECT, Decision, decisions
from pipelines.curation.derived import following
from pipelines.curation.stored import document, documents
from pipelines.store import Store

#: the columns in which one wording may stand for another in all reports
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "treatments": ("drug", "vehicle", "form", "route", "dose_unit"),
    "diagnoses": ("diagnosis",),
    "pain_scores": ("scale",),
    "therapies": ("therapy", "kind"),
    "adverse_events": ("event", "drug"),
}

#: times a correction is made before it is offered
TWICE = 2


@dataclass(frozen=True)
class Repeated:
    """A correction that was made more than once, and how many other rows it would change."""

    table: str
    field: str
    old: str
    new: str
    times: int
    rows: int


def repeated(store: Store, corrections: Iterable[Decision]) -> Repeated | None:
    """The first of these corrections that was made at least twice and would change further rows; None when none is."""
    for d in corrections:
        if d.action != CORRECT or d.field not in COLUMNS.get(d.table, ()) or not d.old or not d.new:
            continue
        times = _times(store, d)
        if times < TWICE:
            continue
        rows = sum(1 for _ in _rows(store, d.table, d.field, str(d.old)))
        if rows:
            return Repeated(d.table, d.field, str(d.old), str(d.new), times, rows)
    return None


def _times(store: Store, like: Decision) -> int:
    """On how many rows the correction stands."""
    undone = {d.new for d in decisions(store) if d.action == "undo"}
    rows = {
        (d.doc_id, d.row_id)
        for d in decisions(store)
        if (d.action, d.table, d.field, d.old, d.new) == (CORRECT, like.table, like.field, like.old, like.new)
        and d.number not in undone
    }
    return len(rows)


def _rows(store: Store, table: str, name: str, old: str) -> Iterator[dict[str, Any]]:
    """The rows that hold the value and that nobody decided on."""
    key = schema.KEYS[table]
    known = store.select(f'SELECT doc_id, "{key}" FROM {table} WHERE "{name}" = ?', [old])
    decided: dict[str, set[str]] = {}
    for curated in documents(store):
        decided[curated.doc_id] = {
            i
            for f in curated.facts.values()
            if f.table == table and f.about_row
            for i in (*f.ids, *([f.extracted[key]] if f.extracted else []))
        }
    for doc_id, row_id in known:
        if row_id not in decided.get(doc_id, ()):
            yield {"doc_id": doc_id, key: row_id}


def everywhere(store: Store, what: Repeated, who: str) -> list[Decision]:
    """A decision for each row that still holds the old value, and for what follows from it."""
    key = schema.KEYS[what.table]
    wanted = []
    for ids in _rows(store, what.table, what.field, what.old):
        row = document(store, ids["doc_id"], mentions=False).row(what.table, ids[key])
        if row is None:
            continue
        new = {what.field: what.new} | following(what.table, {what.field: what.new}, row)
        why = f"as on {what.times} other rows: {what.old} is {what.new}"
        wanted += [
            Decision(
                who=who,
                action=CORRECT,
                doc_id=ids["doc_id"],
                table=what.table,
                row_id=ids[key],
                field=n,
                new=v,
                why=why,
            )
            for n, v in new.items()
        ]
    return wanted
