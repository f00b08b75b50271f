"""Frequencies and durations in running text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.finders.found import Found, before, overlaps
from extract.language.quantities.duration import BRITISH, LENGTH, UNIT, parse_duration
from extract.language.quantities.frequency import STRONG, WEAK, parse_frequency
from extract.language.quantities.parts import SPACE

_PRN = rf"(?:{SPACE}*,?{SPACE}*\(?(?i:prn|p\.r\.n\.?|as{SPACE}needed|as{SPACE}required|when{SPACE}needed|if{SPACE}needed)\b)?"
_STRONG = re.compile(rf"(?<![\w-])(?<!\d[.,]){STRONG}{_PRN}")
_WEAK = re.compile(rf"(?<![\w-]){WEAK}")
_NOT_DOSING = re.compile(
    r"[-\s]+(?:activit|living|life|lives|routine|basis|practice|work|function|task|clinical|care|intake|news|press|care|chores|use|smok|alcohol|habit)",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    rf"(?<![\w.·/])(?<!\d[,:-])(?:{LENGTH}|{BRITISH})"
    rf"|(?<![\w-])(?i:(?:several|many|few|a{SPACE}few|some|past|last|previous|preceding|following|next|recent){SPACE}(?:{UNIT}))"
)
_QUALITATIVE = re.compile(
    r"(?<![\w-])(?:long[-\s]term|short[-\s]term|prolonged|chronically|lifelong|life-long)(?![\w])", re.IGNORECASE
)
_POINT_AFTER = re.compile(
    r"\s*(?:later|ago|old\b|of\s+age|earlier|before|prior|previously|['’]?\s*(?:of\s+)?gestation|gestation|thereafter|post|after|pregnan)",
    re.IGNORECASE,
)
_POINT_BEFORE = re.compile(
    r"(?:\bat|\bday|\bweek|\bmonth|\bhour|\bevery|\beach|\bper|\bage|\baged|\bage of|\bat the age of|/)\s*$",
    re.IGNORECASE,
)


def find_frequencies(text: str, doses: Sequence[Found]) -> list[Found]:
    """Mentions of frequencies, in order. Words that are a frequency only beside a dose need one near."""
    found = []
    for match in _STRONG.finditer(text):
        if _NOT_DOSING.match(text, match.end()):
            continue
        frequency = parse_frequency(match[0])
        if frequency:
            near = any(-25 <= match.start() - d.end <= 40 for d in doses)
            found.append(Found("frequency", match.start(), match.end(), str(frequency), 0.95 if near else 0.75))
    for match in _WEAK.finditer(text):
        if overlaps(match.start(), match.end(), found):
            continue
        near = any(
            0 <= match.start() - d.end <= 25 and "." not in text[d.end : match.start()].rstrip(". ") for d in doses
        )
        frequency = parse_frequency(match[0]) if near else None
        if frequency:
            found.append(Found("frequency", match.start(), match.end(), str(frequency), 0.8))
    return sorted(found, key=lambda f: f.start)


def find_durations(text: str, taken: Sequence[Found]) -> list[Found]:
    """Mentions of durations, in order, outside of ages, frequencies and doses (`taken`)."""
    found = []
    for match in _LENGTH.finditer(text):
        start, end = match.span()
        if overlaps(start, end, taken):
            continue
        if _POINT_AFTER.match(text, end) or _POINT_BEFORE.search(before(text, start, 20)):
            continue
        duration = parse_duration(match[0])
        found.append(Found("duration", start, end, str(duration) if duration else "", 0.85))
    found.extend(Found("duration", m.start(), m.end(), "", 0.6) for m in _QUALITATIVE.finditer(text))
    return sorted(found, key=lambda f: f.start)
