"""Regimens told piece by piece, or more than once, put together.

In: the regimens of one drug in order of telling. Out: each regimen once. A repetition is none of its own; neighbouring pieces
that contradict nowhere are one ("was given STS in Vaseline 1:1. ... apply it once a day ...").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.quantities import dose_of, parse_frequency
from extract.records.rule_files import cue
from extract.records.treatments.durations import length
from extract.records.treatments.regimen import TAKEN, Regimen, vague

#: parts that say how a drug was given, so that a duration told in passing can be theirs
LASTING = frozenset({"dose", "ratio", "vehicle", "frequency"})
#: how many sentences apart the pieces of one regimen may stand
TOGETHER = 3
#: ends right before a length that may be a point in a course
_POINT = re.compile(
    r"\b(?:after|within|following|by|at|in)\s+(?:(?:the|only|just|about|approximately|another|first)\s+)*$",
    re.IGNORECASE,
)


def merge(regimens: list[Regimen]) -> list[Regimen]:
    """Repetitions become one, and neighbouring pieces that contradict nowhere are put together."""
    kept: list[Regimen] = []
    for r in regimens:
        if _is_point(r, kept):
            continue
        if r.whole:
            k = next(
                (
                    k
                    for k in reversed(kept)
                    if k.parts.keys() & LASTING and "duration" not in k.parts and k.status in TAKEN
                ),
                None,
            )
            if k is not None:
                _absorb(k, r)
                continue
        known = next((k for k in kept if _same(k, r)), None)
        if known is None and kept:
            latest = max(kept, key=lambda k: k.last.index)
            near = latest.last.section == r.sentence.section and 0 <= r.sentence.index - latest.last.index <= TOGETHER
            known = latest if near and _complements(latest, r) else None
        if known is None:
            kept.append(r)
        else:
            _absorb(known, r)
            known.again = r.sentence
    return _told_apart(kept)


def _is_point(r: Regimen, kept: Sequence[Regimen]) -> bool:
    """Whether a length told alone is a point in a longer course told before: "for three months. After one month of therapy she was better"."""
    days = length(r.parts["duration"]) if r.parts.keys() == {"duration"} else None
    if days is None or not _POINT.search(r.sentence.before(r.parts["duration"])):
        return False
    courses = (length(k.parts["duration"]) for k in kept if "duration" in k.parts and k.sentence is not r.sentence)
    return any(whole is not None and whole > days for whole in courses)


def _told_apart(kept: list[Regimen]) -> list[Regimen]:
    """How often or how long, told far from the one dose a drug was given in, is that dose's: "... A 20 mg. (...) A was given for a week"."""
    dosed = [k for k in kept if k.status in TAKEN and "dose" in k.parts and dose_of(k.parts["dose"]) is not None]
    if len(dosed) != 1:
        return kept
    values = dosed[0].values()
    left = []
    for k in kept:
        told = k.values()
        new = told.keys() - values.keys()
        if (
            k.status in TAKEN
            and k.parts.keys() & {"frequency", "duration"}
            and not k.parts.keys() & (LASTING - {"frequency"} | {"volume"})
            and new
            and all(told[x] == values[x] for x in told.keys() - new)
        ):
            _absorb(dosed[0], k)
            values = dosed[0].values()
        else:
            left.append(k)
    return left


def _same(a: Regimen, b: Regimen) -> bool:
    """b says nothing that a does not, or the other way round, and something both say."""
    if a.sentence is not b.sentence and cue("phase", "links.csv").search(b.sentence.text) and "dose" in b.parts:
        return False  # "in the maintenance phase 150 mg were given": a regimen of its own, if the dose stayed
    if a.status != b.status and {a.status, b.status} & {"declined", "planned", "avoided"}:
        return False
    va, vb = a.values(), b.values()
    daily = _amount_a_day(a) or _amount_a_day(b)
    if daily is not None and all(daily in (_amount_a_day(r), _amount(r)) for r in (a, b)):
        # "300 mg daily" is 300 mg/day, and "raised to 300 mg" too
        for v in (va, vb):
            v["dose"] = daily
            v.pop("frequency", None)
    shared = va.keys() & vb.keys()
    if any(va[x] != vb[x] for x in shared):
        return False
    return vb.items() <= va.items() or (
        va.items() <= vb.items() and bool(shared & {"dose", "ratio", "duration", "frequency"})
    )


def _amount_a_day(r: Regimen) -> tuple[float, str] | None:
    """How much of a drug a day, where the dose's unit or the frequency tells it; of a range nothing."""
    dose = dose_of(r.parts["dose"]) if "dose" in r.parts else None
    if dose is None or dose.value_max is not None:
        return None
    if dose.unit.endswith("/d"):
        return round(dose.value, 6), dose.unit.removesuffix("/d")
    frequency = parse_frequency(r.parts["frequency"].text) if "frequency" in r.parts else None
    per_day = dose.per_day or (frequency.per_day if frequency else None)
    return (round(dose.value * per_day, 6), dose.unit) if per_day == 1 else None


def _amount(r: Regimen) -> tuple[float, str] | None:
    """How much of a drug, where nothing tells how often."""
    dose = dose_of(r.parts["dose"]) if "dose" in r.parts and "frequency" not in r.parts else None
    return (round(dose.value, 6), dose.unit) if dose is not None and dose.value_max is None else None


def _complements(a: Regimen, b: Regimen) -> bool:
    """No label told differently by both, not both dosed, and the same standing (given or not)."""
    if a.status != b.status or ("dose" in a.parts and "dose" in b.parts):
        return False
    va, vb = a.values(), b.values()
    return all(va[x] == vb[x] for x in va.keys() & vb.keys())


def _absorb(a: Regimen, b: Regimen) -> None:
    for label, span in b.parts.items():
        if label in a.parts and vague(label, a.parts[label]):
            a.parts[label] = span
        a.parts.setdefault(label, span)
    a.confidence = (a.confidence + b.confidence) / 2
    a.links += b.links


def as_volumes(regimens: Sequence[Regimen]) -> None:
    """Amounts in mL or drops of a drug whose strength is told elsewhere ("20 mL of the lidocaine mixture") are volumes, not doses."""
    units = [d.unit if (d := dose_of(r.parts["dose"])) else "" for r in regimens if "dose" in r.parts]
    if "%" not in units:
        return
    for r in regimens:
        dose = dose_of(r.parts["dose"]) if "dose" in r.parts else None
        if dose is not None and dose.unit in ("mL", "[drp]") and "volume" not in r.parts:
            r.parts["volume"] = r.parts.pop("dose")
