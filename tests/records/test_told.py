"""Sentences of case reports, a kind of telling each, and the treatment rows they make: `told.csv`.

What a row tells is written in one line: drug, status, dose, how often a day, days, route, vehicle and ratio, those that are told; rows are divided by
" + ". Each sentence stands behind one that introduces a patient.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from extract.extractor import Extractor
from extract.schema import Treatment

INTRODUCED = "A 54-year-old woman was seen in our clinic. "


def told() -> list[dict[str, str]]:
    with (Path(__file__).parent / "told.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(line for line in f if not line.startswith("#")))


@cache
def extractor() -> Extractor:
    return Extractor()


def written(row: Treatment) -> str:
    """A row as the file has it."""
    dose = row.dose_text or ""
    if row.dose_value is not None:
        top = f"-{row.dose_value_max:g}" if row.dose_value_max is not None else ""
        dose = f"{row.dose_value:g}{top} {row.dose_unit}"
    parts = (
        row.drug,
        row.status,
        dose,
        f"{row.per_day:g}/d" if row.per_day is not None else "",
        f"{row.days:g} d" if row.days is not None else "",
        row.route,
        f"in {row.vehicle}" if row.vehicle else "",
        row.ratio,
    )
    return ", ".join(part for part in parts if part)


def rows_of(sentence: str, folder: Path) -> str:
    """The rows of the index patients, as the file has them."""
    path = folder / "case.txt"
    path.write_text(INTRODUCED + sentence + "\n", encoding="utf-8")
    report = extractor()(path)
    index = {case.case_id for case in report.cases if case.role == "index"}
    return " + ".join(written(t) for t in report.treatments if t.case_id in index) or "none"


@pytest.mark.parametrize("row", told(), ids=lambda row: row["sentence"][:60])
def test_a_sentence_makes_its_rows(row: dict[str, str], tmp_path: Path) -> None:
    assert rows_of(row["sentence"], tmp_path) == row["rows"]
