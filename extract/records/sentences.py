"""The Doc as records see it: sentences that know their section, paragraph and mentions.

In: a Doc with sentences and `doc.spans["mentions"]`. Out: a list of `Sentence` in document order, their mentions weighed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from spacy.tokens import Doc, Span

from extract.language.codes.component import ICD_SYSTEM
from extract.language.spans import mentions, text_of
from extract.records.context_overrides import apart, weigh
from extract.records.diagnoses.complete_names import whole
from extract.records.patients.relatives import relatives
from extract.records.sentence import CASE, Sentence


def sentences(doc: Doc) -> list[Sentence]:
    """All sentences of the document with their mentions as the records see them: names made whole, what is taken back marked so."""
    source, text = doc._.source, text_of(doc)
    found: list[Sentence] = []
    paragraph = 0
    for i, sent in enumerate(doc.sents):
        raw = text[sent.start_char : sent.end_char]
        start = sent.start_char + len(raw) - len(raw.lstrip())
        end = max(start, sent.end_char - (len(raw) - len(raw.rstrip())))
        if found and "\n\n" in text[found[-1].end : start]:
            paragraph += 1
        section = source.section_at(start) if source is not None else None
        name = section.name if section else ""
        if found and (name != found[-1].section):
            paragraph += 1
        found.append(Sentence(doc, i, start, end, text[start:end], name, section.case if section else "", paragraph))
    place(found, mentions(doc))
    coded = any(m._.code_system == ICD_SYSTEM for m in mentions(doc, "diagnosis"))
    for s in found:
        s.mentions = whole(s.mentions, text, coded=coded)
    apart(found)
    for s in found:
        weigh(s, told=s.section in CASE)
    relatives(found)
    return found


def place(found: list[Sentence], spans: Iterable[Span]) -> None:
    """Give each mention to the sentence it begins in."""
    starts = [s.start for s in found]
    for span in spans:
        i = bisect_right(starts, span.start_char) - 1
        if i >= 0:
            found[i].mentions.append(span)
