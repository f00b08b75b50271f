"""Fit the confidence of the fact tables on record-level gold: `casesift train confidence GOLD INPUT...`.

In: a folder of gold JSON files (the format of `corpus/gold`) and the reports they describe. Out: the weights file
`extract/records/rules/confidence.csv`, and how well it holds on reports that were left out. Logistic regression with ridge
penalty (scikit-learn, which scispaCy brings), a table at a time; the threshold of diagnoses is the one with the best F1 on left-out
reports.

What is right, of the rows of index cases: a diagnosis that gold has; a treatment whose drug gold has, with no dose, frequency, duration,
ratio, vehicle or route that gold does not have for it; a pain score that gold has; a case of a report with the right number of cases,
with gold's age and sex. Rows of optional gold are neither right nor wrong.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from extract.extractor import Extractor
from extract.language import analyse
from extract.language.mention import sentences
from extract.records.assemble import assemble_with_features
from extract.records.confidence import FEATURES, of_finding
from extract.records.diagnoses.group import findings
from extract.records.patients.assign import assign
from extract.schema import Case, Document, PainScore, Report, Treatment
from pipelines.evaluation.matching import REGIMEN_FIELDS, Regimen, close, closeness, normal, number, same_name

#: parts the reports are dealt into; each is judged by weights fitted on the others
FOLDS = 10
#: strength of the ridge penalty; weaker follows the few reports more closely
PENALTY = 1.0
#: ends of the bins of a reliability table
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(slots=True)
class Examples:
    """Rows of one table: features, whether they are right, and the number of the report each is from."""

    x: list[list[float]] = field(default_factory=list)
    y: list[int] = field(default_factory=list)
    group: list[int] = field(default_factory=list)
    lost: int = 0  #: gold diagnoses that were never found

    def add(self, features: Mapping[str, float], table: str, right: bool, group: int) -> None:
        """Add a row."""
        self.x.append([features[name] for name in FEATURES[table]])
        self.y.append(int(right))
        self.group.append(group)


@dataclass(frozen=True, slots=True)
class Bin:
    """A line of a reliability table: rows with a confidence in [low, high), their mean confidence, and the share that was right."""

    low: float
    high: float
    rows: int
    said: float
    right: float


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted for one table. `brier` and `error` (expected calibration error) are of reports left out."""

    table: str
    weights: dict[str, float]
    rows: int
    right: int
    brier: float
    error: float
    reliability: list[Bin]
    threshold: float | None = None
    f1: float | None = None


def examples(gold: Sequence[Path], inputs: Iterable[Path], extractor: Extractor) -> dict[str, Examples]:
    """The rows of every report that gold knows, by table."""
    files = [path for folder in gold for path in sorted(folder.glob("*.json"))]
    known = {g["doc"]: g for g in (json.loads(path.read_text("utf-8")) for path in files)}
    found: dict[str, Examples] = defaultdict(Examples)
    for path in inputs:
        doc_name = next(
            (d for d in known if re.search(rf"(?<![A-Za-z0-9]){re.escape(d)}(?![A-Za-z0-9])", path.as_posix())), None
        )
        if doc_name is None:
            continue
        add_document(found, known[doc_name], analyse(extractor.nlp, extractor.read(path)), list(known).index(doc_name))
    return found


def add_document(found: dict[str, Examples], gold: dict[str, Any], doc: Any, group: int) -> None:
    """Add the rows of one analysed report."""
    cases = gold.get("cases") or [gold | {"age": {"years": gold.get("age_years")}}]
    _diagnoses(found["diagnoses"], cases, doc, group)
    report, features = assemble_with_features(doc, Document(doc_id="d0", file=""))
    index = [c for c in report.cases if c.role == "index"]
    for row, right in _judged(report, index, cases):
        table, key = _TABLE_KEYS[type(row).__name__]
        found[table].add(features[getattr(row, key)], table, right, group)


_TABLE_KEYS = {
    "Case": ("cases", "case_id"),
    "Treatment": ("treatments", "treatment_id"),
    "PainScore": ("pain_scores", "pain_id"),
}


def _diagnoses(found: Examples, cases: Sequence[dict[str, Any]], doc: Any, group: int) -> None:
    """All findings, also those too unsure for a row, so that the threshold can be chosen."""
    wanted = [d for c in cases for d in c.get("diagnoses") or []]
    sents = sentences(doc)
    casting = assign(sents)
    reached: set[int] = set()
    for person, told in findings(sents, casting).items():
        for f in told if person in casting.index else ():
            hits = [i for i, d in enumerate(wanted) if same_name([f.text, f.key], [d["text"], *d.get("also", [])])]
            reached |= set(hits)
            if not hits or not all(wanted[i].get("optional") for i in hits):
                found.add(of_finding(f), "diagnoses", bool(hits), group)
    found.lost += sum(1 for i, d in enumerate(wanted) if i not in reached and not d.get("optional"))


def _judged(
    report: Report, index: Sequence[Case], cases: Sequence[dict[str, Any]]
) -> Iterator[tuple[Case | Treatment | PainScore, bool]]:
    for i, row in enumerate(index):
        told = cases[min(i, len(cases) - 1)]
        yield row, len(index) == len(cases) and _same_patient(row, told)
        for t in report.treatments:
            right = treatment_is_right(t, told.get("treatments") or []) if t.case_id == row.case_id else None
            if right is not None:
                yield t, right
        for p in report.pain_scores:
            if p.case_id == row.case_id:
                yield (
                    p,
                    any(
                        close(p.value, number(g["value"]))
                        and (g.get("max") is None or close(p.scale_max, number(g["max"])))
                        for g in told.get("pain_scores") or []
                    ),
                )


def _same_patient(row: Case, told: dict[str, Any]) -> bool:
    years = (told.get("age") or {}).get("years")
    aged = years is None or (row.age_years is not None and abs(row.age_years - years) <= max(0.02, 0.02 * years))
    return aged and (not told.get("sex") or row.sex == told["sex"])


def treatment_is_right(row: Treatment, gold: Sequence[dict[str, Any]]) -> bool | None:
    """Whether gold has the drug and every value the row tells of it; None when the drug is optional there."""
    near = [closeness([row.text, row.drug], [g["drug"], *g.get("also", [])]) for g in gold]
    best = max(near, default=0)
    meant = [g for g, n in zip(gold, near, strict=True) if best and n == best]
    if not meant:
        return False
    if all(g.get("optional") for g in meant):
        return None
    mine = Regimen.of_row(row)
    told = [r for g in meant for r in g.get("regimens", [])]
    for name in REGIMEN_FIELDS:
        if mine.value(name) is not None and not any(mine.agrees(Regimen.of_gold(r), name) for r in told):
            return False
    routes = {normal(part) for g in meant for r in (*g.get("regimens", []), g) for part in _routes(r.get("route"))}
    return not mine.route or not routes or mine.route in routes


def _routes(route: str | None) -> list[str]:
    return [route, *re.split(r" and |, |/", route)] if route else []


def fit(gold: Sequence[Path], inputs: Sequence[Path], extractor: Extractor | None = None) -> list[Fit]:
    """Fit on all reports that `gold` (one folder or several) knows; judge on reports left out, a tenth at a time."""
    found = examples(gold, inputs, extractor or Extractor())
    return [fit_table(table, found[table]) for table in FEATURES if table in found]


def fit_table(table: str, told: Examples) -> Fit:
    """Weights of one table. A table whose rows are all right (or all wrong) gets a bias alone, drawn towards even by the penalty."""
    x, y, group = np.array(told.x), np.array(told.y), np.array(told.group)
    held = np.zeros(len(y))
    for fold in range(FOLDS):
        out = group % FOLDS == fold
        if out.any() and not out.all():
            held[out] = _probability(x[out], _solve(x[~out], y[~out]))
    threshold = f1 = None
    if table == "diagnoses":
        f1, threshold = max((_f1(held >= t, y, told.lost), float(t)) for t in np.arange(0.05, 0.9, 0.05))
    bins = reliability(held, y)
    error = sum(b.rows * abs(b.said - b.right) for b in bins) / max(1, len(y))
    weights = dict(zip(FEATURES[table], map(float, _solve(x, y)), strict=True))
    return Fit(table, weights, len(y), int(y.sum()), float(np.mean((held - y) ** 2)), error, bins, threshold, f1)


def _solve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The weights of a logistic regression; where there is only one outcome, one made-up row of the other keeps it finite."""
    from sklearn.linear_model import LogisticRegression

    if len(set(y.tolist())) < 2:
        x, y = np.vstack([x, x.mean(axis=0)]), np.append(y, 1 - y[0])
    model = LogisticRegression(C=PENALTY, max_iter=2000, fit_intercept=False)
    return np.asarray(model.fit(x, y).coef_[0])


def _probability(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-(x @ weights))))


def reliability(said: np.ndarray, right: np.ndarray) -> list[Bin]:
    """How often rows are right, by the confidence said of them; empty bins are left out."""
    bins = []
    for low, high in pairwise(BINS):
        inside = (said >= low) & ((said < high) | (high == 1.0))
        if inside.any():
            bins.append(Bin(low, high, int(inside.sum()), float(said[inside].mean()), float(right[inside].mean())))
    return bins


def _f1(kept: np.ndarray, y: np.ndarray, lost: int) -> float:
    tp = int((kept & (y == 1)).sum())
    return 2 * tp / (2 * tp + int((kept & (y == 0)).sum()) + int((~kept & (y == 1)).sum()) + lost)


def reliability_table(fitted: Sequence[Fit]) -> str:
    """The reliability of every table as lines of text."""
    lines = []
    for f in fitted:
        head = f"{f.table}: {f.right} of {f.rows} rows right; Brier {f.brier:.3f}, calibration error {f.error:.3f}"
        lines.append(head + (f"; F1 {f.f1:.3f} at threshold {f.threshold:.2f}" if f.f1 is not None else ""))
        lines += [
            f"  {b.low:.2f} to {b.high:.2f}: said {b.said:.2f}, right {b.right:.2f} of {b.rows}" for b in f.reliability
        ]
    return "\n".join(lines)


def write(fitted: Sequence[Fit], path: Path) -> None:
    """Write the weights file that `extract.records.confidence` reads."""
    lines = [
        "# Weights of the confidences (extract/records/confidence.py), fitted by pipelines/train/confidence.py: casesift train confidence.",
        "# On reports left out, by confidence, how sure the rows were said to be and what share of them was right:",
        *(f"#   {line}" for line in reliability_table(fitted).splitlines()),
        "table,feature,weight,comment",
    ]
    for f in fitted:
        lines += [f"{f.table},{name},{value:.3f}," for name, value in f.weights.items()]
        if f.threshold is not None:
            lines.append(f"{f.table},threshold,{f.threshold:.2f},a finding less sure makes no row")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
