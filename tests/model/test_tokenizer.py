"""The tokenizer: text is preserved, and what people annotate can be a span."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.lang.en import English
from spacy.util import registry

from extract.language.tokenizer import build_tokenizer

NLP = English()
NLP.tokenizer = build_tokenizer(NLP)


def words(text: str) -> list[str]:
    return [t.text for t in NLP.make_doc(text) if not t.is_space]


@given(st.text(alphabet=st.sampled_from("aBé1.5,;:%µ/-–()[]'’\"+<=≥ \t\n\u00a0\u2009\u2005\u200bmgdLx*°")))
def test_text_is_preserved(text: str) -> None:
    doc = NLP.make_doc(text)
    assert doc.text == text
    assert all(text[t.idx : t.idx + len(t)] == t.text for t in doc)


@given(st.text())
def test_any_unicode_is_preserved(text: str) -> None:
    assert NLP.make_doc(text).text == text


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("clozapine-induced myocarditis", "clozapine"),
        ("a naproxen–esomeprazole tablet", "esomeprazole"),
        ("took codeine/paracetamol", "codeine"),
        ("gave 40mg of it", "40"),
        ("gave 40mg/day of it", "mg"),
        ("gave 2.5\u2009mg twice", "2.5\u2009mg"),
        ("gave 2.5\u00a0mg twice", "2.5"),
        ("gave 2.5\u2005mg twice", "mg"),
        ("had hepatitis B.", "hepatitis B"),
        ("lack of vitamin D, then", "vitamin D"),
        ("(gout)", "gout"),
        ("[gout]-like", "gout"),
        ("Crohn’s disease", "Crohn"),
        ("a 61-year-old man", "61-year-old"),
        ("a 61-year-old man", "61"),
        ("bleeding.The", "bleeding"),
        ("gout,asthma", "asthma"),
        ("5-fluorouracil", "fluorouracil"),
        ("cream (2%)", "2%"),
        ("gout[12]", "gout"),
        ("asthma\u200b.", "asthma"),
        ("oedema/ascites-related", "ascites"),
        ("non-hodgkin", "hodgkin"),
        ("gout.4 He", "gout"),
        ("the patient (n=8) improved", "8"),
    ],
)
def test_mention_can_be_a_span(text: str, mention: str) -> None:
    start = text.index(mention)
    span = NLP.make_doc(text).char_span(start, start + len(mention))
    assert span is not None and span.text == mention


@pytest.mark.parametrize("word", ["1,500", "0.5", "120/80", "8/10", "1:1", "i.v.", "b.i.d.", "Dr.", "im", "id", "TNFα"])
def test_word_stays_whole(word: str) -> None:
    assert words(f"so {word} it is") == ["so", word, "it", "is"]


def test_negation_is_split_off() -> None:
    assert words("She didn't and cannot") == ["She", "did", "n't", "and", "can", "not"]


def test_full_stop_ends_a_sentence_after_a_unit_or_letter() -> None:
    assert words("He took 5 mg. It was type B.")[-1] == "."
    assert words("He took 5mg.") == ["He", "took", "5", "mg", "."]


def test_link_is_one_token() -> None:
    assert "https://example.org/a-b/c" in words("see https://example.org/a-b/c here")


def test_is_registered() -> None:
    assert registry.tokenizers.get("casesift.Tokenizer.v1")()(NLP)("a-b")[0].text == "a"


def test_many_signs_take_no_long_time() -> None:
    assert NLP.make_doc("-" * 5000).text == "-" * 5000
