"""Sentences of our own, read the whole way: the diagnoses and drugs that a report tells of its patient, and no others."""

import csv
from pathlib import Path

import pytest

from extract.document import SourceText

OPENING = "A 45-year-old man was admitted to our hospital for evaluation. "
TREATED = (
    "A 45-year-old man was admitted to our hospital with nephrotic syndrome. He was given prednisone 60 mg daily. "
)
#: rows that a reader would not call wrong where they are not asked for
FREE = ("absent", "family")


def sentences(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def wanted(row: dict[str, str]) -> list[tuple[str, str]]:
    return [
        tuple(cell.strip().lower() for cell in part.split(" = ")) for part in row["rows"].split(";") if part.strip()
    ]


def judge(row: dict[str, str], extractor) -> str:
    """What is wrong with the rows of a sentence; empty when nothing is."""
    report = extractor.extract(SourceText(text=OPENING + row["text"] + "\n", kind="text"))
    rows = [(f"{d.diagnosis} | {d.text}".lower(), d.assertion) for d in report.diagnoses]
    faults = []
    for name, assertion in wanted(row):
        fitting = [r for r in rows if name in r[0] or (r[0].split(" | ")[0] in name and r[1] == assertion)]
        if not any(a == assertion for _, a in fitting):
            faults.append(f"{name} is not {assertion} ({[a for _, a in fitting]})")
        rows = [r for r in rows if r not in fitting]
    faults += [f"{text.split(' | ')[0]} = {assertion}" for text, assertion in rows if assertion not in FREE]
    return "; ".join(faults)


@pytest.fixture(scope="module")
def extractor():
    from extract import Extractor

    return Extractor()


@pytest.mark.parametrize(
    "row", sentences("diagnosis_sentences.csv"), ids=lambda row: f"{row['kind']}: {row['text'][:60]}"
)
def test_the_rows_of_a_sentence(row, extractor):
    assert judge(row, extractor) == ""


@pytest.mark.parametrize(
    "row", sentences("literature_sentences.csv"), ids=lambda row: f"{row['kind']}: {row['text'][:60]}"
)
def test_whose_drug_a_sentence_tells(row, extractor):
    report = extractor.extract(SourceText(text=TREATED + row["text"] + "\n", kind="text"))
    index = {case.case_id for case in report.cases if case.role == "index"}
    own = [t.drug for t in report.treatments if t.case_id in index and t.drug != "prednisone"]
    assert bool(own) == (row["kind"] == "patient"), own


def test_common_diagnoses_of_all_specialties_are_found_whole(extractor):
    names = [name for row in sentences("diagnosis_names.csv") for name in row["names"].split(";")]
    text = "".join(f"Imaging and other tests revealed {name}, and he was treated accordingly.\n\n" for name in names)
    doc = extractor.nlp(text)
    found = {span.text.lower() for span in doc.spans["mentions"] if span.label_ == "diagnosis"}
    assert [name for name in names if name.lower() not in found] == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Thrombotic thrombocytopenic purpura (TTP) was found. He died of severe TTP.", ["thrombotic thrombocytopenic purpura"]),
        ("Infective endocarditis was found. The endocarditis resolved with antibiotics.", ["infective endocarditis"]),
        ("Liver metastases were seen. A hepatic metastasis was resected.", ["liver metastases"]),
        ("Autoimmune hepatitis was diagnosed by biopsy. His hepatitis flared in May.", ["autoimmune hepatitis"]),
        ("He had hypertension and portal hypertension.", ["hypertension", "portal hypertension"]),
        ("He had viral pneumonia and later aspiration pneumonia.", ["viral pneumonia", "aspiration pneumonia"]),
        (
            "He had gouty arthritis, septic arthritis and then arthritis of the knee.",
            ["gouty arthritis", "septic arthritis", "arthritis"],
        ),
        ("Squamous cell carcinoma and small cell carcinoma were found.", ["squamous cell carcinoma", "small cell carcinoma"]),
    ],
)  # fmt: skip
def test_a_disease_told_again_makes_one_row_and_two_diseases_two(text, names, extractor):
    report = extractor.extract(SourceText(text=OPENING + text + "\n", kind="text"))
    assert [d.diagnosis for d in report.diagnoses] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A patient with psoriasis was treated with adalimumab. Tuberculosis developed.", ["psoriasis", "tuberculosis"]),
        ("An-86-year-old male with gout presented with cellulitis.", ["gout", "cellulitis"]),
        ("We describe two siblings with Fabry disease who had cataract.", ["fabry disease", "cataract"]),
        ("A patient with psoriasis should be told of it. A diet is of use.", []),
    ],
)  # fmt: skip
def test_a_patient_without_an_age_is_one(text, names, extractor):
    report = extractor.extract(SourceText(text=text + "\n", kind="text"))
    assert [(d.diagnosis, d.assertion) for d in report.diagnoses] == [(name, "present") for name in names]
