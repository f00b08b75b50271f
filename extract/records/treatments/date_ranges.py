"""Stretches of time told by their ends: "from 3 March to 17 March", "on days 1 to 5", as lengths in days.

In: a sentence's text. Out: where such a stretch stands and how long it is. Calendar dates count from one to the other (14 days
from 3 to 17 March); numbered days count both ends (days 1 to 5 are five days), as trial protocols do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s+(?:19|20)\d\d)"
_DATE = rf"(?:{_DAY}(?:\s+(?:of\s+)?{_MONTH})?|{_MONTH}\s+{_DAY}){_YEAR}?"
_BETWEEN = re.compile(
    rf"\b(?:from|between)\s+(?:the\s+)?(?P<first>{_DATE})\s+(?:to|until|till|through|and|[-–])\s+(?:the\s+)?(?P<last>{_DATE})(?!\s*(?:mg|g|ml|%|/))\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?:on |from )?days?\s+(?P<first>\d{1,2})\s*(?:to|through|until|[-–])\s*(?:day\s+)?(?P<last>\d{1,2})\b", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters `start` to `end` of the text, and the length in days."""

    start: int
    end: int
    days: int


def stretches(text: str) -> Iterator[Stretch]:
    """The stretches of a text, in order of kind. Dates without any month, and ends before beginnings, are none."""
    for m in _BETWEEN.finditer(text):
        first, last = _read(m["first"]), _read(m["last"])
        month = first[1] or last[1], last[1] or first[1]
        if month[0] is None or month[1] is None:
            continue
        year = last[2] or first[2] or 2001  # a year that is no leap year, where none is told
        try:
            end = date(year, month[1], last[0])
            begin = date(first[2] or (year if month[0] <= month[1] else year - 1), month[0], first[0])
        except ValueError:
            continue
        if begin < end:
            yield Stretch(*m.span(), (end - begin).days)
    for m in _NUMBERED.finditer(text):
        days = int(m["last"]) - int(m["first"]) + 1
        if days > 1:
            yield Stretch(*m.span(), days)


def _read(text: str) -> tuple[int, int | None, int | None]:
    """Day, month and year of a date as written; None where it tells none."""
    year = re.search(r"\b(?:19|20)\d\d\b", text)
    month = re.search(_MONTH, text, re.IGNORECASE)
    day = re.search(r"\d{1,2}", text[: year.start()] if year and year.start() > 2 else text)
    return (
        int(day.group()) if day else 0,
        _MONTHS.index(month.group().lower()[:3]) + 1 if month else None,
        int(year.group()) if year else None,
    )
