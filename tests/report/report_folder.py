"""An output folder with two little reports, one of them as hostile as text can be."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extract.schema import (
    AdverseEvent,
    Case,
    Diagnosis,
    Document,
    FlatRecord,
    Mention,
    PainScore,
    Report,
    Therapy,
    Treatment,
)
from pipelines.inputs.known import Stamp
from pipelines.store import Store

BURN = (
    "A 61-year-old woman had a burn of the hand. She put lidocaine 5% in petrolatum on it for 14 days, "
    "and her pain fell from 8/10 to 2/10. Tramadol was declined."
)
EVIL = (
    "\U0001d6c3-thalassaemia </script><script>window.ran = 1</script> <!-- <img src=x onerror='window.ran = 2'> & "
    "a man took colchicine 0.5 mg."
)
EVIL_NAME = "<img src=x onerror=window.ran=3>.txt"


def _at(text: str, part: str, start: int = 0) -> dict[str, int]:
    place = text.index(part, start)
    return {"start": place, "end": place + len(part)}


def _report(path: Path, text: str, **rows: list) -> tuple[Report, Path]:
    path.write_text(text, encoding="utf-8")
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    about = {"doc_id": f"d{sha[:12]}", "file": path.name}
    common = about | {"case_id": f"{path.name}-c", "evidence": text, "start": 0, "end": 1}
    made = {}
    for table, (kind, key) in {
        "cases": (Case, "case_id"), "diagnoses": (Diagnosis, "diagnosis_id"), "treatments": (Treatment, "treatment_id"),
        "therapies": (Therapy, "therapy_id"), "adverse_events": (AdverseEvent, "event_id"),
        "pain_scores": (PainScore, "pain_id"), "records": (FlatRecord, "record_id"), "mentions": (Mention, "mention_id"),
    }.items():  # fmt: skip
        made[table] = tuple(
            kind(**{key: f"{path.name}-{table}-{n}", **common, **row}) for n, row in enumerate(rows.get(table, []))
        )
    return Report(document=Document(**about, sha256=sha, year=2020 + len(text) % 2, pipeline="p1"), **made), path


def build(folder: Path) -> Path:
    """An output folder in `folder`, its inputs beside it."""
    inputs, folder = folder / "in", folder / "out"
    inputs.mkdir()
    burn = _report(
        inputs / "burn.txt", BURN,
        cases=[{"age_text": "61-year-old", "age_years": 61, "sex": "F"} | _at(BURN, "61-year-old woman")],
        diagnoses=[{"text": "burn", "diagnosis": "burn", "primary": True} | _at(BURN, "burn")],
        treatments=[
            {"text": "lidocaine", "drug": "lidocaine", "dose_text": "5%", "dose_value": 5, "dose_unit": "%", "days": 14,
             "vehicle": "petrolatum", "route": "topical", "duration_text": "14 days"} | _at(BURN, "lidocaine"),
            {"text": "lidocaine", "drug": "lidocaine", "dose_text": "2%", "dose_value": 2, "dose_unit": "%"},
            {"text": "Tramadol", "drug": "tramadol", "status": "declined"} | _at(BURN, "Tramadol"),
        ],
        therapies=[{"text": "skin graft", "therapy": "skin graft", "kind": "surgery", "status": "given"},
                   {"text": "radiation", "therapy": "radiotherapy", "kind": "radiotherapy", "status": "declined",
                    "dose_text": "20 Gy", "fractions": 10}],
        adverse_events=[{"text": "rash", "event": "rash", "drug": "lidocaine", "link": "cause", "action_taken": "stopped"}],
        records=[{"record_id": "burn.txt-treatments-0", "drug": "lidocaine", "pain_before": 8, "pain_after": 2}],
        mentions=[{"label": "drug", "text": "lidocaine"} | _at(BURN, "lidocaine"),
                  {"label": "dose", "text": "5%"} | _at(BURN, "5%")],
    )  # fmt: skip
    evil = _report(
        inputs / EVIL_NAME, EVIL,
        cases=[{"sex": "M"}, {"case_id": "cited", "role": "cited"}],
        treatments=[
            {"text": "colchicine", "drug": "colchicine</script>", "dose_value": 0.5, "dose_unit": "mg"} | _at(EVIL, "colchicine"),
            {"text": "gold", "drug": "gold", "case_id": "cited"},
        ],
        mentions=[{"label": "drug", "text": "colchicine"} | _at(EVIL, "colchicine")],
    )  # fmt: skip
    with Store.open(folder, create=True) as store:
        for report, path in (burn, evil):
            store.put(report, path, Stamp.of(path))
    return folder
