"""The report proper: who the authors' own patients are, and which of them each sentence of the case sections speaks of.

In: the sentences, their zones, an empty `Cohort`. Out: the index patients and the owners of the case sentences, by numbered
headings, by a patient introduced anew with an age or sex that fits nobody so far, and by carrying on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.records.cues import cue
from extract.records.patients.case_series import assign_group, rank, together, with_relative
from extract.records.patients.cohort import Cohort, Person, carries, case_number
from extract.records.patients.introductions import Introduction, group, introductions
from extract.records.sentence import SUMMARY, Sentence

#: how many sentences without a new cue still speak of a cited patient
CARRY = 6

_MALE = re.compile(r"(?:he|his|the (?:man|boy|father|son|brother|husband))\b", re.IGNORECASE)
_FEMALE = re.compile(r"(?:she|her|the (?:woman|girl|mother|daughter|sister|wife))\b", re.IGNORECASE)


def assign_case_sections(sents: Sequence[Sentence], zones: list[str], cohort: Cohort) -> None:
    """Fill `cohort` with the index patients and with the owners of the sentences of the report proper."""
    told = [s for s in sents if zones[s.index] == "case"]
    if not told:
        return
    if not _tells_of_a_patient(sents, zones):
        assign_group(sents, zones, cohort)
        return
    several = _tells_several(sents, zones)
    labels = list(dict.fromkeys(label for s in told if (label := case_number(s))))
    numbered = len(labels) >= 2
    current: tuple[int, ...] = ()
    cited_left = 0
    reviewing = taught = False
    label = ""
    for at, s in enumerate(told):
        own = case_number(s)
        if numbered and own and own != label:
            label = own
            current = tuple(i for i in cohort.index if cohort.people[i].label == f"Case {own}")
            if not current:
                cohort.people.append(Person("index", Introduction(s.index, s.start, s.start), label=f"Case {own}"))
                current = (len(cohort.people) - 1,)
        found = introductions(s)
        text = cue("compared").sub(" ", s.text)
        cited = bool(cue("cited").search(text)) and not cue("report").search(text)
        ours = bool(cue("index").search(text) or cue("report").search(text))
        reviewing = not ours and bool(cue("review").search(s.text) or (reviewing and not (found or _of_the_patient(s))))
        if reviewing:
            continue
        if cited and not cue("index").search(text):
            cited_left = CARRY if (found or group(s)) and text == s.text else 1
        if taught and not (found or ours) and _lecture(s):
            continue
        taught = False
        if cited_left:
            cited_left -= 1
            if cited or (not found and not ours and carries(s)):
                taught = True
                continue  # literature inside the case section: nobody's fact here
            cited_left = 0
        place = rank(s) if not numbered else 0
        pair = found if together(found, s) else with_relative(found, s)
        if pair and not numbered and not any(p.intro.age_years is not None for p in cohort.people):
            cohort.people[:] = [Person("index", intro) for intro in pair]
            current, found = cohort.index, []
        elif 0 < place <= len(cohort.index):
            current = (cohort.index[place - 1],)
        elif found and place == len(cohort.index) + 1:
            cohort.people.append(Person("index", found[0]))
            current, found = (len(cohort.people) - 1,), []
        elif not numbered and len(cohort.index) > 1 and not told[max(0, at - 1)].relatives:
            current = _by_pronoun(s, cohort, current)
        for intro in found if current or not numbered else ():
            here = cohort.people[current[0]] if current else None
            if here is None:
                cohort.people.append(Person("index", intro))
                current = (len(cohort.people) - 1,)
            elif here.intro.age_years is None and here.intro.agrees(intro):
                cohort.people[current[0]] = replace(here, intro=intro)
            elif not numbered and _further(s, intro, cohort):
                cohort.people.append(Person("index", intro))
                current = (len(cohort.people) - 1,)
            elif not here.intro.agrees(intro) and not numbered:
                known = [i for i in cohort.index if cohort.people[i].intro.agrees(intro)]
                if known:
                    current = (known[0],)
                elif _starts_case(s, intro, several):
                    cohort.people.append(Person("index", intro))
                    current = (len(cohort.people) - 1,)
        if not current and (numbered or _is_heading(s)):
            continue
        if not current:
            cohort.people.append(Person("index", Introduction(s.index, s.start, s.start)))
            current = (0,)
        joint = len(cohort.index) > 1 and cue("joint").search(s.text)
        cohort.owners[s.index] = cohort.index if joint else current


def _of_the_patient(s: Sentence) -> bool:
    """Whether a sentence speaks of one patient: "he", "the patient"."""
    return bool(cue("person", "kind.csv").search(s.text))


def _lecture(s: Sentence) -> bool:
    """Whether a sentence teaches, in the present tense, and speaks of no patient."""
    return bool(cue("lecture").search(s.text)) and not (cue("past").search(s.text) or _of_the_patient(s))


def _by_pronoun(s: Sentence, cohort: Cohort, current: tuple[int, ...]) -> tuple[int, ...]:
    """The one of several patients that "he" or "the girl" at the beginning of a sentence can only mean; else those of before."""
    match = _MALE.match(s.text) or _FEMALE.match(s.text)
    sex = "" if not match else "M" if match.re is _MALE else "F"
    if not sex or (len(current) == 1 and cohort.people[current[0]].intro.sex in (sex, "")):
        return current
    fitting = tuple(i for i in cohort.index if cohort.people[i].intro.sex == sex)
    return fitting if len(fitting) == 1 else current


def _is_heading(s: Sentence) -> bool:
    return (len(s.text) < 60 and not s.text.rstrip().endswith((".", "!", "?"))) or bool(
        re.fullmatch(r"[\dIVX.]+", s.text.strip())
    )


def _tells_of_a_patient(sents: Sequence[Sentence], zones: list[str]) -> bool:
    """Whether the text tells of one patient at all: introduced by age, announced as a case, or spoken of as "she" or "the patient"."""
    sections = {s.section for s in sents}
    if "case" in sections or len({n for s in sents if zones[s.index] == "case" and (n := case_number(s))}) > 1:
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
        if zones[s.index] != "talk" and introductions(s):
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


def _further(s: Sentence, intro: Introduction, cohort: Cohort) -> bool:
    """Whether a sentence says that the patient it introduces is another one, however like the others in age."""
    words = s.text[: max(0, intro.start - s.start)]
    ages = [cohort.people[i].intro.age_years for i in cohort.index]
    return bool(
        re.match(r"\W*(?:an?|the)(?: third)? (?:further|other|another|additional)\b|\W*another\b", words, re.I)
    ) and (len(ages) > 1 and intro.age_years not in ages)


def _starts_case(s: Sentence, intro: Introduction, several: bool) -> bool:
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
