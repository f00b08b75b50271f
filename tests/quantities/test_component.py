"""The component in a pipeline: spans, labels, norms."""

import pytest
import spacy

from extract.errors import LanguageError
from extract.language.quantities import component as patterns


@pytest.fixture(scope="module")
def nlp():
    nlp = spacy.blank("en")
    nlp.add_pipe("casesift_quantities")
    return nlp


def spans(doc, label):
    return [(s.text, s._.norm) for s in doc.spans["quantities"] if s.label_ == label]


def test_a_regimen_is_told_in_its_parts(nlp):
    doc = nlp("A 61-year-old man took prednisolone 5 mg BID x 7 days, then 200 mg daily for three weeks.")
    assert spans(doc, "age") == [("61-year-old", "61 years")]
    assert spans(doc, "sex") == [("man", "M")]
    assert spans(doc, "dose") == [("5 mg", "5 mg"), ("200 mg", "200 mg")]
    assert spans(doc, "frequency") == [("BID", "2/d"), ("daily", "1/d")]
    assert spans(doc, "duration") == [("7 days", "P7D"), ("three weeks", "P21D")]


def test_spans_are_the_text_and_carry_their_origin(nlp):
    doc = nlp("She was given 1.5\u2009g of cefazolin every 8 h, and 15 mL of 2% lidocaine.")
    for span in doc.spans["quantities"]:
        assert doc.text[span.start_char : span.end_char] == span.text
        assert span._.origin == "rule"
        assert 0 < span._.confidence <= 1
    assert spans(doc, "volume") == [("15 mL", "15 mL")]
    assert spans(doc, "dose") == [("1.5\u2009g", "1.5 g"), ("2%", "2%")]


def test_labels_can_be_chosen_and_unknown_ones_are_refused(nlp):
    only = spacy.blank("en")
    only.add_pipe("casesift_quantities", config={"labels": ["age"]})
    doc = only("A 30-year-old woman took 5 mg.")
    assert [s.label_ for s in doc.spans["quantities"]] == ["age"]
    with pytest.raises(LanguageError, match="choose from"):
        patterns.Quantities(["weight"], [])


def test_empty_text(nlp):
    assert len(nlp("").spans["quantities"]) == 0


def test_a_percentage_beside_a_known_drug_is_its_strength(nlp):
    text = "She used brandox 5% for a year; 5% relapsed."
    assert spans(nlp(text), "dose") == []
    doc = nlp.make_doc(text)
    doc.spans["model"] = [doc.char_span(9, 16, label="drug")]
    assert spans(nlp(doc), "dose") == [("5%", "5%")]


def test_the_same_text_gives_the_same_spans(nlp):
    text = "A 5-year-old girl took 10 mg/kg/day for 7 days; pain fell from 8/10 to 2/10."
    docs = [nlp(text), nlp(text)]
    first, second = ([(s.text, s.label_, s._.norm) for s in doc.spans["quantities"]] for doc in docs)
    assert first == second


def test_a_quantity_does_not_go_on_in_the_next_paragraph(nlp):
    assert spans(nlp("The axis ends at\n\n2.5\n\nday of treatment"), "duration") == []
    assert spans(nlp("It lasted 2.5\ndays."), "duration") == [("2.5\ndays", "P2.5D")]
