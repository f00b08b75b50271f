"""Pipelines for the tests of the language room: vocabulary and rules only, so that no model weights are needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from extract import language


@pytest.fixture(scope="session")
def nlp() -> Language:
    stages = ["sentences", "abbreviations", "terms", "quantities", "resolver"]
    return language.load(**{"nlp.pipeline": [f"casesift_{stage}" for stage in stages]})


@pytest.fixture(scope="session")
def read(nlp: Language) -> Callable[[str], Doc]:
    return lambda text: language.analyse(nlp, text)


@pytest.fixture(scope="session")
def found(nlp: Language) -> Callable[..., list[tuple[str, str]]]:
    """Text and canonical name of the mentions of a label."""

    def find(text: str, label: str) -> list[tuple[str, str]]:
        return [(s.text, s._.norm) for s in language.mentions(language.analyse(nlp, text), label)]

    return find


@pytest.fixture(scope="session")
def diagnoses_with_model(nlp: Language) -> Callable[[str, str], list[str]]:
    """The diagnoses of a text where a sure model has proposed these words."""

    def find(text: str, words: str) -> list[str]:
        doc = nlp.make_doc(text)
        for name, stage in nlp.pipeline:
            if name == "casesift_terms":
                start = text.index(words)
                span = doc.char_span(start, start + len(words), label="diagnosis")
                assert span is not None
                span._.confidence, span._.origin = 0.9, "model"
                doc.spans["model"] = [span]
            doc = stage(doc)
        return [s.text for s in language.mentions(doc, "diagnosis")]

    return find
