"""Ages and sexes in running text."""

from __future__ import annotations

import re

from extract.language.finders.found import Found, after, before, longest
from extract.language.quantities.parts import SPACE
from extract.language.quantities.person import AGED, OLD, SEX, STAGE, parse_age, parse_sex

_OLD = re.compile(
    rf"(?<![\w.])(?:{OLD}|\d{{1,3}}{SPACE}?-?{SPACE}?(?i:years?|yrs?)(?={SPACE}(?i:male|female|man|woman|boy|girl|lady|gentleman)\b))"
)
_AGED = re.compile(rf"(?<![\w-]){AGED}")
_STAGE = re.compile(rf"(?<![\w-]){STAGE}(?![\w-])", re.IGNORECASE)
_DECADE = re.compile(
    r"(?<=\bin (?:his|her) )(?:(?:early|mid|late)[-\s])?(?:\d0['’]?s|(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties))(?!\w)",
    re.IGNORECASE,
)
_SEX = re.compile(rf"(?<![\w-]){SEX}(?![\w])", re.IGNORECASE)
_NOT_SEX = re.compile(
    r"[-\s]+(?:genital|sex|hormone|breast|gender|pattern|catheter|connector|mice|rats|rabbits?)|:|/", re.IGNORECASE
)


def find_ages(text: str) -> list[Found]:
    """Mentions of ages, in order; gestational ages are none."""
    found = []
    for pattern, sure in ((_OLD, 0.97), (_AGED, 0.9)):
        for match in pattern.finditer(text):
            age = parse_age(match[0])
            if age is None or age.years > 120 or "gestation" in after(text, match.end(), 14):
                continue
            if "gestational" in before(text, match.start(), 16):
                continue
            found.append(Found("age", match.start(), match.end(), str(age), sure))
    for match in _DECADE.finditer(text):
        found.append(Found("age", match.start(), match.end(), "", 0.9))
    for match in _STAGE.finditer(text):
        age = parse_age(match[0])
        found.append(Found("age", match.start(), match.end(), str(age) if age else "", 0.5))
    return longest(found)


def find_sexes(text: str) -> list[Found]:
    """Mentions of a patient's sex, in order."""
    return [
        Found("sex", m.start(), m.end(), parse_sex(m[0]) or "", 0.9)
        for m in _SEX.finditer(text)
        if not _NOT_SEX.match(text, m.end())
    ]
