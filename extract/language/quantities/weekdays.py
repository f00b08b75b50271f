"""Days of the week on which a dose is given: "MWF", "on Mondays and Thursdays", "Mon/Wed/Fri", "every other Monday".

Part of the grammar of `frequency`. A list of days or a plural tells a rhythm; a single "on Monday" tells a date, and none.
"""

from __future__ import annotations

import re

from extract.language.quantities.parts import SPACE, rules, spellings

_ROWS = rules("weekdays")
_FULL = "|".join(w for row in _ROWS for w in spellings(row["written"]))
_SHORT = "|".join(w for row in _ROWS for w in sorted(spellings(row["short"]), key=lambda w: -len(w)))
_INITIAL = "|".join(w for row in _ROWS for w in sorted(spellings(row["initial"]), key=lambda w: -len(w)))
#: days of a week by how a day begins
_DAYS = {w.lower(): row["day"] for row in _ROWS for cell in ("written", "short") for w in spellings(row[cell])}
_INITIALS = {w: row["day"] for row in _ROWS for w in spellings(row["initial"])}

_DAY = rf"(?:(?:{_FULL})|(?-i:(?:{_SHORT})\b\.?))"
_PLURAL = rf"(?:{_FULL})s"
_ANY = rf"(?:(?:{_FULL})s?|(?-i:(?:{_SHORT})\b\.?))"
_AND = rf"{SPACE}?(?:,{SPACE}?(?:and{SPACE}|&{SPACE}?)?|/|&|\+|and\b){SPACE}?"
_ON = rf"(?:(?:given|taken|only|once){SPACE})?(?:on|every|each){SPACE}(?:the{SPACE})?"
_TO = rf"{SPACE}?(?:[-–]|to{SPACE}|through{SPACE}){SPACE}?"
_LIST = rf"{_ANY}(?:{_TO}{_ANY}|(?:{_AND}{_ANY}){{1,6}})"
_ALL = rf"(?:weekdays?|weekends?|working{SPACE}days)"

#: what tells a rhythm wherever it stands: plurals, and lists behind "on" or "every"
WEEKDAYS = (
    rf"(?:(?:{_ON})?(?P<weekdays>{_PLURAL}(?:{_AND}{_ANY}){{0,6}}|{_LIST}s?)(?!\w)"
    rf"|every{SPACE}(?P<alternate>(?:other|second|alternate){SPACE}{_DAY})(?!\w)"
    rf"|(?:every|each){SPACE}(?P<weekdays2>{_DAY})(?!\w)"
    rf"|(?:on|at){SPACE}(?P<weekdays3>{_ALL})\b)"
)
#: initials, which only a dose makes days: "50 mg MWF", "5 mg M/W/F"
INITIALS = rf"(?-i:(?P<initials>(?:{_INITIAL})(?:[/,-]?(?:{_INITIAL})){{1,6}}))(?!\w)"

_SPAN = re.compile(r"[a-z]\.?\s?[-–]\s?[a-z]|\b(?:to|through)\b")


def days_of_week(text: str) -> int:
    """How many days of a week are told: 3 for "Mondays, Wednesdays and Fridays", 5 for "weekdays"; 0 for none."""
    folded = text.lower()
    if "weekend" in folded:
        return 2
    if "weekday" in folded or "working" in folded:
        return 5
    words = [word.removesuffix("s") if word not in _DAYS else word for word in re.findall(r"[a-z]+", folded)]
    days = [int(_DAYS[word]) for word in words if word in _DAYS]
    if len(days) == 2 and _SPAN.search(folded):
        return (days[1] - days[0]) % 7 + 1  # "Monday to Friday", "Mon-Fri"
    return len(set(days))


def days_of_initials(text: str) -> int:
    """How many days a run of initials tells: 3 for "MWF"; 0 where a day is told twice or out of order, as no week has it."""
    days = [int(_INITIALS[initial]) for initial in re.findall(_INITIAL, text)]
    return len(days) if days == sorted(set(days)) else 0
