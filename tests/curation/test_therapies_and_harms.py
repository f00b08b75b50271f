"""Therapies, adverse events and the course of a treatment are curated as the others are: in a workbook, and through later runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from curation_store import read, report, treatment, where

from extract.schema import AdverseEvent, Report, Therapy
from pipelines.curation import Decision, curated_rows, record
from pipelines.curation.repeated import everywhere, repeated
from pipelines.exports import export_store
from pipelines.store import Store
from pipelines.tables.apply import apply_file


def told(doc: str = "d1", **more: Any) -> Report:
    common = {"doc_id": doc, "file": f"{doc}.pdf", "case_id": f"{doc}-c1"}
    scan = Therapy(therapy_id=f"{doc}-o-1", text="PLEX", therapy="plex", kind="other", **common, **where("PLEX", 300))
    harm = AdverseEvent(
        event_id=f"{doc}-e-1", text="itching", event="itching", drug="colchicine", link="cause", treatment_id=f"{doc}-t-1",
        **common, **where("itching", 400),
    )  # fmt: skip
    drug = treatment(1, "colchicine", 100, doc, **more)
    return report(doc, treatments=(drug,), therapies=(scan,), adverse_events=(harm,))


@pytest.fixture
def out(store: Store) -> Path:
    for doc in ("d1", "d2", "d3", "d4"):
        read(store, told(doc))
    return store.path.parent


def rows(out: Path, table: str, doc: str = "d1") -> list[dict[str, Any]]:
    with Store.open(out) as store:
        return list(curated_rows(store, table, doc))


def typed(out: Path, table: str, row: int, **cells: Any) -> Path:
    path = export_store(out, "xlsx")[0]
    book = openpyxl.load_workbook(path)
    columns = {c.value: c.column for c in book[table][1]}
    for name, value in cells.items():
        book[table].cell(row + 1, columns[name]).value = value
    book.save(path)
    return path


def test_a_therapy_and_a_harm_are_corrected_in_a_workbook_and_stand_after_a_run(out: Path) -> None:
    path = typed(out, "therapies", 1, therapy="plasma exchange", sessions=5, dose_text="")
    assert apply_file(out, path, who="Ana").change_set.refused == []
    path = typed(out, "adverse_events", 1, event="urticaria", action_taken="stopped", outcome="resolved")
    assert apply_file(out, path, who="Ana").change_set.refused == []
    with Store.open(out) as store:
        read(store, told(dose_value=1.0, dose_unit="mg"))  # another run
    (therapy,), (harm,) = rows(out, "therapies"), rows(out, "adverse_events")
    assert (therapy["therapy"], therapy["kind"], therapy["sessions"]) == ("plasma exchange", "apheresis", 5)
    assert (harm["event"], harm["code"], harm["action_taken"], harm["outcome"]) == ("urticaria", "L50.9", "stopped", "resolved")  # fmt: skip
    assert (therapy["curation"], harm["curation"], harm["treatment_id"]) == ("corrected", "corrected", "d1-t-1")


def test_what_a_drug_was_given_for_names_a_diagnosis_of_the_document(out: Path) -> None:
    path = typed(out, "treatments", 1, indication="d1-d-1", indication_text="her gout", started="in May", cycles=3)
    assert apply_file(out, path, who="Ana").change_set.refused == []
    (row,) = rows(out, "treatments")
    assert (row["indication"], row["indication_text"], row["started"], row["cycles"]) == ("d1-d-1", "her gout", "in May", 3)  # fmt: skip
    refused = apply_file(out, typed(out, "treatments", 1, indication="d2-d-1"), who="Ana").change_set.refused
    assert [f.kind for f in refused] == ["unknown-reference"]


def test_a_therapy_and_a_harm_are_added_in_a_workbook(out: Path) -> None:
    path = typed(out, "therapies", 5, file="d1.pdf", text="Radiotherapy", dose_text="60 Gy in 30 fractions")
    assert apply_file(out, path, who="Ana").change_set.refused == []
    added = next(r for r in rows(out, "therapies") if r["curation"] == "added")
    assert (added["therapy"], added["dose_gy"], added["fractions"]) == ("radiotherapy", 60.0, 30)
    path = typed(out, "adverse_events", 5, file="d1.pdf", text="Rash", drug="colchicine")
    assert apply_file(out, path, who="Ana").change_set.refused == []
    added = next(r for r in rows(out, "adverse_events") if r["curation"] == "added")
    assert (added["event"], added["drug"], added["curation"]) == ("rash", "colchicine", "added")
    lost = apply_file(out, typed(out, "adverse_events", 6, file="d1.pdf", text="Nausea"), who="Ana")
    assert lost.written == [] and [f.what for f in lost.change_set.doubtful] == ["drug: an adverse event without the drug that did it"]  # fmt: skip


def test_what_is_hardly_ever_meant_of_a_therapy_is_not_written(out: Path) -> None:
    applied = apply_file(out, typed(out, "therapies", 1, dose_gy=6000, sessions=20000), who="Ana")
    assert applied.written == [] and {f.what for f in applied.change_set.doubtful} == {"dose_gy: 6000 Gy; is it cGy?", "sessions: 20000 sessions"}  # fmt: skip
    applied = apply_file(out, typed(out, "adverse_events", 1, event=""), who="Ana")
    assert applied.written == [] and [f.kind for f in applied.change_set.refused] == ["implausible"]


def test_a_correction_made_twice_is_offered_for_therapies_too(out: Path) -> None:
    with Store.open(out) as store:
        for doc in ("d1", "d2"):
            made = record(store, [Decision(who="Ana", action="correct", doc_id=doc, table="therapies", row_id=f"{doc}-o-1", field="therapy", new="plasma exchange")])  # fmt: skip
        offer = repeated(store, made)
        assert offer is not None and (offer.old, offer.new, offer.times, offer.rows) == ("plex", "plasma exchange", 2, 2)  # fmt: skip
        record(store, everywhere(store, offer, "Ana"))
    for doc in ("d3", "d4"):
        (row,) = rows(out, "therapies", doc)
        assert (row["therapy"], row["kind"], row["curation"]) == ("plasma exchange", "apheresis", "corrected")
