"""Since when a patient has an illness, as the report tells it of the illness itself: "gout since childhood", "diagnosed with gout at the age of 20".

In: the mentions of a diagnosis with their sentences, and the patient's age. Out: the words of the report, and the age at onset where they tell one.
Precision goes before recall: the time must stand right beside the illness or the word of its finding, and what was done about the illness in the
same breath may have been done then. When it was found counts as when it began, for reports seldom tell both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE, SUMMARY
from extract.records.rule_files import cue

FILE = "onsets.csv"
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {name: float(n) for n, name in enumerate(_COUNTS, 1)} | {"a": 1.0, "an": 1.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0}  # fmt: skip
#: years in one of each unit
_YEARS = {"y": 1.0, "m": 1 / 12, "w": 7 / 365, "d": 1 / 365}
_COUNT = rf"(?P<n>\d+(?:\.\d+)?|{'|'.join(_NUMBERS)}|several|many|a few|few)"
_UNIT = r"(?P<unit>years?|months?|weeks?|days?)"
_ABOUT = r"(?:(?:about|approximately|around|some|nearly|almost|over|more than|roughly|at least) )?"
_VISIT = r"(?:(?:the |this |her |his |our )?(?:current |present |first )?(?:admission|presentation|referral|visit|consultation))"
_WAYS = {
    "age": rf"(?:at|from|since) (?:the |an )?age (?:of )?{_ABOUT}{_COUNT}(?:[ -]{_UNIT})?(?: old| of age)?",
    "aged": rf"(?:at|from|since) {_ABOUT}{_COUNT}[ -]{_UNIT} (?:of age|old)",
    "ago": rf"{_ABOUT}{_COUNT} {_UNIT} (?:ago|earlier|previously|(?:before|prior to) {_VISIT}|(?:before|prior)(?=[\s,]*(?:$|[.;,)])))",
    "for": rf"for (?:the (?:past|last|previous) )?{_ABOUT}{_COUNT} {_UNIT}(?! (?:after|before|until|with|and then|later))",
    "since": r"(?:since|from) (?:early |his |her )?(?P<when>birth|childhood|infancy|adolescence|youth)",
    "year": r"(?:in|since) (?:(?:early|late|mid|[A-Z][a-z]{2,8}) )?(?:19|20)\d\d\b",
}  # fmt: skip
#: a name of a group stands once in an expression, so each way is one of its own
_TIMES = {way: re.compile(rf"(?:{pattern})(?![\w-])", re.IGNORECASE) for way, pattern in _WAYS.items()}
_HISTORY = re.compile(rf"(?P<text>{_COUNT}[ -]{_UNIT}['’]?(?:[ -]long)? history) of (?:[\w-]+ ){{0,2}}$", re.IGNORECASE)
_BRACKET = re.compile(r"^\s*\([^()]*\)")
#: between a time and the illness behind it, where the word of finding stands before both: "diagnosed ten years ago with X"
_LED = re.compile(r"[\s,]*(?:with|to have|as(?: having)?) (?:an? )?(?:[\w-]+ ){0,3}")
#: what may stand between an illness and a word of its finding: "X, which had been first noted"
_VERB = re.compile(
    r"(?:(?:which |that )?(?:(?:was|were|had been|has been|is) )?(?:(?:first|initially|originally|previously) )?)"
)
#: ends the breath in which an illness is told
_CLAUSE = re.compile(r"[;:.]|, (?:and|but|which|who|when|while)\b|\band (?:was|had|has|is)\b")
_LISTED = re.compile(r"(?:_[\s,]*(?:and |or )?)+$")
#: how far before an illness the word of its finding may stand
_NEAR = 60


@dataclass(frozen=True, slots=True)
class Onset:
    """Since when: the words of the report, and the age of the patient then, in years; None where they tell no age."""

    text: str
    years: float | None


def onset(mentions: Iterable[tuple[Mention, Sentence]], age: float | None) -> Onset | None:
    """The onset of a diagnosis, by the first of its mentions that tells one; `age`: of the patient now, in years."""
    for m, s in mentions:
        if (m.assertion or "present") not in ("present", "historical") or s.section not in (*CASE, *SUMMARY):
            continue
        if (told := _told(s, m, age)) is not None:
            return told
    return None


def _told(s: Sentence, m: Mention, age: float | None) -> Onset | None:
    before = _LISTED.sub("", _without(s.before(m), s, m, before=True))
    if match := _HISTORY.search(before):
        return _since(match, "ago", match["text"], age)
    after = _BRACKET.sub("", s.after(m)).lstrip(' ,("”’')
    return _behind(before, after, age) or _ahead(before, age)


def _without(text: str, s: Sentence, m: Mention, *, before: bool) -> str:
    """The text beside an illness with each other illness as "_"."""
    at = s.start if before else m.end
    for other in reversed(s.of("diagnosis")):
        start, end = other.start - at, other.end - at
        if start >= 0 and end <= len(text) and other != m:
            text = f"{text[:start]}_{text[end:]}"
    return text


def _behind(before: str, after: str, age: float | None) -> Onset | None:
    """Right behind the illness, or behind a word of its finding there."""
    breath = _CLAUSE.split(before)[-1][-_NEAR:]
    found = _last(breath, "found") > _last(breath, "treated")
    rest = _VERB.sub("", after, count=1)
    if (named := cue("found", FILE).match(rest)) is not None:
        after, found = rest[named.end() :].lstrip(), True
    for way, time in _TIMES.items():
        if (match := time.match(after)) is None:
            continue
        if found or (way in ("for", "since", "ago") and _last(breath, "treated") < 0):
            return _since(match, way, match.group(), age)
    return None


def _ahead(before: str, age: float | None) -> Onset | None:
    """Before the illness: "diagnosed ten years ago with X", "At the age of 20 he was diagnosed with X"."""
    for way, time in _TIMES.items():
        if way == "for":
            continue
        for match in time.finditer(before):
            between = before[match.end() :]
            if len(between) > _NEAR or _CLAUSE.search(between) or "_" in between:
                continue
            led = _LED.fullmatch(between)
            just = cue("found", FILE).search(before[max(0, match.start() - 30) : match.start()])
            if (led and just) or (_last(between, "found") >= 0 and _last(between, "treated") < 0):
                return _since(match, way, match.group(), age)
    return None


def _last(text: str, kind: str) -> int:
    """Where the last word of a kind stands in a text; -1 for nowhere."""
    return max((m.start() for m in cue(kind, FILE).finditer(text)), default=-1)


def _since(match: re.Match[str], way: str, text: str, age: float | None) -> Onset:
    words = " ".join(text.split())
    if way == "since":
        return Onset(words, 0.0 if match["when"].lower() == "birth" else None)
    amount = _years(match["n"].lower(), match["unit"] or "years") if way != "year" else None
    if amount is None:
        return Onset(words, None)
    return Onset(words, amount if way in ("age", "aged") else _age_then(age, amount))


def _years(count: str, unit: str) -> float | None:
    """So many units in years; None for "several"."""
    number = float(count) if count[0].isdigit() else _NUMBERS.get(count)
    return None if number is None else round(number * _YEARS[unit[0].lower()], 4)


def _age_then(age: float | None, amount: float) -> float | None:
    """The age so many years ago; of less than a year beside an age in whole years the age itself, which is no sharper."""
    if age is None or amount > age:
        return None
    if amount < 1 and age >= 3 and age == int(age):
        return age
    return round(age - amount, 4)
