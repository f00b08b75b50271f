"""The columns of `treatments` that tell of a drug's course beside its dosing, filled from what `told` reads.

In: the course of a drug, one of its rows, the sentences of the document and the rows of diagnoses made before. Out: the cells, by column;
what is not told is absent. Called by `assemble`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE
from extract.records.courses.told import cycles, indication, reason, started
from extract.records.treatments.regimen import TAKEN, DrugCourse
from extract.records.treatments.rows import TreatmentRow
from extract.schema import Diagnosis, Treatment

#: statuses of a drug that can have been ended; of one that was given only that its course was over
_ENDED = ("stopped", "failed", "given")
#: most characters of a reason as written
_LONGEST = 120


def course_columns(
    course: DrugCourse,
    row: TreatmentRow,
    sents: Sequence[Sentence],
    complaints: Sequence[Mention],
    diagnoses: Iterable[Diagnosis],
) -> dict[str, Any]:
    """The cells of a row; `diagnoses`: those of its case, `complaints`: symptoms told beside drugs."""
    told = _tellings(course, row)
    return {
        **_indication(told, sents, complaints, list(diagnoses)),
        **_end(row, told, complaints),
        **_cycles(row, told),
        **_begun(row, told),
        **_place(row, told),
    }


def _tellings(course: DrugCourse, row: TreatmentRow) -> list[tuple[Mention, Sentence]]:
    """Where the drug is told, the row's own sentence first."""
    own = [(m, row.regimen.sentence) for m in (row.regimen.drug, row.span)]
    told = [(m, s) for m, s in own if s.start <= m.start < s.end]
    for mention, status in zip(course.mentions, course.statuses, strict=True):
        if (status in TAKEN or status == row.status) and mention not in told and mention[0].assertion != "general":
            told.append(mention)
    return told


def _indication(
    told: Sequence[tuple[Mention, Sentence]],
    sents: Sequence[Sentence],
    complaints: Sequence[Mention],
    diagnoses: Sequence[Diagnosis],
) -> dict[str, Any]:
    for drug, s in told:
        before = sents[s.index - 1] if s.index else None
        if (purpose := indication(s, before, drug, complaints)) is not None:
            return {"indication": _row_of(purpose, diagnoses), "indication_text": " ".join(purpose.text.split())}
    return {}


def _row_of(disease: Mention, diagnoses: Sequence[Diagnosis]) -> str:
    """The row of a disease, by any of its names; empty where the case has none."""
    names = {n.lower() for n in (disease.norm, disease.long_form, " ".join(disease.text.split())) if n}
    for d in diagnoses:
        wordings = {d.diagnosis.lower(), d.text.lower(), *(w.lower() for w in d.also.split("; ") if w)}
        if names & wordings and d.assertion in ("present", "historical", "possible"):
            return d.diagnosis_id
    return ""


def _end(row: TreatmentRow, told: Sequence[tuple[Mention, Sentence]], complaints: Sequence[Mention]) -> dict[str, Any]:
    if row.status not in _ENDED:
        return {}
    for drug, s in told:
        harms = [*s.of("diagnosis"), *(m for m in complaints if s.start <= m.start < s.end)]
        why = reason(s, drug, harms)
        if why is not None and (row.status != "given" or why.kind == "completed"):
            return {"reason_stopped": why.kind, "reason_stopped_text": " ".join(why.text.split())[:_LONGEST]}
    return {}


def _begun(row: TreatmentRow, told: Sequence[tuple[Mention, Sentence]]) -> dict[str, Any]:
    """When the row's regimen was begun: only its own sentence can tell."""
    if row.status not in TAKEN:
        return {}
    when = (started(s, drug) for drug, s in told if s is row.regimen.sentence)
    return {"started": text} if (text := next(filter(None, when), "")) else {}


def _place(row: TreatmentRow, told: Sequence[tuple[Mention, Sentence]]) -> dict[str, Any]:
    """Where in the report proper the row is told, or its drug first: the number of the sentence, which `ordered` makes a place of."""
    if row.status not in TAKEN:
        return {}
    at = next((s.index for s in (row.regimen.sentence, *(s for _, s in told)) if s.section in CASE), None)
    return {"order": at + 1} if at is not None else {}


def ordered(rows: Iterable[Treatment]) -> list[Treatment]:
    """The rows, the numbers of their sentences in `order` made places in their case: the first is 1, the same for what one sentence tells."""
    every = list(rows)
    at: dict[str, set[int]] = {}
    for row in every:
        if row.order is not None:
            at.setdefault(row.case_id, set()).add(row.order)
    places = {case: {n: rank for rank, n in enumerate(sorted(numbers), 1)} for case, numbers in at.items()}
    return [
        r if r.order is None else r.model_copy(update={"order": places[r.case_id][r.order] if r.case_id else None})
        for r in every
    ]


def _cycles(row: TreatmentRow, told: Sequence[tuple[Mention, Sentence]]) -> dict[str, Any]:
    for drug, s in told:
        if row.status in TAKEN and (count := cycles(s, drug)) is not None:
            return {"cycles": count}
    return {}
