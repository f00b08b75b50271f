"""The report proper: who the authors' own patients are, and which of them each sentence of the case sections speaks of.

In: the sentences, their zones, an empty `Casting`. Out: the index patients and the owners of the case sentences, by numbered
headings, by a patient introduced anew with an age or sex that fits nobody so far, and by carrying on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.records.casting import Casting, Person, carries, case_number
from extract.records.cues import cue
from extract.records.people import Intro, group, intros
from extract.records.sentences import SUMMARY, Sentence

#: how many sentences without a new cue still speak of a cited patient
CARRY = 6
#: up to this many patients told as a group are a case series of the authors; more are a study
SERIES = 12


def cast_narrative(sents: Sequence[Sentence], zones: list[str], casting: Casting) -> None:
    """Fill `casting` with the index patients and with the owners of the sentences of the report proper."""
    told = [s for s in sents if zones[s.index] == "case"]
    if not told:
        return
    if not _tells_of_a_patient(sents, zones):
        series(sents, zones, casting)
        return
    several = _tells_several(sents, zones)
    labels = list(dict.fromkeys(label for s in told if (label := case_number(s))))
    numbered = len(labels) >= 2
    current: tuple[int, ...] = ()
    cited_left = 0
    label = ""
    for s in told:
        own = case_number(s)
        if numbered and own and own != label:
            label = own
            casting.people.append(Person("index", Intro(s.index, s.start, s.start), label=f"Case {own}"))
            current = (len(casting.people) - 1,)
        found = intros(s)
        cited = bool(cue("cited").search(s.text)) and not cue("report").search(s.text)
        if cited and not cue("index").search(s.text):
            cited_left = 1 if not (found or group(s)) else CARRY
        if cited_left:
            cited_left -= 1
            ours = cue("index").search(s.text) or cue("report").search(s.text)
            if cited or (not found and not ours and carries(s)):
                continue  # literature inside the case section: nobody's fact here
            cited_left = 0
        for intro in found if current or not numbered else ():
            here = casting.people[current[0]] if current else None
            if here is None:
                casting.people.append(Person("index", intro))
                current = (len(casting.people) - 1,)
            elif here.intro.age_years is None and here.intro.agrees(intro):
                casting.people[current[0]] = replace(here, intro=intro)
            elif not here.intro.agrees(intro) and not numbered:
                known = [i for i in casting.index if casting.people[i].intro.agrees(intro)]
                if known:
                    current = (known[0],)
                elif _starts_case(s, intro, several):
                    casting.people.append(Person("index", intro))
                    current = (len(casting.people) - 1,)
        if not current and (numbered or _is_heading(s)):
            continue
        if not current:
            casting.people.append(Person("index", Intro(s.index, s.start, s.start)))
            current = (0,)
        both = len(casting.index) > 1 and re.search(
            r"\bboth (?:patients|cases|siblings|twins|children|women|men)\b", s.text, re.I
        )
        casting.owners[s.index] = casting.index if both else current


def series(sents: Sequence[Sentence], zones: list[str], casting: Casting) -> None:
    """A few patients of the authors' own, told as a group and never one by one ("two consecutive patients who ...")."""
    if {"methods", "results"} <= {s.section for s in sents}:
        return
    for s in sents:
        band = group(s) if zones[s.index] in ("case", "summary") and not cue("cited").search(s.text) else None
        if band is not None and band.patients <= SERIES:
            casting.people.append(Person("index", band, patients=band.patients))
            for t in sents:
                if zones[t.index] == "case" and not cue("cited").search(t.text):
                    casting.owners[t.index] = (0,)
            return


def _is_heading(s: Sentence) -> bool:
    return (len(s.text) < 60 and not s.text.rstrip().endswith((".", "!", "?"))) or bool(
        re.fullmatch(r"[\dIVX.]+", s.text.strip())
    )


def _tells_of_a_patient(sents: Sequence[Sentence], zones: list[str]) -> bool:
    """Whether the text tells of one patient at all: introduced by age, announced as a case, or spoken of as "she" or "the patient"."""
    sections = {s.section for s in sents}
    if "case" in sections:
        return True
    if {"methods", "results"} <= sections:  # a study, unless it says that it reports a case
        heads = (s.text for s in sents if s.section in SUMMARY)
        return any(
            cue("report").search(x) and re.search(r"\b(?:case|patient|woman|man|boy|girl|child|infant)\b", x, re.I)
            for x in heads
        )
    spoken = 0
    for s in sents:
        if zones[s.index] in ("silent", "aside"):
            continue
        if zones[s.index] != "talk" and intros(s):
            return True
        if cue("report").search(s.text) and re.search(
            r"\b(?:case|patient|woman|man|boy|girl|child|infant|neonate)\b", s.text, re.I
        ):
            return True
        if zones[s.index] == "case":
            spoken += len(
                re.findall(
                    r"\b(?:he|she|(?:the|our|this) (?:patient|child|infant|boy|girl|man|woman|neonate|newborn|mother))\b",
                    s.text,
                    re.I,
                )
            )
    return spoken > 0.02 * sum(z == "case" for z in zones)


def _tells_several(sents: Sequence[Sentence], zones: list[str]) -> bool:
    """Whether title, abstract or an announcement says that the paper tells of more than one patient of its own."""
    for s in sents:
        if s.section == "title" and cue("several").search(s.text):
            return True
        if (
            zones[s.index] in ("summary", "talk", "case")
            and cue("report").search(s.text)
            and not cue("cited").search(s.text)
        ):
            match = cue("several").search(s.text)
            if match and not re.match(r"(?:both|these)", match.group(), re.I):
                return True
    return False


def _starts_case(s: Sentence, intro: Intro, several: bool) -> bool:
    """Whether an introduction that fits nobody so far is a further index patient."""
    if cue("new_case").search(s.text[: max(80, intro.end - s.start)]):
        return True
    return several and bool(
        re.search(
            r"present(?:ed|ing)|admitted|referred|diagnosed|complain|history|seen|brought|developed|underwent",
            s.text,
            re.I,
        )
    )
