"""Patients' ratings of pain in running text, told from everything else that is written "8/10".

Sentence by sentence. A fraction ("8/10", "7 out of 10") or a number beside an instrument ("VAS score of 7", "5 on the
NRS") is a rating when the nearest telling word is one of pain (rules/pain_words.csv); where a sentence has one, or
names pain itself, its changes ("fell from 9 to 2", "decreased to 1") are ratings, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from extract.language.finders.found import Found, overlaps
from extract.language.finders.pain_grammar import (
    AFTER_SCALE,
    BEFORE_SCALE,
    BETWEEN,
    CHANGE,
    ELLIPSIS,
    ENDS,
    FALL,
    FREE,
    FROM_TO,
    HINT,
    KINDS,
    LONE_AFTER,
    MM_STATE,
    OF_PAIN,
    OUT_OF,
    PAIN_WAS,
    SCALE,
    SENTENCE,
    SERIES,
    STATE,
)
from extract.language.quantities.pain import Pain, is_pain_scale, parse_pain, parse_scale, without_scale_ends

#: a rating told fewer sentences ago than this is what "it was 3" speaks of
NEAR = 2
#: characters of the longest stretch read as one sentence: bounds the time a text without full stops can take
LONGEST = 1000


@dataclass
class _Known:
    """What the report has told so far: the last instrument named, and how far each one goes."""

    scale: str = ""
    maxima: dict[str, float] = field(default_factory=dict)
    rated: bool = False  # the sentence before held a rating
    ago: int = 99  # sentences since the last rating
    tens: bool = False  # pain was rated "x/10"
    millimetres: bool = False  # pain was rated in millimetres
    top: float | None = None  # how far the scale of the last rating goes


def find_pain(text: str) -> list[Found]:
    """Mentions of pain ratings, in order; "pain-free" and its like only in reports with a rating, as an inferred 0."""
    known = _Known()
    found: list[Found] = []
    previous = ""
    for start, sentence in _sentences(text):
        here = _sentence(sentence, previous, known) if HINT.search(sentence) else []
        known.rated = bool(here)
        tops = [p.scale_max for f in here if (p := parse_pain(f.norm)) is not None and p.scale_max]
        known.top = tops[-1] if tops else known.top
        known.ago = 0 if here else known.ago + 1
        found.extend(replace(f, start=f.start + start, end=f.end + start) for f in here)
        previous = sentence
    if found:
        found.extend(
            Found("pain_score", m.start(), m.end(), str(Pain(0.0, inferred=True)), 0.4)
            for m in FREE.finditer(text)
            if not overlaps(m.start(), m.end(), found)
        )
    return sorted(found, key=lambda f: f.start)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences and where they begin; none where the text has nothing of a rating."""
    if not HINT.search(text):
        return
    ends = [*(m.span() for m in SENTENCE.finditer(text)), (len(text), len(text))]
    start = 0
    for end, following in ends:
        while end - start > LONGEST:  # a list or a table, not a sentence
            cut = text.rfind(" ", start + 1, start + LONGEST)
            cut = cut if cut > start else start + LONGEST
            yield start, text[start:cut]
            start = cut
        yield start, text[start:end]
        start = following


def _sentence(text: str, previous: str, known: _Known) -> list[Found]:
    """The ratings of one sentence."""
    text = BETWEEN.sub(r"\1 - ", text)
    fractions = list(OUT_OF.finditer(text))
    scales = list(SCALE.finditer(text))
    pain_here = KINDS["pain"].search(text)
    states = list(MM_STATE.finditer(text)) if known.millimetres or scales else []
    if not (
        fractions
        or scales
        or states
        or ENDS.search(text)
        or (pain_here and re.search(r"\bto\s+(?:\d|zero|one|two)", text))
        or (known.ago < NEAR and STATE.search(text))
    ):
        return []
    numbers = without_scale_ends(text)
    scale, maximum, certain, unnamed = "", None, False, False
    for match in scales:
        kind = is_pain_scale(match[0].split("(")[0].strip())
        name, top = parse_scale(match[0])
        if kind == "generic":
            name = known.scale or name
        else:
            known.scale = name
            scale = "" if unnamed else scale  # "the pain score was 3 on a VRS"
        unnamed = (unnamed or not scale) and kind == "generic"
        certain = certain or kind != "false" or _about_pain(text, match.start(), match.end(), previous)
        scale = scale or name
        maximum = maximum or top
    if ends := ENDS.search(text):
        certain = certain or _about_pain(text, ends.start(), ends.end(), previous)
        scale = scale or (known.scale if "same" in ends[0].lower() else "")
    if scales or ends:
        maximum = parse_scale(text)[1] or maximum
        if maximum and scale:
            known.maxima[scale] = maximum
        maximum = maximum or known.maxima.get(scale)
    found: list[Found] = []

    def add(start: int, end: int, value: str, confidence: float, top: float | None, name: str) -> None:
        pain = parse_pain(value)
        if pain is None or pain.inferred or overlaps(start, end, found):
            return
        top = pain.scale_max or top or (100.0 if name == "VAS" and pain.value > 10 else None)
        if pain.value <= (top or 10) and (pain.value_max or 0) <= (top or 10):
            printed = str(replace(pain, scale_max=top, scale=pain.scale or name))
            found.append(Found("pain_score", start, end, printed, confidence))

    if certain:
        for match in scales:
            for number in (AFTER_SCALE.match(numbers, match.end()), OF_PAIN.match(numbers, match.end())):
                if number and (change := FROM_TO.fullmatch(number["value"])):  # "VAS from 8 to 1"
                    at = number.start("value")
                    add(match.start(), at + change.end("a"), change["a"], 0.92, maximum, scale)
                    add(at + change.start("b"), number.end("value"), change["b"], 0.92, maximum, scale)
                    break
                if number:
                    add(match.start(), number.end("value"), number["value"], 0.92, maximum, scale)
                    break
            lead = BEFORE_SCALE.search(numbers[: match.start()])
            if lead and not FALL.search(numbers[: lead.start("value")]) and not _difference(numbers, lead):
                at = lead.start("value")
                if change := FROM_TO.fullmatch(lead["value"]):  # "from 7 to 5 on the NRS" are two ratings
                    add(at, at + change.end("a"), change["a"], 0.92, maximum, scale)
                    add(at + change.start("b"), match.end(), change["b"], 0.92, maximum, scale)
                else:
                    add(at, match.end(), lead["value"], 0.92, maximum, scale)
    for match in fractions:
        if not overlaps(match.start(), match.end(), found) and (
            _about_pain(text, match.start(), match.end(), previous if known.rated or not pain_here else "")
        ):
            add(match.start(), match.end(), match[0], 0.95 if certain or pain_here else 0.8, None, scale)
    vetoed = KINDS["other"].search(text)
    if known.tens and not vetoed:  # where pain was rated so, a lone "x/10" is a rating of it
        for match in fractions:
            if LONE_AFTER.match(text, match.end()):
                add(match.start(), match.end(), match[0], 0.6, None, scale)
    if not vetoed:
        for match in states:
            add(match.start(), match.end(), match["value"], 0.8, known.maxima.get("VAS", 100.0), scale or "VAS")
    known.tens = known.tens or any((p := parse_pain(f.norm)) is not None and p.scale_max == 10 for f in found)
    carried = known.ago < NEAR and not vetoed
    if not (found or certain or carried or (pain_here and not vetoed)):
        return found
    top = maximum or next((p.scale_max for f in found if (p := parse_pain(f.norm)) and p.scale_max), None)
    sure = 0.9 if found or certain else 0.6
    for match in CHANGE.finditer(numbers):
        lone = not (found or certain or (carried and pain_here)) and not match["a"]
        if lone or not _nearer_pain(text[: match.end()]):
            continue
        for name in ("a", "b", "c"):
            if match[name]:
                add(match.start(name), match.end(name), match[name], sure, top, scale)
    if carried or (found and not vetoed):
        for match in STATE.finditer(numbers):
            add(match.start("value"), match.end("value"), match["value"], 0.75, top or known.top, scale or known.scale)
    if certain:
        for match in PAIN_WAS.finditer(numbers):
            if _nearer_pain(text[: match.end()]):
                add(match.start("value"), match.end("value"), match["value"], 0.85, top, scale)
    known.millimetres = known.millimetres or any(
        (p := parse_pain(f.norm)) is not None and p.scale_max == 100 for f in found
    )
    if found and (certain or fractions):
        for match in (*SERIES.finditer(numbers), *ELLIPSIS.finditer(numbers)):
            if match.start() >= min(f.start for f in found) and _nearer_pain(text[: match.end()]):
                add(match.start("value"), match.end("value"), match["value"], 0.8, top, scale)
    return found


def _difference(numbers: str, lead: re.Match[str]) -> bool:
    """Whether the number before an instrument is how far it moved ("2 points on the VAS"), not where it stood ("with 7 points")."""
    return re.search(r"\bpoints?\b", lead[0]) is not None and not re.search(
        r"\b(?:with|at|as|was|were|is|to|scored|rated|graded|reported|had)\s+(?:an?\s+)?$",
        numbers[: lead.start("value")],
    )


def _nearer_pain(text: str) -> bool:
    """Whether the last telling word of `text` is one of pain."""
    return _last(KINDS["pain"], text) > _last(KINDS["other"], text)


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match begins, or -1."""
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def _about_pain(text: str, start: int, end: int, previous: str) -> bool:
    """Whether the nearest telling word is one of pain: before the mention, else after it, else in the sentence before."""
    lead = text[max(0, start - 140) : end]
    pain, other = _last(KINDS["pain"], lead), _last(KINDS["other"], lead)
    if pain != other:
        return pain > other
    rest = text[end : end + 60]
    first = {kind: match.start() for kind, pattern in KINDS.items() if (match := pattern.search(rest))}
    if first:
        return min(first, key=first.__getitem__) == "pain"
    return _last(KINDS["pain"], previous) > _last(KINDS["other"], previous)
