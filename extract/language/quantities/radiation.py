"""How much of a radiation: "60 Gy in 30 fractions" is 60 Gy, 30 fractions. Used by the records of therapies, and where curators type it.

Gray per fraction is no dose of the whole.
"""

from __future__ import annotations

import re

_NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_WORDS = {word: n for n, word in enumerate(_NUMBERS, 1)} | {"twice": 2, "thrice": 3, "thirty": 30}

#: a pattern: a count in digits or in words
COUNT = rf"(?:\d{{1,3}}|{'|'.join(_NUMBERS)}|thirty)"

#: a dose of radiation: `value` and `unit`
DOSE = re.compile(
    r"(?P<value>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>c?Gy|(?:centi)?[Gg]rays?)\b(?!\s*(?:per|/|a|each)\s*(?:fraction|day|session|fx))"
)

#: in how many fractions: `n`, or `m` right behind the unit
FRACTIONS = re.compile(
    rf"\b(?P<n>{COUNT})[\s-]*(?:daily\s+|equal\s+)?(?:fractions|fx|fr)\b|(?<=Gy)\s*/\s*(?P<m>\d{{1,2}})\s*(?:fx|fr|f)\b",
    re.IGNORECASE,
)


def parse_radiation(text: str) -> tuple[float, int | None] | None:
    """Gray and fractions (None where they are not told) of a text; None when it tells no dose."""
    if (dose := DOSE.search(text)) is None:
        return None
    fractions = FRACTIONS.search(text)
    return gray(dose), count(fractions["n"] or fractions["m"]) if fractions else None


def gray(dose: re.Match[str]) -> float:
    """The dose of a match of `DOSE`, in gray."""
    value = float(dose["value"].replace(",", ""))
    return value / 100 if dose["unit"].lower().startswith("c") else value


def count(word: str) -> int:
    """What a match of `COUNT`, "twice" or "thrice" says."""
    return int(word) if word.isdigit() else _WORDS[word.lower()]
