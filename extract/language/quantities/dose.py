"""Doses: `parse_dose` reads "40 mg/kg/day in 3 divided doses", "2 tablets of 250 mg", "15 mL of 2%".

Pure functions on a mention's text; finding mentions in a document is the business of `dose_mentions`.
Units are the UCUM codes of `units`. Printing is canonical: `parse_dose(str(dose)) == dose`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Protocol

from extract.language.quantities.frequency import FREQUENCY, parse_frequency
from extract.language.quantities.numbers import COUNT, NUMBER, parse_range
from extract.language.quantities.parts import BETWEEN, DASH, GAP, KEPT, RANGE, SPACE, between_as_range, plain
from extract.language.quantities.units import AUC_UNIT, GLUED, PERCENT, ROLES, UNIT, parse_unit
from extract.rules.compiling import compiled

#: something may be glued behind a unit: a citation ("10 mg12"), a word whose space was lost ("80 mgiv") or nothing
TAIL = rf"(?=\d{{1,2}}(?:[,-]\d{{1,2}})*(?!\d)|[^\w]|$|_|{GLUED})"
_OF_ONE = r"(?:mg|mcg|μg|µg|ug|micrograms?)"
#: the first of a combination's two strengths: "800/160 mg" is 800 mg of the first ingredient
COMBINED = (
    rf"(?<![\d/])(?!(?:1/[234]|[23]/[34])(?![\d.]))\d+(?:\.\d+)?(?:\s?{_OF_ONE})?\s?/\s?(?=\d+(?:\.\d+)?\s?{_OF_ONE}\b)"
)
#: millions of units, also where the exponent came down: "3 × 10^6 IU", "3 x 106 U"
_POWER = rf"{GAP}[x×]{GAP}10(?:{GAP}(?:\^|\*\*|\(){GAP}\d{{1,2}}\)?|{SPACE}\d{{1,2}}|[3-9]|[³⁴-⁹])(?={GAP}(?:IU|UI|I\.U|U\b|(?i:units?|international)\b))"
_NUMBER = rf"{COUNT}(?:{_POWER})?"
_LOW_UNIT = rf"(?:{GAP}(?:{UNIT}|{PERCENT}))?"
#: value or range, unit; "10 mg to 20 mg" repeats the unit
AMOUNT = rf"(?:{COUNT}{_LOW_UNIT}{RANGE}|{BETWEEN}{COUNT}{_LOW_UNIT}{SPACE}and{SPACE}|{COMBINED})?{_NUMBER}{GAP}{DASH}?{GAP}(?:{UNIT}|{PERCENT})"
AUC = rf"(?:AUC|(?i:area{SPACE}under{SPACE}the{SPACE}curve)(?:{GAP}\(AUC\))?){GAP}(?:of{SPACE}|=)?{GAP}\d+(?:\.\d+)?(?:{RANGE}\d+(?:\.\d+)?)?"

_VALUE = compiled(
    rf"(?P<low>{_NUMBER})(?:(?P<low_unit>{_LOW_UNIT}){RANGE}(?P<high>{_NUMBER}))?{GAP}{DASH}?{GAP}(?P<unit>{UNIT}|{PERCENT}){TAIL}"
)
_AUC = compiled(AUC)
_AUC_VALUE = compiled(rf"\d+(?:\.\d+)?(?:{RANGE}\d+(?:\.\d+)?)?$")
_COMBINED = compiled(rf"({COMBINED})(\d+(?:\.\d+)?)")
_OF = compiled(rf"{GAP}(?:of|in|containing|[x×@(]){GAP}(?:a{SPACE}|the{SPACE})?(?=[\d.·]|{NUMBER})", re.IGNORECASE)
_MULTIPLY = compiled(rf"(?P<n>{NUMBER})(?!{_POWER}){GAP}[x×*]{GAP}(?=[\d.·])")
_SPACED_PER = compiled(rf"{SPACE}?@{SPACE}?(\d+(?:\.\d+)?)/d\b")
#: "1.25 mg/0.05 mL", as injected into an eye: so much in so little, and no concentration
_SMALL_VOLUME = compiled(r"/\(\d+\.uL\)$")


@cache
def _frequency() -> re.Pattern[str]:
    """Any frequency; a large pattern, compiled when first needed."""
    return compiled(FREQUENCY)


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose as told.

    Attributes:
        value: the dose, or the lower end of a range.
        unit: UCUM code ("mg", "mg/kg/d", "%", "{tablet}", "mg.min/mL" for carboplatin's area under the curve).
        value_max: upper end of a range.
        per_day: doses a day where the text tells it ("in 3 divided doses", "mg/8 h", "10 mg daily").
        amount: how many of a strength ("2 tablets of 250 mg": 2), or the volume ("15 mL of 2%": 15).
        amount_unit: unit of `amount`: "{tablet}", "{vial}", "mL" ...
        second: strength of a combination's second ingredient, in the same unit ("160/800 mg": 800).
    """

    value: float
    unit: str
    value_max: float | None = None
    per_day: float | None = None
    amount: float | None = None
    amount_unit: str = ""
    second: float | None = None

    def __str__(self) -> str:
        value = plain(self.value) + (f"-{plain(self.value_max)}" if self.value_max is not None else "")
        if self.second is not None:
            value += f"/{plain(self.second)}"
        if self.unit == AUC_UNIT:
            text = f"AUC {value}"
        else:
            text = f"{value}%" if self.unit == "%" else f"{value} {self.unit}"
        if self.amount is not None:
            text = f"{plain(self.amount)} {self.amount_unit} of {text}"
        return text if self.per_day is None else f"{text} @ {plain(self.per_day)}/d"


@lru_cache(KEPT)
def parse_dose(text: str) -> Dose | None:
    """The dose told in `text`, the first if there are several; None when no value with a unit is told.

    Words before the value ("loading dose of 400 mg") and a frequency after it are taken in.
    """
    if auc := _AUC.search(text):
        value = _AUC_VALUE.search(auc[0])
        numbers = parse_range(value[0]) if value else None
        return Dose(numbers.low, AUC_UNIT, numbers.high, _per_day(text[auc.end() :])) if numbers else None
    text = between_as_range(text)
    combined = _COMBINED.search(text)
    text = _COMBINED.sub(lambda m: re.sub(rf"\s?{_OF_ONE}?\s?/\s?$", "", m[1]), text)
    times = _MULTIPLY.search(text)
    match = _search(text, times.end() if times else 0) or (_search(text, 0) if times else None)
    if match is None:
        return None
    dose, end = match
    if (of := _OF.match(text, end)) and ROLES.get(dose.unit) in ("count", "volume") and dose.value_max is None:
        strength = _search(text, of.end(), anchored=True)
        if strength and (strength[0].unit == "%" or ROLES.get(strength[0].unit.split("/")[0]) == "dose"):
            dose, end = replace(strength[0], amount=dose.value, amount_unit=dose.unit), strength[1]
    if combined and dose.value_max is None and dose.unit in ("mg", "ug"):
        dose = replace(dose, second=float(combined[2]))
    per_day = _per_day(text[end:])
    if times is not None and per_day is None and dose.unit.endswith("/d") and (n := parse_range(times["n"])):
        dose, per_day = replace(dose, unit=dose.unit.removesuffix("/d")), n.low  # "3 x 100 mg/day"
    return replace(dose, per_day=per_day) if per_day is not None else dose


class Told(Protocol):
    """A mention of a dose: its words, and the value its finder printed ("" for none)."""

    @property
    def text(self) -> str:
        """Its words."""

    @property
    def norm(self) -> str:
        """Its value as printed."""


def dose_of(mention: Told) -> Dose | None:
    """The dose a mention tells by its words, else as its finder read it: the "5" of "5 and 10 mg" has its unit from the last."""
    return parse_dose(mention.text) or (parse_dose(mention.norm) if mention.norm else None)


def _search(text: str, at: int, *, anchored: bool = False) -> tuple[Dose, int] | None:
    """The first value with a unit from `at` on (`anchored`: right at it), and where it ends."""
    for match in _VALUE.finditer(text, at):
        if anchored and match.start() != at:
            return None
        if not anchored and match.start() and text[match.start() - 1].isalnum():
            continue
        unit = parse_unit(match["unit"])
        low = parse_range(match["low"]) if match["low"].lower() not in ("a", "an") else parse_range("1")
        if unit is None or low is None:
            continue
        code, factor, per_day = unit
        code = _SMALL_VOLUME.sub("", code)
        value, value_max = low.low * factor, None
        if match["high"]:
            high = parse_range(match["high"])
            if high is None:
                continue
            value_max = high.low * factor
            times = re.split(r"\s*[x×]", match["high"])  # "3 to 6 × 10^6 U": the power is that of both
            if len(times) == 2 and not re.search(r"[x×]", match["low"]) and (plain_high := parse_range(times[0])):
                value *= high.low / plain_high.low
            low_unit = parse_unit(match["low_unit"]) if match["low_unit"] else None
            if low_unit is not None:
                value = low.low * low_unit[1]
            if value_max == value:
                value_max = None
            elif value_max < value:
                value, value_max = value_max, value
        return Dose(value, code, value_max, per_day), match.end()
    return None


def _per_day(rest: str) -> float | None:
    """Doses a day told in what follows a dose."""
    if own := _SPACED_PER.match(rest):
        return float(own[1])
    match = _frequency().search(rest)
    frequency = parse_frequency(match[0]) if match else None
    return frequency.per_day if frequency else None
