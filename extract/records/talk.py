"""Title, abstract, introduction, discussion, captions: of whom does a sentence outside the report proper speak?

In: the sentences, their zones, a `Casting` with its index patients. Out: owners of these sentences: an index patient where
age and sex or words like "our patient" say so, a cited patient (added to the cast) where the literature is told, else nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.records.casting import Casting, Person, carries, case_number, same_person
from extract.records.cues import cue
from extract.records.narrative import CARRY
from extract.records.people import Intro, group, intros
from extract.records.sentence import Sentence


def cast_talk(sents: Sequence[Sentence], zones: list[str], casting: Casting, settled: set[int]) -> None:
    """Give every sentence outside the report proper its owners; `settled`: rows of tables that have theirs."""
    announced = False
    before: tuple[int, ...] = ()
    left = 0
    paragraph, section = -1, ""
    for s in sents:
        zone = zones[s.index]
        if zone not in ("summary", "talk", "aside"):
            continue
        if s.section != section:
            announced, section = False, s.section
        if s.paragraph != paragraph:
            before, left, paragraph = (), 0, s.paragraph
            announced = announced and s.section == "abstract"
        if zone == "aside":
            if s.index not in settled:
                casting.owners[s.index] = _caption_owner(s, casting)
            continue
        owner = _owner(s, zone, casting, before, left, announced)
        if owner and all(casting.people[i].role == "index" for i in owner):
            announced = True
        left = CARRY if owner and owner != before else left - 1
        if owner or left <= 0 or cue("general").search(s.text):
            before = owner  # a sentence about nobody ("This limited the elbow.") does not yet end the story
        casting.owners[s.index] = owner


def _owner(
    s: Sentence, zone: str, casting: Casting, before: tuple[int, ...], left: int, announced: bool
) -> tuple[int, ...]:
    found = intros(s)
    cited = bool(cue("cited").search(s.text))
    ours = bool(cue("index").search(s.text))
    report = bool(cue("report").search(s.text)) and not cited
    if s.section == "title":
        return _index_owner(found, casting)
    if ours and not (cited and found):
        return _index_owner(found, casting)
    if zone == "summary" or report:
        matching = [i for f in found for i in casting.index if casting.people[i].intro.agrees(f)]
        numbered = _numbered(case_number(s), casting)
        if numbered:
            return numbered
        if report or matching:
            return tuple(dict.fromkeys(matching)) or _index_owner(found, casting)
        if (announced or found) and not cited and not cue("general").search(s.text):
            return before or _index_owner(found, casting)
        return ()
    # the talk: introduction, discussion, conclusion
    band = group(s) if cited or not found else None
    if found:
        same = [i for i in casting.index if same_person(casting.people[i].intro, found[0])]
        if same and not cited:
            return (same[0],)
        owners = []
        for intro in found:
            casting.people.append(Person("cited", intro))
            owners.append(len(casting.people) - 1)
        return tuple(owners)
    if band is not None and (cited or re.search(r"\b(?:study|series|trial|reported|described)\b", s.text, re.I)):
        casting.people.append(Person("cited", band, patients=band.patients))
        return (len(casting.people) - 1,)
    if before and left > 0 and carries(s):
        return before
    return ()


def _numbered(label: str, casting: Casting) -> tuple[int, ...]:
    """The index patient that goes by a number in the report proper."""
    return tuple(i for i in casting.index if label and casting.people[i].label == f"Case {label}")


def _index_owner(found: list[Intro], casting: Casting) -> tuple[int, ...]:
    """The index patient meant: by age and sex where told, else all of them."""
    for f in found:
        for i in casting.index:
            if (
                f.age_years is not None
                and casting.people[i].intro.age_years is not None
                and casting.people[i].intro.agrees(f)
            ):
                return (i,)
    return casting.index


def _caption_owner(s: Sentence, casting: Casting) -> tuple[int, ...]:
    """Figures and tables show the index patient, unless they cite or the report has several."""
    if cue("cited").search(s.text) or len(casting.index) != 1:
        return ()
    return casting.index
