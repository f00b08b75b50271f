"""The Doc as records see it: sentences that know their section, paragraph and mentions.

In: a Doc with sentences and `doc.spans["mentions"]`, which stays as it is. Out: `Sentence`s in document order, their mentions weighed:
names made complete, what the words around take back marked so, what is told of relatives.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from spacy.tokens import Doc

from extract.language.codes.component import ICD_SYSTEM
from extract.language.mention import Mention, Sentence, Tokens, from_span
from extract.language.spans import mentions, text_of
from extract.records.context_overrides import override, strangers_out
from extract.records.diagnoses.complete_names import complete
from extract.records.patients.relatives import relatives
from extract.settings import RecordsSettings, packaged


def sentences(doc: Doc, settings: RecordsSettings | None = None) -> list[Sentence]:
    """All sentences of the document with their mentions as the records see them."""
    text = text_of(doc)
    found = _placed(_outlines(doc, text), [from_span(span) for span in mentions(doc)])
    coded = any(m.code_system == ICD_SYSTEM for s in found for m in s.mentions if m.label == "diagnosis")
    found = [replace(s, mentions=complete(s, text, coded=coded)) for s in found]
    found = [override(s) for s in strangers_out(found)]
    return relatives(found, (settings or packaged().records).child_age)


def _outlines(doc: Doc, text: str) -> list[Sentence]:
    """The sentences of a Doc, without mentions."""
    source, tokens = doc._.source, Tokens(doc, text)
    found: list[Sentence] = []
    paragraph = 0
    for i, sent in enumerate(doc.sents):
        raw = text[sent.start_char : sent.end_char]
        start = sent.start_char + len(raw) - len(raw.lstrip())
        end = max(start, sent.end_char - (len(raw) - len(raw.rstrip())))
        section = source.section_at(start) if source is not None else None
        name = section.name if section else ""
        if found:
            paragraph += "\n\n" in text[found[-1].end : start]
            paragraph += name != found[-1].section
        case_label = section.case if section else ""
        found.append(Sentence(i, start, end, text[start:end], name, case_label, paragraph, tokens))
    return found


def _placed(outlines: Sequence[Sentence], found: Sequence[Mention]) -> list[Sentence]:
    """The sentences, each with the mentions that begin in it."""
    starts = [s.start for s in outlines]
    placed: list[list[Mention]] = [[] for _ in outlines]
    for mention in found:
        i = bisect_right(starts, mention.start) - 1
        if i >= 0:
            placed[i].append(mention)
    return [replace(s, mentions=tuple(inside)) for s, inside in zip(outlines, placed, strict=True)]
