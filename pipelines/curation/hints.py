"""Values that no longer say what the values beside them say: told after a correction, never refused.

In: a row as it is after a correction, and the columns that were corrected. Out: a sentence for each number or text whose other
half (`dose_text` and `dose_value`, `frequency_text` and `per_day`, `duration_text` and `days`, `primary` and `role`) was left behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from extract.language.quantities import parse_dose, parse_duration, parse_frequency

Row = Mapping[str, Any]

#: how far a number may be from the words: "every 8 h" is 3, a third of a week 0.0476
_NEAR = 0.02


def hints(row: Row, corrected: Collection[str]) -> Iterator[str]:
    """What to tell of a row of which these columns were corrected; of tables without such pairs nothing."""
    if (
        "primary" in row
        and len({"primary", "role"} & set(corrected)) == 1
        and row["primary"] != (row["role"] == "principal")
    ):
        is_ = "" if row["primary"] else "not "
        yield f"the row is {is_}primary and its role is {row['role'] or 'empty'}; correct the other too if it is wrong"
    for text, numbers, saying in _PAIRS:
        touched = {text, *numbers} & set(corrected)
        if not touched or not row.get(text) or {text, *numbers} <= set(corrected):
            continue
        meaning = saying(row)
        if meaning:
            left = text if text not in touched else " and ".join(n for n in numbers if n not in touched)
            yield f"{text} says {row[text]!r}, which is {meaning}; correct {left} too if it is wrong"


def _dose(row: Row) -> str:
    parsed = parse_dose(row["dose_text"])
    if parsed is None or (row["dose_value"] is None and not row["dose_unit"]):
        return ""
    same = row["dose_value"] is not None and (
        _near(row["dose_value"], parsed.value)
        or (parsed.amount is not None and _near(row["dose_value"], parsed.amount))
        or (parsed.amount is not None and _near(row["dose_value"], parsed.amount * parsed.value))
    )  # fmt: skip
    unit = row["dose_unit"] in (parsed.unit, parsed.amount_unit) or not row["dose_unit"]
    return (
        ""
        if same and unit
        else f"{parsed.value:g} {parsed.unit}, not {_told(row['dose_value'])} {row['dose_unit']}".rstrip()
    )


def _frequency(row: Row) -> str:
    parsed = parse_frequency(row["frequency_text"])
    if parsed is None or parsed.per_day is None or row["per_day"] is None:
        return ""
    low, high = parsed.per_day, parsed.per_day_max or parsed.per_day
    inside = low * (1 - _NEAR) <= row["per_day"] <= high * (1 + _NEAR)
    return "" if inside else f"{parsed.per_day:.3g} a day, not {row['per_day']:.3g}"


def _duration(row: Row) -> str:
    parsed = parse_duration(row["duration_text"])
    if parsed is None or parsed.days is None or row["days"] is None:
        return ""
    low, high = parsed.days, parsed.days_max or parsed.days
    inside = low * (1 - _NEAR) <= row["days"] <= high * (1 + _NEAR)
    return "" if inside else f"{parsed.days:g} days, not {row['days']:g}"


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_NEAR)


def _told(value: float | None) -> str:
    return "empty" if value is None else f"{value:g}"


_PAIRS: tuple[tuple[str, tuple[str, ...], Callable[[Row], str]], ...] = (
    ("dose_text", ("dose_value", "dose_unit"), _dose),
    ("frequency_text", ("per_day",), _frequency),
    ("duration_text", ("days",), _duration),
)
