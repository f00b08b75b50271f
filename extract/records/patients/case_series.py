"""Reports of several patients: a group told as one, patients introduced in one breath, members called by number.

In: sentences, zones and a `Cohort`. Out: its index patients. Each member of a series is a patient of its own where the report tells
them apart ("the first patient", "patient 2", "a 40-year-old man and a 30-year-old woman"), else the group is one row with its `patients`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.language.mention import Sentence
from extract.language.quantities import parse_age
from extract.records.patients.cohort import RANKS, Cohort, Owner, Person, calls
from extract.records.patients.introductions import SOMEBODY, Introduction, group, introductions
from extract.records.rule_files import cue, scanned_cue
from extract.rules import word_class

#: between two patients introduced in one breath: "a 40-year-old man [and a previously healthy] 30-year-old woman"
_AND = re.compile(r"\W*(?:and|,|&)\s*(?:an?\s|the\s|another\s|one\s)?(?:[\w-]+\s){0,3}", re.IGNORECASE)
#: before the group that a sentence begins with
_OPENS = re.compile(r"\W*(?:the|these|our|here|in (?:this|our) (?:study|series|report))?\W*", re.IGNORECASE)
#: "and her 27-year-old daughter were": both are patients
_KIN = re.compile(
    rf"\band (?P<whose>his|her) (?:[\w-]+ ){{0,3}}?(?P<kin>{word_class('relative')})\b"
    r"(?:,? \(?(?:aged )?\d[^,;]{0,20}\)?,?)? (?:were|are|have|both|developed|underwent|received|suffered|presented with)\b",
    re.IGNORECASE,
)
_KIN_AGE = re.compile(r"\d{1,3}[\s-](?:year|month|week|day)s?(?:[\s-]old)?\b|\baged? \d{1,3}\b", re.IGNORECASE)
_FEMALE_KIN = re.compile(r"(?:grand)?mother|sister|daughter|wife|aunt|niece", re.IGNORECASE)
_MALE_KIN = re.compile(r"(?:grand)?father|brother|son|husband|uncle|nephew", re.IGNORECASE)
_KIN_WORD = re.compile(word_class("relative"), re.IGNORECASE)
_SIBLINGS = re.compile(r"\b(?:siblings|brothers|sisters|twins)\b")
_KIN_SUBJECT = re.compile(
    rf"\W*(?P<whose>his|her|the patient's|the)\s(?:[\w-]+\s){{0,3}}?(?P<kin>{word_class('relative')})\b",
    re.IGNORECASE,
)
_RANKED = re.compile(
    rf"\W*(?:lastly|finally|similarly|however|in contrast|meanwhile)?,?\s*(?:the|our) ({'|'.join(RANKS)})\b(?: \w+)? ?"
    r"(?:,|patient|case|child|infant|woman|man|boy|girl|twin|sibling|was\b|is\b|had\b)(?! (?:report\w*|describ\w*|publish\w*|of\b|in the literature))",
    re.IGNORECASE,
)


def assign_group(sents: Sequence[Sentence], zones: list[str], cohort: Cohort, largest: int) -> Cohort:
    """A few patients of the authors' own, `largest` at most, told as a group and never one by one ("two consecutive patients who ...")."""
    if {"methods", "results"} <= {s.section for s in sents}:
        return cohort
    for s in sents:
        band = group(s) if zones[s.index] in ("case", "summary") and not _others(s) else None
        if band is not None and band.patients <= largest:
            theirs = [t.index for t in sents if zones[t.index] == "case" and not _others(t)]
            owner: Owner = (0,), "report proper, of the group of patients"
            return cohort.giving(dict.fromkeys(theirs, owner), [Person("index", band, patients=band.patients)])
    return cohort


def _others(s: Sentence) -> bool:
    """Whether a sentence tells of other people's patients; "in this study" is the authors' own as long as no other was told of."""
    text = re.sub(r"\bin (?:this|the present|our) (?:study|series|report)\b", "", s.text, flags=re.IGNORECASE)
    return bool(scanned_cue("cited").search(text))


def together(introduced: Sequence[Introduction], s: Sentence) -> bool:
    """Whether the patients a sentence introduces are told in one breath and are not the same one."""
    return len(introduced) > 1 and all(
        _AND.fullmatch(s.between(a, b)) and not a.agrees(b) for a, b in pairwise(introduced)
    )


def with_relative(introduced: Sequence[Introduction], s: Sentence) -> list[Person]:
    """A patient and a relative who is one too ("a 50-year-old woman and her daughter were treated"); empty where none is."""
    match = _KIN.search(s.text)
    if not match or len(introduced) > 1 or (introduced and introduced[0].end > s.start + match.start()):
        return []
    first = introduced[0] if introduced else None
    if first is None and (somebody := SOMEBODY.match(s.text)) and somebody.end() <= match.start():
        sex = "F" if match["whose"].lower() == "her" else "M"
        first = Introduction(s.index, s.start, s.start + somebody.end(), sex=sex)
    if first is None:
        return []
    return [Person("index", first), kin_person(s, match["kin"], s.start + match.start(), s.start + match.end())]


def kin_person(s: Sentence, kin: str, start: int, end: int) -> Person:
    """The relative called `kin` between two characters of the document, as a patient, with the age told there ("his 38-year-old father",
    "his father, aged 38")."""
    words = s.text[start - s.start : end - s.start]
    age = _KIN_AGE.search(words)
    parsed = parse_age(age.group()) if age else None
    sex = "F" if _FEMALE_KIN.fullmatch(kin) else "M" if _MALE_KIN.fullmatch(kin) else ""
    if age is None or parsed is None:
        return Person("index", Introduction(s.index, start, end, sex=sex), kin=kin.lower())
    place = start + age.start(), start + age.end()
    return Person("index", Introduction(s.index, *place, age.group(), parsed.years, sex), kin=kin.lower())


def kin_announced(heads: Sequence[Sentence]) -> frozenset[str]:
    """The relatives who, by the title and the first sentences, are the patients together ("in a father and his son", "two sisters")."""
    pairs = [match.group().lower() for s in heads if (match := cue("kin_pair").search(s.text))]
    kin = {word for pair in pairs for word in re.findall(r"\w+", pair) if _KIN_WORD.fullmatch(word)}
    if any(_SIBLINGS.search(pair) for pair in pairs):
        kin |= {"brother", "sister", "sibling", "twin"}
    return frozenset(kin)


def kin_subject(s: Sentence) -> re.Match[str] | None:
    """The relative of the patient whom a sentence begins with ("His father, a 38-year-old man, was")."""
    return _KIN_SUBJECT.match(s.text)


def rank(s: Sentence) -> int:
    """The place of the patient a sentence begins with: 2 for "The second patient was", 0 where it does not."""
    match = _RANKED.match(s.text)
    return RANKS.index(match.group(1).lower()) + 1 if match else 0


def assign_members(sents: Sequence[Sentence], zones: list[str], cohort: Cohort, largest: int) -> Cohort:
    """Where one index patient stands for a series that the report announces: its members one by one if they are called by number,
    else as many `patients` as announced. Reports with case sections have told their patients there."""
    if len(cohort.index) != 1 or any(s.section == "case" for s in sents):
        return cohort
    only = cohort.people[cohort.index[0]]
    band = next((b for s in sents if (b := _announced(s, zones, first=s.index < 3))), None)
    if band is None and only.patients > 1:
        band = only.intro
    count = band.patients if band is not None else 1
    if band is None or not 1 < count <= largest or only.label:
        return cohort
    introduced = band.start <= only.intro.start <= band.end
    intro = only.intro if introduced else replace(band, patients=1)
    numbers = {n for s in sents if zones[s.index] != "silent" and not _others(s) for c in calls(s) for n in c.numbers}
    at = cohort.index[0]
    if numbers & {str(n) for n in range(1, count + 1)}:
        members = [Person("index", replace(intro, patients=1), label=f"Case {n}") for n in range(1, count + 1)]
        owners = tuple(_spread(owners, at, count) for owners in cohort.owners)
        return replace(cohort, people=(*cohort.people[:at], *members, *cohort.people[at + 1 :]), owners=owners)
    whole = replace(only, intro=intro, patients=count)
    return replace(cohort, people=(*cohort.people[:at], whole, *cohort.people[at + 1 :]))


def _spread(owners: tuple[int, ...], at: int, count: int) -> tuple[int, ...]:
    """Owners after the person at a place became `count` persons."""
    spread: list[int] = []
    for i in owners:
        spread += range(at, at + count) if i == at else [i if i < at else i + count - 1]
    return tuple(spread)


def _announced(s: Sentence, zones: list[str], *, first: bool) -> Introduction | None:
    """The group that title, abstract or the first sentences say the report is about."""
    if zones[s.index] not in ("case", "summary") or _others(s):
        return None
    if not (first or s.section == "title" or scanned_cue("report").search(s.text)):
        return None
    band = group(s)
    if band is None or not (scanned_cue("report").search(s.text) or _OPENS.fullmatch(s.before(band))):
        return None
    inside = [i for i in introductions(s) if band.start <= i.start <= band.end]
    return replace(inside[0], start=band.start, end=band.end, patients=band.patients) if inside else band
