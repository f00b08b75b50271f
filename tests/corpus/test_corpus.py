"""The corpus is what its reports and its builder say it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[2] / "corpus"
REPORTS = sorted(p.stem for p in (CORPUS / "reports").glob("*.md"))


def build(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CORPUS / "build.py"), *args], capture_output=True, text=True, check=False
    )


def test_every_report_has_its_pdf_and_its_gold() -> None:
    assert REPORTS
    assert sorted(p.stem for p in (CORPUS / "pdf").glob("*.pdf")) == REPORTS
    assert sorted(p.stem for p in (CORPUS / "gold").glob("*.json")) == REPORTS


def test_committed_files_are_what_the_builder_makes_and_gold_stands_in_the_text() -> None:
    pytest.importorskip("reportlab")
    pytest.importorskip("PIL")
    done = build("--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("reportlab")
    pytest.importorskip("PIL")
    for folder in ("a", "b"):
        done = build("--out", str(tmp_path / folder))
        assert done.returncode == 0, done.stderr
    for report in REPORTS:
        assert (tmp_path / "a" / f"{report}.pdf").read_bytes() == (tmp_path / "b" / f"{report}.pdf").read_bytes(), (
            report
        )


def test_corpus_stays_small() -> None:
    assert sum(p.stat().st_size for p in CORPUS.rglob("*") if p.is_file() and "__pycache__" not in p.parts) < 3_000_000


@pytest.mark.parametrize("report", REPORTS)
def test_every_case_has_an_age_a_sex_and_a_primary_diagnosis(report: str) -> None:
    gold = json.loads((CORPUS / "gold" / f"{report}.json").read_text(encoding="utf-8"))
    for case in gold["cases"]:
        assert case["age"]["years"] >= 0
        assert case["sex"] in {"F", "M"}
        assert any(d["primary"] for d in case["diagnoses"])


def test_a_wording_that_does_not_stand_in_the_report_is_found(tmp_path: Path) -> None:
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("corpus_gold", CORPUS / "press" / "gold.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    gold = json.loads((CORPUS / "gold" / f"{REPORTS[0]}.json").read_text(encoding="utf-8"))
    wrong = list(module.faults(gold, "nothing of the kind"))
    assert wrong and all("not in the report" in line for line in wrong)
