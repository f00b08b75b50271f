"""The elements of a phenopacket, each made of rows: diseases, drugs, therapies, ratings of pain.

In: rows of a `Patient`. Out: messages of the official protobuf package; `phenopackets` joins them. Nothing stands for what is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.exports import patients as p
from pipelines.exports.patients import Row, Term


def ontology_class(term: Term) -> Any:
    """A term as phenopackets write it: its code with the prefix, and its name."""
    import phenopackets as pp

    return pp.OntologyClass(id=term.curie, label=term.label)


def _unit(code: str, label: str = "") -> Any:
    return ontology_class(Term("UCUM", code, label or code))


def diseases(rows: Iterable[Row]) -> list[Any]:
    """A disease for each code, or name without a code: present where any row says so, else excluded."""
    import phenopackets as pp

    made = []
    for group in p.by_term(rows):
        absent = group[0]["assertion"] == "absent"
        disease = pp.Disease(term=ontology_class(p.named(group[0], "diagnosis")), excluded=absent)
        if not absent and (row := p.first_onset(group)):
            disease.onset.CopyFrom(_onset(row))
        made.append(disease)
    return made


def _onset(row: Row) -> Any:
    """The time a disease began: an age, a year, or the report's words."""
    import phenopackets as pp

    if row["onset_years"] is not None and row["onset_years"] > 0:
        return pp.TimeElement(age=pp.Age(iso8601duration=p.iso_age(row["onset_years"])))
    if (year := p.onset_year(row)) is not None:
        element = pp.TimeElement()
        element.interval.start.FromDatetime(datetime(year, 1, 1))
        element.interval.end.FromDatetime(datetime(year + 1, 1, 1))
        return element
    return pp.TimeElement(ontology_class=ontology_class(p.onset_term(row)))


def drug_actions(rows: Iterable[Row], harms: Iterable[Row], diagnoses: Iterable[Row], *, strict: bool) -> list[Any]:
    """An action for each drug by each route, with a dose interval for each of its regimens.

    Args:
        harms: what the report tells as effects of drugs.
        diagnoses: those of the patient, of which a drug may be given for one.
        strict: only a dose interval with amount, frequency and dates, as the schema's documents demand.
    """
    by_drug: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_drug.setdefault((p.named(row, "drug").curie, row["route"]), []).append(row)
    known = {d["diagnosis_id"]: d for d in diagnoses}
    done_by: dict[str, list[Row]] = {}
    for harm in harms:
        done_by.setdefault(harm["treatment_id"], []).append(harm)
    return [_drug_action(group, done_by, known, strict=strict) for group in by_drug.values()]


def _drug_action(
    rows: Sequence[Row], harms: Mapping[str, Sequence[Row]], diagnoses: Mapping[str, Row], *, strict: bool
) -> Any:
    import phenopackets as pp

    treatment = pp.Treatment(agent=ontology_class(p.named(rows[0], "drug")))
    if route := p.route(rows[0]):
        treatment.route_of_administration.CopyFrom(ontology_class(route))
    for row in rows:
        treatment.dose_intervals.extend(_dose_intervals(row, strict=strict))
    action = pp.MedicalAction(treatment=treatment)
    if target := next(filter(None, (p.target(row, diagnoses) for row in rows)), None):
        action.treatment_target.CopyFrom(ontology_class(target))
    if outcome := _last(rows, "outcome"):
        action.response_to_treatment.CopyFrom(ontology_class(p.own_term(outcome)))
    if reason := _last(rows, "reason_stopped"):
        action.treatment_termination_reason.CopyFrom(ontology_class(p.own_term(reason)))
    effects = {p.named(harm, "event") for row in rows for harm in harms.get(row["treatment_id"], ())}
    action.adverse_events.extend(ontology_class(effect) for effect in sorted(effects, key=lambda e: e.curie))
    return action


def _last(rows: Iterable[Row], column: str) -> str:
    """The last that a drug's rows tell, in words."""
    return str(next((row[column] for row in reversed(list(rows)) if row[column]), "")).replace("_", " ")


def _dose_intervals(row: Row, *, strict: bool) -> Sequence[Any]:
    import phenopackets as pp

    interval = pp.DoseInterval()
    if dose := p.one_dose(row):
        value, unit = dose
        interval.quantity.CopyFrom(pp.Quantity(unit=_unit(unit), value=value))
    if often := p.frequency(row):
        interval.schedule_frequency.CopyFrom(ontology_class(often))
    if dates := p.dates(row):
        interval.interval.start.FromDatetime(dates[0])
        interval.interval.end.FromDatetime(dates[1])
    if strict:
        whole = all(interval.HasField(name) for name in ("quantity", "schedule_frequency", "interval"))
        return [interval] if whole else []
    return [interval] if interval.HasField("quantity") or interval.HasField("schedule_frequency") else []


def done_action(row: Row) -> Any:
    """A procedure; radiation as such where its site, dose and fractions are all told, which the schema requires."""
    import phenopackets as pp

    name = ontology_class(p.own_term(row["therapy"] or row["text"]))
    whole = row["dose_gy"] is not None and float(row["dose_gy"]).is_integer() and row["fractions"] and row["site"]
    if row["kind"] == "radiotherapy" and whole:
        site = ontology_class(p.own_term(row["site"]))
        radiation = pp.RadiationTherapy(
            modality=name, body_site=site, dosage=int(row["dose_gy"]), fractions=row["fractions"]
        )
        return pp.MedicalAction(radiation_therapy=radiation)
    procedure = pp.Procedure(code=name)
    if row["site"]:
        procedure.body_site.CopyFrom(ontology_class(p.own_term(row["site"])))
    return pp.MedicalAction(procedure=procedure)


def rating(row: Row) -> Any:
    """A rating of pain as a measurement, 0 too."""
    import phenopackets as pp

    top = f"of {row['scale_max']:g}" if row["scale_max"] else "score"
    parts = [row["text"], row["scale"], row["phase"], row["when_text"], row["site"]]
    parts += ["read from words"] if row["inferred"] else []
    return pp.Measurement(
        assay=ontology_class(p.assay(row)), description="; ".join(filter(None, parts)),
        value=pp.Value(quantity=pp.Quantity(unit=_unit("{score}", top), value=row["value"])),
    )  # fmt: skip
