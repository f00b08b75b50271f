"""A Doc of ours can be stored, sent to another process and read again, and every stage can be used alone."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from extract import Extractor, language
from extract.document import SourceText
from extract.records import assemble
from extract.records.mentions import with_mentions
from extract.schema import Document, Report

CORPUS = Path(__file__).parents[2] / "corpus"
STAGES = (
    "casesift_sentences", "casesift_abbreviations", "casesift_model", "casesift_terms", "casesift_quantities",
    "casesift_resolver", "casesift_assertion", "casesift_codes", "casesift_guideline", "casesift_context",
    "casesift_therapies", "casesift_complaints",
)  # fmt: skip


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(nlp=language.load(**{"components.casesift_codes.icd": False}))


@pytest.fixture(scope="module")
def analysed(extractor: Extractor) -> Doc:
    report = next(p for p in sorted(CORPUS.rglob("*.pdf")) if "sirolimus-petrolatum" in p.name)
    return language.analyse(extractor.nlp, extractor.read(report))


def report_of(doc: Doc) -> Report:
    return with_mentions(doc, assemble(doc, Document(doc_id="d0", file="a.pdf", sha256="0" * 64, status="ok")))


def same_source(a: SourceText, b: SourceText) -> bool:
    assert a.boxes is not None and b.boxes is not None
    plain = all(
        getattr(a, name) == getattr(b, name) for name in ("text", "kind", "sections", "furniture", "citations", "title")
    )
    return plain and all(
        np.array_equal(getattr(a.boxes, name), getattr(b.boxes, name)) for name in ("page", "x0", "top", "x1", "bottom")
    )


def test_a_doc_of_a_file_goes_through_a_docbin(analysed: Doc) -> None:
    stored = DocBin(store_user_data=True, docs=[analysed]).to_bytes()
    [again] = DocBin().from_bytes(stored).get_docs(Vocab())
    assert same_source(again._.source, analysed._.source)
    assert report_of(again) == report_of(analysed)


def test_a_doc_of_a_file_goes_through_bytes(analysed: Doc) -> None:
    again = Doc(analysed.vocab).from_bytes(analysed.to_bytes())
    assert report_of(again) == report_of(analysed)


def test_two_processes_find_what_one_finds(extractor: Extractor) -> None:
    texts = [
        "A 61-year-old woman with gout took aspirin 100 mg daily.",
        "He had psoriasis.",
        "",
        "Pain fell from 8/10 to 2/10.",
    ]
    alone, two = (
        [[(m.text, m.label_, m._.assertion, m._.norm) for m in language.mentions(d)] for d in docs]
        for docs in (extractor.nlp.pipe(texts), extractor.nlp.pipe(texts, n_process=2))
    )
    assert two == alone
    assert alone[0][1:4] == [
        ("woman", "sex", "", "F"), ("gout", "diagnosis", "present", "gout"), ("aspirin", "drug", "given", "aspirin"),
    ]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_works_alone_in_a_pipeline_of_somebody_elses(stage: str) -> None:
    nlp = spacy.blank("en")
    settings = {"icd": False} if stage == "casesift_codes" else {}
    nlp.add_pipe(stage, config=settings)
    doc = nlp("A 40-year-old woman with tennis elbow (TE) took aspirin 100 mg daily. Her TE went.")
    assert doc.text.endswith("went.")
    if stage == "casesift_abbreviations":
        assert [(s.text, s._.long_form) for s in doc.spans["abbreviations"]] == [("TE", "tennis elbow")] * 2
    if stage == "casesift_quantities":
        assert [(s.text, s.label_) for s in doc.spans["quantities"]][-2:] == [
            ("100 mg", "dose"),
            ("daily", "frequency"),
        ]


def test_entities_are_the_longest_mentions_that_do_not_overlap(extractor: Extractor) -> None:
    nlp: Language = extractor.nlp
    doc = nlp("A 61-year-old woman with gout took aspirin 100 mg daily.")
    assert [(e.text, e.label_) for e in doc.ents] == [
        ("61-year-old", "age"), ("woman", "sex"), ("gout", "diagnosis"), ("aspirin", "drug"), ("100 mg", "dose"),
        ("daily", "frequency"),
    ]  # fmt: skip
