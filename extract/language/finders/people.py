"""Ages and sexes in running text."""

from __future__ import annotations

import re

from extract.language.finders.found import Found, after, before, longest
from extract.language.quantities.parts import SPACE, rules, spellings
from extract.language.quantities.person import AGED, OLD, SEX, STAGE, parse_age, parse_sex

#: "44-year-old"; without "old" only before a person: "71-year man", "22-year, otherwise healthy patient"
_OLD = re.compile(
    rf"(?<![\w.])(?<!\w[-–])(?:{OLD}|\d{{1,3}}{SPACE}?-?{SPACE}?(?i:years?|yrs?)(?=,?{SPACE}(?:[\w-]+{SPACE}){{0,2}}(?:patient\b|{SEX}(?!\w)))"
    rf"(?!{SPACE}(?:history|follow|period|course|survival)))"
)
_OF_YEARS = re.compile(
    rf"(?<!\w)(?i:{SEX}|patient){SPACE}of{SPACE}(?P<age>\d{{1,3}}{SPACE}?-?{SPACE}?years?)\b(?!{SPACE}(?:of\b|history|standing))"
)
_AGED = re.compile(rf"(?<![\w-]){AGED}")
_STAGE = re.compile(rf"(?<![\w-]){STAGE}(?![\w-])", re.IGNORECASE)
#: words of a stage that also refer back ("the child") or name a relative ("her second baby")
_COMMON = {w for row in rules("ages") if row["alone"] == "false" for w in spellings(row["written"])}
_DECADE = re.compile(
    r"(?<=\bin (?:his|her) )(?:(?:early|mid|late)[-\s])?(?:\d0['’]?s|(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties))(?!\w)",
    re.IGNORECASE,
)
_SEX = re.compile(rf"(?<![\w-]){SEX}(?![\w])", re.IGNORECASE)
_GESTATION = re.compile(r"gestation|amenorrh|pregnan")
_HISTORY = re.compile(
    r"\b(?:at|by|since|until|from|before|after|turned|when\s+\w+\s+was)(?:\s+the|\s+about|\s+approximately)*\s*\(?$"
)
_OUTRIGHT = re.compile(r"aged|age[:=]|age\s[:=]", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:mother|father|brother|sister|sibling|son|daughter|uncle|aunt|cousin|donor|parents?|husband|wife|grand\w+|partner)s?\b"
)
_BORN = re.compile(r"\b(?:deliver|birth|born)\w*(?:\s+\w+){0,3}\s$")
_ANAPHOR = re.compile(r"\b(?:the|this|that|these|those|her|his|their|both|first|second|third|fourth|healthy)\s$")
_NOT_SEX = re.compile(
    r"[-\s]+(?:genital|sex|hormone|karyotype|donor|partner|fetus|foetus|sibling|offspring|relative|breast|gender|pattern|catheter|connector|mice|rats|rabbits?)|:|/",
    re.IGNORECASE,
)


def age_candidates(text: str) -> tuple[list[Found], list[Found]]:
    """Ages told outright, and ages of a history or of relatives ("at the age of 12", "his mother, 32 years old")."""
    outright: list[Found] = []
    history: list[Found] = []
    for pattern, sure in ((_OLD, 0.97), (_AGED, 0.9)):
        for match in pattern.finditer(text):
            age = parse_age(match[0])
            lead, rest = before(text, match.start(), 25), after(text, match.end(), 25)
            if age is None or age.years > 120 or _GESTATION.search(lead[-16:]) or _GESTATION.search(rest[:14]):
                continue
            if rest.lstrip(" )").startswith(("h ", "hours", "hrs")):
                continue
            relative = bool(_RELATIVE.search(lead))
            past = bool(_HISTORY.search(lead)) or (pattern is _AGED and not _OUTRIGHT.match(match[0]))
            mention = Found("age", match.start(), match.end(), str(age), 0.4 if relative or past else sure)
            (history if relative or past else outright).append(mention)
    for match in _OF_YEARS.finditer(text):
        if age := parse_age(match["age"]):
            outright.append(Found("age", match.start("age"), match.end("age"), str(age), 0.9))
    outright.extend(Found("age", m.start(), m.end(), "", 0.9) for m in _DECADE.finditer(text))
    return longest(outright), longest(history)


def find_ages(text: str, candidates: tuple[list[Found], list[Found]] | None = None) -> list[Found]:
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
            history.append(Found("age", match.start(), match.end(), str(age) if age else "", 0.5))
    return longest(history)


def find_sexes(text: str) -> list[Found]:
    """Mentions of a patient's sex, in order; "the man" only where no sex was told before."""
    found: list[Found] = []
    for match in _SEX.finditer(text):
        lead = before(text, match.start(), 25)
        if _NOT_SEX.match(text, match.end()) or (found and _ANAPHOR.search(lead[-12:])):
            continue
        confidence = 0.5 if _RELATIVE.search(lead) or _BORN.search(lead) else 0.9
        found.append(Found("sex", match.start(), match.end(), parse_sex(match[0]) or "", confidence))
    return found
