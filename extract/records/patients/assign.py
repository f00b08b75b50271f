"""Whose fact is it? The cohort of a report, and for every sentence the people it speaks of.

In: the sentences of a document. Out: a `Cohort`: the index patients (the authors' own, told in the case sections), the
cited patients (told in the discussion from other papers), and for each sentence the indices of the people whose facts it
tells, empty for general talk. A fact told of several index patients jointly belongs to each.

How it decides, in this order: the section (case sections speak of the index patient, reference lists of nobody), cues of
the authors' own patient ("our patient", "we report"), cues of other people's ("et al. reported a", "in another study"),
a patient introduced anew by age and sex, and carrying on ("The patient was then ...") within a paragraph. Each step is a pass: it is
given a cohort and returns the next; the pass that comes last decides, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.language.mention import Sentence
from extract.records.patients.case_sections import assign_case_sections
from extract.records.patients.case_series import assign_members
from extract.records.patients.case_tables import Listed, listed
from extract.records.patients.clauses import part
from extract.records.patients.cohort import Cohort, Owner, Person, called, points_back, same_person
from extract.records.patients.introductions import introductions
from extract.records.patients.other_sections import assign_other_sections
from extract.records.patients.study_filter import doubts
from extract.records.patients.zones import zones_of
from extract.records.rule_files import cue, scanned_cue
from extract.settings import RecordsSettings, packaged

__all__ = ["Cohort", "Person", "assign"]


def assign(sents: Sequence[Sentence], settings: RecordsSettings | None = None) -> Cohort:
    """The cohort of a report. There is always at least one index patient, unless the text tells of no patient at all."""
    settings = settings or packaged().records
    zones = zones_of(sents)
    literature = _literature_tables(sents)
    cohort = Cohort(owners=((),) * len(sents))
    cohort = assign_case_sections(sents, zones, cohort, settings.largest_series)
    rows = listed(sents, literature)
    cohort = _listed(sents, zones, cohort, rows)
    cohort = assign_members(sents, zones, cohort, settings.largest_series)
    cohort = assign_other_sections(sents, zones, cohort, literature | {r.sentence for r in rows})
    cohort = part(sents, zones, cohort)
    cohort = _by_number(sents, zones, cohort)
    cohort = _animals(sents, cohort)
    cohort = _complete(sents, cohort)
    doubt = doubts(sents, zones, cohort, settings.study_sentences)
    return replace(cohort.without_index(), doubt=doubt) if doubt else cohort


def _by_number(sents: Sequence[Sentence], zones: list[str], cohort: Cohort) -> Cohort:
    """What is told of all, or of nobody, belongs to the patients the sentence calls by number ("patient 4 gave up the gel")."""
    owners: dict[int, Owner] = {}
    for s in sents:
        if s.index in cohort.parts:
            continue
        joint = len(cohort.owners[s.index]) != 1 or zones[s.index] in ("talk", "summary") or points_back(s)
        open_to = joint and zones[s.index] in ("case", "talk", "summary") and not scanned_cue("cited").search(s.text)
        if open_to and (people := called(s, cohort)):
            owners[s.index] = people, "called by the number of the patient"
    return cohort.giving(owners)


def _animals(sents: Sequence[Sentence], cohort: Cohort) -> Cohort:
    """What happened to an animal ("the dog was vaccinated") is no patient's fact, unless the patient is one."""
    if any(_is_animal(sents[cohort.people[i].intro.sentence], cohort.people[i]) for i in cohort.index):
        return cohort
    owners: dict[int, Owner] = {}
    for s in sents:
        match = cue("animal").search(s.text)
        if match and re.match(
            r"(?: \w+ly| also| then)? (?:was|were|had|tested|received|developed|died)\b", s.text[match.end() :]
        ):
            owners[s.index] = (), f"of an animal [{match.group()}]"
    return cohort.giving(owners)


def _listed(sents: Sequence[Sentence], zones: list[str], cohort: Cohort, rows: Sequence[Listed]) -> Cohort:
    """The patients of a table of cases: each row is about its patient, and what the report tells of all is each one's.

    Rows that agree in age and sex with patients told one by one are theirs.
    """
    if not rows:
        return cohort
    with_age = [i for i in cohort.index if cohort.people[i].intro.age_years is not None]
    if len(with_age) < 2:
        people = [Person("index", r.intro, label=f"Case {r.number}") for r in rows]
        every = tuple(range(len(people)))
        theirs = [s.index for s in sents if cohort.owners[s.index] or zones[s.index] == "case"]
        cohort = cohort.giving(dict.fromkeys(theirs, (every, "of all patients of the table")), people)
    owners: dict[int, Owner] = {}
    for r in rows:
        match = [i for i in cohort.index if same_person(cohort.people[i].intro, r.intro)]
        mine = [i for i in match if cohort.people[i].intro.sentence == r.sentence] or match
        owners[r.sentence] = tuple(mine[:1]), "row of a table of patients"
    return cohort.giving(owners)


def _is_animal(s: Sentence, person: Person) -> bool:
    """Whether the patient is an animal: "a 4-month-old female calf", not "a 3-year-old boy bitten by a coyote"."""
    after = s.text[max(0, person.intro.start - s.start) :].replace(person.intro.age_text, "", 1)
    words = re.match(r"\W*(?:(?!who\b|that\b|which\b|was\b|bitten\b|with\b|presented\b)[\w-]+ ){0,4}", after)
    return bool(words and cue("animal").search(words.group() + after[words.end() :].split(" ")[0]))


def _literature_tables(sents: Sequence[Sentence]) -> set[int]:
    """The sentences of tables that review published cases: an author or reference column, "reported cases" in the caption."""
    indexes: set[int] = set()
    table: list[Sentence] = []
    for s in [*sents, None]:
        if s is not None and s.section == "table" and not (table and re.match(r"table\s+\w+\s*[:.]", s.text, re.I)):
            table.append(s)
            continue
        if any(cue("literature", "cues.csv").search(t.text) for t in table):
            indexes |= {t.index for t in table}
        table = [s] if s is not None and s.section == "table" else []
    return indexes


def _complete(sents: Sequence[Sentence], cohort: Cohort) -> Cohort:
    """Fill age and sex of index patients from the abstract, the title, and at last the pronouns."""
    index, people = cohort.index, list(cohort.people)
    for i in index:
        person = people[i]
        if person.patients > 1:
            continue  # the age and sex of one of them are not the group's
        intro = person.intro
        if intro.age_years is None or not intro.sex:
            for s in sents:
                owners = cohort.owners[s.index]
                if i not in owners or (len(index) > 1 and len([o for o in owners if o in index]) > 1):
                    continue
                for f in introductions(s):
                    if f.agrees(intro):
                        if intro.age_years is None and f.age_years is not None:
                            intro = replace(f, sex=intro.sex, patients=intro.patients)
                        if not intro.sex and f.sex:
                            intro = replace(intro, sex=f.sex)
        if not intro.sex:
            intro = replace(intro, sex=_pronoun_sex([s.text for s in sents if cohort.owners[s.index] == (i,)]))
        people[i] = replace(person, intro=intro)
    return replace(cohort, people=tuple(people))


def _pronoun_sex(texts: list[str]) -> str:
    text = " ".join(texts)
    she = len(re.findall(r"\b(?:she|her|hers|herself|gravida|primigravida|woman|female|lady|girl)\b", text, re.I))
    he = len(re.findall(r"\b(?:he|his|him|himself|man|male|gentleman|boy)\b", text, re.I))
    if she == he:
        return ""
    return "F" if she > he else "M"
