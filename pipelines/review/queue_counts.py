"""What is left to do in each document, counted quickly for all of them.

Rows and the log are read as they are, without putting every document's curated rows together: a decision counts for the row
it names. That is off only where a new run has given a row another identifier, and put right as soon as the document is looked
at (`Counter.learn`). Facts of other people's patients (cited) are not counted: nobody needs to check them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median
from typing import Any

from extract.schema import KEYS
from pipelines.curation.documents import today
from pipelines.review.documents import DocumentView
from pipelines.review.forms import FACTS
from pipelines.store import Store

#: decisions looked at for the pace; seconds after which somebody had a break; decisions it takes; seconds without them
_LAST, _SITTING, _ENOUGH, _USUAL = 300, 180, 10, 8.0

_STATES = {"todo": "to review", "begun": "begun", "done": "done", "failed": "not read"}

#: what the queue shows of a document and a curator may correct
_CORRECTED = ("title", "journal", "year")

#: the tables whose rows the queue counts one by one
_COUNTED = ("diagnoses", "treatments", "pain_scores")


@dataclass(frozen=True)
class Entry:
    """A document in the queue.

    Attributes:
        facts, decided: how many facts are to be checked, and how many somebody decided on.
        sure: confidences of those that still wait for somebody; in a document that is done none does.
    """

    doc_id: str
    file: str
    title: str
    journal: str
    year: int | None
    reason: str
    state: str
    diagnoses: int = 0
    treatments: int = 0
    pain_scores: int = 0
    facts: int = 0
    decided: int = 0
    sure: tuple[float, ...] = ()
    who: str = ""
    low: int = 0

    @property
    def open(self) -> int:
        """Facts that still wait for somebody."""
        return len(self.sure)

    @property
    def least(self) -> float | None:
        """The least confidence of an open fact."""
        return min(self.sure, default=None)

    @property
    def state_label(self) -> str:
        """The state for people."""
        return _STATES[self.state]


@dataclass(frozen=True)
class _Said:
    """A decision, as far as it matters here."""

    number: int
    who: str
    table: str
    row_id: str
    action: str
    field: str = ""
    new: str | None = None


@dataclass(frozen=True)
class _Fact:
    """A fact as the store has it."""

    table: str
    row_id: str
    case_id: str
    sure: float


@dataclass
class Counter:
    """Counts the documents of a store, and keeps what it counted while the store stays as it is."""

    store: Store
    _revision: int = -1
    _entries: list[Entry] = field(default_factory=list)
    #: counts how often rows were read: grows only when they may have changed
    generation: int = 0
    _rows_revision: int = -1
    _rows: dict[str, list[_Fact]] = field(default_factory=dict)
    _exact: dict[str, tuple[Any, Entry]] = field(default_factory=dict)

    def entries(self) -> list[Entry]:
        """All documents, in document order."""
        revision = self.store.revision
        if revision != self._revision:
            self._entries, self._revision = list(self._counted(revision)), revision
        return self._entries

    @property
    def pace(self) -> float:
        """Seconds from one decision to the next of the same person: the middle one of the last ones that were made in one sitting."""
        rows = self.store.select('SELECT who, "when" FROM decisions ORDER BY number DESC LIMIT ?', [_LAST])
        gaps, later = [], dict[str, datetime]()
        for who, when in rows:
            made = datetime.fromisoformat(when)
            if who in later and 0 < (gap := (later[who] - made).total_seconds()) <= _SITTING:
                gaps.append(gap)
            later[who] = made
        return median(gaps) if len(gaps) >= _ENOUGH else _USUAL

    def decided(self, before: int, after: int) -> None:
        """Hear that nothing but a decision was written between two revisions of the store: rows need no second look."""
        if self._rows_revision == before and after == before + 1:
            self._rows_revision = after

    def learn(self, seen: DocumentView) -> None:
        """Take over what a document's curated rows say."""
        plain = next((e for e in self.entries() if e.doc_id == seen.doc_id), None)
        if plain is None:
            return
        facts = seen.counted
        begun = seen.decided or any(c.done for c in seen.cases)
        state = "failed" if seen.facts["status"] == "failed" else "begun" if begun else "todo"
        exact = replace(
            plain, **_figures(r.table for r in facts), state="done" if seen.done else state, facts=len(facts),
            decided=seen.decided, sure=tuple(sorted(r.confidence for r in seen.open)),
            **{name: seen.facts[name] for name in _CORRECTED},
        )  # fmt: skip
        self._exact[seen.doc_id] = (seen.state, exact)
        if exact != plain:
            self._entries = [exact if e is plain else e for e in self._entries]

    def _counted(self, revision: int) -> Iterable[Entry]:
        if self._rows_revision != revision:
            self._rows, self._rows_revision = self._read_rows(), revision
            self.generation += 1
        log = self._read_log()
        rows = self.store.select(
            "SELECT doc_id, file, title, journal, year, status, reason, pipeline FROM documents ORDER BY file, doc_id"
        )
        for doc_id, file, title, journal, year, status, reason, pipeline in rows:
            plain = Entry(doc_id, file, title, journal, year, reason, "failed" if status == "failed" else "todo")
            decisions = log.get(doc_id, [])
            last = max((d.number for d in decisions), default=0)
            state, exact = self._exact.get(doc_id, ("", plain))
            if state == f"{last}-{pipeline}":
                yield replace(exact, file=file, who=decisions[-1].who if decisions else "")
            else:
                yield _entry(plain, self._rows.get(doc_id, []), decisions)

    def _read_rows(self) -> dict[str, list[_Fact]]:
        """The facts of each document."""
        cited = {row[0] for row in self.store.select("SELECT case_id FROM cases WHERE role = 'cited'")}
        by_document: dict[str, list[_Fact]] = {}
        for table, key in ((t, KEYS[t]) for t in FACTS):
            for doc_id, case_id, row_id, sure in self.store.select(
                f'SELECT doc_id, case_id, "{key}", confidence FROM "{table}"'
            ):
                if case_id not in cited:
                    by_document.setdefault(doc_id, []).append(_Fact(table, row_id, case_id, sure))
        return by_document

    def _read_log(self) -> dict[str, list[_Said]]:
        """For each document of today the decisions that count, oldest first."""
        todays = today(self.store)
        if not todays:
            return {}
        rows = self.store.select(
            'SELECT number, who, doc_id, "table", row_id, action, field,'
            " CASE WHEN action = 'undo' OR \"table\" = 'documents' THEN \"new\" END"
            " FROM decisions ORDER BY number"
        )
        undone: set[int] = set()
        for number, *_, action, _, new in reversed(rows):
            if action == "undo" and number not in undone and str(new).isdecimal():
                undone.add(int(new))
        by_document: dict[str, list[_Said]] = {}
        for number, who, doc_id, table, row_id, action, name, new in rows:
            if number in undone:
                action = "undone"  # still somebody's last word on the document
            by_document.setdefault(todays.get(doc_id, ""), []).append(
                _Said(number, who, table, row_id, action, name, new)
            )
        return by_document


def _entry(plain: Entry, rows: list[_Fact], decisions: list[_Said]) -> Entry:
    """A document's figures from its rows and what was said of them."""
    if not decisions:
        return replace(
            plain, **_figures(r.table for r in rows), facts=len(rows), sure=tuple(sorted(r.sure for r in rows))
        )
    last = {(d.table, d.row_id): d.action for d in decisions if d.action in ("accept", "correct", "reject", "add")}
    there = {(r.table, r.row_id) for r in rows}
    # added, or decided on and not found any more: a row of its own, unless it was rejected
    more = [
        table
        for (table, row_id), action in last.items()
        if (table, row_id) not in there and action != "reject" and table in FACTS
    ]
    done, finished = _finished({r.row_id for r in rows if r.table == "cases"}, decisions)
    undecided = [r for r in rows if (r.table, r.row_id) not in last]
    sure = tuple(sorted(r.sure for r in undecided if not done and r.case_id not in finished))
    facts = len(rows) + len(more)
    decided = facts - len(undecided)
    begun = "begun" if (decided or finished) and plain.state == "todo" else plain.state
    corrected = [d for d in decisions if d.table == "documents" and d.action == "correct" and d.field in _CORRECTED]
    corrections = {d.field: json.loads(d.new) for d in corrected if d.new is not None}
    return replace(
        plain, **_figures([*(r.table for r in rows), *more]), state="done" if done else begun, facts=facts,
        decided=decided, sure=sure, who=decisions[-1].who, **corrections,
    )  # fmt: skip


def _finished(patients: set[str], decisions: list[_Said]) -> tuple[bool, set[str]]:
    """Whether a document is done, and which of its patients are; see `CuratedDocument.done`."""
    states = [d for d in decisions if d.action in ("done", "reopen")]
    whole = next((d for d in reversed(states) if d.table == "documents"), None)
    opened = max((d.number for d in states if d.table == "documents" and d.action == "reopen"), default=0)
    last = {d.row_id: d for d in states if d.table == "cases"}
    finished = {i for i, d in last.items() if d.action == "done" and d.number > opened}
    since = {i for i, d in last.items() if d.number > (whole.number if whole else 0)}
    if not since or (whole and whole.action == "done" and since <= finished):
        return bool(whole and whole.action == "done"), finished
    return bool(patients) and patients <= finished, finished


def _figures(tables: Iterable[str]) -> Mapping[str, Any]:
    names = list(tables)
    return {table: names.count(table) for table in _COUNTED}
