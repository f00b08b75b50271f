"""An output folder of an older casesift, which knew fewer tables and columns: it opens, is copied first, and its workbooks apply."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from out_tables import table
from typer.testing import CliRunner

from pipelines import cli

REPORT = """Case Report

A 54-year-old woman with a thymoma underwent thymectomy. She was given prednisone 20 mg daily for two weeks.
"""

#: the tables that came later
NEWER = ("therapies", "adverse_events")


#: and columns
COLUMNS = {
    "treatments": (
        "indication",
        "indication_text",
        "started",
        "order",
        "cycles",
        "reason_stopped",
        "reason_stopped_text",
    ),
    "diagnoses": ("onset_text", "onset_years"),
}


def casesift(*args: object) -> str:
    done = CliRunner().invoke(cli.app, [str(a) for a in args])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """An output folder as an older casesift left it, with a workbook of its own."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(REPORT)
    out = tmp_path / "out"
    casesift("run", tmp_path / "in", "--out", out, "--workers", "0")
    casesift("export", out, "--to", "xlsx")
    book = openpyxl.load_workbook(out / "casesift.xlsx")
    for name in NEWER:
        del book[name]
    for table_name, columns in COLUMNS.items():
        names = [cell.value for cell in book[table_name][1]]
        for at in sorted((names.index(name) + 1 for name in columns), reverse=True):
            book[table_name].delete_cols(at)
    book.save(out / "casesift.xlsx")
    with closing(sqlite3.connect(out / "casesift.sqlite")) as db:
        for name in NEWER:
            db.execute(f"DROP TABLE {name}")
        for table_name, columns in COLUMNS.items():
            for name in columns:
                db.execute(f'ALTER TABLE {table_name} DROP COLUMN "{name}"')
        db.commit()
    for name in NEWER:
        (out / f"{name}.csv").unlink()
    return out


def test_it_opens_and_is_copied_before_it_is_changed(older: Path) -> None:
    casesift("export", older, "--to", "csv")
    assert table(older, "therapies") == []
    assert [r["drug"] for r in table(older, "treatments")] == ["prednisone"]
    (copy,) = older.glob("casesift.backup-*.sqlite")
    with closing(sqlite3.connect(copy)) as db:
        assert {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}.isdisjoint(NEWER)


def test_the_next_run_that_reads_its_papers_fills_it(older: Path) -> None:
    casesift("run", older.parent / "in", "--out", older, "--workers", "0", "--force")
    assert [r["therapy"] for r in table(older, "therapies")] == ["thymectomy"]


def test_its_workbook_still_applies(older: Path) -> None:
    book = openpyxl.load_workbook(older / "casesift.xlsx")
    sheet = book["treatments"]
    names = [cell.value for cell in sheet[1]]
    sheet.cell(2, names.index("dose_text") + 1).value = "25 mg"
    book.save(older / "edited.xlsx")
    casesift("apply", older, older / "edited.xlsx", "--who", "Ada")
    with (older / "treatments.csv").open(newline="", encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert (row["dose_text"], row["curation"]) == ("25 mg", "corrected")


def test_its_gold_and_its_tables_are_measured_as_they_were(older: Path, tmp_path: Path) -> None:
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "a.json").write_text(
        '{"doc": "a", "cases": [{"age": {"years": 54}, "sex": "F", "diagnoses": [], "treatments": [], "pain_scores": []}], "cited_drugs": []}'
    )
    (older / "casesift.sqlite").unlink()  # its CSV files alone
    told = casesift("evaluate", tmp_path / "gold", older)
    assert "age" in told and "therapy" not in told
