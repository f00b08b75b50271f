"""The whole way, with the real extractor: PDFs of the corpus become tables."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from out_tables import file_bytes, table
from typer.testing import CliRunner

from extract import read, schema
from pipelines import cli
from pipelines.run import Options, run
from pipelines.store import Store

#: with the other tests that load the whole pipeline, see tests/test_whole_way.py
pytestmark = pytest.mark.xdist_group("whole way")

CORPUS = Path(__file__).parents[2] / "corpus"
SEALED, SCAN = "amiodarone-sealed.pdf", "thyroid-storm.pdf"
ONE = "sirolimus-petrolatum.pdf"
ALL = Options(include=("*.pdf",))


def casesift(*args):
    return CliRunner().invoke(cli.app, [str(a) for a in args])


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Path:
    """An output folder of one good report and the two that cannot be read."""
    out = tmp_path_factory.mktemp("few")
    globs = [g for name in (ONE, SEALED, SCAN) for g in ("--include", name)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("extract.reading.ocr.find_spec", lambda name: None)  # also where OCR is installed
        result = casesift("run", CORPUS / "pdf", *globs, "--out", out, "--workers", 0)
    assert result.exit_code == 1, result.stderr
    return out


def test_what_cannot_be_read_is_told_with_what_to_do(few):
    documents = {d["file"]: d for d in table(few, "documents")}
    assert documents[SEALED]["status"] == documents[SCAN]["status"] == "failed"
    assert documents[SEALED]["reason"].startswith("encrypted-pdf: ") and "; " in documents[SEALED]["reason"]
    assert documents[SCAN]["reason"].startswith("no-text: ") and "; " in documents[SCAN]["reason"]
    assert documents[ONE]["status"] == "ok" and documents[ONE]["title"] and int(documents[ONE]["pages"]) > 1


def test_every_row_points_at_its_words(few):
    source = read(CORPUS / "pdf" / ONE)
    for mention in table(few, "mentions"):
        assert source.text[int(mention["start"]) : int(mention["end"])] == mention["text"].removeprefix("'")
        assert 1 <= int(mention["page"]) <= source.pages
        assert float(mention["x0"]) < float(mention["x1"]) and float(mention["top"]) < float(mention["bottom"])


def test_the_vehicle_of_a_compounded_drug_is_found(few):
    rows = [t for t in table(few, "treatments") if t["drug"] == "sirolimus"]
    assert any("petrolatum" in t["vehicle"] and t["dose_unit"] == "%" for t in rows)


def test_rows_refer_to_rows_that_are_there(few):
    cases = {c["case_id"] for c in table(few, "cases")}
    for name in ("diagnoses", "treatments", "pain_scores", "records"):
        rows = table(few, name)
        assert {r["case_id"] for r in rows} - {""} <= cases
        assert len({r[schema.KEYS[name]] for r in rows}) == len(rows)


def test_show_tells_what_the_run_stored(few):
    report = json.loads(casesift("show", CORPUS / "pdf" / ONE, "--json").stdout)
    with Store.open(few) as store:
        for name in (t for t in schema.TABLES if t != "documents"):
            assert [r for r in store.rows(name) if r["file"] == ONE] == report[name]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """An output folder of the whole corpus, read by one worker."""
    out = tmp_path_factory.mktemp("whole")
    run([CORPUS], out, ALL)
    return out


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [{"workers": 1}, {"workers": 2}, {"workers": 8}, {"engine": "dask", "workers": 2, "memory": 0}],
    ids=["1 worker", "2 workers", "8 workers", "dask"],
)
def test_the_corpus_gives_the_same_tables_with_any_number_of_workers(whole, how, tmp_path, monkeypatch):
    if how.get("engine"):
        pytest.importorskip("distributed", reason="no Dask: pip install 'casesift[dask]'")
    monkeypatch.setenv("CASESIFT_CACHE", str(tmp_path / "cache"))  # the workers build the index, all at once
    run([CORPUS], tmp_path / "out", replace(ALL, **how))
    assert file_bytes(whole) == file_bytes(tmp_path / "out")


@pytest.mark.slow
def test_the_data_package_of_the_corpus_is_valid(whole, monkeypatch):
    from frictionless import Package

    monkeypatch.chdir(whole)
    report = Package("datapackage.json").validate()
    assert report.valid, report.flatten(["type", "message"])


def test_a_run_names_the_documents_without_a_patient(tmp_path):
    """A search of the literature among the reports is read, and said to be none at the end of the run."""
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "review.txt").write_text("We searched three databases for trials of urea. Twelve trials were included.\n")
    (inputs / "case.txt").write_text("Case report\n\nA 54-year-old woman took prednisone 30 mg daily for eczema.\n")
    result = casesift("run", inputs, "--out", tmp_path / "out", "--workers", 0)
    assert result.exit_code == 0
    assert "1 document without a patient:\n  review.txt: no patient was found in it\n" in result.stderr


def test_a_run_names_what_it_read_in_part_and_what_is_not_in_english(tmp_path):
    """Nobody looks at the status of each document when a run says that all of them were read."""
    inputs, settings = tmp_path / "in", tmp_path / "my.cfg"
    inputs.mkdir()
    settings.write_text("[reading]\nmax_characters = 300\n")
    (inputs / "long.txt").write_text("A 54-year-old woman took prednisone 30 mg daily for eczema.\n" * 10)
    (inputs / "fall.txt").write_text(
        "Die Frau wurde mit Prednison 30 mg täglich behandelt, und der Ausschlag ging nach vier Tagen zurück, was sie nicht mehr "
        "erwartet hatte."
    )
    result = casesift("run", inputs, "--out", tmp_path / "out", "--workers", 0, "--config", settings)
    assert result.exit_code == 0
    assert (
        "1 document read in part:\n  long.txt: too-large: only the first 299 of 600 characters were read"
        in result.stderr
    )
    assert "  fall.txt: it is written in German, not in English: do not trust its rows; no patient" in result.stderr
