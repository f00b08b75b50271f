"""What treats and is no drug: which rows a report gives, whether it was done, and how much of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract import Extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor()


@pytest.fixture
def rows(extractor: Extractor, tmp_path: Path):
    def read(text: str, case: str = "c1") -> list[tuple[object, ...]]:
        (tmp_path / "a.txt").write_text(f"Case Report\n\nA 54-year-old woman came with back pain. {text}\n")
        told = [t for t in extractor(tmp_path / "a.txt").therapies if t.case_id.endswith(case)]
        return [
            (t.text, t.therapy, t.kind, t.status, *(v for v in (t.dose_gy, t.fractions, t.sessions) if v is not None))
            for t in told
        ]

    return read


@pytest.mark.parametrize(
    ("sentence", "row"),
    [
        ("She underwent emergency laparoscopic cholecystectomy.", ("emergency laparoscopic cholecystectomy", "cholecystectomy", "surgery", "given")),
        ("A stapedotomy was performed.", ("stapedotomy", "stapedotomy", "surgery", "given")),
        ("She had undergone a hysterectomy for fibroids.", ("hysterectomy", "hysterectomy", "surgery", "past")),
        ("She had had an appendectomy at the age of 14.", ("appendectomy", "appendectomy", "surgery", "past")),
        ("Her medical history included gout and coronary artery bypass grafting.",
         ("coronary artery bypass grafting", "coronary artery bypass grafting", "surgery", "past")),
        ("She was scheduled for elective splenectomy.", ("elective splenectomy", "splenectomy", "surgery", "planned")),
        ("Haemodialysis was offered, and she declined it.", ("Haemodialysis", "hemodialysis", "dialysis", "declined")),
        ("Surgery was judged impossible.", ("Surgery", "surgery", "surgery", "avoided")),
        ("Radiotherapy with 60 Gy in 30 fractions was given.", ("Radiotherapy", "radiotherapy", "radiotherapy", "given", 60.0, 30)),
        ("She received whole-brain irradiation (3000 cGy).", ("whole-brain irradiation", "whole brain radiotherapy", "radiotherapy", "given", 30.0)),
        ("She had five sessions of plasmapheresis.", ("plasmapheresis", "plasma exchange", "apheresis", "given", 5)),
        ("Hyperbaric oxygen therapy for 20 sessions was given.",
         ("Hyperbaric oxygen therapy", "hyperbaric oxygen therapy", "oxygen", "given", 20)),
        ("The pain persisted despite physiotherapy.", ("physiotherapy", "physiotherapy", "rehabilitation", "failed")),
        ("She was weaned from mechanical ventilation, which was stopped on day 4.",
         ("mechanical ventilation", "mechanical ventilation", "ventilation", "given")),
    ],
)  # fmt: skip
def test_a_therapy_its_kind_its_status_and_how_much(rows, sentence, row) -> None:
    assert rows(sentence) == [row]


@pytest.mark.parametrize(
    "sentence",
    [
        "She was seen by the plastic surgery team.",
        "The cholecystectomy scar was clean.",
        "Her mother had undergone hysterectomy.",
        "The risks of surgery were explained.",
        "She had neither undergone surgery nor been ill.",
        "Radiation-induced dermatitis was seen.",
        "Ten days before surgery the scan was normal.",
        "Tens of cells were seen, and the plex was intact.",
    ],
)
def test_what_is_no_therapy_of_the_patient(rows, sentence) -> None:
    assert rows(sentence) == []


def test_one_row_for_what_is_told_again_and_one_for_another_dose(rows) -> None:
    told = "Radiotherapy with 50 Gy was given to the chest. After radiotherapy she was well. A year later radiotherapy with 20 Gy was given."
    assert rows(told) == [
        ("Radiotherapy", "radiotherapy", "radiotherapy", "given", 50.0),
        ("radiotherapy", "radiotherapy", "radiotherapy", "given", 20.0),
    ]


def test_what_was_planned_and_then_done_is_done_and_a_general_name_is_no_row_beside_it(rows) -> None:
    assert rows("Surgery was planned. She was scheduled for nephrectomy. Nephrectomy was performed on day 5.") == [
        ("Nephrectomy", "nephrectomy", "surgery", "given")
    ]


def test_other_peoples_therapies_are_not_the_patients(extractor: Extractor, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Case Report\n\nA 54-year-old woman with a thymoma underwent thymectomy.\n\nDiscussion\n\nA 30-year-old man in another report "
        "took prednisone 20 mg daily and underwent plasma exchange. Radiofrequency ablation is an alternative. In our patient, thymectomy was enough.\n"
    )
    report = extractor(tmp_path / "a.txt")
    index = {c.case_id for c in report.cases if c.role == "index"}
    assert [t.therapy for t in report.therapies if t.case_id in index] == ["thymectomy"]
    assert [t.therapy for t in report.therapies if t.case_id not in index] == ["plasma exchange"]


def test_a_row_says_why_and_stands_where_its_words_stand(extractor: Extractor, tmp_path: Path) -> None:
    text = "Case Report\n\nA 54-year-old woman had a history of left partial nephrectomy.\n"
    (tmp_path / "a.txt").write_text(text)
    report = extractor(tmp_path / "a.txt")
    (row,) = report.therapies
    assert text[row.start : row.end] == row.text == "left partial nephrectomy"
    assert report.reasons[row.therapy_id] == (
        "status: past where it stands in case: past_before: [history of]",
    )  # fmt: skip
    assert (row.section, row.evidence, row.confidence) == ("case", text.splitlines()[2], 0.94)


def test_the_mentions_are_as_they_were(extractor: Extractor, tmp_path: Path) -> None:
    """A therapy on the words of a mention changes nothing of it."""
    nlp = extractor.nlp
    doc = nlp(
        "Case Report\n\nA 54-year-old woman had postoperative ileus after colectomy. She took aspirin. She had no radiation dermatitis."
    )
    before = [(m.text, m.label_, m._.assertion, m._.norm) for m in doc.spans["mentions"]]
    nlp.get_pipe("casesift_therapies")(doc)
    assert [(m.text, m.label_, m._.assertion, m._.norm) for m in doc.spans["mentions"]] == before
    assert [s.text for s in doc.spans["therapies"]] == ["colectomy"]
