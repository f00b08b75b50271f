"""Sentences of the report proper that teach: what a drug is for, how a disease runs, what is usually given.

In: a sentence with its mentions, and whether the report tells its story in the present tense. Out: whether the sentence is nobody's
fact. It is when its subject is a drug or a disease named without an article ("Colchicine", "the usual dose of colchicine") or people at
large, when its verb stands in the present, and when nothing in it points to the patient: no pronoun, no past, no "currently", no figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.mention import Sentence
from extract.records.patients.introductions import introductions
from extract.records.rule_files import cue, scanned_cue

#: of the sentences that speak of the patient, the share in the present tense from which on the whole story is told so
IN_THE_PRESENT = 0.3
#: a clause inside the subject: the verb behind it is not the sentence's
_SUBORDINATE = re.compile(
    r"\b(?:which|that|who|whom|whose|because|since|as|although|though|while|whereas|if|when|where|once|after|before|until)\b[^,;]*$",
    re.IGNORECASE,
)
#: what stands before the subject: "However,", "In small children,", "According to the consensus of 2010,"
_OPENER = re.compile(
    r"(?:[\w'’-]+|(?:in|for|among|according to|of|by|at|with|despite|as)\b[^,;:]{1,60}),\s+", re.IGNORECASE
)


def teaches(s: Sentence, *, present: bool) -> bool:
    """Whether a sentence of the report proper tells of nobody. `present`: its story is told in the present tense."""
    text = s.text
    if present or not s.of("drug", "diagnosis") or _points_to_the_patient(s):
        return False
    verb = next((m for m in cue("teaching_verb").finditer(text) if not _SUBORDINATE.search(text[: m.start()])), None)
    if verb is None:
        return False
    subject, predicate = text[: verb.start()], text[verb.start() :]
    if cue("people_at_large").search(subject) or cue("usual_dose").search(subject):
        return True
    if opener := _OPENER.match(subject):
        subject = subject[opener.end() :]
    end = s.start + verb.start()
    if (seen := cue("seen_in").match(predicate)) and any(m.start == end + seen.end() for m in s.of("diagnosis")):
        return not cue("this_one").match(subject)
    named = [m for m in s.of("drug", "diagnosis") if m.end <= end]
    if not named or cue("this_one").match(subject) or cue("was_done").search(subject):
        return False
    return not (
        cue("state_of_now").match(predicate) or (named[0].label == "diagnosis" and cue("finding").match(predicate))
    )


def lectures(s: Sentence) -> bool:
    """Whether a sentence behind what is cited teaches, in the present tense, and speaks of no patient."""
    spoken = cue("past").search(s.text) or cue("person", "kind.csv").search(s.text)
    return bool(cue("lecture").search(s.text)) and not spoken


def told_in_the_present(proper: Sequence[Sentence]) -> bool:
    """Whether the report proper tells of its patient in the present tense ("he is admitted")."""
    story = [s for s in proper if cue("person", "kind.csv").search(s.text) or introductions(s)]
    now = sum(1 for s in story if cue("lecture").search(s.text) and not cue("past").search(s.text))
    return now > IN_THE_PRESENT * max(1, len(story))


def _points_to_the_patient(s: Sentence) -> bool:
    """Whether anything in a sentence says that it is about the patient: a pronoun, the past, a time of now, a figure."""
    return bool(
        cue("person", "kind.csv").search(s.text)
        or cue("past").search(s.text)
        or cue("of_now").search(s.text)
        or scanned_cue("index").search(s.text)
        or scanned_cue("report").search(s.text)
        or introductions(s)
    )
