from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from extract import language
from extract.document import Section, SourceText
from extract.language.abbreviations import valid_pair

Read = Callable[[str], Doc]


def test_defined_once_found_everywhere(read: Read) -> None:
    doc = read("She was given sodium thiosulfate (STS). The STS helped, and STS was kept. STSX is no such thing.")
    assert doc._.long_forms == {"STS": "sodium thiosulfate"}
    assert [s.text for s in doc.spans["abbreviations"]] == ["STS"] * 3
    assert [s._.norm or s._.long_form for s in language.mentions(doc, "drug")][1:] == ["sodium thiosulfate"] * 3


def test_long_form_in_brackets(read: Read) -> None:
    assert read("She had SLE (systemic lupus erythematosus).")._.long_forms == {"SLE": "systemic lupus erythematosus"}


def test_plural(read: Read) -> None:
    doc = read("Nonsteroidal anti-inflammatory drugs (NSAIDs) were tried. No NSAID helped.")
    assert doc._.long_forms["NSAID"] == "Nonsteroidal anti-inflammatory drug"


def test_a_brand_in_brackets_is_no_abbreviation(read: Read) -> None:
    assert read("She had an actinic keratosis (AK cream) tried.")._.long_forms == {}


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("PT", "patients were treated"),
        ("AIDS", "and it does so"),
        ("MRI", "magnetic imaging"),
        ("CC", "CC cream"),
        ("US", "us"),
    ],
)
def test_pairs_refused(short: str, long: str) -> None:
    assert not valid_pair(short, long)


def test_a_unit_after_a_number_is_a_unit(read: Read) -> None:
    doc = read("Calcinosis cutis (CC) was seen. We gave 5 CC of it into the CC lesion.")
    starts = [doc.text[s.start_char - 2 : s.end_char] for s in doc.spans["abbreviations"]]
    assert starts == ["s (CC"[-4:], "e CC"]


def test_a_word_in_capitals_is_a_word(read: Read) -> None:
    doc = read("Acute lymphoblastic leukemia (ALL) was found.\n\nFIRST OF ALL TESTS\n\nThe ALL relapsed.")
    assert len(doc.spans["abbreviations"]) == 2


def test_references_are_left_out(nlp: Language) -> None:
    body, references = "He took aspirin.", "Smith J. Deep vein thrombosis (DVT). J Med."
    text = f"{body}\n\n{references}"
    sections = (Section("case", 0, len(body)), Section("references", len(body) + 2, len(text)))
    doc = language.analyse(nlp, SourceText(text, "text", sections))
    assert doc._.long_forms == {}
    assert not [s for s in language.mentions(doc) if s.start_char > len(body)]


def test_time_grows_with_the_brackets_not_with_their_square(nlp: Language) -> None:
    text = "It was seen (once) there. " * 4000
    doc = nlp.make_doc(text)
    doc = nlp.get_pipe("casesift_sentences")(doc)
    start = time.perf_counter()
    nlp.get_pipe("casesift_abbreviations")(doc)
    assert time.perf_counter() - start < 5


def test_doc_with_abbreviations_can_be_stored(read: Read, nlp: Language) -> None:
    doc = read("She was given sodium thiosulfate (STS).")
    again = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert again._.long_forms == {"STS": "sodium thiosulfate"}
    assert [s.text for s in again.spans["mentions"]] == [s.text for s in doc.spans["mentions"]]
