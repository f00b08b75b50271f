"""From mentions to regimens: which drug, in which dose, vehicle, route, how often, how long, with which status.

In: the sentences of a document with their owners (`cases.Casting`). Out: for each person the `DrugCourse`s, one a drug,
each with its regimens in order of telling. A change of dose is a new regimen; a repetition is not; pieces of one regimen
told in neighbouring sentences ("was given STS in Vaseline 1:1. ... apply it once a day ...") are put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Span

from extract.language.quantities import parse_dose, parse_frequency
from extract.records.anaphora import Focus, anchors, is_mixture, of_another, other_names, speaks_of_all, together
from extract.records.attributes import attributes, carriers, fits, length, measured
from extract.records.cases import Casting
from extract.records.cues import cue
from extract.records.linking import coordinated, link
from extract.records.sentences import SUMMARY, Sentence

#: how many sentences back a dose without a drug may find its drug
REACH = 2
#: and how many where it says that a treatment was repeated
REACH_AGAIN = 6
#: parts that say how a drug was given, so that a duration told in passing can be theirs
LASTING = frozenset({"dose", "ratio", "vehicle", "frequency"})
#: a route, a form or a place without any of them needs words that stand for the drug to be the drug's
DOSED = frozenset({"dose", "ratio", "vehicle", "frequency", "duration", "volume"})
_TAKEN = ("given", "stopped", "failed", "")
#: how many sentences apart the pieces of one regimen may stand
TOGETHER = 3

_ANAPHOR = re.compile(
    r"\b(?:dos(?:e|es|age|ing)|treatment|therapy|it|this|medication|drug|mixture|infusion|injection|course|regimen|cream|ointment|gel|solution|"
    r"applied|apply|rubbed|massaged|instilled|injected|infused|inhaled|swallowed|taken|tapered|titrated|increased|reduced|decreased|maintained|continued|administered|given|prescribed|received|antibiotics?|treated|session)\b|^(?:At|On) (?=\d)",
    re.IGNORECASE,
)


_DOSES_OF = re.compile(
    r"\s*(?:doses?|injections?|infusions?|bolus(?:es)?|cycles?|courses?|tablets?) (?:of )?", re.IGNORECASE
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
    again: Sentence | None = None  # where it was told of last, when it was told more than once

    @property
    def last(self) -> Sentence:
        """The sentence that told of it last."""
        return self.again or self.sentence

    def values(self) -> dict[str, object]:
        """Its parts as comparable values, so that "20 mg" and "20 milligrams" are the same; "prolonged" is no value."""
        return {label: _value(label, span) for label, span in self.parts.items() if not _vague(label, span)}


@dataclass(slots=True)
class DrugCourse:
    """All that a report tells of one drug for one person: mentions, statuses, regimens."""

    key: str
    mentions: list[tuple[Span, Sentence]] = field(default_factory=list)
    regimens: list[Regimen] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)  # what each mention tells of the drug, in their order


def courses(sents: Sequence[Sentence], casting: Casting) -> dict[int, list[DrugCourse]]:
    """The drug courses of every person of the cast, and under -1 those told of nobody, in order of first mention."""
    text = sents[0].doc.text if sents else ""
    found: dict[int, dict[str, DrugCourse]] = {}
    focus: dict[int, Focus] = {}
    for s in sents:
        if s.section in ("references", "front", "keywords"):
            continue
        people = casting.owners[s.index] or (-1,)
        if len(people) > 1 and s.section in SUMMARY:
            continue  # two patients' drugs in one sentence: the report tells them one by one
        bases = carriers(s)
        drugs = [d for d in s.of("drug") if d not in bases]
        told = attributes(s)
        for person in people:
            table = found.setdefault(person, {})
            own = _own(s, drugs, person, casting)
            for drug, status in own.items():
                course = _course(table, drug)
                course.mentions.append((drug, s))
                course.statuses.append(status)
            before = focus.get(person)
            if before is not None and s.index - before.sentence > (
                REACH_AGAIN if cue("again", "links.csv").search(s.text) else REACH
            ):
                before = None
            here = told
            if person in focus and (whole := _whole_course(s, told, list(own))):
                here = [a for a in told if a is not whole]
                last = focus[person].last
                _course(table, last).regimens.append(
                    Regimen(last, s, _standing(last), {"duration": whole}, 0.7, whole=True)
                )
            for regimen in _regimens(s, drugs, own, here, before, text):
                _course(table, regimen.drug).regimens.append(regimen)
            acted = [d for d, status in own.items() if status in _TAKEN] or list(own)
            if acted:  # a following "the dose" is the last one's
                group = together(acted[-1], coordinated(text, acted, told))
                focus[person] = Focus(s.index, acted[-1], group, len(group) > 1 and is_mixture(s))
    result = {}
    for person, table in found.items():
        for course in table.values():
            _as_volumes(course.regimens)
            course.regimens = merge(course.regimens)
        result[person] = list(table.values())
    return result


def _own(s: Sentence, drugs: Sequence[Span], person: int, casting: Casting) -> dict[Span, str]:
    """The drugs of a sentence that are told of a person, each with its status, in order."""
    own = {}
    for d in drugs:
        status = d._.assertion or "given"
        if person != -1 and status == "general":
            if not _dosed_here(s, person, casting):
                continue
            status = "given"
        own[d] = status
    return own


def _dosed_here(s: Sentence, person: int, casting: Casting) -> bool:
    """A drug that reads like general talk but is dosed was given: to a cited patient whose story the sentence carries on, or, told
    as done, to an index patient."""
    if s.section in SUMMARY or not s.of("dose", "duration", "ratio"):
        return False
    return casting.people[person].role != "index" or bool(cue("given", "durations.csv").search(s.text))


def _standing(drug: Span) -> str:
    """The status of a drug spoken of before; one that read like general talk and was taken for somebody's was given."""
    status: str = drug._.assertion
    return "given" if status in ("", "general") else status


def drug_key(drug: Span) -> str:
    """What makes two mentions the same drug: the generic name."""
    return (drug._.norm or drug._.long_form or drug.text).lower()


def _course(table: dict[str, DrugCourse], drug: Span) -> DrugCourse:
    key = drug_key(drug)
    return table.setdefault(key, DrugCourse(key))


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
    s: Sentence, drugs: Sequence[Span], own: Mapping[Span, str], told: Sequence[Span], before: Focus | None, text: str
) -> Iterable[Regimen]:
    """The regimens a sentence tells: of its own drugs, and of those spoken of before where it goes on about them."""
    if not told:
        return
    if not drugs:
        parts = [(a, 0.6) for a in told if not of_another(s, a)]
        telling = any(a.label_ in DOSED for a, _ in parts) or anchors(s) or cue("applied", "links.csv").search(s.text)
        if telling and before is not None and _ANAPHOR.search(s.text):
            for drug in before.meant(all_of_them=speaks_of_all(s)):
                yield from _split(
                    drug, drug._.assertion or "given", [p for p in parts if fits(drug, p[0])], s, sure=0.7
                )
        return
    stand_ins = anchors(s) if before is not None else []
    names = other_names(text, drugs, drug_key)
    dealt: dict[Span, list[tuple[Span, float]]] = {}
    for x in link([*drugs, *(a.span for a in stand_ins)], told, text, fits):
        dealt.setdefault(names.get(x.drug, x.drug), []).append((x.attribute, x.confidence))
    for anchor in stand_ins if before is not None else ():
        if anchor.span in dealt and before is not None:
            for drug in before.meant(all_of_them=anchor.all_of_them):
                yield from _split(drug, _standing(drug), dealt[anchor.span], s, sure=0.7)
    for drug, status in own.items():
        if drug in dealt:
            yield from _split(drug, status, dealt[drug], s)


def _split(
    drug: Span, status: str, parts: Sequence[tuple[Span, float]], s: Sentence, *, sure: float = 1.0
) -> Iterable[Regimen]:
    """The regimens among a drug's attributes in one sentence: one for each dose, the rest dealt to the dose beside it."""
    parts = sorted(parts, key=lambda p: p[0].start_char)
    if not parts:
        return
    volumes = _volumes(parts, going_on=sure < 1)
    doses = [(a, c) for a, c in parts if a.label_ == "dose" and a not in volumes]
    dealt = [Regimen(drug, s, status, {"dose": a}, c) for a, c in doses] or [Regimen(drug, s, status)]
    for a, confidence in parts:
        label = "volume" if a in volumes else a.label_
        if label == "dose":
            continue
        target = _nearest(dealt, a)
        if label in target.parts:
            told = target.parts[label]
            another = label in ("frequency", "duration") or (label == "route" and _and_by(s, told, a))
            if another and _value(label, a) != _value(label, told):
                dealt.append(Regimen(drug, s, status, {**_carried_on(target, a), label: a}, confidence))
            continue
        target.parts[label] = a
        target.confidence = min(target.confidence, max(confidence, 0.5))
    for label in ("route", "form", "vehicle", "site"):  # told once for the sentence: told for every dose of it
        once = {id(r.parts[label]): r.parts[label] for r in dealt if label in r.parts}
        if len(once) == 1:
            for r in dealt:
                r.parts.setdefault(label, next(iter(once.values())))
    for r in dealt:
        r.confidence *= sure
        yield r


def _and_by(s: Sentence, first: Span, second: Span) -> bool:
    """ "By inhalation or by intravenous administration": two routes of one drug."""
    between = s.text[first.end_char - s.start : second.start_char - s.start]
    return bool(
        re.fullmatch(
            r"\W*(?:\w+ )?(?:and|or|then|followed by)(?: (?:by|the|later|also|then))*\W*", between, re.IGNORECASE
        )
    )


def _carried_on(r: Regimen, a: Span) -> dict[str, Span]:
    """What a step keeps of the regimen before it: "100 mg three times daily for 12 weeks, then twice daily" is 100 mg twice daily."""
    return {"dose": r.parts["dose"]} if a.label_ == "frequency" and "dose" in r.parts else {}


def _volumes(parts: Sequence[tuple[Span, float]], *, going_on: bool) -> set[Span]:
    """Amounts in mL beside a strength ("0.5%; 15 mL"), or of a drug told before ("1 mL was rubbed in"), are volumes, not doses."""
    doses = [(a, parse_dose(a.text)) for a, _ in parts if a.label_ == "dose"]
    strong = going_on or any(d is not None and d.unit != "mL" for _, d in doses)
    return {a for a, d in doses if strong and d is not None and d.unit == "mL"}


def _nearest(dealt: list[Regimen], a: Span) -> Regimen:
    """The regimen whose dose stands just before the attribute, else the first after it; "weekly doses of 250 mg" is of that dose."""
    if a.label_ == "frequency":
        for r in dealt:
            if "dose" in r.parts and _DOSES_OF.fullmatch(
                a.doc.text[a.end_char : max(a.end_char, r.parts["dose"].start_char)]
            ):
                return r
    before = [r for r in dealt if "dose" in r.parts and r.parts["dose"].start_char <= a.start_char]
    if before:
        return max(before, key=lambda r: r.parts["dose"].start_char)
    return dealt[0]


def _as_volumes(regimens: Sequence[Regimen]) -> None:
    """Amounts in mL of a drug whose strength is told elsewhere ("20 mL of the lidocaine mixture") are volumes, not doses."""
    units = [d.unit if (d := parse_dose(r.parts["dose"].text)) else "" for r in regimens if "dose" in r.parts]
    if "%" not in units:
        return
    for r in regimens:
        dose = parse_dose(r.parts["dose"].text) if "dose" in r.parts else None
        if dose is not None and dose.unit == "mL" and "volume" not in r.parts:
            r.parts["volume"] = r.parts.pop("dose")


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
        known = next((k for k in kept if _same(k, r)), None)
        if known is None and kept:
            latest = max(kept, key=lambda k: k.last.index)
            near = latest.last.section == r.sentence.section and 0 <= r.sentence.index - latest.last.index <= TOGETHER
            known = latest if near and _complements(latest, r) else None
        if known is None:
            kept.append(r)
        else:
            _absorb(known, r)
            known.again = r.sentence
    return kept


def _same(a: Regimen, b: Regimen) -> bool:
    """b says nothing that a does not, or the other way round, and something both say."""
    if a.status != b.status and {a.status, b.status} & {"declined", "planned", "avoided"}:
        return False
    va, vb = a.values(), b.values()
    if _amount_a_day(a) is not None and _amount_a_day(a) == _amount_a_day(b):  # "300 mg daily" is 300 mg/day
        for v in (va, vb):
            v["dose"] = _amount_a_day(a)
            v.pop("frequency", None)
    shared = va.keys() & vb.keys()
    if any(va[x] != vb[x] for x in shared):
        return False
    return vb.items() <= va.items() or (
        va.items() <= vb.items() and bool(shared & {"dose", "ratio", "duration", "frequency"})
    )


def _amount_a_day(r: Regimen) -> tuple[float, str] | None:
    """How much of a drug a day, where the dose's unit or the frequency tells it; of a range nothing."""
    dose = parse_dose(r.parts["dose"].text) if "dose" in r.parts else None
    if dose is None or dose.value_max is not None:
        return None
    if dose.unit.endswith("/day"):
        return round(dose.value, 6), dose.unit.removesuffix("/day")
    frequency = parse_frequency(r.parts["frequency"].text) if "frequency" in r.parts else None
    per_day = dose.per_day or (frequency.per_day if frequency else None)
    return (round(dose.value * per_day, 6), dose.unit) if per_day == 1 else None


def _complements(a: Regimen, b: Regimen) -> bool:
    """No label told differently by both, not both dosed, and the same standing (given or not)."""
    if a.status != b.status or ("dose" in a.parts and "dose" in b.parts):
        return False
    va, vb = a.values(), b.values()
    return all(va[x] == vb[x] for x in va.keys() & vb.keys())


def _absorb(a: Regimen, b: Regimen) -> None:
    for label, span in b.parts.items():
        if label in a.parts and _vague(label, a.parts[label]):
            a.parts[label] = span
        a.parts.setdefault(label, span)
    a.confidence = (a.confidence + b.confidence) / 2


def _vague(label: str, span: Span) -> bool:
    """A duration that only says long or short."""
    return label == "duration" and not measured(span) and length(span) is None


def _value(label: str, span: Span) -> object:
    text = span.text
    if label == "dose":
        dose = parse_dose(text)
        return (dose.value, dose.value_max, dose.unit) if dose else text.lower()
    if label == "frequency":
        frequency = parse_frequency(text)
        return frequency.per_day if frequency and frequency.per_day is not None else text.lower()
    if label == "duration":
        days = length(span)
        return days if days is not None else text.lower()
    return (span._.norm or text).lower()
