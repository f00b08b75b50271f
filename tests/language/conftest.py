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
