"""The text of a document in the store, read again or from the cache."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from fake_extractor import FakeExtractor

import pipelines.store.sources as sources
from extract import read
from extract.errors import Code, PipelineError
from pipelines.run import run
from pipelines.store import Store

CORPUS = Path(__file__).parents[2] / "corpus" / "pdf"


@pytest.fixture(scope="module")
def pdf_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder that knows one PDF (it has no rows: the fake reads text only)."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "in").mkdir()
    shutil.copy(CORPUS / "hip-blocks.pdf", folder / "in")
    run([folder / "in"], folder / "out", make=FakePdf)
    return folder


class FakePdf(FakeExtractor):
    def read(self, path: Path):
        return read(path)

    def __call__(self, path: Path, *, doc_id: str | None = None, file: str = ""):
        from extract.schema import Document, Mention, Report

        text = self.read(path).text
        at = text.index("levobupivacaine")
        mention = Mention(mention_id="m1", doc_id=doc_id, file=file, label="drug", text="levobupivacaine", start=at, end=at + 15)  # fmt: skip
        return Report(document=Document(doc_id=doc_id, file=file), mentions=(mention,))


def only_id(store: Store) -> str:
    (known,) = store.known()
    return known.doc_id


def test_text_comes_back_as_it_was_read_and_from_the_cache(pdf_out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = read(pdf_out / "in" / "hip-blocks.pdf", engine="pdfium")
    with Store.open(pdf_out / "out") as store:
        first = sources.source_of(store, only_id(store))
        monkeypatch.setattr(sources, "read", None)  # a second reading would fail
        again = sources.source_of(store, only_id(store))
    for source in (first, again):
        assert (source.text, source.sections, source.furniture, source.citations, source.warnings) == (
            plain.text, plain.sections, plain.furniture, plain.citations, plain.warnings,
        )  # fmt: skip
        for name in ("page", "x0", "top", "x1", "bottom"):
            np.testing.assert_array_equal(getattr(source.boxes, name), getattr(plain.boxes, name))
        assert source.box(100, 140) == plain.box(100, 140)
    assert (again.title, again.pages, again.meta) == (plain.title, plain.pages, plain.meta)


def test_where_the_fast_reading_does_not_fit_the_rows_the_other_is_taken(
    pdf_out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def reading(path: Path, *, engine: str):
        asked.append(engine)
        source = read(path)
        return dataclasses.replace(source, text=source.text.upper()) if engine == "pdfium" else source

    monkeypatch.setattr(sources, "read", reading)
    shutil.rmtree(pdf_out / "out" / "cache", ignore_errors=True)
    with Store.open(pdf_out / "out") as store:
        source = sources.source_of(store, only_id(store))
        shutil.rmtree(pdf_out / "out" / "cache")
        assert sources.fitting(source, sources.told_text(store, only_id(store))) == 1.0
    assert asked == ["pdfium", "pdfplumber"] and "Awake Hip" in source.text


def test_a_broken_cache_is_no_matter(pdf_out: Path) -> None:
    with Store.open(pdf_out / "out") as store:
        text = sources.source_of(store, only_id(store)).text
        for kept in (pdf_out / "out" / "cache" / "text").iterdir():
            kept.write_bytes(b"PK\3\4 not whole")
        assert sources.source_of(store, only_id(store)).text == text


def test_a_file_that_is_gone_or_changed_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "a.txt"
    file.write_text("Colchicine 0.5 mg\n")
    run([tmp_path / "in"], tmp_path / "out", make=FakeExtractor)
    with Store.open(tmp_path / "out") as store:
        assert sources.source_of(store, only_id(store)).text == "Colchicine 0.5 mg\n"
        file.write_text("Colchicine 5.0 mg\n")
        with pytest.raises(PipelineError, match=r"a\.txt.*changed.*run `casesift run` again"):
            sources.source_of(store, only_id(store))
        file.unlink()
        with pytest.raises(PipelineError, match=r"a\.txt.*no longer where it was read.*put it back") as told:
            sources.source_of(store, only_id(store))
        assert told.value.code is Code.NOT_FOUND
        with pytest.raises(PipelineError, match="no document 'd404'"):
            sources.source_of(store, "d404")


def test_a_touched_file_with_the_same_bytes_is_fine(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Colchicine 0.5 mg\n")
    run([tmp_path / "a.txt"], tmp_path / "out", make=FakeExtractor)
    os.utime(tmp_path / "a.txt", (1, 1))
    with Store.open(tmp_path / "out") as store:
        assert sources.source_of(store, only_id(store)).kind == "text"


def test_the_cache_is_bounded_and_the_longest_unused_goes_first(tmp_path: Path) -> None:
    for i in range(5):
        sources.keep(tmp_path / f"{i}", b"x" * 100, limit=10_000)
        os.utime(tmp_path / f"{i}", (i, i))
    sources.touch(tmp_path / "0")
    sources.keep(tmp_path / "new", b"x" * 100, limit=350)
    assert {p.name for p in tmp_path.iterdir()} == {"0", "4", "new"}
