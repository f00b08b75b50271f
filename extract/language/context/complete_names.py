"""Diagnoses named in part made whole: "[tunnel syndrome]" is carpal tunnel syndrome, "[hepatitis B] and C" are two.

In: a sentence's mentions. Out: the same, some of them longer, and one more for each further member of a series. The rules
stand in `rules/wholes.csv`. A longer mention gets the name and the code of its whole wording; what a series names
("C" of "hepatitis B and C") quotes its own letter, and its `long_form` is the disease.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from extract.language.codes import icd
from extract.language.codes.component import ICD_SYSTEM, diagnosis_norm
from extract.language.context.attributes import name_start
from extract.language.context.rule_files import NAMES
from extract.language.mention import Mention, Sentence


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: str
    name: re.Pattern[str]
    pattern: re.Pattern[str]


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(r["kind"], re.compile(r["name"], re.IGNORECASE), re.compile(_anchored(r)))
        for r in NAMES
    )  # fmt: skip


def _anchored(row: dict[str, str]) -> str:
    return f"(?<![\\w-])(?:{row['pattern']})$" if row["kind"] == "before" else f"(?:{row['pattern']})"


def complete(s: Sentence, text: str, *, coded: bool) -> tuple[Mention, ...]:
    """The mentions of a sentence with the diagnoses made whole, in order. `text`: the document's; `coded`: its diagnoses have codes."""
    made: list[Mention] = []
    for mention in s.mentions:
        if mention.label != "diagnosis":
            made.append(mention)
            continue
        longer = _attributed(_longer(mention, text, s, coded), text, s, coded)
        made += [longer, *_series(longer, text, s, coded)]
    return tuple(made)


def _longer(mention: Mention, text: str, s: Sentence, coded: bool) -> Mention:
    start, end = mention.start, mention.end
    for rule in _rules():
        if rule.kind == "series" or not rule.name.fullmatch(mention.text):
            continue
        match = rule.pattern.search(text[:start][-40:]) if rule.kind == "before" else rule.pattern.match(text, end)
        if match and rule.kind == "before":
            start -= len(match.group())
        elif match:
            end = match.end()
    if (start, end) == (mention.start, mention.end) or _taken(start, end, mention, s.mentions):
        return mention
    longer = s.mention(start, end, mention.label)
    return mention if longer is None else _like(longer, mention, origin=mention.origin, long_form="", coded=coded)


def _attributed(mention: Mention, text: str, s: Sentence, coded: bool) -> Mention:
    """The mention with the attributes before it; wordings still meet under its name without them."""
    if mention.long_form or mention.text.isupper():
        return mention
    start = name_start(text, mention.start, lambda a, b: any(m.overlaps(a, b) for m in s.mentions))
    longer = None if start == mention.start else s.mention(start, mention.end, mention.label)
    if longer is None:
        return mention
    made = _like(longer, mention, origin=mention.origin, long_form="", coded=coded)
    return replace(made, core=mention.norm or mention.text)


def _series(first: Mention, text: str, s: Sentence, coded: bool) -> list[Mention]:
    found: list[Mention] = []
    for rule in _rules():
        name = re.match(r"(?P<name>.*\S)\s+[A-E]$", first.text, re.DOTALL)
        if rule.kind != "series" or name is None or not rule.name.fullmatch(name["name"]):
            continue
        at = first.end
        while match := rule.pattern.match(text, at):
            at = match.end()
            member = s.mention(*match.span(1), first.label)
            if member is None or _taken(*match.span(1), first, s.mentions):
                break
            long_form = f"{name['name']} {match.group(1)}"
            found.append(_like(member, first, origin="coordination", long_form=long_form, coded=coded))
    return found


def _taken(start: int, end: int, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether another diagnosis stands in what the mention would grow into."""
    return any(
        m.label == "diagnosis" and m.overlaps(start, end) and (m.start, m.end) != (mention.start, mention.end)
        for m in mentions
    )


def _like(new: Mention, old: Mention, *, origin: str, long_form: str, coded: bool) -> Mention:
    norm = diagnosis_norm(new.text, long_form)
    made = replace(
        new, origin=origin, long_form=long_form, norm=norm,
        assertion=old.assertion, why=old.why, confidence=old.confidence, heads=old.heads,
    )  # fmt: skip
    if coded and (match := icd.link([norm])[0]) is not None:
        made = replace(made, code_system=ICD_SYSTEM, code=match.code, code_score=match.score)
    return made
