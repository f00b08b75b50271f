"""casesift_codes in a pipeline: what it writes on mentions."""

import subprocess
import sys

import pytest
import spacy
from spacy.tokens import Span

from extract.language.codes import component as codes
from extract.language.codes import icd


@pytest.fixture
def nlp():
    return spacy.blank("en")


def mark(doc, *spans):
    doc.spans["mentions"] = [Span(doc, start, end, label) for start, end, label in spans]
    return doc.spans["mentions"]


@pytest.mark.usefixtures("icd_cache")
def test_drugs_and_diagnoses_get_name_and_code(nlp):
    component = nlp.add_pipe("casesift_codes")
    doc = nlp.make_doc("A heart attack was followed by RA ; Plaquenil 200 mg .")
    spans = mark(doc, (0, 3, "diagnosis"), (6, 7, "diagnosis"), (8, 9, "drug"), (9, 11, "dose"))
    spans[1]._.long_form = "rheumatoid arthritis"
    component(doc)
    attack, arthritis, drug, dose = doc.spans["mentions"]
    assert (attack._.norm, attack._.code_system, attack._.code) == ("heart attack", "ICD-10-CM", "I21.9")
    assert (arthritis._.norm, arthritis._.code) == ("rheumatoid arthritis", "M06.9")
    assert (drug._.norm, drug._.code_system, drug._.code) == ("hydroxychloroquine", "DrugBank", "DB01611")
    assert 0 < attack._.code_score <= 1
    assert (dose._.norm, dose._.code) == ("", "")


def test_codes_of_diagnoses_can_be_switched_off(nlp, monkeypatch):
    def refuse(*_):
        raise AssertionError("the index was asked for")

    monkeypatch.setattr(icd, "link", refuse)
    component = nlp.add_pipe("casesift_codes", config={"icd": False})
    doc = nlp.make_doc("gout")
    mark(doc, (0, 1, "diagnosis"))
    component(doc)
    assert doc.spans["mentions"][0]._.norm == "gout"
    assert doc.spans["mentions"][0]._.code == ""


def test_a_document_without_mentions_is_left_alone(nlp, monkeypatch):
    monkeypatch.setattr(icd, "link", lambda *_: pytest.fail("the index was asked for"))
    component = nlp.add_pipe("casesift_codes")
    assert component(nlp.make_doc("nothing here")).text == "nothing here"


@pytest.mark.usefixtures("icd_cache")
def test_an_unknown_drug_keeps_its_name_without_code(nlp):
    component = nlp.add_pipe("casesift_codes")
    doc = nlp.make_doc("oral Hemofortan")
    mark(doc, (0, 2, "drug"))
    component(doc)
    span = doc.spans["mentions"][0]
    assert (span._.norm, span._.code_system, span._.code, span._.code_score) == ("hemofortan", "", "", None)


@pytest.mark.parametrize(
    ("text", "long_form", "norm"),
    [
        ("The Gout", "", "gout"),
        ("a severe\nasthma", "", "severe asthma"),
        ("AKI", "acute kidney injury", "acute kidney injury"),
        ("her known hypertension,", "", "hypertension"),
        ("anemia", "", "anemia"),
    ],
)
def test_norm_of_a_diagnosis(text, long_form, norm):
    assert codes.diagnosis_norm(text, long_form) == norm


def test_importing_the_component_loads_no_index_libraries():
    program = "import sys, extract.language.codes.component; print([m for m in ('sklearn', 'nmslib', 'simple_icd_10_cm') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
