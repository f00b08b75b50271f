"""The rows of `therapies`: each therapy of a patient once, with how it stands and how much of it is told.

In: the analysis of a document, whose Doc has the therapies where they are named (`language.therapies`). Out: `schema.Therapy` rows in
document order, cases first. Mentions of one preferred name are one row; another dose of radiation or another number of sessions is another.
What was planned or offered and then done is done; a general name ("surgery") is no row beside one of its kind that was told by its own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE, SUMMARY
from extract.language.therapies import LABEL, PAST, Therapy, therapies
from extract.records.evidence import row_id
from extract.records.tables import Analysis
from extract.records.therapies.amounts import Amount, amounts
from extract.schema import Therapy as TherapyRow
from extract.schema import TherapyKind, TherapyStatus
from extract.tables import Made

#: statuses of a therapy that was done
DONE = ("given", PAST, "stopped", "failed")
#: and of one that was not, or not yet
NOT_DONE = ("declined", "planned", "avoided")
#: how sure a row is, by where it was told: the share of such rows that were right when read against their papers
SURE = {"case": 0.94, "summary": 0.9, "talk": 0.85}
_OF = re.compile(r"\s*(?:(?:to|of|on|over|for|in)\s+)?(?:the|his|her|a|an|both)?\s*")


@dataclass(slots=True)
class _Telling:
    """A therapy where it is named, in its sentence, with how much of it is told there."""

    therapy: Therapy
    sentence: Sentence
    amount: Amount
    site: str


@dataclass(slots=True)
class _Course:
    """The tellings that are one row."""

    status: str
    tellings: list[_Telling] = field(default_factory=list)
    amount: Amount = field(default_factory=Amount)

    def take(self, telling: _Telling) -> None:
        self.tellings.append(telling)
        self.amount = self.amount.joined(telling.amount)

    @property
    def best(self) -> _Telling:
        """The one that tells most, that of the report proper before others."""
        return max(
            self.tellings,
            key=lambda t: (
                t.therapy.status == self.status,
                t.sentence.section in CASE,
                bool(t.amount),
                -t.sentence.index,
            ),
        )


def therapy_rows(analysis: Analysis, _: Made) -> Iterable[TherapyRow]:
    """The rows of a document."""
    told: dict[int, list[_Telling]] = {}
    for telling in _tellings(therapies(analysis.doc), analysis.sents):
        s, named = telling.sentence, telling.therapy
        people = analysis.cohort.of(s, Mention(named.start, named.end, LABEL, ""))
        if len(people) > 1 and s.section in SUMMARY:
            continue  # the report tells them one by one
        for person in people:
            told.setdefault(person, []).append(telling)
    for person in analysis.shown:
        rows = [_row(course, person, analysis) for course in _courses(told.get(person, ()))]
        yield from sorted(rows, key=lambda row: row.start)


def _tellings(named: Sequence[Therapy], sents: Sequence[Sentence]) -> Iterator[_Telling]:
    """Each therapy that is told of somebody, with its sentence."""
    starts = [s.start for s in sents]
    inside: dict[int, list[Therapy]] = {}
    for therapy in named:
        inside.setdefault(bisect_right(starts, therapy.start) - 1, []).append(therapy)
    for i, group in inside.items():
        s = sents[max(0, i)]
        much = amounts(s.text, [(t.start - s.start, t.end - s.start, t.kind) for t in group])
        for therapy, amount in zip(group, much, strict=True):
            if therapy.status in (*DONE, *NOT_DONE):
                yield _Telling(therapy, s, amount, _site(therapy, s))


def _site(therapy: Therapy, s: Sentence) -> str:
    """The place of the body named right behind it ("radiotherapy to the chest")."""
    for site in s.of("site"):
        if site.start >= therapy.end and _OF.fullmatch(s.text[therapy.end - s.start : site.start - s.start]):
            return site.norm or site.text
    return ""


def _courses(tellings: Iterable[_Telling]) -> Iterator[_Course]:
    """The rows to be of one person, by name."""
    by_name: dict[str, list[_Telling]] = {}
    for telling in tellings:
        by_name.setdefault(telling.therapy.norm, []).append(telling)
    special = {
        group[0].therapy.kind
        for group in by_name.values()
        if not group[0].therapy.generic and any(t.therapy.status in DONE for t in group)
    }
    for group in by_name.values():
        first = group[0].therapy
        if first.generic and first.kind in special and not any(t.amount for t in group):
            continue
        yield from _of_one_name(group)


def _of_one_name(group: Sequence[_Telling]) -> Iterator[_Course]:
    done = [t for t in group if t.therapy.status in DONE]
    if done:
        yield from _done(done)
        return
    for status in NOT_DONE:
        course = _Course(status)
        for telling in group:
            if telling.therapy.status == status:
                course.take(telling)
        if course.tellings:
            yield course
            return


def _done(done: Sequence[_Telling]) -> Iterator[_Course]:
    """One row, or one for each amount that differs; a mention without one is told of the last before it."""
    courses: list[_Course] = []
    for telling in done:
        fits = [c for c in courses if c.amount.agrees(telling.amount)]
        if not fits:
            fits = [_Course("")]
            courses.append(fits[0])
        fits[-1].take(telling)
    for course in courses:
        course.status = _how(course.tellings)
    yield from courses


def _how(tellings: Sequence[_Telling]) -> str:
    """How it stands: ended or failed where that is told last; past where it is told so first and never as done now."""
    statuses = [t.therapy.status for t in tellings]
    explicit = [t.therapy.status for t in tellings if t.therapy.why]
    if explicit and explicit[-1] in ("stopped", "failed"):
        return explicit[-1]
    now = any(t.therapy.status == "given" and t.therapy.why for t in tellings)
    return PAST if statuses[0] == PAST or (PAST in statuses and not now) else "given"


def _row(course: _Course, person: int, analysis: Analysis) -> TherapyRow:
    best = course.best
    named, s, amount = best.therapy, best.sentence, course.amount
    case, text = analysis.case_id(person), " ".join(s.text[named.start - s.start : named.end - s.start].split())
    others = dict.fromkeys(
        w for t in course.tellings
        if (w := " ".join(t.sentence.text[t.therapy.start - t.sentence.start : t.therapy.end - t.sentence.start].split())).lower()
        != text.lower()
    )  # fmt: skip
    where = "case" if s.section in (*CASE, "table") else "summary" if s.section in SUMMARY else "talk"
    rid = row_id(analysis.document.doc_id, "o", case, named.norm, course.status, named.start)
    analysis.reasons[rid] = tuple(
        f"status: {t.therapy.status} where it stands in {t.sentence.section or 'the text'}: {t.therapy.why or 'no word against it'}"
        for t in course.tellings[-3:]
    )
    return TherapyRow(
        therapy_id=rid,
        case_id=case,
        doc_id=analysis.document.doc_id,
        file=analysis.document.file,
        text=text,
        therapy=named.norm,
        kind=cast(TherapyKind, named.kind),
        also="; ".join(others),
        status=cast(TherapyStatus, course.status),
        site=next((t.site for t in course.tellings if t.site), ""),
        dose_text=amount.dose_text,
        dose_gy=amount.dose_gy,
        fractions=amount.fractions,
        sessions=amount.sessions,
        **analysis.provenance(s, named.start, named.end, SURE[where]),
    )
