"""Durations: `parse_duration` reads "two-week course", "x 7 d", "for 2/52", "6-8 weeks", "until discharge".

`parse_duration` is a pure function on a mention's text; `find_durations` finds the mentions in running text, told from
points in time ("3 weeks later") and names ("24-h urine") after rules/duration_words.csv. A week has 7 days, a month 30, a year 365 (rules/durations.csv). Printing is
canonical, after ISO 8601: "P14D", "PT2H"; a range as "P42D/P56D"; `parse_duration(str(duration)) == duration`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from extract.language.quantities.mention import QuantityMention, after, before, overlaps, without_full_stop
from extract.language.quantities.numbers import COUNT, parse_range
from extract.language.quantities.parts import (
    BETWEEN,
    DASH,
    GAP,
    KEPT,
    RANGE,
    SPACE,
    any_of,
    between_as_range,
    plain,
    rules,
    single_spaced,
    spellings,
)
from extract.language.rule_files import DURATION_WORDS
from extract.rules.compiling import compiled
from extract.rules.scanning import Scanner

_DAY = 86400
_ROWS = rules("durations")
_SECONDS = {word.lower().replace("’", "'"): int(row["seconds"]) for row in _ROWS for word in spellings(row["written"])}
_BRITISH = {row["british"]: int(row["seconds"]) // _DAY for row in _ROWS if row["british"]}
_ISO = {"Y": 365.0, "W": 7.0, "D": 1.0}
#: seconds of a unit, and its letter in ISO 8601; those of the clock with a T
_ISO_LETTERS = {1: "TS", 60: "TM", 3600: "TH", _DAY: "D", 7 * _DAY: "W", 30 * _DAY: "M", 365 * _DAY: "Y"}
_LONG = [w for w in _SECONDS if len(w) > 1]
_SHORT = [w for w in _SECONDS if len(w) == 1]
#: a unit of time; the one-letter ones only right behind a number
UNIT = rf"(?:(?i:{any_of(_LONG)})(?!\w)|(?:{'|'.join(_SHORT)})\b(?![/.]\w))"
_FILLER = rf"(?:(?i:full|more|further|additional|consecutive|complete|successive|entire|long|whole){SPACE})?"
#: "3 weeks", "two-month", "6 to 8 weeks", "3 days to 2 weeks", "5 consecutive days", "7d"
LENGTH = (
    rf"(?:{BETWEEN}{COUNT}(?:{GAP}{DASH}?{GAP}{UNIT})?{SPACE}and{SPACE})?{COUNT}(?:(?:{GAP}{DASH}?{GAP}{UNIT})?{RANGE}{COUNT})?{GAP}{DASH}?{GAP}{_FILLER}{UNIT}"
    rf"(?:{SPACE}and{SPACE}(?:a{SPACE}(?:half)|{COUNT}{GAP}{UNIT}))?"
)
BRITISH = rf"\d{{1,2}}(?:{DASH}\d{{1,2}})?/(?:{'|'.join(_BRITISH)})(?![\d/])"
_COUNTED = rf"{GAP}{DASH}?{GAP}(?i:(?:\w+{SPACE})?(?:cycles|courses|sessions|pulses))"
#: "3 cycles", "two further courses"
CYCLES = rf"{COUNT}{_COUNTED}"
_CYCLES = compiled(rf"(?P<cycles>{COUNT}){_COUNTED}")
_OPEN = compiled(r"\b(?:until|till|lifelong|life-long|indefinite(?:ly)?|ongoing|permanent(?:ly)?)\b", re.IGNORECASE)
_PIECE = compiled(
    rf"(?<!\w)(?P<low>{COUNT})(?:(?:{GAP}{DASH}?{GAP}(?P<low_unit>{UNIT}))?{RANGE}(?P<high>{COUNT}))?"
    rf"{GAP}{DASH}?{GAP}{_FILLER}(?P<unit>{UNIT})(?P<half>{SPACE}and{SPACE}a{SPACE}half)?"
)
_HALF = compiled(rf"(?i:half{SPACE}(?:a|an|of{SPACE}a){SPACE})(?P<unit>{UNIT})")
_PAST = compiled(rf"(?i:last|past|previous|preceding|following|next){SPACE}(?P<unit>{UNIT})")
#: "year-long"; of "years-long" nobody knows the length
_UNIT_LONG = compiled(r"(?i:\b(?P<unit>day|week|month|year|decade)[- ]long\b)")
_NOTE = compiled(r"(\d{1,2})(?:[-–](\d{1,2}))?/(\d{1,2})(?![\d/])")
_PERIOD = r"P(?:(\d+(?:\.\d+)?)([YWD]))?(?:T(\d+(?:\.\d+)?)([HMS]))?"
_PRINTED = compiled(rf"({_PERIOD})(?:/({_PERIOD}))?")


@dataclass(frozen=True, slots=True)
class Duration:
    """How long.

    Attributes:
        days: length in days, or the lower end of a range; None when it is told in other terms.
        days_max: upper end of a range.
        open: told to have no fixed end ("until discharge", "lifelong").
        cycles: number of cycles, courses or sessions, when counted so.
    """

    days: float | None = None
    days_max: float | None = None
    open: bool = False
    cycles: int | None = None

    def __str__(self) -> str:
        if self.days is not None:
            return _iso(self.days) + (f"/{_iso(self.days_max)}" if self.days_max is not None else "")
        return f"{self.cycles} cycles" if self.cycles is not None else "until" if self.open else ""


def _iso(days: float) -> str:
    """ISO 8601 duration in days, or in the largest of hours, minutes, seconds that is whole; else decimal days."""
    if days == int(days):
        return f"P{int(days)}D"
    for per_day, letter in ((24, "H"), (1440, "M"), (_DAY, "S")) if days < 2 else ():
        n = round(days * per_day)
        if n and n / per_day == days:
            return f"PT{n}{letter}"
    return f"P{plain(days)}D"


@lru_cache(KEPT)
def parse_duration(text: str) -> Duration | None:
    """The duration told in `text`; None when there is none."""
    text = between_as_range(text)
    stripped = text.strip()
    if stripped.startswith("P") and (iso := _PRINTED.fullmatch(stripped)):
        low = _from_iso(iso.group(2, 3, 4, 5))
        high = _from_iso(iso.group(7, 8, 9, 10)) if iso.group(6) else None
        return Duration(low, high) if low is not None else None
    if note := _NOTE.search(text):
        if base := _BRITISH.get(note[3]):
            return Duration(int(note[1]) * base, int(note[2]) * base if note[2] else None)
        return None if not _PIECE.search(text) else _pieces(text)
    return _pieces(text)


def iso_duration(text: str, days: float | None) -> str:
    """A length of `days`, told so in `text`, as one ISO 8601 duration in the units of the text: "two months" is P2M, not P60D.

    Empty when nothing is told, and for a range, for which ISO 8601 has no duration. Do not hand it to `pandas.Timedelta`, which
    reads P1M as a minute.
    """
    parsed = parse_duration(text) if text else None
    if days is None or (parsed is not None and parsed.days_max is not None):
        return ""
    pieces = list(_PIECE.finditer(text))
    parts = [
        (parse_range("1" if m["low"].lower() in ("a", "an") else m["low"]), _ISO_LETTERS.get(_unit(m["unit"])))
        for m in pieces
        if not m["high"] and not m["half"]
    ]
    if parsed is None or parsed.days != days or len(parts) != len(pieces) or not parts:
        return _iso(days)
    written: dict[str, str] = {}
    for number, letter in parts:
        if number is None or letter is None or letter in written or number.low != int(number.low):
            return _iso(days)
        written[letter] = plain(number.low)
    if "W" in written:  # weeks stand alone in ISO 8601
        return f"P{written['W']}W" if len(written) == 1 else _iso(days)
    date, clock = (
        "".join(f"{written[k]}{k[-1]}" for k in keys if k in written) for keys in (("Y", "M", "D"), ("TH", "TM", "TS"))
    )
    return f"P{date}{'T' * bool(clock)}{clock}"


def _pieces(text: str) -> Duration | None:
    if half := _HALF.search(text):
        return Duration(_unit(half["unit"]) / 2 / _DAY)
    total: float | None = None
    end = 0
    for match in _PIECE.finditer(text):
        # "one year and 3 months" adds up; anything else is another duration
        if total is not None and not re.fullmatch(
            rf"{SPACE}*(?:,|and|,{SPACE}and)?{SPACE}*", text[end : match.start()]
        ):
            break
        low = parse_range(match["low"] if match["low"].lower() not in ("a", "an") else "1")
        if low is None:
            continue
        unit = _unit(match["unit"])
        if match["high"]:
            high = parse_range(match["high"] if match["high"].lower() not in ("a", "an") else "1")
            if high is None:
                continue
            days = low.low * (_unit(match["low_unit"]) if match["low_unit"] else unit)
            days_max = high.low * unit
            if total is None:
                short, long = sorted((days / _DAY, days_max / _DAY))
                return Duration(short, long if long != short else None)
            break
        total = (total or 0.0) + low.low * unit + (unit / 2 if match["half"] else 0.0)
        end = match.end()
    if total is not None:
        return Duration(total / _DAY)
    if cycles := _CYCLES.search(text):
        n = parse_range(cycles["cycles"] if cycles["cycles"].lower() not in ("a", "an") else "1")
        return Duration(cycles=int(n.low)) if n and n.low >= 1 else None
    if past := _PAST.search(text) or _UNIT_LONG.search(text):
        return Duration(_unit(past["unit"]) / _DAY)
    return Duration(open=True) if _OPEN.search(text) else None


def _unit(word: str) -> int:
    """Seconds of one unit."""
    return _SECONDS[single_spaced(word.lower().replace("’", "'"))]


def _from_iso(parts: tuple[str | None, ...]) -> float | None:
    date, letter, time, clock = parts
    if date is None and time is None:
        return None
    days = float(date) * _ISO[letter or "D"] if date else 0.0
    return days + (float(time) / {"H": 24, "M": 1440, "S": _DAY}[clock or "H"] if time else 0.0)


# -- in running text ---------------------------------------------------------------------------------------------

_THERAPY = "therap|treatment|use|administration|course|exposure|intake|infusion|medication"
_NOT_TERM = (
    "follow|outcome|care|surviv|effect|complication|safety|prognosis|sequel|result|memory|goal|efficacy|remission"
)
_TOBACCO = compiled(r"smok|cigar|packs?\b|tobacco")
#: clotting times and counts ("100 seconds", "10/7"): durations only after "for" and its like
_DOUBTFUL = compiled(r"(?i)seconds?\b|secs?\b|\d/\d")
_IN_TEXT = Scanner(
    rf"(?<![\w.·/])(?<!\d\ufffd)(?<![\w,:][,:–-])(?:{LENGTH}(?![-‐ ]long\b)|{BRITISH})"
    rf"|(?<![\w-])(?i:(?:several|many|few|a{SPACE}few|some){SPACE}(?:{UNIT}))"
    rf"|(?<![\w-])(?i:(?:day|week|month|year|decade)s?[- ]long(?!\w))"
    rf"|(?<![\w-])(?i:(?:past|last|previous|preceding){SPACE}(?:{UNIT}))"
)
_FOR_CYCLES = compiled(rf"(?<=\bfor )(?:a total of )?{CYCLES}\b")
_QUALITATIVE = compiled(
    rf"(?<![\w-])(?i:(?:long|short)[-\s]term(?!\w|\s+(?:{_NOT_TERM}))|life-?long\b|chronically(?=\s+(?:treated|taking|using|receiving|on)\b)"
    rf"|prolonged(?=\s+(?:\w+[-\s]){{0,2}}(?:{_THERAPY})))"
)

#: "until discharge", behind words of giving: the event ends the treatment
_MOMENT_OF = rf"(?:(?:time|end|day|onset){SPACE}of{SPACE})?(?:the{SPACE})?(?:hospital{SPACE})?"
#: a follow-up ends no treatment: it is when somebody looked
_EVENT = (
    r"(?:discharge|delivery|birth|death|surgery|operation|extubation|remission|resolution|recovery|healing|engraftment"
    rf"|(?:disease{SPACE})?progression|relapse|pregnancy|breast-?feeding|chemotherapy|radiotherapy)"
)
_UNTIL = compiled(rf"(?<=\s)(?i:until|till){SPACE}(?:(?:the|her|his){SPACE})?{_MOMENT_OF}{_EVENT}\b")
_GIVING = compiled(
    r"\b(?:continu\w+|given|giving|receiv\w+|administ\w+|treat\w+|therapy|maintain\w*|maintenance|kept on|taken|taking|took|infus\w+|appl(?:y|ied)"
    r"|prescri\w+|daily|twice|weekly|doses?|mg)\b[^.;]{0,60}$",
    re.IGNORECASE,
)


_BETWEEN = (
    r"(?:\s*\(?(?:the|a|an|about|approximately|around|nearly|almost|up to|at least|more than|less than|over|some|another|"
    r"~|≈|>|<|≥|≤|least|total of|period of|his|her|only|roughly|just))*[\s(~<>≥≤]*$"
)
_LEAD = {
    kind: compiled(rf"(?<![\w-]){DURATION_WORDS.source('lead_' + kind)}{_BETWEEN}")
    for kind in ("length", "point", "name")
}
_REST = {
    kind: compiled(rf"['’]?[-\s]*{DURATION_WORDS.source('rest_' + kind)}")
    for kind in ("length", "compound", "point", "name")
}
#: a length as an adjective: "3-week", "three month"
_JOINED = compiled(r"(?i:(?!(?:one|an?|1) )\w+[-–‐ ](?:second|minute|hour|day|week|month|year)|\w+[-–‐ ]long)")


#: "after a year of adalimumab", unlike "two packs a day of tobacco"
_A_LONG_TIME_OF = compiled(r"(?i:an?\s(?:week|month|year))\s(?:of|on)\s(?!age\b|life\b|birth\b|gestation\b)")
#: a scheme and no length: "4 weeks on, 2 weeks off"
_ON_AND_OFF = compiled(
    r"(?i:\s+on\b\s*(?:treatment\s*)?(?:,|and|/|followed by|then|with)\s*(?:and\s+|then\s+)?\w+[\s-]+(?:day|week|month)s?\s+off\b)"
)
_OF_A_DAY = compiled(r"\s*(?:(?:a|per|each|every|/)\s*(?:day|night)\b|daily\b)")
_RANGE_BETWEEN = compiled(BETWEEN)


def _duration_confidence(text: str, start: int, end: int) -> float | None:
    """How sure the time at start..end is a length; None when it is a point in time or a name."""
    lead, rest = before(text, start, 45), after(text, end, 40)
    if _LEAD["name"].search(lead) or _REST["name"].match(rest) or _TOBACCO.search(lead):
        return None
    if _OF_A_DAY.match(rest) or _ON_AND_OFF.match(text, end):
        return None  # "worn for 6 to 8 hours a day"
    if _RANGE_BETWEEN.match(text, start) and not _LEAD["length"].search(lead):
        return None  # "the difference between 3 and 6 months"
    if text[start].lower() == "a" and not (_LEAD["length"].search(lead) or _A_LONG_TIME_OF.match(text, start)):
        return None  # "two packs a day"
    if _LEAD["length"].search(lead):
        return 0.9
    if _REST["length"].match(rest):
        return 0.85
    if _JOINED.fullmatch(text, start, end) and _REST["compound"].match(rest):
        return 0.85
    if _LEAD["point"].search(lead) or _REST["point"].match(rest):
        return None
    return 0.6


#: before the last of several lengths with one unit: "for 5 and 7 days, respectively"
_ONE_UNIT = compiled(rf"(?<![\w.,/-])(?P<numbers>{COUNT}(?:,{SPACE}?{COUNT})*),?{SPACE}and{SPACE}$")
_NUMBER = compiled(rf"(?<![\w.]){COUNT}(?![\w.]\d)")
_RESPECTIVELY = compiled(r"(?i:[^.;]{0,50}\brespectively\b)")
_TWO_LENGTHS = compiled(rf"(?P<first>{COUNT}{GAP}{UNIT}){SPACE}and{SPACE}(?P<second>{COUNT}{GAP}{UNIT})")


def _in_order(text: str, mention: QuantityMention[Duration]) -> list[QuantityMention[Duration]]:
    """A length, or the several that "respectively" deals out: "for 5 and 7 days", "for 3 months and 2 years"."""
    if not _RESPECTIVELY.match(text, mention.end):
        return [mention]
    if two := _TWO_LENGTHS.fullmatch(text, mention.start, mention.end):
        return [
            replace(mention, start=two.start(name), end=two.end(name), value=parse_duration(two[name]))
            for name in ("first", "second")
        ]
    numbers = _ONE_UNIT.search(text, max(0, mention.start - 40), mention.start)
    if numbers is None or mention.value is None or mention.value.days is None or mention.value.days_max is not None:
        return [mention]
    unit = _PIECE.search(text, mention.start, mention.end)
    days = _unit(unit["unit"]) / _DAY if unit else 0.0
    values = [(m, parse_range(m[0])) for m in _NUMBER.finditer(text, *numbers.span("numbers"))]
    before_it = [
        replace(mention, start=m.start(), end=m.end(), value=Duration(value.low * days)) for m, value in values if value
    ]
    return [*before_it, mention]


def _first_of_list(text: str, start: int) -> int:
    """Where a list of lengths begins of which the last begins at `start`; `start` itself where none stands before it."""
    numbers = _ONE_UNIT.search(text, max(0, start - 40), start)
    return numbers.start() if numbers else start


def find_durations(text: str, taken: Sequence[QuantityMention[object]]) -> list[QuantityMention[Duration]]:
    """Mentions of durations, in order, outside of ages, frequencies and doses (`taken`)."""
    mentions: list[QuantityMention[Duration]] = []
    for match in _IN_TEXT.finditer(text):
        start, end = match.start(), without_full_stop(match)
        if overlaps(start, end, taken):
            continue
        first = _first_of_list(text, start) if _RESPECTIVELY.match(text, end) else start
        confidence = _duration_confidence(text, first, end)
        if confidence is None or (_DOUBTFUL.search(match[0]) and confidence < 0.9):
            continue
        duration = parse_duration(match[0])
        mentions.extend(_in_order(text, QuantityMention("duration", start, end, duration, confidence)))
    for match in _UNTIL.finditer(text):
        if _GIVING.search(before(text, match.start(), 90)) and not overlaps(match.start(), match.end(), taken):
            mentions.append(QuantityMention("duration", match.start(), match.end(), Duration(open=True), 0.7))
    for match in _FOR_CYCLES.finditer(text):
        if (duration := parse_duration(match[0])) and not overlaps(match.start(), match.end(), taken):
            mentions.append(QuantityMention("duration", match.start(), match.end(), duration, 0.7))
    mentions.extend(QuantityMention("duration", m.start(), m.end(), None, 0.6) for m in _QUALITATIVE.finditer(text))
    return sorted(mentions, key=lambda m: m.start)
