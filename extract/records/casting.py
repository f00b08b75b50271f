"""The cast of a report: its people, and for every sentence those it speaks of. What `cases`, `narrative` and `talk` share.

In: the sentences of a document. Out: the zone of each sentence (the report proper, a summary, talk ...), the number its case
goes by, whether it carries on about the person before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.records.cues import cue
from extract.records.people import Intro, intros
from extract.records.sentences import NARRATIVE, SILENT, SUMMARY, TALK, Sentence


@dataclass(frozen=True, slots=True)
class Person:
    """A patient or a group. `label` is what the report calls the case ("Case 2"); `intro` where it is introduced."""

    role: str
    intro: Intro
    label: str = ""
    patients: int = 1


@dataclass(slots=True)
class Casting:
    """`people`, index patients first in order of telling, and `owners`: for each sentence the people it speaks of."""

    people: list[Person] = field(default_factory=list)
    owners: list[tuple[int, ...]] = field(default_factory=list)

    @property
    def index(self) -> tuple[int, ...]:
        """The positions of the index patients in `people`."""
        return tuple(i for i, p in enumerate(self.people) if p.role == "index")


def zones_of(sents: Sequence[Sentence]) -> list[str]:
    """For each sentence: case, summary, talk, aside or silent. Methods and results are the report only where no case section is."""
    headed = any(s.section == "case" for s in sents)

    def zone(name: str) -> str:
        if name in SILENT or name == "footnote":
            return "silent"
        if name in SUMMARY:
            return "summary"
        if name in TALK or (headed and name in ("methods", "results")):
            return "talk"
        return "case" if name in NARRATIVE else "aside"

    zones = [zone(s.section) for s in sents]
    if "case" not in zones:  # the report proper was not recognised: take the talk section that introduces a patient
        for s in sents:
            if zones[s.index] == "talk" and re.search(r"present(?:ed|ing)|admitted|referred", s.text) and intros(s):
                chosen = s.section
                return ["case" if t.section == chosen else z for t, z in zip(sents, zones, strict=True)]
    return zones


def case_number(s: Sentence) -> str:
    """The number a case goes by where this sentence stands: from its heading, or run in ("Case 2. A ...")."""
    if s.case_label:
        return s.case_label.upper()
    match = re.match(
        r"(?:case|patient)\s+(?:no\.?\s*|number\s+|#\s*)?(\d{1,2}|[A-H]|[IV]{1,3}|one|two|three|four)\b\s*(?:[.:,(–-]|$|\n|was\b|is\b)",
        s.text,
        re.I,
    )
    if not match:
        return ""
    words = {"ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "I": "1", "II": "2", "III": "3", "IV": "4"}
    label = match.group(1).upper()
    return words.get(label, label)


def carries(s: Sentence) -> bool:
    """Whether a sentence without a cue of its own goes on about the patient before it: told in the past, of nobody else."""
    if cue("general").search(s.text) or cue("report").search(s.text):
        return False
    if cue("carry").match(s.text):
        return True
    if cue("cited").search(s.text):
        return False
    return bool(cue("past").search(s.text))


def same_person(a: Intro, b: Intro) -> bool:
    """Whether two introductions tell the same age, and no different sex."""
    return (
        a.age_years is not None
        and b.age_years is not None
        and abs(a.age_years - b.age_years) < 0.5
        and (not a.sex or not b.sex or a.sex == b.sex)
    )
