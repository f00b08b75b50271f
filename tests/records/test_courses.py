"""What is told of the course of a drug beside its dosing: what for, since when, in which order, in how many cycles, why it was ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract import Extractor, Report


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.fixture
def read(extractor: Extractor, tmp_path: Path):
    def made(text: str) -> Report:
        (tmp_path / "a.txt").write_text(f"Case Report\n\nA 54-year-old woman with sarcoidosis was seen. {text}\n")
        return extractor(tmp_path / "a.txt")

    return made


@pytest.mark.parametrize(
    ("sentence", "drug", "purpose"),
    [
        ("She took metformin 500 mg twice daily for diabetes mellitus.", "metformin", "diabetes mellitus"),
        ("Her gout was treated with colchicine and prednisone.", "colchicine", "gout"),
        ("Her gout was treated with colchicine and prednisone.", "prednisone", "gout"),
        ("She had depression, for which she received citalopram 20 mg daily.", "citalopram", "depression"),
        ("Ciprofloxacin was given for the treatment of cystitis.", "ciprofloxacin", "cystitis"),
        ("Pneumonia was diagnosed. She was treated with ceftriaxone.", "ceftriaxone", "Pneumonia"),
    ],
)
def test_a_drug_names_the_diagnosis_it_was_given_for(read, sentence, drug, purpose) -> None:
    report = read(sentence)
    (row,) = [t for t in report.treatments if t.drug == drug]
    assert row.indication_text == purpose
    (diagnosis,) = [d for d in report.diagnoses if d.diagnosis_id == row.indication]
    assert diagnosis.text.lower() == purpose.lower()


@pytest.mark.parametrize(
    "sentence",
    [
        "She took prednisone 20 mg daily for two weeks.",
        "She had gout. Her hypertension went on. Metformin was given.",
        "Neutropenia came under clozapine.",
        "Amoxicillin was stopped for a rash.",
        "Heparin was given for thrombosis prophylaxis.",
    ],
)
def test_nothing_is_told_where_the_words_do_not_say_it(read, sentence) -> None:
    assert {(t.indication, t.indication_text) for t in read(sentence).treatments} == {("", "")}


@pytest.mark.parametrize(
    ("sentence", "kind", "text"),
    [
        ("Amlodipine was stopped because of dizziness.", "adverse_event", "dizziness"),
        ("Methotrexate was stopped after a year because of lack of effect.", "no_response", "lack of effect"),
        ("Because of her pregnancy, methotrexate was stopped.", "pregnancy", "her pregnancy"),
        ("Adalimumab was discontinued due to its cost.", "cost", "its cost"),
        ("Pregabalin was stopped by the patient herself.", "patient_wish", "the patient herself"),
        ("Infliximab was stopped because of a planned move.", "other", "a planned move"),
    ],
)
def test_why_a_drug_was_ended(read, sentence, kind, text) -> None:
    (row,) = read(sentence).treatments
    assert (row.status, row.reason_stopped, row.reason_stopped_text) == ("stopped", kind, text)


@pytest.mark.parametrize(
    ("sentence", "counts"),
    [
        ("She received six cycles of cyclophosphamide and doxorubicin.", {"cyclophosphamide": 6, "doxorubicin": 6}),
        ("Paclitaxel was given for 4 cycles.", {"paclitaxel": 4}),
        ("Paclitaxel 80 mg/m2 was given weekly.", {"paclitaxel": None}),
    ],
)
def test_how_many_cycles(read, sentence, counts) -> None:
    assert {t.drug: t.cycles for t in read(sentence).treatments} == counts


def test_when_and_in_which_order(read) -> None:
    report = read(
        "She had taken methotrexate 10 mg weekly without effect. On day 3 infliximab and azathioprine were started. Two weeks later "
        "prednisone 20 mg daily was added. Rituximab was declined."
    )
    assert [(t.drug, t.order, t.started) for t in report.treatments] == [
        ("methotrexate", 1, ""), ("infliximab", 2, "On day 3"), ("azathioprine", 2, "On day 3"), ("prednisone", 3, "Two weeks later"),
        ("rituximab", None, ""),
    ]  # fmt: skip
