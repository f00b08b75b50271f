"""How good the records are: precision, recall and F1 of each field against record-level gold.

In: a folder of gold records (one JSON a document: `doc`, `cases` with `age`, `sex`, `diagnoses`, `treatments`,
`pain_scores`, and `cited_drugs`) and an output folder. Out: `Scores`. A document is found by its `file`, in which the
gold's `doc` must occur as a word. Only index cases are scored, the first gold case with the first index case and so on.
Optional gold is neither rewarded nor punished; every extra counts as wrong once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError
from extract.schema import Case, Diagnosis, PainScore, Treatment
from pipelines.discover import STORE_NAME
from pipelines.matching import (
    REGIMEN_FIELDS,
    Closeness,
    Regimen,
    close,
    closeness,
    normal,
    number,
    same_name,
)
from pipelines.store import Store
from pipelines.tables import read_csv

#: the fields in the order they are told
FIELDS = (
    "case count", "age", "sex", "primary diagnosis", "diagnosis", "assertion", "drug", "status", "dose", "frequency",
    "duration", "route", "vehicle", "ratio", "pain score", "pain phase", "cited leak",
)  # fmt: skip

#: the fields that make up a record: their hits and misses together are the micro F1 of records
RECORD_FIELDS = ("diagnosis", "drug", "dose", "frequency", "duration", "route", "vehicle", "pain score")

#: the fields of the precision-recall curve, and the confidences it is told for
CURVE_FIELDS = ("diagnosis", "drug", "dose", "frequency", "duration", "route", "pain score")
THRESHOLDS = tuple(round(0.05 * i, 2) for i in range(20))

_TABLES = ("cases", "diagnoses", "treatments", "pain_scores")


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
        told: dict[str, Any] = {"documents": self.documents, "records": self.records.as_dict()}
        for name, tally in self.fields.items():
            told[name] = tally.as_dict() | ({"misses": [n.as_dict() for n in tally.notes]} if misses else {})
        if misses:
            told["reports"] = {doc: scores.records.as_dict() for doc, scores in self.reports.items()}
            told["fifths"] = [tally.as_dict() for tally in self.fifths]
        return told | {"curve": self.curve}


@dataclass
class Tables:
    """The rows of the scored tables, in document order."""

    cases: list[Case]
    diagnoses: list[Diagnosis]
    treatments: list[Treatment]
    pain_scores: list[PainScore]

    def of_document(self, doc: str) -> Tables:
        """The rows of one document without those of cited cases."""
        here = re.compile(rf"(?<![A-Za-z0-9]){re.escape(doc)}(?![A-Za-z0-9])")
        cited = {c.case_id for c in self.cases if c.role != "index"}

        def pick(rows: Sequence[Any]) -> list[Any]:
            return [r for r in rows if r.case_id not in cited and here.search(r.file)]

        return Tables(*(pick(getattr(self, name)) for name in _TABLES))

    def surer(self, least: float) -> Tables:
        """The facts with a confidence of `least` or more, of all cases."""
        facts = ([r for r in getattr(self, name) if r.confidence >= least] for name in _TABLES[1:])
        return Tables(self.cases, *facts)

    def of_case(self, case_ids: set[str]) -> Tables:
        """The rows of some cases."""
        return Tables(*([r for r in getattr(self, name) if r.case_id in case_ids] for name in _TABLES))


def evaluate(gold: Path, out: Path) -> Scores:
    """Score the records of the output folder `out` against the gold records in `gold`.

    Raises:
        PipelineError: `usage`, when there is no gold, a gold file is broken, or `out` holds neither store nor tables.
    """
    tables = load_tables(out)
    told = [(record, tables.of_document(record["doc"])) for record in _gold(gold)]
    scores = _score(told)
    scores.curve = [_score([(r, t.surer(least)) for r, t in told]).at(least) for least in THRESHOLDS]
    return scores


def _score(told: Sequence[tuple[dict[str, Any], Tables]]) -> Scores:
    reports = {}
    for record, tables in told:
        scorer = _Scorer()
        scorer.document(record, tables)
        reports[record["doc"]] = Scores.of(scorer.tallies)
    return Scores.over(reports)


def load_tables(out: Path) -> Tables:
    """The scored tables of an output folder: from its store, or where there is none from its CSV files.

    The store tells what casesift extracted; CSV files have what curators made of it, so rejected rows are no claims.
    """
    if (out / STORE_NAME).is_file():
        with Store.open(out) as store:
            return Tables(*([schema.TABLES[t](**row) for row in store.rows(t)] for t in _TABLES))  # type: ignore[arg-type]
    paths = {t: out / f"{t}.csv" for t in _TABLES}
    if missing := [p.name for p in paths.values() if not p.is_file()]:
        what = f"{out}: no {STORE_NAME} and no {', '.join(missing)}"
        raise PipelineError(Code.USAGE, what, mend="give the output folder of a run")
    told = {t: [row for row in read_csv(p, t) if row["curation"] != "rejected"] for t, p in paths.items()}
    return Tables(*([schema.TABLES[t](**row) for row in told[t]] for t in _TABLES))  # type: ignore[arg-type]


def _gold(folder: Path) -> Iterator[dict[str, Any]]:
    """The gold records, the ones of a single case (keys at top level) brought into the form of the others."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise PipelineError(Code.USAGE, f"{folder}: no gold records (*.json)", mend="give the folder that holds them")
    for path in paths:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(record["doc"], str):
                raise TypeError("`doc` must be text")
        except (ValueError, KeyError, TypeError) as error:
            told = f"not a gold record ({type(error).__name__}: {error})"
            raise PipelineError(Code.USAGE, told, file=path, mend="it must be JSON with `doc` and `cases`") from error
        if "cases" not in record:
            case = {"age": {"years": record.get("age_years")}}
            case |= {k: record.get(k) for k in ("sex", "diagnoses", "treatments", "pain_scores")}
            record["cases"] = [case]
        yield record


class _Scorer:
    """Goes through a document and fills the tallies."""

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}

    def _field(self, name: str) -> Tally:
        return self.tallies.setdefault(name, Tally())

    def document(self, gold: dict[str, Any], rows: Tables) -> None:
        doc, cases = gold["doc"], gold["cases"]
        count = self._field("case count")
        if len(rows.cases) == len(cases):
            count.hit()
        else:
            count.miss(Note(doc, f"{len(rows.cases)} index cases, gold {len(cases)}"))
            count.fp += 1
        ids = [c.case_id for c in rows.cases]
        for i, case in enumerate(cases):
            mine = set(ids[i : i + 1])
            if i == len(cases) - 1:  # what further cases hold counts, as wrong, with the last
                mine |= set(ids[len(cases) :])
            self._person(f"{doc}/{i + 1}", case, rows.cases[i] if i < len(ids) else None)
            own = rows.of_case(mine)
            self._diagnoses(doc, case.get("diagnoses") or [], own.diagnoses)
            _Treatments(self._field, doc, case.get("treatments") or [], own.treatments, gold.get("cited_drugs") or [])()
            self._pain(doc, case.get("pain_scores") or [], own.pain_scores)

    def _person(self, name: str, gold: dict[str, Any], row: Case | None) -> None:
        years, age = (gold.get("age") or {}).get("years"), row.age_years if row else None
        if years is not None:
            right = age is not None and abs(age - years) <= max(0.02, 0.02 * years)
            self._field("age").told(right, Note(name, f"age {age}, gold {years}", row=row))
        if gold.get("sex"):
            sex = row.sex if row else ""
            self._field("sex").told(sex == gold["sex"], Note(name, f"sex {sex}, gold {gold['sex']}", row=row))

    def _diagnoses(self, doc: str, gold: list[dict[str, Any]], rows: list[Diagnosis]) -> None:
        explained: set[int] = set()
        for g in gold:
            wordings = [g["text"], *g.get("also", [])]
            hits = [i for i, r in enumerate(rows) if same_name([r.text, r.diagnosis], wordings)]
            explained |= set(hits)
            if g.get("optional"):
                continue
            self._field("diagnosis").told(bool(hits), Note(doc, f"missed diagnosis {g['text']}"))
            if hits:
                first = rows[hits[0]]
                right = any(rows[i].assertion == g["assertion"] for i in hits)
                self._field("assertion").told(
                    right, Note(doc, f"{g['text']} is {g['assertion']}, got {first.assertion}", row=first)
                )
            if g.get("primary"):
                self._field("primary diagnosis").told(bool(hits), Note(doc, f"missed primary {g['text']}"))
        for i, row in enumerate(rows):
            if i not in explained:
                self._field("diagnosis").extra(Note(doc, f"extra diagnosis {row.text} ({row.assertion})", row=row))

    def _pain(self, doc: str, gold: list[dict[str, Any]], rows: list[PainScore]) -> None:
        left = list(rows)
        for g in gold:
            value, scale_max = number(g["value"]), number(g.get("max"))
            hit = next(
                (r for r in left if close(r.value, value) and (scale_max is None or close(r.scale_max, scale_max))),
                None,
            )
            self._field("pain score").told(hit is not None, Note(doc, f"missed pain {g['text']}"))
            if hit is None:
                continue
            left.remove(hit)
            if g.get("phase") in ("baseline", "followup"):
                note = Note(doc, f"pain {g['text']} is {g['phase']}, got {hit.phase}", row=hit)
                self._field("pain phase").told(hit.phase == g["phase"], note)
        for row in left:
            self._field("pain score").extra(Note(doc, f"extra pain {row.text}", row=row))


class _Treatments:
    """Scores the treatments of one case.

    A row speaks of the gold drugs its name is nearest to. Each told field of a gold regimen is looked for among the rows
    of its drug, and a row serves one regimen a field. A value no regimen explains is an extra, once for a drug.
    """

    def __init__(
        self, tally: Any, doc: str, gold: list[dict[str, Any]], rows: list[Treatment], cited: list[str]
    ) -> None:
        self.tally, self.doc, self.gold, self.rows, self.cited = tally, doc, gold, rows, cited
        self.regimens = [Regimen.of_row(r) for r in rows]
        self.speaks_of = [self._nearest(r) for r in rows]
        self.explained: dict[str, set[int]] = {name: set() for name in REGIMEN_FIELDS}

    def __call__(self) -> None:
        for i, g in enumerate(self.gold):
            hits = [k for k, drugs in enumerate(self.speaks_of) if i in drugs]
            self._regimens(g, hits)
            if not g.get("optional"):
                self._drug(g, hits)
                self._route(g, hits)
        self._extra_values()
        self._extra_drugs()

    def _nearest(self, row: Treatment) -> frozenset[int]:
        near = [closeness([row.text, row.drug], [g["drug"], *g.get("also", [])]) for g in self.gold]
        best = max(near, default=Closeness.NONE)
        return frozenset(i for i, n in enumerate(near) if n == best) if best else frozenset()

    def _regimens(self, g: dict[str, Any], hits: list[int]) -> None:
        used: dict[str, set[int]] = {name: set() for name in REGIMEN_FIELDS}
        for told in g.get("regimens", []):
            regimen = Regimen.of_gold(told)
            for name in REGIMEN_FIELDS:
                if regimen.value(name) is None:
                    continue
                agreeing = (k for k in hits if k not in used[name] and self.regimens[k].agrees(regimen, name))
                k = next(agreeing, None)
                if k is not None:
                    used[name].add(k)
                    if name == "dose" and regimen.unit.endswith("/day") and not self.regimens[k].unit.endswith("/day"):
                        self.explained["frequency"].add(k)  # 200 mg once a day is 200 mg/day
                if not told.get("optional") and not g.get("optional"):
                    self.tally(name).told(k is not None, Note(self.doc, f"{g['drug']} {name} {told.get(name)}"))
        for name in REGIMEN_FIELDS:
            seen = {self.regimens[k].value(name) for k in used[name]}
            self.explained[name] |= {k for k in hits if g.get("optional") or self.regimens[k].value(name) in seen}

    def _drug(self, g: dict[str, Any], hits: list[int]) -> None:
        self.tally("drug").told(bool(hits), Note(self.doc, f"missed drug {g['drug']}"))
        if hits:
            right = any(self.rows[k].status == g["status"] for k in hits)
            first = self.rows[hits[0]]
            self.tally("status").told(
                right, Note(self.doc, f"{g['drug']} is {g['status']}, got {first.status}", row=first)
            )

    def _route(self, g: dict[str, Any], hits: list[int]) -> None:
        route = next((r["route"] for r in g.get("regimens", []) if r.get("route")), None) or g.get("route")
        if not route:
            return
        told = [self.regimens[k].route for k in hits if self.regimens[k].route]
        right = any(normal(part) in told for part in (route, *re.split(r" and |, |/", route)))
        note = Note(self.doc, f"{g['drug']} route {route}, got {', '.join(told) or 'none'}")
        self.tally("route").told(right, note)
        self.tally("route").fp += bool(told) and not right

    def _extra_values(self) -> None:
        for name in REGIMEN_FIELDS:
            counted = set()
            for k, drugs in enumerate(self.speaks_of):
                value = self.regimens[k].value(name)
                if drugs and value and k not in self.explained[name] and (drugs, value) not in counted:
                    counted.add((drugs, value))
                    told = " ".join(str(v) for v in value if v)
                    note = Note(self.doc, f"{self.rows[k].text} extra {name} {told}", row=self.rows[k])
                    self.tally(name).extra(note)

    def _extra_drugs(self) -> None:
        counted = set()
        for row, drugs in zip(self.rows, self.speaks_of, strict=True):
            name = normal(row.drug or row.text)
            if drugs or name in counted:
                continue
            counted.add(name)
            leaked = same_name([row.text, row.drug], self.cited)
            note = Note(self.doc, f"extra drug {row.text}{' (cited, not the patient)' * leaked}", row=row)
            self.tally("drug").extra(note)
            self.tally("cited leak").fp += leaked
        self.tally("cited leak").tp += sum(bool(drugs) for drugs in self.speaks_of)
