"""Drugs that did not help: they failed, though no trigger says so of them by name.

In: a person's courses and the outcomes told of them (`outcomes`). Out: the courses, their statuses as the story tells them. Stands between
`outcomes` and the rows. An illness that only went on for a while decides nothing, unless

- another treatment followed: "after three days on A the fever had not subsided, and B was begun", "... and she was operated on";
- it grew under the drug: "after two cycles there were new metastases";
- the sentence sets it against the drug: "A was given, but her condition worsened", "although A was given", "no response to A".

A later word on the same drug that tells the illness to be better takes it back.
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
#: the time is told by the treatment ("after two cycles"), or an examination is set against it ("however, a follow-up scan")
_UNDER = re.compile(
    r"\b(?:after|following|during|under|on|with|despite)\W+(?:[\w-]+\W+){0,4}?"
    r"(?:cycles?|courses?|treatments?|therap(?:y|ies)|chemotherapy|doses|infusions|injections)\b|^\W*(?:restaging|re-?evaluation)\b"
    r"|^\W*(?:however|unfortunately|nevertheless|nonetheless)\b[^.;]*\b(?:follow-up|ct|mri|scans?|x-rays?|radiographs?|imaging|ultrasound)\b",
    re.IGNORECASE,
)
#: of an illness that killed nobody says which drug did not help
_DEATH = re.compile(r"\b(?:died|death|dead|passed away|succumbed)\b", re.IGNORECASE)
#: the outcome is set against the drug: between them, or before both
_BUT = re.compile(r"\b(?:but|yet|however|though|although|none of which|neither of which)\b", re.IGNORECASE)
_THOUGH = re.compile(r"\b(?:although|though|while|even (?:after|with|under|on|though))\b[^,;.]*$", re.IGNORECASE)
#: of something that is no drug the report knows: "it showed no response to exogenous hormones"
_TO_ELSE = re.compile(
    r"\s+(?:to|with|after|from|on)\s+(?!(?:the|this|these|that|his|her|all|both|it|them|any|treat|therap|medic)\b)\w"
)
#: a drug that was given on, or anew, has not been found to fail; nor has one whose dose is only not yet found
_GIVEN_ON = re.compile(
    r"\b(?:repeat(?:ed)?|continued(?! to\b)|maintained|resumed|restarted)\b"
    r"|\bdose was (?:\w+ )?(?:reduced|decreased|lowered|halved|tapered)|\binsulin\b"
    r"|\b(?:increas|doubl|rais|escalat|titrat)\w* (?:\w+ ){0,4}dos|\bdos\w+ (?:\w+ ){0,2}(?:increas|doubl|rais|escalat|titrat)",
    re.IGNORECASE,
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
    courses: dict[int, list[DrugCourse]], outcomes: Mapping[int, Sequence[Outcome]], sents: Sequence[Sentence] = ()
) -> dict[int, list[DrugCourse]]:
    """The courses of every person; of the drugs that did not help the mentions up to then are "failed"."""
    for person, told in outcomes.items():
        mine = courses.get(person, ())
        begun = list(_first_given(mine))
        for outcome in told:
            if outcome.kind not in NO_HELP or outcome.sentence.section not in CASE:
                continue
            decided = _another(outcome, begun) or _treated_else(outcome, sents)
            for course in mine:
                if course.key in outcome.drugs and not _helped(course.key, outcome, told):
                    against = _set_against(outcome, course)
                    if decided or against or _grown(course.key, outcome, told):
                        _fail(course, outcome, outcome.sentence.end if against else outcome.end)
    return courses


def _grown(key: str, outcome: Outcome, told: Iterable[Outcome]) -> bool:
    """Whether the illness itself is told to have grown under a drug that never helped: a tumour that spread, new lesions."""
    if outcome.kind != "worse" or _DEATH.search(outcome.sentence.text) or not _UNDER.search(outcome.sentence.text):
        return False
    helped = any(o.kind in HELP and key in o.drugs and o.start < outcome.start for o in told)
    return not helped and bool(cue("grown", "outcomes.csv").search(outcome.words))


def _treated_else(outcome: Outcome, sents: Sequence[Sentence]) -> bool:
    """Whether something other than a drug was then done for what did not change: an operation, a referral."""
    s = outcome.sentence
    if outcome.kind != "unchanged" or _EARLY.match(s.text) or _GIVEN_ON.search(s.text):
        return False
    behind = s.text[max(0, outcome.end - s.start) :]
    after = [t.text for t in sents[s.index + 1 : s.index + 2] if t.section == s.section and not t.of("drug")]
    return any(cue("treated_else", "outcomes.csv").search(text) for text in (behind, *after))


def _set_against(outcome: Outcome, course: DrugCourse) -> bool:
    """Whether the sentence of the drug sets the outcome against it ("A, but it went on"), or ties it to the drug ("no response to A")."""
    s = outcome.sentence
    behind = s.text[max(0, outcome.end - s.start) :]
    if _EARLY.match(s.text) or _GIVEN_ON.search(s.text):
        return False
    for m, t in course.mentions:
        if t.index != s.index:
            continue
        if m.start >= outcome.end:
            first = next((d for d in s.of("drug") if d.start >= outcome.end), None)
            if m is first and not _BUT.search(s.text[outcome.end - s.start : m.start - s.start]):
                return True
            continue
        against = _THOUGH.search(s.before(m)) or _BUT.search(s.text[m.end - s.start : outcome.end - s.start])
        if against and m.end <= outcome.start and not _TO_ELSE.match(behind):
            return True
    return False


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


def _fail(course: DrugCourse, outcome: Outcome, until: int) -> None:
    """Make a drug fail that was given before the character `until`, or was ended with it; one that was ended later, or failed anyway, stays as it is."""
    last = outcome.sentence.index + NEXT
    if any(
        status in ENDED and (s.index > last or not _CHANGED.search(m.why))
        for status, (m, s) in zip(course.statuses, course.mentions, strict=True)
    ):
        return
    for k, (mention, s) in enumerate(course.mentions):
        gone = course.statuses[k] == "stopped" and outcome.sentence.index <= s.index and _CHANGED.search(mention.why)
        if gone or (course.statuses[k] in ("given", "") and mention.start < until):
            course.statuses[k], course.no_help = "failed", outcome.words
