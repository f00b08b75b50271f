"""Does the report proper tell of a patient, of several, and where does a further one begin?

In: the sentences, their zones, an introduction. Out: yes or no, for `case_sections`, which reads the story sentence by sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.mention import Sentence
from extract.language.sections import SUMMARY
from extract.records.patients.cohort import Person, case_number
from extract.records.patients.introductions import SOMEBODY, Introduction, introductions
from extract.records.patients.teaching import lectures
from extract.records.rule_files import cue, scanned_cue
from extract.rules import word_class

_TOLD = re.compile(
    r"\b(?:was|were|had|underwent|developed|received|presented|suffered|complained|experienced|died|came|fell|took|drank|ate|swallowed|noticed|visited)\b"
)
#: patients whom nobody introduces: the authors call them theirs, or "patient" and no more
_OURS = re.compile(
    r"(?:(?:both|all|most|none|neither) of )?our (?:\w+ )?(?:patients?|cases?|siblings|family)\b|patient\b(?! \w?\d)",
    re.IGNORECASE,
)
#: somebody in the first sentence of a story, not at its beginning: "Infection was proven in a patient", "We found a male infant"
_NAMED_FIRST = re.compile(
    r"\b(?:in|we (?:\w+ )?(?:found|identified|saw|evaluated|encountered|treated|managed|followed|diagnosed)|in this case (?:report|presentation),?)"
    rf"\W(?:an?|one)\W(?:[\w'’/-]+ ){{0,5}}?(?:{word_class('somebody')})\b",
    re.IGNORECASE,
)
#: words of a publication
_PUBLISHED = re.compile(
    r"\bet al|\breport|\bdescri|\bpublish|\bliterature|\bauthors?\b|\[\d|\((?:19|20)\d\d\)", re.IGNORECASE
)
_CAME = re.compile(
    r"\b(?:(?:was|were) (?:\w+ly )?(?:admitted|referred|brought|seen|transferred)|came|presented|visited|attended)\b"
    r"[^.;]{0,60}\b(?:to|at|in|by) (?:our|the same|this|us|the (?:emergency|outpatient|hospital|clinic|department|ward))\b",
    re.IGNORECASE,
)
_TO_US = re.compile(r"\b(?:our|the same|us)$", re.IGNORECASE)
_ARRIVED = re.compile(
    r"\b(?:present(?:ed|ing)|admitted|referred|diagnosed|complain\w*|history|seen|brought|developed|underwent|came|visited|attended|consulted)\b",
    re.IGNORECASE,
)
_ALSO = re.compile(r"\b(?:was|were|had) (?:also|similarly|likewise)\b")
#: how far into a sentence a patient stands who is its subject, in characters
_SUBJECT = 12


def tells_of_a_patient(sents: Sequence[Sentence], zones: list[str]) -> bool:
    """Whether the text tells of one patient at all: introduced by age, announced as a case, or spoken of as "she" or "the patient"."""
    sections = {s.section for s in sents}
    if "case" in sections or len({n for s in sents if zones[s.index] == "case" and (n := case_number(s))}) > 1:
        return True
    if {"methods", "results"} <= sections:  # a study, unless it says that it reports a case
        heads = (s.text for s in sents if s.section in SUMMARY)
        return any(
            scanned_cue("report").search(x)
            and re.search(r"\b(?:case|patient|woman|man|boy|girl|child|infant)\b", x, re.I)
            for x in heads
        )
    spoken = 0
    if _opens_with_somebody(sents, zones):
        return True
    for s in sents:
        if zones[s.index] in ("silent", "aside"):
            continue
        if zones[s.index] != "talk" and introductions(s):
            return True
        if scanned_cue("report").search(s.text) and re.search(
            r"\b(?:case|patient|woman|man|boy|girl|child|infant|neonate|newborn|teenager|adolescent)\b", s.text, re.I
        ):
            return True
        if zones[s.index] == "case":
            somebody = SOMEBODY.match(s.text) or _OURS.match(s.text)
            if somebody and _TOLD.search(s.text) and not _of_others(s):
                return True
            spoken += len(
                re.findall(
                    r"\b(?:he|she|(?:the|our|this) (?:patient|child|infant|boy|girl|man|woman|neonate|newborn|mother))\b",
                    s.text,
                    re.I,
                )
            )
    return spoken > 0.02 * sum(z == "case" for z in zones)


def _opens_with_somebody(sents: Sequence[Sentence], zones: Sequence[str]) -> bool:
    """Whether the first sentence of the story names a patient somewhere inside it."""
    opening = next((s for s in sents if zones[s.index] == "case"), None)
    return opening is not None and bool(_NAMED_FIRST.search(opening.text)) and not _of_others(opening)


def _of_others(s: Sentence) -> bool:
    """Whether a sentence tells of the literature, or teaches."""
    return cue("cited").search(s.text) is not None or lectures(s)


def announcing(sents: Sequence[Sentence], zones: Sequence[str]) -> list[Sentence]:
    """The sentences that say how many patients a paper is about: its title, or the first of a text without one."""
    titles = [s for s in sents if s.section == "title"]
    first = [s for s in sents if zones[s.index] in ("summary", "case")][:1]
    return titles or [s for s in first if not scanned_cue("cited").search(s.text)]


def tells_several(sents: Sequence[Sentence], zones: list[str]) -> bool:
    """Whether title, abstract or an announcement says that the paper tells of more than one patient of its own."""
    if any(cue("several").search(s.text) or cue("kin_pair").search(s.text) for s in announcing(sents, zones)):
        return True
    for s in sents:
        if zones[s.index] not in ("summary", "talk", "case") or scanned_cue("cited").search(s.text):
            continue
        if cue("ours_together").search(s.text):
            return True
        match = cue("several").search(s.text) if scanned_cue("report").search(s.text) else None
        if match and not re.match(r"(?:both|these)", match.group(), re.I):
            return True
    return False


def is_further(s: Sentence, intro: Introduction, people: Sequence[Person]) -> bool:
    """Whether a sentence says that the patient it introduces is another one, however like the others in age."""
    words = s.text[: max(0, intro.start - s.start)]
    ages = [p.intro.age_years for p in people]
    return bool(
        re.match(r"\W*(?:an?|the)(?: third)? (?:further|other|another|additional)\b|\W*another\b", words, re.I)
    ) and (len(ages) > 1 and intro.age_years not in ages)


def starts_case(s: Sentence, intro: Introduction, several: bool) -> bool:
    """Whether an introduction that fits nobody so far is a further index patient: said so, or the subject of a story of its own where the
    report tells of several; in a case section of its own it is enough that the subject came to the authors."""
    if cue("new_case").search(s.text[: max(80, intro.end - s.start)]):
        return True
    subject = intro.start - s.start <= _SUBJECT
    if subject and _ALSO.search(s.text) and not _PUBLISHED.search(s.text):
        return True
    if several:
        return bool(_ARRIVED.search(s.text) or (subject and cue("past").search(s.text)))
    came = _CAME.search(s.text) if subject and not _PUBLISHED.search(s.text) else None
    return came is not None and (s.section == "case" or bool(_TO_US.search(came.group())))
