"""Who the patient is: `parse_age` reads "44-year-old", "67 y/o", "18-month-old", "aged 67"; `parse_sex` woman, boy.

Pure functions on a mention's text; `find_ages` and `find_sexes` find the mentions in running text. Gestational age is not an age. Words of life stages and sex stand in
rules/ages.csv and rules/sexes.csv. Printing an age is canonical: `parse_age(str(age)) == age`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.language.quantities.mention import QuantityMention, after, before, longest
from extract.language.quantities.numbers import NUMBER, parse_range
from extract.language.quantities.parts import DASH, GAP, RANGE, SPACE, any_of, plain, rules, single_spaced, spellings
from extract.rules.compiling import compiled
from extract.rules.scanning import Scanner

_YEARS = {"y": 1.0, "m": 1 / 12, "w": 7 / 365, "d": 1 / 365, "h": 1 / 8760}
_JOIN = rf"(?:{GAP}{DASH}?{GAP})"
_UNIT = r"(?P<unit>(?i:years?|yrs?|months?|mos?|mths?|weeks?|wks?|days?|hours?|hrs?)|[ymwd])['’]?s?\b(?:\.(?=[\s-]*(?:old|of)\b))?"
_BARE_UNIT = _UNIT.replace("(?P<unit>", "(?:")
_PLUS = rf"(?:{SPACE}?(?:,|and\b)?{SPACE}|{DASH})"
_VALUE = rf"{NUMBER}(?:{RANGE}{NUMBER})?"
_GESTATION = r"(?i:gestation\w*|pregnan\w*|amenorrh\w*|post[- ]?conception\w*|corrected)"
#: "44-year-old", "3 1/2 year old", "2-year-3-month-old", "67 y/o", "67 yo", "45-yr-old"
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
_AMOUNT = compiled(rf"(?<![\w.])(?P<number>{_VALUE}){_JOIN}(?:{_UNIT}|(?i:(?P<short>y)(?:/o|\.?o\b\.?)))")
_AND = compiled(rf"{_PLUS}(?P<more>{NUMBER}){_JOIN}{_UNIT}")
_AGED = compiled(
    rf"(?i:aged|ages|age{SPACE}of|age)\b(?:{SPACE}?[:=,]?{SPACE}?)(?:(?i:about|approximately|around|between|over|under){SPACE})?"
    rf"(?P<low>{NUMBER})(?:(?:{RANGE}|{SPACE}and{SPACE})(?P<high>{NUMBER}))?(?!{_JOIN}{_BARE_UNIT})"
)
_SEX = compiled(rf"(?<!\w){SEX}(?!\w)", re.IGNORECASE)
_LETTER = compiled(r"^\s*([MF])\s*$")


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
        return _SEXES[single_spaced(match[0].lower())]
    letter = _LETTER.match(text)
    return letter[1] if letter else None


# -- in running text ---------------------------------------------------------------------------------------------

#: "44-year-old"; without "old" only before a person: "71-year man", "22-year, otherwise healthy patient"
_OLD = Scanner(
    rf"(?<![\w.])(?<!\w[-–])(?:{OLD}|\d{{1,3}}{SPACE}?-?{SPACE}?(?i:years?|yrs?)(?=,?{SPACE}(?:[\w-]+{SPACE}){{0,2}}(?:patient\b|{SEX}(?!\w)))"
    rf"(?!{SPACE}(?:history|follow|period|course|survival)))"
)
_OF_YEARS = compiled(
    rf"(?<!\w)(?i:{SEX}|patient){SPACE}of{SPACE}(?P<age>\d{{1,3}}{SPACE}?-?{SPACE}?years?)\b(?!{SPACE}(?:of\b|history|standing))"
)
#: "a man of 61 with": nothing behind it that is counted or measured
_OF_AGE = compiled(
    rf"(?<!\w)(?i:{SEX}|patient){SPACE}of{SPACE}(?P<age>\d{{1,3}})(?=,(?!\d)|;|\){SPACE}|{SPACE}(?:with|who|whose|had|has|was|is|and|in|on|came|took|presented"
    rf"|developed|underwent|received|suffered|suffering|complained|complaining|consulted|reported|attended|fell|sought|required|needed|got)\b)"
)
_AGED_IN_TEXT = Scanner(rf"(?<![\w-]){AGED}")
_STAGE = compiled(rf"(?<![\w-]){STAGE}(?![\w-])", re.IGNORECASE)
#: words of a stage that also refer back ("the child") or name a relative ("her second baby")
_COMMON = {w for row in rules("ages") if row["alone"] == "false" for w in spellings(row["written"])}
_DECADE = compiled(
    r"(?<=\bin (?:his|her) )(?:(?:early|mid|late)[-\s])?(?:\d0['’]?s|(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties))(?!\w)",
    re.IGNORECASE,
)
_SEX_IN_TEXT = compiled(rf"(?<![\w-]){SEX}(?![\w])", re.IGNORECASE)
#: from this age on, in years, "pregnant" beside it is the mother: "a 23-year-old pregnant woman"
_OUT_OF_THE_WOMB = 2.0
_NEAR_GESTATION = compiled(r"gestation|amenorrh|pregnan")
_HISTORY = compiled(
    r"\b(?:at|by|since|until|from|before|after|turned|when\s+\w+\s+was)(?:\s+the|\s+about|\s+approximately)*\s*\(?$"
)
_OUTRIGHT = compiled(r"aged|age[:=]|age\s[:=]", re.IGNORECASE)
_RELATIVE = compiled(
    r"\b(?:mother|father|brother|sister|sibling|son|daughter|uncle|aunt|cousin|donor|parents?|husband|wife|grand\w+|partner)s?\b"
)
_BORN = compiled(r"\b(?:deliver|birth|born)\w*(?:\s+\w+){0,3}\s$")
_ANAPHOR = compiled(r"\b(?:the|this|that|these|those|her|his|their|both|first|second|third|fourth|healthy)\s$")
_NOT_SEX = compiled(
    r"[-\s]+(?:genital|sex|hormone|karyotype|donor|partner|fetus|foetus|sibling|offspring|relative|breast|gender|pattern|catheter|connector|mice|rats|rabbits?)|:|/",
    re.IGNORECASE,
)


#: ages told outright, and those of a history or of relatives
AgeCandidates = tuple[list[QuantityMention[Age]], list[QuantityMention[Age]]]


def age_candidates(text: str) -> AgeCandidates:
    """Ages told outright, and ages of a history or of relatives ("at the age of 12", "his mother, 32 years old")."""
    outright: list[QuantityMention[Age]] = []
    history: list[QuantityMention[Age]] = []
    for pattern, sure in ((_OLD, 0.97), (_AGED_IN_TEXT, 0.9)):
        for match in pattern.finditer(text):
            age = parse_age(match[0])
            lead, rest = before(text, match.start(), 25), after(text, match.end(), 25)
            if (
                age is None
                or age.years > 120
                or (age.years < _OUT_OF_THE_WOMB and _NEAR_GESTATION.search(f"{lead[-16:]} | {rest[:14]}"))
            ):
                continue
            if rest.lstrip(" )").startswith(("h ", "hours", "hrs")):
                continue
            relative = bool(_RELATIVE.search(lead))
            past = bool(_HISTORY.search(lead)) or (pattern is _AGED_IN_TEXT and not _OUTRIGHT.match(match[0]))
            mention = QuantityMention("age", match.start(), match.end(), age, 0.4 if relative or past else sure)
            (history if relative or past else outright).append(mention)
    for match in _OF_YEARS.finditer(text):
        if age := parse_age(match["age"]):
            outright.append(QuantityMention("age", match.start("age"), match.end("age"), age, 0.9))
    for match in _OF_AGE.finditer(text):
        if (years := float(match["age"])) <= 110:
            outright.append(QuantityMention("age", match.start("age"), match.end("age"), Age(years), 0.85))
    outright.extend(QuantityMention("age", m.start(), m.end(), None, 0.9) for m in _DECADE.finditer(text))
    return longest(outright), longest(history)


def find_ages(text: str, candidates: AgeCandidates | None = None) -> list[QuantityMention[Age]]:
    """Mentions of ages, in order; gestational ages are none. `candidates` are those of `age_candidates`, if at hand.

    An age at which something happened in a patient's history and words for a stage of life ("elderly", "a child")
    are taken only where the text tells no age outright.
    """
    outright, history = candidates or age_candidates(text)
    if outright:
        return outright
    for match in _STAGE.finditer(text):
        if match[0].lower() not in _COMMON or not _ANAPHOR.search(before(text, match.start(), 12)):
            age = parse_age(match[0])
            history.append(QuantityMention("age", match.start(), match.end(), age, 0.5))
    return longest(history)


def find_sexes(text: str) -> list[QuantityMention[str]]:
    """Mentions of a patient's sex, in order; "the man" only where no sex was told before."""
    mentions: list[QuantityMention[str]] = []
    for match in _SEX_IN_TEXT.finditer(text):
        lead = before(text, match.start(), 25)
        if _NOT_SEX.match(text, match.end()) or (mentions and _ANAPHOR.search(lead[-12:])):
            continue
        confidence = 0.5 if _RELATIVE.search(lead) or _BORN.search(lead) else 0.9
        mentions.append(QuantityMention("sex", match.start(), match.end(), parse_sex(match[0]), confidence))
    return mentions
