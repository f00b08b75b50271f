"""Pain ratings: `parse_pain` reads "8/10", "VAS 65 mm", "VAS score of 7", "NRS 4 of 10", "7-8/10", "pain-free".

Pure functions on a mention's text. Instruments stand in rules/pain_scales.csv, words in rules/pain_words.csv.
Whether "8/10" is a rating of pain only its surroundings tell: that is the business of `pain_mentions`.
Printing is canonical: `parse_pain(str(pain)) == pain`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.language.quantities.numbers import NUMBER, parse_range
from extract.language.quantities.parts import (
    DASH,
    GAP,
    RANGE,
    SPACE,
    any_of,
    plain,
    rules,
    single_spaced,
    spaced,
    spellings,
)
from extract.language.rule_files import PAIN_WORDS
from extract.rules.compiling import compiled

_ROWS = rules("pain_scales")
_SCALES = {w.lower().replace("-", " "): row for row in _ROWS for w in spellings(row["written"])}
_NAMES = [w for row in _ROWS for w in spellings(row["written"])]
_SHORT = sorted((w for w in _NAMES if w.split()[0].isupper()), key=len, reverse=True)
#: an instrument's name in any case, or its short name in capitals only ("VAS", not the vas deferens)
SCALE = (
    "(?:"
    + "|".join(
        [
            any_of(w for w in _NAMES if w not in _SHORT),
            *(f"(?-i:{spaced(w.split()[0])})(?i:{spaced(w.removeprefix(w.split()[0]))})" for w in _SHORT),
        ]
    )
    + ")"
)
_VALUE = rf"{NUMBER}(?:{SPACE}?±{SPACE}?\d+(?:\.\d+)?|{RANGE}{NUMBER})?"
#: "8/10", "7-8/10", "7 out of 10", "4 of 10", "65/100", "8 on a scale of 10"
OUT_OF = (
    rf"{_VALUE}(?:{GAP}[/∕⁄]{GAP}|{SPACE}(?:out{SPACE})?of{SPACE}(?:a{SPACE}(?:possible|maximum){SPACE}(?:of{SPACE})?)?"
    rf"|{SPACE}on{SPACE}an?{SPACE}(?:\w+{SPACE}){{0,3}}scale{SPACE}of{SPACE}(?:[01]{GAP}(?:{DASH}|to){GAP})?)(?:100|10|ten)(?![\d/.,]\d|\d)"
)
#: an instrument that goes to neither 10 nor 100: "4 out of 5", "6/8"; only where the instrument is named
_OUT_OF_FEW = compiled(
    rf"(?P<value>{_VALUE})(?:{GAP}[/∕⁄]{GAP}|{SPACE}(?:out{SPACE})?of{SPACE})(?P<max>[4-9]|1[0-9]|20)$"
)
#: what the ends of a scale mean: "(0 = no pain, 10 = worst pain imaginable)", "with 10 being the worst"
_ANCHOR = compiled(
    rf"(?<![\w.,/])(?P<end>0|[15]|100?|zero|one|five|ten){GAP}(?:\([^()]{{0,30}}\){GAP})?(?:[=:]|(?:being|means?|meaning|indicat\w+|represent\w+|denot\w+|signif\w+|equals?|is|was|stands? for|for|corresponds? to|describ\w+){SPACE})"
    r"[^,;().]{0,30}?(?:\bno(?:ne| pain| discomfort)?\b|painless|pain[- ]?free|absence|worst|maxim\w+|unbearable|imaginable|possible|severe\w*|most\b|highest|excruciating|intolerable)(?: (?:possible |imaginable )?pain(?: (?:possible|imaginable|ever))?)?",
    re.IGNORECASE,
)
_OUT_OF = compiled(
    OUT_OF.replace(_VALUE, f"(?P<value>{_VALUE})", 1).replace("(?:100|10|ten)", "(?P<max>100|10|ten)"), re.IGNORECASE
)
_SCALE = compiled(rf"(?<!\w){SCALE}(?!\w)", re.IGNORECASE)
_RANGE_OF_SCALE = compiled(
    rf"\b[01]{GAP}(?:{DASH}|to|and){GAP}(?P<max>100|10|ten)\b(?!\.\d)|(?:scale|maximum){SPACE}of{SPACE}(?P<top>100|10|ten)\b",
    re.IGNORECASE,
)
_TO_TEN = compiled(r"\b(?:1[01]|ten|eleven)[- ]point", re.IGNORECASE)
_NUMBER = compiled(rf"(?<![\w.])(?P<value>{_VALUE})(?P<mm>{GAP}mm\b)?(?P<cm>{GAP}cm\b)?(?![\w%])", re.IGNORECASE)
_FREE = compiled(PAIN_WORDS.source("free"), re.IGNORECASE)
FREE = _FREE.pattern
_PRINTED = compiled(
    r"(?:(?P<scale>[A-Z]+) )?(?P<value>\d+(?:\.\d+)?)(?:-(?P<high>\d+(?:\.\d+)?))?(?:/(?P<max>\d+(?:\.\d+)?))?(?P<inferred> inferred)?"
)


@dataclass(frozen=True, slots=True)
class Pain:
    """A patient's rating of pain.

    Attributes:
        value: the rating, or the lower end of a range.
        value_max: upper end of a range.
        scale_max: upper end of the scale where the report tells it, or the instrument has only one (100 for mm).
        scale: short name of the instrument (NRS, VAS, FACES ...), "" where none is named.
        inferred: true where words stand for a number ("pain-free": 0).
    """

    value: float
    value_max: float | None = None
    scale_max: float | None = None
    scale: str = ""
    inferred: bool = False

    def __str__(self) -> str:
        text = f"{self.scale} {plain(self.value)}" if self.scale else plain(self.value)
        text += f"-{plain(self.value_max)}" if self.value_max is not None else ""
        text += f"/{plain(self.scale_max)}" if self.scale_max is not None else ""
        return f"{text} inferred" if self.inferred else text


_END_VALUES = {"five": 5.0, "ten": 10.0}


def _blank(match: re.Match[str]) -> str:
    return "_" * len(match[0])


def _top(word: str) -> float:
    return 10.0 if word.lower() == "ten" else float(word)


def without_scale_ends(text: str) -> str:
    """`text`, as long as it was, with the ends of scales ("0 to 10", "11-point") blanked: they are no ratings."""
    return _RANGE_OF_SCALE.sub(_blank, _TO_TEN.sub(_blank, _ANCHOR.sub(_blank, text)))


def is_pain_scale(name: str) -> str:
    """What an instrument's name tells: "true" it rates pain only, "generic" no instrument is named, "false" neither."""
    row = _SCALES.get(single_spaced(name.lower().replace("-", " ")))
    return row["pain"] if row else "false"


def parse_scale(text: str) -> tuple[str, float | None]:
    """Short name of the instrument named in `text` ("" for none) and the upper end of its scale, if it is told or fixed."""
    match = _SCALE.search(text)
    row = _SCALES[single_spaced(match[0].lower().replace("-", " "))] if match else None
    top = _RANGE_OF_SCALE.search(text)
    if top:
        maximum: float | None = _top(top["max"] or top["top"])
    elif _TO_TEN.search(text):
        maximum = 10.0
    elif ends := [
        _END_VALUES.get(m["end"].lower(), 0.0) or float(m["end"])
        for m in _ANCHOR.finditer(text)
        if m["end"].lower() not in ("0", "zero", "1", "one")
    ]:
        maximum = max(ends)
    else:
        maximum = float(row["max"]) if row and row["max"] else None
    return (row["scale"] if row else ""), maximum


def parse_pain(text: str) -> Pain | None:
    """The rating told in `text`; None when there is none. No look at the surroundings is taken."""
    text = text.strip()
    if printed := _PRINTED.fullmatch(text):
        low, high, top = (float(printed[k]) if printed[k] else None for k in ("value", "high", "max"))
        if low is None or (top is not None and max(low, high or 0.0) > top):
            return None
        return Pain(low, high, top, printed["scale"] or "", bool(printed["inferred"]))
    scale, maximum = parse_scale(text)
    if match := _OUT_OF.search(text):
        value = _value(match["value"])
        top = _top(match["max"])
        return Pain(*value, top, scale) if value and value[0] <= top else None
    if match := _OUT_OF_FEW.search(text):
        value = _value(match["value"])
        return Pain(*value, float(match["max"]), scale) if value and value[0] <= float(match["max"]) else None
    for match in _NUMBER.finditer(_SCALE.sub(_blank, without_scale_ends(text))):
        value = _value(match["value"])
        if value is None:
            continue
        if match["mm"] or (scale == "VAS" and value[0] > 10):
            maximum = 100.0
        elif match["cm"]:
            maximum = 10.0
        return Pain(*value, maximum, scale) if value[0] <= (maximum or 100.0) else None
    return Pain(0.0, None, maximum, scale, inferred=True) if _FREE.search(text) else None


def _value(text: str) -> tuple[float, float | None] | None:
    """The rating, or the ends of a range; a standard deviation after ± is dropped."""
    numbers = parse_range(text.split("±")[0].strip())
    return (numbers.low, numbers.high) if numbers else None
