"""The rows that confidences are fitted on: features of each row of the index patients, and whether gold says that it is right.

In: gold records and the reports they describe. Out: `Examples` a table. What is right: a diagnosis row by name and assertion, a treatment row by
drug, status and every value (`evaluation.whole`), a pain score that gold has, a case with gold's age and sex where the number of cases is right.
Rows of optional gold are left out, and those of tables that a gold record does not have (reports of which only the drugs were judged).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extract.extractor import Extractor
from extract.language import analyse
from extract.records.assemble import assemble_with_features
from extract.schema import Case, Document, Report, Treatment
from pipelines.evaluation.evaluate import gold_records
from pipelines.evaluation.matching import REGIMEN_FIELDS, Regimen
from pipelines.evaluation.whole import (
    gold_of_case,
    judge_diagnoses,
    judge_pain,
    judge_treatments,
    regimens,
    route_fits,
    speaks_of,
    tells_of,
)

#: what a treatment row is judged in, each by trees of its own
PARTS = ("drug", "status", "duration", "dosing")


@dataclass(slots=True)
class Examples:
    """Rows of one table: features, whether they are right (as a whole and in parts), the report each is from, and what it counts."""

    features: list[Mapping[str, float]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    parts: list[Mapping[str, bool]] = field(default_factory=list)
    group: list[int] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    missed: int = 0  #: facts of gold that no row tells

    def add(
        self,
        features: Mapping[str, float],
        right: bool,
        group: int,
        weight: float = 1.0,
        parts: Mapping[str, bool] | None = None,
    ) -> None:
        """Add a row."""
        self.features.append(features)
        self.right.append(right)
        self.parts.append(parts or {"whole": right})
        self.group.append(group)
        self.weight.append(weight)


def examples(
    gold: Sequence[Path],
    inputs: Iterable[Path],
    extractor: Extractor,
    *,
    known: Collection[Path] = (),
    without: Collection[str] = (),
    weight: float = 1.0,
) -> dict[str, Examples]:
    """The rows of every report that gold knows, by table.

    Args:
        known: gold folders of reports that the rules were written on; their rows count `weight`.
        without: documents to leave out, by the name in their gold.
    """
    records = [(record, weight if folder in known else 1.0) for folder in gold for record in gold_records(folder)]
    wanted = {record["doc"]: (i, record, w) for i, (record, w) in enumerate(records) if record["doc"] not in without}
    names = re.compile(
        r"(?<![A-Za-z0-9])(?:" + "|".join(map(re.escape, sorted(wanted, key=len, reverse=True))) + r")(?![A-Za-z0-9])"
    )
    by_table: dict[str, Examples] = defaultdict(Examples)
    for path in inputs:
        match = names.search(path.as_posix())
        if match is None or match[0] not in wanted:
            continue
        group, record, counts = wanted.pop(match[0])  # a report that is there in two formats is read once
        add_document(by_table, record, analyse(extractor.nlp, extractor.read(path)), group, counts)
    return by_table


def add_document(
    by_table: dict[str, Examples], gold: dict[str, Any], doc: Any, group: int, weight: float = 1.0
) -> None:
    """Add the rows of one analysed report, also of diagnoses too unsure for a row."""
    report, features = assemble_with_features(doc, Document(doc_id="d0", file=""), threshold=False)
    index = [c for c in report.cases if c.role == "index"]
    for k, (case, ids) in enumerate(gold_of_case(gold["cases"], [c.case_id for c in index])):
        _facts(by_table, case, report, ids, features, group, weight)
        for row in index[k : k + 1] if "sex" in case or "age" in case else ():
            right = len(index) == len(gold["cases"]) and _same_patient(row, case)
            by_table["cases"].add(features[row.case_id], right, group, weight)


def _facts(
    by_table: dict[str, Examples],
    case: dict[str, Any],
    report: Report,
    ids: Collection[str],
    features: Mapping[str, Any],
    group: int,
    weight: float,
) -> None:
    if (gold_treatments := case.get("treatments")) is not None:
        treatments = judge_treatments(gold_treatments, [t for t in report.treatments if t.case_id in ids])
        for t, right in treatments.rows:
            parts = _parts(t, gold_treatments, right)
            by_table["treatments"].add(features[t.treatment_id], right, group, weight, parts)
        by_table["treatments"].missed += treatments.missed
    if (gold_diagnoses := case.get("diagnoses")) is not None:
        diagnoses = judge_diagnoses(gold_diagnoses, [d for d in report.diagnoses if d.case_id in ids])
        for d, right in diagnoses.rows:
            by_table["diagnoses"].add(features[d.diagnosis_id], right, group, weight)
        by_table["diagnoses"].missed += diagnoses.missed
    if (gold_pains := case.get("pain_scores")) is not None:
        pains = judge_pain(gold_pains, [p for p in report.pain_scores if p.case_id in ids])
        for p, right in pains.rows:
            by_table["pain_scores"].add(features[p.pain_id], right, group, weight)
        by_table["pain_scores"].missed += pains.missed


def _parts(row: Treatment, gold: Sequence[dict[str, Any]], right: bool) -> dict[str, bool]:
    """Which parts of a row agree with the gold regimen it is nearest to. A part of a drug that is not the patient's is left out."""
    if right:
        return dict.fromkeys(PARTS, True)
    mine, best = Regimen.of_row(row), {"drug": False}
    most = (-1, False)
    for i in speaks_of(row, gold):
        status = row.status == gold[i]["status"]
        for regimen in regimens(gold[i]):
            agree = {name: tells_of(name, mine, row, regimen) for name in REGIMEN_FIELDS}
            agree["route"] = route_fits(mine, regimen, gold[i])
            if (near := (sum(agree.values()), status)) > most:
                most = near
                duration = agree.pop("duration")
                best = {"drug": True, "status": status, "duration": duration, "dosing": all(agree.values())}
    return best


def _same_patient(row: Case, gold: dict[str, Any]) -> bool:
    years = (gold.get("age") or {}).get("years")
    aged = years is None or (row.age_years is not None and abs(row.age_years - years) <= max(0.02, 0.02 * years))
    return aged and (not gold.get("sex") or row.sex == gold["sex"])
