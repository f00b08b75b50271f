"""The cohort of a report: its people, and for every sentence those it speaks of. What `cases`, `narrative` and `talk` share.

In: the sentences of a document. Out: the number the case of a sentence goes by, whether it carries on about the person before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from extract.language.mention import Mention, Sentence
from extract.records.patients.introductions import Introduction
from extract.records.rule_files import cue, scanned_cue


@dataclass(frozen=True, slots=True)
class Person:
    """A patient or a group. `label` is what the report calls the case ("Case 2"); `intro` where it is introduced; `kin` what
    relative of the first patient it is ("father")."""

    role: str
    intro: Introduction
    label: str = ""
    patients: int = 1
    kin: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Characters start..end of the document, told of other people than the rest of their sentence."""

    start: int
    end: int
    people: tuple[int, ...]


#: the people a sentence speaks of, by their places in the cohort, and why
Owner = tuple[tuple[int, ...], str]


@dataclass(frozen=True)
class Cohort:
    """Whom a report tells of; each pass of `assign` is given one and returns the next.

    Attributes:
        people: index patients first, in order of telling.
        owners: for each sentence the people it speaks of.
        why: by a sentence's index, the reason for its owners.
        parts: where one sentence tells of several, each in its turn ("pain in patient 1 and fever in patient 2"), by its index.
        doubt: why it does not look like a case report; then nobody in it is an index patient.
    """

    people: tuple[Person, ...] = ()
    owners: tuple[tuple[int, ...], ...] = ()
    why: Mapping[int, str] = field(default_factory=dict)
    parts: Mapping[int, Sequence[Part]] = field(default_factory=dict)
    doubt: str = ""

    def giving(self, owners: Mapping[int, Owner], people: Iterable[Person] | None = None) -> Cohort:
        """The cohort in which these sentences, by their index, speak of whom they are given, whatever they spoke of before.

        `people`: those of the new cohort; None: as they are.
        """
        return replace(
            self,
            people=self.people if people is None else tuple(people),
            owners=tuple(owners[i][0] if i in owners else before for i, before in enumerate(self.owners)),
            why={**self.why, **{i: why for i, (_, why) in owners.items()}},
        )

    def reason(self, s: Sentence, mention: Mention) -> str:
        """Why a mention is told of whom it is told."""
        at = mention.start
        if self._of_a_relative(s, mention):
            return "told of a relative of the patient"
        if any(part.start <= at < part.end for part in self.parts.get(s.index, ())):
            return "the sentence tells of several patients, each in its turn"
        return self.why.get(s.index, "")

    @cached_property
    def index(self) -> tuple[int, ...]:
        """The positions of the index patients in `people`."""
        return tuple(i for i, p in enumerate(self.people) if p.role == "index")

    def of(self, s: Sentence, span: Mention) -> tuple[int, ...]:
        """The people a mention is told of; a relative's drug is nobody's (of a diagnosis its assertion says whose it is)."""
        at = span.start
        if self._of_a_relative(s, span):
            return ()
        for part in self.parts.get(s.index, ()):
            if part.start <= at < part.end:
                return part.people
        return self.owners[s.index]

    def _of_a_relative(self, s: Sentence, mention: Mention) -> bool:
        """Whether a mention that is no diagnosis is told of a relative who is no patient of the report."""
        if mention.label == "diagnosis" or any(self.people[i].kin for i in self.owners[s.index]):
            return False
        return any(start <= mention.start < end for start, end in s.relatives)

    def told(self, s: Sentence, spans: Iterable[Mention]) -> dict[int, list[Mention]]:
        """For everybody the sentence speaks of those of its mentions that are told of them; under -1 what is nobody's."""
        by_person: dict[int, list[Mention]] = {person: [] for person in self.owners[s.index] or (-1,)}
        for span in spans:
            for person in self.of(s, span) or (-1,):
                by_person.setdefault(person, []).append(span)
        return by_person

    def without_index(self) -> Cohort:
        """The cohort without index patients: what was told of them is told of nobody."""
        cited = [i for i, p in enumerate(self.people) if p.role != "index"]
        place = {old: new for new, old in enumerate(cited)}
        owners = tuple(tuple(place[i] for i in owners if i in place) for owners in self.owners)
        return replace(self, people=tuple(self.people[i] for i in cited), owners=owners, parts={})


_COUNT = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
RANKS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")  # fmt: skip
_WORDS = {word: n for words in (_COUNT, RANKS, ("i", "ii", "iii", "iv")) for n, word in enumerate(words, 1)}
_NUMBER = rf"(?:\d{{1,2}}|[A-H]|{'|'.join(_COUNT)})"
_CALLED = re.compile(  # "patient 4", "cases 1 and 3", "patients 2-5"; not "the patient 2 weeks later"
    rf"\b(?:[Cc]ases?|[Pp]atients?|[Pp]ts?\.?|[Tt]wins?|[Ss]iblings?|[Pp]robands?)\s+(?:[Nn]o\.?s?\s*|[Nn]umbers?\s+|#\s*)?"
    rf"({_NUMBER}(?:(?:\s*(?:,|&|to|-|–)\s*(?:and\s+)?|\s+and\s+){_NUMBER}\b)*)(?![\w%/.-]*\w)"
    rf"(?!\s*(?:years?|months?|weeks?|days?|hours?|times|mg|mL|g|%)\b)"
)
_ORDINAL = re.compile(
    rf"\b(?:the|our|this) ({'|'.join(RANKS)}) (?:patient|case|child|infant|baby|woman|man|boy|girl|twin|sibling)\b"
    r"(?! (?:of|report\w*|describ\w*|publish\w*|series|was (?:report|describ|publish)\w*))",
    re.IGNORECASE,
)
_HEADED = re.compile(
    rf"(?:in\s+)?(?:case|patient|twin|sibling|proband)\s+(?:no\.?\s*|number\s+|#\s*)?(\d{{1,2}}|[A-H]|[IV]{{1,3}}|{'|'.join(_COUNT)})\b"
    r"\s*(?:[.:;,(–—-]|$|\n|was\b|is\b|(?-i:[A-Z]))",
    re.IGNORECASE,
)
_OF_CASE = re.compile(
    r"(?:the )?(?:patient|woman|man|child|boy|girl|infant) (?:in|of) case (?:no\.? ?)?([1-9]|one|two|three|four|five|six)\b",
    re.IGNORECASE,
)
_IN_THE = re.compile(rf"in (?:the|our) ({'|'.join(RANKS)}) (?:case|patient),", re.IGNORECASE)


def case_number(s: Sentence) -> str:
    """The number a case goes by where this sentence stands: from its heading, or run in ("Case 2. A ...", "In case two, a ...")."""
    if s.case_label:
        return s.case_label.upper()
    match = _HEADED.match(s.text) or _IN_THE.match(s.text) or _OF_CASE.match(s.text)
    return str(_WORDS.get(match.group(1).lower(), match.group(1).upper())) if match else ""


@dataclass(frozen=True, slots=True)
class Call:
    """Words of a sentence that call patients by their number, and whom: "patients 2 and 4", "the second patient"."""

    start: int
    end: int
    numbers: tuple[str, ...]


#: "the former was given A and the latter B": of two patients; drugs are called so too, but not behind a verb of having or taking
_POINTED = re.compile(
    r"\bthe (former|latter)\b(?= (?:patient|case|one|was (?:treated|given|started|diagnosed|admitted|discharged|a\b)|had|received|"
    r"underwent|developed|presented|took|died|recovered))",
    re.IGNORECASE,
)
_LATTER = re.compile(r"\b(?:and|but|while|whereas) the (latter)\b", re.IGNORECASE)


def points_back(s: Sentence) -> bool:
    """Whether a sentence calls one of two patients "the former" or "the latter"."""
    return _POINTED.search(s.text) is not None


def calls(s: Sentence) -> list[Call]:
    """Where a sentence calls patients by number, in order; start and end are characters of the sentence."""
    places = [Call(*m.span(), tuple(_numbers(m.group(1)))) for m in _CALLED.finditer(s.text)]
    places += [Call(*m.span(), (str(_WORDS[m.group(1).lower()]),)) for m in _ORDINAL.finditer(s.text)]
    pointed = {m.start(1): m for m in _POINTED.finditer(s.text)}
    if pointed:
        pointed |= {m.start(1): m for m in _LATTER.finditer(s.text)}
    places += [Call(m.start(1), m.end(1), (m.group(1).lower(),)) for m in pointed.values()]
    return sorted(places, key=lambda c: c.start)


def _numbers(text: str) -> list[str]:
    numbers = re.findall(_NUMBER, text)
    if len(numbers) == 2 and re.search(r"\d\s*(?:to|-|–)\s*\d", text):
        return [str(n) for n in range(int(numbers[0]), int(numbers[1]) + 1)]
    return [str(_WORDS.get(n, n)) for n in numbers]


def meant(call: Call, cohort: Cohort) -> tuple[int, ...]:
    """The index patients a call means: by the label of their case, else by rank."""
    index = cohort.index
    by_label = {cohort.people[i].label.removeprefix("Case "): i for i in index if cohort.people[i].label}
    by_rank = {str(rank): i for rank, i in enumerate(index, 1)}
    names = by_label or by_rank
    if len(index) == 2:
        names |= {"former": index[0], "latter": index[1]}
    return tuple(dict.fromkeys(names[n] for n in call.numbers if n in names))


def called(s: Sentence, cohort: Cohort) -> tuple[int, ...]:
    """The index patients that a sentence calls by their number ("in patients 2 and 4", "the second patient"); empty: none, or all."""
    if len(cohort.index) < 2 or re.search(r"\b(?:all|both|every|each|none|neither)\b", s.text, re.IGNORECASE):
        return ()
    return tuple(dict.fromkeys(i for call in calls(s) for i in meant(call, cohort)))


def carries(s: Sentence) -> bool:
    """Whether a sentence without a cue of its own goes on about the patient before it: told in the past, of nobody else."""
    if scanned_cue("general").search(s.text) or scanned_cue("report").search(s.text):
        return False
    if cue("carry").match(s.text):
        return True
    if scanned_cue("cited").search(s.text):
        return False
    return bool(cue("past").search(s.text))


def same_person(a: Introduction, b: Introduction) -> bool:
    """Whether two introductions tell the same age, and no different sex."""
    return (
        a.age_years is not None
        and b.age_years is not None
        and abs(a.age_years - b.age_years) < 0.5
        and (not a.sex or not b.sex or a.sex == b.sex)
    )
