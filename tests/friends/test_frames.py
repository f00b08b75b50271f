"""`casesift.read`: files in, typed data frames out, and no bad file ends it."""

from __future__ import annotations

import subprocess
import sys
import typing
from pathlib import Path

import pandas as pd
import pytest

import casesift
from extract import schema

TABLES = list(schema.TABLES)


def test_a_folder_becomes_tables_and_what_failed_tells_why(result: casesift.Result) -> None:
    assert list(result.documents["file"]) == [
        "amiodarone-sealed.pdf",
        "nothing.txt",
        "skin/urea-eucerin.pdf",
        "trigeminal-two.pdf",
    ]
    assert list(result.documents["status"]) == ["failed", "failed", "ok", "ok"]
    assert list(result.failed) == ["amiodarone-sealed.pdf", "nothing.txt"]
    assert result.failed["amiodarone-sealed.pdf"].startswith("encrypted-pdf: ")
    assert result.failed["nothing.txt"].startswith("empty-file: ")
    assert set(result.treatments["file"]) == {"skin/urea-eucerin.pdf", "trigeminal-two.pdf"}
    assert set(result.pain_scores["file"]) <= set(result.treatments["file"])
    assert repr(result).startswith("<Result: 4 documents (2 failed), 5 cases, ")


def test_rows_say_what_the_report_says(result: casesift.Result) -> None:
    urea = result.treatments.query("file == 'skin/urea-eucerin.pdf' and drug == 'urea' and status == 'given'").iloc[0]
    assert (urea.dose_value, urea.dose_unit, urea.ratio, urea.vehicle) == (20.0, "%", "1:1", "Eucerin")
    patient = result.cases.query("file == 'skin/urea-eucerin.pdf' and role == 'index'").iloc[0]
    assert (patient.age_years, patient.sex, patient.patients) == (58.0, "M", 1)


@pytest.mark.parametrize("table", TABLES)
def test_each_table_has_the_columns_and_types_its_model_declares(result: casesift.Result, table: str) -> None:
    frame = getattr(result, table)
    assert list(frame.columns) == schema.columns(schema.TABLES[table])
    told = casesift.columns(table).set_index("column")["dtype"]
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == dict(told)
    assert not any((frame[c] == "").any() for c in frame.columns if frame[c].dtype in ("string", "category"))


def test_types_are_nullable_and_fixed_sets_are_categories(result: casesift.Result) -> None:
    types = {f"{t}.{c}": str(d) for t in TABLES for c, d in getattr(result, t).dtypes.items()}
    some = {
        "documents.year": "Int64", "cases.patients": "Int64", "cases.age_years": "float64", "cases.sex": "category",
        "diagnoses.primary": "boolean", "treatments.status": "category", "treatments.dose_unit": "string",
        "pain_scores.inferred": "boolean", "mentions.page": "Int64",
    }  # fmt: skip
    assert some.items() <= types.items()
    assert list(result.treatments["status"].cat.categories) == list(typing.get_args(schema.TreatmentStatus))
    assert result.treatments["vehicle"].isna().any() and result.diagnoses["primary"].sum() >= 2


def test_an_empty_folder_gives_empty_tables_of_the_same_types(tmp_path: Path, result: casesift.Result) -> None:
    empty = casesift.read(tmp_path, progress=False)
    for table in TABLES:
        assert len(getattr(empty, table)) == 0
        assert getattr(empty, table).dtypes.equals(getattr(result, table).dtypes)
    assert empty.failed == {}


def test_the_docstring_of_a_table_tells_shape_type_and_unit_of_each_column() -> None:
    told = casesift.Result.treatments.__doc__ or ""
    assert told.startswith("One row for each drug with one regimen") and "Shape: (rows, 46)" in told
    assert "    days (float64, days): Duration" in told and "    status (category): given" in told
    assert all(f"    {c} (" in told for c in schema.columns(schema.Treatment))


def test_a_path_that_is_not_there_is_told_before_anything_is_read(papers: Path) -> None:
    with pytest.raises(casesift.CasesiftError, match=r"no such file or folder: .*missing\.pdf"):
        casesift.read([papers, papers / "missing.pdf"])


def test_a_table_that_is_not_there_is_told_with_those_that_are(result: casesift.Result) -> None:
    with pytest.raises(casesift.CasesiftError, match="no table called 'drugs'; there are documents, cases"):
        casesift.columns("drugs")
    with pytest.raises(casesift.CasesiftError, match="no table called 'drugs'"):
        result.frame("drugs")


def test_a_column_somebody_adds_stays(result: casesift.Result) -> None:
    result.cases["mine"] = 1
    assert "mine" in result.cases.columns
    del result.cases["mine"]


def test_a_script_without_a_main_guard_reads_in_several_processes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A 61-year-old woman with gout took aspirin 100 mg daily for 2 weeks.\n")
    (tmp_path / "b.txt").write_text("A 40-year-old man with psoriasis applied urea 10% twice daily.\n")
    script = tmp_path / "mine.py"
    script.write_text(
        "import casesift\n"
        f"result = casesift.read({str(tmp_path)!r} + '/' + name for name in ('a.txt', 'b.txt'))\n"
        "print('begun')\n"
        "print(result.treatments[['file', 'drug', 'dose_unit', 'days']].to_csv(index=False))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == ["begun", "file,drug,dose_unit,days", "a.txt,aspirin,mg,14.0", "b.txt,urea,%,"]
    assert "2/2" in done.stderr and "Traceback" not in done.stderr


def test_frames_come_out_of_parquet_as_they_went_in(result: casesift.Result, tmp_path: Path) -> None:
    result.treatments.to_parquet(tmp_path / "treatments.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "treatments.parquet"), result.treatments)


def test_an_address_and_a_configuration_are_taken_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A 61-year-old woman with gout took aspirin 100 mg daily.\n")
    config = tmp_path / "my.cfg"
    config.write_text("[records]\nevidence_length = 20\n")
    found = casesift.read(f"file://{tmp_path}/a.txt", workers=0, progress=False, config=str(config))
    assert list(found.documents["file"]) == ["a.txt"] and found.treatments["drug"].tolist() == ["aspirin"]
    assert len(found.treatments["evidence"][0]) < 30
    assert "its file is not known" in found.reports[0]._repr_html_()


def test_what_cannot_be_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(casesift.CasesiftError, match="-1 workers; give 1 or more"):
        casesift.read(tmp_path, workers=-1)
    with pytest.raises(casesift.CasesiftError, match=r"nowhere\.cfg"):
        casesift.read(tmp_path, config=tmp_path / "nowhere.cfg")
