"""A store of little reports, and runs over it that say other things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extract.schema import Case, Diagnosis, Document, PainScore, Report, Treatment
from pipelines.store import Store


def where(text: str, start: int) -> dict[str, Any]:
    return {
        "start": start,
        "end": start + len(text),
        "evidence": f"At {start} the report says {text} to her.",
        "page": 1,
    }


def treatment(n: int, drug: str, start: int, doc: str = "d1", **told: Any) -> Treatment:
    common = {"doc_id": doc, "file": f"{doc}.pdf", "case_id": f"{doc}-c1", "text": drug.title(), "drug": drug}
    return Treatment(**({"treatment_id": f"{doc}-t-{n}", **common, **where(drug, start)} | told))


def report(doc: str = "d1", treatments: tuple[Treatment, ...] | None = None, file: str = "", **more: Any) -> Report:
    if treatments is None:
        treatments = (
            treatment(1, "colchicine", 100, doc, dose_value=0.5, dose_unit="mg", dose_text="0.5 mg"),
            treatment(2, "prednisone", 200, doc, dose_value=20.0, dose_unit="mg", dose_text="20 mg"),
        )
    file = file or f"{doc}.pdf"
    common = {"doc_id": doc, "file": file, "case_id": f"{doc}-c1"}
    case = Case(**common, age_text="44-year-old", age_years=44.0, sex="F", **where("44-year-old", 10))
    diagnosis = Diagnosis(
        **common, diagnosis_id=f"{doc}-d-1", text="gout", diagnosis="gout", primary=True, **where("gout", 40)
    )
    pain = PainScore(
        **common, pain_id=f"{doc}-p-1", text="8/10", value=8.0, scale_max=10.0, phase="baseline", **where("8/10", 60)
    )
    parts: dict[str, Any] = {"cases": (case,), "diagnoses": (diagnosis,), "pain_scores": (pain,)} | more
    return Report(document=Document(doc_id=doc, file=file), treatments=treatments, **parts)


def read(store: Store, told: Report, replaces: str = "") -> None:
    """What a run does with a report."""
    store.put(told, Path(told.document.file), None, replaces=replaces)
