"""Title, abstract, introduction, discussion, captions: of whom does a sentence outside the report proper speak?

In: the sentences, their zones, a `Cohort` with its index patients. Out: owners of these sentences: an index patient where
age and sex or words like "our patient" say so, a cited patient (added to the cohort) where the literature is told, else nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.language.mention import Sentence
from extract.records.patients.case_sections import CARRY
from extract.records.patients.cohort import Cohort, Owner, Person, carries, case_number, same_person
from extract.records.patients.introductions import SOMEBODY, Introduction, group, introductions
from extract.records.rule_files import scanned_cue


@dataclass(frozen=True, slots=True)
class _Cited:
    """A sentence that brings new people, of the literature; and why."""

    people: Sequence[Person]
    why: str


#: "and she was given"; not "he reported", which is an author
_SPOKEN_OF = re.compile(
    r"\b(?:(?:he|she|the patient) (?:was|had|received|took|underwent|became|died|recovered|improved|responded|developed|could|did)"
    r"|(?:he|she) (?:has|takes|is taking|remains|continues))\b",
    re.IGNORECASE,
)


def assign_other_sections(sents: Sequence[Sentence], zones: list[str], cohort: Cohort, settled: set[int]) -> Cohort:
    """Every sentence outside the report proper gets its owners; `settled`: rows of tables that have theirs."""
    people, owners = list(cohort.people), dict[int, Owner]()
    announced = False
    before: tuple[int, ...] = ()
    left = 0
    paragraph, section = -1, ""
    foreign = False  # other people's patients were told of since the index patient
    for s in sents:
        zone = zones[s.index]
        if zone not in ("summary", "talk", "aside"):
            continue
        if s.section != section:
            announced, section, foreign = False, s.section, False
        if s.paragraph != paragraph:
            before, left, paragraph = (), 0, s.paragraph
            announced = announced and s.section == "abstract"
        if zone == "aside":
            if s.index not in settled:
                owners[s.index] = _caption_owner(s, cohort)
            continue
        foreign = foreign or _tells_of_others(s)
        decision = _owner(s, zone, cohort, before, left, announced)
        if (
            not (foreign or isinstance(decision, _Cited) or decision[0])
            and zone == "talk"
            and _speaks_of_the_only_one(s, cohort)
        ):
            decision = cohort.index, "speaks of one patient, and there is but one"
        if isinstance(decision, _Cited):
            first, why = len(people), decision.why
            people += decision.people
            foreign = True
            owner = tuple(range(first, len(people)))
        else:
            owner, why = decision
        if owner and all(people[i].role == "index" for i in owner):
            announced, foreign = True, False
        left = CARRY if owner and owner != before else left - 1
        if owner or left <= 0 or scanned_cue("general").search(s.text):
            before = owner  # a sentence about nobody ("This limited the elbow.") does not yet end the story
        owners[s.index] = owner, f"{s.section}: {why}"
    return cohort.giving(owners, people)


def _owner(
    s: Sentence, zone: str, cohort: Cohort, before: tuple[int, ...], left: int, announced: bool
) -> Owner | _Cited:
    introduced = introductions(s)
    cited = bool(scanned_cue("cited").search(s.text))
    ours = bool(scanned_cue("index").search(s.text)) and not (cited and introduced)
    report = bool(scanned_cue("report").search(s.text)) and not cited
    if s.section == "title" or ours:
        return _index_owner(introduced, cohort), "the authors' own patient" if ours else "what the report is about"
    if zone == "summary" or report:
        announced = (announced or bool(introduced)) and not cited and not scanned_cue("general").search(s.text)
        return _summary_owner(s, introduced, cohort, before, report=report, announced=announced)
    return _commentary_owner(s, introduced, cohort, before if left > 0 else (), cited=cited)


def _summary_owner(
    s: Sentence, introduced: list[Introduction], cohort: Cohort, before: tuple[int, ...], *, report: bool, announced: bool
) -> Owner:  # fmt: skip
    """Whom the abstract, or an announcement of the report, speaks of."""
    if numbered := _numbered(case_number(s), cohort):
        return numbered, "called by the number of the case"
    matching = [i for f in introduced for i in cohort.index if cohort.people[i].intro.agrees(f)]
    if matching:
        return tuple(dict.fromkeys(matching)), "the patient's age and sex"
    if report:
        return _index_owner(introduced, cohort), "the case that is reported"
    if announced:
        return before or _index_owner(introduced, cohort), "goes on about the case reported"
    return (), "of nobody in particular"


def _commentary_owner(
    s: Sentence, introduced: list[Introduction], cohort: Cohort, before: tuple[int, ...], *, cited: bool
) -> Owner | _Cited:
    """Whom introduction, discussion and conclusion speak of: the index patient again, one of the literature, or nobody."""
    if introduced:
        same = [i for i in cohort.index if same_person(cohort.people[i].intro, introduced[0])]
        if same and not cited:
            return (same[0],), "the patient's age and sex again"
        return _Cited([Person("cited", intro) for intro in introduced], "a patient of the literature")
    band = group(s)
    if band is not None and (cited or re.search(r"\b(?:study|series|trial|reported|described)\b", s.text, re.I)):
        return _Cited([Person("cited", band, patients=band.patients)], "patients of the literature")
    ours = bool(before) and set(before) <= set(cohort.index)
    if before and carries(s) and not (ours and SOMEBODY.match(s.text)):
        return before, "goes on about the patient before"
    return (), "of nobody in particular"


def _tells_of_others(s: Sentence) -> bool:
    """Whether a sentence tells of other people's patients, or of somebody ("one girl developed")."""
    told = (
        scanned_cue("cited").search(s.text)
        or scanned_cue("review").search(s.text)
        or group(s)
        or SOMEBODY.search(s.text)
    )
    return bool(told)


def _speaks_of_the_only_one(s: Sentence, cohort: Cohort) -> bool:
    """Whether a sentence that nobody is introduced in tells a story of "him" or "her", where the report has one patient alone."""
    told = len(cohort.index) == 1 and _SPOKEN_OF.search(s.text)
    return bool(told) and not (introductions(s) or scanned_cue("general").search(s.text))


def _numbered(label: str, cohort: Cohort) -> tuple[int, ...]:
    """The index patient that goes by a number in the report proper."""
    return tuple(i for i in cohort.index if label and cohort.people[i].label == f"Case {label}")


def _index_owner(introduced: list[Introduction], cohort: Cohort) -> tuple[int, ...]:
    """The index patient meant: by age and sex where told, else all of them."""
    for f in introduced:
        for i in cohort.index:
            if (
                f.age_years is not None
                and cohort.people[i].intro.age_years is not None
                and cohort.people[i].intro.agrees(f)
            ):
                return (i,)
    return cohort.index


def _caption_owner(s: Sentence, cohort: Cohort) -> Owner:
    """Figures and tables show the index patient, unless they cite or the report has several."""
    if scanned_cue("cited").search(s.text):
        return (), f"{s.section}: of the literature"
    if len(cohort.index) != 1:
        return (), f"{s.section}: of one of several patients"
    return cohort.index, f"{s.section}: of the only patient"
