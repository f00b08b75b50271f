"""The paper changed: decisions whose sentence is gone are told, shown and carried over; nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from curation_store import read, report, treatment
from fake_extractor import MakeFake
from typer.testing import CliRunner

from extract.errors import PipelineError
from pipelines.cli import app
from pipelines.curation import Decision, curated_rows, decisions, document, orphaned, record, successors
from pipelines.inputs.known import Seen
from pipelines.run import Options, run
from pipelines.store import Store


def say(store: Store, action: str, row: str = "d1-t-1", doc: str = "d1", **more: Any) -> None:
    record(store, [Decision(who="Ana", action=action, doc_id=doc, table="treatments", row_id=row, **more)])


def changed(store: Store, **told: Any) -> None:
    """The file is replaced: colchicine is told in another sentence, prednisone no more."""
    other = {"dose_value": 1.0, "dose_unit": "mg", "evidence": "At 150 the corrected report says colchicine to her."}
    read(store, report("d2", (treatment(1, "colchicine", 1100, "d2", **other | told),)), replaces="d1")


def rows(store: Store, table: str = "treatments") -> list[tuple[Any, ...]]:
    return [(r["drug"], r.get("dose_value"), r["curation"], r["page"]) for r in curated_rows(store, table)]


def test_a_decision_whose_sentence_is_gone_is_marked_and_not_in_records(store: Store) -> None:
    say(store, "correct", field="dose_value", new=5.0)
    say(store, "accept", "d1-t-2")
    assert orphaned.count(store) == 0
    changed(store)
    assert rows(store) == [
        ("colchicine", 5.0, "orphaned", None), ("prednisone", 20.0, "orphaned", None), ("colchicine", 1.0, "", 1),
    ]  # fmt: skip
    assert [(r["drug"], r["dose"]) for r in curated_rows(store, "records")] == [("colchicine", "1 mg")]
    assert orphaned.count(store) == 2
    assert all((r["x0"], r["end"]) == (None, r["start"]) for r in curated_rows(store, "treatments") if r["curation"])
    assert rows(store, "treatments") and len(decisions(store)) == 2


def test_a_person_confirms_it(store: Store) -> None:
    say(store, "accept", "d1-t-2")
    changed(store)
    say(store, "accept", "d1-t-2", "d2")
    assert ("prednisone", 20.0, "accepted", None) in rows(store)
    assert [r["drug"] for r in curated_rows(store, "records")] == ["prednisone", "colchicine"]
    assert orphaned.count(store) == 0


def test_it_is_carried_over_to_what_is_read_now(store: Store) -> None:
    say(store, "correct", field="dose_value", new=5.0)
    say(store, "correct", field="route", new="oral")
    changed(store, route="oral")
    one = document(store, "d2")
    (orphan,) = orphaned.orphans_of(one)
    assert orphan.reading is not None and orphan.reading["treatment_id"] == "d2-t-1"
    record(store, orphaned.carried_over(one, orphan, "Ben"))
    assert rows(store) == [("colchicine", 5.0, "corrected", 1)]
    assert orphaned.count(store) == 0
    whys = {d.why for d in decisions(store) if d.who == "Ben"}
    assert whys == {"carried over from d1-t-1, before the file was changed"}


def test_without_a_correction_the_reading_is_accepted(store: Store) -> None:
    say(store, "accept")
    changed(store)
    one = document(store, "d2")
    record(store, orphaned.carried_over(one, orphaned.orphans_of(one)[0], "Ana"))
    assert rows(store) == [("colchicine", 1.0, "accepted", 1)]


def test_an_added_row_whose_sentence_is_still_there_is_no_orphan(store: Store) -> None:
    evidence = "At 40 the report says gout to her."  # also that of the diagnosis
    new = {
        "case_id": "d1-c1",
        "text": "aspirin",
        "drug": "aspirin",
        "start": 300,
        "end": 307,
        "evidence": evidence,
        "x0": 1.0,
    }
    record(store, [Decision(who="Ana", action="add", doc_id="d1", table="treatments", new=new)])
    changed(store)
    assert ("aspirin", None, "added", 1) in rows(store) and orphaned.count(store) == 0


def test_a_file_renamed_and_saved_anew_is_offered(store: Store, tmp_path: Path) -> None:
    say(store, "accept")
    store.update_files(gone=["d1"])
    assert successors.offers(store) == []
    read(
        store,
        report(
            "d9",
            (treatment(1, "aspirin", 100, "d9", evidence="Another paper altogether."),),
            cases=(),
            diagnoses=(),
            pain_scores=(),
        ),
    )
    assert successors.offers(store) == []
    told = {"dose_value": 0.5, "dose_unit": "mg", "dose_text": "0.5 mg"}
    same = report(
        "d3",
        (
            treatment(1, "colchicine", 107, "d3", evidence="At 100 the report says colchicine to her.", **told),
            treatment(2, "prednisone", 207, "d3", evidence="At 200 the report says prednisone to her."),
        ),
    )
    read(store, same)
    (offer,) = successors.offers(store)
    assert (offer.old_file, offer.new_file, offer.decisions, offer.likeness) == ("d1.pdf", "d3.pdf", 1, 1.0)
    successors.take_over(store, offer)
    assert [(r["drug"], r["curation"]) for r in curated_rows(store, "treatments", "d3")] == [
        ("colchicine", "accepted"),
        ("prednisone", ""),
    ]
    assert {k.doc_id for k in store.known()} == {"d3", "d9"}
    with pytest.raises(PipelineError, match="not a pair any more"):
        successors.take_over(store, offer)


def test_a_gone_file_that_comes_back_is_offered_to_nobody(store: Store, tmp_path: Path) -> None:
    say(store, "accept")
    store.update_files(gone=["d1"])
    read(store, report("d3"))
    assert successors.offers(store)
    store.update_files([Seen("d1", "d1.pdf", tmp_path / "d1.pdf", None)])
    assert successors.offers(store) == []


def test_run_and_status_count_them_and_prune_says_what_goes(tmp_path: Path) -> None:
    reports, out = tmp_path / "reports", tmp_path / "out"
    reports.mkdir()
    (reports / "a.txt").write_text("Colchicine 0.5 mg\n")
    (reports / "b.txt").write_text("Prednisone 20 mg\n")
    run([reports], out, Options(), make=MakeFake("fake-1"))
    with Store.open(out) as store:
        for row in list(curated_rows(store, "treatments")):
            record(
                store,
                [
                    Decision(
                        who="Ana", action="accept", doc_id=row["doc_id"], table="treatments", row_id=row["treatment_id"]
                    )
                ],
            )
    (reports / "a.txt").write_text("Heparin 5 mg\n")
    summary = run([reports], out, Options(), make=MakeFake("fake-1"))
    assert summary.orphaned == 1
    told = CliRunner().invoke(app, ["status", str(out)]).stdout
    assert "  1 decisions on sentences that are in them no more; `casesift review` shows what they say now" in told
    (reports / "b.txt").unlink()
    summary = run([reports], out, Options(prune=True), make=MakeFake("fake-1"))
    assert summary.problems == [
        "b.txt is taken out with 1 decided rows of Ana: prednisone; the log keeps the decisions"
    ]
