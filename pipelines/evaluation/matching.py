"""When an extracted value means the same as a gold value: pure functions, on meaning and not on bytes.

Names match when they are equal after normalisation, or one holds the other as whole words. Doses match by value and unit,
or as the same amount a day. Used by `evaluate`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from extract.schema import Treatment

#: words that alone do not make two names the same
_WEAK = {
    "the", "a", "an", "of", "her", "his", "left", "right", "acute", "chronic", "severe", "topical", "oral", "iv",
    "intravenous",
}  # fmt: skip

#: unit wordings by their canonical form, lower case
_UNITS = {
    "g": ("gm", "gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "ug": ("mcg", "microgram", "micrograms"),
    "ml": ("cc",),
    "u": ("unit", "units", "iu", "[iu]", "[usp'u]", "ie"),
    "%": ("percent",),
    "mg/day": ("mg/24h",),
    "auc": ("mg.min/ml",),
    "day": ("d", "24h"),
    "hour": ("h", "hr", "hours"),
    "week": ("wk",),
    "month": ("mo",),
    "year": ("a",),
    "dose": ("{dose}",),
    "tablet": ("{tablet}", "{tbl}", "tbl", "tab", "tablets"),
    "capsule": ("{capsule}", "capsules"),
    "puff": ("{puff}", "puffs"),
    "drop": ("[drp]", "drops"),
    "spray": ("{spray}", "sprays"),
}
_CANONICAL = {wording: unit for unit, wordings in _UNITS.items() for wording in wordings}

#: relative difference up to which two numbers are the same
DOSE_TOLERANCE = 0.02
TIME_TOLERANCE = 0.05

_MICRO = str.maketrans("µμ", "uu")


class Closeness(IntEnum):
    """How near a row's name is to a gold drug."""

    NONE = 0
    PART = 1  # one holds the other as whole words
    WORDING = 2  # equal to another wording of the gold
    NAME = 3  # equal to the gold's name


def normal(name: object) -> str:
    """A name for comparing: lower case, no punctuation, no plural s, single spaces."""
    words = re.sub(r"[^a-z0-9%.]+", " ", str(name or "").lower().translate(_MICRO)).split()
    return " ".join(w[:-1] if len(w) > 4 and w.endswith("s") and not w.endswith("ss") else w for w in words)


def same_name(names: Sequence[object], gold: Sequence[object]) -> bool:
    """Whether any of `names` means any of the `gold` wordings."""
    wordings = [w for w in map(normal, gold) if w]
    return any(_same(name, wording) for name in map(normal, names) if name for wording in wordings)


def _same(name: str, wording: str) -> bool:
    if name == wording:
        return True
    short, long = sorted((name, wording), key=len)
    if f" {short} " not in f" {long} ":
        return False
    return any(len(word) > 2 and word not in _WEAK for word in short.split())


def closeness(names: Sequence[object], gold: Sequence[object]) -> Closeness:
    """How near `names` are to a gold drug, whose first wording is its name."""
    wordings = {normal(n) for n in names} - {""}
    if normal(gold[0]) in wordings:
        return Closeness.NAME
    if any(normal(wording) in wordings for wording in gold[1:]):
        return Closeness.WORDING
    return Closeness.PART if same_name(names, gold) else Closeness.NONE


def number(value: Any) -> float | None:
    """A number, or None for what is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def close(a: float | None, b: float | None, tolerance: float = DOSE_TOLERANCE) -> bool:
    """Whether two numbers are told and the same, within a relative tolerance."""
    return a is not None and b is not None and abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-9)


def canonical_unit(unit: object) -> str:
    """A unit for comparing: `Gram` and `gm` are g, `mcg/kg` is ug/kg."""
    text = str(unit or "").lower().translate(_MICRO).replace(" ", "")
    text = re.sub(r"/\((\d[\d.]*)\.(\w+)\)", r"/\1\2", text)  # mg/(5.mL) is mg/5 mL
    if text in _CANONICAL:
        return _CANONICAL[text]
    return "/".join(_CANONICAL.get(part, part) for part in text.split("/"))


@dataclass(frozen=True, slots=True)
class Regimen:
    """How a drug was given, ready for comparing; None or empty where it is not told."""

    dose: float | None
    unit: str
    per_day: float | None
    days: float | None
    vehicle: str
    ratio: str
    route: str = ""

    @classmethod
    def of_row(cls, row: Treatment) -> Regimen:
        """The regimen of an extracted row."""
        return cls(
            row.dose_value, canonical_unit(row.dose_unit), row.per_day, row.days, row.vehicle, row.ratio,
            normal(row.route),
        )  # fmt: skip

    @classmethod
    def of_gold(cls, gold: dict[str, Any]) -> Regimen:
        """The regimen of a gold record."""
        return cls(
            number(gold.get("value")), canonical_unit(gold.get("unit")), number(gold.get("per_day")),
            number(gold.get("days")), gold.get("vehicle") or "", gold.get("ratio") or "",
        )  # fmt: skip

    def a_day(self) -> tuple[float, str] | None:
        """The amount a day and its unit, when unit or frequency tells it."""
        if self.dose is None:
            return None
        if self.unit.endswith("/day"):
            return self.dose, self.unit.removesuffix("/day")
        return (self.dose * self.per_day, self.unit) if self.per_day else None

    def value(self, field: str) -> tuple[object, str] | None:
        """What the regimen tells of a field of `REGIMEN_FIELDS`, comparable between rows; None if nothing."""
        value = getattr(self, REGIMEN_FIELDS[field])
        return None if value in (None, "") else (value, self.unit if field == "dose" else "")

    def agrees(self, gold: Regimen, field: str) -> bool:
        """Whether this extracted regimen has the gold's value of a field."""
        match field:
            case "dose":
                return _same_dose(self, gold)
            case "frequency":
                return close(self.per_day, gold.per_day, TIME_TOLERANCE)
            case "duration":
                return close(self.days, gold.days, TIME_TOLERANCE)
            case "vehicle":
                return same_name([self.vehicle], [gold.vehicle])
            case "ratio":
                return normal(self.ratio) == normal(gold.ratio)
        raise ValueError(f"no regimen field {field!r}")


#: the scored fields of a regimen and the attribute that holds each
REGIMEN_FIELDS = {"dose": "dose", "frequency": "per_day", "duration": "days", "vehicle": "vehicle", "ratio": "ratio"}


def _same_dose(row: Regimen, gold: Regimen) -> bool:
    if close(row.dose, gold.dose) and row.unit == gold.unit:
        return True
    a, b = row.a_day(), gold.a_day()
    return a is not None and b is not None and a[1] == b[1] and close(a[0], b[0])
