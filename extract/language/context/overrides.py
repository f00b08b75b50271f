"""What the words around a mention take back: a disease that was prevented, a drug never taken, an event long over.

In: a sentence with its mentions. Out: the same; the assertion of a mention that tells no fact of anybody is "general", that of a
diagnosis treated and over before this illness "historical", with the reason in `why`. The rules stand in `rules/provisos.csv`. They see
the whole sentence and its section, which the triggers do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from extract.language.context.rule_files import CUES, OVERRIDES
from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE

#: statuses of a drug that was really taken, told by words of its own
REAL = ("given", "stopped", "failed")
#: and of one that was not
_DENIED = ("avoided", "declined", "general")
#: how far before a mention the words that take it back may begin, in characters
WINDOW = 120
_SHORT = re.compile(r"[A-Z]{2,5}")
_NEGATIVE = re.compile(
    r"\b(?:negative|non-?reactive|not detect\w+|undetectable|normal|unremarkable|absent)\b", re.IGNORECASE
)
_POSITIVE = re.compile(r"\b(?:positive|reactive|detected|elevated|raised|high|present|confirmed)\b", re.IGNORECASE)


def override(s: Sentence) -> Sentence:
    """The sentence with its mentions weighed; drugs whose name is no drug's are left out."""
    kept = [m for m in s.mentions if m.label != "drug" or not OVERRIDES.pattern("no_drug").match(m.text)]
    return replace(s, mentions=tuple(_weighed(m, s) for m in kept))


def _weighed(m: Mention, s: Sentence) -> Mention:
    if m.label not in ("diagnosis", "drug"):
        return m
    proper = s.section in CASE
    before, after = s.before(m)[-WINDOW:], s.after(m)
    if m.label == "diagnosis":
        if m.assertion == "family" and s.section == "title" and CUES.pattern("kin_pair").search(s.text):
            return _decided(m, "present", "proviso: the relatives are the patients")
        if _aside(before, after, talk=not proper and not CUES.pattern("group").search(s.text)):
            return _decided(m, "general", "proviso: not said of the patient")
        if tested := OVERRIDES.pattern("tested_after").match(after):
            return _result(m, after[tested.end() :])
        if proper and m.assertion in ("present", "") and _over(s, m, before, after):
            return _decided(m, "historical", "proviso: over before this illness")
    elif taken_after_all(s.before(m)):
        if m.assertion in _DENIED:
            return _decided(m, "given", "proviso: taken, as against others denied")
    elif untaken(s.before(m), after) and not (m.assertion in REAL and m.why):
        return _decided(m, "general", "proviso: never taken")
    elif m.assertion == "given" and _no_medicine(m, s):
        return _decided(m, "exposure", "proviso: no medicine")
    elif m.assertion == "given" and proper and OVERRIDES.pattern("ended_after").match(after):
        return _decided(m, "stopped", "proviso: brought to its end")
    return m


def _no_medicine(m: Mention, s: Sentence) -> bool:
    """Whether a drug is one that people take or meet and no doctor gives, and none gave it here."""
    return bool(OVERRIDES.pattern("no_medicine").match(m.text)) and not OVERRIDES.pattern("as_medicine").search(s.text)


def untaken(before: str, after: str) -> bool:
    """Whether the words around a drug or a therapy say that it was never taken or done."""
    if OVERRIDES.pattern("untaken_before").search(before) or OVERRIDES.pattern("untaken_after").match(after.lstrip()):
        return True
    return _denied(before) == "denied"


def taken_after_all(before: str) -> bool:
    """Whether the words before a drug deny others, and except it ("no medication other than")."""
    return _denied(before) == "excepted"


def _denied(before: str) -> Literal["", "denied", "excepted"]:
    """What the last denial before a drug says of it: it holds for a whole list, and up to the next clause or verb."""
    heads = [m.end() for m in OVERRIDES.pattern("denial").finditer(before)]
    between = before[heads[-1] :] if heads else ""
    if not heads or OVERRIDES.pattern("denial_end").search(between):
        return ""
    return "excepted" if OVERRIDES.pattern("denial_but").search(between) else "denied"


def _result(m: Mention, after: str) -> Mention:
    """A disease that was tested for: absent when the test was negative, nobody's when no result is told."""
    if _NEGATIVE.search(after):
        return _decided(m, "absent", "proviso: tested negative")
    if not _POSITIVE.search(after) and m.assertion in ("present", ""):
        return _decided(m, "general", "proviso: tested for")
    return m


def strangers_out(found: Sequence[Sentence]) -> list[Sentence]:
    """Take out drugs that are diseases, an abbreviation ("PAN") whose long form the report has as a diagnosis; and diseases that are
    none: an abbreviation that the report writes out as something else ("left main (LM)"), a state behind its town ("Detroit, MI")."""
    others = {m.text for s in found for m in s.mentions if _stranger(m, s)}
    kept = [
        [m for m in s.mentions if m.label != "diagnosis" or not (m.text in others or _in_a_place(m, s))] for s in found
    ]
    diseases = {_written_out(m) for mentions in kept for m in mentions if m.label == "diagnosis"}

    def is_disease(m: Mention) -> bool:
        words = _written_out(m).split()
        least = len(words) if " " in m.text else 1  # "rabies HDCV vaccine" begins with a disease and is none
        return any(" ".join(words[:n]) in diseases for n in range(least, len(words) + 1))

    return [
        replace(
            s,
            mentions=tuple(m for m in mentions if m.label != "drug" or m.code or m.text.islower() or not is_disease(m)),
        )
        for s, mentions in zip(found, kept, strict=True)
    ]


def _stranger(m: Mention, s: Sentence) -> bool:
    """Whether an abbreviation in brackets stands for the words before it, and these are no disease."""
    start, end = m.start - s.start, m.end - s.start
    if (
        m.label != "diagnosis"
        or not _SHORT.fullmatch(m.text)
        or s.text[start - 1 : start] != "("
        or s.text[end : end + 1] != ")"
    ):
        return False
    words = re.findall(r"[\w'’]+", s.text[: start - 1])[-len(m.text) :]
    if "".join(w[0] for w in words).upper() != m.text:
        return False
    at = s.text.rfind(words[0], 0, start)
    return not any(
        d is not m and d.label == "diagnosis" and d.end - s.start > at and d.start < m.start for d in s.mentions
    )


def _in_a_place(m: Mention, s: Sentence) -> bool:
    before, after = s.before(m), s.after(m)
    return bool(
        re.fullmatch(r"[A-Z]{2}", m.text)
        and re.search(r"\b[A-Z][a-z]+, $", before)
        and re.match(r"\)|, ?USA?\b|;", after)
    )


def _written_out(m: Mention) -> str:
    return str(m.long_form or m.norm or m.text).lower()


def _aside(before: str, after: str, *, talk: bool) -> bool:
    if OVERRIDES.pattern("aside_before").search(before) or OVERRIDES.pattern("aside_after").match(after):
        return True
    return talk and bool(OVERRIDES.pattern("talk_before").search(before))


def _over(s: Sentence, m: Mention, before: str, after: str) -> bool:
    """Whether it was treated, or healed, at a time the sentence puts before this illness."""
    if m.why.startswith("known"):
        return False  # a standing disease that somebody diagnosed at the time
    if OVERRIDES.pattern("past").search(s.text) and OVERRIDES.pattern("past_before").search(before):
        return True
    return " had " in f" {before}" and bool(OVERRIDES.pattern("past_healed").match(after))


def _decided(m: Mention, assertion: str, why: str) -> Mention:
    return replace(m, assertion=assertion, why=why)
