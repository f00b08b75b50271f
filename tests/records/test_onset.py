"""Since when a patient has an illness: what is told of the illness itself, and nothing of what was done about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.tokens import Doc

from extract.records.assemble import assemble
from extract.schema import Document

Marked = Callable[[str], Doc]
SOMEBODY = "## case\nA [age:50-year-old] [sex:woman] was seen. "


def onsets(marked: Marked, text: str) -> list[tuple[str, float | None]]:
    doc = marked(SOMEBODY + text)
    for span in doc.spans["mentions"]:
        if span.label_ == "age":
            span._.norm = "50"
    report = assemble(doc, Document(doc_id="d0", file="a.txt", sha256="0" * 64))
    return [(d.onset_text, d.onset_years) for d in report.diagnoses]


@pytest.mark.parametrize(
    ("text", "told", "years"),
    [
        ("She was diagnosed with [diagnosis:gout] at the age of 20.", "at the age of 20", 20.0),
        ("She had a 10-year history of [diagnosis:gout].", "10-year history", 40.0),
        ("She had a three-month history of severe [diagnosis:gout].", "three-month history", 50.0),
        ("She had had [diagnosis:gout] for twelve years.", "for twelve years", 38.0),
        ("[diagnosis:Gout] (G) had been diagnosed two years earlier.", "two years earlier", 48.0),
        ("[diagnosis:Gout] was first noted in 1999.", "in 1999", None),
        ("At the age of 6 months, she was diagnosed with [diagnosis:gout].", "At the age of 6 months", 0.5),
        ("At age 7 years, she was diagnosed with [diagnosis:asthma] and [diagnosis:gout].", "At age 7 years", 7.0),
        ("Thirty years ago, she was found to have [diagnosis:gout].", "Thirty years ago", 20.0),
        ("She was diagnosed several years ago with [diagnosis:gout].", "several years ago", None),
        ("She was known for [diagnosis:gout] since childhood.", "since childhood", None),
        ("She had [diagnosis:gout] since birth.", "since birth", 0.0),
        ("A [diagnosis:myocardial infarction|historical] 2 years previously was known.", "2 years previously", 48.0),
    ],
)
def test_a_time_beside_an_illness_is_that_of_its_beginning(
    marked: Marked, text: str, told: str, years: float | None
) -> None:
    assert onsets(marked, text)[-1] == (told, years)


@pytest.mark.parametrize(
    "text",
    [
        "She had been treated for [diagnosis:gout] for ten years.",
        "She underwent surgery for [diagnosis:gout] 3 years ago.",
        "A tooth had been removed for [diagnosis:gout] at the age of 30.",
        "[diagnosis:Gout] was treated with rest for two weeks.",
        "[diagnosis:Gout|possible] for ten years was thought of.",
        "Her mother had [diagnosis:gout|family] since childhood.",
        "She took aspirin for ten years and had [diagnosis:gout].",
        "Two years ago she moved; [diagnosis:gout] was found.",
        "She had a 10-year history of cough. [diagnosis:Gout] was found.",
    ],
)
def test_other_times_are_not(marked: Marked, text: str) -> None:
    assert set(onsets(marked, text)) <= {("", None)}


def test_a_time_longer_than_the_patient_has_lived_tells_no_age(marked: Marked) -> None:
    assert onsets(marked, "She had had [diagnosis:gout] for 90 years.") == [("for 90 years", None)]


def test_what_a_discussion_tells_is_no_onset(marked: Marked) -> None:
    text = "[diagnosis:Gout] was found.\n\n## discussion\n[diagnosis:Gout] diagnosed at the age of 20 is rare."
    assert onsets(marked, text) == [("", None)]
