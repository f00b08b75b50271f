"""Harm done by drugs: which drug and harm a sentence ties, how, and what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract import Extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.fixture
def events(extractor: Extractor, tmp_path: Path):
    def read(text: str) -> list[tuple[str, ...]]:
        (tmp_path / "a.txt").write_text(f"Case Report\n\nA 54-year-old woman came for review. {text}\n")
        told = extractor(tmp_path / "a.txt").adverse_events
        return [(e.event, e.drug, e.link, e.action_taken, e.outcome) for e in told]

    return read


@pytest.mark.parametrize(
    ("sentence", "row"),
    [
        ("Lithium-induced hypothyroidism was found.", ("hypothyroidism", "lithium", "cause", "", "")),
        ("Her agranulocytosis was due to clozapine.", ("agranulocytosis", "clozapine", "cause", "", "")),
        ("Amlodipine 5 mg daily was stopped because of dizziness.", ("dizziness", "amlodipine", "cause", "stopped", "")),
        ("Pancreatitis, a known side effect of azathioprine, was diagnosed.", ("pancreatitis", "azathioprine", "cause", "", "")),
        ("Carbamazepine was given for a week but caused vomiting.", ("vomiting", "carbamazepine", "cause", "", "")),
        ("After ten weeks of linezolid she developed anemia.", ("anemia", "linezolid", "time", "", "")),
        ("Nephrotic syndrome developed during treatment with infliximab.", ("nephrotic syndrome", "infliximab", "time", "", "")),
        ("She had a rash while being treated with carbamazepine.", ("rash", "carbamazepine", "time", "", "")),
        ("Scleritis complicating zoledronic acid infusion was seen.", ("scleritis", "zoledronic acid", "cause", "", "")),
        ("This was alveolitis in a patient receiving amiodarone.", ("alveolitis", "amiodarone", "time", "", "")),
        ("Urticaria occurred two hours after amoxicillin.", ("urticaria", "amoxicillin", "time", "", "")),
        ("She developed hepatitis attributed to isoniazid. Isoniazid was stopped, and the hepatitis resolved.",
         ("hepatitis", "isoniazid", "cause", "stopped", "resolved")),
        ("Methotrexate caused stomatitis, and the dose was reduced.", ("stomatitis", "methotrexate", "cause", "dose reduced", "")),
        ("She died of fatal amiodarone-induced pneumonitis.", ("pneumonitis", "amiodarone", "cause", "", "fatal")),
    ],
)  # fmt: skip
def test_a_harm_its_drug_and_what_came_of_it(events, sentence, row) -> None:
    assert events(sentence) == [row]


@pytest.mark.parametrize(
    "sentence",
    [
        "The pneumonia was treated with ceftriaxone.",
        "Her pneumonia resolved after treatment with amoxicillin.",
        "Seizures persisted despite treatment with valproate.",
        "The mania of a man treated with lithium was severe.",
        "Her gout improved after colchicine.",
        "Remission of the leukaemia was induced by imatinib.",
        "She took aspirin without nausea.",
        "Imatinib led to marked tumor shrinkage and lymphoma regression.",
        "She had hypertension. The hypertension went on after amlodipine.",
        "Her psoriasis came back after acitretin was stopped.",
        "Her brother developed a rash after penicillin.",
    ],
)
def test_what_is_no_harm_of_a_drug(events, sentence) -> None:
    assert events(sentence) == []


def test_several_drugs_and_several_harms_of_a_list_are_tied_each_to_each(events) -> None:
    assert [(event, drug) for event, drug, *_ in events("Cisplatin and gentamicin caused tinnitus and renal failure.")] == [
        ("tinnitus", "cisplatin"), ("tinnitus", "gentamicin"), ("renal failure", "cisplatin"), ("renal failure", "gentamicin"),
    ]  # fmt: skip


def test_a_row_names_the_rows_of_its_drug_and_its_diagnosis(extractor: Extractor, tmp_path: Path) -> None:
    text = (
        "Case Report\n\nA 54-year-old woman took clozapine 100 mg daily. Clozapine-induced myocarditis was diagnosed.\n"
    )
    (tmp_path / "a.txt").write_text(text)
    report = extractor(tmp_path / "a.txt")
    (event,) = report.adverse_events
    (treatment,) = report.treatments
    assert event.treatment_id == treatment.treatment_id
    (diagnosis,) = (d for d in report.diagnoses if "myocarditis" in d.diagnosis)
    assert (event.diagnosis_id, event.code) == (diagnosis.diagnosis_id, diagnosis.code)
    assert event.code
    assert text[event.start : event.end] == "myocarditis"
    assert report.reasons[event.event_id] == ("tied in case: drug_first: [-induced]",)
