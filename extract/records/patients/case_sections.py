"""The report proper: who the authors' own patients are, and which of them each sentence of the case sections speaks of.

In: the sentences, their zones, an empty `Cohort`. Out: the index patients and the owners of the case sentences, by numbered
headings, by a patient introduced anew with an age or sex that fits nobody so far, and by carrying on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.language.mention import Sentence
from extract.records.patients.case_openings import (
    announcing,
    is_further,
    starts_case,
    tells_of_a_patient,
    tells_several,
)
from extract.records.patients.case_series import (
    assign_group,
    kin_announced,
    kin_person,
    kin_subject,
    rank,
    together,
    with_relative,
)
from extract.records.patients.clauses import foreign
from extract.records.patients.cohort import Cohort, Owner, Person, calls, carries, case_number
from extract.records.patients.introductions import Introduction, group, introductions
from extract.records.patients.teaching import lectures, teaches, told_in_the_present
from extract.records.patients.zones import is_heading
from extract.records.rule_files import cue, scanned_cue

#: how many sentences without a new cue still speak of a cited patient
CARRY = 6

#: words of a publication; without one, who is introduced first took part in a study ("a 59-year-old man volunteered for a study of bone loss")
_PUBLISHED = re.compile(r"\bet al|\breport|\bdescri|\bpublish|\bliterature|\bauthors?\b|\breview|\[\d", re.IGNORECASE)

#: how far behind the name of a relative the age stands, in characters
_NEAR = 30
_MALE = re.compile(r"(?:he|his|the (?:man|boy|father|son|brother|husband))\b", re.IGNORECASE)
_FEMALE = re.compile(r"(?:she|her|the (?:woman|girl|mother|daughter|sister|wife))\b", re.IGNORECASE)


def assign_case_sections(sents: Sequence[Sentence], zones: list[str], cohort: Cohort, largest_series: int) -> Cohort:
    """The cohort with the index patients and with the owners of the sentences of the report proper.

    A group of more patients than `largest_series` is a study.
    """
    proper = [s for s in sents if zones[s.index] == "case"]
    if not proper:
        return cohort
    if not tells_of_a_patient(sents, zones):
        return assign_group(sents, zones, cohort, largest_series)
    labels = {label for s in proper if (label := case_number(s))}
    story = _Story(
        several=tells_several(sents, zones),
        numbered=len(labels) >= 2,
        present=told_in_the_present(proper),
        kin=kin_announced(announcing(sents, zones)),
    )
    for before, s in zip([proper[0], *proper], proper, strict=False):
        story.read(s, after_relative=bool(before.relatives))
    return cohort.giving(
        story.owners, [_of_sex(p, story.sex) for p in story.people] if len(story.people) > 1 else story.people
    )


def _of_sex(person: Person, sex: str) -> Person:
    """The person, of this sex where its own is not told."""
    return person if person.intro.sex or not sex else replace(person, intro=replace(person.intro, sex=sex))


class _Story:
    """The report proper, read sentence by sentence: whom it speaks of now, and whether it has gone over to other people's patients.

    Args:
        several: title or abstract say that the report tells of more than one patient.
        numbered: it tells its cases under numbers.
        present: it is told in the present tense.
        kin: the relatives who are its patients together.
    """

    def __init__(self, *, several: bool, numbered: bool, present: bool, kin: frozenset[str] = frozenset()) -> None:
        self.several, self.numbered, self.present, self.kin = several, numbered, present, kin
        self.people: list[Person] = []
        self.owners: dict[int, Owner] = {}
        self.current: tuple[int, ...] = ()
        self.label = ""
        self.cited_left = 0  # sentences that may still speak of the literature
        self.reviewing = self.taught = self.of_many = False
        self.grouped = False  # the patients were introduced as several
        self.sex = ""  # of all of them ("three men")

    def read(self, s: Sentence, *, after_relative: bool) -> None:
        """Give a sentence its owners. `after_relative`: the sentence before tells of a relative."""
        self._numbered_heading(s)
        introduced = introductions(s)
        if self._called_together(s, introduced):
            return
        if self._of_others(s, introduced):
            self.owners[s.index] = (), "literature or teaching inside the report proper"
            return
        band = group(s) if introduced or not self.people else None
        self.grouped = self.grouped or band is not None
        self.sex = band.sex if band is not None and band.patients > 1 else self.sex
        introduced = self._turned(s, introduced, after_relative=after_relative)
        for intro in introduced if self.current or not self.numbered else ():
            self._introduce(s, intro)
        if not self.current:
            if self.numbered or is_heading(s):
                return
            self.people.append(Person("index", Introduction(s.index, s.start, s.start)))
            self.current = (0,)
        joint = len(self.people) > 1 and cue("joint").search(s.text)
        if joint:
            self.owners[s.index] = self.everybody, f"report proper, of all patients [{joint.group()}]"
        else:
            self.owners[s.index] = self.current, self._reason(introduced)

    @property
    def everybody(self) -> tuple[int, ...]:
        """The places of all patients told so far."""
        return tuple(range(len(self.people)))

    def _called_together(self, s: Sentence, introduced: Sequence[Introduction]) -> bool:
        """Patients called by number or letter and introduced in one sentence ("Patient A, aged 45, ... while patient B, aged 60, ...").

        They take the place of a patient without an age whom the sentences before spoke of.
        """
        people = self.people
        if len(introduced) < 2 or any(p.label or p.intro.age_years is not None for p in people):
            return False
        named = [call for call in calls(s) if len(call.numbers) == 1]
        ends = [s.start + call.start for call in named[1:]] + [s.end]
        pairs = [
            (call.numbers[0], intro)
            for call, end in zip(named, ends, strict=False)
            if (intro := next((x for x in introduced if s.start + call.end <= x.start < end), None)) is not None
        ]
        if len(pairs) < 2 or len({number for number, _ in pairs}) < len(pairs):
            return False
        people[:] = [Person("index", intro, label=f"Case {number}") for number, intro in pairs]
        self.current = self.everybody
        self.owners = {i: (self.current if owners else (), why) for i, (owners, why) in self.owners.items()}
        self.owners[s.index] = self.current, "report proper, patients called by number and introduced together"
        return True

    def _reason(self, introduced: Sequence[Introduction]) -> str:
        """Why a sentence is told of the patient of now."""
        if self.numbered:
            return f"report proper, under the heading of case {self.label}"
        return "report proper, introduced here by age" if introduced else "report proper, goes on about the patient"

    def _numbered_heading(self, s: Sentence) -> None:
        """Turn to the patient of the next numbered case."""
        number = case_number(s)
        if not self.numbered or not number or number == self.label:
            return
        self.label = number
        self.current = tuple(i for i, p in enumerate(self.people) if p.label == f"Case {number}")
        if not self.current:
            self._add(Person("index", Introduction(s.index, s.start, s.start), label=f"Case {number}"))

    def _of_others(self, s: Sentence, introduced: Sequence[Introduction]) -> bool:
        """Whether a sentence of the report proper tells of the literature, or teaches: nobody's fact here."""
        if self._of_further(s, introduced) or (self.people and teaches(s, present=self.present)):
            return True
        text = _without_comparison(s.text)
        indexed, first = bool(scanned_cue("index").search(text)), self._is_first(introduced, text)
        ours = indexed or first or bool(scanned_cue("report").search(text))
        cited = bool(scanned_cue("cited").search(text)) and (indexed or not ours)
        if self._reviews(s, introduced, ours=ours):
            return True
        if cited and not indexed:
            self.cited_left = CARRY if (introduced or group(s)) and text == s.text else 1
            self.of_many = not introduced
        anew = introduced or ours
        if self.taught and not anew and lectures(s):
            return True
        self.taught = bool(self.cited_left) and (cited or (not (anew or self._back_from_many(s)) and carries(s)))
        self.cited_left = self.cited_left - 1 if self.taught else 0
        return self.taught

    def _reviews(self, s: Sentence, introduced: Sequence[Introduction], *, ours: bool) -> bool:
        """Whether a sentence tells of a search of the literature, or what it found, until the patient is spoken of again."""
        goes_on = self.reviewing and not (introduced or _of_the_patient(s))
        self.reviewing = not ours and bool(scanned_cue("review").search(s.text) or goes_on)
        return self.reviewing

    def _back_from_many(self, s: Sentence) -> bool:
        """Whether "he", behind many of the literature, is the patient again."""
        return self.of_many and _of_the_patient(s)

    def _of_further(self, s: Sentence, introduced: Sequence[Introduction]) -> bool:
        """Whether a sentence of the report of one patient, whose age is told, is about patients beside that one ("Two patients were given A")."""
        alone = len(self.people) == 1 and self.people[0].patients == 1 and self.people[0].intro.age_years is not None
        return (
            alone
            and not (introduced or self.several or self.numbered or self.grouped)
            and bool(cue("others").match(s.text))
        )

    def _is_first(self, introduced: Sequence[Introduction], text: str) -> bool:
        """Whether somebody is introduced before anybody was, and not out of a publication."""
        return bool(introduced) and not self.people and not _PUBLISHED.search(text)

    def _turned(self, s: Sentence, introduced: list[Introduction], *, after_relative: bool) -> list[Introduction]:
        """Turn to whom a sentence speaks of by rank, in one breath or by a pronoun; what is left of its introductions."""
        if self.numbered:
            self._kin_under_a_number(s, introduced)
            return introduced
        people, place = self.people, rank(s)
        both = together(introduced, s)
        pair = [Person("index", intro) for intro in introduced] if both else with_relative(introduced, s)
        if pair and not any(p.intro.age_years is not None for p in people):
            people[:] = pair
            self.current = self.everybody
            return []
        if people and self._turned_to_kin(s):
            return []
        if 0 < place <= len(people):
            self.current = (place - 1,)
        elif introduced and place == len(people) + 1:
            self._add(Person("index", introduced[0]))
            return []
        elif len(people) > 1 and not after_relative:
            self.current = _by_pronoun(s, people, self.current)
        return introduced

    def _kin_under_a_number(self, s: Sentence, introduced: Sequence[Introduction]) -> None:
        """Introduce the patient of a numbered case who is told as a relative of the first ("Case 2: His 11-year-old brother was")."""
        if introduced or len(self.current) != 1 or self.current[0] == 0:
            return
        person = self.people[self.current[0]]
        match = kin_subject(s) if person.intro.age_years is None and not person.kin else None
        if match is not None and match["whose"].lower() in ("his", "her"):
            kin = kin_person(s, match["kin"], s.start, min(s.end, s.start + match.end() + _NEAR))
            self.people[self.current[0]] = replace(kin, label=person.label)

    def _turned_to_kin(self, s: Sentence) -> bool:
        """Whether a sentence begins with a relative who is a patient, too; then it speaks of that one."""
        match = kin_subject(s)
        if match is None:
            return False
        kin = match["kin"].lower()
        known = [i for i, p in enumerate(self.people) if p.kin == kin]
        if known:
            self.current = (known[0],)
            return True
        if kin not in self.kin or len(self.people) >= max(2, len(self.kin)):
            return False
        person = kin_person(s, match["kin"], s.start, min(s.end, s.start + match.end() + _NEAR))
        aged = person.intro.age_years is not None
        if match["whose"].lower() == "the":  # it may be the first patient
            if not aged or person.intro.agrees(self.people[0].intro):
                return False
        elif not aged and not cue("had_care").search(s.text):
            return False
        self._add(person)
        return True

    def _introduce(self, s: Sentence, intro: Introduction) -> None:
        """Somebody is introduced: the patient of now, told more exactly; one known; or a further patient."""
        people = self.people
        now = people[self.current[0]] if self.current else None
        if now is None:
            self._add(Person("index", intro))
        elif now.intro.age_years is None and now.intro.agrees(intro):
            people[self.current[0]] = replace(now, intro=intro)
        elif self.numbered:
            return
        elif is_further(s, intro, people):
            self._add(Person("index", intro))
        elif not now.intro.agrees(intro):
            known = [i for i, p in enumerate(people) if p.intro.agrees(intro)]
            if known:
                self.current = (known[0],)
            elif starts_case(s, intro, self.several):
                self._add(Person("index", intro))

    def _add(self, person: Person) -> None:
        self.people.append(person)
        self.current = (len(self.people) - 1,)


def _without_comparison(text: str) -> str:
    """A sentence without what it says of others, to whom it compares the patient."""
    for start, end in reversed(foreign(text)):
        text = f"{text[:start]} {text[end:]}"
    return cue("compared").sub(" ", text)


def _of_the_patient(s: Sentence) -> bool:
    """Whether a sentence speaks of one patient: "he", "the patient"."""
    return bool(cue("person", "kind.csv").search(s.text))


def _by_pronoun(s: Sentence, people: Sequence[Person], current: tuple[int, ...]) -> tuple[int, ...]:
    """The one of several patients that "he" or "the girl" at the beginning of a sentence can only mean; else those of before."""
    match = _MALE.match(s.text) or _FEMALE.match(s.text)
    sex = "" if not match else "M" if match.re is _MALE else "F"
    if not sex or (len(current) == 1 and people[current[0]].intro.sex in (sex, "")):
        return current
    fitting = tuple(i for i, p in enumerate(people) if p.intro.sex == sex)
    return fitting if len(fitting) == 1 else current
