"""Patients' ratings of pain in running text, told from everything else that is written "8/10".

Sentence by sentence. A fraction ("8/10", "7 out of 10") or a number beside an instrument ("VAS score of 7", "5 on the
NRS") is a rating when the nearest telling word is one of pain (rules/pain_words.csv); where a sentence has one, or
names pain itself, its changes ("fell from 9 to 2", "decreased to 1") are ratings, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from extract.language.finders.found import Found, overlaps
from extract.language.quantities.numbers import NUMBER
from extract.language.quantities.pain import (
    FREE,
    OUT_OF,
    SCALE,
    Pain,
    is_pain_scale,
    parse_pain,
    parse_scale,
    without_scale_ends,
)  # fmt: skip
from extract.language.quantities.parts import RANGE, rules

_KINDS = {
    kind: re.compile(
        "|".join(rf"(?<!\w){row['pattern']}" for row in rules("pain_words") if row["kind"] == kind), re.IGNORECASE
    )
    for kind in ("pain", "other")
}
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\[(\"“])|\n\s*\n")
_OUT_OF = re.compile(
    rf"(?<![\w./,:]){OUT_OF}(?![\w/])(?!\s?(?:of\s+)?(?:patients|cases|hpf|high|cm|mm))", re.IGNORECASE
)
_SCALE = re.compile(rf"(?<!\w){SCALE}(?!\w)(?:\s?\((?:VAS|NRS|NPRS|VRS)\))?", re.IGNORECASE)
_FREE = re.compile(FREE, re.IGNORECASE)
#: a bare rating: nothing behind it that makes it a count, a share, a time or an amount
_RATING = rf"(?:{NUMBER})(?:\s?±\s?\d+(?:\.\d+)?|{RANGE}{NUMBER})?(?:\s?/\s?10\b)?(?:\s?[mc]m\b)?"
_END = (
    r"(?![\w%‰])(?!\s?[%=/:])(?![.,]\d)(?!\s?-?(?:days?|weeks?|months?|mo\b|hours?|h\b|min|years?|points?|point-|patients?|mg|ml|g\b"
    r"|times?|cases?|percent|sessions?|injections?|st\b|nd\b|rd\b|th\b|kg|cm|mm))"
)
_LINKS = [
    "score",
    "scores",
    "scale",
    "rating",
    "ratings",
    "was",
    "is",
    "were",
    "are",
    "of",
    "at",
    "to",
    "as",
    "a",
    "an",
    "the",
    "had",
    "been",
    "recorded",
    "rated",
    "reported",
    "measured",
    "estimated",
    "scored",
    "about",
    "approximately",
    "around",
    "still",
    "only",
    "now",
    "value",
    "level",
    "intensity",
    "pain",
    "from",
    "for",
    "in",
    "rest",
    "movement",
    "max",
]
_LINK = rf"(?:[\s:=,(\)_]|\b(?:{'|'.join(_LINKS)})\b)*"
_AFTER_SCALE = re.compile(rf"{_LINK}(?P<value>{_RATING}){_END}", re.IGNORECASE)
_OF_PAIN = re.compile(
    rf"\s+(?:of|for|in)\s+(?:the\s+|her\s+|his\s+)?(?:[a-z-]+\s+){{1,4}}(?:is|was|of|were|at)\s+(?P<value>{_RATING}){_END}",
    re.IGNORECASE,
)
_BEFORE_SCALE = re.compile(
    rf"(?<![\w.])(?P<value>{_RATING})\s*(?:\(|,\s?)?(?:(?:on|in|by|per|according\s+to|as\s+measured\s+(?:by|on|with|using)|using|points?\s+on)\s+)?"
    rf"(?:(?:the|a|an|his|her)\s+)?(?:[a-z0-9_-]+\s+){{0,2}}$",
    re.IGNORECASE,
)
_ASIDE = r"(?:\s*\([^)]{0,60}\))?"
_VERBS = [
    "reduced",
    "decreased",
    "dropped",
    "fell",
    "improved",
    "increased",
    "rose",
    "declined",
    "lowered",
    "worsened",
    "went",
    "came",
    "changed",
    "diminished",
    "subsided",
    "eased",
    "down",
    "up",
    "reduction",
    "decrease",
    "improvement",
    "drop",
    "decline",
    "rated",
    "scored",
    "graded",
    "estimated",
    "intensity",
    "severity",
    "reached",
]
_CHANGE = re.compile(
    rf"\b(?:{'|'.join(_VERBS)})\b(?:\s+(?!from\b|to\b|by\b|of\b)\w+){{0,5}}?{_ASIDE}\s+(?:(?:down|up)\s+)?"
    rf"(?:from\s+(?:an?\s+)?(?:score\s+of\s+)?(?P<a>{_RATING}){_ASIDE}(?:\s+\w+){{0,4}}?\s+to\s+(?:an?\s+)?(?:score\s+of\s+)?(?P<b>{_RATING}){_END}"
    rf"|(?:to|as|at)\s+(?:an?\s+|only\s+)?(?:score\s+of\s+)?(?P<c>{_RATING}){_END})",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"(?P<a>\S+)\s+to\s+(?P<b>\S+.*)")
_FALL = re.compile(
    r"\b(?:reduc|decreas|drop|improve|chang|differ|increas)\w*\s+(?:of|by)\s+(?:about\s+)?$", re.IGNORECASE
)


@dataclass
class _Known:
    """What the report has told so far: the last instrument named, and how far each one goes."""

    scale: str = ""
    maxima: dict[str, float] = field(default_factory=dict)
    rated: bool = False  # the sentence before held a rating


def find_pain(text: str) -> list[Found]:
    """Mentions of pain ratings, in order; "pain-free" and its like only in reports with a rating, as an inferred 0."""
    if not (_OUT_OF.search(text) or _SCALE.search(text) or re.search(r"(?i)\bpain", text)):
        return []
    known = _Known()
    found: list[Found] = []
    previous = ""
    for start, sentence in _sentences(text):
        here = _sentence(sentence, previous, known)
        known.rated = bool(here)
        found.extend(replace(f, start=f.start + start, end=f.end + start) for f in here)
        previous = sentence
    if found:
        found.extend(
            Found("pain_score", m.start(), m.end(), str(Pain(0.0, inferred=True)), 0.4)
            for m in _FREE.finditer(text)
            if not overlaps(m.start(), m.end(), found)
        )
    return sorted(found, key=lambda f: f.start)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for match in _SENTENCE.finditer(text):
        yield start, text[start : match.start()]
        start = match.end()
    yield start, text[start:]


def _sentence(text: str, previous: str, known: _Known) -> list[Found]:
    """The ratings of one sentence."""
    fractions = list(_OUT_OF.finditer(text))
    scales = list(_SCALE.finditer(text))
    pain_here = _KINDS["pain"].search(text)
    if not (fractions or scales or (pain_here and re.search(r"\bto\s+(?:\d|zero|one|two)", text))):
        return []
    numbers = without_scale_ends(text)
    scale, maximum, certain = "", None, False
    for match in scales:
        kind = is_pain_scale(match[0].split("(")[0].strip())
        name, top = parse_scale(match[0])
        if kind == "generic":
            name = known.scale or name
        else:
            known.scale = name
        certain = certain or kind != "false" or _about_pain(text, match.start(), match.end(), previous)
        scale = scale or name
        maximum = maximum or top
    if scales:
        told = parse_scale(text)[1]
        maximum = told or maximum
        if maximum:
            known.maxima[scale] = maximum
        maximum = maximum or known.maxima.get(scale)
    found: list[Found] = []

    def add(start: int, end: int, value: str, confidence: float, top: float | None, name: str) -> None:
        pain = parse_pain(value)
        if pain is None or pain.inferred or overlaps(start, end, found):
            return
        top = pain.scale_max or top or (100.0 if name == "VAS" and pain.value > 10 else None)
        if pain.value <= (top or 10) and (pain.value_max or 0) <= (top or 10):
            printed = str(replace(pain, scale_max=top, scale=pain.scale or name))
            found.append(Found("pain_score", start, end, printed, confidence))

    if certain:
        for match in scales:
            for number in (_AFTER_SCALE.match(numbers, match.end()), _OF_PAIN.match(numbers, match.end())):
                if number and number["value"]:
                    add(match.start(), number.end("value"), number["value"], 0.92, maximum, scale)
                    break
            lead = _BEFORE_SCALE.search(numbers[: match.start()])
            if lead and not _FALL.search(numbers[: lead.start("value")]) and not re.search(r"\bpoints?\b", lead[0]):
                at = lead.start("value")
                if change := _FROM_TO.fullmatch(lead["value"]):  # "from 7 to 5 on the NRS" are two ratings
                    add(at, at + change.end("a"), change["a"], 0.92, maximum, scale)
                    add(at + change.start("b"), match.end(), change["b"], 0.92, maximum, scale)
                else:
                    add(at, match.end(), lead["value"], 0.92, maximum, scale)
    for match in fractions:
        if not overlaps(match.start(), match.end(), found) and (
            _about_pain(text, match.start(), match.end(), previous if known.rated or not pain_here else "")
        ):
            add(match.start(), match.end(), match[0], 0.95 if certain or pain_here else 0.8, None, scale)
    vetoed = _KINDS["other"].search(text)
    if found or (certain and scales) or (pain_here and not vetoed):
        top = maximum or next((p.scale_max for f in found if (p := parse_pain(f.norm)) and p.scale_max), None)
        for match in _CHANGE.finditer(numbers):
            if not (found or certain) and not match["a"]:
                continue
            near = text[max(0, match.start() - 80) : match.end()]
            if (other := _last(_KINDS["other"], near)) > _last(_KINDS["pain"], near) and other >= 0:
                continue
            for name in ("a", "b", "c"):
                if match[name] and not overlaps(match.start(name), match.end(name), found):
                    add(match.start(name), match.end(name), match[name], 0.9 if found or certain else 0.6, top, scale)
    return found


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match begins, or -1."""
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def _about_pain(text: str, start: int, end: int, previous: str) -> bool:
    """Whether the nearest telling word is one of pain: before the mention, else after it, else in the sentence before."""
    lead = text[max(0, start - 140) : end]
    pain, other = _last(_KINDS["pain"], lead), _last(_KINDS["other"], lead)
    if pain != other:
        return pain > other
    rest = text[end : end + 60]
    first = {kind: match.start() for kind, pattern in _KINDS.items() if (match := pattern.search(rest))}
    if first:
        return min(first, key=first.__getitem__) == "pain"
    return _last(_KINDS["pain"], previous) > _last(_KINDS["other"], previous)
