"""From the triggers that reach a mention to its assertion: pure functions.

Stands between `assertion_scope` and the component in `assertion.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from extract.language.context.scope import Reach
from extract.language.tables import read_table

#: which flag wins where several hold: what is only feared is nobody's, a negated relative ("no family history of") is absent, a suspected old disease possible
DIAGNOSIS_ORDER = ("general", "absent", "family", "possible", "past", "history", "time")

#: categories that make a disease historical unless it is chronic
PASSING = ("history", "time")

#: statuses that say more than that the drug was taken
MARKED = frozenset({"stopped", "failed", "declined", "planned", "avoided", "exposure", "general", "restarted"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """An assertion and what decided it: `category: pattern [the trigger's words]`, or the default's reason."""

    value: str
    why: str


@cache
def _chronic() -> re.Pattern[str]:
    return _terms("chronic")


@cache
def _passing() -> re.Pattern[str]:
    return _terms("passing")


def _terms(kind: str) -> re.Pattern[str]:
    terms = [row["term"] for row in read_table("rules/assertion_chronic.csv") if row["kind"] == kind]
    return re.compile(r"\b(?:" + "|".join(re.escape(t).replace(r"\*", r"\w*") for t in terms) + r")\b", re.IGNORECASE)


def is_chronic(name: str) -> bool:
    """Whether a disease, once had, is had: diabetes, asthma ... (`rules/assertion_chronic.csv`)."""
    return _chronic().search(name) is not None and _passing().search(name) is None


def decide_diagnosis(name: str, reaches: Sequence[Reach]) -> Verdict:
    """The assertion of a diagnosis called `name`."""
    flags: dict[str, Reach] = {}
    for r in sorted(reaches, key=lambda r: (r.distance + r.crossed, -len(r.hit.literal))):
        flags.setdefault(r.hit.rule.category, r)
    if "known" in flags:
        flags["present"] = flags.pop("known")
        flags.pop("time", None)
    if "present" in flags:
        flags.pop("time", None)  # found at that time, and had since: "in 2012 a biopsy revealed it"
        if not _doubted_since(flags):
            flags.pop("possible", None)
    chronic = is_chronic(name)
    for category in DIAGNOSIS_ORDER:
        if category not in flags or (category in PASSING and chronic):
            continue
        value = "historical" if category in ("past", *PASSING) else category
        return Verdict(value, _why(flags[category]))
    for category in PASSING:
        if category in flags:
            return Verdict("present", "chronic: " + _why(flags[category]))
    return Verdict("present", _why(flags["present"]) if "present" in flags else "")


def _doubted_since(flags: Mapping[str, Reach]) -> bool:
    """Whether a doubt behind the diagnosis is nearer than the finding before it: "CT revealed a mass, and X was suspected"."""
    doubt, finding = flags.get("possible"), flags["present"]
    return (
        doubt is not None
        and finding.before
        and not doubt.before
        and finding.crossed > 0
        and doubt.distance + doubt.crossed < finding.distance + finding.crossed
    )


def decide_drug(reaches: Sequence[Reach]) -> Verdict:
    """The status of a drug.

    What follows the mention is told later and so outdoes what precedes it: "was started on X but stopped it". A plain
    "X was started" outdoes a marked trigger before it only across a list: "after A had failed, B was started".
    """
    before = sorted((r for r in reaches if r.before), key=_nearness)
    after = sorted((r for r in reaches if not r.before), key=lambda r: r.hit.start)
    marked_after = [r for r in after if r.hit.rule.category in MARKED]
    acted_after = [r for r in marked_after if r.hit.rule.category != "planned"] or _plan_or_deed(marked_after, after)
    front = before[0] if before else None
    decided: Reach | None
    if front is not None and _holds(front):
        decided = after[0] if after and front.crossed and not marked_after else front
    elif acted_after:
        decided = acted_after[-1]
    elif after and (front is None or front.crossed or front.distance > 2):
        decided = after[0]
    else:
        decided = front
    value = decided.hit.rule.category if decided is not None else ""
    if decided is None:
        return Verdict("given", "")
    return Verdict("given" if value in ("tried", "restarted") else value, _why(decided))


def _plan_or_deed(planned: Sequence[Reach], after: Sequence[Reach]) -> Sequence[Reach]:
    """Of a drug that is planned the last that is told: the plan, or the treatment ("was offered and was started")."""
    return after[-1:] if planned else ()


def _holds(front: Reach) -> bool:
    """Whether nothing told later changes it: "declined X", and "after stopping X the pain persisted" is no failure of X."""
    category = front.hit.rule.category
    return category in ("declined", "avoided", "exposure", "general") or (
        category in ("stopped", "failed") and not front.crossed and front.distance <= 1
    )


def _nearness(r: Reach) -> tuple[int, bool, int, int]:
    """Of two triggers before a drug in the same item of a list, the marked one counts: "despite treatment with"."""
    return r.crossed, r.hit.rule.category not in MARKED, r.distance, -len(r.hit.literal)


def _why(r: Reach) -> str:
    return f"{r.hit.rule.name} [{r.hit.said}]"
