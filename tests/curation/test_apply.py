"""A curator's spreadsheet comes back: every edit is taken, every damaged cell is told by its address."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from curation_store import read, report, treatment
from openpyxl.comments import Comment
from typer.testing import CliRunner

from extract.errors import PipelineError
from pipelines.cli import app
from pipelines.curation import Decision, curated_rows, decisions, record
from pipelines.curation.cells import ERROR, FORMULA, VALUE, Cell, Grid
from pipelines.curation.change_set import changes_of
from pipelines.curation.grids import read_grids
from pipelines.curation.hints import hints
from pipelines.exports import export_store
from pipelines.store import Store
from pipelines.tables.apply import Applied, apply_file

LONG = "calcified plaques " * 30


def rich_report():
    told = {"dose_value": 0.5, "dose_unit": "mg", "dose_text": "0.5 mg", "ratio": "1:1", "vehicle": "crème de base"}
    return report(
        treatments=(
            treatment(1, "colchicine", 100, frequency_text="1-2", per_day=1.5, code="007", **told),
            treatment(2, "prednisone", 200, dose_value=20.0, dose_unit="mg", duration_text='"long"...', days=1500.0),
            treatment(3, "=drug", 300, code="123456789012345", also=LONG, route="true", site="2E5"),
            treatment(4, "heparin", 400),
        )
    )


@pytest.fixture
def out(store: Store) -> Path:
    read(store, rich_report())
    return store.path.parent


@pytest.fixture
def book(out: Path):
    """The exported workbook, with the cells of its treatments by row and column."""
    return Book(export_store(out, "xlsx")[0])


class Book:
    def __init__(self, path: Path) -> None:
        self.path, self.book = path, openpyxl.load_workbook(path)
        self.sheet = self.book["treatments"]

    def column(self, name: str) -> int:
        return next(c.column for c in self.sheet[1] if c.value == name)

    def cell(self, row: int, name: str):
        """A cell of the row that was treatment number `row`."""
        return self.sheet.cell(row + 1, self.column(name))

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path


def rows(out: Path, table: str = "treatments") -> list[dict[str, Any]]:
    with Store.open(out) as store:
        return list(curated_rows(store, table))


def give(out: Path, path: Path, **options: Any) -> Applied:
    return apply_file(out, path, who="Ana", **options)


def told(applied: Applied) -> set[tuple[str, str]]:
    return {(f.level, f.kind) for f in applied.change_set.findings}


def finding(applied: Applied, kind: str):
    return next(f for f in applied.change_set.findings if f.kind == kind)


def test_a_workbook_that_nobody_touched_changes_nothing(out: Path, book: Book) -> None:
    applied = give(out, book.path)
    assert applied.change_set.changes == [] and applied.change_set.findings == []
    assert applied.change_set.rows > 4
    for path in export_store(out, "edit-csv"):
        applied = give(out, path)
        assert applied.change_set.changes == [] and applied.change_set.findings == [], path.name


def test_the_tables_of_a_run_that_nobody_touched_change_nothing(out: Path) -> None:
    for path in export_store(out, "csv"):
        if path.suffix == ".csv":
            applied = give(out, path)
            assert applied.change_set.changes == [] and told(applied) <= {("told", "no-seen-column")}, path.name


def test_edits_are_taken_with_their_reason(out: Path, book: Book) -> None:
    book.cell(1, "dose_value").value = 5
    book.cell(1, "why").value = "misread"
    book.cell(2, "curation").value = "rejected"
    book.cell(4, "curation").value = "accepted"
    book.cell(4, "route").value = "subcutaneous"
    applied = give(out, book.save())
    assert [f.kind for f in applied.change_set.findings] == ["words-differ"], "dose_text still says 0.5 mg"
    assert [(r["dose_value"], r["route"], r["curation"]) for r in rows(out)] == [
        (5.0, "", "corrected"), (20.0, "", "rejected"), (None, "true", ""), (None, "subcutaneous", "corrected"),
    ]  # fmt: skip
    with Store.open(out) as store:
        assert next(d for d in decisions(store) if d.field == "dose_value").why == "misread"
    with (out / "treatments.csv").open(encoding="utf-8") as stream:
        assert [r["curation"] for r in csv.DictReader(stream)] == ["corrected", "rejected", "", "corrected"]
    assert give(out, book.path).change_set.changes == [], "the same file again changes nothing"


def test_words_that_no_longer_fit_a_corrected_number_are_told(out: Path, book: Book) -> None:
    book.cell(1, "dose_value").value = 5  # dose_text still says 0.5 mg
    book.cell(1, "per_day").value = 2  # "1-2" tells no more than it did
    book.cell(2, "dose_value").value = 25
    book.cell(2, "dose_text").value = "25 mg"
    applied = give(out, book.save())
    (told,) = [f for f in applied.change_set.findings if f.kind == "words-differ"]
    assert told.what == "dose_text says '0.5 mg', which is 0.5 mg, not 5 mg; correct dose_text too if it is wrong"
    assert told.place == f"treatments!{book.cell(1, 'dose_value').coordinate}"
    assert len(applied.written) == 4, "a hint refuses nothing"


@pytest.mark.parametrize(
    ("row", "corrected", "says"),
    [
        ({"dose_text": "20 mg/day", "dose_value": 20.0, "dose_unit": "mg"}, "dose_unit", "20 mg/d, not 20 mg;"),
        ({"dose_text": "1-2 g", "dose_value": 1.0, "dose_unit": "g"}, "dose_value", ""),
        ({"dose_text": "2 tablets of 250 mg", "dose_value": 500.0, "dose_unit": "mg"}, "dose_value", ""),
        ({"dose_text": "a little", "dose_value": 5.0, "dose_unit": "mg"}, "dose_value", ""),
        ({"dose_text": "5 mg", "dose_value": None, "dose_unit": "mg"}, "dose_value", "5 mg, not empty mg;"),
        ({"frequency_text": "twice daily", "per_day": 3.0}, "per_day", "2 a day, not 3; correct frequency_text too"),
        ({"frequency_text": "twice daily", "per_day": 3.0}, "frequency_text", "correct per_day too"),
        ({"frequency_text": "every 4 to 6 h", "per_day": 5.0}, "per_day", ""),
        ({"duration_text": "2-3 months", "days": 75.0}, "days", ""),
        ({"duration_text": "two weeks", "days": 21.0}, "days", "14 days, not 21;"),
        ({"duration_text": "two weeks", "days": 21.0}, "drug", ""),
    ],
)
def test_what_the_words_say(row: dict[str, Any], corrected: str, says: str) -> None:
    told = " ".join(hints(row, {corrected}))
    assert (says in told) if says else not told


def test_a_dry_run_lists_and_writes_nothing(out: Path, book: Book) -> None:
    book.cell(1, "dose_value").value = 5
    applied = give(out, book.save(), dry_run=True)
    assert [(c.place, c.old, c.decision.new) for c in applied.change_set.changes] == [
        (f"treatments!{book.cell(1, 'dose_value').coordinate}", 0.5, 5.0)
    ]
    assert rows(out)[0]["dose_value"] == 0.5


def test_nothing_is_written_beside_a_refused_cell_unless_asked(out: Path, book: Book) -> None:
    book.cell(1, "dose_value").value = 5
    book.cell(2, "status").value = "givn"
    applied = give(out, book.save())
    assert applied.held and "did you mean 'given'" in finding(applied, "unknown-value").what
    assert rows(out)[0]["dose_value"] == 0.5
    assert len(give(out, book.path, partial=True).written) == 1
    assert rows(out)[0]["dose_value"] == 5.0


def test_a_new_row_is_added_to_its_document(out: Path, book: Book) -> None:
    new = {
        "file": "d1.pdf",
        "drug": "aspirin",
        "text": "Aspirin",
        "dose_value": 100,
        "dose_unit": "mg",
        "status": "given",
    }
    for name, value in (new | {"evidence": rich_report().treatments[0].evidence}).items():
        book.cell(6, name).value = value
    applied = give(out, book.save())
    assert told(applied) == {("told", "new-row"), ("told", "follows")}
    row = next(r for r in rows(out) if r["drug"] == "aspirin")
    assert (row["curation"], row["case_id"], row["start"], row["dose_value"]) == ("added", "d1-c1", 100, 100.0)
    again = give(out, book.path)
    assert again.change_set.changes == [] and ("told", "same-change") in told(again), "not added twice"
    assert ("told", "missing-row") not in told(again), "it stands in the sheet, if without its identifier"


def test_a_row_that_names_no_patient_is_refused_by_cell(out: Path, book: Book) -> None:
    book.cell(1, "case_id").value = "d1-c7"
    for name, value in {"file": "d1.pdf", "drug": "aspirin", "case_id": "d9-c1"}.items():
        book.cell(6, name).value = value
    applied = give(out, book.save())
    cells = [f"treatments!{book.cell(row, 'case_id').coordinate}" for row in (1, 6)]
    assert [(f.kind, f.place) for f in applied.change_set.refused] == [("unknown-reference", c) for c in cells]


def test_a_curator_takes_accepting_back(out: Path, book: Book) -> None:
    with Store.open(out) as store:
        record(store, [Decision(who="Ana", action="accept", doc_id="d1", table="treatments", row_id="d1-t-1")])
    again = Book(export_store(out, "xlsx")[0])
    again.cell(1, "curation").value = None
    assert give(out, again.save()).change_set.changes[0].decision.action == "undo"
    assert rows(out)[0]["curation"] == ""


# somebody else was faster -----------------------------------------------------------------------------------------


def test_what_another_curator_changed_since_the_export_is_a_conflict(out: Path, book: Book) -> None:
    with Store.open(out) as store:
        said = {"who": "Ben", "action": "correct", "doc_id": "d1", "table": "treatments", "row_id": "d1-t-1"}
        record(store, [Decision(**said, field="dose_value", new=7.0), Decision(**said, field="route", new="oral")])
    book.cell(1, "dose_value").value = 5
    book.cell(1, "route").value = "oral"
    applied = give(out, book.save())
    assert told(applied) == {("refused", "conflict"), ("told", "same-change")}
    found = finding(applied, "conflict")
    assert "Ben decided on it" in found.what and "0.5 -> 7" in found.what
    assert found.place == f"treatments!{book.cell(1, 'dose_value').coordinate}"
    assert rows(out)[0]["dose_value"] == 7.0


def test_an_edit_beside_another_curators_is_taken_and_told(out: Path, book: Book) -> None:
    with Store.open(out) as store:
        said = {"who": "Ben", "action": "correct", "doc_id": "d1", "table": "treatments", "row_id": "d1-t-1"}
        record(store, [Decision(**said, field="route", new="oral")])
    book.cell(1, "dose_value").value = 5
    applied = give(out, book.save())
    assert [d.field for d in applied.written] == ["dose_value"]
    assert "Ben decided on this row too" in finding(applied, "newer-decision").what


def test_a_curator_goes_on_in_the_same_workbook(out: Path, book: Book) -> None:
    book.cell(1, "dose_value").value = 5
    give(out, book.save())
    book.cell(1, "route").value = "oral"
    book.cell(1, "curation").value = "rejected"
    applied = give(out, book.save())
    assert [(d.action, d.field) for d in applied.written] == [("correct", "route"), ("reject", "")]
    assert told(applied) == {("told", "same-change")}


def test_what_a_newer_run_changed_is_no_edit(out: Path, book: Book) -> None:
    with Store.open(out) as store:
        new = tuple(t.model_copy(update={"per_day": 3.0}) for t in rich_report().treatments)
        read(store, report(treatments=new))
    book.cell(1, "dose_value").value = 5
    book.cell(2, "per_day").value = 4
    applied = give(out, book.save(), partial=True)
    assert [(d.field, d.new) for d in applied.written] == [("dose_value", 5.0)]
    assert "a newer run says 3" in finding(applied, "conflict").what


def test_a_table_of_a_run_does_not_undo_what_was_decided_since(out: Path) -> None:
    (path,) = (p for p in export_store(out, "csv") if p.name == "treatments.csv")
    old = path.read_bytes()
    with Store.open(out) as store:
        said = {"who": "Ben", "action": "correct", "doc_id": "d1", "table": "treatments", "row_id": "d1-t-1"}
        record(store, [Decision(**said, field="dose_value", new=7.0)])
    path.write_bytes(old)
    assert "before the decision of Ben" in finding(give(out, path), "conflict").what


# damage, cell by cell ---------------------------------------------------------------------------------------------

DAY = dt.datetime

DAMAGED = [  # row, column, what the cell holds, kind, taken as it was ("told") or refused
    (1, "frequency_text", DAY(2026, 2, 1), "date", "told"),
    (1, "frequency_text", DAY(2026, 1, 2), "date", "told"),
    (1, "frequency_text", "2026-02-01", "date", "told"),
    (1, "frequency_text", "01. Feb", "date", "told"),
    (1, "frequency_text", "02-Jan", "date", "told"),
    (1, "frequency_text", "1. févr.", "date", "told"),
    (1, "frequency_text", 46054, "date", "told"),
    (1, "frequency_text", DAY(2026, 7, 9), "date", "refused"),
    (1, "frequency_text", 46061, "date", "refused"),
    (4, "site", 46061, "date", "refused"),
    (4, "ratio", 61 / 1440, "date", "refused"),
    (1, "per_day", DAY(2026, 5, 1), "date", "told"),
    (1, "per_day", DAY(2026, 7, 9), "date", "refused"),
    (1, "ratio", dt.time(1, 1), "date", "told"),
    (1, "ratio", "01:01:00", "date", "told"),
    (1, "ratio", "1:01 AM", "date", "told"),
    (1, "ratio", 61 / 1440, "date", "told"),
    (1, "code", 7, "leading-zeros", "told"),
    (1, "code", "7", "leading-zeros", "told"),
    (3, "code", "1.23457E+14", "scientific", "told"),
    (3, "code", "1,23457E+14", "scientific", "told"),
    (3, "site", 200000, "scientific", "told"),
    (3, "route", "WAHR", "local-boolean", "told"),
    (1, "dose_value", "0,5", "decimal-comma", "told"),
    (2, "days", "1,500", "decimal-comma", "told"),
    (2, "days", "1.500,0", "decimal-comma", "told"),
    (2, "days", "1,400", "decimal-comma", "refused"),
    (2, "days", "5E2", "scientific", "told"),
    (1, "vehicle", "crÃ¨me de base", "encoding", "told"),
    (1, "vehicle", "cr?me de base", "encoding", "told"),
    (1, "vehicle", "cr�me de base", "encoding", "told"),
    (1, "vehicle", "huile fonc�e", "encoding", "refused"),
    (1, "vehicle", "huile foncÃ©e", "encoding", "told"),
    (3, "also", LONG[:255], "truncated", "told"),
    (4, "also", "x" * 255, "truncated", "refused"),
    (2, "duration_text", "“long”…", "autocorrect", "told"),
    (2, "dose_unit", " mg ", "spaces", "told"),
    (2, "dose_unit", "mg\xa0", "spaces", "told"),
    (2, "dose_value", "=5*4", "formula", "refused"),
    (2, "dose_value", "#REF!", "error", "refused"),
    (3, "drug", "#NAME?", "error", "told"),
    (2, "dose_value", "20 mg", "not-a-number", "refused"),
    (4, "dose_value", "much", "not-a-number", "refused"),
    (2, "status", "Given", "spelling", "told"),
    (2, "status", "stoped", "unknown-value", "refused"),
    (2, "status", None, "unknown-value", "refused"),
    (2, "curation", "perhaps", "unknown-value", "refused"),
    (2, "page", 7, "fixed-column", "refused"),
    (2, "doc_id", "d2", "fixed-column", "refused"),
    (2, "treatment_id", "d1-t-9", "unknown-id", "refused"),
    (2, "treatment_id", "d1-t-1", "duplicate-id", "refused"),
]  # fmt: skip


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Grid]:
    """A store and its sheet of treatments, as it was exported."""
    folder = tmp_path_factory.mktemp("exported")
    with Store.open(folder, create=True) as store:
        read(store, rich_report())
    grids = read_grids(export_store(folder, "xlsx")[0])
    return folder, next(g for g in grids if g.name == "treatments")


@pytest.mark.parametrize(("row", "column", "value", "kind", "level"), DAMAGED)
def test_a_damaged_cell_is_told_by_its_address(
    exported: tuple[Path, Grid], row: int, column: str, value: Any, kind: str, level: str
) -> None:
    folder, grid = exported
    grid = copy.deepcopy(grid)
    cells = grid.lines[row - 1].cells
    place = cells[column].place
    special = {"=": FORMULA, "#": ERROR}.get(str(value)[:1], VALUE)
    cells[column] = Cell(value, place, special)
    with Store.open(folder) as store:
        change_set = changes_of(store, [grid], who="Ana")
    found = [(f.level, f.kind, f.place) for f in change_set.findings if f.kind != "missing-row"]
    assert found == [(level, kind, place)]
    if level == "told":
        assert [c.decision.new for c in change_set.changes] in ([], ["huile foncée"], [500.0])


def test_dates_and_errors_in_a_real_workbook(out: Path, book: Book) -> None:
    book.cell(1, "frequency_text").value = dt.datetime(2026, 2, 1)
    book.cell(1, "ratio").value = dt.time(1, 1)
    book.cell(2, "dose_value").value = "#REF!"
    book.cell(4, "dose_value").value = "=5*4"
    applied = give(out, book.save())
    found = {(f.kind, f.place) for f in applied.change_set.findings}
    assert found == {
        ("date", f"treatments!{book.cell(1, 'frequency_text').coordinate}"),
        ("date", f"treatments!{book.cell(1, 'ratio').coordinate}"),
        ("error", f"treatments!{book.cell(2, 'dose_value').coordinate}"),
        ("formula", f"treatments!{book.cell(4, 'dose_value').coordinate}"),
    }


def test_numbers_that_were_meant(out: Path, book: Book) -> None:
    for row, name, value in ((1, "dose_value", "2,5"), (2, "dose_value", "1e1"), (4, "days", 21), (4, "ratio", "1:20")):
        book.cell(row, name).value = value
    give(out, book.save())
    now = rows(out)
    assert (now[0]["dose_value"], now[1]["dose_value"], now[3]["days"], now[3]["ratio"]) == (2.5, 10.0, 21.0, "1:20")


def test_percent_cells(out: Path, book: Book) -> None:
    for row, value in ((2, 0.2), (4, 0.02)):
        book.cell(row, "dose_value").value = value
        book.cell(row, "dose_value").number_format = "0%"
    applied = give(out, book.save())
    assert [(f.level, f.kind) for f in applied.change_set.findings] == [("told", "percent"), ("refused", "percent")]


def test_age_out_of_range(out: Path, book: Book) -> None:
    sheet = book.book["cases"]
    at = next(c.column for c in sheet[1] if c.value == "age_years")
    sheet.cell(2, at).value = -3
    applied = give(out, book.save())
    assert "at least 0" in finding(applied, "out-of-range").what


def test_merged_cells(out: Path, book: Book) -> None:
    first, second = book.cell(1, "route"), book.cell(2, "route")
    first.value = "oral"
    book.sheet.merge_cells(f"{first.coordinate}:{second.coordinate}")
    assert finding(give(out, book.save()), "merged").place == f"treatments!{first.coordinate}"


def test_a_shifted_row(out: Path, book: Book) -> None:
    values = [c.value for c in book.sheet[2]]
    for i, value in enumerate(["", *values[:-1]], 1):
        book.sheet.cell(2, i).value = value
    applied = give(out, book.save())
    assert ("refused", "shifted") in told(applied) or ("refused", "new-row") in told(applied)
    assert applied.held


def test_cells_moved_one_column(out: Path, book: Book) -> None:
    at = book.column("drug")
    values = [book.sheet.cell(2, c).value for c in range(at, book.sheet.max_column)]
    for i, value in enumerate(values, at + 1):
        book.sheet.cell(2, i).value = value
    assert finding(give(out, book.save()), "shifted").place == "treatments!A2"


def test_half_a_sheet_sorted(out: Path, book: Book) -> None:
    ids = [book.sheet.cell(r, 1).value for r in range(2, 6)]
    for r, value in enumerate(reversed(ids), 2):
        book.sheet.cell(r, 1).value = value
    applied = give(out, book.save())
    assert told(applied) >= {("refused", "shifted")} and applied.change_set.changes == []


def test_sorted_filtered_and_with_hidden_rows(out: Path, book: Book) -> None:
    lines = [[c.value for c in row] for row in book.sheet.iter_rows(min_row=2, max_row=5)]
    for r, values in enumerate(reversed(lines), 2):
        for i, value in enumerate(values, 1):
            book.sheet.cell(r, i).value = value
    book.sheet.row_dimensions[3].hidden = True
    applied = give(out, book.save())
    assert told(applied) == {("told", "hidden-rows")} and applied.change_set.changes == []


def test_no_id_column(out: Path, book: Book) -> None:
    book.sheet.delete_cols(1)
    assert ("refused", "no-id-column") in told(give(out, book.save()))


def test_renamed_removed_and_further_columns(out: Path, book: Book) -> None:
    book.cell(0, "dose_value").value = "Dose Value"
    book.cell(0, "vehicle").value = "Vehicule"
    book.sheet.cell(1, book.sheet.max_column + 1).value = "my notes"
    book.sheet.cell(2, book.sheet.max_column).value = "ask Ben"
    book.sheet.delete_cols(book.column("site"))
    applied = give(out, book.save())
    kinds = {(f.level, f.kind, f.what.split(";")[0]) for f in applied.change_set.findings}
    assert ("told", "renamed-column", "the column 'Dose Value' read as dose_value") in kinds
    assert any(
        (k[:2] == ("refused", "renamed-column") and "vehicle" in finding(applied, k[1]).what) or "Vehicule" in k[2]
        for k in kinds
    )
    assert any(k[1] == "unknown-column" and "my notes" in k[2] for k in kinds)
    assert any(k[1] == "missing-column" and "site" in k[2] for k in kinds)


def test_a_row_taken_out_is_no_reject(out: Path, book: Book) -> None:
    book.sheet.delete_rows(3)
    applied = give(out, book.save())
    assert told(applied) == {("told", "missing-row")} and "d1-t-2" in finding(applied, "missing-row").what
    assert applied.change_set.changes == []


def test_a_cleared_row_is_no_reject(out: Path, book: Book) -> None:
    for cell in book.sheet[2]:
        if cell.column > 1 and book.sheet.cell(1, cell.column).value not in (
            "seen",
            "file",
            "page",
            "evidence",
            "doc_id",
        ):
            cell.value = None
    assert ("refused", "cleared-row") in told(give(out, book.save())) or ("refused", "shifted") in told(
        give(out, book.path)
    )


def test_edits_of_the_flat_view_are_sent_to_where_they_belong(out: Path, book: Book) -> None:
    with Store.open(out) as store:  # the flat view is made when something was decided
        record(store, [Decision(who="Ana", action="accept", doc_id="d1", table="treatments", row_id="d1-t-1")])
    book = Book(export_store(out, "xlsx")[0])
    sheet = book.book["records"]
    at = next(c.column for c in sheet[1] if c.value == "drug")
    sheet.cell(2, at).value = "aspirin"
    assert "correct it there" in finding(give(out, book.save()), "fixed-column").what


def test_a_protected_sheet_is_read(out: Path, book: Book) -> None:
    book.sheet.protection.sheet = True
    assert told(give(out, book.save())) == {("told", "protected")}


# CSV --------------------------------------------------------------------------------------------------------------


def rewritten(out: Path, *, separator: str = ",", encoding: str = "utf-8", edit: dict[str, str] | None = None) -> Path:
    path = next(p for p in export_store(out, "edit-csv") if p.name == "treatments.csv")
    lines = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    lines[3] |= edit or {}
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(lines[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(lines)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize(
    ("how", "kinds"),
    [
        ({"separator": ";"}, {"separator"}),
        ({"separator": "\t"}, {"separator"}),
        ({"encoding": "utf-8-sig"}, {"bom"}),
        ({"encoding": "utf-16", "separator": "\t"}, {"bom", "separator"}),
        ({"encoding": "cp1252"}, {"encoding"}),
    ],
)
def test_csv_of_another_dialect_is_read_and_told(out: Path, how: dict[str, str], kinds: set[str]) -> None:
    applied = give(out, rewritten(out, edit={"vehicle": "crème brûlée"}, **how))
    assert told(applied) == {("told", k) for k in kinds}
    assert [c.decision.new for c in applied.change_set.changes] == ["crème brûlée"]
    assert applied.change_set.changes[0].place == "line 5, vehicle"


def test_a_line_with_a_cell_too_many_or_too_few(out: Path) -> None:
    path = rewritten(out)
    lines = path.read_bytes().split(b"\r\n")
    lines[1] += b",more"
    lines[4] = lines[4].rsplit(b",", 3)[0]
    path.write_bytes(b"\r\n".join(lines))
    applied = give(out, path)
    assert [(f.kind, f.place.split(",")[0]) for f in applied.change_set.refused] == [
        ("shifted", "line 2"),
        ("shifted", "line 5"),
    ]


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"x,y\r\n1,2\r\n", ""),
        ("a.xlsx", b"PK\x03\x04broken", "not a workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old or encrypted"),
        ("a.csv", b"\x00\x01\x02", "neither a workbook nor CSV"),
    ],
)
def test_files_that_are_no_tables(out: Path, tmp_path: Path, name: str, data: bytes, what: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    if what:
        with pytest.raises(PipelineError, match=what):
            give(out, path)
    else:
        assert told(give(out, path)) == {("refused", "unknown-table")}


def test_the_command_lists_and_exits_as_it_should(out: Path, book: Book) -> None:
    runner = CliRunner()
    book.cell(1, "dose_value").value = 5
    dry = runner.invoke(app, ["apply", str(out), str(book.save()), "--dry-run"])
    assert dry.exit_code == 0 and "dose_value" in dry.stdout and "nothing written (--dry-run)" in dry.stderr
    book.cell(1, "status").value = "givn"
    held = runner.invoke(app, ["apply", str(out), str(book.save()), "--json", "--who", "Ana"])
    assert held.exit_code == 1 and '"kind": "unknown-value"' in held.stdout and "--partial" in held.stderr
    book.cell(1, "status").value = "given"
    done = runner.invoke(app, ["apply", str(out), str(book.save()), "--who", "Ana"])
    assert done.exit_code == 0 and "1 decision written" in done.stderr
    nobody = runner.invoke(app, ["apply", str(out), str(book.path)])
    assert nobody.exit_code == 2 and "who made these corrections?; --who NAME" in nobody.stderr, "not root"
    missing = runner.invoke(app, ["apply", str(out), "nowhere.csv", "--who", "Ana"])
    assert missing.exit_code == 2 and "nowhere.csv" in missing.stderr


# the workbook -----------------------------------------------------------------------------------------------------


def choices_at(book: Book, area: str) -> list[str]:
    """The values of a range on a sheet: LibreOffice would cut a list of them at 255 characters."""
    sheet, _, cells = area.replace("$", "").partition("!")
    return [row[0].value for row in book.book[sheet][cells]]


def test_the_workbook_helps_whoever_edits_it(book: Book) -> None:
    assert book.book.sheetnames[0] == "how to"
    lists = {
        str(v.sqref).split("2")[0]: v.formula1 for v in book.sheet.data_validations.dataValidation if v.type == "list"
    }
    letter = book.cell(1, "status").column_letter
    assert choices_at(book, lists[letter])[:2] == ["given", "stopped"]
    assert choices_at(book, lists[book.cell(1, "curation").column_letter]) == ["accepted", "rejected"]
    assert book.book["lists"].sheet_state == "hidden"
    assert book.cell(1, "review").hyperlink.target == "http://127.0.0.1:8765/d/d1#d1-t-1"
    assert book.cell(1, "evidence").alignment.wrap_text
    assert book.cell(1, "ratio").number_format == "@"
    assert isinstance(book.cell(0, "days").comment, Comment) and "days" in book.cell(0, "days").comment.text
    ids = [v for v in book.sheet.data_validations.dataValidation if v.type == "custom"]
    assert str(ids[0].sqref).startswith("A2")
