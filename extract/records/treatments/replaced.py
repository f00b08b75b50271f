"""Drugs that did not help and that another treatment followed: they failed, though no sentence says so of them by name.

In: a person's courses and the outcomes told of them (`outcomes`). Out: the courses, their statuses as the story tells them. Stands between
`outcomes` and the rows. "After three days on A the fever had not subsided, and B was begun": A failed. An illness that only went on for a
while, or that nothing else was given for, decides nothing; nor does one that a later word on the same drug tells to be better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE
from extract.records.rule_files import cue
from extract.records.treatments.outcomes import Outcome
from extract.records.treatments.regimen import DrugCourse

#: outcomes after which another drug means that the first did not help
NO_HELP = ("unchanged", "worse")
#: and those that tell that it did
HELP = ("resolved", "improved")
#: a drug that was given up
ENDED = ("stopped", "failed")
#: a drug that was begun, whatever became of it
TAKEN = ("given", "failed")
#: how many sentences behind the outcome the other drug is begun
NEXT = 3
#: what is no better yet
_EARLY = re.compile(r"\W*(?:initially|at first|at the beginning|in the beginning|early on)\b", re.IGNORECASE)
#: one drug took the place of another
_CHANGED = re.compile(
    r"\b(?:replac|substitut|switch|chang|exchang|convert|cross(?:ed)? over|escalat)\w*", re.IGNORECASE
)
_GIVE = re.compile(
    r"\b(?:give|giving|begin|beginning|start|starting|try|trying|add|adding|initiate|use|required)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Begun:
    """Where a person's drugs are first told as given: of each the key, its mention and its sentence."""

    key: str
    mention: Mention
    sentence: Sentence


def with_replaced(
    courses: dict[int, list[DrugCourse]], outcomes: Mapping[int, Sequence[Outcome]]
) -> dict[int, list[DrugCourse]]:
    """The courses of every person; of the drugs that did not help and were followed by another the mentions up to then are "failed"."""
    for person, told in outcomes.items():
        mine = courses.get(person, ())
        begun = list(_first_given(mine))
        for outcome in told:
            failure = outcome.outright or (outcome.kind in NO_HELP and _another(outcome, begun))
            if failure and outcome.sentence.section in CASE:
                for course in mine:
                    if course.key in outcome.drugs and not _helped(course.key, outcome, told):
                        _fail(course, outcome)
    return courses


def _first_given(courses: Iterable[DrugCourse]) -> Iterable[_Begun]:
    for course in courses:
        first = next(((m, s) for m, s in course.mentions if s.section in CASE), None)
        if first is not None and first[0].assertion in TAKEN:
            yield _Begun(course.key, *first)


def _another(outcome: Outcome, begun: Sequence[_Begun]) -> bool:
    """Whether a drug not told of before is begun right behind an outcome."""
    s = outcome.sentence
    return not _EARLY.match(s.text) and any(
        b.key not in outcome.drugs
        and b.mention.start >= outcome.end
        and 0 <= b.sentence.index - s.index <= (NEXT if b.mention.assertion == "given" else 1)
        and b.sentence.section == s.section
        and _begins(b.sentence.text[max(0, outcome.end - b.sentence.start) :])
        and not cue("going_on", "outcomes.csv").search(b.sentence.text)
        for b in begun
    )


def _begins(text: str) -> bool:
    """Whether a text tells that something was begun."""
    return bool(cue("begun", "courses.csv").search(text) or _CHANGED.search(text) or _GIVE.search(text))


def _helped(key: str, outcome: Outcome, told: Sequence[Outcome]) -> bool:
    """Whether a word behind the outcome tells that the drug helped after all."""
    return any(o.kind in HELP and key in o.drugs and o.end > outcome.end for o in told)


def _fail(course: DrugCourse, outcome: Outcome) -> None:
    """Make a drug fail that was given up to the outcome, or was ended with it; one that was ended later, or failed anyway, stays as it is."""
    last = outcome.sentence.index + NEXT
    if any(
        status in ENDED and (s.index > last or not _CHANGED.search(m.why))
        for status, (m, s) in zip(course.statuses, course.mentions, strict=True)
    ):
        return
    for k, (mention, s) in enumerate(course.mentions):
        gone = course.statuses[k] == "stopped" and outcome.sentence.index <= s.index and _CHANGED.search(mention.why)
        if gone or (course.statuses[k] in ("given", "") and mention.start < outcome.end):
            course.statuses[k], course.no_help = "failed", outcome.words
