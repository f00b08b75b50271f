"""Diagnoses named in part made whole: "[tunnel syndrome]" is carpal tunnel syndrome, "[hepatitis B] and C" are two.

In: a sentence's mentions. Out: the same, some of them longer, and one more for each further member of a series. The rules
stand in `rules/wholes.csv`. A longer mention gets the name and the code of its whole wording; what a series names
("C" of "hepatitis B and C") quotes its own letter, and its `long_form` is the disease.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Span

from extract.language.codes import icd
from extract.language.codes.component import ICD_SYSTEM, diagnosis_norm
from extract.records.cues import rows

_KEPT = ("assertion", "assertion_why", "confidence", "heads")


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    name: re.Pattern[str]
    pattern: re.Pattern[str]


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(r["kind"], re.compile(r["name"], re.IGNORECASE), re.compile(_anchored(r)))
        for r in rows("wholes.csv")
    )  # fmt: skip


def _anchored(row: dict[str, str]) -> str:
    return f"(?<![\\w-])(?:{row['pattern']})$" if row["kind"] == "before" else f"(?:{row['pattern']})"


def whole(spans: list[Span], text: str, *, coded: bool) -> list[Span]:
    """The mentions with the diagnoses made whole, in order. `text`: the document's; `coded`: its diagnoses have been looked up."""
    made: list[Span] = []
    for span in spans:
        if span.label_ != "diagnosis":
            made.append(span)
            continue
        longer = _longer(span, text, spans, coded)
        made += [longer, *_series(longer, text, spans, coded)]
    return made


def _longer(span: Span, text: str, spans: list[Span], coded: bool) -> Span:
    start, end = span.start_char, span.end_char
    for rule in _rules():
        if rule.kind == "series" or not rule.name.fullmatch(span.text):
            continue
        match = rule.pattern.search(text[:start][-40:]) if rule.kind == "before" else rule.pattern.match(text, end)
        if match and rule.kind == "before":
            start -= len(match.group())
        elif match:
            end = match.end()
    if (start, end) == (span.start_char, span.end_char) or _taken(start, end, span, spans):
        return span
    longer = span.doc.char_span(start, end, label=span.label_, alignment_mode="expand")
    return span if longer is None else _told_like(longer, span, origin=span._.origin, long_form="", coded=coded)


def _series(first: Span, text: str, spans: list[Span], coded: bool) -> list[Span]:
    found: list[Span] = []
    for rule in _rules():
        name = re.match(r"(?P<name>.*\S)\s+[A-E]$", first.text, re.DOTALL)
        if rule.kind != "series" or name is None or not rule.name.fullmatch(name["name"]):
            continue
        at = first.end_char
        while match := rule.pattern.match(text, at):
            at = match.end()
            member = first.doc.char_span(*match.span(1), label=first.label_, alignment_mode="expand")
            if member is None or _taken(*match.span(1), first, spans):
                break
            found.append(
                _told_like(
                    member, first, origin="coordination", long_form=f"{name['name']} {match.group(1)}", coded=coded
                )
            )
    return found


def _taken(start: int, end: int, span: Span, spans: list[Span]) -> bool:
    """Whether another diagnosis stands in what the mention would grow into."""
    return any(
        m is not span and m.label_ == "diagnosis" and m.start_char < end and start < m.end_char
        and not (m.start_char == span.start_char and m.end_char == span.end_char)
        for m in spans
    )  # fmt: skip


def _told_like(new: Span, old: Span, *, origin: str, long_form: str, coded: bool) -> Span:
    for name in _KEPT:
        new._.set(name, old._.get(name))
    new._.origin, new._.long_form = origin, long_form
    new._.norm = diagnosis_norm(new.text, long_form)
    if coded and (match := icd.link([new._.norm])[0]) is not None:
        new._.code_system, new._.code, new._.code_score = ICD_SYSTEM, match.code, match.score
    return new
