"""Treatment rows of a drug course: which regimens become rows, with which status, filled into the columns.

In: one person's `DrugCourse`s. Out: `schema.Treatment` rows, and which mentions each row was made from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extract.language.mention import Mention, Sentence
from extract.language.quantities import dose_of, parse_frequency, parse_ratio, parse_volume
from extract.language.sections import CASE
from extract.records.rule_files import FORMS
from extract.records.treatments.durations import length
from extract.records.treatments.regimen import DrugCourse, Regimen

#: the drug was really taken
REAL = ("given", "stopped", "failed", "exposure", "")
#: and then given up
ENDED = ("stopped", "failed")
#: of a drug dosed in more steps than this, the last alone tells how it ended: the others ended in the next
STEPS = 4
#: places where eye drops are put
_OF_THE_EYE = re.compile(r"eye|ocul|orbit|cornea|conjunctiv|lid|lacrim|fornix", re.IGNORECASE)
#: parts that make a regimen worth a row of its own; a route or a site alone does not
INFORMATIVE = frozenset({"dose", "ratio", "vehicle", "frequency", "duration", "volume"})
#: routes that reach the whole body: a place told beside them is not where the drug was put
SYSTEMIC = frozenset({"oral", "intravenous", "sublingual", "nasogastric", "enteral"})
#: it was not, or not yet
NOT_TAKEN = ("declined", "avoided", "planned")
#: what a form tells besides itself: its route, and whether it is the base that carries the drug
_FORMS: dict[str, Mapping[str, Any]] = {row["form"]: row for row in FORMS}


@dataclass(slots=True)
class TreatmentRow:
    """A row to be: its regimen (None when no dosing is told), its status, and the mention it quotes."""

    span: Mention
    regimen: Regimen
    status: str
    used: list[Mention] = field(default_factory=list)


_Status = tuple[str, Mention, Sentence]


def lines(course: DrugCourse) -> list[TreatmentRow]:
    """The rows of one drug: one a regimen, at least one a drug, one more where it was also declined, avoided or planned."""
    statuses = [(status, m, s) for status, (m, s) in zip(course.statuses, course.mentions, strict=True)]
    made = _taken(course, [x for x in statuses if x[0] in REAL])
    routes = {x.regimen.parts["route"].norm for x in made if "route" in x.regimen.parts}
    for status in NOT_TAKEN:
        made += _not_taken(course, [x for x in statuses if x[0] == status], status, made, routes)
    for row in made:
        if row.status == "declined" and "route" not in row.regimen.parts:
            _borrow_route(row.regimen, course)
    return made


def _taken(course: DrugCourse, real: Sequence[_Status]) -> list[TreatmentRow]:
    """The rows of a drug as taken: one a regimen, or one for the drug; how it ended stands in the last."""
    regimens = [r for r in course.regimens if (r.status or "given") in REAL]
    made = [TreatmentRow(_quoted(r, course), r, r.status or "given") for r in regimens]
    if real and not made:
        made.append(_without_dosing(real[0]))
    if not made:
        return made
    end = _end(real)
    if len(made) > STEPS:
        if end and all(x.status != end for x in made):
            made[-1].status = end
        return _drop_bare(made)
    for row in made:
        row.status = end or ("given" if row.status in ENDED else row.status)
    return _drop_bare(made)


def _end(real: Sequence[_Status]) -> str:
    """How a drug that was taken ended: the report proper's last word on it before any other; "" where it went on, or was taken up again."""
    # a plain text has its title as `body`, too: under the heading of the case it is no report proper
    proper = [x for x in real if x[2].section == "case"] or [x for x in real if x[2].section in CASE]
    ended = [k for k, (status, _, _) in enumerate(proper) if status in ENDED]
    if ended:
        last = proper[ended[-1]][2]
        after = [x for x in proper if x[2].index > last.index and x[2].section == last.section]
        if any(status == "given" and m.why for status, m, _ in after):
            return ""
    told = {status for status, _, _ in (proper if ended else real)}
    for status in ("failed", "stopped"):
        if status in told:
            return status
    return "exposure" if told == {"exposure"} else ""


def _not_taken(
    course: DrugCourse, bare: Sequence[_Status], status: str, made: Sequence[TreatmentRow], routes: set[str]
) -> list[TreatmentRow]:
    """The rows of a drug as declined, avoided or planned; of a drug that was taken too only what differs from that."""
    regimens = [r for r in course.regimens if r.status == status]
    if made:
        differing = [r for r in regimens if r.parts and _another_route(r, routes)]
        if status != "declined" and (not differing or any(x.status in NOT_TAKEN for x in made)):
            return []
        regimens = differing[:1]
    if regimens:
        return [TreatmentRow(_quoted(r, course), r, status) for r in regimens]
    return [_without_dosing(bare[0])] if bare else []


def _another_route(r: Regimen, routes: set[str]) -> bool:
    return r.parts.get("route") is None or r.parts["route"].norm not in routes


def _without_dosing(told: _Status) -> TreatmentRow:
    status, mention, sentence = told
    return TreatmentRow(mention, Regimen(mention, sentence, status, confidence=mention.confidence), status)


def _borrow_route(r: Regimen, course: DrugCourse) -> None:
    """ "Injections were offered and declined ... never required intralesional injections": the form of both tells the route."""
    form = r.values().get("form")
    for other in course.regimens:
        if (
            other.status in NOT_TAKEN
            and form is not None
            and other.values().get("form") == form
            and "route" in other.parts
        ):
            r.parts["route"] = other.parts["route"]
            return


def _quoted(r: Regimen, course: DrugCourse) -> Mention:
    return (
        r.drug if any(r.drug is m for m, _ in course.mentions) else course.mentions[0][0] if course.mentions else r.drug
    )


def _drop_bare(made: list[TreatmentRow]) -> list[TreatmentRow]:
    """A row that tells only a route or a site another row of the drug has too says nothing new."""
    weighty = [x for x in made if x.regimen.parts.keys() & INFORMATIVE]
    if not weighty:
        return made
    kept = []
    for x in made:
        if x in weighty or x.status not in {w.status for w in weighty}:
            kept.append(x)
            continue
        values = x.regimen.values()
        if any(
            values.get(label) and label in w.regimen.values() and values[label] != w.regimen.values()[label]
            for label in ("route", "form")
            for w in weighty
        ):
            kept.append(x)
            continue
        for w in weighty:  # a route told apart from the dose: the dose's route
            if w.status == x.status:
                _lend(x.regimen, w.regimen)
    return kept


def _lend(bare: Regimen, dosed: Regimen) -> None:
    """Route and place told apart from the dose become the dose's; a form too, where it alone tells the route."""
    for label in ("route", "site"):
        if label in bare.parts:
            dosed.parts.setdefault(label, bare.parts[label])
    form = bare.parts.get("form")
    if form is not None and "route" not in dosed.parts and _FORMS.get(form.norm, {}).get("route"):
        dosed.parts.setdefault("form", form)


def values(regimen: Regimen) -> dict[str, Any]:
    """The regimen as columns of `schema.Treatment`."""
    parts = regimen.parts
    text = {label: " ".join(span.text.split()) for label, span in parts.items()}
    out: dict[str, Any] = {}
    if "dose" in parts:
        out["dose_text"] = text["dose"]
        dose = dose_of(parts["dose"])
        if dose is not None:
            out |= {"dose_value": dose.value, "dose_value_max": dose.value_max, "dose_unit": dose.unit}
            if dose.per_day is not None:  # "2 x 500 mg/day", "500 mg/8 h"
                out["per_day"] = dose.per_day
    if "volume" in parts:
        volume = parse_volume(text["volume"])
        out |= {"volume_text": text["volume"], "volume_ml": volume.ml if volume else None}
    if "ratio" in parts:
        out["ratio"] = _ratio(text["ratio"])
    if "vehicle" in parts:
        out["vehicle"] = text["vehicle"]
    if "form" in parts:
        out["form"] = parts["form"].norm or text["form"].lower()
    if "route" in parts:
        out |= {"route": parts["route"].norm, "route_text": text["route"]}  # "injected" names no route of itself
    if not out.get("route") and out.get("form") in _FORMS:
        out["route"] = _FORMS[out["form"]]["route"]
    if "vehicle" not in out and _FORMS.get(out.get("form", ""), {}).get("vehicle"):
        out["vehicle"] = out["form"]
    if "site" in parts and out.get("route") not in SYSTEMIC:
        out["site"] = parts["site"].norm or text["site"]
        if out.get("route") == "ophthalmic" and not _OF_THE_EYE.search(out["site"]):
            out["route"] = "topical"  # eye drops put on a wound
    if "frequency" in parts:
        frequency = parse_frequency(text["frequency"])
        per_day = frequency.per_day if frequency else None
        out |= {"frequency_text": text["frequency"], "per_day": per_day if per_day is not None else out.get("per_day")}
    if "duration" in parts:
        out |= {"duration_text": text["duration"], "days": length(parts["duration"])}
    return out


def _ratio(text: str) -> str:
    """ "1 : 2" and "1-to-2" as "1:2"; a dilution keeps its thousands commas ("1:80,000")."""
    plain = text.replace(" ", "")
    return plain if re.fullmatch(r"\d[\d,.]*(?::\d[\d,.]*)+", plain) else str(parse_ratio(text) or text)


def dose_print(row: Any) -> str:
    """A dose as a person writes it: "20 mg", "0.5-1 mg/kg"; the words of the report when it has no number."""
    if row.dose_value is None:
        return str(row.dose_text)
    top = f"-{row.dose_value_max:g}" if row.dose_value_max is not None else ""
    return re.sub(r" (?=%)", "", f"{row.dose_value:g}{top} {row.dose_unit}".strip())
