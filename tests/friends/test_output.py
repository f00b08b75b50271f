"""`casesift.connect`: the tables of an output folder, read only, while a run may be writing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

import casesift
from extract import schema
from pipelines.store import Store


@pytest.fixture
def out(corpus_out: Path) -> Path:
    return corpus_out


def files(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


def test_the_tables_are_those_that_reading_gives(out: Path, result: casesift.Result) -> None:
    before = files(out)
    output = casesift.connect(out)
    for table in schema.TABLES:
        there, here = getattr(output, table), getattr(result, table)
        drop = [c for c in ("seconds",) if c in here]
        pd.testing.assert_frame_equal(there.drop(columns=drop), here.drop(columns=drop))
    assert output.failed == result.failed
    assert files(out) == before


def test_a_run_that_is_writing_holds_nobody_up_and_shows_what_is_done(out: Path) -> None:
    output = casesift.connect(str(out))
    rows = len(output.treatments)
    with closing(sqlite3.connect(out / "casesift.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM treatments")
        assert len(output.treatments) == rows
        writer.execute("ROLLBACK")


def test_nothing_can_be_written_through_it(out: Path) -> None:
    with Store.open(out, reading=True) as store, pytest.raises(casesift.CasesiftError, match="cannot be written"):
        store.set_meta({"a": "b"})


def test_a_report_of_the_store_shows_itself(out: Path, result: casesift.Result) -> None:
    report = casesift.connect(out).report("skin/urea-eucerin.pdf")
    assert report.treatments == result.report("skin/urea-eucerin.pdf").treatments
    assert report._repr_html_() == result.report("skin/urea-eucerin.pdf")._repr_html_()
    with pytest.raises(casesift.CasesiftError, match="no document called"):
        casesift.connect(out).report("x.pdf")


def test_what_is_no_output_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(casesift.CasesiftError, match="no casesift output folder"):
        casesift.connect(tmp_path)
    with pytest.raises(casesift.CasesiftError, match="no casesift output folder"):
        casesift.connect(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []
