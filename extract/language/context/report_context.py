"""The component `casesift_context`: what the whole sentence, its section and the report make of each mention.

Last of the stages that decide, behind the codes. In: a Doc with sentences and mentions, asserted by their triggers and coded. Out:
`doc.spans["mentions"]` as it stays: names made complete ("carpal [tunnel syndrome]"), names that are something else taken out, the
assertion changed where a sentence takes a mention back or tells it of a relative, with the reason in `span._.assertion_why`; and
`doc.spans["relatives"]`. After it nothing changes a mention.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from extract.language import spans
from extract.language.codes.component import ICD_SYSTEM
from extract.language.context.complete_names import complete
from extract.language.context.overrides import override, strangers_out
from extract.language.context.relatives import relatives
from extract.language.mention import Mention, from_span, sentences
from extract.settings import defaults

#: attribute of a `Mention` -> extension of a span
_EXTENSIONS = {f.name: f.name for f in fields(Mention) if f.name not in ("start", "end", "label", "text", "why")}
_EXTENSIONS["why"] = "assertion_why"


class ReportContext:
    """The component; see the module's docstring. Of a patient younger than `child_age` years "the mother" is the patient's mother."""

    def __init__(self, child_age: float) -> None:
        self.child_age = child_age

    def __call__(self, doc: Doc) -> Doc:
        """Write the mentions of `doc` as they stay."""
        found = sentences(doc) if doc.has_annotation("SENT_START") else []
        if not any(s.mentions for s in found):
            return doc
        coded = any(m.code_system == ICD_SYSTEM for s in found for m in s.mentions if m.label == "diagnosis")
        text = spans.text_of(doc)
        unchanged = {id(m): m for s in found for m in s.mentions}
        found = [replace(s, mentions=complete(s, text, coded=coded)) for s in found]
        found = relatives([override(s) for s in strangers_out(found)], self.child_age)
        kept = list(_written(doc, (m for s in found for m in s.mentions), unchanged))
        doc.spans[spans.MENTIONS] = kept
        doc.spans[spans.RELATIVES] = [
            span for s in found for start, end in s.relatives if (span := _stretch(doc, start, end)) is not None
        ]
        doc.ents = filter_spans(kept)
        return doc


def _written(doc: Doc, mentions: Iterable[Mention], unchanged: Mapping[int, Mention]) -> Iterator[Span]:
    """The spans of the mentions, those of `doc` where they stand there, with what has changed written on them.

    `unchanged`: by their id those that are as their spans have it, unless words on which something was written bear two labels.
    """
    known = {(s.start_char, s.end_char, s.label_): s for s in spans.mentions(doc)}
    written: set[tuple[int, int]] = set()
    for m in mentions:
        span = known.get((m.start, m.end, m.label)) or doc.char_span(m.start, m.end, label=m.label)
        if span is None:
            continue
        if id(m) not in unchanged or (m.start, m.end) in written:
            before = from_span(span)
            for attribute, extension in _EXTENSIONS.items():
                value = getattr(m, attribute)
                if value != getattr(before, attribute):
                    span._.set(extension, value)
                    written.add((m.start, m.end))
        yield span


def _stretch(doc: Doc, start: int, end: int) -> Span | None:
    return doc.char_span(start, end, label="relative", alignment_mode="expand")


@Language.factory(
    "casesift_context",
    default_config=defaults("casesift_context"),
    requires=["doc.spans"],
    assigns=["doc.spans", "doc.ents", "span._.assertion", "span._.assertion_why"],
)
def make_context(nlp: Language, name: str, child_age: float) -> ReportContext:
    """Factory of the component `casesift_context`; settings as for `ReportContext`."""
    spans.register()
    return ReportContext(child_age)
