"""The rows of a document with what curators said of them.

In: a document's rows in the store and the log of decisions. Out: the rows as the tables show them:

- a row nobody decided on is as the pipeline has it, `curation` is empty;
- an accepted or corrected row stays as the curator left it, whatever a later run says; only where it stands (page, box,
  characters, sentence) follows the run. When no later run finds it any more it stays all the same;
- a rejected row stays where it is, marked `rejected`; the flat view `records` leaves it out;
- when the file was changed and what was decided on is not found in it any more, the row is marked `orphaned`, has no place on a page,
  and `records` leaves it out, until somebody confirms it or carries it over to what is read now (see `orphaned`);
- an added row stands among the rows of its case, by where it stands in the text. When a later run finds the fact too,
  there is still one row of it.

Nothing here changes the store: with `undo` or another decision the rows are what they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from extract import schema
from pipelines.curation.decisions import (
    ADD,
    DONE,
    REOPEN,
    Decision,
)
from pipelines.curation.facts import Fact, Row
from pipelines.curation.fields import CURATED, NOT_FACTS, PLACE, editable, names_row
from pipelines.curation.row_matching import assign, likeness, same_sentence


@dataclass(frozen=True)
class Disagreement:
    """A newer run says something else than what a curator decided on, and than what they decided."""

    doc_id: str
    table: str
    row_id: str
    field: str
    #: what was extracted when the decision was made
    was: Any
    #: what is extracted now
    now: Any
    #: what the tables show
    curated: Any
    decision: Decision


class CuratedDocument:
    """A document's rows with the decisions on them.

    Args:
        extracted: the rows of each table as the newest run has them.
        decisions: the decisions on the document, oldest first.
    """

    def __init__(self, doc_id: str, file: str, extracted: dict[str, list[Row]], decisions: Iterable[Decision]) -> None:
        self.doc_id, self.file, self.extracted = doc_id, file, extracted
        #: by row identifier why a row says what it says, where that is known
        self.reasons: Mapping[str, Sequence[str]] = {}
        self.decisions = list(decisions)
        self.facts: dict[tuple[str, str], Fact] = {}
        documents = extracted.get("documents", [])
        self._readable = doc_id if documents and documents[0]["status"] != "failed" else ""
        for decision in self.decisions:
            self.take(decision)
        for table in ("documents", *CURATED):
            self._anchor(table)

    def take(self, decision: Decision) -> None:
        """Add a decision to its fact."""
        key = (decision.table, decision.anchor.get("fact") or decision.row_id)
        self.facts.setdefault(key, Fact(*key, today=self._readable)).decisions.append(decision)
        self.__dict__.pop("_identifiers", None)

    def _anchor(self, table: str) -> None:
        key, rows = schema.KEYS[table], self.extracted.get(table, [])
        facts = [f for (t, row_id), f in self.facts.items() if t == table and row_id]
        by_id = {r[key]: i for i, r in enumerate(rows)}
        pairs = assign(
            (float(d.number), n, by_id[d.row_id]) for n, f in enumerate(facts) for d in f.decisions if d.row_id in by_id
        )
        if table == "documents":
            pairs = dict.fromkeys(range(len(facts)), 0) if rows else {}
        left = [n for n in range(len(facts)) if n not in pairs]
        free = [i for i in range(len(rows)) if i not in set(pairs.values())]
        pairs |= assign((self._like(facts[n], rows[i]), n, i) for n in left for i in free)
        for n, fact in enumerate(facts):
            fact.extracted = rows[pairs[n]] if n in pairs else None
            if fact.extracted is None and fact.was_added and fact.moved:
                fact.beside = next(
                    (
                        r
                        for t in CURATED
                        for r in self.extracted.get(t, ())
                        if same_sentence(r["evidence"], fact.seen["evidence"])
                    ),
                    None,
                )

    def _like(self, fact: Fact, row: Row) -> float:
        """How much a row is the fact: as it was extracted, or as the curator has it."""
        key = schema.KEYS[fact.table]
        if any(row[key] in d.anchor.get("beside", ()) for d in fact.decisions):
            return 0.0
        moved = fact.seen["doc_id"] != self.doc_id
        added = any(d.action == ADD for d in fact.decisions)
        curated = fact.seen | {name: d.new for name, d in fact.corrections.items()}
        return max(likeness(fact.table, then, row, moved=moved, strict=added) for then in (fact.seen, curated))

    def fact(self, table: str, row_id: str) -> Fact | None:
        """What was decided on a row, by any identifier it had; None when nothing was."""
        for fact in self.facts.values():
            if fact.table == table and fact.extracted is not None and fact.extracted[schema.KEYS[table]] == row_id:
                return fact
        return next((f for f in self.facts.values() if f.table == table and row_id in f.ids), None)

    def rows(self, table: str) -> list[Row]:
        """The rows of a table as it shows them, in document order."""
        if schema.TABLES[table].table.made_from:
            return self._derived(table)
        key = schema.KEYS[table]
        facts = [f for f in self.facts.values() if f.table == table and f.key]
        decided = {f.extracted[key]: f for f in facts if f.extracted is not None}
        rows = [self._shown(decided[r[key]]) if r[key] in decided else r for r in self.extracted[table]]
        for fact in facts:
            if fact.extracted is None and fact.stands:
                row = self._shown(fact)
                rows.insert(_place(table, rows, row), row)
        return rows

    def row(self, table: str, row_id: str) -> Row | None:
        """A row as the table shows it, by any identifier it had."""
        fact = self.fact(table, row_id)
        if fact is not None:
            return self._shown(fact)
        key = schema.KEYS[table]
        return next((r for r in self.extracted.get(table, ()) if r[key] == row_id), None)

    def _shown(self, fact: Fact) -> Row:
        row = fact.row() | {"doc_id": self.doc_id, "file": self.file}
        for name in row:
            if other := names_row(fact.table, name):
                row[name] = self._reference(fact, name, other, row[name])
        return row

    def _reference(self, fact: Fact, name: str, other: str, wanted: str) -> str:
        """The identifier, today, of the row that a column names."""
        if not wanted:
            return ""
        if fact.extracted is not None and name not in fact.corrections and not fact.was_added:
            return str(fact.extracted[name])  # the run knows best how it numbered the cases
        there = self._identifiers[other]
        if wanted in there:
            return there[wanted]
        meant = next(
            (d.anchor["refers"][name] for d in reversed(fact.standing) if name in d.anchor.get("refers", {})), None
        )
        rows = self.extracted.get(other, [])
        if meant is not None:
            moved = meant["doc_id"] != self.doc_id
            like, at = max(((likeness(other, meant, r, moved=moved), -i) for i, r in enumerate(rows)), default=(0.0, 0))
            if like > 0:
                return str(rows[-at][schema.KEYS[other]])
        if name != "case_id":
            return ""
        index = [r["case_id"] for r in rows if r["role"] == "index"]
        return index[0] if index else ""

    @cached_property
    def _identifiers(self) -> dict[str, dict[str, str]]:
        """For each identifier a row ever had, the one of today."""
        by_table: dict[str, dict[str, str]] = {}
        for table in sorted({other for t in CURATED for n in editable(t) if (other := names_row(t, n))}):
            key = schema.KEYS[table]
            by_table[table] = {r[key]: r[key] for r in self.extracted.get(table, ())}
            for fact in self.facts.values():
                if fact.table == table and fact.stands:
                    now = str(fact.row()[key])
                    by_table[table] |= {i: now for i in fact.ids if i not in by_table[table]}
        return by_table

    def _derived(self, table: str) -> list[Row]:
        """A table that is made from others, made again from their curated rows, without what was rejected."""
        from extract.records.flat import derived_rows

        facts = schema.TABLES[table].table
        made: dict[str, list[Any]] = {}
        curation: dict[str, str] = {}
        for other in facts.made_from:
            model, rows = schema.TABLES[other], self.rows(other)
            curation |= {r[model.table.key]: r["curation"] for r in rows}
            # the values were checked when they were extracted or decided
            made[other] = [model.model_construct(**r) for r in rows if r["curation"] not in NOT_FACTS]
        return [
            row | ({"curation": curation.get(row[facts.key], "")} if "curation" in row else {})
            for row in (r.model_dump() for r in derived_rows(table, made))
        ]

    @property
    def orphans(self) -> list[Fact]:
        """What was decided on and the newest run does not find; none of it is lost."""
        return [f for f in self.facts.values() if f.key and f.orphan]

    @property
    def disagreements(self) -> list[Disagreement]:
        """Where the newest run says something else than when it was decided on, and than the curator."""
        disagreements = []
        for fact in self.facts.values():
            if fact.extracted is None or not fact.about_row:
                continue
            then, curated = fact.seen, self._shown(fact)
            for name in editable(fact.table):
                if name in PLACE or names_row(fact.table, name) or fact.was_added:
                    continue
                was, now = then[name], fact.extracted[name]
                if now != was and now != (was if fact.curation == "rejected" else curated[name]):
                    decision = fact.corrections.get(name, fact.about_row[-1])
                    row_id = str(curated[schema.KEYS[fact.table]])
                    disagreements.append(
                        Disagreement(self.doc_id, fact.table, row_id, name, was, now, curated[name], decision)
                    )
        return disagreements

    @property
    def done(self) -> Decision | None:
        """The decision that the document's curation is finished; None when it is not.

        It is when the document was marked done, or each of the authors' own patients was, whichever was said last.
        """
        whole = self.facts.get(("documents", ""))
        last = max((d.number for d in whole.standing if d.action in (DONE, REOPEN)), default=0) if whole else 0
        since = [
            f
            for f in self.facts.values()
            if f.table == "cases" and any(d.action in (DONE, REOPEN) and d.number > last for d in f.standing)
        ]
        if not since:
            return whole.done if whole else None
        if whole and whole.done and all(f.done for f in since):
            return whole.done
        mine = [
            self.case_done(r["case_id"])
            for r in self.rows("cases")
            if r["role"] == "index" and r["curation"] not in NOT_FACTS
        ]
        finished = [d for d in mine if d]
        return max(finished, key=lambda d: d.number) if finished and len(finished) == len(mine) else None

    def case_done(self, case_id: str) -> Decision | None:
        """The decision that the curation of one patient is finished; None when it is not."""
        fact = self.fact("cases", case_id)
        whole = self.facts.get(("documents", ""))
        opened = max((d.number for d in whole.standing if d.action == REOPEN), default=0) if whole else 0
        return fact.done if fact and fact.done and fact.done.number > opened else None


def _place(table: str, rows: Sequence[Row], row: Row) -> int:
    """Where a row comes in: among the rows it stands beside (those of its case), by where it stands in the text."""
    beside = schema.TABLES[table].table.beside
    mine = [i for i, r in enumerate(rows) if not beside or r[beside] == row[beside]]
    before = [i for i in mine if rows[i]["start"] <= row["start"]]
    if before:
        return before[-1] + 1
    return mine[0] if mine else len(rows)
