"""Values that move together: what follows from a text, a drug or a diagnosis that a curator changed.

Stands between what a person typed (page, workbook, CSV) and the log. In: the columns that were typed. Out: the columns that
follow from them, for the person to see before anything is written: `dose_text` decides `dose_value`, `dose_value_max` and
`dose_unit`; `frequency_text` decides `per_day`; a drug or a diagnosis takes its own code. Nothing is written here, and a column
that the person typed too is never touched.

The parsers are the pipeline's own (`extract.language.quantities`, `drugs`, `icd`); no language pipeline is loaded or run.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]

#: per table, the columns that follow from another one
FOLLOWS: dict[str, dict[str, tuple[str, ...]]] = {
    "cases": {"age_text": ("age_years",)},
    "diagnoses": {"diagnosis": ("code_system", "code", "code_score"), "onset_text": ("onset_years",)},
    "treatments": {
        "drug": ("code_system", "code"),
        "dose_text": ("dose_value", "dose_value_max", "dose_unit"),
        "volume_text": ("volume_ml",),
        "frequency_text": ("per_day",),
        "duration_text": ("days",),
    },
    "pain_scores": {"text": ("value", "value_max", "scale_max", "scale")},
    "therapies": {"therapy": ("kind",), "dose_text": ("dose_gy", "fractions")},
    "adverse_events": {"event": ("code_system", "code")},
}

#: columns that name a thing which has a code
CODED = ("drug", "diagnosis", "event")

#: columns that cannot be empty or mean something without their text: left as they are where the text tells none
_KEPT = ("value", "scale_max", "scale", "kind", "fractions")

#: the index of diagnoses is loaded by one thread
_LOADING = threading.Lock()

#: most other names or codes offered
_OFFERED = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one column that was typed.

    Attributes:
        column: what was typed.
        text: its value.
        values: the columns that follow; None or "" where the text tells none.
        understood: False when the text is not empty and nothing could be read from it.
    """

    column: str
    text: str
    values: dict[str, Any] = field(default_factory=dict)
    understood: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """A name or code offered in place of what was typed or found; `values` are the columns it sets."""

    label: str
    values: dict[str, Any]


def readings(table: str, typed: Row, row: Row) -> list[Reading]:
    """What follows from the columns that were typed.

    Args:
        typed: new values by column; columns that are among them are the person's and do not follow.
        row: the row as it would be with them.
    """
    results = []
    for column, followers in FOLLOWS.get(table, {}).items():
        if column not in typed:
            continue
        reading = _reading(table, column, str(typed[column] or ""), followers, row)
        kept = {n: v for n, v in reading.values.items() if n not in typed}
        results.append(Reading(column, reading.text, kept, reading.understood))
    return results


def following(table: str, typed: Row, row: Row) -> dict[str, Any]:
    """The columns that follow from what was typed, with their new values; those that stay as they are left out."""
    changed: dict[str, Any] = {}
    for reading in readings(table, typed, dict(row) | dict(typed)):
        changed |= {n: v for n, v in reading.values.items() if row.get(n) != v}
    return changed


def _reading(table: str, column: str, text: str, followers: tuple[str, ...], row: Row) -> Reading:
    if column in CODED:
        return Reading(column, text, code_of(column, text) if text else _none(followers))
    values = columns_of(column, text) if table != "therapies" else _of_therapy(column, text)
    if column == "therapy":  # a name that no vocabulary knows is a name all the same
        return Reading(column, text, values)
    if text and not values:
        return Reading(column, text, _none(n for n in followers if n not in _KEPT), understood=False)
    if not text:
        return Reading(column, text, _none(n for n in followers if n not in _KEPT))
    if column == "dose_text" and row.get("frequency_text"):
        values.pop("per_day", None)  # that is told by its own text
    if column == "frequency_text" and "per_day" not in values:
        values["per_day"] = None
    return Reading(column, text, {n: v for n, v in values.items() if v not in (None, "") or n not in _KEPT})


def _of_therapy(column: str, text: str) -> dict[str, Any]:
    from pipelines.curation.derived_therapies import kind_of, radiation_of

    if column == "dose_text":
        return radiation_of(text)
    return {"kind": kind} if (kind := kind_of(text)) else {}


def _none(names: Iterator[str] | tuple[str, ...]) -> dict[str, Any]:
    return {n: "" if n in ("dose_unit", "code_system", "code", "scale") else None for n in names}


def columns_of(column: str, text: str) -> dict[str, Any]:
    """The number columns that a text decides; empty where its wording tells none.

    Args:
        column: `dose_text`, `volume_text`, `frequency_text`, `duration_text`, `age_text`, `onset_text`, or `text` for a pain score.
    """
    from extract.language import quantities as q

    match column:
        case "dose_text" if dose := q.parse_dose(text):
            columns = {"dose_value": dose.value, "dose_value_max": dose.value_max, "dose_unit": dose.unit}
            return columns | ({"per_day": dose.per_day} if dose.per_day is not None else {})
        case "volume_text" if volume := q.parse_volume(text):
            return {"volume_ml": volume.ml}
        case "frequency_text" if (often := q.parse_frequency(text)) and often.per_day is not None:
            return {"per_day": often.per_day}
        case "duration_text" if (long := q.parse_duration(text)) and long.days is not None:
            return {"days": long.days}
        case "onset_text" if (age := q.parse_age(text)) and re.search(r"\bage|\bold\b", text, re.IGNORECASE):
            return {"onset_years": age.years}  # "three years earlier" needs the age of the patient
        case "age_text" if age := q.parse_age(text):
            return {"age_years": age.years}
        case "text" if pain := q.parse_pain(text):
            return {"value": pain.value, "value_max": pain.value_max, "scale_max": pain.scale_max, "scale": pain.scale}
    return {}


def code_of(column: str, name: str) -> dict[str, Any]:
    """The code of a drug, a diagnosis or a harm (`event`), by columns; empty values where it has none."""
    if column == "drug":
        from extract.language.terms import drugs

        drug = drugs.normalise(name)
        return {"code_system": drug.system, "code": drug.code}
    from extract.language.codes import icd
    from extract.language.codes.component import ICD_SYSTEM

    with _LOADING:
        (match,) = icd.link([name])
    code = {"code_system": ICD_SYSTEM if match else "", "code": match.code if match else ""}
    return code | ({"code_score": match.score if match else None} if column == "diagnosis" else {})


def alternatives(column: str, name: str) -> list[Choice]:
    """Other names with their codes for a drug, a diagnosis or a harm that was typed, the nearest first; for other columns none."""
    if not name.strip() or column not in CODED:
        return []
    return list(_drugs(name) if column == "drug" else _diagnoses(column, name))[:_OFFERED]


def _drugs(name: str) -> Iterator[Choice]:
    import difflib

    from extract.language.terms import drug_dictionary, drugs

    book = drug_dictionary.load()
    plain = drugs.clean(name)
    drug = drugs.normalise(name)
    seen = {name.strip().casefold()}
    near = [book.wordings[w] for w in _beginning(plain, book.wordings)]
    near += [book.wordings[w] for w in difflib.get_close_matches(plain, _same_letter(plain), n=_OFFERED, cutoff=0.75)]
    for wording in ([drug.name] if drug.score > 0 else []) + near:
        substance = book.substances.get(wording)
        if wording.casefold() in seen or substance is None or not substance.code:
            continue
        seen.add(wording.casefold())
        values = {"drug": substance.name, "code_system": substance.system, "code": substance.code}
        yield Choice(f"{substance.name} ({substance.system} {substance.code})", values)


def _beginning(plain: str, wordings: Mapping[str, str]) -> list[str]:
    """Known names of which what was typed is the beginning, the shortest first."""
    if len(plain) < 4:
        return []
    return sorted((w for w in wordings if w.startswith(plain) and w != plain), key=lambda w: (len(w), w))[:_OFFERED]


def _same_letter(plain: str) -> list[str]:
    from extract.language.terms import drug_dictionary

    book = drug_dictionary.load()
    return [w for w in book.wordings if w[:1] == plain[:1] and abs(len(w) - len(plain)) <= 2]


def _diagnoses(column: str, name: str) -> Iterator[Choice]:
    from extract.language.codes import icd
    from extract.language.codes.component import ICD_SYSTEM

    with _LOADING:
        matches = icd.candidates(name, _OFFERED)
    for match in matches:
        values: dict[str, Any] = {"code_system": ICD_SYSTEM, "code": match.code}
        values |= {"code_score": match.score} if column == "diagnosis" else {}
        yield Choice(f"{match.code} {match.title}", values)
