"""Which mentions of a sentence can tell how a drug was given.

In: a sentence. Out: its dose, volume, ratio, form, vehicle, route, site, frequency and duration mentions, without those that
tell something else: the strength of a vehicle ("0.9% saline"), the step of a change ("raised by 25 mg every second day"),
a place nothing was put on ("cellulitis of the heel"), the length of a symptom or a visit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from extract.language.mention import Mention, Sentence
from extract.language.quantities import dose_of, parse_duration
from extract.language.tables import read_table
from extract.records.rule_files import UNFIT_ROUTES, cue, scanned_cue
from extract.records.treatments.coordination import without
from extract.records.treatments.date_ranges import stretches
from extract.records.treatments.durations import DURATIONS, measured, treats
from extract.records.treatments.link import ATTRIBUTES
from extract.records.treatments.site_filter import (
    numbs,
    of_a_procedure,
    of_illness,
    of_unknown,
    of_unknown_drug,
    of_unnamed,
)
from extract.rules import Row

RULES = "links.csv"
#: "per day" that tells how often what stands right before it was given
_A_DAY = re.compile(r"(?P<rate>\bper day|\ba day|/ ?day)\b", re.IGNORECASE)
#: between the two parts of a mixture whose ratio follows, and how far behind them it may stand
_JOINED = re.compile(r"\s*(?:[:/+–-]|and|with)\s*")
_RATIO_NEAR = 20
#: between an amount and what carries the drug: "in 8 g of hydrogel"
_AMOUNT_OF = re.compile(r"\s+of\s+(?:a |an |the )?", re.IGNORECASE)
_TAKING_OF = re.compile(r"\s+(?:intake|ingestion|use|application|administration)\s+of\s+(?:an? |the )?", re.IGNORECASE)
_WASHED = re.compile(r"\b(?:irrigat|chang|clean|debrid|bath)\w*\s+$", re.IGNORECASE)
_APART = re.compile(r"\bapart$", re.IGNORECASE)
_FROM_TO = re.compile(r"(?P<low>\d\S*\s*[a-zA-Zµμ%]\S*) to (?P<high>\d.*)", re.DOTALL)


def attributes(s: Sentence) -> list[Mention]:
    """The mentions of `s` that can be attributes of a drug, in order."""
    told = [
        m for m in s.of(*ATTRIBUTES) if m.label != "duration" or (treats(s, m) if measured(m) else _before_drug(s, m))
    ]
    told = [part for m in told if not _of_course_before(s, m) for part in _both_ends(s, m)]
    told = sorted([*told, *_ended(s), *_until_drug(s), *_dated(s), *_a_day(s), *_bases_told(s)], key=lambda m: m.start)
    steps = [m for m in told if m.label == "dose" and _is_step(s, m)]
    local = scanned_cue("local", RULES).search(s.text)
    return [
        m
        for m in told
        if m not in steps
        and not (m.label == "route" and (_of_body(s, m) or of_unnamed(s, m) or of_unknown(s, m)))
        and not of_a_procedure(s, m)
        and not of_unknown_drug(s, m)
        and not (m.label == "site" and (not (local and is_place(s, m)) or of_illness(s, m)))
        and not (m.label == "frequency" and _is_rhythm_of_change(s, m, steps))
        and not (m.label == "dose" and (_of_vehicle(s, m) or _of_blood(s, m) or _no_amount(s, m)))
    ]


def _of_course_before(s: Sentence, duration: Mention) -> bool:
    """ "After seven weeks of treatment he was prescribed X": so long X was not given."""
    drugs = s.of("drug")
    if duration.label != "duration" or not drugs or drugs[0].start < duration.end:
        return False
    behind = cue("unnamed_course", DURATIONS).match(s.after(duration))
    before = cue("unnamed_course_before", DURATIONS).search(s.before(duration))
    if behind is None and before is None:
        return False
    start = duration.end + (behind.end() if behind else 0)
    return start <= drugs[0].start and bool(
        cue("own_clause", RULES).match(s.text[start - s.start : drugs[0].start - s.start])
    )


def _both_ends(s: Sentence, m: Mention) -> list[Mention]:
    """ "Was titrated from 100 mg to 175 mg" tells two doses, one after the other, and no range."""
    ends = _FROM_TO.fullmatch(m.text) if m.label == "dose" else None
    if ends is None or not cue("changed_from", RULES).search(s.before(m)):
        return [m]
    made = [s.mention(m.start + ends.start(k), m.start + ends.end(k), "dose", exact=True) for k in ("low", "high")]
    parts = [x for x in made if x is not None and dose_of(x) is not None]
    return parts if len(parts) == 2 else [m]


def _before_drug(s: Sentence, duration: Mention) -> bool:
    """ "Prolonged vancomycin therapy", "long-term oral prednisone": words of length beside their drug."""
    first = next((d for d in s.of("drug") if d.start >= duration.end), None)
    return first is not None and bool(re.fullmatch(r"[\s-]*(?:\w+[\s-]+){0,2}", s.between(duration, first)))


def _is_step(s: Sentence, dose: Mention) -> bool:
    return bool(cue("step", RULES).search(s.before(dose)))


def _is_rhythm_of_change(s: Sentence, frequency: Mention, steps: Sequence[Mention]) -> bool:
    """ "by 25 mg every second day", "doubled every three days", "a weekly taper"."""
    if cue("of_else", RULES).match(s.after(frequency)):
        return True
    before = s.before(frequency)
    if _WASHED.search(before) and re.match(r"\s+(?:with|using)\b", s.after(frequency)):
        return False  # "irrigated daily with X"
    if _APART.search(frequency.text) and not cue("dosed_apart", RULES).search(before):
        return True  # "two biopsies three weeks apart"
    return any(0 <= frequency.start - d.end <= 3 for d in steps) or any(
        cue(kind, RULES).search(before) for kind in ("step_every", "seen_every")
    )


def _ended(s: Sentence) -> list[Mention]:
    """Lengths that only the end of a treatment tells and that are no mentions yet: "was abandoned after a month"."""
    found = []
    for m in cue("ended", DURATIONS).finditer(s.text):
        assert m.lastindex is not None  # the group of the row that matched: its {length}
        start, end = s.start + m.start(m.lastindex), s.start + m.end(m.lastindex)
        span = s.mention(start, end, "duration")
        taken = any(d.start < end and start < d.end for d in s.of("duration"))
        if span is not None and not taken and parse_duration(span.text) is not None:
            found.append(span)
    return found


def _until_drug(s: Sentence) -> list[Mention]:
    """Lengths that only the drug behind them makes one: "was cured after 18 months with clofazimine"."""
    found = []
    for drug in s.of("drug"):
        m = cue("until_drug", DURATIONS).search(s.before(drug))
        if m is None or m.lastindex is None:
            continue
        span = s.mention(s.start + m.start(m.lastindex), s.start + m.end(m.lastindex), "duration")
        if span is not None and not any(d.overlaps(span.start, span.end) for d in s.of("duration", "frequency")):
            found.append(span)
    return found


def _dated(s: Sentence) -> list[Mention]:
    """Courses told by their first and last day, in sentences that speak of treating."""
    if not (s.of("drug", "dose") and cue("treatment", DURATIONS).search(s.text)):
        return []
    found = []
    for x in stretches(s.text):
        span = s.mention(s.start + x.start, s.start + x.end, "duration")
        taken = span is None or any(d.start < span.end and span.start < d.end for d in s.of("duration", "frequency"))
        if span is not None and not taken:
            found.append(span)
    return found


def _a_day(s: Sentence) -> list[Mention]:
    """ "12 mg of prednisolone per day", "24 million units intravenously per day": the drug or the way stands between a dose and "per day"."""
    found = []
    for dose in s.of("dose"):
        behind = _A_DAY.search(s.after(dose))
        if behind is None:
            continue
        start = dose.end + behind.start("rate")
        inside = [m for m in s.of("drug", "route", "form") if dose.end <= m.start and m.end <= start]
        span = s.mention(start, dose.end + behind.end("rate"), "frequency")
        told = span is None or any(m.overlaps(span.start, span.end) for m in s.of("frequency", "dose"))
        if (
            inside
            and span is not None
            and not told
            and not without(s.tokens.all_text, dose.end, start, inside).strip(" of")
        ):
            found.append(span)
    return found


def _of_blood(s: Sentence, dose: Mention) -> bool:
    return bool(cue("blood", RULES).match(s.after(dose)))


def _no_amount(s: Sentence, dose: Mention) -> bool:
    """ "A lower dosage" compares, "44% underwent a spinal anaesthetic" counts people: neither tells how much was given."""
    behind, parsed = s.after(dose), dose_of(dose)
    if parsed is None and cue("compared", RULES).search(s.before(dose)):
        return True
    if parsed is not None and not parsed.value and parsed.value_max is None:
        return True  # "tapered from 30 mg to 0 mg"
    return bool(cue("no_dose", RULES).fullmatch(dose.text)) or (
        dose.text.endswith("%")
        and bool(cue("share", RULES).match(behind))
        and not any(0 <= dose.start - d.end <= 1 for d in s.of("drug"))
    )


def _of_vehicle(s: Sentence, dose: Mention) -> bool:
    """ "0.9% saline": the strength belongs to what carries the drug."""
    parsed = dose_of(dose)
    if parsed is None:
        return False
    if parsed.unit != "%":
        return any(_AMOUNT_OF.fullmatch(s.between(dose, v)) for v in s.of("vehicle") if v.start > dose.end) and any(
            d.end <= dose.start for d in s.of("dose")
        )
    gap = s.after(dose)
    follower = next((m for m in s.of("drug", "vehicle") if m.start >= dose.end), None)
    inside = any(v.start <= dose.start and dose.end <= v.end for v in s.of("vehicle"))
    return inside or (
        follower is not None
        and follower.label == "vehicle"
        and not gap[: follower.start - dose.end].strip()
    )  # fmt: skip


def _of_body(s: Sentence, route: Mention) -> bool:
    """ "The nasal skin", "oral mucosa": the word says where the body is meant, not which way a drug went."""
    if any(0 <= d.start - route.end <= 1 for d in s.of("drug")):
        return False  # "intravenous fluids"
    taking = _TAKING_OF.match(s.after(route))
    if taking and any(m.start == route.end + taking.end() for m in s.of("drug", "dose")):
        return False  # "oral intake of 500 mg amoxicillin"
    return bool(cue("body", RULES).match(s.after(route))) or any(
        0 <= site.start - route.end <= 1 for site in s.of("site")
    )


def is_place(s: Sentence, site: Mention) -> bool:
    """Whether a site mention is a place: not "came back", "at hand", "the Faces scale"."""
    before, after = s.before(site), s.after(site)
    if site.text.lower() == "back":
        return bool(re.search(r"\b(?:the|her|his|their|my|low|lower|upper|mid|of)\s+$", before, re.IGNORECASE))
    if cue("pictured", RULES).match(after):
        return False  # "chest radiography"
    return not (
        re.search(r"\b(?:at|by|on the other|on the one)\s+$", before, re.IGNORECASE) and site.text.lower() in ("hand", "mouth")
    ) and not re.match(r"\s+(?:pain )?(?:rating )?scale\b", after, re.IGNORECASE)  # fmt: skip


def fits(drug: Mention, attribute: Mention) -> bool:
    """Whether a drug can have the attribute at all; a route some drugs never have."""
    if attribute.label != "route":
        return True
    name = (drug.norm or drug.text).lower()
    return numbs(drug, attribute) and not any(
        attribute.norm in routes and never.fullmatch(name) for routes, never in _unfit()
    )


@cache
def _unfit() -> tuple[tuple[frozenset[str], re.Pattern[str]], ...]:
    by_routes: dict[frozenset[str], list[Row]] = {}
    for row in UNFIT_ROUTES:
        by_routes.setdefault(frozenset(row["routes"]), []).append(row)
    return tuple((routes, UNFIT_ROUTES.any_of(rows)) for routes, rows in by_routes.items())


def carriers(s: Sentence) -> list[Mention]:
    """Drug mentions that only carry another drug of the sentence: "tablets were levigated with light mineral oil"."""
    drugs = s.of("drug")
    mixed = len(drugs) > 1 and bool(cue("mixing", RULES).search(s.text))
    return [
        d
        for left, d in pairwise(drugs)
        if _is_base(d.text) and ((mixed and cue("carried", RULES).search(s.before(d))) or _told_in_parts(s, left, d))
    ]


def _told_in_parts(s: Sentence, drug: Mention, base: Mention) -> bool:
    """ "n-BCA:Lipiodol 1:3", "glue/Lipiodol (ratio 1:2)": a sign joins the two, and a ratio stands behind them."""
    near = any(0 <= r.start - base.end <= _RATIO_NEAR for r in s.of("ratio"))
    return near and bool(_JOINED.fullmatch(s.between(drug, base)))


def _bases_told(s: Sentence) -> list[Mention]:
    """What carries the drugs of a sentence, as vehicles, where it names no other: "oxaliplatin was emulsified with lipiodol"."""
    return [] if s.of("vehicle") else [replace(d, label="vehicle") for d in carriers(s)]


@cache
def _bases() -> frozenset[str]:
    return frozenset(row["name"].lower() for row in read_table("vocabulary/vehicles.csv"))


def _is_base(name: str) -> bool:
    """Whether a name is, or ends in, that of a vehicle."""
    words = name.lower().split()
    return any(" ".join(words[k:]) in _bases() for k in range(len(words)))
