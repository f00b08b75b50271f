"""What came of each row of a drug, as the columns `outcome` and `outcome_text` have it.

In: a drug's course, its rows and the outcomes told of it (`outcomes`). Out: for each row the outcome told last of it. Called by
`assemble`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from extract.records.evidence import quote
from extract.records.treatments.courses import DrugCourse, Regimen
from extract.records.treatments.outcomes import Outcome, tells_failure
from extract.records.treatments.rows import TreatmentRow


def came_of(course: DrugCourse, rows: Sequence[TreatmentRow], drug_outcomes: Iterable[Outcome]) -> dict[int, Outcome]:
    """The outcome of each row of a drug, by its place: that told last of the regimen last before it.

    Rows that differ in nothing but the way ("oral and topical steroids") have it together.
    """
    taken = [i for i, row in enumerate(rows) if row.status in ("given", "stopped", "failed")]
    came: dict[int, Outcome] = {}
    for outcome in drug_outcomes if taken else ():
        if course.key in outcome.drugs:
            at = [i for i in taken if rows[i].regimen.sentence.index <= outcome.sentence.index]
            last = at[-1] if at else taken[0]
            came |= {i: outcome for i in taken if i == last or _same_dosing(rows[i].regimen, rows[last].regimen)}
    return came


def outcome_columns(came: Outcome | None, longest: int) -> dict[str, Any]:
    """The two columns of an outcome, its sentence cut to `longest` characters; none where nothing came of it."""
    if came is None:
        return {}
    s = came.sentence
    return {"outcome": came.kind, "outcome_text": quote(s, s.start + max(0, s.text.find(came.words)), s.end, longest)}


def _same_dosing(a: Regimen, b: Regimen) -> bool:
    return a.sentence is b.sentence and a.drug.start == b.drug.start and a.parts.get("dose") == b.parts.get("dose")


def outcome_of_status(course: DrugCourse, line: TreatmentRow, longest: int) -> dict[str, Any]:
    """A drug that is told to have failed did not help: its outcome where the report has no other word on it."""
    if line.status != "failed":
        return {}
    failures = [s for m, s in course.mentions if m.assertion == "failed" and tells_failure(s)]
    if not failures:
        return {}
    s = min(failures, key=lambda s: abs(s.index - line.regimen.sentence.index))
    return {"outcome": "unchanged", "outcome_text": quote(s, s.start, s.end, longest)}
