"""A curator's evening: a run, a workbook corrected, another run with another pipeline, and all of it still stands."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from fake_extractor import MakeFake
from out_tables import table

from pipelines.exports import export_store
from pipelines.run import Options, run
from pipelines.tables.apply import apply_file


def sift(reports: Path, out: Path, fingerprint: str = "fake-1", **options: bool) -> None:
    run([reports], out, Options(**options), make=MakeFake(fingerprint))


def test_what_was_corrected_stands_after_every_run(tmp_path: Path) -> None:
    reports, out = tmp_path / "reports", tmp_path / "out"
    reports.mkdir()
    (reports / "a.txt").write_text("Colchicine 0.5 mg\npain 8/10\n")
    (reports / "b.txt").write_text("Prednisone 20 mg\nAspirin\n")
    sift(reports, out)
    (path,) = export_store(out, "xlsx", tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book["treatments"]
    at = {c.value: c.column for c in sheet[1]}
    sheet.cell(2, at["dose_value"]).value = 5
    sheet.cell(4, at["curation"]).value = "rejected"
    for name, value in {"file": "a.txt", "drug": "allopurinol", "dose_value": 100, "dose_unit": "mg"}.items():
        sheet.cell(5, at[name]).value = value
    book.save(path)
    assert len(apply_file(out, path, who="Ana").written) == 3

    def told() -> set[tuple[str, str, str]]:
        return {(r["drug"], r["dose_value"], r["curation"]) for r in table(out, "treatments")}

    curated = {
        ("allopurinol", "100", "added"), ("colchicine", "5", "corrected"), ("prednisone", "20", ""),
        ("aspirin", "", "rejected"),
    }  # fmt: skip
    assert told() == curated
    sift(reports, out, force=True)
    sift(reports, out, "fake-2")
    assert told() == curated
    (reports / "a.txt").rename(reports / "renamed.txt")
    sift(reports, out)
    assert told() == curated
    assert {r["file"] for r in table(out, "treatments") if r["curation"] in ("added", "corrected")} == {"renamed.txt"}
    (reports / "renamed.txt").write_text("Colchicine 0.5 mg\npain 8/10\nHeparin\n")
    sift(reports, out)
    assert told() == curated | {("heparin", "", "")}
    (reports / "renamed.txt").write_text("")  # and a version that cannot be read
    sift(reports, out)
    assert told() == curated
