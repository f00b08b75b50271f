"""The figures of an evaluation: hits, misses and extras of each field, of a report and of all, each miss and extra with a note.

In: what the comparison counts. Out: `Scores`, as an object, as JSON and for the pages that show them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from extract import schema

#: the fields in the order they are told
FIELDS = (
    "case count", "age", "sex", "primary diagnosis", "diagnosis", "assertion", "drug", "status", "dose", "frequency",
    "duration", "route", "vehicle", "ratio", "pain score", "pain phase", "therapy", "therapy status",
    "therapy amount", "indication", "reason stopped", "cycles", "adverse event", "event action", "event outcome", "cited leak",
)  # fmt: skip

#: the fields that make up a record: their hits and misses together are the micro F1 of records
RECORD_FIELDS = ("diagnosis", "drug", "dose", "frequency", "duration", "route", "vehicle", "pain score")

#: the fields of the precision-recall curve, and the confidences it is told for
CURVE_FIELDS = ("diagnosis", "drug", "dose", "frequency", "duration", "route", "pain score")
THRESHOLDS = tuple(round(0.05 * i, 2) for i in range(20))


@dataclass(frozen=True)
class Note:
    """A miss or an extra: what it is, and for what was extracted where it stands in the report."""

    doc: str
    told: str
    extra: bool = False
    row: schema.Evidence | None = None

    def __str__(self) -> str:
        return f"{self.doc}: {self.told}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON; the evidence when a row of ours is wrong."""
        note: dict[str, Any] = {"doc": self.doc, "told": self.told, "extra": self.extra}
        if self.row is not None:
            note |= {"page": self.row.page, "evidence": self.row.evidence, "confidence": self.row.confidence}
        return note


@dataclass
class Tally:
    """Hits and misses of one field, with a note on each miss and each extra."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    notes: list[Note] = field(default_factory=list)

    def hit(self) -> None:
        """Count what is in both."""
        self.tp += 1

    def miss(self, note: Note) -> None:
        """Count gold that was not extracted."""
        self.fn += 1
        self.notes.append(note)

    def extra(self, note: Note) -> None:
        """Count what was extracted and is not gold."""
        self.fp += 1
        self.notes.append(replace(note, extra=True))

    def told(self, right: bool, note: Note) -> None:
        """Count a hit or a miss."""
        if right:
            self.hit()
        else:
            self.miss(note)

    def add(self, other: Tally) -> None:
        """Count what another one counted too."""
        self.tp, self.fp, self.fn = self.tp + other.tp, self.fp + other.fp, self.fn + other.fn
        self.notes.extend(other.notes)

    @property
    def precision(self) -> float | None:
        """Share of what was extracted that is gold; None when nothing was."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """Share of gold that was extracted; None when there is no gold."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both; None when there is neither."""
        whole = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / whole if whole else None

    def as_dict(self) -> dict[str, float | int | None]:
        """The figures."""
        return {"p": self.precision, "r": self.recall, "f1": self.f1, "tp": self.tp, "fp": self.fp, "fn": self.fn}


@dataclass
class Scores:
    """The tallies of the fields that occur, in the order of `FIELDS`; of all reports, and of each.

    `curve`: precision and recall of the facts as sure as each of `THRESHOLDS`, or surer; see `at`.
    """

    fields: dict[str, Tally]
    reports: dict[str, Scores] = field(default_factory=dict)
    curve: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, tallies: dict[str, Tally]) -> Scores:
        """The scores of one report."""
        return cls({name: tallies[name] for name in FIELDS if name in tallies})

    @classmethod
    def over(cls, reports: dict[str, Scores]) -> Scores:
        """The scores of many reports together."""
        tallies: dict[str, Tally] = {}
        for scores in reports.values():
            for name, tally in scores.fields.items():
                tallies.setdefault(name, Tally()).add(tally)
        return cls(cls.of(tallies).fields, reports)

    @property
    def documents(self) -> int:
        """How many reports there are."""
        return len(self.reports)

    @property
    def records(self) -> Tally:
        """All `RECORD_FIELDS` together."""
        parts = [self.fields[name] for name in RECORD_FIELDS if name in self.fields]
        return Tally(sum(t.tp for t in parts), sum(t.fp for t in parts), sum(t.fn for t in parts))

    @property
    def fifths(self) -> list[Tally]:
        """The records of the worst fifth of the reports by F1, of the next, and so on to the best; five or none."""
        ranked = sorted((s.records for s in self.reports.values()), key=lambda t: (t.f1 is not None, t.f1 or 0.0))
        if len(ranked) < 5:
            return []
        fifths = [Tally() for _ in range(5)]
        for place, tally in enumerate(ranked):
            fifths[place * 5 // len(ranked)].add(tally)
        return fifths

    def at(self, threshold: float) -> dict[str, Any]:
        """A point of the curve: the threshold, and precision, recall, hits of all records and of each of `CURVE_FIELDS`."""
        tallies = {"records": self.records} | {n: self.fields[n] for n in CURVE_FIELDS if n in self.fields}
        return {"threshold": threshold} | {name: tally.as_dict() for name, tally in tallies.items()}

    def as_dict(self, *, misses: bool = False) -> dict[str, Any]:
        """All figures, for JSON; `misses`: with each miss and extra."""
        figures: dict[str, Any] = {"documents": self.documents, "records": self.records.as_dict()}
        for name, tally in self.fields.items():
            figures[name] = tally.as_dict() | ({"misses": [n.as_dict() for n in tally.notes]} if misses else {})
        if misses:
            figures["reports"] = {doc: scores.records.as_dict() for doc, scores in self.reports.items()}
            figures["fifths"] = [tally.as_dict() for tally in self.fifths]
        return figures | {"curve": self.curve}
