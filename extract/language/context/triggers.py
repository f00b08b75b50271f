"""What a sentence is about: the authors' patient, some patient, or nobody in particular; and laboratory values.

Stands beside `assertion_decide` in the flow; evidence is the section a sentence stands in and cues of
`rules/assertion_context.csv`. In a discussion a drug is nobody's until a patient is named; in a case report proper it
is the patient's until the literature is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from extract.language.context.rules import load
from extract.language.context.words import Words
from extract.language.sections import COMMENTARY, NO_FACTS
from extract.language.tables import read_table


@dataclass(frozen=True, slots=True)
class Talk:
    """Cues of a sentence."""

    index: bool = False  # the authors' own patient
    patient: bool = False  # some patient, told in the past
    literature: bool = False  # studies, guidelines, other authors
    groups: bool = False  # patients in general, present tense
    act: bool = False  # a treatment done


def talk_of(words: Words) -> Talk:
    """The cues of a sentence."""
    found = {h.rule.category for h in load("assertion_context.csv").hits(words)}
    return Talk("index" in found, "patient" in found, "literature" in found, "groups" in found, "act" in found)


def is_general(section: str, here: Talk) -> bool:
    """Whether a sentence in `section` speaks of nobody in particular."""
    if section in NO_FACTS:
        return True
    literature = here.literature or (here.groups and section in (*COMMENTARY, "abstract"))
    if here.index:
        return False
    if section in COMMENTARY:
        return literature or not here.patient
    return literature and not (here.patient or here.act)


#: a woman of an age to bear, told as the one the report is about, and not as the mother a newborn was "born to"
_WOMAN = re.compile(
    r"(?<!\bto )(?<!\bof )(?<!\bfrom )(?<!\bby )\b(?:an?|the|this|our)\s(?:[1-4]\d|[a-z]+)[- ]?(?:years?|yrs?)[- ]?old[^.;]{0,60}?"
    r"\b(?:woman|female|lady|patient|gravida|primigravida|multigravida)\b",
    re.IGNORECASE,
)
_BEARING = re.compile(
    r"\b(?:\w*gravida|gravid|pregnan\w*|parturient|in labou?r|weeks'? (?:of )?gestation|para \d|antenatal|stillborn)\b",
    re.IGNORECASE,
)
_NEWBORN = re.compile(r"\b(?:neonate|newborn|infant|preterm|days?[- ]old|twins?|baby (?:boy|girl))\b", re.IGNORECASE)


def mother_is_patient(opening: str) -> bool:
    """Whether a report that opens so is about a woman giving birth, so that "the mother" in it is the patient herself."""
    woman = _WOMAN.search(opening)
    return woman is not None and bool(_BEARING.search(opening)) and not _NEWBORN.search(opening[: woman.end()])


@cache
def _analyte() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(_parts("analyte")) + r")\b", re.IGNORECASE)


@cache
def _measured() -> re.Pattern[str]:
    cue, unit = "|".join(_parts("cue")), "|".join(_parts("unit"))
    return re.compile(rf"\W{{0,2}}(?:{cue})\b|(?:[^.;]|\.(?=\d)){{0,40}}?\d\s?(?:{unit})\b", re.IGNORECASE)


def _parts(kind: str) -> list[str]:
    return [
        re.escape(row["term"]).replace(r"\*", r"\w*")
        for row in read_table("rules/assertion_lab.csv")
        if row["kind"] == kind
    ]


def is_laboratory(name: str, after: str) -> bool:
    """Whether a substance called `name`, followed by the text `after`, is a measured value ("calcium was 7 mg/dL")."""
    return _analyte().fullmatch(name) is not None and _measured().match(after) is not None
