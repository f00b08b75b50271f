"""What the words around a mention take back: a disease that was prevented, a drug never taken, an event long over.

In: a sentence with its mentions. Out: nothing; the assertion of a mention that tells no fact of anybody becomes "general", that
of a diagnosis treated and over before this illness "historical", with the reason in `assertion_why`. The rules stand in
`rules/provisos.csv`. They see the whole sentence and its section, which the assertion rules of the language room do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from spacy.tokens import Span

from extract.records.cues import cue
from extract.records.sentence import Sentence

#: how far before a mention the words that take it back may begin, in characters
WINDOW = 120
_RULES = "provisos.csv"
_SHORT = re.compile(r"[A-Z]{2,5}")
_NEGATIVE = re.compile(
    r"\b(?:negative|non-?reactive|not detect\w+|undetectable|normal|unremarkable|absent)\b", re.IGNORECASE
)
_POSITIVE = re.compile(r"\b(?:positive|reactive|detected|elevated|raised|high|present|confirmed)\b", re.IGNORECASE)


def weigh(s: Sentence, *, told: bool) -> None:
    """Go through the mentions of a sentence. `told`: it stands in the report proper."""
    s.mentions = [m for m in s.mentions if m.label_ != "drug" or not cue("no_drug", _RULES).match(m.text)]
    for m in s.mentions:
        before, after = s.text[: m.start_char - s.start][-WINDOW:], s.text[m.end_char - s.start :]
        if m.label_ == "diagnosis":
            if _aside(before, after, talk=not told and not cue("group").search(s.text)):
                _say(m, "general", "proviso: not said of the patient")
            elif tested := cue("tested_after", _RULES).match(after):
                _result(m, after[tested.end() :])
            elif told and m._.assertion in ("present", "") and _over(s, m, before, after):
                _say(m, "historical", "proviso: over before this illness")
        elif m.label_ == "drug" and (
            cue("untaken_before", _RULES).search(before) or cue("untaken_after", _RULES).match(after.lstrip())
        ):
            _say(m, "general", "proviso: never taken")
        elif m.label_ == "drug" and m._.assertion == "given" and told and cue("ended_after", _RULES).match(after):
            _say(m, "stopped", "proviso: brought to its end")


def _result(m: Span, after: str) -> None:
    """A disease that was tested for: absent when the test was negative, nobody's when no result is told."""
    if _NEGATIVE.search(after):
        _say(m, "absent", "proviso: tested negative")
    elif not _POSITIVE.search(after) and m._.assertion in ("present", ""):
        _say(m, "general", "proviso: tested for")


def apart(found: Sequence[Sentence]) -> None:
    """Take out drugs that are diseases, an abbreviation ("PAN") whose long form the report has as a diagnosis; and diseases that are
    none: an abbreviation that the report writes out as something else ("left main (LM)"), a state behind its town ("Detroit, MI")."""
    others = {m.text for s in found for m in s.mentions if _stranger(m, s)}
    for s in found:
        s.mentions = [
            m for m in s.mentions
            if m.label_ != "diagnosis" or not (m.text in others or _in_a_place(m, s))
        ]  # fmt: skip
    diseases = {_written_out(m) for s in found for m in s.mentions if m.label_ == "diagnosis"}

    def is_disease(m: Span) -> bool:
        words = _written_out(m).split()
        least = len(words) if " " in m.text else 1  # "rabies HDCV vaccine" begins with a disease and is none
        return any(" ".join(words[:n]) in diseases for n in range(least, len(words) + 1))

    for s in found:
        s.mentions = [m for m in s.mentions if m.label_ != "drug" or m._.code or m.text.islower() or not is_disease(m)]


def _stranger(m: Span, s: Sentence) -> bool:
    """Whether an abbreviation in brackets stands for the words before it, and these are no disease."""
    start, end = m.start_char - s.start, m.end_char - s.start
    if (
        m.label_ != "diagnosis"
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
        d is not m and d.label_ == "diagnosis" and d.end_char - s.start > at and d.start_char < m.start_char
        for d in s.mentions
    )


def _in_a_place(m: Span, s: Sentence) -> bool:
    before, after = s.text[: m.start_char - s.start], s.text[m.end_char - s.start :]
    return bool(
        re.fullmatch(r"[A-Z]{2}", m.text)
        and re.search(r"\b[A-Z][a-z]+, $", before)
        and re.match(r"\)|, ?USA?\b|;", after)
    )


def _written_out(m: Span) -> str:
    return str(m._.long_form or m._.norm or m.text).lower()


def _aside(before: str, after: str, *, talk: bool) -> bool:
    if cue("aside_before", _RULES).search(before) or cue("aside_after", _RULES).match(after):
        return True
    return talk and bool(cue("talk_before", _RULES).search(before))


def _over(s: Sentence, m: Span, before: str, after: str) -> bool:
    """Whether it was treated, or healed, at a time the sentence puts before this illness."""
    if m._.assertion_why.startswith("known"):
        return False  # a standing disease that somebody diagnosed at the time
    if cue("past", _RULES).search(s.text) and cue("past_before", _RULES).search(before):
        return True
    return " had " in f" {before}" and bool(cue("past_healed", _RULES).match(after))


def _say(m: Span, assertion: str, why: str) -> None:
    m._.assertion, m._.assertion_why = assertion, why
