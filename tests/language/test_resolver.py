from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from extract import language
from extract.language.own_vocabulary import own_vocabulary
from extract.language.resolve.candidates import Candidate, merge
from extract.language.resolve.component import DROPPED, Resolver
from extract.settings import defaults

Found = Callable[[str, str], list[tuple[str, str]]]


def resolver(**changed: object) -> Resolver:
    settings = defaults("casesift_resolver") | changed
    return Resolver(own=own_vocabulary(settings.pop("vocabulary")), **settings)


def with_model(nlp: Language, text: str, *proposals: tuple[str, str, float]) -> Doc:
    """`text` read with proposals (words, label, confidence) put where the model writes its own."""
    doc = nlp.make_doc(text)
    for name, stage in nlp.pipeline:
        if name == "casesift_terms":
            group = []
            for words, label, confidence in proposals:
                start = text.index(words)
                span = doc.char_span(start, start + len(words), label=label)
                span._.confidence, span._.origin = confidence, "model"
                group.append(span)
            doc.spans["model"] = group
        doc = stage(doc)
    return doc


@pytest.mark.parametrize(
    "words",
    ["severe abdominal pain", "fever and nausea", "chronic fatigue and left arm weakness",
     "marked tenderness of the right knee"],
)  # fmt: skip
def test_symptoms_are_no_diagnoses_whoever_says_so(nlp: Language, words: str) -> None:
    doc = with_model(nlp, f"He had {words}.", (words, "diagnosis", 0.9))
    assert not list(language.mentions(doc, "diagnosis"))


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Serum calcium was 8.4 mg/dL.", []),
        ("Potassium 3.2 mmol/L was low.", []),
        ("Her vitamin D level was low.", []),
        ("She was given calcium 500 mg and vitamin D daily.", ["calcium", "vitamin D"]),
        ("Contrast was injected.", []),
        ("The plasma insulin level was high.", []),
        ("Fluid from the drain contained transferrin.", []),
        ("Her urine held human chorionic gonadotropin.", []),
        ("She was given 5000 IU of human chorionic gonadotropin.", ["human chorionic gonadotropin"]),
        ("He was given insulin.", ["insulin"]),
        ("Testosterone was undetectable.", []),
        ("Urea 10% cream was applied.", ["Urea"]),
        ("He used a 40% urea paste.", ["urea"]),
        ("Urea was 40 mg/dL and blood urea nitrogen 20 mg/dL.", []),
        ("Oestrogen gel was rubbed in.", ["Oestrogen"]),
        ("Glucose was 5.5 mmol/L; glucose 50% 50 mL was given.", ["glucose"]),
        ("Vasopressin 2 units/h was started.", ["Vasopressin"]),
        ("Vasopressin secretion was inappropriate.", []),
        ("Oxygen 2 L/min was given.", []),
    ],
)
def test_what_is_measured_is_not_given(found: Found, text: str, drugs: list[str]) -> None:
    assert [t for t, _ in found(text, "drug")] == drugs


@pytest.mark.parametrize("word", ["cryoglobulins", "gonioscopy", "thyroglobulin"])
def test_a_protein_of_the_blood_or_an_examination_is_no_drug(nlp: Language, word: str) -> None:
    doc = with_model(nlp, f"She had {word}.", (word, "drug", 0.9))
    assert not list(language.mentions(doc, "drug"))


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("She was given anti-hypertensive medications.", ["anti-hypertensive medications"]),
        ("He got anti tuberculosis treatment.", ["anti tuberculosis"]),
        ("She improved with immuno-suppressive therapy.", ["immuno-suppressive"]),
        ("Anti-embolic stockings were worn.", []),
        ("She received tamoxifen as endocrine therapy.", ["tamoxifen"]),
        ("She received tamoxifen as soon as antibiotics ended.", ["tamoxifen", "antibiotics"]),
    ],
)
def test_a_class_is_found_however_it_is_cut_and_is_none_where_it_says_as_what(
    found: Found, text: str, drugs: list[str]
) -> None:
    assert [words for words, _ in found(text, "drug")] == drugs


def test_a_dose_beside_it_seconds_a_drug_the_model_doubts(nlp: Language) -> None:
    for text, drugs in (("He got zorvaxil 20 mg daily.", ["zorvaxil"]), ("He got zorvaxil at home.", [])):
        doc = with_model(nlp, text, ("zorvaxil", "drug", 0.2))
        assert [s.text for s in language.mentions(doc, "drug")] == drugs


def test_signs_of_the_skin_and_clauses_are_no_diagnoses(nlp: Language) -> None:
    for words in ("dermal atrophy", "ischaemic stroke and her speech"):
        doc = with_model(nlp, f"There was {words}.", (words, "diagnosis", 0.9))
        assert words not in [s.text for s in language.mentions(doc, "diagnosis")]


def test_a_bare_injection_gives_way_to_where_it_went(nlp: Language) -> None:
    text = "Interferon was injected into the bladder."
    doc = with_model(nlp, text, ("injected", "route", 0.9))
    assert [s._.norm for s in language.mentions(doc, "route")] == ["intravesical"]


def test_the_longer_span_wins_and_agreement_counts(nlp: Language) -> None:
    doc = with_model(nlp, "A papillary thyroid carcinoma was removed.", ("carcinoma", "diagnosis", 0.7))
    (span,) = language.mentions(doc, "diagnosis")
    assert span.text == "papillary thyroid carcinoma"
    assert span._.confidence > 0.7
    assert span._.origin == "model"


def test_edges_are_trimmed(nlp: Language) -> None:
    doc = with_model(nlp, "She took topical hydrocortisone therapy.", ("topical hydrocortisone therapy", "drug", 0.9))
    assert [s.text for s in language.mentions(doc, "drug")] == ["hydrocortisone"]


def test_a_name_found_once_is_found_everywhere(nlp: Language) -> None:
    text = "She was given zorvaxil. Two weeks later zorvaxil was stopped."
    doc = with_model(nlp, text, ("zorvaxil", "drug", 0.9))
    assert [s.text for s in language.mentions(doc, "drug")] == ["zorvaxil", "zorvaxil"]


def test_a_drug_inside_a_diagnosis_is_part_of_it_unless_it_did_it(found: Found) -> None:
    assert found("He had iron deficiency anemia.", "drug") == []
    assert [t for t, _ in found("He had lithium-induced nephropathy.", "drug")] == ["lithium"]


def test_model_gives_way_to_the_long_form(nlp: Language) -> None:
    text = "Magnetic resonance imaging (MRI) was done. The MRI was normal."
    doc = with_model(nlp, text, ("MRI", "diagnosis", 0.75))
    assert not list(language.mentions(doc, "diagnosis"))
    assert any("short for" in reason for *_, reason in doc.user_data[DROPPED])


def test_a_short_form_of_an_organ_is_no_disease_of_it(found: Found) -> None:
    text = "CT showed stenosis of the proximal right coronary artery (RCA). The RCA was stented."
    assert [name for name, _ in found(text, "diagnosis")] == ["stenosis of the proximal right coronary artery"]


def test_resolver_alone_in_an_empty_pipeline() -> None:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("casesift_resolver")
    assert list(language.mentions(nlp("Nothing was found."))) == []


def test_symptoms_can_be_kept(nlp: Language) -> None:
    doc = with_model(nlp, "He had severe nausea.", ("severe nausea", "diagnosis", 0.9))
    assert [s.text for s in language.mentions(resolver(symptoms=True)(doc), "diagnosis")] == ["nausea"]


def test_the_model_alone_must_be_surer(nlp: Language) -> None:
    text, proposal = "It was a zorvaxosity thing.", "zorvaxosity"
    assert not list(language.mentions(with_model(nlp, text, (proposal, "diagnosis", 0.6)), "diagnosis"))
    assert list(language.mentions(with_model(nlp, text, (proposal, "diagnosis", 0.7)), "diagnosis"))


def test_low_confidence_is_dropped(nlp: Language) -> None:
    doc = with_model(nlp, "She took a zorvaxil thing.", ("zorvaxil", "drug", 0.2))
    assert not list(language.mentions(doc, "drug"))
    doc.spans["mentions"] = []
    assert [s.text for s in language.mentions(resolver(min_confidence=0.1, model_alone={})(doc), "drug")] == [
        "zorvaxil"
    ]


candidates = st.builds(
    lambda start, length, confidence, origin: Candidate(start, start + length, "drug", confidence, origin),
    st.integers(0, 40), st.integers(1, 12), st.floats(0, 1), st.sampled_from(["model", "vocabulary"]),
)  # fmt: skip


@given(st.lists(candidates, max_size=12))
def test_merged_candidates_do_not_overlap_and_are_among_the_proposed(proposed: list[Candidate]) -> None:
    merged = merge(proposed)
    assert all(a.end <= b.start for a, b in pairwise(merged))
    assert {(m.start, m.end) for m in merged} <= {(c.start, c.end) for c in proposed}
    assert bool(merged) == bool(proposed)
    assert all(0 <= c.confidence <= 1 for c in merged)


PIECES = [
    "oral", "prednisone", "20 mg", "daily", "in", "Vaseline", "left breast", "(STS)", "sodium thiosulfate", "carcinoma",
    "thyroid", "IV", "the", "cream", "was given", ".", ",", "and", "5 mL of", "normal saline", "\n\n", "pain 8/10", "CC",
]  # fmt: skip


@settings(max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_mentions_are_ordered_and_two_of_a_label_never_overlap(nlp: Language, pieces: list[str]) -> None:
    text = " ".join(pieces)
    doc = language.analyse(nlp, text)
    spans = list(language.mentions(doc))
    assert spans == sorted(spans, key=lambda s: (s.start, -s.end))
    ends: dict[str, int] = {}
    for span in spans:
        assert text[span.start_char : span.end_char] == span.text
        assert span.start >= ends.get(span.label_, 0)
        assert 0 <= span._.confidence <= 1
        assert span._.origin
        ends[span.label_] = span.end


@pytest.mark.parametrize("word", ["ruptured", "Necrotic", "traumatic"])
def test_how_something_is_names_no_disorder(nlp: Language, word: str) -> None:
    doc = with_model(nlp, f"It was {word}.", (word, "diagnosis", 0.95))
    assert not list(language.mentions(doc, "diagnosis"))


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("He took veltranol 30 mg twice daily and prednisone 5 mg daily.", ["veltranol", "prednisone"]),
        ("He took QRX 600 mg BD and isoniazid 300 mg OD.", ["QRX", "isoniazid"]),
        ("He took veltranol (Zorbex, Acme, Spain) 30 mg once daily.", ["veltranol"]),
        ("ZZT spray 2 puffs was used.", ["ZZT"]),
        ("Prednisone was given at 40 mg daily, then 20 mg daily, slowly lowered to 5 mg daily.", ["Prednisone"]),
        ("Aspirin was begun at the usual strength 100 mg daily.", ["Aspirin"]),
        ("The CRP was 80 mg daily higher.", []),
    ],
)
def test_a_name_in_a_drugs_place_is_a_drug_although_nobody_knows_it(found: Found, text: str, drugs: list[str]) -> None:
    assert [t for t, _ in found(text, "drug")] == drugs


def test_capital_letters_say_the_same(found: Found) -> None:
    text = "SHE WAS ADMITTED WITH PNEUMONIA AND TOOK METFORMIN 850 MG TWICE DAILY."
    assert [t for t, _ in found(text, "drug")] == ["METFORMIN"]
    assert [t for t, _ in found(text, "diagnosis")] == ["PNEUMONIA"]
    assert [t for t, _ in found(text, "dose")] == ["850 MG"]


def test_a_unit_in_capitals_is_no_disease(nlp: Language) -> None:
    doc = with_model(nlp, "HE TOOK METFORMIN 850 MG DAILY.", ("MG", "diagnosis", 0.9))
    assert [s.text for s in doc.spans["mentions"] if s.label_ == "diagnosis"] == []


def test_an_overdose_is_a_diagnosis_although_its_words_tell_a_dose(nlp: Language) -> None:
    doc = with_model(nlp, "She was admitted after an overdose of lecithin.", ("overdose", "diagnosis", 0.9))
    assert [s.text for s in doc.spans["mentions"] if s.label_ == "diagnosis"] == ["overdose"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Young Mania Rating Scale score was 31.", "Mania"),
        ("Her Crohn's Disease Activity Index was 320.", "Crohn's Disease"),
        ("The Psoriasis Area and Severity Index fell.", "Psoriasis"),
        ("The Manual of Mental Disorders was used.", "Mental Disorders"),
        ("The Department of Infectious Diseases was asked.", "Infectious Diseases"),
        ("An autism diagnostic interview was held.", "autism"),
        ("The lupus anticoagulant was positive.", "lupus"),
        ("The cystic fibrosis gene was sequenced.", "cystic fibrosis"),
        ("It was soaked with 500 mg of TXA.", "TXA"),
        ("It grew N. transvalensis at last.", "transvalensis"),
        ("A fungal organism was seen.", "fungal organism"),
    ],
)  # fmt: skip
def test_a_disease_in_the_name_of_a_scale_or_place_is_nobodys(nlp: Language, text: str, words: str) -> None:
    assert not list(language.mentions(with_model(nlp, text, (words, "diagnosis", 0.95)), "diagnosis"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Her psoriasis and a high severity index were told.", "psoriasis"),
        ("He fulfilled the criteria for lupus.", "lupus"),
        ("He was treated in a hospital for pneumonia.", "pneumonia"),
    ],
)  # fmt: skip
def test_a_disease_beside_a_scale_or_place_is_the_patients(nlp: Language, text: str, words: str) -> None:
    doc = with_model(nlp, text, (words, "diagnosis", 0.95))
    assert [m.text for m in language.mentions(doc, "diagnosis")] == [words]
