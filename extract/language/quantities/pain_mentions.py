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
from dataclasses import replace

from extract.language.quantities import pain_grammar as grammar
from extract.language.quantities.mention import QuantityMention, overlaps
from extract.language.quantities.pain import Pain, parse_pain
from extract.language.quantities.pain_sentence import NEAR, Report, Sentence

#: characters of the longest stretch read as one sentence: bounds the time a text without full stops can take
LONGEST = 1000


def find_pain(text: str) -> list[QuantityMention[Pain]]:
    """Mentions of pain ratings, in order; "pain-free" and its like only in reports with a rating, as an inferred 0."""
    report = Report()
    mentions: list[QuantityMention[Pain]] = []
    previous: deque[str] = deque(maxlen=NEAR)
    for start, sentence in _sentences(text):
        ratings = _read(Sentence(sentence, " ".join(previous), report)) if grammar.HINT.search(sentence) else []
        report.after(ratings, sentence)
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


# -- ratings told outright ---------------------------------------------------------------------------------------


def _beside_instruments(s: Sentence) -> None:
    """ "VAS score of 7", "VAS from 8 to 1", "5 on the NRS"."""
    for match in s.instruments if s.rates_pain else ():
        if s.rates_another(match):
            continue
        behind = (pattern.match(s.numbers, match.end()) for pattern in (grammar.AFTER_SCALE, grammar.OF_PAIN))
        if number := next((m for m in behind if m), None):
            s.add_beside(number, match)
        lead = grammar.BEFORE_SCALE.search(s.numbers[: match.start()])
        if lead and not grammar.FALL.search(s.numbers[: lead.start("value")]) and not _is_difference(s.numbers, lead):
            s.add_beside(lead, match)


def _fractions_of_pain(s: Sentence) -> None:
    """ "8/10" nearest to a word of pain."""
    previous = s.previous if s.report.rated or not s.pain_word else ""
    for match in s.fractions:
        if grammar.FALL.search(s.text[: match.start()]):
            continue  # "reduced by 3/10": how far it moved
        if not overlaps(match.start(), match.end(), s.ratings) and s.is_of_pain(match.start(), match.end(), previous):
            s.add(match.start(), match.end(), match[0], 0.95 if s.rates_pain or s.pain_word else 0.8, None, s.scale)


def _lone_fractions(s: Sentence) -> None:
    """A lone "8/10" where pain was rated so before."""
    for match in s.fractions if s.report.tens and not s.of_another_score else ():
        if grammar.LONE_AFTER.match(s.text, match.end()):
            s.add(match.start(), match.end(), match[0], 0.6, None, s.scale)


def _millimetres(s: Sentence) -> None:
    """ "25 mm at rest" where pain was rated in millimetres before."""
    for match in s.states if not s.of_another_score else ():
        top = s.report.maxima.get("VAS", 100.0)
        s.add(match.start(), match.end(), match["value"], 0.8, top, s.scale or "VAS")


# -- ratings told beside them ------------------------------------------------------------------------------------


def _changes(s: Sentence) -> None:
    """ "fell from 9 to 2", "decreased to 1"."""
    for match in grammar.CHANGE.finditer(s.numbers):
        spoken_of = s.carried and bool(s.pain_word or grammar.SCORE.search(match[0]) or _moves_it(s, match))
        if not (s.ratings or s.rates_pain or spoken_of or match["a"]) or not (
            spoken_of or s.is_nearer_pain(match.end())
        ):
            continue
        for group in ("a", "b", "c"):
            scale = s.scale or (s.report.scale if spoken_of else "")
            for start, value in _one_by_one(match, group):
                s.add(start, start + len(value), value, s.sure, s.known_top, scale)


def _one_by_one(change: re.Match[str], group: str) -> list[tuple[int, str]]:
    """The ratings of a group and where they start: "from 9 to 4 at one month and to 2" falls twice, and its "9 to 4" is no range."""
    if not change[group]:
        return []
    steps = grammar.FROM_TO.fullmatch(change[group])
    first, last = (parse_pain(steps[k]) if steps else None for k in ("a", "b"))
    if steps is None or first is None or last is None or first.value < last.value:
        return [(change.start(group), change[group])]
    return [(change.start(group) + steps.start(k), steps[k]) for k in ("a", "b")]


def _moves_it(s: Sentence, change: re.Match[str]) -> bool:
    """ "Ketamine brought it to 12 mm", right behind a sentence that tells a rating and no other number."""
    if re.search(r"\d\s?[mc]m\b", change[0]) and not s.report.millimetres:
        return False  # the width of something
    return s.report.alone and re.search(r"\bit\s+(?:down\s+)?to\b", change[0], re.IGNORECASE) is not None


def _states(s: Sentence) -> None:
    """ "it was 3 after a week"."""
    if s.carried or (s.ratings and not s.of_another_score):
        for match in grammar.STATE.finditer(s.numbers):
            start, end = match.span("value")
            s.add(start, end, match["value"], 0.75, s.known_top or s.report.top, s.scale or s.report.scale)


def _pain_was(s: Sentence) -> None:
    """ "pain at rest was 4" in a sentence with an instrument."""
    for match in grammar.PAIN_WAS.finditer(s.numbers) if s.rates_pain else ():
        if s.is_nearer_pain(match.end()):
            s.add_value(match, 0.85, s.known_top)


def _series(s: Sentence) -> None:
    """ "VAS was 7 before, and 3 after the block"."""
    if not s.ratings or not (s.rates_pain or s.fractions):
        return
    for pattern in (grammar.SERIES, grammar.ELLIPSIS, grammar.LATELY):
        for match in pattern.finditer(s.numbers):
            if match.start() >= min(m.start for m in s.ratings) and s.is_nearer_pain(match.end()):
                s.add_value(match, 0.8, s.known_top)


def _lists(s: Sentence) -> None:
    """ "VAS was 74 mm before, and 40, 22 and 30 mm after 7, 30 and 60 days"."""
    if not s.ratings or not s.rates_pain:
        return
    for match in grammar.LISTED.finditer(s.numbers):
        if match.start() >= min(m.start for m in s.ratings) and s.is_nearer_pain(match.end()):
            at = match.start("values")
            for number in grammar.ONE_OF_LIST.finditer(match["values"]):
                s.add(at + number.start(), at + number.end(), number[0], 0.8, s.known_top, s.scale)


Reading = tuple[str, Callable[[Sentence], None]]

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


def _is_difference(numbers: str, lead: re.Match[str]) -> bool:
    """Whether the number before an instrument is how far it moved ("2 points on the VAS"), not where it stood ("with 7 points")."""
    return re.search(r"\bpoints?\b", lead[0]) is not None and not re.search(
        r"\b(?:with|at|as|was|were|is|to|scored|rated|graded|reported|had)\s+(?:an?\s+)?$",
        numbers[: lead.start("value")],
    )


def _read(s: Sentence) -> list[QuantityMention[Pain]]:
    """The ratings of a sentence."""
    if not s.has_numbers():
        return []
    s.read_instruments()
    for _, ratings in OUTRIGHT:
        ratings(s)
    s.report.tens = s.report.tens or s.has_top(10)
    if s.ratings or s.rates_pain or s.carried or (s.pain_word and not s.of_another_score):
        s.sure = 0.9 if s.ratings or s.rates_pain else 0.6
        s.known_top = s.top
        for _, ratings in BESIDES:
            ratings(s)
    s.report.millimetres = s.report.millimetres or s.has_top(100)
    return s.ratings
