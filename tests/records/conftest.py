"""Documents for the record tests, written with their mentions marked: `[drug:prednisone]`, `[drug:STS|declined]`.

A line "## case" opens a section; "## case 2" a numbered case. So record rules are tested without the language stages.
"""

import re
from collections.abc import Callable

import pytest
import spacy
from spacy.tokens import Doc, Span

import extract.language.spans  # registers the extensions
from extract.document import Section, SourceText
from extract.language.context.report_context import ReportContext

_MARK = re.compile(r"\[(\w+):([^\]|]+)(?:\|([^\]|]*))?(?:\|([^\]]*))?\]")


def build(marked: str) -> Doc:
    text, spans, sections = "", [], []
    for block in re.split(r"\n(?=## )|\n\n", marked.strip()):
        head = re.match(r"## (\w+)(?: (\w+))?\n?", block)
        if head:
            if sections:
                sections[-1][2] = len(text)
            sections.append([head.group(1), len(text), None, head.group(2) or ""])
            block = block[head.end() :]
        at = 0
        for m in _MARK.finditer(block):
            text += block[at : m.start()]
            spans.append((len(text), len(text) + len(m.group(2)), m.group(1), m.group(3) or "", m.group(4) or ""))
            text += m.group(2)
            at = m.end()
        text += block[at:] + "\n\n"
    if sections:
        sections[-1][2] = len(text)
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    doc = nlp(text)
    for token in doc[1:]:
        if "\n\n" in token.nbor(-1).text:
            token.is_sent_start = True
    doc._.source = SourceText(
        text=text, kind="text", sections=tuple(Section(n, s, e, case=c) for n, s, e, c in sections)
    )
    made: list[Span] = []
    for start, end, label, assertion, norm in spans:
        span = doc.char_span(start, end, label=label, alignment_mode="expand")
        assert span is not None
        span._.assertion, span._.norm = assertion, norm
        made.append(span)
    doc.spans["mentions"] = made
    return ReportContext(child_age=16)(doc)


@pytest.fixture
def marked() -> Callable[[str], Doc]:
    return build


__all__ = ["build", "extract"]
