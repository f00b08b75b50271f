"""One drug's attributes in one sentence as regimens: one for each dose, the rest dealt to the dose beside it.

In: a drug and the attributes that were linked to it. Out: `Regimen`s in order of telling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from spacy.tokens import Span

from extract.language.quantities import parse_dose
from extract.language.spans import text_of
from extract.records.sentence import Sentence
from extract.records.treatments.regimen import Regimen, value

_DOSES_OF = re.compile(
    r"\s*(?:doses?|injections?|infusions?|bolus(?:es)?|cycles?|courses?|tablets?) (?:of )?", re.IGNORECASE
)
#: between a strength and how many of it were taken
_OF_STRENGTH = re.compile(r"\s*\)?\s*[:;,]?\s*(?:(?:at|in) (?:a|the) dose of |given as |as )?", re.IGNORECASE)
#: two doses, one after the other
_THEN = re.compile(
    r"\b(?:then|followed|subsequently|later|thereafter|afterwards|after|until|before|to|with|and (?:was|were|is))\b|;",
    re.IGNORECASE,
)


def split(
    drug: Span, status: str, parts: Sequence[tuple[Span, float]], s: Sentence, *, sure: float = 1.0
) -> Iterable[Regimen]:
    """The regimens among a drug's attributes in one sentence: one for each dose, the rest dealt to the dose beside it."""
    parts = sorted(parts, key=lambda p: p[0].start_char)
    if not parts:
        return
    parts = [p for p in parts if not _only_describes(s, p[0], parts)]
    volumes = _volumes(parts, going_on=sure < 1)
    doses = [(a, c) for a, c in parts if a.label_ == "dose" and a not in volumes]
    doses = _with_counts(s, doses)
    dealt = [Regimen(drug, s, status, {"dose": a}, c) for a, c in doses] or [Regimen(drug, s, status)]
    for a, confidence in parts:
        label = "volume" if a in volumes else a.label_
        if label == "dose":
            continue
        target = _nearest(dealt, a)
        if label in target.parts:
            told = target.parts[label]
            another = label in ("frequency", "duration") or (label == "route" and _and_by(s, told, a))
            if another and value(label, a) != value(label, told):
                dealt.append(Regimen(drug, s, status, {**_carried_on(target, a), label: a}, confidence))
            elif label == "route" and _right_before(s, a, drug) and not _right_before(s, told, drug):
                target.parts[label] = a  # "oral analgesia and intravenous prednisolone"
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


def _only_describes(s: Sentence, a: Span, parts: Sequence[tuple[Span, float]]) -> bool:
    """ "Low-dose prednisone (5 mg)", "a cumulative dose of 4 mg", "500 mg in tapering dosage": words beside the number they describe."""
    if a.label_ != "dose" or parse_dose(a.text) is not None:
        return False
    for b, _ in parts:
        if b.label_ == "dose" and parse_dose(b.text) is not None:
            first, second = sorted((a, b), key=lambda x: x.start_char)
            if not _THEN.search(s.text[first.end_char - s.start : second.start_char - s.start]):
                return True
    return False


def _with_counts(s: Sentence, doses: list[tuple[Span, float]]) -> list[tuple[Span, float]]:
    """ "A 250 mg/100 mg: 4 tablets daily", "0.25 mg at the dose of one tablet": how many of a strength is one dose with it."""
    made: list[tuple[Span, float]] = []
    for a, confidence in doses:
        strength = made[-1][0] if made else None
        count = parse_dose(a.text)
        if strength is not None and count is not None and count.unit.startswith("{") and count.amount is None:
            known, gap = parse_dose(strength.text), s.text[strength.end_char - s.start : a.start_char - s.start]
            if known is not None and not known.unit.startswith("{") and _OF_STRENGTH.fullmatch(gap):
                opened = ")" in gap and strength.start > 0 and a.doc[strength.start - 1].text == "("
                if ")" not in gap or opened:
                    made[-1] = (Span(a.doc, strength.start - opened, a.end, label="dose"), min(confidence, made[-1][1]))
                    continue
        made.append((a, confidence))
    return made


def _and_by(s: Sentence, first: Span, second: Span) -> bool:
    """ "By inhalation or by intravenous administration": two routes of one drug."""
    between = s.text[first.end_char - s.start : second.start_char - s.start]
    return bool(
        re.fullmatch(
            r"\W*(?:\w+ )?(?:and|or|then|followed by)(?: (?:by|the|later|also|then))*\W*", between, re.IGNORECASE
        )
    )


def _right_before(s: Sentence, route: Span, drug: Span) -> bool:
    return (
        route.end_char <= drug.start_char and not s.text[route.end_char - s.start : drug.start_char - s.start].strip()
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
                text_of(a.doc)[a.end_char : max(a.end_char, r.parts["dose"].start_char)]
            ):
                return r
    before = [r for r in dealt if "dose" in r.parts and r.parts["dose"].start_char <= a.start_char]
    if before:
        return max(before, key=lambda r: r.parts["dose"].start_char)
    return dealt[0]
