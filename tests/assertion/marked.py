"""Sentences with their mentions in [[double square brackets]], run through the component."""

from __future__ import annotations

import re
from functools import cache

from spacy.tokens import Doc
from spacy.vocab import Vocab

from extract.document import Section, SourceText
from extract.language.context.assertion import Assertion

MARK = re.compile(r"\[\[(?:(?P<label>diagnosis|drug|dose):)?(?P<text>.*?)\]\]")


VOCAB = Vocab()


@cache
def component() -> Assertion:
    return Assertion()


def plain_doc(text: str) -> Doc:
    """A Doc of words and signs, one sentence up to each full stop; needs no language and no other component."""
    words, spaces = [], []
    for m in re.finditer(r"\w+|[^\w\s]|\s+", text):
        if m.group() == " " and words and not spaces[-1]:
            spaces[-1] = True
        else:
            words.append(m.group())
            spaces.append(False)
    starts = [i == 0 or (words[i - 1] == "." and spaces[i - 1]) for i in range(len(words))]
    return Doc(VOCAB, words=words, spaces=spaces, sent_starts=starts)


def doc_of(marked: str, label: str, section: str = "") -> Doc:
    """A Doc with `[[mention]]`s of `label`, or of their own (`[[drug:aspirin]]`); sentences end at a full stop."""
    text, places, at = "", [], 0
    for m in MARK.finditer(marked):
        text += marked[at : m.start()]
        places.append((len(text), len(text) + len(m["text"]), m["label"] or label))
        text += m["text"]
        at = m.end()
    text += marked[at:]
    doc = plain_doc(text)
    doc.spans["mentions"] = [doc.char_span(a, b, label=name, alignment_mode="expand") for a, b, name in places]
    if section:
        doc._.source = SourceText(text, "text", sections=(Section(section, 0, len(text)),))
    return doc


def assert_marked(marked: str, label: str, section: str = "") -> list[tuple[str, str, str]]:
    """(text, assertion, why) of each marked mention."""
    doc = component()(doc_of(marked, label, section))
    return [(s.text, s._.assertion, s._.assertion_why) for s in doc.spans["mentions"]]
