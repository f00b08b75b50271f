"""Who the patient is: `parse_age` reads "44-year-old", "67 y/o", "18-month-old", "aged 67"; `parse_sex` woman, boy.

Pure functions on a mention's text. Gestational age is not an age. Words of life stages and sex stand in
rules/ages.csv and rules/sexes.csv. Printing an age is canonical: `parse_age(str(age)) == age`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.language.quantities.numbers import NUMBER, parse_range
from extract.language.quantities.parts import DASH, GAP, RANGE, SPACE, any_of, plain, rules, spellings

_YEARS = {"y": 1.0, "m": 1 / 12, "w": 7 / 365, "d": 1 / 365, "h": 1 / 8760}
_JOIN = rf"(?:{GAP}{DASH}?{GAP})"
_UNIT = r"(?P<unit>(?i:years?|yrs?|months?|mos?|mths?|weeks?|wks?|days?|hours?|hrs?)|[ymwd])['’]?s?\b(?:\.(?=[\s-]*(?:old|of)\b))?"
_BARE_UNIT = _UNIT.replace("(?P<unit>", "(?:")
_PLUS = rf"{SPACE}?(?:,|and\b)?{SPACE}"
_VALUE = rf"{NUMBER}(?:{RANGE}{NUMBER})?"
_GESTATION = r"(?i:gestation\w*|pregnan\w*|amenorrh\w*|post[- ]?conception\w*|corrected)"
#: "44-year-old", "3 1/2 year old", "67 y/o", "67 yo", "45-yr-old"
OLD = rf"(?:{NUMBER}{_JOIN}{_BARE_UNIT}{_PLUS})?{_VALUE}{_JOIN}(?:{_BARE_UNIT}{_JOIN}(?i:old|olds)\b|(?i:y/o|y\.o\.?|yo\b)|(?:{_BARE_UNIT}){SPACE}(?i:of{SPACE}age)\b)"
#: "aged 67", "age of 19 years", "aged 25 to 45 years", "aged 25 and 45"
AGED = (
    rf"(?i:aged|ages|age{SPACE}of|age)(?:{SPACE}?[:=,]?{SPACE}?)(?:(?i:about|approximately|around|between|over|under){SPACE})?"
    rf"{NUMBER}(?:(?:{RANGE}|{SPACE}and{SPACE}){NUMBER})?(?:{_JOIN}{_BARE_UNIT}(?:{_PLUS}{NUMBER}{_JOIN}{_BARE_UNIT})?)?(?:{SPACE}(?i:old|of{SPACE}age)\b)?"
)
STAGE = any_of(w for row in rules("ages") for w in spellings(row["written"]))
_STAGES = {w.lower(): row["years"] for row in rules("ages") for w in spellings(row["written"])}
SEX = any_of(w for row in rules("sexes") for w in spellings(row["written"]))
_SEXES = {w.lower(): row["sex"] for row in rules("sexes") for w in spellings(row["written"])}
_AMOUNT = re.compile(rf"(?<![\w.])(?P<number>{_VALUE}){_JOIN}(?:{_UNIT}|(?i:(?P<short>y)(?:/o|\.?o\b\.?)))")
_AND = re.compile(rf"{_PLUS}(?P<more>{NUMBER}){_JOIN}{_UNIT}")
_AGED = re.compile(
    rf"(?i:aged|ages|age{SPACE}of|age)\b(?:{SPACE}?[:=,]?{SPACE}?)(?:(?i:about|approximately|around|between|over|under){SPACE})?"
    rf"(?P<low>{NUMBER})(?:(?:{RANGE}|{SPACE}and{SPACE})(?P<high>{NUMBER}))?(?!{_JOIN}{_BARE_UNIT})"
)
_SEX = re.compile(rf"(?<!\w){SEX}(?!\w)", re.IGNORECASE)
_LETTER = re.compile(r"^\s*([MF])\s*$")


@dataclass(frozen=True, slots=True)
class Age:
    """An age in years (a month 1/12, a week 7/365, a day 1/365, to four decimals), or a range of them."""

    years: float
    years_max: float | None = None

    def __str__(self) -> str:
        return f"{plain(self.years)}{f'-{plain(self.years_max)}' if self.years_max is not None else ''} years"


def parse_age(text: str) -> Age | None:
    """The age told in `text`; None when no number is told ("in her sixties", "elderly") or it is a gestational age."""
    if re.search(_GESTATION, text):
        return None
    if match := _AMOUNT.search(text):
        numbers = parse_range(match["number"])
        if numbers is None:
            return None
        unit = _YEARS[(match["unit"] or match["short"]).lower()[0]]
        years = numbers.low * unit
        if (more := _AND.match(text, match.end())) and (low := parse_range(more["more"])):
            smaller = _YEARS[more["unit"].lower()[0]]
            years += low.low * smaller if smaller < unit else 0.0  # "2 years and 6 months"
        return Age(round(years, 4), round(numbers.high * unit, 4) if numbers.high is not None else None)
    if match := _AGED.search(text):
        low, high = parse_range(match["low"]), parse_range(match["high"]) if match["high"] else None
        return Age(low.low, high.low if high else None) if low and low.low <= 120 else None
    words = re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower())
    stage = next((_STAGES[w] for w in words if _STAGES.get(w)), "")
    return Age(float(stage)) if stage else None


def parse_sex(text: str) -> str | None:
    """ "F" or "M" by the first word of sex in `text` ("woman", "boy", "primigravida", a lone "F"); None without."""
    if match := _SEX.search(text):
        return _SEXES[" ".join(match[0].lower().split())]
    letter = _LETTER.match(text)
    return letter[1] if letter else None
