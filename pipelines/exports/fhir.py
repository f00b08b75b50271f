"""FHIR R4B (http://hl7.org/fhir/R4B): one bundle for each patient, its shape checked by `fhir.resources` and its codes by `fhir_codes`.

In: the store. Out: `fhir/CASE.json`, a bundle of type collection for each index case of one person, with

- a Patient with the sex, an Observation of the age;
- a Condition for each diagnosis but those of the family, one for each code and assertion: present ones active, past ones inactive, possible
  ones provisional or differential, absent ones refuted;
- a MedicationStatement for each drug but mere exposure: given ones completed where a duration is told (else unknown, for nobody says
  whether they went on), stopped and failed ones stopped, planned ones intended, declined and avoided ones not taken;
- a Procedure for each therapy: done and past ones completed, stopped and failed ones stopped, declined and avoided ones not done; planned
  ones preparation;
- an AdverseEvent for each harm of a drug, with its statement as the suspect;
- an Observation for each rating of pain.

A dose may be a range here, a duration has a place (`boundsDuration`); what has none stands as text in `note` with page and sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from extract.errors import Code, PipelineError, to_install
from extract.language.quantities import iso_duration
from pipelines.exports import patients as p
from pipelines.exports.fhir_codes import check
from pipelines.exports.patients import Patient, Row, Term
from pipelines.store import Store

Element = dict[str, Any]

_UCUM = "http://unitsofmeasure.org"
_HL7 = "http://terminology.hl7.org/CodeSystem"

#: addresses of the code systems by the prefix of a Term; names of casesift's own have none
_SYSTEMS = {
    "DrugBank": "http://identifiers.org/drugbank", "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm", "LOINC": "http://loinc.org",
    "MESH": "http://identifiers.org/mesh", "NCIT": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "UMLS": "http://www.nlm.nih.gov/research/umls",
}  # fmt: skip

#: assertion of a diagnosis -> clinical and verification status
_CONDITIONS = {
    "present": ("active", "confirmed"), "historical": ("inactive", "confirmed"), "possible": ("", "provisional"),
    "absent": ("", "refuted"),
}  # fmt: skip

#: status of a treatment -> that of the statement, and why
_STATEMENTS = {
    "given": ("unknown", ""), "stopped": ("stopped", ""), "failed": ("stopped", "it did not work"), "planned": ("intended", ""),
    "declined": ("not-taken", "declined"), "avoided": ("not-taken", "avoided"),
}  # fmt: skip

#: status of a therapy -> that of the procedure, and why
_PROCEDURES = {
    "given": ("completed", ""), "past": ("completed", ""), "stopped": ("stopped", ""), "failed": ("stopped", "it did not work"),
    "planned": ("preparation", ""), "declined": ("not-done", "declined"), "avoided": ("not-done", "avoided"),
}  # fmt: skip

#: ISO 8601 letters of a duration with one part, and their unit
_DURATION = re.compile(r"P(?:(\d+(?:\.\d+)?)([YMWD])|T(\d+(?:\.\d+)?)([HMS]))")
_UNITS = {"Y": "a", "M": "mo", "W": "wk", "D": "d", "TH": "h", "TM": "min", "TS": "s"}

_AS_NEEDED = re.compile(r"\bneed|\brequired\b|\bp\.?r\.?n\b", re.IGNORECASE)


def export(
    store: Store, dest: Path, *, confidence: float = 0.0, told: Callable[[str], object] = lambda _: None
) -> list[Path]:
    """Write `fhir/CASE.json` for each patient into `dest`; those of patients that are no more are taken away.

    Args:
        confidence: leave out rows that are less sure, unless a curator looked at them.
        told: is told how many rows were left out.

    Raises:
        PipelineError: `usage`, when the library is not installed.
    """
    try:
        import fhir.resources  # noqa: F401
    except ModuleNotFoundError as error:
        raise PipelineError(
            Code.USAGE,
            "FHIR is checked by the package fhir.resources, which is not installed",
            mend=to_install("casesift[fhir]"),
        ) from error
    made = datetime.now(UTC).replace(microsecond=0)
    return p.write_each(
        store, dest / "fhir", lambda patient: written(bundle(patient, made)), confidence=confidence, told=told
    )


def written(resource: Element) -> str:
    """A bundle as JSON, checked.

    Raises:
        ValueError: its shape is not that of R4B (pydantic's ValidationError), or a code is not of its value set.
    """
    from fhir.resources.R4B.bundle import Bundle

    check(resource)
    text = json.dumps(resource, ensure_ascii=False, indent=1) + "\n"
    Bundle.model_validate_json(text)
    return text


def bundle(patient: Patient, made: datetime) -> Element:
    """The bundle of a patient; `made`: when."""
    person = _urn(patient.case["case_id"])
    source = {"meta": {"source": f"https://doi.org/{patient.document['doi']}"}} if patient.document["doi"] else {}
    entries = [
        {"fullUrl": _urn(r["id"]), "resource": {**r, **source}} for r in _resources(patient, {"reference": person})
    ]
    return {
        "resourceType": "Bundle", "id": patient.case["case_id"], "type": "collection", "timestamp": made.isoformat(),
        "entry": entries,
    }  # fmt: skip


def _urn(row_id: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'casesift:{row_id}')}"


def _resources(patient: Patient, subject: Element) -> Iterator[Element]:
    case = patient.case
    gender = {"F": "female", "M": "male"}.get(case["sex"])
    yield {"resourceType": "Patient", "id": case["case_id"], **({"gender": gender} if gender else {})}
    if case["age_years"] is not None:
        yield _age(case, subject)
    conditions = _by_condition(patient.diagnoses)
    yield from (_condition(rows, subject) for rows in conditions)
    names = {row["diagnosis_id"]: rows[0]["diagnosis_id"] for rows in conditions for row in rows}
    yield from (_statement(row, subject, names) for row in patient.treatments if row["status"] in _STATEMENTS)
    yield from (_procedure(row, subject) for row in patient.therapies)
    yield from (_harm(row, subject) for row in patient.adverse_events)
    yield from (_rating(row, subject) for row in patient.pain_scores)


def _concept(term: Term, text: str = "") -> Element:
    """A CodeableConcept: the code where there is one, and the name (`text`, if told) in any case; `display` only where that is the system's own."""
    system = _SYSTEMS.get(term.system)
    display = {"display": term.label} if term.system in ("LOINC", "NCIT", "ICD10CM") else {}
    coding = {"coding": [{"system": system, "code": term.code, **display}]} if system else {}
    return {**coding, "text": text or term.label}


def _status(system: str, code: str) -> Element:
    return {"coding": [{"system": f"{_HL7}/{system}", "code": code}]}


def _quantity(value: float, unit: str, shown: str = "") -> Element:
    return {"value": int(value) if value == int(value) else value, "unit": shown or unit, "system": _UCUM, "code": unit}


def _note(row: Row, **beside: Any) -> Element:
    return {"note": [_said(row, **beside)]}


def _said(row: Row, **beside: Any) -> Element:
    """Where a fact stands, and what has no element of its own."""
    parts = [row["text"], *(f"{name} {value}" for name, value in beside.items() if value)]
    parts += [f"page {row['page']}"] if row["page"] else []
    parts += [f"confidence {row['confidence']:g}", *([f'"{row["evidence"]}"'] if row["evidence"] else [])]
    return {"text": "; ".join(parts)}


def _age(case: Row, subject: Element) -> Element:
    return {
        "resourceType": "Observation", "id": f"{case['case_id']}-age", "status": "final", "subject": subject,
        "code": _concept(Term("LOINC", "30525-0", "Age")), "valueQuantity": _age_quantity(case["age_years"]),
    }  # fmt: skip


def _age_quantity(years: float) -> Element:
    """An age in the unit it is told in: 58 a, 7 mo, 2 d."""
    match = _DURATION.fullmatch(p.iso_age(years))
    return _quantity(*((float(match[1]), _UNITS[match[2]]) if match else (years, "a")))


def _by_condition(rows: Sequence[Row]) -> list[list[Row]]:
    """The diagnoses that are one Condition each: one code, and the same said of it."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["assertion"] in _CONDITIONS:
            groups.setdefault((p.named(row, "diagnosis").curie, row["assertion"]), []).append(row)
    return list(groups.values())


def _condition(rows: Sequence[Row], subject: Element) -> Element:
    row = rows[0]
    clinical, verification = _CONDITIONS[row["assertion"]]
    if row["assertion"] == "possible" and row["role"] == "differential":
        verification = "differential"
    return {
        "resourceType": "Condition", "id": row["diagnosis_id"], "subject": subject,
        "code": _concept(p.named(row, "diagnosis"), row["diagnosis"]),
        **({"clinicalStatus": _status("condition-clinical", clinical)} if clinical else {}),
        "verificationStatus": _status("condition-ver-status", verification), **_onset(rows), "note": [_said(r, role=r["role"]) for r in rows],
    }  # fmt: skip


def _onset(rows: Sequence[Row]) -> Element:
    """The time a condition began: an age, a year, or the report's words. An age of 0 is none in FHIR."""
    if (row := p.first_onset(rows)) is None:
        return {}
    if row["onset_years"]:
        return {"onsetAge": _age_quantity(row["onset_years"])}
    if (year := p.onset_year(row)) is not None:
        return {"onsetDateTime": str(year)}
    return {"onsetString": row["onset_text"]}


def _statement(row: Row, subject: Element, conditions: Mapping[str, str]) -> Element:
    """A drug; `conditions`: of each diagnosis the identifier of its Condition."""
    status, why = _STATEMENTS[row["status"]]
    if row["status"] == "given" and row["days"] is not None:
        status = "completed"
    why = row["reason_stopped_text"] or why
    beside = {name: row[name] for name in ("vehicle", "ratio", "form", "started", "cycles")}
    begun, dates = p.begun_on(row), p.dates(row)
    period = (
        {"start": begun.date().isoformat(), **({"end": dates[1].date().isoformat()} if dates else {})} if begun else {}
    )
    return {
        "resourceType": "MedicationStatement", "id": row["treatment_id"], "subject": subject, "status": status,
        **({"statusReason": [{"text": why}]} if why else {}), "medicationCodeableConcept": _concept(p.named(row, "drug")),
        **({"effectivePeriod": period} if period else {}), **_purpose(row, conditions),
        **({"dosage": [dosage]} if (dosage := _dosage(row)) else {}), **_note(row, **beside, outcome=row["outcome_text"]),
    }  # fmt: skip


def _purpose(row: Row, conditions: Mapping[str, str]) -> Element:
    """What a drug was given for: a Condition of the bundle, else the report's words."""
    if condition := conditions.get(row["indication"]):
        return {"reasonReference": [{"reference": _urn(condition)}]}
    return {"reasonCode": [{"text": row["indication_text"]}]} if row["indication_text"] else {}


def _procedure(row: Row, subject: Element) -> Element:
    status, why = _PROCEDURES[row["status"]]
    beside = {
        "past": "before this illness" if row["status"] == "past" else "", "dose": row["dose_text"],
        "fractions": str(row["fractions"] or ""), "sessions": str(row["sessions"] or ""),
    }  # fmt: skip
    return {
        "resourceType": "Procedure", "id": row["therapy_id"], "subject": subject, "status": status,
        **({"statusReason": {"text": why}} if why else {}), "code": {"text": row["therapy"] or row["text"]},
        **({"bodySite": [{"text": row["site"]}]} if row["site"] else {}), **_note(row, **beside),
    }  # fmt: skip


#: outcome of a harm -> that of FHIR; "persistent" is none of "with sequelae", which nobody told
_ENDS = {"resolved": "resolved", "improved": "recovering", "persistent": "ongoing", "fatal": "fatal"}


def _harm(row: Row, subject: Element) -> Element:
    end = [{"system": f"{_HL7}/adverse-event-outcome", "code": _ENDS[row["outcome"]]}] if row["outcome"] else []
    suspect = {"suspectEntity": [{"instance": {"reference": _urn(row["treatment_id"])}}]} if row["treatment_id"] else {}
    return {
        "resourceType": "AdverseEvent", "id": row["event_id"], "actuality": "actual", "subject": subject,
        "event": _concept(p.named(row, "event")), **({"outcome": {"coding": end}} if end else {}), **suspect,
    }  # fmt: skip


def _dosage(row: Row) -> Element:
    words = (row["dose_text"], row["volume_text"], row["route_text"], row["frequency_text"], row["duration_text"])
    dosage: Element = {"text": ", ".join(filter(None, words))}
    if timing := _timing(row):
        dosage["timing"] = timing
    if _AS_NEEDED.search(row["frequency_text"]):
        dosage["asNeededBoolean"] = True
    if row["site"]:
        dosage["site"] = {"text": row["site"]}
    if route := p.route(row):
        dosage["route"] = _concept(route)
    if amount := _amount(row):
        dosage["doseAndRate"] = [amount]
    return {name: value for name, value in dosage.items() if value}


def _amount(row: Row) -> Element:
    """Dose or rate, one or a range; of a strength (20 mL of 2% lidocaine) the volume, where that is told."""
    unit = p.unit(row)
    if row["dose_value_max"] is None or p.is_strength(unit):
        if (dose := p.one_dose(row)) is None:
            return {}
        return {f"{_dose_or_rate(dose[1])}Quantity": _quantity(*dose)}
    if row["dose_value"] is None or not unit:
        return {}
    span = {"low": _quantity(row["dose_value"], unit), "high": _quantity(row["dose_value_max"], unit)}
    return {f"{_dose_or_rate(unit)}Range": span}


def _dose_or_rate(unit: str) -> str:
    return "rate" if unit.endswith(("/d", "/h", "/min", "/wk")) else "dose"


def _timing(row: Row) -> Element:
    repeat: Element = {}
    if match := _DURATION.fullmatch(iso_duration(row["duration_text"], row["days"])):
        value, letter = (match[1], match[2]) if match[1] else (match[3], f"T{match[4]}")
        repeat["boundsDuration"] = _quantity(float(value), _UNITS[letter])
    repeat |= _often(row["per_day"]) if row["per_day"] and not p.unit(row).endswith("/d") else {}
    timing = {"repeat": repeat, "code": {"text": row["frequency_text"]} if row["frequency_text"] else {}}
    return {name: value for name, value in timing.items() if value}


def _often(per_day: float) -> Mapping[str, Any]:
    """So many times in so many days, the smallest whole numbers that fit: 0.2857 a day is 2 in 7 days."""
    for times in range(1, 25):
        days = times / per_day
        if days >= 0.99 and abs(days - round(days)) <= 0.01 * days:
            return {"frequency": times, "period": round(days), "periodUnit": "d"}
    return {}


def _rating(row: Row, subject: Element) -> Element:
    shown = f"of {row['scale_max']:g}" if row["scale_max"] else "score"
    value = _quantity(row["value"], "{score}", shown)
    if row["value_max"] is not None:
        rated: Element = {"valueRange": {"low": value, "high": _quantity(row["value_max"], "{score}", shown)}}
    else:
        rated = {"valueQuantity": value}
    beside = {
        "scale": row["scale"],
        "phase": row["phase"],
        "when": row["when_text"],
        "read": "from words" if row["inferred"] else "",
    }
    return {
        "resourceType": "Observation", "id": row["pain_id"], "status": "final", "subject": subject,
        "category": [_status("observation-category", "survey")], "code": _concept(p.assay(row)), **rated,
        **({"bodySite": {"text": row["site"]}} if row["site"] else {}), **_note(row, **beside),
    }  # fmt: skip
