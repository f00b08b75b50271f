"""What somebody typed into a table of a run outlives the next run."""

from __future__ import annotations

from pathlib import Path

import pytest
from curation_store import read, report, treatment
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.curation import curated_rows
from pipelines.exports import export_store
from pipelines.store import Store
from pipelines.tables.apply import apply_file
from pipelines.tables.writing import refresh_tables


@pytest.fixture
def out(store: Store) -> Path:
    refresh_tables(store, store.path.parent)
    return store.path.parent


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def drugs(out: Path) -> list[str]:
    with Store.open(out) as store:
        return [r["drug"] for r in curated_rows(store, "treatments")]


def run(out: Path, *more: str):
    """A run that reads one new document."""
    papers = out.parent / "papers"
    papers.mkdir(exist_ok=True)
    (papers / f"{len(list(papers.iterdir()))}.txt").write_text("A 61-year-old woman took colchicine 0.5 mg daily.\n")
    told = CliRunner().invoke(app, ["run", str(papers), "--out", str(out), "--workers", "0", *more])
    assert told.exit_code == 0, told.output
    return told


def test_an_edited_table_is_kept_and_can_be_taken_in(out: Path) -> None:
    edit(out / "treatments.csv", ",prednisone,", ",prednisolone,")
    told = run(out)
    (kept,) = out.glob("*.edited-*")
    assert kept.name.startswith("treatments.edited-2") and kept.suffix == ".csv"
    assert f"treatments.csv was edited since casesift wrote it; kept as {kept.name}" in told.stderr
    assert "prednisolone" not in (out / "treatments.csv").read_text()
    status = CliRunner().invoke(app, ["status", str(out)])
    assert kept.name in status.stdout and "casesift apply" in status.stdout

    applied = apply_file(out, kept, who="Ana")
    assert [(c.decision.field, c.decision.new) for c in applied.change_set.changes if c.decision.field == "drug"] == [
        ("drug", "prednisolone")
    ]
    assert "prednisolone" in drugs(out) and "prednisolone" in (out / "treatments.csv").read_text()
    assert kept.name not in CliRunner().invoke(app, ["status", str(out)]).stdout, "taken in: no more to do"
    assert kept.is_file(), "it is the curator's to delete"


def test_a_kept_table_asks_for_what_was_typed_not_for_what_a_later_run_changed(out: Path) -> None:
    edit(out / "treatments.csv", ",prednisone,", ",prednisolone,")
    run(out)
    with Store.open(out) as store:  # a better pipeline reads another dose
        read(store, report(treatments=(
            treatment(1, "colchicine", 100, dose_value=0.6, dose_unit="mg", dose_text="0.6 mg"),
            treatment(2, "prednisone", 200, dose_value=20.0, dose_unit="mg", dose_text="20 mg"),
        )))  # fmt: skip
        refresh_tables(store, out)
    (kept,) = out.glob("*.edited-*")
    changes = apply_file(out, kept, who="Ana").change_set.changes
    fields = {c.decision.field for c in changes}
    assert "drug" in fields and not fields & {"dose_value", "dose_text"}


def test_two_edits_of_one_day_are_both_kept(out: Path) -> None:
    for name in ("prednisolone", "methylprednisolone"):
        edit(out / "treatments.csv", ",prednisone,", f",{name},")
        run(out)
    assert len({p.read_text() for p in out.glob("treatments.edited-*")}) == 2


def test_a_table_that_was_only_touched_or_taken_out_is_no_edit(out: Path) -> None:
    (out / "treatments.csv").touch()
    (out / "diagnoses.csv").unlink()
    assert "edited" not in run(out).stderr
    assert not list(out.glob("*.edited-*")) and (out / "diagnoses.csv").is_file()


def test_a_table_that_was_taken_in_where_it_stands_is_not_kept(out: Path) -> None:
    edit(out / "treatments.csv", ",prednisone,", ",prednisolone,")
    edit(out / "diagnoses.csv", ",gout,", ",gouty arthritis,")
    applied = apply_file(out, out / "treatments.csv", who="Ana")
    assert [p.name.partition(".")[0] for p in out.glob("*.edited-*")] == ["diagnoses"], "that one was not given"
    assert len(applied.kept) == 1 and "diagnoses.csv was edited" in applied.kept[0]


def test_notes_in_a_column_of_ones_own_are_kept_too(out: Path) -> None:
    path = out / "treatments.csv"
    edit(path, ",prednisone,", ",prednisolone,")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0] + ",my note", *(f"{line},ask Dr Berg" for line in lines[1:])]))
    apply_file(out, path, who="Ana")
    (kept,) = out.glob("*.edited-*")
    assert "ask Dr Berg" in kept.read_text()


@pytest.mark.parametrize("kind", ["xlsx", "edit-csv", "csv"])
def test_an_export_does_not_go_over_what_was_edited(out: Path, kind: str) -> None:
    for path in export_store(out, kind):
        if path.suffix != ".json":
            path.write_bytes(path.read_bytes() + b" ")
    told = CliRunner().invoke(app, ["export", str(out), "--to", kind])
    assert told.exit_code == 0 and "was edited since casesift wrote it; kept as" in told.stderr
    files = {p.name for p in out.rglob("*.edited-*")}
    export_store(out, kind)
    assert {p.name for p in out.rglob("*.edited-*")} == files, "once is enough"


def test_a_foreign_table_in_a_new_output_folder_is_kept(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "cases.csv").write_text("my,own\n1,2\n")
    run(tmp_path / "out")
    (kept,) = (tmp_path / "out").glob("cases.edited-*")
    assert kept.read_text() == "my,own\n1,2\n"
