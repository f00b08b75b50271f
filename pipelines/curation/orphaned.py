"""Decisions whose evidence is gone: the file was changed, and the sentence they were made on is in it no more.

In: a store, or a curated document. Out: how many there are; beside each what the new file says instead; and the decisions that carry
an old one over to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from extract import schema
from pipelines.curation.curated import CuratedDocument
from pipelines.curation.decisions import ACCEPT, CORRECT, UNDO, Decision
from pipelines.curation.facts import Fact, Row
from pipelines.curation.fields import CURATED, names_row
from pipelines.curation.row_matching import main_values
from pipelines.curation.stored import documents
from pipelines.store import Store

#: least likeness of two sentences, where nothing else speaks for their being about one fact
_LIKE = 0.6

#: what speaks for it: the same drug, diagnosis or rating
_SAME_NAME = 1.0


@dataclass(frozen=True)
class Orphan:
    """A decision whose evidence is gone: the row as it was decided on, and what the new file says instead, if anything."""

    fact: Fact
    row: Row
    reading: Row | None


def orphans_of(curated: CuratedDocument) -> list[Orphan]:
    """The orphans of a document, in the order of the log; each reading is offered to one of them."""
    lost = [f for f in curated.facts.values() if f.table in CURATED and f.orphaned]
    if not lost:
        return []
    taken = {
        (f.table, f.extracted[schema.KEYS[f.table]])
        for f in curated.facts.values()
        if f.extracted is not None and f.about_row and f.key
    }
    orphans = []
    for fact in lost:
        reading = _reading(curated, fact, taken)
        if reading is not None:
            taken.add((fact.table, reading[schema.KEYS[fact.table]]))
        orphans.append(Orphan(fact, curated.row(fact.table, fact.key) or fact.row(), reading))
    return orphans


def count(store: Store) -> int:
    """How many there are in a store; nothing is looked at where no file was changed."""
    replaced = store.select("SELECT 1 FROM replaced JOIN decisions USING (doc_id) LIMIT 1")
    return sum(len(orphans_of(curated)) for curated in documents(store)) if replaced else 0


def _reading(curated: CuratedDocument, fact: Fact, taken: set[tuple[str, Any]]) -> Row | None:
    key = schema.KEYS[fact.table]
    free = [r for r in curated.extracted.get(fact.table, ()) if (fact.table, r[key]) not in taken]
    best = max(free, key=lambda r: _likeness(fact, r), default=None)
    return best if best is not None and _likeness(fact, best) >= _LIKE else None


def _likeness(fact: Fact, row: Row) -> float:
    then = fact.seen | {name: d.new for name, d in fact.corrections.items()}
    same = any(main_values(fact.table, x) & main_values(fact.table, row) for x in (fact.seen, then))
    one, other = (" ".join(str(x["evidence"]).casefold().split()) for x in (fact.seen, row))
    return same * _SAME_NAME + SequenceMatcher(None, one, other, autojunk=False).ratio()


def carried_over(curated: CuratedDocument, orphan: Orphan, who: str, why: str = "") -> list[Decision]:
    """The decisions that make an old one on the new reading: its corrections, or that the reading is right as it is.

    The old ones are undone, so that nothing is decided twice; the log keeps both.
    """
    assert orphan.reading is not None
    fact, reading = orphan.fact, orphan.reading
    key = str(reading[schema.KEYS[fact.table]])
    reason = "; ".join(filter(None, (why, f"carried over from {fact.key}, before the file was changed")))
    common: dict[str, Any] = {"who": who, "doc_id": curated.doc_id, "why": reason}
    decisions = [
        Decision(**common, action=CORRECT, table=fact.table, row_id=key, field=name, new=d.new)
        for name, d in fact.corrections.items()
        if reading[name] != d.new and not names_row(fact.table, name)
    ]
    decisions = decisions or [Decision(**common, action=ACCEPT, table=fact.table, row_id=key)]
    return [*(Decision(**common, action=UNDO, new=d.number) for d in reversed(fact.about_row)), *decisions]
