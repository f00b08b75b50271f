"""A report's rows as lines a person can read and compare: the form of the files in `tests/expected`.

A line a row, cells held apart by ` | `, empty cells left out; every column of the row itself, but no identifiers, places or
scores. A row of a case begins with the case's number (`c1`), a row of nobody in particular with `-`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from extract.schema import AdverseEvent, Case, Diagnosis, FlatRecord, PainScore, Report, Therapy, Treatment


def lines(report: Report) -> list[str]:
    """The lines of a report: the document, then cases, diagnoses, treatments, pain scores, therapies, adverse events and records, in their order."""
    cases = {c.case_id: c.case_id.rpartition("-")[2] for c in report.cases} | {"": "-"}
    drugs = {t.treatment_id: t.drug for t in report.treatments}
    d = report.document
    told = [
        _line("document", "", d.status, f"{d.pages} pages", d.title, d.doi, d.pmid, d.journal, d.year, d.warnings),
        *(_case(cases[c.case_id], c) for c in report.cases),
        *(_diagnosis(cases[x.case_id], x) for x in report.diagnoses),
        *(_treatment(cases[x.case_id], x) for x in report.treatments),
        *(_pain(cases[x.case_id], x, drugs.get(x.treatment_id, "")) for x in report.pain_scores),
        *(_therapy(cases[x.case_id], x) for x in report.therapies),
        *(_event(cases[x.case_id], x) for x in report.adverse_events),
        *(_record(cases[x.case_id], x) for x in report.records),
    ]
    return told


def _therapy(case: str, t: Therapy) -> str:
    much = (t.dose_text, _named("Gy", t.dose_gy), _named("fractions", t.fractions), _named("sessions", t.sessions))
    return _line(
        "therapy",
        case,
        _read_as(t.text, t.therapy),
        t.kind,
        t.status,
        *much,
        _named("site", t.site),
        _named("also", t.also),
    )


def _event(case: str, e: AdverseEvent) -> str:
    return _line(
        "adverse event",
        case,
        _read_as(e.text, e.event, e.code),
        _named("of", e.drug),
        e.link,
        e.action_taken,
        e.outcome,
    )


#: what the README shows: the fullest row of a drug in a report, and these columns of it
SHOWN = (
    ("sirolimus-petrolatum", "timolol"), ("urea-eucerin", "urea"), ("lichen-series", "tacrolimus"),
    ("erythromelalgia-plo", "amitriptyline"), ("leprosy-reaction", "dapsone"), ("hip-blocks", "levobupivacaine"),
    ("nocardia-switch", "amikacin"),
)  # fmt: skip
SHOWN_COLUMNS = (
    "age_years", "sex", "drug", "status", "dose", "ratio", "vehicle", "route", "frequency", "duration", "pain_before",
    "pain_after", "page",
)  # fmt: skip


def readme_cells(reports: Mapping[str, Report]) -> str:
    """The table between the README's `demo cells` marks; a drug that is not found is left out."""
    table = [["file", *SHOWN_COLUMNS], ["---"] * (1 + len(SHOWN_COLUMNS))]
    for name, drug in SHOWN:
        rows = [[_cell(getattr(r, c)) for c in SHOWN_COLUMNS] for r in reports[name].records if r.drug == drug]
        if rows:
            table.append([f"pdf/{name}.pdf", *max(rows, key=lambda cells: sum(map(bool, cells)))])
    return "".join("| " + " | ".join(row) + " |\n" for row in table)


def _line(table: str, case: str, *cells: object) -> str:
    return " | ".join([f"{table} {case}".strip(), *(c for c in map(_cell, cells) if c)])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return " ".join(str(value).split()).replace("|", "/")


def _named(name: str, value: object) -> str:
    cell = _cell(value)
    return f"{name} {cell}" if cell else ""


def _read_as(text: str, *values: object) -> str:
    """The words of the report, and after `=` how they were understood, unless that is the same to the letter."""
    understood = " ".join(c for c in map(_cell, values) if c)
    if not text or text.replace(" ", "") == understood.replace(" ", ""):
        return understood
    return f"{_cell(text)} = {understood}" if understood else _cell(text)


def _range(low: float | None, high: float | None) -> str:
    return " to ".join(c for c in (_cell(low), _cell(high)) if c)


def _other(text: str, name: str) -> str:
    """The wording, where it is not the name."""
    return "" if text.casefold() == name.casefold() else _named("as", text)


def _case(case: str, c: Case) -> str:
    people = "1 patient" if c.patients == 1 else f"{c.patients} patients"
    return _line(
        "case", case, c.role, people, c.label, c.sex, _read_as(c.age_text, c.age_years, "years" * bool(c.age_text))
    )


def _diagnosis(case: str, d: Diagnosis) -> str:
    return _line(
        "diagnosis", case, d.assertion, "primary" if d.primary else "", d.diagnosis, d.code, _other(d.text, d.diagnosis),
        _named("also", d.also), _named("onset", _read_as(d.onset_text, d.onset_years, "years" * (d.onset_years is not None))),
    )  # fmt: skip


def _treatment(case: str, t: Treatment) -> str:
    return _line(
        "treatment", case, t.status, t.drug, t.code, _other(t.text, t.drug), _named("also", t.also),
        _read_as(t.dose_text, _range(t.dose_value, t.dose_value_max), t.dose_unit),
        _read_as(t.volume_text, t.volume_ml, "mL" if t.volume_ml is not None else ""), _named("ratio", t.ratio),
        _named("vehicle", t.vehicle), _named("form", t.form),
        _named("route", _read_as(t.route_text, t.route)),
        _named("site", t.site), _read_as(t.frequency_text, *_with(t.per_day, "a day")),
        _read_as(t.duration_text, *_with(t.days, "days")), _named("cycles", t.cycles), _named("begun", t.started), _named("order", t.order),
        _named("for", t.indication_text + ("" if t.indication or not t.indication_text else " (no row)")), _named("outcome", t.outcome),
        _named("ended", _read_as(t.reason_stopped_text, t.reason_stopped)),
    )  # fmt: skip


def _with(value: float | None, unit: str) -> Iterator[object]:
    if value is not None:
        yield from (value, unit)


def _pain(case: str, p: PainScore, drug: str) -> str:
    return _line(
        "pain", case, p.phase, _read_as(p.text, _range(p.value, p.value_max)), _named("of", p.scale_max), p.scale,
        _named("when", p.when_text), _named("site", p.site), _named("drug", drug),
    )  # fmt: skip


def _record(case: str, r: FlatRecord) -> str:
    pain = "" if r.pain_before is None and r.pain_after is None else (
        f"pain {_cell(r.pain_before) or '?'} to {_cell(r.pain_after) or '?'}, change {_cell(r.pain_change) or '?'}"
    )  # fmt: skip
    return _line(
        "record", case, r.sex, _named("aged", r.age_years), r.diagnosis, r.status, r.drug, r.dose, _named("ratio", r.ratio),
        _named("vehicle", r.vehicle), _named("form", r.form), _named("route", r.route), _named("site", r.site),
        _read_as(r.frequency, *_with(r.per_day, "a day")), _read_as(r.duration, *_with(r.days, "days")), pain,
    )  # fmt: skip
