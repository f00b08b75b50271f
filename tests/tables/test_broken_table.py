"""A table whose rows cannot be made leaves the others, and the document says which it was and where it broke."""

from __future__ import annotations

from importlib import import_module

import pytest
from out_tables import table
from typer.testing import CliRunner

from extract import Extractor
from extract.errors import Code, LanguageError
from pipelines import cli

REPORT = """Case Report

A 54-year-old woman presented with calcinosis cutis and hypertension. She applied sodium thiosulfate 1:1 with petrolatum once
a day for two months and took colchicine 0.5 mg daily. Her pain was 7/10 before treatment and 2/10 after treatment.
"""

#: the module, which a function of its name hides
room = import_module("extract.records.assemble")

TABLES = ("cases", "diagnoses", "treatments", "pain_scores", "records", "mentions")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.fixture
def report(extractor, tmp_path):
    (tmp_path / "a.txt").write_text(REPORT)
    return lambda: extractor(tmp_path / "a.txt")


def breaks(*_):
    raise ZeroDivisionError("division by zero")


def test_nothing_breaks_here_otherwise(report):
    whole = report()
    assert (whole.document.status, whole.document.reason) == ("ok", "")
    assert all(getattr(whole, name) for name in TABLES)


@pytest.mark.parametrize(
    ("function", "lost"),
    [
        ("ratings", {"pain_scores", "records"}),  # pain is sought
        ("of_rating", {"pain_scores", "records"}),  # its rows are made
        ("findings", {"diagnoses", "records"}),
        ("roles", {"diagnoses", "records"}),
        ("courses", {"treatments", "records"}),
        ("outcomes", {"treatments", "records"}),
        ("values", {"treatments", "records"}),
        ("of_person", {"cases", "records"}),
        ("derived_rows", {"records"}),
    ],
)
def test_one_table_breaks_and_the_others_stand(function, lost, report, monkeypatch):
    whole = report()
    monkeypatch.setattr(room, function, breaks)
    broken = report()
    assert {name for name in TABLES if not getattr(broken, name)} == lost
    untouched = set(TABLES) - lost - {"mentions", "pain_scores"}  # these name rows of the others
    case = {"case_id": ""} if "cases" in lost else {}  # then the others are of no case
    for name in untouched:
        assert getattr(broken, name) == tuple(row.model_copy(update=case) for row in getattr(whole, name))
    first = next(name for name in TABLES if name in lost)
    also = ", records" if first != "records" else ""
    assert broken.document.status == "partial"
    assert broken.document.reason == (
        f"broken-table: no rows of {first} (ZeroDivisionError: division by zero at test_broken_table.py:{breaks.__code__.co_firstlineno + 1})"
        f"{also}; please report it with the file"
    )


def test_nothing_names_a_row_that_is_not_there(report, monkeypatch):
    """The second drug breaks, when the first has its row already: it is taken back, and what named it names nothing."""
    made = []

    def second_breaks(regimen, real=room.values):
        made.append(regimen)
        return real(regimen) if len(made) < 2 else breaks()

    assert any(m.linked_to for m in report().mentions if m.label == "drug")
    monkeypatch.setattr(room, "values", second_breaks)
    broken = report()
    assert len(made) == 2
    assert broken.treatments == () and {p.treatment_id for p in broken.pain_scores} == {""}
    assert {m.linked_to for m in broken.mentions} <= {"", *(p.pain_id for p in broken.pain_scores)}


def test_a_wrong_configuration_is_no_matter_of_one_table(report, monkeypatch):
    def wrong(*_):
        raise LanguageError(Code.BAD_CONFIG, "no such rule", mend="mend the file")

    monkeypatch.setattr(room, "ratings", wrong)
    with pytest.raises(LanguageError, match="no such rule"):
        report()


def test_a_run_goes_on_and_keeps_what_there_is(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(REPORT)
    monkeypatch.setattr(room, "of_rating", breaks)
    done = CliRunner().invoke(cli.app, ["run", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--workers", "0"])
    assert done.exit_code == 0, done.output
    (document,) = table(tmp_path / "out", "documents")
    assert document["status"] == "partial"
    assert document["reason"].startswith("broken-table: no rows of pain_scores (ZeroDivisionError")
    assert [r["drug"] for r in table(tmp_path / "out", "treatments")] == ["sodium thiosulfate", "colchicine"]
    assert table(tmp_path / "out", "pain_scores") == []
