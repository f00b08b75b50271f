"""Patients' ratings of pain in running text, told from everything else that is written "8/10".

Sentence by sentence. A fraction ("8/10", "7 out of 10") or a number beside an instrument ("VAS score of 7", "5 on the
NRS") is a rating when the nearest telling word is one of pain (rules/pain_words.csv); where a sentence has one, or
names pain itself, its changes ("fell from 9 to 2", "decreased to 1") are ratings, too. The ways of telling a rating
stand in the tables `OUTRIGHT` and `BESIDES`, in the order in which they are read; their patterns in `pain_grammar`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from extract.language.quantities import pain_grammar as grammar
from extract.language.quantities.mention import QuantityMention, overlaps
from extract.language.quantities.pain import Pain, is_pain_scale, parse_pain, parse_scale, without_scale_ends

#: a rating told fewer sentences ago than this is what "it was 3" speaks of
NEAR = 2
#: characters of the longest stretch read as one sentence: bounds the time a text without full stops can take
LONGEST = 1000


@dataclass
class _Report:
    """What the report has told so far.

    Attributes:
        scale: the last instrument named.
        maxima: how far each instrument goes.
        rated: the sentence before held a rating.
        ago: sentences since the last rating.
        tens, millimetres: pain was rated "x/10", or in millimetres.
        top: how far the scale of the last rating goes.
    """

    scale: str = ""
    maxima: dict[str, float] = field(default_factory=dict)
    rated: bool = False
    ago: int = 99
    tens: bool = False
    millimetres: bool = False
    top: float | None = None

    def after(self, ratings: list[QuantityMention[Pain]]) -> None:
        """Note the ratings of a sentence."""
        tops = [m.value.scale_max for m in ratings if m.value and m.value.scale_max]
        self.rated = bool(ratings)
        self.top = tops[-1] if tops else self.top
        self.ago = 0 if ratings else self.ago + 1


def find_pain(text: str) -> list[QuantityMention[Pain]]:
    """Mentions of pain ratings, in order; "pain-free" and its like only in reports with a rating, as an inferred 0."""
    report = _Report()
    mentions: list[QuantityMention[Pain]] = []
    previous: deque[str] = deque(maxlen=NEAR)
    for start, sentence in _sentences(text):
        ratings = _Sentence(sentence, " ".join(previous), report).read() if grammar.HINT.search(sentence) else []
        report.after(ratings)
        mentions.extend(replace(m, start=m.start + start, end=m.end + start) for m in ratings)
        previous.append(sentence)
    if mentions:
        mentions.extend(
            QuantityMention("pain_score", m.start(), m.end(), Pain(0.0, inferred=True), 0.4)
            for m in grammar.FREE.finditer(text)
            if not overlaps(m.start(), m.end(), mentions)
        )
    return sorted(mentions, key=lambda m: m.start)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences and where they begin; none where the text has nothing of a rating."""
    if not grammar.HINT.search(text):
        return
    ends = [*(m.span() for m in grammar.SENTENCE.finditer(text)), (len(text), len(text))]
    start = 0
    for end, following in ends:
        while end - start > LONGEST:  # a list or a table, not a sentence
            cut = text.rfind(" ", start + 1, start + LONGEST)
            cut = cut if cut > start else start + LONGEST
            yield start, text[start:cut]
            start = cut
        yield start, text[start:end]
        start = following


class _Sentence:
    """One sentence: its instruments and the ratings read so far.

    Attributes:
        numbers: its text with the ends of scales blanked, as long as the text.
        scale, maximum: the instrument it names, and how far that goes.
        rates_pain: an instrument or scale in it rates pain.
    """

    def __init__(self, text: str, previous: str, report: _Report) -> None:
        self.text = grammar.BETWEEN.sub(r"\1 - ", text)
        self.previous, self.report = previous, report
        self.fractions = list(_without_dates(self.text, grammar.OUT_OF.finditer(self.text)))
        self.instruments = list(grammar.SCALE.finditer(self.text))
        self.ends = grammar.ENDS.search(self.text)
        self.pain_word = grammar.KINDS["pain"].search(self.text)
        told = report.millimetres or self.instruments
        self.states = list(grammar.MM_STATE.finditer(self.text)) if told else []
        self.scale, self.rates_pain = "", False
        self.maximum: float | None = None
        self.ratings: list[QuantityMention[Pain]] = []

    @cached_property
    def numbers(self) -> str:
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

    def read(self) -> list[QuantityMention[Pain]]:
        """The ratings of the sentence."""
        if not self.has_numbers():
            return []
        self.read_instruments()
        for _, ratings in OUTRIGHT:
            ratings(self)
        self.report.tens = self.report.tens or self.has_top(10)
        if self.ratings or self.rates_pain or self.carried or (self.pain_word and not self.of_another_score):
            self.sure = 0.9 if self.ratings or self.rates_pain else 0.6
            self.known_top = self.top
            for _, ratings in BESIDES:
                ratings(self)
        self.report.millimetres = self.report.millimetres or self.has_top(100)
        return self.ratings

    def has_numbers(self) -> bool:
        """Whether anything in it can be a rating: looked for before the costlier patterns."""
        return bool(
            self.fractions
            or self.instruments
            or self.states
            or self.ends
            or (self.pain_word and re.search(r"\bto\s+(?:\d|zero|one|two)", self.text))
            or (self.report.ago < NEAR and grammar.STATE.search(self.text))
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
            self.rates_pain = self.rates_pain or kind != "false" or self.is_of_pain(match.start(), match.end())
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


# -- ratings told outright ---------------------------------------------------------------------------------------


def _beside_instruments(s: _Sentence) -> None:
    """ "VAS score of 7", "VAS from 8 to 1", "5 on the NRS"."""
    for match in s.instruments if s.rates_pain else ():
        behind = (pattern.match(s.numbers, match.end()) for pattern in (grammar.AFTER_SCALE, grammar.OF_PAIN))
        if number := next((m for m in behind if m), None):
            s.add_beside(number, match)
        lead = grammar.BEFORE_SCALE.search(s.numbers[: match.start()])
        if lead and not grammar.FALL.search(s.numbers[: lead.start("value")]) and not _is_difference(s.numbers, lead):
            s.add_beside(lead, match)


def _fractions_of_pain(s: _Sentence) -> None:
    """ "8/10" nearest to a word of pain."""
    previous = s.previous if s.report.rated or not s.pain_word else ""
    for match in s.fractions:
        if grammar.FALL.search(s.text[: match.start()]):
            continue  # "reduced by 3/10": how far it moved
        if not overlaps(match.start(), match.end(), s.ratings) and s.is_of_pain(match.start(), match.end(), previous):
            s.add(match.start(), match.end(), match[0], 0.95 if s.rates_pain or s.pain_word else 0.8, None, s.scale)


def _lone_fractions(s: _Sentence) -> None:
    """A lone "8/10" where pain was rated so before."""
    for match in s.fractions if s.report.tens and not s.of_another_score else ():
        if grammar.LONE_AFTER.match(s.text, match.end()):
            s.add(match.start(), match.end(), match[0], 0.6, None, s.scale)


def _millimetres(s: _Sentence) -> None:
    """ "25 mm at rest" where pain was rated in millimetres before."""
    for match in s.states if not s.of_another_score else ():
        top = s.report.maxima.get("VAS", 100.0)
        s.add(match.start(), match.end(), match["value"], 0.8, top, s.scale or "VAS")


# -- ratings told beside them ------------------------------------------------------------------------------------


def _changes(s: _Sentence) -> None:
    """ "fell from 9 to 2", "decreased to 1"."""
    for match in grammar.CHANGE.finditer(s.numbers):
        lone = not (s.ratings or s.rates_pain or (s.carried and s.pain_word)) and not match["a"]
        if lone or not s.is_nearer_pain(match.end()):
            continue
        for group in ("a", "b", "c"):
            if match[group]:
                s.add_value(match, s.sure, s.known_top, group)


def _states(s: _Sentence) -> None:
    """ "it was 3 after a week"."""
    if s.carried or (s.ratings and not s.of_another_score):
        for match in grammar.STATE.finditer(s.numbers):
            start, end = match.span("value")
            s.add(start, end, match["value"], 0.75, s.known_top or s.report.top, s.scale or s.report.scale)


def _pain_was(s: _Sentence) -> None:
    """ "pain at rest was 4" in a sentence with an instrument."""
    for match in grammar.PAIN_WAS.finditer(s.numbers) if s.rates_pain else ():
        if s.is_nearer_pain(match.end()):
            s.add_value(match, 0.85, s.known_top)


def _series(s: _Sentence) -> None:
    """ "VAS was 7 before, and 3 after the block"."""
    if not s.ratings or not (s.rates_pain or s.fractions):
        return
    for pattern in (grammar.SERIES, grammar.ELLIPSIS, grammar.LATELY):
        for match in pattern.finditer(s.numbers):
            if match.start() >= min(m.start for m in s.ratings) and s.is_nearer_pain(match.end()):
                s.add_value(match, 0.8, s.known_top)


def _lists(s: _Sentence) -> None:
    """ "VAS was 74 mm before, and 40, 22 and 30 mm after 7, 30 and 60 days"."""
    if not s.ratings or not s.rates_pain:
        return
    for match in grammar.LISTED.finditer(s.numbers):
        if match.start() >= min(m.start for m in s.ratings) and s.is_nearer_pain(match.end()):
            at = match.start("values")
            for number in grammar.ONE_OF_LIST.finditer(match["values"]):
                s.add(at + number.start(), at + number.end(), number[0], 0.8, s.known_top, s.scale)


Reading = tuple[str, Callable[[_Sentence], None]]

#: ways of telling a rating by itself, in the order in which they are read
OUTRIGHT: tuple[Reading, ...] = (
    ("beside an instrument", _beside_instruments),
    ("a fraction nearest to a word of pain", _fractions_of_pain),
    ("a lone fraction, as pain was rated before", _lone_fractions),
    ("millimetres, as pain was rated before", _millimetres),
)
#: ways of telling more of them, where pain is rated or named
BESIDES: tuple[Reading, ...] = (
    ("a change", _changes),
    ("a state: it was 3", _states),
    ("pain was 3", _pain_was),
    ("a list", _lists),
    ("a series", _series),
)


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


def _is_difference(numbers: str, lead: re.Match[str]) -> bool:
    """Whether the number before an instrument is how far it moved ("2 points on the VAS"), not where it stood ("with 7 points")."""
    return re.search(r"\bpoints?\b", lead[0]) is not None and not re.search(
        r"\b(?:with|at|as|was|were|is|to|scored|rated|graded|reported|had)\s+(?:an?\s+)?$",
        numbers[: lead.start("value")],
    )


def _is_nearer_pain(text: str) -> bool:
    """Whether the last telling word of `text` is one of pain."""
    return _last(grammar.KINDS["pain"], text) > _last(grammar.KINDS["other"], text)


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match begins, or -1."""
    return max((m.start() for m in pattern.finditer(text)), default=-1)
