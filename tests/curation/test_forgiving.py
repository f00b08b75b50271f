"""The forgiving workbook: given back twice, by several people, sorted, reformatted, as .ods, with European separators."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pandas as pd
import pytest
from curation_store import read, report, treatment
from typer.testing import CliRunner

from extract import schema
from extract.errors import PipelineError
from pipelines.cli import app
from pipelines.curation import Decision, curated_rows, record
from pipelines.curation.grids import read_grids
from pipelines.curation.lost_points import ungrouped
from pipelines.curation.sheets import canonical, code_of
from pipelines.exports import export_store
from pipelines.files.csv_cells import undefused, write_csv
from pipelines.store import Store
from pipelines.tables.apply import Applied, apply_file

DRUGS = ("colchicine", "prednisone", "heparin", "aspirin", "ketamine", "morphine", "digoxin", "warfarin")


@pytest.fixture
def out(store: Store) -> Path:
    """Eight drugs, each with another dose, and texts that programs like to turn into something else."""
    told = [
        treatment(
            n,
            drug,
            100 * n,
            dose_value=n * 1.5,
            dose_unit="mg",
            dose_text=f"{n * 1.5:g} mg",
            route="oral" if n % 2 else "",
            confidence=0.611 + n / 1000,
        )
        for n, drug in enumerate(DRUGS, 1)
    ]
    told[0] = told[0].model_copy(
        update={"ratio": "1:1", "frequency_text": "1-2", "per_day": 1.5, "site": "2", "also": "007"}
    )
    read(store, report(treatments=tuple(told)))
    record(
        store, [Decision(who="Eve", action="accept", doc_id="d1", table="cases", row_id="d1-c1")]
    )  # so there is a flat view
    return store.path.parent


def rows(out: Path, table: str = "treatments") -> list[dict[str, Any]]:
    with Store.open(out) as store:
        return list(curated_rows(store, table))


def give(out: Path, path: Path, who: str = "Ana", **options: Any) -> Applied:
    return apply_file(out, path, who=who, **options)


def kinds(applied: Applied, level: str = "refused") -> set[str]:
    return {f.kind for f in applied.change_set.findings if f.level == level}


class Sheet:
    """The exported workbook, its treatments by row (from 1) and column."""

    def __init__(self, out: Path, name: str = "casesift.xlsx") -> None:
        made = export_store(out, "xlsx")[0]
        self.path = made.with_name(name)
        self.path.write_bytes(made.read_bytes())
        self.book = openpyxl.load_workbook(self.path)
        self.sheet = self.book["treatments"]
        self.at = {c.value: c.column for c in self.sheet[1]}

    def cell(self, row: int, name: str) -> Any:
        return self.sheet.cell(row + 1, self.at[name])

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path


# twice, and by several people -------------------------------------------------------------------------------------


def test_the_same_workbook_is_given_back_again_and_again(out: Path) -> None:
    book = Sheet(out)
    book.cell(1, "dose_text").value = "44 mg"
    assert len(give(out, book.save()).written) == 2
    again = give(out, book.path)
    assert (again.change_set.changes, kinds(again)) == ([], set())
    book.cell(2, "route").value = "topical"  # and edited further
    assert [d.field for d in give(out, book.save()).written] == ["route"]


def test_two_people_give_back_their_copies(out: Path) -> None:
    ana, ben = Sheet(out, "ana.xlsx"), Sheet(out, "ben.xlsx")
    ana.cell(1, "dose_text").value = "44 mg"
    ana.cell(3, "curation").value = "rejected"
    ben.cell(2, "route").value = "topical"
    for name, value in {"file": "d1.pdf", "drug": "paracetamol", "dose_text": "1 g"}.items():
        ana.cell(9, name).value = ben.cell(9, name).value = value
    assert kinds(give(out, ana.save(), "Ana")) == set()
    applied = give(out, ben.save(), "Ben")
    assert kinds(applied) == set() and [(d.who, d.field) for d in applied.written] == [("Ben", "route")], "added once"
    now = {r["drug"]: r for r in rows(out)}
    assert (now["colchicine"]["dose_value"], now["prednisone"]["route"], now["heparin"]["curation"]) == (
        44.0,
        "topical",
        "rejected",
    )
    assert sum(r["drug"] == "paracetamol" for r in rows(out)) == 1


def test_only_what_was_typed_into_the_flat_view_is_sent_elsewhere(out: Path) -> None:
    book = Sheet(out)
    flat = book.book["records"]
    at = {c.value: c.column for c in flat[1]}
    flat.cell(2, at["dose"]).value = "99 mg"
    applied = give(out, book.save())
    assert [(f.kind, f.place) for f in applied.change_set.refused] == [
        ("fixed-column", f"records!{flat.cell(2, at['dose']).coordinate}")
    ]


# sorted alone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("dose_value",), ("dose_text", "dose_value"), ("drug",)])
def test_columns_sorted_on_their_own_are_stopped(out: Path, names: tuple[str, ...]) -> None:
    book = Sheet(out)
    for name in names:
        values = sorted((book.cell(n, name).value for n in range(1, 9)), reverse=True, key=str)
        for n, value in enumerate(values, 1):
            book.cell(n, name).value = value
    book.cell(1, "route").value = "topical"
    applied = give(out, book.save())
    told = [f.what for f in applied.change_set.refused]
    assert [t.split(":")[0] for t in told] == [
        f"the column {n} was sorted or moved on its own" for n in names if n in names
    ]
    assert {c.decision.field for c in applied.change_set.changes} == {"route"} and not applied.written


def test_a_csv_with_a_column_sorted_on_its_own_is_stopped(out: Path) -> None:
    path = export_store(out, "edit-csv")[3]
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame["dose_value"] = sorted(frame["dose_value"])[::-1]
    frame.to_csv(path, index=False)
    assert kinds(give(out, path)) == {"sorted-alone"}


def test_a_whole_sheet_sorted_is_no_edit_and_two_swapped_doses_are(out: Path) -> None:
    book = Sheet(out)
    lines = [[c.value for c in line] for line in book.sheet.iter_rows(min_row=2, max_row=9)]
    for n, line in enumerate(reversed(lines), 2):
        for c, value in enumerate(line, 1):
            book.sheet.cell(n, c).value = value
    assert give(out, book.save()).change_set.changes == []
    book.cell(1, "dose_value").value, book.cell(2, "dose_value").value = (
        book.cell(n, "dose_value").value for n in (2, 1)
    )
    assert len(give(out, book.save(), dry_run=True).change_set.changes) == 2


def test_a_workbook_of_an_earlier_casesift_with_fewer_columns_is_taken(out: Path) -> None:
    book = Sheet(out)
    names = [n for n in schema.columns(schema.TABLES["treatments"]) if n != "cycles"]
    before = rows(out)
    for n, row in enumerate(before, 1):
        codes = "".join(code_of(canonical(row[name])) for name in names)
        book.cell(n, "seen").value = f"s0.{code_of(' '.join(names))}.{codes}"
    book.cell(1, "dose_value").value = 9
    book.cell(2, "dose_value").value = 8
    book.sheet.delete_cols(book.at["cycles"])
    with Store.open(out) as store:  # meanwhile somebody corrects one of them
        record(store, [Decision(who="Eva", action="correct", doc_id="d1", table="treatments", row_id=before[1]["treatment_id"], field="dose_value", new=7.0)])  # fmt: skip
    applied = give(out, book.save(), dry_run=True)
    assert [(c.decision.field, c.decision.new) for c in applied.change_set.changes] == [("dose_value", 9.0)]
    assert kinds(applied) == {"conflict"} and "seen-changed" not in kinds(applied, "told")


def test_a_spoilt_column_seen_is_told_once(out: Path) -> None:
    book = Sheet(out)
    for n in range(1, 9):
        book.cell(n, "seen").value = "x"
    applied = give(out, book.save())
    assert applied.change_set.changes == []
    assert [f.kind for f in applied.change_set.findings] == ["seen-changed"]


# what programs make of cells --------------------------------------------------------------------------------------


def test_pandas_saves_an_untouched_workbook_and_csv(out: Path) -> None:
    sheets = pd.read_excel(Sheet(out).path, sheet_name=None)
    path = out / "pandas.xlsx"
    with pd.ExcelWriter(path) as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    applied = give(out, path)
    assert (applied.change_set.changes, applied.change_set.refused) == ([], [])
    made = export_store(out, "edit-csv")[3]
    for n, options in enumerate(({}, {"na_rep": "NaN"}, {"sep": ";", "decimal": ","}, {"encoding": "utf-16"})):
        path = out / f"pandas-{n}.csv"
        pd.read_csv(made).to_csv(path, index=False, **options)
        applied = give(out, path)
        assert (applied.change_set.changes, applied.change_set.refused) == ([], []), options


@pytest.mark.parametrize(
    ("name", "was_row", "value", "level", "kind"),
    [
        ("site", 1, "2.0", "told", "reformatted"), ("frequency_text", 1, "2-Jan", "told", "date"),
        ("frequency_text", 2, "2-Jan", "refused", "date"), ("ratio", 2, "45000", "refused", "date"),
        ("dose_text", 2, "02.01.2026", "refused", "date"), ("route", 2, "NaN", "", ""),
        ("route", 1, "nan", "refused", "missing"), ("dose_value", 2, "NaN", "refused", "missing"),
    ],
)  # fmt: skip
def test_what_a_program_made_is_no_edit_or_told_by_cell(
    out: Path, name: str, was_row: int, value: str, level: str, kind: str
) -> None:
    path = export_store(out, "edit-csv")[3]
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[was_row - 1, name] = value
    frame.to_csv(path, index=False)
    applied = give(out, path)
    told = [(f.level, f.kind, f.place) for f in applied.change_set.findings]
    assert told == ([(level, kind, f"line {was_row + 1}, {name}")] if kind else [])
    assert applied.change_set.changes == []


def test_points_taken_for_thousands_marks_come_back_and_an_edit_beside_them_counts(out: Path) -> None:
    with Store.open(out) as store:
        names = [r["treatment_id"] for r in curated_rows(store, "treatments")][:2]
        record(store, [Decision(who="Eva", action="correct", doc_id="d1", table="treatments", row_id=names[0], field="dose_value", new=0.375)])  # fmt: skip
        record(store, [Decision(who="Eva", action="correct", doc_id="d1", table="treatments", row_id=names[0], field="dose_text", new="0.375%")])  # fmt: skip
    path = export_store(out, "edit-csv")[3]
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    damaged = frame.copy()
    for name in ("dose_value", "confidence", "x0", "dose_text"):
        damaged[name] = [ungrouped(v) or v for v in frame[name]]
    assert damaged.loc[0, "dose_value"] == "375" and damaged.loc[0, "dose_text"] == "375%"
    damaged.loc[1, "dose_value"] = "7"
    damaged.to_csv(path, index=False)
    applied = give(out, path, overrule=True)
    assert [(d.field, d.new) for d in applied.written] == [("dose_value", 7.0)]
    assert "thousands" in kinds(applied, "told")
    frame.loc[0, "dose_value"] = "375"  # alone, beside a unit that changed too, it is meant
    frame.loc[0, "dose_unit"] = "ug"
    frame.to_csv(path, index=False)
    assert {(d.field, d.new) for d in give(out, path, overrule=True).written} >= {("dose_value", 375.0), ("dose_unit", "ug")}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "bare"),
    [("0.375%", "375%"), ("0.002", "2"), ("1.234", "1234"), ("-1,234", "-1234"), ("1.234.567", "1234567"), ("0.000", "0"),
     ("1.2345", ""), ("12.5", ""), ("1234.567", ""), ("1.234,567", ""), ("", ""), ("1.234 mg", "")],
)  # fmt: skip
def test_what_a_number_is_without_its_mark(text: str, bare: str) -> None:
    assert ungrouped(text) == bare


# .ods -------------------------------------------------------------------------------------------------------------

ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"""


def ods_cell(value: Any) -> str:
    match value:
        case None | "":
            return "<table:table-cell/>"
        case bool():
            return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
        case int() | float():
            return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def as_ods(book: Any, path: Path) -> Path:
    """A workbook as LibreOffice saves it: rows and cells that are alike are written once."""
    sheets = []
    for sheet in book.worksheets:
        lines = "".join(
            f"<table:table-row>{''.join(ods_cell(c.value) for c in line)}</table:table-row>"
            for line in sheet.iter_rows()
        )
        rest = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        sheets.append(f'<table:table table:name="{sheet.title}">{lines}{rest}</table:table>')
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(sheets="".join(sheets)))
    return path


def test_ods_is_read(out: Path) -> None:
    book = Sheet(out)
    assert give(out, as_ods(book.book, out / "untouched.ods")).change_set.changes == []
    book.cell(2, "dose_text").value = "44 mg"
    applied = give(out, as_ods(book.book, out / "edited.ods"))
    assert next((c.place, c.decision.field) for c in applied.change_set.changes) == (
        f"treatments!{book.cell(2, 'dose_text').coordinate}",
        "dose_text",
    )
    assert rows(out)[1]["dose_value"] == 44.0


def test_ods_tells_dates_percentages_formulas_and_repeated_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    cells = (
        '<table:table-cell office:value-type="date" office:date-value="2026-01-02"><text:p>2. Jan</text:p></table:table-cell>'
        '<table:table-cell office:value-type="percentage" office:value="0.5"/>'
        '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>a<text:s text:c="2"/>b</text:p></table:table-cell>'
    )
    head = "".join(ods_cell(f"h{n}") for n in range(5))
    table = f'<table:table table:name="t"><table:table-row>{head}</table:table-row><table:table-row>{cells}</table:table-row></table:table>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(sheets=table))
    (grid,) = read_grids(path)
    told = [(str(c.value), c.kind, c.place) for c in grid.lines[0].cells.values()]
    assert told == [
        ("2026-01-02 00:00:00", "value", "A2"), ("0.5", "percent", "B2"), ("=1+1", "formula", "C2"),
        ("a  b", "value", "D2"), ("a  b", "value", "E2"),
    ]  # fmt: skip


def test_an_ods_that_cannot_be_read_is_refused_in_one_line(out: Path) -> None:
    path = out / "broken.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<not-closed>")
    with pytest.raises(PipelineError, match=r"not an \.ods file that can be read"):
        give(out, path)


# CSV for European Excel -------------------------------------------------------------------------------------------


def test_csv_with_semicolons_goes_out_and_comes_back(out: Path) -> None:
    path = export_store(out, "edit-csv", separator=";")[3]
    with path.open(newline="", encoding="utf-8") as stream:
        first = next(csv.DictReader(stream, delimiter=";"))
    assert (first["drug"], first["dose_value"], first["page"]) == ("colchicine", "1,5", "1")
    applied = give(out, path)
    assert (applied.change_set.changes, kinds(applied), kinds(applied, "told")) == ([], set(), {"separator"})
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("1,5", "2,5", 1), encoding="utf-8", newline="")
    assert [(d.field, d.new) for d in give(out, path).written] == [("dose_value", 2.5)]


def test_the_separator_is_an_option(out: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    told = runner.invoke(app, ["export", str(out), "--to", "csv", "--sep", ";"])
    assert told.exit_code == 2 and "name another folder with --dest" in told.stderr
    told = runner.invoke(app, ["export", str(out), "--to", "csv", "--sep", ";", "--dest", str(tmp_path / "eu")])
    assert told.exit_code == 0
    assert (tmp_path / "eu" / "treatments.csv").read_text(encoding="utf-8").startswith("treatment_id;case_id;")
    told = runner.invoke(app, ["export", str(out), "--to", "xlsx", "--sep", ";"])
    assert told.exit_code == 2 and "xlsx has no separator" in told.stderr


@pytest.mark.parametrize("text", ["a;=1+1", "a, =1+1", "a;\t@x", "b; -2", "x\t+1", 'say "=1"', ";=A1"])
def test_no_country_runs_what_stands_behind_its_separator(text: str) -> None:
    stream = io.StringIO(newline="")
    write_csv(stream, ["n", "t"], [{"n": 1, "t": text}])
    line = stream.getvalue().split("\r\n")[1]
    assert line.startswith('1,"') and line.endswith('"'), "quoted: it stays one cell for whoever splits at ; or tab too"
    assert [undefused(c) for c in next(csv.reader([line]))] == ["1", text]


def test_cell_names_are_never_broken_over_lines(out: Path) -> None:
    book = Sheet(out)
    book.cell(3, "duration_text").value = "for as long as it took, which was " * 5
    told = CliRunner().invoke(app, ["apply", str(out), str(book.save()), "--dry-run"], env={"COLUMNS": "60"})
    assert f"treatments!{book.cell(3, 'duration_text').coordinate}" in told.stdout
