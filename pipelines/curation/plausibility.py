"""What a curator typed that is hardly ever meant: a dose below 0, 99,999,999 days, an age of 580.

Stands before the log, beside `fields`, which refuses what a column cannot hold. In: a row as it would be, the columns that change,
and the rows beside it. Out: doubts. A person may overrule a doubt; the decision then says so in its reason. The rules stand in
`rules/plausibility.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from extract.language.tables import read_table
from pipelines.curation.hints import hints

Row = Mapping[str, Any]

WARN, REFUSE = "warn", "refuse"

_RANGE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s?(?:[-–−]|to)\s?(\d+(?:\.\d+)?)(?![\d.])")
_PER = re.compile(r"/(?:\([\d.]+\.)?|\)$")


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that is hardly ever meant; `level` is warn or refuse, `column` the one to look at."""

    name: str
    column: str
    level: str
    says: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of `rules/plausibility.toml`, see there."""

    name: str
    table: str
    column: str
    kind: str
    says: str
    level: str = WARN
    other: str = ""
    bound: float = 0.0
    above: bool = False
    pattern: str = ""
    source: str = ""
    also: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order of their file."""
    text = (files("pipelines.curation") / "rules" / "plausibility.toml").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = tomllib.loads(text)["rule"]
    return tuple(_rule(**entry) for entry in entries)


@cache
def expected(table: str) -> frozenset[str]:
    """The columns without which a row of a table is no fact, or hardly ever one."""
    return frozenset(rule.column for rule in rules() if rule.table == table and rule.kind == "empty")


def _rule(**entry: Any) -> Rule:
    lists = {name: tuple(value) for name, value in entry.items() if isinstance(value, list)}
    return Rule(**entry | lists)


def doubts(table: str, row: Row, changed: Collection[str], beside: Iterable[Row] = ()) -> list[Doubt]:
    """What is doubtful in the columns of a row that change.

    Args:
        row: the row as it would be.
        changed: the columns that were typed, and those that follow from them.
        beside: the other rows of its table in the document.
    """
    others = list(beside)
    doubtful = [
        Doubt(rule.name, rule.column, rule.level, reason)
        for rule in rules()
        if rule.table == table
        and {rule.column, rule.other} & set(changed)
        and (reason := _said(rule, row, others)) is not None
    ]
    texts = {c for c in changed if c.endswith("_text")}
    if texts:  # a number typed beside its text must say the same
        doubtful += [Doubt("words-differ", next(iter(sorted(texts))), WARN, hint) for hint in _mixed(row, changed)]
    return doubtful


def _mixed(row: Row, changed: Collection[str]) -> Iterable[str]:
    """Where a text and the numbers beside it say different things, both in this one edit."""
    for text, numbers in (
        ("dose_text", ("dose_value", "dose_unit")),
        ("frequency_text", ("per_day",)),
        ("duration_text", ("days",)),
    ):
        if text in changed and text in row and set(numbers) & set(changed):
            yield from hints(row, {text})


def _said(rule: Rule, row: Row, others: Sequence[Row]) -> str | None:
    value = row.get(rule.column)
    if rule.kind == "empty":
        return rule.says if value in (None, "") else None
    if value in (None, ""):
        return None
    other: Any = row.get(rule.other) if rule.other else None
    match rule.kind:
        case "least":
            bad = value < rule.bound or (rule.above and value == rule.bound)
        case "most":
            bad = value > rule.bound
        case "pattern":
            bad = _reversed(value) if rule.pattern == "reversed-range" else bool(re.search(rule.pattern, value))
        case "order":
            bad = other is not None and value > other
        case "vocabulary":
            bad = not _known(rule, str(value))
        case _:
            other = _nearest(rule, row, others)
            bad = other is not None and max(value / other, other / value) >= rule.bound
    return rule.says.format(value=_plain(value), other=_plain(other), bound=_plain(rule.bound)) if bad else None


def _reversed(text: str) -> bool:
    return any(float(m[1]) > float(m[2]) for m in _RANGE.finditer(text))


def _nearest(rule: Rule, row: Row, others: Sequence[Row]) -> float | None:
    """The value of the other rows that is nearest in proportion; None without one to compare with."""
    value = row[rule.column]
    if not value or value <= 0:
        return None
    values = [
        float(o[rule.column])
        for o in others
        if o[rule.column] and o[rule.column] > 0 and all(o[n] == row.get(n) for n in rule.same)
    ]
    return min(values, key=lambda v: max(value / v, v / value), default=None)


def _known(rule: Rule, value: str) -> bool:
    known = _vocabulary(rule.source) | set(rule.also)
    if value in known:
        return True
    parts = [p for p in _PER.split(value) if p]  # "mg/kg/d", "mg/(5.mL)"
    return "/" in value and all(p in known for p in parts)


@cache
def _vocabulary(source: str) -> frozenset[str]:
    file, _, column = source.partition(":")
    return frozenset(row[column] for row in read_table(file) if row[column])


def _plain(value: Any) -> Any:
    return f"{value:.12g}" if isinstance(value, float | int) and not isinstance(value, bool) else value


def overruled(why: str, doubtful: Iterable[Doubt]) -> str:
    """A decision's reason with the doubts that were overruled."""
    reasons = "; ".join(d.says for d in doubtful)
    return "; ".join(filter(None, (why, f"overruled: {reasons}" if reasons else "")))
