"""The rows the report page is made of: those of index cases, with what belongs beside each told with it.

In: a store. Out: a pandas frame for each table, the table's columns and a few more: the patient, the primary diagnosis, the
dose as one text, the vehicle with its ratio, the pain before and after, the range a duration falls in. Rows a curator
rejected are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from extract import schema
from pipelines.curation import curated_rows
from pipelines.curation.fields import NOT_FACTS
from pipelines.store import Store

#: statuses of a treatment the patient did get
RECEIVED = ("given", "stopped", "failed")

#: statuses of a therapy that was done
DONE = ("given", "past", "stopped", "failed")

#: upper ends of the ranges durations are counted in, in days, with their names
SPANS = (
    (7, "up to a week"),
    (31, "up to a month"),
    (92, "up to 3 months"),
    (366, "up to a year"),
    (float("inf"), "longer"),
)

#: the rows of each table that the page holds, and the columns it shows
SHOWN: dict[str, tuple[str, ...]] = {
    "treatments": (
        "file", "patient", "diagnosis", "drug", "status", "dose", "carrier", "route", "frequency_text", "duration_text",
        "pain", "outcome", "confidence", "curation",
    ),
    "diagnoses": ("file", "patient", "diagnosis", "code", "assertion", "role", "primary", "confidence", "curation"),
    "pain_scores": (
        "file", "patient", "text", "value", "scale_max", "scale", "phase", "when_text", "site", "drug", "confidence",
        "curation",
    ),
    "therapies": ("file", "patient", "diagnosis", "therapy", "kind", "status", "site", "amount", "confidence", "curation"),
    "adverse_events": (
        "file", "patient", "event", "code", "drug", "link", "action_taken", "outcome", "confidence", "curation",
    ),
    "cases": ("file", "label", "patients", "age_text", "age_years", "sex", "diagnosis", "confidence", "curation"),
    "documents": ("file", "status", "title", "journal", "year", "pages", "words", "reason", "warnings"),
}  # fmt: skip


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame, by column."""
    return [{str(column): value for column, value in row.items()} for row in frame.to_dict("records")]


def curated_table(store: Store, table: str) -> pd.DataFrame:
    """A table as curators left it, without the rows they rejected."""
    names = schema.columns(schema.TABLES[table])
    frame = pd.DataFrame(curated_rows(store, table), columns=names)
    return frame if table == "documents" else frame[~frame["curation"].isin(NOT_FACTS)]


def frames_of(store: Store) -> dict[str, pd.DataFrame]:
    """The rows of index cases, each with what the page tells beside it: the patient, the diagnosis, the drug."""
    documents, cases = curated_table(store, "documents"), curated_table(store, "cases")
    cases = cases[cases["role"] == "index"].copy()
    mine = set(cases["case_id"])
    frames = {"documents": documents, "cases": cases}
    for table in ("diagnoses", "treatments", "pain_scores", "therapies", "adverse_events"):
        frame = curated_table(store, table)
        frames[table] = frame[frame["case_id"].isin(mine)].copy()
    diagnoses, treatments, pain = frames["diagnoses"], frames["treatments"], frames["pain_scores"]
    therapies = frames["therapies"]
    primary = diagnoses[diagnoses["primary"].eq(True)].groupby("case_id")["diagnosis"].agg("; ".join)
    patient = {c["case_id"]: _patient(c) for c in rows_of(cases)}
    records = curated_table(store, "records").set_index("record_id")
    for frame in (diagnoses, treatments, pain, therapies, frames["adverse_events"]):
        frame["patient"] = frame["case_id"].map(patient).fillna("")
    for frame in (cases, treatments, therapies):
        frame["diagnosis"] = frame["case_id"].map(primary).fillna("")
    treatments["dose"] = [_dose(t) for t in rows_of(treatments)]
    therapies["amount"] = [_amount(t) for t in rows_of(therapies)]
    treatments["pain"] = [_pain(records, t) for t in treatments["treatment_id"]]
    for edge in ("before", "after"):
        treatments[f"pain_{edge}"] = treatments["treatment_id"].map(records[f"pain_{edge}"])
    treatments["carrier"] = [" ".join(filter(None, (t["vehicle"], t["ratio"]))) for t in rows_of(treatments)]
    treatments["vehicle_name"] = treatments["vehicle"].str.lower()
    treatments["span"] = [span(d) for d in treatments["days"]]
    pain["drug"] = pain["treatment_id"].map(treatments.set_index("treatment_id")["drug"]).fillna("")
    return frames


def _patient(case: Mapping[str, Any]) -> str:
    age = case["age_years"]
    age_text = f"{age:g} y" if age is not None and pd.notna(age) and age >= 1 else case["age_text"]
    return " ".join(filter(None, (case["label"] and f"{case['label']}:", age_text, case["sex"])))


def _dose(row: Mapping[str, Any]) -> str:
    return "; ".join(filter(None, (row["dose_text"], row["volume_text"])))


def _amount(row: Mapping[str, Any]) -> str:
    """How much of a therapy: "60 Gy; 30 fractions"."""
    counted = ((row[name], name) for name in ("fractions", "sessions"))
    return "; ".join(
        filter(None, (row["dose_text"], *(f"{n:g} {name}" for n, name in counted if n is not None and pd.notna(n))))
    )


def _pain(records: pd.DataFrame, treatment_id: str) -> str:
    if treatment_id not in records.index:
        return ""
    record: dict[str, Any] = {str(k): v for k, v in records.loc[treatment_id].items()}
    ratings = ["?" if pd.isna(v) else f"{v:g}" for v in (record["pain_before"], record["pain_after"])]
    return "" if ratings == ["?", "?"] else " → ".join(ratings)


def span(days: float | None) -> str:
    """The name of the range of `SPANS` a duration in days falls in; empty when there is none."""
    if days is None or pd.isna(days):
        return ""
    return next(name for most, name in SPANS if days <= most)
