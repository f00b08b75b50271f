"""Sentences with their mentions in [[double square brackets]], run through the component."""

from __future__ import annotations

import re
from functools import cache

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from extract.language.assertion import Assertion
from extract.reading.source import Section, SourceText

MARK = re.compile(r"\[\[(?:(?P<label>diagnosis|drug):)?(?P<text>.*?)\]\]")


@cache
def blank() -> tuple[Language, Assertion]:
    return spacy.blank("en"), Assertion()


def doc_of(marked: str, label: str, section: str = "") -> Doc:
    """A Doc with `[[mention]]`s of `label`, or of their own (`[[drug:aspirin]]`); sentences end at a full stop."""
    nlp, _ = blank()
    text, places, at = "", [], 0
    for m in MARK.finditer(marked):
        text += marked[at : m.start()]
        places.append((len(text), len(text) + len(m["text"]), m["label"] or label))
        text += m["text"]
        at = m.end()
    text += marked[at:]
    doc = nlp(text)
    for token in doc:
        token.is_sent_start = token.i == 0 or doc[token.i - 1].text == "."
    doc.spans["mentions"] = [doc.char_span(a, b, label=name, alignment_mode="expand") for a, b, name in places]
    if section:
        doc._.source = SourceText(text, "text", sections=(Section(section, 0, len(text)),))
    return doc


def assert_marked(marked: str, label: str, section: str = "") -> list[tuple[str, str, str]]:
    """(text, assertion, why) of each marked mention."""
    _, component = blank()
    doc = component(doc_of(marked, label, section))
    return [(s.text, s._.assertion, s._.assertion_why) for s in doc.spans["mentions"]]
