from __future__ import annotations

import json
import sys
import types
from importlib.metadata import EntryPoint, EntryPoints

import openpyxl
import pandas as pd
import pytest
from fake_extractor import FakeExtractor
from out_tables import facts

from extract import schema
from extract.errors import Code, PipelineError
from pipelines import exports
from pipelines.exports import brat, export_store, exporter, formats, xlsx
from pipelines.store import Store


@pytest.fixture
def done(sift, out, reports):
    """An output folder with a formula-like drug and an empty number."""
    (reports / "z.txt").write_text("=Drug\nOther -2.5 mg\n")
    sift()
    return out


def stored(out, table):
    with Store.open(out) as store:
        return list(store.rows(table))


def test_jsonl_holds_the_rows_as_they_are(done):
    export_store(done, "jsonl")
    for table in schema.TABLES:
        lines = (done / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()
        assert [json.loads(line) for line in lines] == stored(done, table)


def test_parquet_is_typed_and_raw(done):
    export_store(done, "parquet")
    frame = pd.read_parquet(done / "treatments.parquet")
    rows = stored(done, "treatments")
    assert list(frame.columns) == schema.columns(schema.Treatment)
    assert list(frame["text"]) == [r["text"] for r in rows] and "=Drug" in set(frame["text"])
    assert frame["dose_value"].dtype == "float64" and frame["start"].dtype == "int64"
    assert [None if pd.isna(v) else v for v in frame["dose_value"]] == [r["dose_value"] for r in rows]
    empty = pd.read_parquet(done / "diagnoses.parquet")
    assert len(empty) == 0 and empty["primary"].dtype == "bool"


def test_csv_goes_elsewhere_too(done, tmp_path):
    export_store(done, "csv", tmp_path / "elsewhere")
    assert facts(tmp_path / "elsewhere") == facts(done)


def test_a_workbook_keeps_nothing_of_the_rows_it_has_written(done, monkeypatch):
    sheets = []
    write = xlsx._Sheet.write
    monkeypatch.setattr(xlsx._Sheet, "write", lambda sheet, *args: (write(sheet, *args), sheets.append(sheet)))
    export_store(done, "xlsx")
    assert len(sheets) == len(schema.TABLES)
    assert all(len(sheet.sheet.row_dimensions) == 0 and len(sheet.cells) <= len(sheet.names) + 1 for sheet in sheets)


def test_of_a_large_workbook_another_format_is_offered(done, monkeypatch):
    said = []
    export_store(done, "xlsx", told=said.append)
    assert said == []
    monkeypatch.setattr(xlsx, "_LARGE", 5)
    export_store(done, "xlsx", told=said.append)
    assert said == [
        f"{len([r for t in schema.TABLES for r in stored(done, t)])} rows take minutes to write, and gigabytes to open in a "
        "spreadsheet; `--to edit-csv` holds the same to correct, `--to parquet` to analyse"
    ]


def test_xlsx_is_frozen_filtered_and_runs_nothing(done):
    (path,) = export_store(done, "xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["how to", *schema.TABLES, "lists"]
    sheet = book["treatments"]
    rows = list(sheet.iter_rows(values_only=True))
    assert set(schema.columns(schema.Treatment)) <= set(rows[0])
    assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref.endswith(str(len(rows)))
    cells = dict(zip(rows[0], rows[-2], strict=True))
    assert cells["text"] == "'=Drug" and cells["dose_value"] is None
    assert dict(zip(rows[0], rows[-1], strict=True))["dose_value"] == -2.5
    assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)


def test_xlsx_cuts_what_a_sheet_cannot_hold(sift, out, reports, monkeypatch):
    (reports / "long.txt").write_text("x\x01y" + "z" * 40_000 + " 5 mg\n")
    monkeypatch.setattr("pipelines.exports.xlsx._MAX_ROWS", 3)
    sift()
    (path,) = export_store(out, "xlsx")
    book = openpyxl.load_workbook(path)
    assert {"treatments", "treatments (2)"} <= set(book.sheetnames)
    at = [c.value for c in book["treatments"][1]].index("text")
    text = [row[at] for name in ("treatments", "treatments (2)") for row in book[name].iter_rows(values_only=True)]
    long = max(text, key=len)
    assert long.startswith("xyz") and len(long) == 32_767 and long.endswith("…")


def test_brat_offsets_hold(done):
    with Store.open(done) as store:
        paths = brat.export(store, done, make=FakeExtractor)
    assert not (done / "brat" / brat.LEFT_OUT).exists()
    notes = [p for p in paths if p.suffix == ".ann"]
    assert len(notes) == 4
    for path in notes:
        text = path.with_suffix(".txt").read_text()
        lines = [line.split("\t") for line in path.read_text().splitlines()]
        for kind, told, *covered in lines:
            if kind.startswith("T"):
                label, start, end = told.split()
                assert label in schema.MENTION_LABELS and text[int(start) : int(end)] == covered[0]
        entities = {kind for kind, *_ in lines if kind.startswith("T")}
        arrows = [told.split() for kind, told, *_ in lines if kind.startswith("R")]
        assert all({a.partition(":")[2], b.partition(":")[2]} <= entities for _, a, b in arrows)
    assert any("\tof Arg1:T2 Arg2:T1" in p.read_text() for p in notes)


def test_brat_files_are_named_by_paper(sift, out, reports):
    for name in ("Müller 2020, case.txt", "sub/a.txt", "sub_a.txt", "LEFT_OUT.txt"):
        (reports / name).parent.mkdir(exist_ok=True)
        (reports / name).write_text("Aspirin 100 mg\n")
    sift()
    with Store.open(out) as store:
        ids = {k.file: k.doc_id for k in store.known()}
        old = out / "brat" / f"{ids['a.txt']}.ann"
        old.parent.mkdir(exist_ok=True)
        old.write_text("as it was called before")
        brat.export(store, out, make=FakeExtractor)
    named = {p.stem for p in (out / "brat").glob("*.ann")}
    assert {
        "a",
        "Müller_2020_case",
        f"sub_a-{ids['sub/a.txt']}",
        f"sub_a-{ids['sub_a.txt']}",
        f"LEFT_OUT-{ids['LEFT_OUT.txt']}",
    } <= named
    assert not old.exists() and not (out / "brat" / brat.LEFT_OUT).exists()


def test_brat_leaves_out_documents_that_changed_and_says_so(done, reports):
    (reports / "a.txt").write_text("something else altogether")
    (reports / "b.TXT").write_text("")
    with Store.open(done) as store:
        brat.export(store, done, make=FakeExtractor)
    told = (done / "brat" / brat.LEFT_OUT).read_text()
    assert "a.txt: its text has changed" in told and "b.TXT: empty-file" in told


def test_brat_spans_do_not_cross_lines():
    row = {"label": "drug", "start": 0, "end": 13, "assertion": "stopped", "linked_to": ""}
    assert list(brat.standoff("sodium\nchlori", [row])) == ["T1\tdrug 0 6;7 13\tsodium chlori", "A1\tstatus T1 stopped"]


def test_an_unknown_format_lists_the_known():
    with pytest.raises(PipelineError) as error:
        exporter("spss")
    assert error.value.code is Code.USAGE
    assert all(name in str(error.value) for name in ("csv", "parquet", "jsonl", "xlsx", "brat"))


def test_other_distributions_can_add_formats(done, monkeypatch):
    module = types.ModuleType("their_export")
    module.export = lambda store, dest: [dest / "theirs.txt"]
    monkeypatch.setitem(sys.modules, "their_export", module)
    theirs = EntryPoints([EntryPoint("spss", "their_export:export", exports.GROUP)])
    monkeypatch.setattr(exports, "entry_points", lambda group: theirs)
    assert "spss" in formats()
    assert export_store(done, "spss") == [done / "theirs.txt"]


def test_a_folder_without_a_store_is_told(tmp_path):
    with pytest.raises(PipelineError, match="casesift run"):
        export_store(tmp_path, "csv")
    assert list(tmp_path.iterdir()) == []
