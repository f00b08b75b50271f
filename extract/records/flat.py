"""The flat view: every regimen of an index patient on one line, with the patient, the primary diagnoses and the pain around it.

In: the rows of the other tables. Out: `schema.FlatRecord`s, which hold nothing those do not; so they can be made again whenever rows
have been corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from extract.language.quantities import iso_duration
from extract.records.treatments.rows import dose_print
from extract.schema import TABLES, Case, Diagnosis, FlatRecord, PainScore, Row, Treatment
from extract.tables import Made


def derived_rows(table: str, made: Made) -> Iterable[Row]:
    """The rows of a table that is made from others (`Table.made_from`), ours or of another package, from theirs."""
    if maker := TABLES.makers.get(table):
        return maker.rows(None, made)
    rows: Any = made
    return flat_records(*(rows[other] for other in FlatRecord.table.made_from))


def flat_records(
    cases: Sequence[Case], diagnoses: Sequence[Diagnosis], treatments: Sequence[Treatment], pains: Sequence[PainScore]
) -> Iterable[FlatRecord]:
    """The flat view: every regimen of an index patient with the patient, the primary diagnoses and the pain around it."""
    for case in cases:
        if case.role != "index":
            continue
        primary = "; ".join(
            dict.fromkeys(d.diagnosis or d.text for d in diagnoses if d.case_id == case.case_id and d.primary)
        )
        own = [p for p in pains if p.case_id == case.case_id and p.scale_max]
        for t in treatments:
            if t.case_id != case.case_id:
                continue
            before = next((p for p in own if p.treatment_id == t.treatment_id and p.phase == "baseline"), None)
            after = [p for p in own if p.treatment_id == t.treatment_id and p.phase == "followup"]
            if after and before is None:
                before = next((p for p in reversed(own) if p.phase == "baseline" and p.start < after[0].start), None)
            b = _out_of_ten(before) if before else None
            a = _out_of_ten(after[-1]) if after else None
            shared = {
                k: getattr(t, k)
                for k in ("page", "x0", "top", "x1", "bottom", "start", "end", "section", "evidence", "confidence")
            }
            yield FlatRecord(
                record_id=t.treatment_id,
                case_id=case.case_id,
                doc_id=t.doc_id,
                file=t.file,
                age_years=case.age_years,
                sex=case.sex,
                diagnosis=primary,
                drug=t.drug,
                status=t.status,
                dose=dose_print(t),
                ratio=t.ratio,
                vehicle=t.vehicle,
                form=t.form,
                route=t.route,
                site=t.site,
                frequency=t.frequency_text,
                per_day=t.per_day,
                duration=t.duration_text,
                days=t.days,
                duration_iso=iso_duration(t.duration_text, t.days),
                outcome=t.outcome,
                pain_before=b,
                pain_after=a,
                pain_change=round(a - b, 2) if a is not None and b is not None else None,
                **shared,
            )


def _out_of_ten(p: PainScore) -> float:
    return round(10 * p.value / (p.scale_max or 10), 2)
