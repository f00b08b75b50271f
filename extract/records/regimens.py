"""From mentions to regimens: which drug, in which dose, vehicle, route, how often, how long, with which status.

In: the sentences of a document with their owners (`cases.Casting`). Out: for each person the `DrugCourse`s, one a drug,
each with its regimens in order of telling. A change of dose is a new regimen; a repetition is not; pieces of one regimen
told in neighbouring sentences ("was given STS in Vaseline 1:1. ... apply it once a day ...") are put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Span

from extract.language.quantities import parse_dose, parse_duration, parse_frequency
from extract.records.cases import Casting
from extract.records.cues import cue
from extract.records.linking import ATTRIBUTES, link
from extract.records.sentences import SUMMARY, Sentence

#: how many sentences back a dose without a drug may find its drug
REACH = 2
#: parts that say how a drug was given, so that a duration told in passing can be theirs
LASTING = frozenset({"dose", "ratio", "vehicle", "frequency"})
_TAKEN = ("given", "stopped", "failed", "")
#: how many sentences apart the pieces of one regimen may stand
TOGETHER = 3

_ANAPHOR = re.compile(
    r"\b(?:dos(?:e|es|age|ing)|treatment|therapy|it|this|medication|drug|mixture|infusion|injection|course|regimen|cream|ointment|gel|solution|"
    r"applied|apply|tapered|titrated|increased|reduced|decreased|maintained|continued|administered|given|prescribed|received|antibiotics?|treated)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Regimen:
    """One way a drug was dosed. Attributes by label; `drug` is the mention they were told of."""

    drug: Span
    sentence: Sentence
    status: str
    parts: dict[str, Span] = field(default_factory=dict)
    confidence: float = 1.0
    whole: bool = False  # how long the drug under way was given, told in passing

    def values(self) -> dict[str, object]:
        """Its parts as comparable values, so that "20 mg" and "20 milligrams" are the same."""
        return {label: _value(label, span) for label, span in self.parts.items()}


@dataclass(slots=True)
class DrugCourse:
    """All that a report tells of one drug for one person: mentions, statuses, regimens."""

    key: str
    mentions: list[tuple[Span, Sentence]] = field(default_factory=list)
    regimens: list[Regimen] = field(default_factory=list)


def courses(sents: Sequence[Sentence], casting: Casting) -> dict[int, list[DrugCourse]]:
    """The drug courses of every person of the cast, and under -1 those told of nobody, in order of first mention."""
    text = sents[0].doc.text if sents else ""
    found: dict[int, dict[str, DrugCourse]] = {}
    focus: dict[int, tuple[int, list[Span]]] = {}
    for s in sents:
        if s.section in ("references", "front", "keywords"):
            continue
        drugs = s.of("drug")
        people = casting.owners[s.index] or (-1,)
        if len(people) > 1 and s.section in SUMMARY:
            continue  # two patients' drugs in one sentence: the report tells them one by one
        attributes = [m for m in s.of(*ATTRIBUTES) if m.label_ != "duration" or (_measured(m) and treats(s, m))]
        for person in people:
            own = [d for d in drugs if person == -1 or d._.assertion != "general" or _dosed_here(s, d, person, casting)]
            subjects = own
            weight = 1.0
            if (
                not own
                and attributes
                and not drugs
                and person in focus
                and s.index - focus[person][0] <= REACH
                and _ANAPHOR.search(s.text)
            ):
                subjects, weight = focus[person][1], 0.7
            table = found.setdefault(person, {})
            for drug in own:
                _course(table, drug).mentions.append((drug, s))
            attributes_here = attributes
            if person in focus and (whole := _whole_course(s, attributes, own)):
                attributes_here = [a for a in attributes if a is not whole]
                before = focus[person][1]
                _course(table, before[-1]).regimens.append(
                    Regimen(before[-1], s, before[-1]._.assertion or "given", {"duration": whole}, 0.7, whole=True)
                )
            for regimen in _regimens(subjects, attributes_here, s, text, anaphoric=not own):
                regimen.confidence *= weight
                _course(table, regimen.drug).regimens.append(regimen)
            acted = [d for d in own if d._.assertion in ("given", "", "stopped", "failed")] or own
            if acted:
                focus[person] = (s.index, acted[-1:])  # a following "the dose" is the last one's
    result = {}
    for person, table in found.items():
        for course in table.values():
            course.regimens = merge(course.regimens)
        result[person] = list(table.values())
    return result


def _dosed_here(s: Sentence, drug: Span, person: int, casting: Casting) -> bool:
    """A drug that reads like general talk but is dosed was given: to a cited patient whose story the sentence carries on, or, told
    as done, to an index patient."""
    if s.section in SUMMARY or not s.of("dose", "duration", "ratio"):
        return False
    if casting.people[person].role == "index" and not cue("given", "durations.csv").search(s.text):
        return False
    drug._.assertion = "given"
    return True


def drug_key(drug: Span) -> str:
    """What makes two mentions the same drug: the generic name."""
    return (drug._.norm or drug._.long_form or drug.text).lower()


def _course(table: dict[str, DrugCourse], drug: Span) -> DrugCourse:
    key = drug_key(drug)
    return table.setdefault(key, DrugCourse(key))


def _measured(duration: Span) -> bool:
    """Whether a duration says how long ("ten days", "until discharge"), not only that it was long ("prolonged")."""
    return bool(duration._.norm) or parse_duration(duration.text) is not None


def _whole_course(s: Sentence, attributes: Sequence[Span], drugs: Sequence[Span]) -> Span | None:
    """ "... after the two month treatment": how long the drug under way was given, in a sentence about one that was not."""
    if not drugs or any(d._.assertion in ("given", "", "stopped", "failed") for d in drugs[-1:]):
        return None
    for a in attributes:
        before, after = s.text[: a.start_char - s.start], s.text[a.end_char - s.start :]
        if (
            a.label_ == "duration"
            and re.search(r"\b(?:after|following|at the end of) (?:the|this|her|his|a)?\s*$", before, re.IGNORECASE)
            and re.match(r"[\s-]*(?:of )?(?:treatment|therapy|course)", after, re.IGNORECASE)
        ):
            return a
    return None


# --- one sentence ------------------------------------------------------------------------------------------------------


def _regimens(
    drugs: Sequence[Span], attributes: Sequence[Span], s: Sentence, text: str, *, anaphoric: bool
) -> Iterable[Regimen]:
    if anaphoric:
        told = {id(d): [(a, 0.6) for a in attributes] for d in drugs}
    else:
        told = {id(d): [] for d in drugs}
        for x in link(drugs, attributes, text):
            told[id(x.drug)].append((x.attribute, x.confidence))
    for drug in drugs:
        parts = sorted(told[id(drug)], key=lambda p: p[0].start_char)
        if parts:
            yield from _split(drug, parts, s)


def _split(drug: Span, parts: list[tuple[Span, float]], s: Sentence) -> Iterable[Regimen]:
    """The regimens among a drug's attributes in one sentence: one for each dose, the rest dealt to the dose beside it."""
    doses = [a for a, _ in parts if a.label_ == "dose"]
    heads: list[Span | None] = list(doses) or [None]
    dealt: list[Regimen] = []
    for head in heads:
        dealt.append(
            Regimen(
                drug,
                s,
                drug._.assertion or "given",
                {"dose": head} if head is not None else {},
                {id(a): c for a, c in parts}.get(id(head), 1.0),
            )
        )
    for a, confidence in parts:
        if a.label_ == "dose":
            continue
        target = _nearest(dealt, a)
        if a.label_ in target.parts:
            if a.label_ in ("frequency", "duration") and _value(a.label_, a) != _value(
                a.label_, target.parts[a.label_]
            ):
                dealt.append(Regimen(drug, s, drug._.assertion or "given", {a.label_: a}, confidence))
            continue
        target.parts[a.label_] = a
        target.confidence = min(target.confidence, max(confidence, 0.5))
    for label in ("route", "form", "vehicle", "site"):  # told once for the sentence: told for every dose of it
        told = {id(r.parts[label]): r.parts[label] for r in dealt if label in r.parts}
        if len(told) == 1:
            for r in dealt:
                r.parts.setdefault(label, next(iter(told.values())))
    yield from dealt


def _nearest(dealt: list[Regimen], a: Span) -> Regimen:
    """The regimen whose dose stands just before the attribute, else the first after it."""
    before = [r for r in dealt if "dose" in r.parts and r.parts["dose"].start_char <= a.start_char]
    if before:
        return max(before, key=lambda r: r.parts["dose"].start_char)
    return dealt[0]


def treats(s: Sentence, duration: Span) -> bool:
    """Whether a duration is that of a treatment, not of a symptom, an age, an interval or a follow-up.

    In this order: words behind it ("two-month course", "six weeks of prednisone", "3 days later"), words before it
    ("after", "history of", "remained well for"), and at last what stands nearer before it, a drug or a symptom.
    """
    at, stop = duration.start_char - s.start, duration.end_char - s.start
    before, after = s.text[:at], s.text[stop:]
    drugs = s.of("drug", "dose")
    head = re.search(r"([^:;]*):\s*$", before) if s.section == "table" else None
    if (
        head
        and cue("duration_head", "durations.csv").search(head[1])
        and not cue("symptom", "durations.csv").search(head[1])
    ):
        return True
    if cue("after_yes", "durations.csv").match(after):
        return True
    follows = next((d.start_char - s.start for d in drugs if d.start_char >= duration.end_char), None)
    if follows is not None and re.fullmatch(r"\W*(?:of|on|with)\W+(?:\w+\W+){0,2}", s.text[stop:follows]):
        return True
    if cue("after_no", "durations.csv").match(after):
        return False
    if cue("end_of_course", "durations.csv").search(before[-60:]):
        return True
    if any(cue(kind, "durations.csv").search(before[-60:]) for kind in ("before_no", "of_symptom")):
        return False
    own = re.match(r"(?:for|x|×|over)\b", duration.text, re.IGNORECASE)
    if not own and not cue("before_yes", "durations.csv").search(before[-60:]) and not re.search(r"[(,]\s*$", before):
        return False
    treated = max(
        [m.end() for m in cue("treatment", "durations.csv").finditer(before)]
        + [d.end_char - s.start for d in drugs if d.end_char <= duration.start_char],
        default=-1,
    )
    symptom = max((m.end() for m in cue("symptom", "durations.csv").finditer(before)), default=-1)
    if treated < 0 and symptom < 0:
        return bool(cue("treatment", "durations.csv").search(after[:60]))
    return treated > symptom


# --- one drug ----------------------------------------------------------------------------------------------------------


def merge(regimens: list[Regimen]) -> list[Regimen]:
    """Repetitions become one, and neighbouring pieces that contradict nowhere are put together."""
    kept: list[Regimen] = []
    for r in regimens:
        if r.whole:
            k = next(
                (
                    k
                    for k in reversed(kept)
                    if k.parts.keys() & LASTING and "duration" not in k.parts and k.status in _TAKEN
                ),
                None,
            )
            if k is not None:
                _absorb(k, r)
                continue
        for k in kept:
            if _same(k, r):
                _absorb(k, r)
                break
            if (
                k.sentence.section == r.sentence.section
                and 0 <= r.sentence.index - k.sentence.index <= TOGETHER
                and k is kept[-1]
                and _complements(k, r)
            ):
                _absorb(k, r)
                break
        else:
            kept.append(r)
    return kept


def _same(a: Regimen, b: Regimen) -> bool:
    """b says nothing that a does not, or the other way round, and something both say."""
    if a.status != b.status and {a.status, b.status} & {"declined", "planned", "avoided"}:
        return False
    va, vb = a.values(), b.values()
    shared = va.keys() & vb.keys()
    if any(va[x] != vb[x] for x in shared):
        return False
    return vb.items() <= va.items() or (
        va.items() <= vb.items() and bool(shared & {"dose", "ratio", "duration", "frequency"})
    )


def _complements(a: Regimen, b: Regimen) -> bool:
    """No label told differently by both, not both dosed, and the same standing (given or not)."""
    if a.status != b.status or ("dose" in a.parts and "dose" in b.parts):
        return False
    va, vb = a.values(), b.values()
    return all(va[x] == vb[x] for x in va.keys() & vb.keys())


def _absorb(a: Regimen, b: Regimen) -> None:
    for label, span in b.parts.items():
        a.parts.setdefault(label, span)
    a.confidence = (a.confidence + b.confidence) / 2


def _value(label: str, span: Span) -> object:
    text = span.text
    if label == "dose":
        dose = parse_dose(text)
        return (dose.value, dose.value_max, dose.unit) if dose else text.lower()
    if label == "frequency":
        frequency = parse_frequency(text)
        return frequency.per_day if frequency and frequency.per_day is not None else text.lower()
    if label == "duration":
        duration = parse_duration(text)
        return duration.days if duration and duration.days is not None else text.lower()
    return (span._.norm or text).lower()
