"""Values move together: what follows from a text, a drug, a diagnosis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from curation_store import read, report, treatment, where
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.curation import curated_rows, decisions
from pipelines.curation.derived import alternatives, following
from pipelines.curation.derived_therapies import first_of
from pipelines.exports import export_store
from pipelines.store import Store
from pipelines.tables.apply import apply_file

ROW: dict[str, Any] = {
    "drug": "salicylic acid", "code_system": "DrugBank", "code": "DB00936", "dose_text": "20 %", "dose_value": 20.0,
    "dose_value_max": None, "dose_unit": "%", "frequency_text": "", "per_day": None, "duration_text": "", "days": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "follows"),
    [
        ({"dose_text": "44 mg"}, {"dose_value": 44.0, "dose_unit": "mg"}),
        ({"dose_text": "5 to 10 mg BID"}, {"dose_value": 5.0, "dose_value_max": 10.0, "dose_unit": "mg", "per_day": 2.0}),
        ({"dose_text": "44 mg", "dose_unit": "g"}, {"dose_value": 44.0}),  # what is typed is never touched
        ({"dose_text": "a little"}, {"dose_value": None, "dose_unit": ""}), ({"dose_text": ""}, {"dose_value": None, "dose_unit": ""}),
        ({"frequency_text": "every 8 h"}, {"per_day": 3.0}), ({"duration_text": "two weeks"}, {"days": 14.0}),
        ({"drug": "ketamine"}, {"code": "DB01221"}), ({"drug": "the blue pill"}, {"code_system": "", "code": ""}),
        ({"route": "oral"}, {}),
    ],
)  # fmt: skip
def test_what_follows(typed: dict[str, Any], follows: dict[str, Any]) -> None:
    assert following("treatments", typed, ROW) == follows


SCAN: dict[str, Any] = {"therapy": "surgery", "kind": "surgery", "dose_text": "", "dose_gy": None, "fractions": 20}


@pytest.mark.parametrize(
    ("typed", "follows"),
    [
        ({"therapy": "plasma exchange"}, {"kind": "apheresis"}), ({"therapy": "left partial nephrectomy"}, {}),  # an operation, as it was
        ({"therapy": "the new machine"}, {}), ({"therapy": "radiotherapy", "kind": "other"}, {}),
        ({"dose_text": "60 Gy in 30 fractions"}, {"dose_gy": 60.0, "fractions": 30}),
        ({"dose_text": "4,500 cGy"}, {"dose_gy": 45.0}), ({"dose_text": "2 Gy per fraction"}, {}),
    ],
)  # fmt: skip
def test_what_follows_in_a_therapy(typed: dict[str, Any], follows: dict[str, Any]) -> None:
    assert following("therapies", typed, SCAN) == follows


def test_the_age_at_onset_follows_where_the_text_tells_it() -> None:
    row = {"onset_text": "at the age of 20", "onset_years": 20.0}
    assert following("diagnoses", {"onset_text": "at 14 years of age"}, row) == {"onset_years": 14.0}
    assert following("diagnoses", {"onset_text": "three years earlier"}, row) == {"onset_years": None}, "whose age?"
    assert following("diagnoses", {"onset_text": "since her youth", "onset_years": 12.0}, row) == {}


def test_a_harm_takes_its_code() -> None:
    row = {"event": "neutropenia", "code_system": "ICD-10-CM", "code": "D70.9", "drug": "topiramate"}
    assert following("adverse_events", {"event": "urticaria"}, row) == {"code": "L50.9"}
    assert following("adverse_events", {"event": "a funny feeling"}, row) == {"code_system": "", "code": ""}
    assert following("adverse_events", {"drug": "clozapine"}, row) == {}
    assert "L50.9 Urticaria, unspecified" in [c.label for c in alternatives("event", "urticaria")]


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        ("radiotherapy, 60 Gy in 30 fractions", {"text": "radiotherapy", "therapy": "radiotherapy", "kind": "radiotherapy", "dose_text": "60 Gy in 30 fractions", "dose_gy": 60.0, "fractions": 30}),
        ("ECT", {"text": "ECT", "therapy": "electroconvulsive therapy", "kind": "electrical"}),
        ("Left partial nephrectomy", {"text": "Left partial nephrectomy", "therapy": "left partial nephrectomy", "kind": "surgery"}),
        ("stage 3 exercises", {"text": "stage 3 exercises", "therapy": "stage 3 exercises"}),
    ],
)  # fmt: skip
def test_what_selected_words_tell_of_a_therapy(words: str, columns: dict[str, Any]) -> None:
    first = first_of(words)
    assert {n: v for n, v in first.items() if n in columns} == columns and first["status"] == "given"


def test_other_names_are_offered() -> None:
    assert next(c.values["drug"] for c in alternatives("drug", "ketamin")) == "ketamine"
    assert "M10.9 Gout, unspecified" in [c.label for c in alternatives("diagnosis", "gout of the big toe")]
    assert alternatives("drug", " ") == [] and alternatives("route", "oral") == []


@pytest.fixture
def out(store: Store) -> Path:
    paste = treatment(1, "salicylic acid", 100, code_system="DrugBank", code="DB00936", dose_text="20 %", dose_value=20.0, dose_unit="%")  # fmt: skip
    read(store, report(treatments=(paste, treatment(2, "prednisone", 200, dose_value=5.0, dose_unit="mg"))))
    return store.path.parent


class Sheet:
    def __init__(self, out: Path, table: str = "treatments") -> None:
        self.path = export_store(out, "xlsx")[0]
        self.book = openpyxl.load_workbook(self.path)
        self.sheet = self.book[table]

    def type(self, row: int, **cells: Any) -> Path:
        columns = {c.value: c.column for c in self.sheet[1]}
        for name, value in cells.items():
            self.sheet.cell(row + 1, columns[name]).value = value
        self.book.save(self.path)
        return self.path


def rows(out: Path) -> list[dict[str, Any]]:
    with Store.open(out) as store:
        return list(curated_rows(store, "treatments"))


def test_a_sheet_cannot_leave_the_old_number_beside_a_new_text(out: Path) -> None:
    applied = apply_file(out, Sheet(out).type(1, dose_text="44 mg", drug="ketamine"), who="Ana")
    assert {(c.decision.field, c.decision.new) for c in applied.change_set.changes} == {
        ("dose_text", "44 mg"), ("dose_value", 44.0), ("dose_unit", "mg"), ("drug", "ketamine"), ("code", "DB01221"),
    }  # fmt: skip
    assert [f.what for f in applied.change_set.findings if f.kind == "follows"] == [
        "drug 'ketamine' read as code DB01221", "dose_text '44 mg' read as dose_value 44, dose_unit mg",
    ]  # fmt: skip
    now = rows(out)[0]
    assert (now["dose_value"], now["dose_unit"], now["code"]) == (44.0, "mg", "DB01221")
    with Store.open(out) as store:
        assert {d.field: d.why for d in decisions(store)}["dose_value"] == "follows from dose_text"


def test_an_added_row_of_a_sheet_has_its_numbers_and_its_place(out: Path) -> None:
    evidence = where("gout", 40)["evidence"]
    sheet = Sheet(out)
    added = {"file": "d1.pdf", "drug": "paracetamol", "dose_text": "1 g", "frequency_text": "every 8 h"}
    applied = apply_file(out, sheet.type(4, **added, evidence=evidence), who="Ana")
    assert not applied.change_set.refused
    now = next(r for r in rows(out) if r["drug"] == "paracetamol")
    assert (now["dose_value"], now["dose_unit"], now["per_day"], now["code"]) == (1.0, "g", 3.0, "DB00316")
    assert (now["page"], now["start"]) == (1, 40), "the place of the diagnosis in the same sentence"


def test_an_added_row_stands_where_its_words_are(tmp_path: Path) -> None:
    """Its document's text can be had: the drug is found in the sentence that was told."""
    from extract.schema import Case, Document, Report

    paper = tmp_path / "a.txt"
    text = "Gout was known.\nOn day two she took\nparacetamol 1 g. She left.\n"
    paper.write_text(text)
    out = tmp_path / "out"
    with Store.open(out, create=True) as store:
        common = {"doc_id": "d1", "file": "a.txt", "case_id": "d1-c1"}
        import hashlib

        sha = hashlib.sha256(paper.read_bytes()).hexdigest()
        document = Document(doc_id="d1", file="a.txt", sha256=sha)
        store.put(Report(document=document, cases=(Case(**common, **where("Gout", 0)),)), paper, None)
    sheet = Sheet(out)
    evidence = "On day two she took paracetamol 1 g."
    apply_file(out, sheet.type(1, file="a.txt", drug="paracetamol", dose_text="1 g", evidence=evidence), who="Ana")
    (now,) = rows(out)
    assert text[now["start"] : now["end"]] == "paracetamol"


def test_what_is_hardly_ever_meant_is_not_written_unless_overruled(out: Path) -> None:
    path = Sheet(out).type(2, per_day=0, route="oral")
    told = CliRunner().invoke(app, ["apply", str(out), str(path), "--who", "Ana"])
    assert told.exit_code == 1
    assert "1 doubtful; nothing written: correct them, write what is doubtful too with --overrule" in told.stderr
    assert "0 doses a day" in told.stdout
    assert rows(out)[1]["route"] == ""
    told = CliRunner().invoke(app, ["apply", str(out), str(path), "--who", "Ana", "--overrule"])
    assert told.exit_code == 0 and "1 doubtful (overruled); 2 decisions written" in told.stderr
    assert rows(out)[1]["per_day"] == 0
    with Store.open(out) as store:
        assert all("overruled: 0 doses a day" in d.why for d in decisions(store))


def test_an_empty_drug_is_refused(out: Path) -> None:
    applied = apply_file(out, Sheet(out).type(2, drug=None), who="Ana", overrule=True)
    assert [f.what for f in applied.change_set.refused] == [
        "drug: a treatment needs the name of its drug; reject the row if there is no such treatment"
    ]
    assert rows(out)[1]["drug"] == "prednisone"
