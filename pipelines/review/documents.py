"""A document as the page shows it: its patients, each with diagnoses, treatments and pain scores, as curated.

In: a `CuratedDocument`. Out: small frozen views, all text still plain (the templates escape it).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from extract import schema
from pipelines.curation import CuratedDocument, Decision, Fact
from pipelines.curation.decisions import shown
from pipelines.curation.hints import hints
from pipelines.curation.orphaned import Orphan, orphans_of
from pipelines.review.forms import FACTS, as_text, label, labelled
from pipelines.review.labels import Part, named, told, untold

_KINDS = {
    "cases": "case",
    "diagnoses": "diagnosis",
    "treatments": "treatment",
    "pain_scores": "pain",
    "therapies": "therapy",
    "adverse_events": "event",
}


@dataclass(frozen=True)
class Said:
    """What was decided on a row: by whom, when, and what."""

    who: str
    when: str
    what: str
    why: str


@dataclass(frozen=True)
class Reading:
    """A row of the newest run beside an old decision."""

    id: str
    name: str
    parts: tuple[Part, ...]
    evidence: str
    page: int | None


@dataclass(frozen=True)
class RowView:
    """A fact. `seen`: number of the last decision on it; `spans`: [start, end, label] in the text, itself first."""

    id: str
    table: str
    kind: str
    name: str
    parts: tuple[Part, ...]
    curation: str
    confidence: float
    page: int | None
    box: tuple[float, float, float, float] | None
    spans: tuple[tuple[int, int, str], ...]
    section: str
    evidence: str
    seen: int
    said: tuple[Said, ...]
    #: where a newer run says something else: column, what it says, what the curator has
    disagreements: tuple[tuple[str, str, str], ...]
    #: decided on, and not found by the newest run
    orphan: bool
    #: numbers and words that say different things after a correction
    hints: tuple[str, ...] = ()
    #: why it says what it says: the rules and words behind it
    reasons: tuple[str, ...] = ()
    #: what it says beside its line: column as people call it, and value
    beside: tuple[tuple[str, str], ...] = ()
    #: the file was changed and its sentence is in it no more
    orphaned: bool = False
    #: what the changed file says instead
    reading: Reading | None = None


@dataclass(frozen=True)
class CaseView:
    """A patient with what is told of them; `row` is None for what is told of nobody in particular."""

    title: str
    role: str
    row: RowView | None
    facts: Mapping[str, tuple[RowView, ...]]  #: by table, in the order they are shown
    done: Said | None = None

    @property
    def lists(self) -> list[tuple[str, str, tuple[RowView, ...]]]:
        """Table, heading and rows, the empty ones left out."""
        return [(table, schema.TABLES[table].table.title, rows) for table, rows in self.facts.items() if rows]

    @property
    def rows(self) -> tuple[RowView, ...]:
        """All facts, the patient first."""
        return ((self.row,) if self.row else ()) + tuple(row for rows in self.facts.values() for row in rows)


@dataclass(frozen=True)
class DocumentView:
    """All the page shows of a document but its pages."""

    doc_id: str
    file: str
    facts: Mapping[str, Any]
    cases: tuple[CaseView, ...]
    done: Said | None
    last: int
    #: where a newer run says something else of the document itself: column, what it says, what the curator has
    disagreements: tuple[tuple[str, str, str], ...] = ()

    @property
    def about(self) -> str:
        """What stands below its title: the file, unless that is the title, the journal, the year."""
        file = self.file if self.facts["title"] else ""
        return " · ".join(str(part) for part in (file, self.facts["journal"], self.facts["year"]) if part)

    @property
    def state(self) -> str:
        """Changes when a decision is made or the document is read again."""
        return f"{self.last}-{self.facts['pipeline']}"

    @property
    def counted(self) -> list[RowView]:
        """The facts that a curator is to look at: all but those of other people's patients."""
        return [r for _, r in self._counted]

    @property
    def decided(self) -> int:
        """How many of them somebody decided on; that a document or a patient is done decides nothing on its rows."""
        return sum(bool(row.curation) and not row.orphaned for _, row in self._counted)

    @property
    def undecided(self) -> list[RowView]:
        """Those that nobody decided on; gold and training data leave them out."""
        return [r for _, r in self._counted if not r.curation]

    @property
    def open(self) -> list[RowView]:
        """Those of them that still wait for somebody: their document and their patient are not done."""
        return [r for c, r in self._counted if not (self.done or c.done or r.curation)]

    @property
    def orphans(self) -> list[RowView]:
        """The rows whose sentence is gone since the file was changed."""
        return [r for c in self.cases for r in c.rows if r.orphaned]

    @property
    def several(self) -> bool:
        """Whether the authors tell of more than one patient: then each can be done on its own."""
        return sum(c.role == "index" for c in self.cases) > 1

    @property
    def _counted(self) -> list[tuple[CaseView, RowView]]:
        return [(c, r) for c in self.cases if c.role != "cited" for r in c.rows]


def view(curated: CuratedDocument) -> DocumentView:
    """The view of a document."""
    disagreements: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for d in curated.disagreements:
        differs = (label(d.field), shown(as_text(d.now)), shown(as_text(d.curated)))
        disagreements.setdefault((d.table, d.row_id), []).append(differs)
    parts = _linked(curated)
    lost = {(o.fact.table, o.row[schema.KEYS[o.fact.table]]): o for o in orphans_of(curated)}
    rows = {
        table: [(r, _row(curated, table, r, parts, disagreements, lost)) for r in curated.rows(table)]
        for table in FACTS
    }
    several = sum(r["role"] == "index" for r, _ in rows["cases"]) > 1
    numbers = count(1)
    cases = [
        _case(curated, r, v, rows, f"Patient {next(numbers)}" if several and r["role"] == "index" else "Patient")
        for r, v in rows["cases"]
    ]
    known = {r["case_id"] for r, _ in rows["cases"]}
    nobodys = _of(rows, lambda r: r["case_id"] not in known)
    order = {"index": 0, "cited": 2}
    loose = [CaseView("Of no patient in particular", "none", None, nobodys, done=None)] if any(nobodys.values()) else []
    ordered = sorted([*cases, *loose], key=lambda c: order.get(c.role, 1))
    last = max((d.number for d in curated.decisions), default=0)
    document = curated.rows("documents")[0]
    own = tuple(disagreements.get(("documents", curated.doc_id), ()))
    return DocumentView(curated.doc_id, curated.file, document, tuple(ordered), _said(curated.done), last, own)


def _of(rows: Mapping[str, list[tuple[dict[str, Any], RowView]]], wanted: Any) -> dict[str, tuple[RowView, ...]]:
    return {t: tuple(v for r, v in rows[t] if wanted(r)) for t in FACTS if t != "cases"}


def _case(curated: CuratedDocument, row: Mapping[str, Any], seen: RowView, rows: Any, name: str) -> CaseView:
    title = seen.name if row["role"] == "cited" else row["label"] or name
    mine = _of(rows, lambda r: r["case_id"] == row["case_id"])
    return CaseView(title, row["role"], seen, mine, done=_said(curated.case_done(row["case_id"])))


def _linked(curated: CuratedDocument) -> dict[str, list[tuple[int, int, str]]]:
    """For each row the spans of the text that belong to it: dose, frequency ... of a treatment."""
    linked: dict[str, list[tuple[int, int, str]]] = {}
    for m in curated.extracted.get("mentions", ()):
        if m["linked_to"]:
            linked.setdefault(m["linked_to"], []).append((m["start"], m["end"], m["label"]))
    return linked


def _row(
    curated: CuratedDocument, table: str, row: Mapping[str, Any], linked: Mapping[str, list[tuple[int, int, str]]],
    disagreements: Mapping[tuple[str, str], list[tuple[str, str, str]]], lost: Mapping[tuple[str, str], Orphan],
) -> RowView:  # fmt: skip
    key = str(row[schema.KEYS[table]])
    fact = curated.fact(table, key)
    name, parts = told(table, row)
    own = (row["start"], row["end"], "")
    edges = (row["x0"], row["top"], row["x1"], row["bottom"])
    return RowView(
        id=key, table=table, kind=_KINDS.get(table, "other"), name=name, parts=tuple(parts), curation=row["curation"],
        confidence=row["confidence"], page=row["page"], box=None if None in edges else edges,
        spans=(own, *(s for s in linked.get(key, ()) if s[:2] != own[:2])) if row["end"] > row["start"] else (),
        section=row["section"], evidence=row["evidence"], seen=fact.last if fact else 0,
        said=tuple(filter(None, (_said(d, curated) for d in _standing(fact)))),
        disagreements=tuple(disagreements.get((table, key), ())), orphan=bool(fact and fact.orphan),
        hints=tuple(map(labelled, hints(row, fact.corrections))) if fact else (), orphaned=(table, key) in lost,
        reasons=tuple(curated.reasons.get(fact.extracted[schema.KEYS[table]] if fact and fact.extracted else key, ())),
        beside=tuple((label(n), value) for n, value in untold(table, row)),
        reading=_reading(table, lost[table, key].reading) if (table, key) in lost else None,
    )  # fmt: skip


def _reading(table: str, row: Mapping[str, Any] | None) -> Reading | None:
    if row is None:
        return None
    name, parts = told(table, row)
    return Reading(str(row[schema.KEYS[table]]), name, tuple(parts), row["evidence"], row["page"])


def _standing(fact: Fact | None) -> Iterable[Decision]:
    return fact.standing if fact else ()


def _said(d: Decision | None, curated: CuratedDocument | None = None) -> Said | None:
    if d is None:
        return None
    if d.action == "correct":
        old, new = (shown(named(curated, d.table, d.field, as_text(value))) for value in (d.old, d.new))
        what = f"{label(d.field)}: {old} → {new}"
    else:
        what = {
            "accept": "accepted",
            "reject": "rejected",
            "add": "added",
            "done": "done",
            "reopen": "opened again",
        }.get(d.action, d.action)
    return Said(d.who, d.when, what, d.why)


def said_of(d: Decision, curated: CuratedDocument) -> str:
    """What somebody decided, for people: who, what, when."""
    entry = _said(d, curated)
    assert entry is not None
    return f"{entry.who} {entry.what}" if d.action != "correct" else f"{entry.who} changed {entry.what}"
