"""A sentence that may rate pain: its instruments and scales, and the ratings read of it so far. Under `pain_mentions`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from extract.language.quantities import pain_grammar as grammar
from extract.language.quantities.mention import QuantityMention, overlaps
from extract.language.quantities.pain import Pain, is_pain_scale, parse_pain, parse_scale, without_scale_ends

#: a rating told fewer sentences ago than this is what "it was 3" speaks of
NEAR = 2


@dataclass
class Report:
    """What the report has told so far.

    Attributes:
        scale: the last instrument named.
        maxima: how far each instrument goes.
        rated: the sentence before held a rating.
        ago: sentences since the last rating.
        tens, millimetres: pain was rated "x/10", or in millimetres.
        top: how far the scale of the last rating goes.
        alone: the sentence before told no other number, so that "it" is the rating.
    """

    scale: str = ""
    maxima: dict[str, float] = field(default_factory=dict)
    rated: bool = False
    ago: int = 99
    tens: bool = False
    millimetres: bool = False
    top: float | None = None
    alone: bool = False

    def after(self, ratings: list[QuantityMention[Pain]], sentence: str) -> None:
        """Note the ratings of a sentence."""
        for m in ratings:
            sentence = sentence[: m.start] + " " * (m.end - m.start) + sentence[m.end :]
        self.alone = bool(ratings) and re.search(r"\d", sentence) is None
        tops = [m.value.scale_max for m in ratings if m.value and m.value.scale_max]
        self.rated = bool(ratings)
        self.top = tops[-1] if tops else self.top
        self.ago = 0 if ratings else self.ago + 1


class Sentence:
    """One sentence: its instruments and the ratings read so far.

    Attributes:
        numbers: its text with the ends of scales blanked, as long as the text.
        scale, maximum: the instrument it names, and how far that goes.
        rates_pain: an instrument or scale in it rates pain.
        sure, known_top: how sure a change in it is a rating, and how far its scale goes, once the outright ratings are read.
    """

    def __init__(self, text: str, previous: str, report: Report) -> None:
        self.text = grammar.BETWEEN.sub(r"\1 - ", text)
        self.previous, self.report = previous, report
        self.fractions = list(_without_dates(self.text, grammar.OUT_OF.finditer(self.text)))
        self.instruments = list(grammar.SCALE.finditer(self.text))
        self.ends = grammar.ENDS.search(self.text)
        self.pain_word = grammar.KINDS["pain"].search(self.text)
        scale_named = report.millimetres or self.instruments
        self.states = list(grammar.MM_STATE.finditer(self.text)) if scale_named else []
        self.scale, self.rates_pain = "", False
        self.maximum: float | None = None
        self.ratings: list[QuantityMention[Pain]] = []
        self.sure = 0.0
        self.known_top: float | None = None

    @cached_property
    def numbers(self) -> str:
        """Its text with the ends of scales blanked."""
        return without_scale_ends(self.text)

    @cached_property
    def of_another_score(self) -> bool:
        """Whether a word of another score stands in it."""
        return bool(grammar.KINDS["other"].search(self.text))

    @property
    def carried(self) -> bool:
        """Whether "it was 3" here speaks of a rating told just before."""
        return self.report.ago < NEAR and not self.of_another_score

    @property
    def top(self) -> float | None:
        """How far its ratings go: as told of the instrument, or with a rating of it."""
        return self.maximum or next((m.value.scale_max for m in self.ratings if m.value and m.value.scale_max), None)

    def has_numbers(self) -> bool:
        """Whether anything in it can be a rating: looked for before the costlier patterns."""
        return bool(
            self.fractions
            or self.instruments
            or self.states
            or self.ends
            or (self.pain_word and re.search(r"\bto\s+(?:an?\s+)?(?:\d|zero|one|two)", self.text))
            or (self.report.ago < NEAR and (grammar.STATE.search(self.text) or grammar.CHANGE.search(self.text)))
        )

    def has_top(self, top: float) -> bool:
        """Whether a rating read so far is on a scale up to `top`."""
        return any(m.value and m.value.scale_max == top for m in self.ratings)

    def read_instruments(self) -> None:
        """Which instrument the sentence names, how far it goes, and whether it rates pain."""
        unnamed = False
        for match in self.instruments:
            kind = is_pain_scale(match[0].split("(")[0].strip())
            name, top = parse_scale(match[0])
            if kind == "generic":
                name = self.report.scale or name
            else:
                self.report.scale = name
                self.scale = "" if unnamed else self.scale  # "the pain score was 3 on a VRS"
            unnamed = (unnamed or not self.scale) and kind == "generic"
            self.rates_pain = self.rates_pain or not self.rates_another(match)
            self.scale = self.scale or name
            self.maximum = self.maximum or top
        if self.ends:
            self.rates_pain = self.rates_pain or self.is_of_pain(self.ends.start(), self.ends.end())
            self.scale = self.scale or (self.report.scale if "same" in self.ends[0].lower() else "")
        if self.instruments or self.ends:
            self.maximum = parse_scale(self.text)[1] or self.maximum
            if self.maximum and self.scale:
                self.report.maxima[self.scale] = self.maximum
            self.maximum = self.maximum or self.report.maxima.get(self.scale)

    def is_of_pain(self, start: int, end: int, previous: str | None = None) -> bool:
        """Whether the nearest telling word is one of pain: before it, else after it, else in the sentence before."""
        previous = self.previous if previous is None else previous
        lead = self.text[max(0, start - 140) : end]
        pain, other = _last(grammar.KINDS["pain"], lead), _last(grammar.KINDS["other"], lead)
        if pain != other:
            return pain > other
        rest = self.text[end : end + 60]
        first = {kind: match.start() for kind, pattern in grammar.KINDS.items() if (match := pattern.search(rest))}
        if first:
            return min(first, key=first.__getitem__) == "pain"
        return _is_nearer_pain(previous)

    def rates_another(self, instrument: re.Match[str]) -> bool:
        """Whether an instrument that is not of pain alone rates something else here: "itch on the VAS was 8", "VAS for fatigue"."""
        if is_pain_scale(instrument[0].split("(")[0].strip()) != "false":
            return False
        if named := grammar.RATED_BEHIND.match(self.text, instrument.end()):
            return bool(grammar.KINDS["other"].search(named[0])) and not grammar.KINDS["pain"].search(named[0])
        lead = self.text[max(0, instrument.start() - 60) : instrument.start()]
        pain, rated = _last(grammar.KINDS["pain"], lead), _last(grammar.RATED, lead)
        if pain != rated:
            return rated > pain
        near = self.text[max(0, instrument.start() - 140) : instrument.end() + 60]
        of_another = grammar.KINDS["other"].search(near)
        return bool(of_another) and not self.is_of_pain(instrument.start(), instrument.end())

    def add(self, start: int, end: int, value: str, confidence: float, top: float | None, scale: str) -> None:
        """The rating told at start..end, unless its value lies beyond its scale or another was read there."""
        pain = parse_pain(value)
        if pain is None or pain.inferred or overlaps(start, end, self.ratings):
            return
        top = pain.scale_max or top or (100.0 if scale == "VAS" and pain.value > 10 else None)
        if pain.value <= (top or 10) and (pain.value_max or 0) <= (top or 10):
            rating = replace(pain, scale_max=top, scale=pain.scale or scale)
            self.ratings.append(QuantityMention("pain_score", start, end, rating, confidence))

    def add_value(self, match: re.Match[str], confidence: float, top: float | None, group: str = "value") -> None:
        """The rating that a group of the match tells."""
        self.add(match.start(group), match.end(group), match[group], confidence, top, self.scale)

    def is_range(self, number: re.Match[str]) -> bool:
        """Whether "1 to 2" is a range and not a change: it rises, and no "from" or word of change stands before it."""
        rating = parse_pain(number["value"])
        low, _, high = number["value"].partition(" to ")
        first, last = parse_pain(low), parse_pain(high)
        rises = rating is not None and first is not None and last is not None and first.value < last.value
        lead = self.numbers[: number.start("value")]
        return rises and not grammar.FROM.search(lead)

    def is_nearer_pain(self, end: int) -> bool:
        """Whether the last telling word before `end` is one of pain; where there is none, whether the instrument rates it."""
        lead = self.text[:end]
        pain, other = _last(grammar.KINDS["pain"], lead), _last(grammar.KINDS["other"], lead)
        return pain > other or (pain == other and self.rates_pain)

    def add_beside(self, number: re.Match[str], instrument: re.Match[str]) -> None:
        """The rating beside an instrument, with its name; "from 8 to 1" are two, of which the nearer has the name."""
        start, end = number.span("value")
        name_first = instrument.start() < start
        first, last = (instrument.start(), end) if name_first else (start, instrument.end())
        change = grammar.FROM_TO.fullmatch(number["value"])
        if change and not self.is_range(number):
            for group, at, to in (
                ("a", first, start + change.end("a")),
                ("b", start + change.start("b"), last),
            ):
                self.add(at, to, change[group], 0.92, self.maximum, self.scale)
        else:
            self.add(first, last, number["value"], 0.92, self.maximum, self.scale)


def _without_dates(text: str, fractions: Iterator[re.Match[str]]) -> Iterator[re.Match[str]]:
    """The fractions that are no days and months: "seen on 3/10", "on 3/10 and 9/10"."""
    last = -1
    for match in fractions:
        lead = text[max(0, match.start() - 40) : match.start()]
        joined = last >= 0 and grammar.DATE_JOIN.fullmatch(text, last, match.start())
        if joined or (grammar.DATE_LEAD.search(lead) and not grammar.NO_DATE_LEAD.search(lead)):
            last = match.end()
        else:
            yield match


def _is_nearer_pain(text: str) -> bool:
    """Whether the last telling word of `text` is one of pain."""
    return _last(grammar.KINDS["pain"], text) > _last(grammar.KINDS["other"], text)


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match begins, or -1."""
    return max((m.start() for m in pattern.finditer(text)), default=-1)
