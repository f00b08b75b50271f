"""A report set in twelve publishers' styles says the same in each of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from extract import Extractor, Report

CORPUS = Path(__file__).parents[2] / "corpus"
STYLES = 12


def facts(report: Report) -> list[str]:
    """The facts of a report's own patients, in no order."""
    own = {c.case_id for c in report.cases if c.role == "index"}
    found: list[tuple[object, ...]] = [("case", c.age_years, c.sex) for c in report.cases if c.case_id in own]
    found += [("diagnosis", d.diagnosis, d.assertion, d.primary) for d in report.diagnoses if d.case_id in own]
    found += [
        ("drug", t.drug, t.status, t.dose_value, t.dose_unit, t.vehicle, t.ratio, t.route, t.per_day, t.days)
        for t in report.treatments
        if t.case_id in own
    ]
    found += [("pain", p.value, p.phase) for p in report.pain_scores if p.case_id in own]
    return sorted(map(str, found))


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


def set_in_all(report: str, folder: Path) -> list[Path]:
    command = [sys.executable, str(CORPUS / "styles.py"), report, "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    papers = sorted(folder.glob("*.pdf"))
    assert len(papers) == STYLES
    return papers


def test_twelve_styles_say_what_the_plain_text_says(tmp_path: Path, extractor: Extractor) -> None:
    papers = set_in_all("urea-eucerin", tmp_path)
    told = facts(extractor(tmp_path / "urea-eucerin.txt"))
    assert sum(fact.startswith("('drug'") for fact in told) > 10
    for paper in papers:
        assert facts(extractor(paper)) == told, paper.stem


def test_a_table_and_what_stands_around_it_are_the_same_in_all_styles(tmp_path: Path, extractor: Extractor) -> None:
    first, *others = set_in_all("crps-ketamine", tmp_path)
    told = facts(extractor(first))
    assert "('pain', 91.0, 'baseline')" in told or "('pain', 91.0, 'movement')" in told
    for paper in others:
        assert facts(extractor(paper)) == told, paper.stem


def test_an_unknown_report_is_said(tmp_path: Path) -> None:
    command = [sys.executable, str(CORPUS / "styles.py"), "none", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (2, "no such report: none")
