"""`casesift.load` is a spaCy pipeline as any other, and `casesift.Extractor` reads one file after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy import displacy
from spacy.language import Language
from spacy.tokens import DocBin
from spacy.vocab import Vocab

import casesift
from extract import Extractor

TEXTS = ["A 61-year-old woman with gout took aspirin 100 mg daily.", "He had psoriasis.", ""]
ENTITIES = [
    ("61-year-old", "age"),
    ("woman", "sex"),
    ("gout", "diagnosis"),
    ("aspirin", "drug"),
    ("100 mg", "dose"),
    ("daily", "frequency"),
]


@pytest.fixture(scope="module")
def nlp() -> Language:
    return casesift.load()


def test_it_works_in_pipe_with_one_process_and_two(nlp: Language) -> None:
    for processes in (1, 2):
        docs = list(nlp.pipe(TEXTS, n_process=processes))
        assert [(e.text, e.label_) for e in docs[0].ents] == ENTITIES
        assert [(e.text, e.label_) for e in docs[1].ents] == [("psoriasis", "diagnosis")]


def test_its_docs_go_through_a_docbin_and_displacy(nlp: Language) -> None:
    stored = DocBin(store_user_data=True, docs=nlp.pipe(TEXTS)).to_bytes()
    doc = next(DocBin().from_bytes(stored).get_docs(Vocab()))
    assert [(m.text, m._.norm) for m in doc.spans["mentions"] if m.label_ == "drug"] == [("aspirin", "aspirin")]
    assert "aspirin" in displacy.render(doc, style="ent", jupyter=False)
    assert "diagnosis" in displacy.render(doc, style="span", options={"spans_key": "mentions"}, jupyter=False)


def test_the_extractor_goes_on_after_a_file_that_cannot_be_read(papers: Path, nlp: Language) -> None:
    extractor = casesift.Extractor(nlp=nlp)
    paths = [
        papers / "nothing.txt",
        papers / "skin" / "urea-eucerin.pdf",
        papers / "missing.pdf",
        papers / "amiodarone-sealed.pdf",
    ]
    reports = list(extractor.pipe(paths))
    assert [(r.document.file, r.document.status, r.document.reason.partition(":")[0]) for r in reports] == [
        ("nothing.txt", "failed", "empty-file"), ("urea-eucerin.pdf", "ok", ""), ("missing.pdf", "failed", "not-found"),
        ("amiodarone-sealed.pdf", "failed", "encrypted-pdf"),
    ]  # fmt: skip
    assert len({r.document.doc_id for r in reports}) == 4 and not reports[0].treatments and reports[1].treatments
    assert "<img" in extractor(paths[1])._repr_html_()


def test_reports_are_the_same_wherever_their_file_stands(papers: Path, tmp_path: Path, nlp: Language) -> None:
    (tmp_path / "urea-eucerin.pdf").write_bytes((papers / "skin" / "urea-eucerin.pdf").read_bytes())
    extractor = casesift.Extractor(nlp=nlp)
    here, there = extractor(papers / "skin" / "urea-eucerin.pdf"), extractor(tmp_path / "urea-eucerin.pdf")
    assert here.path != there.path and here == there
    assert here == Extractor(nlp=nlp)(tmp_path / "urea-eucerin.pdf")
    assert here != extractor.extract(extractor.read(here.path or ""), file="other.pdf")


def test_an_extractor_given_papers_says_where_they_belong() -> None:
    with pytest.raises(
        casesift.CasesiftError, match=r"a configuration file, not a list; .* Extractor\(\)\.pipe\(paths\)"
    ):
        Extractor(["a.pdf"])  # type: ignore[arg-type]
    with pytest.raises(casesift.CasesiftError, match="one path is read at a time, not a list; `pipe` takes many paths"):
        Extractor()(["a.pdf"])  # type: ignore[arg-type]


def test_an_import_alone_loads_neither_pandas_nor_spacy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, casesift; print([m for m in ('pandas', 'spacy', 'pypdfium2') if m in sys.modules], dir(casesift))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.startswith("[] ") and "'read'" in told
