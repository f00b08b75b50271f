"""Why a row says what it says: the rules and the words behind its decisions, for a person to read.

Beside `assemble` in the flow. In: the mentions a row was made from and the cohort. Out: short lines, printed by `casesift show --why`.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.language.mention import Mention, Sentence
from extract.records.diagnoses.group import Finding
from extract.records.pain.rating import Rating
from extract.records.patients.cohort import Cohort
from extract.records.treatments.regimen import DrugCourse
from extract.records.treatments.rows import TreatmentRow

#: how many mentions of a diagnosis are named, the last ones: they decide
SHOWN = 3


def of_finding(finding: Finding, cohort: Cohort) -> tuple[str, ...]:
    """The reasons of a diagnosis: of whom, found by what, and what decided its assertion."""
    mention, sentence = finding.best
    assertions = [
        f"assertion: {m.assertion or 'present'} where it stands in {s.section or 'the text'} [{_words(m, s)}]: {m.why or 'no word against it'}"
        for m, s in finding.mentions[-SHOWN:]
    ]  # fmt: skip
    return (_patient(cohort, sentence, mention), _found(mention), *assertions)


def of_treatment(course: DrugCourse, row: TreatmentRow, cohort: Cohort) -> tuple[str, ...]:
    """The reasons of a treatment: of whom, found by what, its status, and where each of its parts stands."""
    regimen = row.regimen
    decisive = next((m for m, _ in reversed(course.mentions) if m.assertion == row.status), row.span)
    parts = [_part(label, part, regimen.drug, regimen.sentence) for label, part in sorted(regimen.parts.items())]
    status = f"status: {row.status or 'given'}: {_why(course, row, decisive)}"
    return (_patient(cohort, regimen.sentence, row.span), _found(row.span), status, *parts)


def _why(course: DrugCourse, row: TreatmentRow, decisive: Mention) -> str:
    if decisive.assertion != row.status and course.no_help:
        return f"another drug was begun after [{course.no_help}]"
    if decisive.assertion != row.status and course.by_class:
        return f"told of its class [{course.by_class}]"
    return decisive.why or "no word against it"


def of_rating(rating: Rating, cohort: Cohort) -> tuple[str, ...]:
    """The reasons of a pain score: of whom, and the treatment it is tied to."""
    drug = rating.treatment.drug.text if rating.treatment else ""
    tied = f"treatment: tied to {drug}" if drug else "treatment: tied to none"
    return (_patient(cohort, rating.sentence, rating.span), _found(rating.span), tied)


def _patient(cohort: Cohort, sentence: Sentence, mention: Mention) -> str:
    return f"patient: {cohort.reason(sentence, mention) or 'not decided by a rule'}"


def _found(mention: Mention) -> str:
    by = ", ".join(filter(None, (mention.origin, mention.heads and f"heads {mention.heads}")))
    return f"found: {by or 'by hand'}, {mention.confidence:.2f} sure"


def _part(label: str, part: Mention, drug: Mention, sentence: Sentence) -> str:
    beside = sentence.start <= part.start < sentence.end and sentence.start <= drug.start < sentence.end
    if not beside:
        return f"{label}: [{part.text}] told in another sentence than [{drug.text}]"
    side = "behind" if part.start >= drug.end else "before"
    return f"{label}: [{part.text}] {side} [{drug.text}], {_distance(part, drug, sentence)} words between"


def _distance(a: Mention, b: Mention, sentence: Sentence) -> int:
    first, second = sorted((a, b), key=lambda m: m.start)
    return len(sentence.between(first, second).split())


def _words(mention: Mention, sentence: Sentence) -> str:
    before, after = sentence.before(mention).split()[-3:], sentence.after(mention).split()[:3]
    return " ".join(_tidy([*before, mention.text, *after]))


def _tidy(words: Sequence[str]) -> list[str]:
    return " ".join(words).split()
