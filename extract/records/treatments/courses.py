"""From mentions to regimens: which drug, in which dose, vehicle, route, how often, how long, with which status.

In: the sentences of a document with their owners (`cases.Cohort`). Out: for each person the `DrugCourse`s, one a drug,
each with its regimens in order of telling. A change of dose is a new regimen; a repetition is not; pieces of one regimen
told in neighbouring sentences ("was given STS in Vaseline 1:1. ... apply it once a day ...") are put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from extract.language.mention import Mention, Sentence
from extract.language.sections import SUMMARY
from extract.records.patients.assign import Cohort
from extract.records.rule_files import cue
from extract.records.treatments.anaphora import (
    Focus,
    anchors,
    components,
    is_mixture,
    of_another,
    other_names,
    speaks_of_all,
    together,
)
from extract.records.treatments.attributes import attributes, carriers, fits
from extract.records.treatments.class_names import named_classes
from extract.records.treatments.coordination import coordinated
from extract.records.treatments.dose_steps import split
from extract.records.treatments.link import link
from extract.records.treatments.merge import as_volumes, merge
from extract.records.treatments.regimen import TAKEN, DrugCourse, Regimen, drug_key

__all__ = ["DrugCourse", "Regimen", "courses", "drug_key"]

#: how many sentences back a dose without a drug may find its drug
REACH = 2
#: and how many where it says that a treatment was repeated
REACH_AGAIN = 6
#: a route, a form or a place without any of them needs words that stand for the drug to be the drug's
DOSED = frozenset({"dose", "ratio", "vehicle", "frequency", "duration", "volume"})


def courses(sents: Sequence[Sentence], cohort: Cohort) -> dict[int, list[DrugCourse]]:
    """The drug courses of every person of the cohort, and under -1 those told of nobody, in order of first mention."""
    text = sents[0].tokens.all_text if sents else ""
    told: dict[int, _OfPerson] = {}
    for s in sents:
        if s.section in ("references", "front", "keywords"):
            continue
        if len(cohort.owners[s.index]) > 1 and s.section in SUMMARY:
            continue  # two patients' drugs in one sentence: the report tells them one by one
        bases = [*carriers(s), *components(s)]
        every = [d for d in s.of("drug") if d not in bases]
        attached = attributes(s)
        for person, mine in cohort.told(s, [*every, *attached]).items():
            own = _own(s, [d for d in every if d in mine], person, cohort)
            of_person = told.setdefault(person, _OfPerson(text))
            of_person.read(s, [d for d in every if d in mine], own, [a for a in attached if a in mine])
    return {person: of_person.merged() for person, of_person in told.items()}


class _OfPerson:
    """The drugs told of one person, sentence by sentence: the courses so far, and the drug that was spoken of last."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.courses: dict[str, DrugCourse] = {}
        self.focus: Focus | None = None

    def read(self, s: Sentence, drugs: Sequence[Mention], own: Mapping[Mention, str], told: Sequence[Mention]) -> None:
        """Take in a sentence: its drugs, those of them that are the person's with their status, and its attributes."""
        classes = {c: d for c, d in named_classes(s, drugs, told).items() if c in own and d in own}
        own = {d: status for d, status in own.items() if d not in classes}
        for drug, status in own.items():
            course = self._course(drug)
            for name in (drug, *(c for c, d in classes.items() if d is drug)):
                course.mentions.append((name, s))
                course.statuses.append(status)
        before, here = self._before(s), told
        if self.focus is not None and (whole := _whole_course(s, told, list(own))):
            here = [a for a in told if a is not whole]
            last = self.focus.last
            regimen = Regimen(last, s, _standing(last), {"duration": whole}, 0.7, whole=True)
            self._course(last).regimens.append(regimen)
        for regimen in _regimens(s, drugs, own, here, before, self.text, classes):
            self._course(regimen.drug).regimens.append(regimen)
        acted = [d for d, status in own.items() if status in TAKEN] or list(own)
        if acted:  # a following "the dose" is the last one's
            mixed = is_mixture(s)
            group = together(acted[-1], [acted] if mixed else coordinated(self.text, acted, told))
            self.focus = Focus(s.index, acted[-1], group, len(group) > 1 and mixed)

    def _before(self, s: Sentence) -> Focus | None:
        """What was spoken of before, where it is near enough to be meant."""
        far = cue("again", "links.csv").search(s.text) or _lengths_of_the_whole(s)
        reach = REACH_AGAIN if far else REACH
        return self.focus if self.focus is not None and s.index - self.focus.sentence <= reach else None

    def _course(self, drug: Mention) -> DrugCourse:
        key = drug_key(drug)
        return self.courses.setdefault(key, DrugCourse(key))

    def merged(self) -> list[DrugCourse]:
        """The courses, in order of first mention, what was told of one regimen in pieces put together."""
        for course in self.courses.values():
            as_volumes(course.regimens)
            course.regimens = merge(course.regimens)
        return list(self.courses.values())


def _own(s: Sentence, drugs: Sequence[Mention], person: int, cohort: Cohort) -> dict[Mention, str]:
    """The drugs of a sentence that are told of a person, each with its status, in order."""
    own = {}
    for d in drugs:
        status = d.assertion or "given"
        if status == "stopped" and cue("procedure", "links.csv").match(s.after(d)):
            status = "given"  # the operation was over, not the drug given up
        if person != -1 and status == "general":
            if not _dosed_here(s, person, cohort):
                continue
            status = "given"
        own[d] = status
    return own


def _dosed_here(s: Sentence, person: int, cohort: Cohort) -> bool:
    """A drug that reads like general talk but is dosed was given: to a cited patient whose story the sentence carries on, or, told
    as done, to an index patient."""
    if s.section in SUMMARY or not s.of("dose", "duration", "ratio"):
        return False
    return cohort.people[person].role != "index" or bool(cue("given", "durations.csv").search(s.text))


def _standing(drug: Mention) -> str:
    """The status of a drug spoken of before; one that read like general talk and was taken for somebody's was given."""
    status: str = drug.assertion
    return "given" if status in ("", "general") else status


def _goes_on(s: Sentence, parts: Sequence[tuple[Mention, float]]) -> bool:
    """Whether a sentence without a name tells of the drug spoken of before; "treatment with MOR208" is of that, whatever it is."""
    if cue("names_other", "links.csv").search(s.text) or not cue("spoken_of", "links.csv").search(s.text):
        return False
    dosed = any(a.label in DOSED for a, _ in parts)
    return dosed or bool(anchors(s) or cue("applied", "links.csv").search(s.text))


def _passed(s: Sentence, length: Mention) -> bool:
    """Whether a length is only what had passed when something was seen: "negative after a year of treatment, which was given for two"."""
    return (
        length.label == "duration"
        and re.search(r"\bafter (?:about |only )?$", s.before(length), re.IGNORECASE) is not None
    )


def _lengths_of_the_whole(s: Sentence) -> bool:
    """Whether a sentence without a name tells how long the whole treatment took: "she completed 24 weeks of therapy"."""
    if s.of("drug", "dose") or not s.of("duration"):
        return False
    return bool(cue("whole_course", "links.csv").search(s.text))


def _whole_course(s: Sentence, attributes: Sequence[Mention], drugs: Sequence[Mention]) -> Mention | None:
    """ "... after the two month treatment": how long the drug under way was given, in a sentence about one that was not."""
    if not drugs or any(d.assertion in ("given", "", "stopped", "failed") for d in drugs[-1:]):
        return None
    for a in attributes:
        before, after = s.before(a), s.after(a)
        if (
            a.label == "duration"
            and re.search(r"\b(?:after|following|at the end of) (?:the|this|her|his|a)?\s*$", before, re.IGNORECASE)
            and re.match(r"[\s-]*(?:of )?(?:treatment|therapy|course)", after, re.IGNORECASE)
        ):
            return a
    return None


# --- one sentence ------------------------------------------------------------------------------------------------------


def _regimens(
    s: Sentence,
    drugs: Sequence[Mention],
    own: Mapping[Mention, str],
    told: Sequence[Mention],
    before: Focus | None,
    text: str,
    classes: Mapping[Mention, Mention],
) -> Iterable[Regimen]:
    """The regimens a sentence tells: of its own drugs, and of those spoken of before where it goes on about them."""
    if not told:
        return
    if not drugs:
        whole = _lengths_of_the_whole(s)
        parts = [(a, 0.6) for a in told if not of_another(s, a) and not (whole and _passed(s, a))]
        if before is not None and _goes_on(s, parts):
            for drug in before.meant(all_of_them=speaks_of_all(s) or whole):
                yield from split(drug, drug.assertion or "given", [p for p in parts if fits(drug, p[0])], s, sure=0.7)
        return
    stand_ins = anchors(s) if before is not None else []
    names = {**other_names(text, drugs, drug_key), **classes}
    dealt: dict[Mention, list[tuple[Mention, float]]] = {}
    links = link([*drugs, *(a.span for a in stand_ins)], told, text, fits)
    for x in links:
        dealt.setdefault(names.get(x.drug, x.drug), []).append((x.attribute, x.confidence))
    for anchor in stand_ins:
        if before is not None and anchor.span in dealt:
            for drug in before.meant(all_of_them=anchor.all_of_them):
                yield from split(drug, _standing(drug), dealt[anchor.span], s, sure=0.7)
    for drug, status in own.items():
        if drug in dealt:
            mine = [x for x in links if names.get(x.drug, x.drug) is drug]
            for regimen in split(drug, status, dealt[drug], s):
                attributes_of_it = list(regimen.parts.values())
                regimen.links = [x for x in mine if x.attribute in attributes_of_it]
                yield regimen
