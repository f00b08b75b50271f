"""Frequencies and durations in running text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.finders.found import Found, after, before, overlaps
from extract.language.quantities.duration import BRITISH, CYCLES, LENGTH, UNIT, Duration, parse_duration
from extract.language.quantities.frequency import STRONG, WEAK, parse_frequency
from extract.language.quantities.parts import SPACE, rules, spaced

_PRN = rf"(?:{SPACE}*,?{SPACE}*\(?(?i:prn|p\.r\.n\.?|as{SPACE}needed|as{SPACE}required|when{SPACE}needed|if{SPACE}needed)\b)?"
_STRONG = re.compile(rf"(?<![\w-])(?<!\d[.,]){STRONG}{_PRN}")
_WEAK = re.compile(rf"(?<![\w-]){WEAK}")
_YEARLY = 1 / 200
#: between a dose and a word that is a frequency only there: at most two words, as in "6 mg p.o. OD"
_BESIDE = re.compile(r"[\s,(]*(?:[A-Za-z][A-Za-z./-]*[\s,(]+){0,2}")
_NOT_DOSING = re.compile(
    rf"[-\s]+(?!followed by\b)(?:{'|'.join(spaced(row['stem']) for row in rules('not_dosing'))})", re.IGNORECASE
)
_THERAPY = "therap|treatment|use|administration|course|exposure|intake|infusion|medication"
_NOT_TERM = (
    "follow|outcome|care|surviv|effect|complication|safety|prognosis|sequel|result|memory|goal|efficacy|remission"
)
_TOBACCO = re.compile(r"smok|cigar|packs?\b|tobacco")
#: clotting times and counts ("100 seconds", "10/7"): durations only after "for" and its like
_DOUBTFUL = re.compile(r"(?i)seconds?\b|secs?\b|\d/\d")
_LENGTH = re.compile(
    rf"(?<![\w.·/])(?<![\w,:][,:–-])(?:{LENGTH}|{BRITISH})"
    rf"|(?<![\w-])(?i:(?:several|many|few|a{SPACE}few|some){SPACE}(?:{UNIT}))"
    rf"|(?<![\w-])(?i:(?:past|last|previous|preceding){SPACE}(?:{UNIT}))"
)
_CYCLES = re.compile(rf"(?<=\bfor )(?:a total of )?{CYCLES}\b")
_QUALITATIVE = re.compile(
    rf"(?<![\w-])(?i:(?:long|short)[-\s]term(?!\w|\s+(?:{_NOT_TERM}))|life-?long\b|chronically(?=\s+(?:treated|taking|using|receiving|on)\b)"
    rf"|prolonged(?=\s+(?:\w+[-\s]){{0,2}}(?:{_THERAPY})))"
)

#: "until discharge", behind words of giving: the event ends the treatment
_UNTIL = re.compile(
    rf"(?<=\s)(?i:until|till){SPACE}(?:the{SPACE}|her{SPACE}|his{SPACE})?(?:time{SPACE}of{SPACE}|end{SPACE}of{SPACE}|day{SPACE}of{SPACE}|onset{SPACE}of{SPACE})?(?:the{SPACE})?"
    rf"(?:hospital{SPACE})?(?:discharge|delivery|birth|death|surgery|operation|extubation|remission|resolution|recovery|healing|engraftment|"
    rf"(?:disease{SPACE})?progression|relapse|pregnancy|breast-?feeding|chemotherapy|radiotherapy)\b",  # a follow-up ends no treatment: it is when somebody looked
)
_GIVING = re.compile(
    r"\b(?:continu\w+|given|giving|receiv\w+|administ\w+|treat\w+|therapy|maintain\w*|maintenance|kept on|taken|taking|took|infus\w+|appl(?:y|ied)"
    r"|prescri\w+|daily|twice|weekly|doses?|mg)\b[^.;]{0,60}$",
    re.IGNORECASE,
)


def _words(side: str, kind: str) -> str:
    return "|".join(row["pattern"] for row in rules("duration_words") if (row["side"], row["kind"]) == (side, kind))


_BETWEEN = (
    r"(?:\s*\(?(?:the|a|an|about|approximately|around|nearly|almost|up to|at least|more than|less than|over|some|another|"
    r"~|≈|>|<|≥|≤|least|total of|period of|his|her|only|roughly|just))*[\s(~<>≥≤]*$"
)
_LEAD = {kind: re.compile(rf"(?<![\w-])(?:{_words('lead', kind)}){_BETWEEN}") for kind in ("length", "point", "name")}
_REST = {kind: re.compile(rf"['’]?[-\s]*(?:{_words('rest', kind)})") for kind in ("length", "point", "name")}


def _duration_confidence(text: str, start: int, end: int) -> float | None:
    """How sure the time at start..end is a length; None when it is a point in time or a name."""
    lead, rest = before(text, start, 45), after(text, end, 40)
    if _LEAD["name"].search(lead) or _REST["name"].match(rest) or _TOBACCO.search(lead):
        return None
    if text[start].lower() == "a" and not _LEAD["length"].search(lead):
        return None  # "two packs a day"
    if _LEAD["length"].search(lead):
        return 0.9
    if _REST["length"].match(rest):
        return 0.85
    if _LEAD["point"].search(lead) or _REST["point"].match(rest):
        return None
    return 0.6


def _end(match: re.Match[str]) -> int:
    """Where the match ends without the full stop of its sentence; "b.i.d." keeps its own."""
    return match.end() - (match[0].endswith(".") and match[0].count(".") == 1)


def find_frequencies(text: str, doses: Sequence[Found]) -> list[Found]:
    """Mentions of frequencies, in order. Words that are a frequency only beside a dose need one near."""
    found = []
    for match in _STRONG.finditer(text):
        if _NOT_DOSING.match(text, match.end()):
            continue
        frequency = parse_frequency(match[0])
        if frequency:
            near = any(-25 <= match.start() - d.end <= 40 for d in doses)
            if frequency.per_day is not None and frequency.per_day < _YEARLY and not near:
                continue  # "annual follow-up"
            found.append(Found("frequency", match.start(), _end(match), str(frequency), 0.95 if near else 0.75))
    for match in _WEAK.finditer(text):
        if overlaps(match.start(), match.end(), found):
            continue
        near = any(d.end <= match.start() and _BESIDE.fullmatch(text, d.end, match.start()) for d in doses)
        frequency = parse_frequency(match[0]) if near else None
        if frequency:
            found.append(Found("frequency", match.start(), _end(match), str(frequency), 0.8))
    return sorted(found, key=lambda f: f.start)


def find_durations(text: str, taken: Sequence[Found]) -> list[Found]:
    """Mentions of durations, in order, outside of ages, frequencies and doses (`taken`)."""
    found = []
    for match in _LENGTH.finditer(text):
        start, end = match.start(), _end(match)
        if overlaps(start, end, taken):
            continue
        confidence = _duration_confidence(text, start, end)
        if confidence is None or (_DOUBTFUL.search(match[0]) and confidence < 0.9):
            continue
        duration = parse_duration(match[0])
        found.append(Found("duration", start, end, str(duration) if duration else "", confidence))
    for match in _UNTIL.finditer(text):
        if _GIVING.search(before(text, match.start(), 90)) and not overlaps(match.start(), match.end(), taken):
            found.append(Found("duration", match.start(), match.end(), str(Duration(open=True)), 0.7))
    for match in _CYCLES.finditer(text):
        if (duration := parse_duration(match[0])) and not overlaps(match.start(), match.end(), taken):
            found.append(Found("duration", match.start(), match.end(), str(duration), 0.7))
    found.extend(Found("duration", m.start(), m.end(), "", 0.6) for m in _QUALITATIVE.finditer(text))
    return sorted(found, key=lambda f: f.start)
