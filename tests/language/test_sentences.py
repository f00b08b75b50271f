from __future__ import annotations

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from extract import language
from extract.language.sentences import sentence_starts, sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "He took 2.5 mg of warfarin b.i.d. for a week.",
        "The rash (Fig. 2) had spread.",
        "As Meyer et al. (2004) wrote, it heals.",
        "As Meyer et al. reported, it heals.",
        "Cultures grew S. aureus and E. coli.",
        "Dr. A. B. Sutter saw her.",
        "The lesion measured approx. 3 cm.",
        "She was given i.v. fluids and 5 mg q.d. of it.",
        "The dose was 10 mg vs. 20 mg before.",
        "Her pH was 7.2 and St. John's wort was stopped.",
        "We used a laser (Lumex Inc., Bern) at 5 J.",
        "Candida sp. was found.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("He took it b.i.d. The pain went.", 2),
        ("It was hepatitis C. The liver was large.", 2),
        ("She lost weight. 3 weeks later she came back.", 2),
        ("Was it gout? It was. We treated it!", 3),
        ("He was treated daily.5,6 The pain went.", 2),
        ("It healed [12]. Nothing was left.", 2),
        ("Pain was 8/10.She slept badly.", 2),
        ("He said “it hurts.” We believed him.", 2),
        ("The dose was 5 mg. (It had been 10 mg.) She was well.", 3),
    ],
)
def test_ends_are_found(text: str, parts: int) -> None:
    assert len(split(text)) == parts


def test_a_blank_line_always_ends_and_a_heading_stands_alone() -> None:
    text = "Case report\n\nA man of 30 came\n\nwith pain in the knee."
    assert split(text) == ["Case report", "A man of 30 came", "with pain in the knee."]


def test_wrapped_lines_are_one_sentence_and_short_lines_are_headings() -> None:
    text = (
        "Discussion\nThe treatment of the disease is not agreed upon and differs between the\n"
        "centres that have reported it so far. We chose the mildest\nof the known drugs for her."
    )
    assert split(text) == [
        "Discussion",
        "The treatment of the disease is not agreed upon and differs between the\ncentres that have reported it so far.",
        "We chose the mildest\nof the known drugs for her.",
    ]


def test_one_sentence_a_line() -> None:
    assert len(split("She had fever.\nShe had a cough.\nShe was well in a week.")) == 3


@settings(max_examples=200)
@given(st.text(alphabet="aB.!? \n()1,5[]é", max_size=80))
def test_starts_are_ordered_and_inside_the_text(text: str) -> None:
    starts = sentence_starts(text)
    assert starts == sorted(set(starts))
    assert all(0 <= s < len(text) for s in starts)
    assert bool(starts) == bool(text.strip())


@settings(max_examples=100)
@given(st.text(alphabet="aB.!? \n()1", max_size=60))
def test_component_keeps_every_token_in_a_sentence(text: str) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("casesift_sentences")
    doc = nlp(text)
    assert "".join(s.text_with_ws for s in doc.sents) == text


def test_pysbd_can_be_chosen() -> None:
    nlp = language.load(**{"nlp.pipeline": ["casesift_sentences"], "components.casesift_sentences.method": "pysbd"})
    assert len(list(nlp("She had gout. It hurt.").sents)) == 2
