"""A store with one report made by hand: every kind of row that an export by patient has to tell apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extract.schema import AdverseEvent, Case, Diagnosis, Document, PainScore, Report, Treatment
from pipelines.store import Store

DOC = "d0123456789ab"


def _row(kind: Any, **cells: Any) -> Any:
    place = {
        "doc_id": DOC, "file": "a.pdf", "start": 0, "end": 9, "page": 2, "evidence": "It says so.", "confidence": 0.8,
        **({} if kind is Case else {"case_id": f"{DOC}-c1"}),
    }  # fmt: skip
    return kind(**{**place, **cells})


def diagnosis(n: int, text: str, **cells: Any) -> Diagnosis:
    return _row(Diagnosis, diagnosis_id=f"{DOC}-d-{n}", text=text, diagnosis=text, **cells)


def treatment(n: int, text: str, **cells: Any) -> Treatment:
    return _row(Treatment, treatment_id=f"{DOC}-t-{n}", text=text, drug=text, **cells)


def event(n: int, text: str, **cells: Any) -> AdverseEvent:
    return _row(AdverseEvent, event_id=f"{DOC}-e-{n}", text=text, event=text, **cells)


def _pain(n: int, **cells: Any) -> PainScore:
    return _row(PainScore, pain_id=f"{DOC}-p-{n}", **cells)


def report() -> Report:
    gout = {"code_system": "ICD-10-CM", "code": "M10.9"}
    return Report(
        document=Document(doc_id=DOC, file="a.pdf", sha256="0" * 64, title="A <case> of gout", doi="10.5555/gout.1", pmid="1234567", year=2020, pages=3),
        cases=(
            _row(Case, case_id=f"{DOC}-c1", age_text="7-month-old", age_years=0.5833, sex="F"),
            _row(Case, case_id=f"{DOC}-c2"),
            _row(Case, case_id=f"{DOC}-c3", patients=5, label="Series"),
            _row(Case, case_id=f"{DOC}-c4", role="cited", sex="M"),
        ),
        diagnoses=(
            diagnosis(1, "gout", primary=True, role="principal", **gout), diagnosis(2, "sepsis", assertion="absent"),
            diagnosis(3, "asthma", assertion="historical"), diagnosis(4, "lupus", assertion="possible"), diagnosis(5, "stroke", assertion="family"),
            diagnosis(6, "scurvy", case_id=f"{DOC}-c4"),
        ),
        treatments=(
            treatment(1, "colchicine", code_system="DrugBank", code="DB01394", status="failed", dose_text="0.5 mg", dose_value=0.5, dose_unit="mg",
                      route="oral", frequency_text="twice daily", per_day=2.0, duration_text="two months", days=60.0, outcome="unchanged",
                      outcome_text="It did not help."),
            treatment(2, "prednisone", dose_text="20-40 mg", dose_value=20.0, dose_value_max=40.0, dose_unit="mg", frequency_text="at night", per_day=1.0),
            treatment(3, "urea", route="intraneural", vehicle="petrolatum", ratio="1:1", status="stopped"),
            treatment(4, "aspirin", status="declined", dose_text="100 mg", dose_value=100.0, dose_unit="mg"),
            treatment(5, "ibuprofen", status="planned"),
            treatment(6, "vancomycin", dose_text="40 mg/kg/day in 2 doses", dose_value=40.0, dose_unit="mg/kg/d", per_day=2.0, frequency_text="in 2 doses"),
        ),
        pain_scores=(
            _pain(1, text="8/10", value=8.0, scale_max=10.0, scale="NRS", phase="baseline"), _pain(2, text="pain-free", value=0.0, scale_max=10.0, inferred=True, phase="followup"),
            _pain(3, text="65 mm", value=65.0, scale_max=100.0, scale="VAS"), _pain(4, text="2 to 3", value=2.0, value_max=3.0, scale_max=10.0),
        ),
    )  # fmt: skip


def of_one_patient(*rows: Diagnosis | Treatment | AdverseEvent) -> Report:
    """A report of one patient, with these rows."""
    plain = report()
    return plain.model_copy(
        update={
            "cases": plain.cases[:1],
            "pain_scores": (),
            "diagnoses": tuple(r for r in rows if isinstance(r, Diagnosis)),
            "treatments": tuple(r for r in rows if isinstance(r, Treatment)),
            "adverse_events": tuple(r for r in rows if isinstance(r, AdverseEvent)),
        }
    )


def made(out: Path, told: Report | None = None) -> Path:
    """An output folder that holds a report, `report` if none is told."""
    with Store.open(out, create=True) as store:
        store.put(told or report(), out / "a.pdf", None)
    return out
