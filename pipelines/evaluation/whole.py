"""Whole rows: whether a row can be taken as it stands.

A treatment row is right when drug, status, dose, frequency, duration, vehicle and ratio are those of one gold regimen, no more and no
less, and its route does not contradict gold; a diagnosis row when its name and assertion are. Rows of optional gold are neither right nor
wrong. In: the gold of one case and its rows. Out: `Judged`, for the figures of an evaluation and for fitting the confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from extract.schema import Diagnosis, PainScore, Treatment
from pipelines.evaluation.matching import (
    REGIMEN_FIELDS,
    Closeness,
    Regimen,
    close,
    closeness,
    normal,
    number,
    same_name,
)

Row = TypeVar("Row")


@dataclass
class Judged(Generic[Row]):
    """Rows of one table, each with whether it is right, and how many facts of gold no right row tells."""

    rows: list[tuple[Row, bool]] = field(default_factory=list)
    missed: int = 0

    def add(self, other: Judged[Row]) -> None:
        """Count what another one holds too."""
        self.rows += other.rows
        self.missed += other.missed

    @property
    def right(self) -> int:
        """How many rows are right."""
        return sum(ok for _, ok in self.rows)

    @property
    def precision(self) -> float | None:
        """Share of the rows that is right; None without rows."""
        return self.right / len(self.rows) if self.rows else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None when there is neither row nor gold."""
        whole = self.right + len(self.rows) + self.missed
        return 2 * self.right / whole if whole else None


def gold_of_case(
    cases: Sequence[dict[str, Any]], ids: Sequence[str]
) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Each gold case with the index cases that are judged by it: the first by the first and so on, all further ones by the last."""
    for i, case in enumerate(cases):
        further = ids[len(cases) :] if i == len(cases) - 1 else ()
        yield case, frozenset([*ids[i : i + 1], *further])


def speaks_of(row: Treatment, gold: Sequence[dict[str, Any]]) -> frozenset[int]:
    """The gold drugs a row means, by position: those its name is nearest to."""
    near = [closeness([row.text, row.drug], [g["drug"], *g.get("also", [])]) for g in gold]
    best = max(near, default=Closeness.NONE)
    return frozenset(i for i, n in enumerate(near) if n == best) if best else frozenset()


def judge_treatments(gold: Sequence[dict[str, Any]], rows: Sequence[Treatment]) -> Judged[Treatment]:
    """The treatment rows of one case; every gold regimen that no row tells whole is missed."""
    judged: Judged[Treatment] = Judged()
    reached: set[tuple[int, int]] = set()
    for row in rows:
        drugs = speaks_of(row, gold)
        if drugs and all(gold[i].get("optional") for i in drugs):
            continue
        meant = [i for i in drugs if row.status == gold[i]["status"]]
        fitting = {
            (i, j) for i in meant for j, regimen in enumerate(regimens(gold[i])) if _tells(row, regimen, gold[i])
        }
        reached |= fitting
        judged.rows.append((row, bool(fitting)))
    judged.missed = sum(
        (i, j) not in reached
        for i, g in enumerate(gold)
        for j, regimen in enumerate(regimens(g))
        if not g.get("optional") and not regimen.get("optional")
    )
    return judged


def regimens(gold: dict[str, Any]) -> list[dict[str, Any]]:
    """The regimens of a gold drug; an empty one where none is told."""
    return gold.get("regimens") or [{}]


def _tells(row: Treatment, regimen: dict[str, Any], gold: dict[str, Any]) -> bool:
    """Whether a row tells what a gold regimen tells, and nothing else."""
    mine = Regimen.of_row(row)
    return route_fits(mine, regimen, gold) and all(tells_of(name, mine, row, regimen) for name in REGIMEN_FIELDS)


def tells_of(name: str, mine: Regimen, row: Treatment, regimen: dict[str, Any]) -> bool:
    """Whether a row tells of one field what a gold regimen does; `mine` is the row's regimen."""
    gold = Regimen.of_gold(regimen)
    if name == "frequency" and gold.unit.endswith("/day"):
        return True  # 200 mg once a day is 200 mg/day
    if gold.value(name) is not None:
        return mine.agrees(gold, name)
    return mine.value(name) is None or (name == "vehicle" and is_form(row.vehicle, regimen))


def route_fits(mine: Regimen, regimen: dict[str, Any], gold: dict[str, Any]) -> bool:
    """Whether a row's route is not another than gold's; what one of them does not tell contradicts nothing."""
    route = regimen.get("route") or gold.get("route")
    return not (mine.route and route) or mine.route in [normal(x) for x in (route, *re.split(r" and |, |/", route))]


def is_form(vehicle: str, regimen: dict[str, Any]) -> bool:
    """Whether a row's vehicle is only the form that gold tells ("cream" of "5% X cream") where gold has no vehicle."""
    mine, form = normal(vehicle), normal(regimen.get("form"))
    return bool(
        mine and form and not regimen.get("vehicle") and (f" {mine} " in f" {form} " or f" {form} " in f" {mine} ")
    )


def judge_diagnoses(gold: Sequence[dict[str, Any]], rows: Sequence[Diagnosis]) -> Judged[Diagnosis]:
    """The diagnosis rows of one case."""
    judged: Judged[Diagnosis] = Judged()
    reached: set[int] = set()
    for row in rows:
        meant = [i for i, g in enumerate(gold) if same_name([row.text, row.diagnosis], [g["text"], *g.get("also", [])])]
        if meant and all(gold[i].get("optional") for i in meant):
            continue
        fitting = [i for i in meant if row.assertion == gold[i]["assertion"]]
        reached |= set(fitting)
        judged.rows.append((row, bool(fitting)))
    judged.missed = sum(i not in reached for i, g in enumerate(gold) if not g.get("optional"))
    return judged


def judge_pain(gold: Sequence[dict[str, Any]], rows: Sequence[PainScore]) -> Judged[PainScore]:
    """The pain scores of one case: each gold rating has one row, with its value and, where gold tells it, the scale's end."""
    left = list(gold)
    judged: Judged[PainScore] = Judged()
    for row in rows:
        hit = next((g for g in left if _same_rating(row, g)), None)
        if hit is not None:
            left.remove(hit)
        judged.rows.append((row, hit is not None))
    judged.missed = len(left)
    return judged


def _same_rating(row: PainScore, gold: dict[str, Any]) -> bool:
    top = number(gold.get("max"))
    return close(row.value, number(gold["value"])) and (top is None or close(row.scale_max, top))
