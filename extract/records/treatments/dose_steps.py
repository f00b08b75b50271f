"""One drug's attributes in one sentence as regimens: one for each dose, the rest dealt to the dose beside it.

In: a drug and the attributes that were linked to it. Out: `Regimen`s in order of telling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extract.language.mention import Mention, Sentence
from extract.language.quantities import dose_of
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
    drug: Mention, status: str, parts: Sequence[tuple[Mention, float]], s: Sentence, *, sure: float = 1.0
) -> Iterable[Regimen]:
    """The regimens among a drug's attributes in one sentence: one for each dose, the rest dealt to the dose beside it."""
    parts = sorted(parts, key=lambda p: p[0].start)
    if not parts:
        return
    parts = [p for p in parts if not _only_describes(s, p[0], parts)]
    volumes = _volumes(parts, going_on=sure < 1)
    doses = [(a, c) for a, c in parts if a.label == "dose" and a not in volumes]
    doses = _with_counts(s, _without_count(s, drug, doses))
    dealt = [Regimen(drug, s, status, {"dose": a}, c) for a, c in doses] or [Regimen(drug, s, status)]
    for a, confidence in parts:
        label = "volume" if a in volumes else a.label
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


def _only_describes(s: Sentence, a: Mention, parts: Sequence[tuple[Mention, float]]) -> bool:
    """ "Low-dose prednisone (5 mg)", "a cumulative dose of 4 mg", "500 mg in tapering dosage": words beside the number they describe."""
    if a.label != "dose" or dose_of(a) is not None:
        return False
    for b, _ in parts:
        if b.label == "dose" and dose_of(b) is not None:
            first, second = sorted((a, b), key=lambda x: x.start)
            if not _THEN.search(s.between(first, second)):
                return True
    return False


def _with_counts(s: Sentence, doses: list[tuple[Mention, float]]) -> list[tuple[Mention, float]]:
    """ "A 250 mg/100 mg: 4 tablets daily", "0.25 mg at the dose of one tablet": how many of a strength is one dose with it."""
    made: list[tuple[Mention, float]] = []
    for a, confidence in doses:
        strength = made[-1][0] if made else None
        count = dose_of(a)
        if strength is not None and count is not None and count.unit.startswith("{") and count.amount is None:
            known, gap = dose_of(strength), s.between(strength, a)
            if known is not None and not known.unit.startswith("{") and _OF_STRENGTH.fullmatch(gap):
                left = s.tokens.before(strength.start) if ")" in gap else None
                opened = left is not None and s.tokens.text(*left) == "("
                if ")" not in gap or opened:
                    start = left[0] if left is not None and opened else strength.start
                    made[-1] = (
                        Mention(start, a.end, "dose", s.tokens.text(start, a.end)),
                        min(confidence, made[-1][1]),
                    )
                    continue
        made.append((a, confidence))
    return made


def _without_count(s: Sentence, drug: Mention, doses: list[tuple[Mention, float]]) -> list[tuple[Mention, float]]:
    """ "Two tablets of A 625 mg": the strength right behind the name is the dose, the count before it none of its own."""
    if len(doses) != 2:
        return doses
    count, strength = dose_of(doses[0][0]), dose_of(doses[1][0])
    around = doses[0][0].end <= drug.start and drug.end <= doses[1][0].start
    if count is None or strength is None or not around or s.between(drug, doses[1][0]).strip(" ("):
        return doses
    counted = count.unit.startswith("{") and count.amount is None and not strength.unit.startswith("{")
    return doses[1:] if counted else doses


def _and_by(s: Sentence, first: Mention, second: Mention) -> bool:
    """ "By inhalation or by intravenous administration", "intravenous, oral and topical": several routes of one drug."""
    between = s.between(first, second)
    return bool(
        re.fullmatch(
            r"\W*(?:\w+, ){0,2}(?:\w+ )?(?:and|or|then|followed by)(?: (?:by|the|later|also|then))*\W*|\s*,\s*(?:\w+,\s*){0,2}",
            between,
            re.IGNORECASE,
        )
    )


def _right_before(s: Sentence, route: Mention, drug: Mention) -> bool:
    return route.end <= drug.start and not s.between(route, drug).strip()


def _carried_on(r: Regimen, a: Mention) -> dict[str, Mention]:
    """What a step keeps of the regimen before it: "100 mg three times daily for 12 weeks, then twice daily" is 100 mg twice daily."""
    return {"dose": r.parts["dose"]} if a.label == "frequency" and "dose" in r.parts else {}


def _volumes(parts: Sequence[tuple[Mention, float]], *, going_on: bool) -> set[Mention]:
    """Amounts in mL beside a strength ("0.5%; 15 mL"), or of a drug told before ("1 mL was rubbed in"), are volumes, not doses."""
    doses = [(a, dose_of(a)) for a, _ in parts if a.label == "dose"]
    strong = going_on or any(d is not None and d.unit != "mL" for _, d in doses)
    return {a for a, d in doses if strong and d is not None and d.unit == "mL"}


def _nearest(dealt: list[Regimen], a: Mention) -> Regimen:
    """The regimen whose dose stands just before the attribute, else the first after it; "weekly doses of 250 mg" is of that dose."""
    if a.label == "frequency":
        for r in dealt:
            if "dose" in r.parts and _DOSES_OF.fullmatch(
                r.sentence.tokens.text(a.end, max(a.end, r.parts["dose"].start))
            ):
                return r
    before = [r for r in dealt if "dose" in r.parts and r.parts["dose"].start <= a.start]
    if before:
        return max(before, key=lambda r: r.parts["dose"].start)
    return dealt[0]
