"""Numbers as reports write them: digits in any notation, words, fractions, ranges.

`NUMBER` is the pattern of one number, `parse_number` its value. Notations: "1,500" and "50 000" (thousands),
"0,05" (decimal comma), "1·5" (raised point), "2 1/2", "4½", "1.5 million", "twenty-five", "one and a half".
A comma before exactly three digits divides thousands unless the number begins with 0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from extract.language.quantities.parts import DASH, GAP, KEPT, RAISED, RANGE, SPACE, any_of, plain, rules
from extract.rules.compiling import compiled

_VULGAR = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
_WORDS = {row["word"]: (float(row["value"]), row["kind"]) for row in rules("numbers")}
_SCALES = any_of(w for w, (_, kind) in _WORDS.items() if kind == "scale")
_UNITS = any_of(w for w, (_, kind) in _WORDS.items() if kind in ("unit", "ten"))
_HALVES = any_of(w for w, (_, kind) in _WORDS.items() if kind == "fraction")
_TENS = any_of(w for w, (_, kind) in _WORDS.items() if kind == "ten")

_POWER = rf"{GAP}[x×]{GAP}10(?:{GAP}(?:\^|\(|\*\*)?{GAP}\d{{1,2}}\)?|[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}})"
DIGITS = (
    rf"(?:\d{{1,3}}(?:[ \u2005\u2009\u202f\u00a0]\d{{3}}(?!\d)){{1,3}}(?:[.·]\d+)?"
    rf"|\d{{1,3}}(?:,\d{{3}}(?!\d))+(?:[.·]\d+)?"
    rf"|\d+{SPACE}?\(?[1-3]/[2-4]\)?(?![\d/])|[1-3]/[2-4](?![\d/])"
    rf"|\d+(?:[.,·]\d+)?|[.·]\d+)"
    rf"(?:{GAP}[½¼¾⅓⅔])?|[½¼¾⅓⅔]"
)
_DIGIT = any_of(w for w, (value, kind) in _WORDS.items() if kind == "unit" and value < 10 and " " not in w)
#: "zero point five", "two point two five"
_NO_POINT_IN_TIME = "".join(rf"(?<!{word}\s)" for word in ("this", "that", "which", "some", "the", "time", "one"))
_SPOKEN = rf"(?:(?:{_TENS}(?:{SPACE}|{DASH}))?{_UNITS}{SPACE}|{_NO_POINT_IN_TIME})point(?:{SPACE}{_DIGIT}){{1,3}}"
_WORD = (
    rf"(?:{_SPOKEN}|(?:{_UNITS}(?:{SPACE}|{DASH})and(?:{SPACE}|{DASH}))?{_HALVES}(?:{SPACE}of{SPACE}an?\b)?|(?:an?|{_UNITS})(?:{SPACE}|{DASH})?(?:hundred|thousand)\b"
    rf"|{_TENS}(?:{SPACE}|{DASH}){_UNITS}|{_UNITS}|{_SCALES})\b"
)
_MULTIPLE = rf"(?:{GAP}(?:million|thousand)\b)?"
#: one number; words match in any case
_AND_HALF = rf"(?:(?:{SPACE}|{DASH})and(?:{SPACE}|{DASH})(?:a|one)(?:{SPACE}|{DASH})half\b)?"
NUMBER = rf"(?:(?:{DIGITS}){_MULTIPLE}{_AND_HALF}|(?i:{_WORD}){_MULTIPLE})"
#: also "a" and "an", for patterns in which a unit follows
COUNT = rf"(?:{NUMBER}|(?i:an?\b))"
_WHOLE = compiled(rf"(?:{NUMBER}|(?i:an?))(?:{_POWER})?")
_SPLIT = compiled(RANGE)


@dataclass(frozen=True, slots=True)
class Range:
    """A number, or a range of numbers where `high` is told."""

    low: float
    high: float | None = None

    def __str__(self) -> str:
        return plain(self.low) if self.high is None else f"{plain(self.low)}-{plain(self.high)}"


#: what may stand between a number and its fraction, spaces of no width too
_SPACE = compiled("[\\s\u200b\u2060\ufeff]+")


@lru_cache(KEPT)
def parse_number(text: str) -> float | None:
    """The value of one number as written, or None."""
    text = " ".join(text.replace("\u00ad", "").split()).lower()
    if not _WHOLE.fullmatch(text):
        return None
    if text[0].isdigit() or text[0] in ".·½¼¾⅓⅔":
        return _digits(text)
    return _word(text)


def _digits(text: str) -> float | None:
    factor = 1.0
    for word in ("million", "thousand"):
        if text.endswith(word):
            text, factor = text.removesuffix(word).strip(), factor * _WORDS[word][0]
    if power := re.search(r"\s*[x×]\s*10\s*(?:\^|\(|\*\*)?\s*(\d+)\)?$", text.translate(RAISED)):
        text, factor = text[: power.start()], factor * 10.0 ** int(power[1])
    part = 0.0
    if half := re.search(r"[ -]and[ -](?:a|one)[ -]half$", text):
        text, part = text[: half.start()], 0.5
    elif text and text[-1] in _VULGAR:
        text, part = text[:-1].strip(), _VULGAR[text[-1]]
    elif fraction := re.search(r"\(?(\d)/(\d)\)?$", text):
        text, part = text[: fraction.start()].strip(), int(fraction[1]) / int(fraction[2])
    text = text.replace("·", ".")
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    text = _SPACE.sub("", text).replace(",", ".")
    if not text:
        return part * factor
    value = (float(text) + part) * factor
    return round(value) if factor > 1 and abs(value - round(value)) < 1e-6 else value


def _word(text: str) -> float | None:
    """The value of a number in words; behind "point" each word is a digit."""
    text = re.sub(r" of an?$", "", text)  # "three quarters of a tablet"
    whole, point, digits = (
        f"zero {text}".partition(" point ") if text.startswith("point ") else text.partition(" point ")
    )
    if point:
        number, decimals = _word(whole), [_WORDS.get(word) for word in digits.split()]
        places = "".join(str(int(row[0])) for row in decimals if row is not None and row[0] < 10)
        complete = number is not None and len(places) == len(decimals)
        return float(f"{number:.0f}.{places}") if complete else None
    total, scale = 0.0, 1.0
    known = sorted(_WORDS, key=len, reverse=True)
    rest = text.replace("-", " ")
    seen = False
    while rest := rest.strip():
        if rest.startswith("and "):
            rest = rest[4:]
            continue
        word = next((w for w in known if rest == w or rest.startswith(w + " ")), None)
        if word is None:
            return None
        value, kind = _WORDS[word]
        if kind == "scale":
            scale, seen = scale * value, True
        elif kind != "article" or not seen:
            total += value
        seen = True
        rest = rest[len(word) :]
    return total * scale if total or scale == 1.0 else scale


@lru_cache(KEPT)
def parse_range(text: str) -> Range | None:
    """A number or a range ("5 to 10", "0.5-1", "two or three"), or None. A falling range is turned round."""
    if (number := parse_number(text)) is not None:
        return Range(number)
    parts = [p for p in _SPLIT.split(text.strip()) if p]
    if len(parts) != 2:
        return None
    low, high = parse_number(parts[0]), parse_number(parts[1])
    if low is None or high is None:
        return None
    return Range(low, high) if low < high else Range(high, low) if high < low else Range(low)


#: a number or a range of numbers
SPAN = rf"{NUMBER}(?:{RANGE}{NUMBER})?"
