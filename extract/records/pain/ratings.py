"""The course of pain: scores with scale, phase, time and site, tied to the treatment they belong to.

In: the sentences with their owners and each person's drug courses. Out: for each person the `Rating`s in order of telling;
the same rating told twice in one phase is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.mention import Mention, Sentence
from extract.language.quantities import parse_pain
from extract.language.sections import NO_FACTS, SUMMARY
from extract.records.pain.attribution import relate
from extract.records.pain.phases import phase_told, phases_by_order
from extract.records.pain.rating import Rating
from extract.records.patients.assign import Cohort
from extract.records.patients.case_tables import rated
from extract.records.rule_files import cue
from extract.records.treatments.attributes import is_place
from extract.records.treatments.regimen import DrugCourse
from extract.rules import word_class
from extract.settings import RecordsSettings, packaged

#: how sure a number is that only words stand for
INFERRED = 0.7


def ratings(
    sents: Sequence[Sentence],
    cohort: Cohort,
    drugs: dict[int, list[DrugCourse]],
    settings: RecordsSettings | None = None,
) -> dict[int, list[Rating]]:
    """The ratings of every index and cited person."""
    by_person: dict[int, list[Rating]] = {}
    for s in sents:
        if s.section in NO_FACTS:
            continue
        for span in s.of("pain_score"):
            parsed = parse_pain(span.norm or span.text)
            if parsed is None or parsed.value is None:
                continue
            owners = cohort.of(s, span)
            if len(owners) > 1 and s.section in SUMMARY:
                continue  # "8/10 and 9/10" of two patients at once: the report tells them one by one
            of_many = cue("of_many", "pain.csv").search(s.text)
            for person in owners:
                if of_many and cohort.people[person].patients == 1:
                    continue  # the mean of a group is no patient's rating
                rating = Rating(
                    span,
                    s,
                    parsed.value,
                    parsed.value_max,
                    parsed.scale_max,
                    parsed.scale or "",
                    confidence=span.confidence * (INFERRED if parsed.inferred else 1.0),
                    inferred=parsed.inferred,
                )
                own_time = _respective(span, s)
                rating.phase = "followup" if own_time else phase_told(span, s)
                rating.when_text = own_time or _when(span, s)
                if rating.phase == "baseline" and cue("followup", "pain.csv").match(rating.when_text):
                    rating.when_text = ""  # "fell from 7 to 5 after a week": the week is that of the 5
                rating.site = _site(span, s)
                by_person.setdefault(person, []).append(rating)
    _from_tables(sents, cohort, by_person)
    for person, scores in by_person.items():
        if all(r.inferred for r in scores):
            scores.clear()  # "pain-free" is 0 only where a scale is in use
        _scales(scores)
        scores = _told_once(scores)
        phases_by_order(scores, drugs.get(person, []))
        by_person[person] = _merge(scores)
        relate(by_person[person], drugs.get(person, []), sents, settings or packaged().records)
    return by_person


def _from_tables(sents: Sequence[Sentence], cohort: Cohort, by_person: dict[int, list[Rating]]) -> None:
    """Add the ratings of tables that the text does not tell at the same place."""
    for row in rated(sents):
        cell = row.sentence.mention(row.cell.start, row.cell.end, "pain_score")
        for person in cohort.owners[row.sentence.index] if cell is not None else ():
            scores = by_person.setdefault(person, [])
            if cell is not None and not any(
                r.span.start < row.cell.end and row.cell.start < r.span.end for r in scores
            ):
                scores.append(
                    Rating(
                        cell,
                        row.sentence,
                        row.value,
                        None,
                        row.scale_max,
                        row.scale,
                        row.phase,
                        row.condition,
                        confidence=0.8,
                    )
                )


def _told_once(scores: list[Rating]) -> list[Rating]:
    """The report proper first; of title and abstract only the ratings it does not have."""
    proper = [r for r in scores if r.sentence.section not in SUMMARY]
    values = {(r.value, r.scale_max) for r in proper}
    return proper + [r for r in scores if r.sentence.section in SUMMARY and (r.value, r.scale_max) not in values]


_UNIT = r"(?:hour|day|week|month|year|minute)s?"
_PLACED = r"(?:after |at |on |within |by |in )?(?:the |her |his )?"
_WHEN = re.compile(
    rf"\b(?:{_PLACED}(?:(?:about|another|approximately|only|some) )?"
    rf"(?:\d+|{word_class('number')}|twelve|a|an|first|second|third|last|next)[ -](?:(?!at|on|in|after)\w+ )?"
    rf"(?:{_UNIT}|visit|follow[- ]up)\b(?!-)(?: (?:later|after (?!the\b|an?\b|her\b|his\b)\w+|follow[- ]up))?"
    rf"|{_PLACED}{_UNIT} \d+\b)",
    re.IGNORECASE,
)


#: how long, and not when: "for about six weeks", "more than a month"
_LENGTH = re.compile(r"\b(?:for|over|lasting|than|during|past)(?:\s\w+){0,2}\s$", re.IGNORECASE)


def _when(span: Mention, s: Sentence) -> str:
    """The words of time that go with the score: "a month later", "at 6 weeks"."""
    times = [(m.start(), m.end()) for m in _WHEN.finditer(s.text) if not _LENGTH.search(s.text[: m.start()])]
    best = _beside(span, s, times)
    return s.text[best[0] : best[1]].strip() if best else ""


#: several times with one unit: "at 1, 2 and 4 weeks"
_TIMES = re.compile(
    rf"\b(?P<at>at|after|on)\s+(?P<times>\d+(?:,\s*\d+)*,?\s+and\s+\d+)\s+(?P<unit>{_UNIT})\b", re.IGNORECASE
)


def _respective(span: Mention, s: Sentence) -> str:
    """The time of a score told with others and their times, as many: "at 1, 2 and 4 weeks they were 6, 4 and 2"."""
    scores = sorted(m.end for m in s.of("pain_score"))
    for told in _TIMES.finditer(s.text):
        times = re.findall(r"\d+", told["times"])
        before = [x for x in scores if x - s.start <= told.start()]
        behind = [x for x in scores if x - s.start > told.end()]
        for run in (before[-len(times) :], behind[: len(times)]):
            if len(run) == len(times) and span.end in run:
                number = times[run.index(span.end)]
                unit = told["unit"].rstrip("sS") if number == "1" else told["unit"]
                return f"{told['at'].lower()} {number} {unit}"
    return ""


def _site(span: Mention, s: Sentence) -> str:
    """The place that hurts, of those the sentence names."""
    sites = {(m.start - s.start, m.end - s.start): m for m in s.of("site") if is_place(s, m)}
    best = _beside(span, s, list(sites))
    return (sites[best].norm or sites[best].text) if best else ""


def _beside(span: Mention, s: Sentence, spots: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Of several places in a sentence the one that goes with a score: what follows at once; else the nearest between the score
    before it and it; else what follows in its own clause; else the nearest before them all."""
    at, stop = span.start - s.start, span.end - s.start
    left = max((m.end - s.start for m in s.of("pain_score") if m.end <= span.start), default=0)
    before = [x for x in spots if x[1] <= at]
    own = [x for x in before if x[0] >= left and not (left and x[0] - left <= 1)]  # "4/10 in an hour and then 1/10"
    clause = re.search(r"[,;]| and | but ", s.text[stop:])
    behind = [x for x in spots if x[0] >= stop and (clause is None or x[0] < stop + clause.start())]
    if behind and min(behind)[0] - stop <= 2:
        return min(behind)
    if own:
        return max(own)
    first = min((m.start - s.start for m in s.of("pain_score")), default=at)
    return min(behind) if behind else max((x for x in before if x[1] <= first), default=None)


def _scales(scores: list[Rating]) -> None:
    """A score told without its scale ("from 9 to 2") is on the scale of its neighbours."""
    for r in scores:
        if r.scale_max is None and r.scale and not any(x.scale == r.scale and x.scale_max for x in scores):
            r.scale_max = _scale_max(r.scale, max(x.value for x in scores if x.scale == r.scale))
    known = [r for r in scores if r.scale_max]
    for r in scores:
        near = min(known, key=lambda k: abs(k.span.start - r.span.start)) if known else None
        if r.scale_max is None and near is not None and near.scale_max is not None and r.value <= near.scale_max:
            r.scale_max = near.scale_max
        if not r.scale and near is not None and near.scale and near.scale_max == r.scale_max:
            r.scale = near.scale


def _scale_max(scale: str, value: float) -> float | None:
    """The end of a scale that was named without it: NRS, NPRS, FACES, FLACC, PAINAD, the items of the BPI and mostly VAS go to 10, a VAS above that is in millimetres."""
    if scale in ("NRS", "NPRS", "VAS", "VRS", "FACES", "FLACC", "BPI", "PAINAD") and value <= 10:
        return 10.0
    return 100.0 if scale == "VAS" and value <= 100 else None


def _merge(scores: list[Rating]) -> list[Rating]:
    kept: list[Rating] = []
    for r in scores:
        twin = next(
            (
                k
                for k in kept
                if (k.value, k.value_max, k.scale_max) == (r.value, r.value_max, r.scale_max)
                and k.phase == r.phase
                and (k.when_text == r.when_text or not (k.when_text and r.when_text))
                and (k.inferred == r.inferred or k.sentence is r.sentence)  # "pain-free (VAS 0)"
            ),
            None,
        )
        if twin is None:
            kept.append(r)
        else:
            twin.site = twin.site or r.site
            twin.scale = twin.scale or r.scale
            twin.when_text = twin.when_text or r.when_text
            if twin.inferred and not r.inferred:  # the number counts
                twin.span, twin.sentence, twin.inferred, twin.confidence = r.span, r.sentence, False, r.confidence
    return kept
