"""Frequencies: `parse_frequency` reads "BID", "q8h", "every other day", "on days 1, 8 and 15", "in 3 divided doses".

`parse_frequency` is a pure function on a mention's text, `find_frequencies` finds the mentions in running text.
Abbreviations and single words stand in rules/frequencies.csv (Latin abbreviations of prescriptions); what has a number
in it is grammar here. Printing is canonical: `parse_frequency(str(frequency)) == frequency`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from extract.language.quantities.mention import QuantityMention, overlaps, without_full_stop
from extract.language.quantities.numbers import NUMBER, Range, parse_range
from extract.language.quantities.parts import (
    DASH,
    GAP,
    KEPT,
    RANGE,
    SPACE,
    any_of,
    first_letters,
    plain,
    rules,
    spaced,
    spellings,
    squeeze,
)
from extract.language.quantities.weekdays import INITIALS, WEEKDAYS, days_of_initials, days_of_week
from extract.rules.compiling import compiled
from extract.rules.scanning import Scanner

#: groups of one match of the grammar
Groups = Mapping[str, str | None]
#: doses a day, lower and upper end
Rate = tuple[float, float | None]

_ADVERBS = {"once": 1.0, "twice": 2.0, "thrice": 3.0}
_PERIODS = {  # days of one period
    "minute": 1 / 1440, "min": 1 / 1440, "hour": 1 / 24, "hr": 1 / 24, "h": 1 / 24, "day": 1.0, "d": 1.0, "night": 1.0,
    "morning": 1.0, "evening": 1.0, "daily": 1.0, "hourly": 1 / 24, "week": 7.0, "wk": 7.0, "w": 7.0, "weekly": 7.0,
    "month": 30.0, "mo": 30.0, "monthly": 30.0, "fortnight": 14.0, "year": 365.0, "yr": 365.0, "yearly": 365.0, "annually": 365.0,
}  # fmt: skip
_ORDINALS = {
    "other": 2.0,
    "alternate": 2.0,
    "alternative": 2.0,
    "second": 2.0,
    "third": 3.0,
    "fourth": 4.0,
    "2nd": 2.0,
    "3rd": 3.0,
}
_PERIOD = rf"{any_of(_PERIODS)}s?\b"
_NUMBERS = rf"{NUMBER}(?:{RANGE}{NUMBER})?"
_JOIN = rf"(?:{GAP}{DASH}?{GAP})"
_GLUE = rf"(?:{SPACE}|{DASH})"
_LY = any_of(p for p in _PERIODS if p.endswith("ly"))
_PER = rf"{GAP}/{GAP}|{_GLUE}(?:an?|per|each|every|in{SPACE}an?|in{SPACE}one){_GLUE}|{_JOIN}(?={_LY}\b)"

#: "twice a day", "x 2 per day", "4 times/day", "2-3 times per week", "three doses a day", "5 days per week", "2x daily"
_COUNTED = rf"{_JOIN}(?:times?|x|×|doses|days|nights|infusions?|injections?|applications?|instillations?)\b"
_TIMES = (
    rf"(?:(?P<times>{any_of(_ADVERBS)})|(?P<times2>{_NUMBERS}){_COUNTED}|[x×]{GAP}(?P<times3>[1-6])(?:{GAP}times)?)"
    rf"(?:{_PER})(?P<in>{_PERIOD})"
)
#: "every 8 h", "q8h", "every other day", "once every 3 weeks", "at 3-week intervals", "8-hourly"
_EVERY = (
    rf"(?:(?:(?:once|1x|one{SPACE}dose){SPACE})?(?:every|each){SPACE}|q\.?{GAP}(?=\d)|q\.?{SPACE}(?=\w+{SPACE}))"
    rf"(?P<ordinal>{any_of(_ORDINALS)}{SPACE})?(?P<number>{_NUMBERS})?{_JOIN}(?P<of>{_PERIOD})"
)
_INTERVAL = (
    rf"(?:at|in|with){SPACE}(?P<number2>{_NUMBERS}){_JOIN}(?P<of2>{_PERIOD}){SPACE}intervals?"
    rf"|(?:spaced{SPACE}|given{SPACE})?(?P<number4>{_NUMBERS}){_JOIN}(?P<of4>{_PERIOD}){SPACE}apart\b"
)
_HOURLY = rf"(?P<number3>{_NUMBERS})(?:{_JOIN}(?=hourly)|{DASH}(?=weekly|monthly))(?P<of3>hourly|weekly|monthly)\b"
_DIVIDED = (
    rf"in(?:to)?{SPACE}(?P<divided>{_NUMBERS}){SPACE}(?:equal(?:ly)?{SPACE})?(?:divided{SPACE})?(?:daily{SPACE})?(?:doses|portions)\b"
    rf"|(?:{_NUMBERS}{SPACE})?divided{SPACE}doses|(?P<divided2>{_NUMBERS}){SPACE}(?:equally{SPACE})?divided{SPACE}doses"
)
_LIST = rf"\d{{1,3}}(?:{GAP}(?:,|{DASH}|and\b|&|to\b|through\b){GAP}(?:and{SPACE})?(?:days?{SPACE}|d)?\d{{1,3}})+"
_DAYS = rf"(?:(?:on|at){SPACE}(?:days{SPACE}|d)|(?:days{SPACE}|d)(?!\d+{GAP}(?:{DASH}|to\b){GAP}\d+(?!{GAP},)))(?P<days>{_LIST})(?!\d|\.\d)"
#: "on day 1 of a 21-day cycle", "on days 1 and 8 every 21 days"
_CYCLE = (
    rf"(?:on{SPACE})?days?{SPACE}(?P<cycle>{_LIST}|\d{{1,2}}){SPACE}(?:(?:of|in){SPACE}(?:an?|each|every)|every){SPACE}(?P<length>\d{{1,2}})"
    rf"{_JOIN}(?P<unit>days?|weeks?)(?:{SPACE}cycles?)?\b"
)
_DAY = r"(?:on\s)?day\s(?P<day>\d{1,3})(?![\d/.])"
#: one figure for morning, noon, evening (and night): "1-0-1"; only beside a dose
_SCHEME = rf"(?P<scheme>[0-3](?:{DASH}[0-3]){{2,3}})(?!{DASH}?\d)"
_CANONICAL = r"(?P<low>\d+(?:\.\d+)?)(?:-(?P<high>\d+(?:\.\d+)?))?/d\b"


def _rest(word: str, row: dict[str, str]) -> str:
    """The pattern of `word` behind its first letter; short abbreviations also with stops: "b.i.d.", "b. i. d."."""
    if row["dotted"] == "true" and len(word) <= 3:
        return r"(?:\.\s?)?" + r"(?:\.\s?)?".join(re.escape(c) for c in word[1:]) + r"\.?"
    return spaced(word[1:])


def word_pattern(*alone: str) -> str:
    """The words of rules/frequencies.csv whose `alone` cell is one of those given, the longest first."""
    words = [(w, row) for row in rules("frequencies") if row["alone"] in alone for w in spellings(row["written"])]
    words.sort(key=lambda pair: -len(pair[0]))
    exact = [f"(?-i:{spaced(w)})" for w, row in words if row["case"] == "exact"]
    free = first_letters((w[0], _rest(w, row)) for w, row in words if row["case"] != "exact")
    return rf"(?:{'|'.join([*exact, free])})(?!\w)"


_WORDS = {
    (word if row["case"] == "exact" else word.lower()).replace("-", " "): row
    for row in rules("frequencies")
    for word in spellings(row["written"])
}
_GRAMMAR = (_CYCLE, _DIVIDED, _TIMES, WEEKDAYS, _EVERY, _INTERVAL, _HOURLY, _DAYS)
_NAMED = compiled(r"\?P<\w+>")
#: what has a number in it, or cannot be anything but a frequency; no group names
STRONG = "(?i:" + "|".join(_NAMED.sub("?:", p) for p in (*_GRAMMAR, word_pattern("true"))) + ")"
#: what is a frequency only beside a dose or a drug: "OD", "once", "in the morning", "continuous"
WEAK = f"(?i:{word_pattern('false')}|{_NAMED.sub('?:', _SCHEME)}|{_NAMED.sub('?:', INITIALS)})"
#: any frequency
FREQUENCY = rf"(?<!\w)(?:{STRONG}|{WEAK}|{_NAMED.sub('?:', _CANONICAL)})"
_PIECES = (_CANONICAL, _SCHEME, INITIALS, *_GRAMMAR, _DAY)
_WORD = compiled(rf"(?<!\w){word_pattern('true', 'false')}", re.IGNORECASE)


#: how often only behind a drug and its dose: "12 mg of prednisolone per day"
_A_DAY = compiled(r"(?:per |a |/ ?)(?:day|d|24 ?h(?:ours)?)", re.IGNORECASE)


@cache
def _piece(pattern: str) -> re.Pattern[str]:
    """A part of the grammar, compiled when the first frequency is parsed: importing this is then a third quicker."""
    return compiled(rf"(?<!\w)(?:{pattern})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often a dose is given.

    Attributes:
        per_day: doses a day (every 8 h 3, weekly 0.1429); None where no number is told.
        per_day_max: upper end where a range is told ("every 4 to 6 h": 4 and 6).
        kind: "once", "continuous", "intermittent", or "" for a regular one.
        days: the days of a cycle on which it is given ("on days 1, 8 and 15").
        prn: as needed.
    """

    per_day: float | None = None
    per_day_max: float | None = None
    kind: str = ""
    days: tuple[int, ...] = ()
    prn: bool = False

    def __str__(self) -> str:
        parts = []
        if self.per_day is not None:
            high = f"-{plain(self.per_day_max)}" if self.per_day_max is not None else ""
            parts.append(f"{plain(self.per_day)}{high}/d")
        if self.kind:
            parts.append(self.kind)
        if self.days:
            parts.append(("days " if len(self.days) > 1 else "day ") + ",".join(map(str, self.days)))
        if self.prn:
            parts.append("prn")
        return " ".join(parts)


@lru_cache(KEPT)
def parse_frequency(text: str) -> Frequency | None:
    """The frequency told in `text`; None when there is none."""
    text = squeeze(text)
    if _A_DAY.fullmatch(text):
        return Frequency(1.0)
    per_day: Rate | None = None
    days: tuple[int, ...] = ()
    for piece in map(_piece, _PIECES):
        for match in piece.finditer(text):
            groups = match.groupdict()
            if groups.get("days"):
                days = days or _list(groups["days"])
            elif groups.get("day"):
                days = days or (int(groups["day"]),)
            elif per_day is None:
                per_day = _rate(groups)
    kind, prn, words = "", False, None
    for match in _WORD.finditer(text):
        row = _row(match[0])
        if row is None:
            continue
        prn = prn or row["flag"] == "prn"
        if row["flag"] in ("once", "continuous", "intermittent"):
            kind = kind or row["flag"]
        if row["per_day"] and words is None:
            words = float(row["per_day"])
    if per_day is None and words is not None:
        per_day = (words, None)
    if per_day is not None and kind == "once":  # "once" belongs to "once daily", "once every 3 weeks"
        kind = ""
    if per_day is None and not (kind or days or prn):
        return None
    low, high = per_day or (None, None)
    return Frequency(low, high, kind, days, prn)


def _row(word: str) -> dict[str, str] | None:
    plain_word = " ".join(word.replace("-", " ").split())
    bare = re.sub(r"[.\s]", "", word)
    return next((_WORDS[w] for w in (plain_word, plain_word.lower(), bare, bare.lower()) if w in _WORDS), None)


def _rate(groups: Groups) -> Rate | None:
    """Doses a day, lower and upper end, of one piece of grammar: the first of RATES whose group was told reads it."""
    for names, read in RATES:
        if value := next((g for name in names if (g := groups.get(name))), None):
            return read(value, groups)
    return None


def _printed(low: str, groups: Groups) -> Rate:
    high = groups["high"]
    return float(low), float(high) if high else None


def _scheme(scheme: str, _: Groups) -> Rate | None:
    doses = float(sum(map(int, re.findall(r"\d", scheme))))
    return (doses, None) if doses else None


def _on_weekdays(days: str, _: Groups) -> Rate | None:
    count = days_of_week(days)
    return (round(count / 7, 4), None) if count else None


def _on_initials(days: str, _: Groups) -> Rate | None:
    count = days_of_initials(days)
    return (round(count / 7, 4), None) if count else None


def _portions(count: str, _: Groups) -> Rate | None:
    numbers = parse_range(count)
    return (numbers.low, numbers.high) if numbers else None


def _times(count: str, groups: Groups) -> Rate | None:
    """So many times in a period."""
    adverb = _ADVERBS.get(count.lower())
    numbers = Range(adverb) if adverb is not None else parse_range(count)
    if numbers is None:
        return None
    days = _period(groups["in"] or "")
    return round(numbers.low / days, 4), round(numbers.high / days, 4) if numbers.high else None


def _every(period: str, groups: Groups) -> Rate | None:
    """Once in so many periods; the longer interval of a range is the lower rate."""
    count = next((told for n in ("number", "number2", "number3", "number4") if (told := groups.get(n))), None)
    numbers = (parse_range(count) if count else None) or Range(1.0)
    ordinal = groups.get("ordinal")
    low = numbers.low * (_ORDINALS[ordinal.strip().lower()] if ordinal else 1.0)
    if low <= 0:
        return None
    days = _period(period)
    fast = round(1 / (low * days), 4)
    return (round(1 / (numbers.high * days), 4), fast) if numbers.high else (fast, None)


def _in_cycle(days: str, groups: Groups) -> Rate | None:
    """Some days of a cycle, as doses a day."""
    length = float(groups["length"] or 0) * _period(groups["unit"] or "day")
    return (round(len(_list(days)) / length, 4), None) if length else None


#: which groups of the grammar tell a rate, and how they are read; the first that was told decides
RATES: tuple[tuple[tuple[str, ...], Callable[[str, Groups], Rate | None]], ...] = (
    (("low",), _printed),
    (("cycle",), _in_cycle),
    (("scheme",), _scheme),
    (("divided", "divided2"), _portions),
    (("times", "times2", "times3"), _times),
    (("weekdays", "weekdays2", "weekdays3"), _on_weekdays),
    (("initials",), _on_initials),
    (("alternate",), lambda days, _: (round(1 / 14, 4), None)),
    (("of", "of2", "of3", "of4"), _every),
)


def _period(word: str) -> float:
    word = word.lower()
    return _PERIODS.get(word) or _PERIODS[word.removesuffix("s")]


def _list(text: str) -> tuple[int, ...]:
    """The days of "1, 8 and 15" or "1 through 3"."""
    text = re.sub(r"(?i)days?|d(?=\d)", " ", text)
    days: list[int] = []
    for part in re.split(r"(?i),|\band\b|&", text):
        ends = [int(n) for n in re.findall(r"\d+", part)]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + 60:
            days.extend(range(ends[0], ends[1] + 1))
        else:
            days.extend(ends)
    return tuple(dict.fromkeys(days))


# -- in running text ---------------------------------------------------------------------------------------------

_AS_NEEDED = rf"(?i:prn|p\.r\.n\.?|as{SPACE}needed|as{SPACE}required|when{SPACE}needed|if{SPACE}needed)"
_PRN = rf"(?:{SPACE}*,?{SPACE}*\(?{_AS_NEEDED}\b)?"
_STRONG = Scanner(rf"(?<![\w-])(?<!\d[.,]){STRONG}{_PRN}")
_WEAK = compiled(rf"(?<![\w-]){WEAK}")
_YEARLY = 1 / 200
#: between a dose and a word that is a frequency only there: at most two words, as in "6 mg p.o. OD"
_BESIDE = compiled(r"[\s,(]*(?:[A-Za-z][A-Za-z./-]*[\s,(]+){0,2}")
_NOT_DOSING = compiled(
    rf"[-\s]+(?!followed by\b)(?:{'|'.join(spaced(row['stem']) for row in rules('not_dosing'))})", re.IGNORECASE
)


def find_frequencies(text: str, doses: Sequence[QuantityMention[object]]) -> list[QuantityMention[Frequency]]:
    """Mentions of frequencies, in order. Words that are a frequency only beside a dose need one near."""
    mentions: list[QuantityMention[Frequency]] = []
    for match in _STRONG.finditer(text):
        if _NOT_DOSING.match(text, match.end()):
            continue
        if frequency := parse_frequency(match[0]):
            near = any(-25 <= match.start() - d.end <= 40 for d in doses)
            if frequency.per_day is not None and frequency.per_day < _YEARLY and not near:
                continue  # "annual follow-up"
            confidence = 0.95 if near else 0.75
            mentions.append(
                QuantityMention("frequency", match.start(), without_full_stop(match), frequency, confidence)
            )
    for match in _WEAK.finditer(text):
        if overlaps(match.start(), match.end(), mentions):
            continue
        near = any(d.end <= match.start() and _BESIDE.fullmatch(text, d.end, match.start()) for d in doses)
        frequency = parse_frequency(match[0]) if near else None
        if frequency:
            mentions.append(QuantityMention("frequency", match.start(), without_full_stop(match), frequency, 0.8))
    return sorted(mentions, key=lambda m: m.start)
