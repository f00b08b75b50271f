"""Which ICD-10-CM codes go with what a name says: chapters of tumours, injuries, pregnancy, newborns, and what a title excludes.

Used by `icd` on codes that were found by likeness or by shortening a name; a name that stands in the index as it is needs none of it.
The rules are `vocabulary/diagnoses_codes_families.csv`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from extract.language.rule_files import FAMILIES

_Rule = tuple[re.Pattern[str], re.Pattern[str]]


def goes_with(name: str, code: str, title: str) -> bool:
    """Whether a code, with its title, is not ruled out by what `name` (lower case) says."""
    for pattern, codes in _rules("only"):
        if pattern.search(name) and not codes.match(code):
            return False
    if any(pattern.search(name) and codes.match(code) for pattern, codes in _rules("never")):
        return False
    return not any(pattern.search(name) and codes.search(title.lower()) for pattern, codes in _rules("title"))


def is_whole(name: str) -> bool:
    """Whether a name keeps all its words, so that no shorter one stands for it."""
    return bool(FAMILIES.pattern("whole").search(name))


def is_two(name: str) -> bool:
    """Whether a name says two, of which nobody knows which: "cardiac or pulmonary disease"."""
    return bool(FAMILIES.pattern("two").search(name))


@lru_cache(maxsize=3)
def _rules(kind: str) -> tuple[_Rule, ...]:
    return tuple((re.compile(row["pattern"]), re.compile(row["codes"])) for row in FAMILIES.of(kind))
