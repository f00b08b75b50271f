from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from out_tables import table

from extract import schema
from extract.errors import PipelineError
from pipelines.catalog.columns import cell_type
from pipelines.catalog.datapackage import descriptor
from pipelines.catalog.dictionary import markdown
from pipelines.files.csv_cells import cell, defused, parsed, read_csv, undefused, write_csv
from pipelines.files.replacing import replacing
from pipelines.store import Store
from pipelines.tables import spliced
from pipelines.tables.spliced import Splice, Whole

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@SUM(A1)", "\tx", "\rx", "=", "-"])
def test_text_a_spreadsheet_would_run_is_defused(text):
    assert defused(text) == "'" + text


@pytest.mark.parametrize("text", ["", "5 mg", "a=b", "'quoted'", " =1", "x-y"])
def test_other_text_is_left_alone(text):
    assert defused(text) == text


@given(texts)
def test_defusing_can_be_undone_and_leaves_nothing_to_run(text):
    assert undefused(defused(text)) == text
    assert not defused(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.fixed_dictionaries({"text": texts, "n": st.none() | st.integers(), "b": st.none() | st.booleans(),
       "x": st.none() | st.floats(allow_nan=False, allow_infinity=False)})))  # fmt: skip
def test_a_table_reads_back_as_it_was_written(rows):
    kinds = {"text": str, "n": int, "x": float, "b": bool}
    stream = io.StringIO(newline="")
    write_csv(stream, list(kinds), rows)
    stream.seek(0)
    back = [{n: parsed(row[n], kind) for n, kind in kinds.items()} for row in csv.DictReader(stream)]
    assert back == rows


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, ""), (True, "true"), (False, "false"), (-7.0, "-7"), (0.143, "0.143"), (3, "3"), (1e300, "1e+300")],
)
def test_cells(value, told):
    assert cell(value) == told


def test_numbers_below_zero_stay_numbers(sift, out, reports):
    (reports / "minus.txt").write_text("Drug -7 mg\n")
    sift()
    row = next(t for t in table(out, "treatments") if t["file"] == "minus.txt")
    assert (row["dose_value"], row["dose_text"]) == ("-7", "'-7 mg")


@given(st.lists(st.text(alphabet=";,\t\r\n=+-@'\"a1 "), min_size=2, max_size=4))
def test_no_program_finds_a_formula_wherever_it_splits(texts):
    stream = io.StringIO(newline="")
    write_csv(stream, [f"c{i}" for i in range(len(texts))], [{f"c{i}": text for i, text in enumerate(texts)}])
    written = stream.getvalue()
    assert [undefused(c) for c in list(csv.reader(io.StringIO(written, newline="")))[1]] == texts
    for delimiter in ",;\t":
        cells = [cell for row in csv.reader(io.StringIO(written, newline=""), delimiter=delimiter) for cell in row]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells), cells
    naive = re.split(r"[,;\t\r\n]", written)
    assert not any(part.startswith(("=", "+", "-", "@")) for part in naive), naive


def test_cells_that_some_program_would_split_are_quoted():
    stream = io.StringIO(newline="")
    write_csv(
        stream,
        ["file", "n"],
        [{"file": "x;=1+1;y.txt", "n": -2.5}, {"file": "a\tb", "n": 1}, {"file": "a b", "n": None}],
    )
    assert stream.getvalue() == 'file,n\r\n"x;\'=1+1;y.txt",-2.5\r\n"a\tb",1\r\na b,\r\n'


def test_a_file_named_like_a_formula_is_defused_in_csv_and_raw_in_the_store(sift, out, reports):
    (reports / "=cmd.txt").write_text("Drug 1 mg\n")
    sift()
    assert "'=cmd.txt" in {d["file"] for d in table(out, "documents")}
    with Store.open(out) as store:
        assert "=cmd.txt" in {d["file"] for d in store.rows("documents")}
        assert list(store.rows("documents")) == list(read_csv(out / "documents.csv", "documents"))


def test_columns_are_those_of_the_schema_in_its_order(sift, out):
    sift()
    for name, row in schema.TABLES.items():
        raw = (out / f"{name}.csv").read_bytes()
        assert raw.split(b"\r\n")[0].decode() == ",".join(schema.columns(row))


def test_the_data_package_is_valid(sift, out, reports, monkeypatch):
    from frictionless import Package

    shutil.copy(reports / "a.txt", reports / "copy.txt")
    (reports / "empty.txt").write_text("")
    (reports / 'odd, "name"\nx.txt').write_text("=Drug 1 mg\n")
    sift()
    monkeypatch.chdir(out)
    report = Package("datapackage.json").validate()
    assert report.valid, report.flatten(["type", "message"])
    assert len(report.tasks) == len(schema.TABLES)


def test_the_data_package_would_notice_a_wrong_cell(sift, out, monkeypatch):
    from frictionless import Package

    sift()
    text = (out / "treatments.csv").read_text()
    (out / "treatments.csv").write_text(text.replace(",given,", ",swallowed,", 1))
    monkeypatch.chdir(out)
    assert not Package("datapackage.json").validate().valid


def test_every_column_is_described():
    for resource in descriptor()["resources"]:
        assert resource["description"]
        for field in resource["schema"]["fields"]:
            assert field["description"] and field["type"] in ("string", "integer", "number", "boolean"), field
    assert json.loads(json.dumps(descriptor())) == descriptor()


def test_every_column_has_a_plain_type():
    kinds = {(t, c): cell_type(row, c) for t, row in schema.TABLES.items() for c in schema.columns(row)}
    assert (
        kinds["cases", "sex"] is str and kinds["treatments", "days"] is float and kinds["diagnoses", "primary"] is bool
    )


@pytest.mark.parametrize("writer", [Splice, Whole])
def test_a_table_that_cannot_be_written_leaves_the_old_one_and_the_next_run_mends_it(
    sift, out, reports, monkeypatch, writer
):
    monkeypatch.setattr(spliced, "_MOST", 2.0 if writer is Splice else -1.0)
    sift()
    before = (out / "mentions.csv").read_bytes()
    (reports / "new.txt").write_text("Ibuprofen 400 mg\n")

    def full(_, table, target):
        os.write(target, b"half a ta")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writer, "write", full)
    with pytest.raises(PipelineError, match="No space left"):
        sift()
    assert (out / "mentions.csv").read_bytes() == before and not list(out.glob(".*.part"))
    monkeypatch.undo()
    assert sift().read == 0
    assert any(d["file"] == "new.txt" for d in table(out, "documents"))


def test_replacing_is_all_or_nothing(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as stream:
        stream.write("new")
        raise ZeroDivisionError
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["x.csv"]


def test_a_cell_that_is_no_number_is_told_with_its_line(tmp_path):
    (tmp_path / "treatments.csv").write_text("treatment_id,dose_value\nt1,5\nt2,five\n")
    with pytest.raises(PipelineError, match="line 3"):
        list(read_csv(tmp_path / "treatments.csv", "treatments"))


def test_the_data_dictionary_is_up_to_date():
    path = Path(__file__).parents[2] / "outputs" / "README.md"
    assert path.read_text(encoding="utf-8") == markdown(), "run: casesift dictionary > outputs/README.md"
