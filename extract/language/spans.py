"""What the language stages write on a spaCy `Doc`, and the few helpers that read it back.

`doc.spans["mentions"]` holds the mentions (labels: `schema.MENTION_LABELS`), in document order, as the
resolver left them; they may overlap (an age inside nothing, a form inside a drug phrase), but two of the
same label never do. `doc.spans["annotated"]` holds those of the table of mentions (`annotation`), `doc.spans["relatives"]` the stretches
told of relatives of the patient. Raw proposals stand in `doc.spans["model"]`, `doc.spans["terms"]` and
`doc.spans["quantities"]`. Settings of a span are span extensions:

    span._.norm         canonical name (drug, vehicle, form, route, site, diagnosis) or printed value (quantities)
    span._.assertion    diagnoses: present, historical, possible, absent, family; drugs: given, stopped, failed, declined,
                        planned, avoided, exposure, or "general" (told of nobody); empty for others
    span._.assertion_why  the rule and the words that decided the assertion, for a person to read; "" for the default
    span._.confidence   0 to 1
    span._.heads        heads of the mention model that proposed it, joined by "; "
    span._.origin       model, vocabulary, rule, abbreviation, table
    span._.code_system, span._.code, span._.code_score      drug: DrugBank/MeSH; diagnosis: ICD-10-CM
    span._.long_form    the phrase an abbreviation stands for in this document, else ""
    span._.core         of a diagnosis with attributes added ("postural tachycardia syndrome") its name without them, else ""
    doc._.source        the SourceText the Doc was made from (may be None in somebody else's pipeline)

Parsed quantities are not stored: `quantities.parse_dose(span.text)` and its sisters are pure and quick.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from spacy.tokens import Doc, Span

MENTIONS = "mentions"
ANNOTATED = "annotated"
RELATIVES = "relatives"
_TEXT = "casesift.text"  # in `doc.user_data`

_SPAN_DEFAULTS: dict[str, Any] = {
    "norm": "", "assertion": "", "confidence": 1.0, "origin": "", "code_system": "", "code": "", "code_score": None,
    "long_form": "", "assertion_why": "", "heads": "", "core": "",
}  # fmt: skip


def register() -> None:
    """Register the extensions above; safe to call more than once."""
    for name, default in _SPAN_DEFAULTS.items():
        if not Span.has_extension(name):
            Span.set_extension(name, default=default)
    if not Doc.has_extension("source"):
        Doc.set_extension("source", default=None)


def text_of(doc: Doc) -> str:
    """The text of `doc`, joined once: spaCy joins `doc.text` anew, token by token, at every look."""
    text = doc.user_data.get(_TEXT)
    if text is None:
        text = doc.user_data[_TEXT] = doc.text
    return str(text)


def mentions(doc: Doc, *labels: str) -> Iterator[Span]:
    """The resolved mentions of `doc` in document order, of the given labels or all."""
    for span in doc.spans.get(MENTIONS, ()):
        if not labels or span.label_ in labels:
            yield span


def in_sections(doc: Doc, names: Collection[str]) -> list[tuple[int, int]]:
    """The stretches of characters that sections of these names hold, in order."""
    source = doc._.source
    return [(s.start, s.end) for s in source.sections if s.name in names] if source is not None else []


def section_name(doc: Doc, offset: int) -> str:
    """Canonical name of the section that holds the character, or ""."""
    source = doc._.source
    section = source.section_at(offset) if source is not None else None
    return section.name if section else ""


register()
