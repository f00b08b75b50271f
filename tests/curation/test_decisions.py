"""What a curator says stays said: through new runs, renamed and changed files, and beside other curators."""

from __future__ import annotations

import json
from typing import Any

import pytest
from curation_store import read, report, treatment, where

from extract.errors import PipelineError
from pipelines.curation import (
    Conflict,
    Decision,
    curated_rows,
    decisions,
    disagreements,
    document,
    done_documents,
    orphans,
    record,
)
from pipelines.inputs.known import Seen
from pipelines.store import Store


def say(store: Store, action: str, row_id: str = "d1-t-1", table: str = "treatments", who: str = "Ana", **more: Any):
    told = {"doc_id": row_id.split("-")[0], "table": table, "row_id": row_id, "who": who} | more
    return record(store, [Decision(action=action, **told)])


def correct(store: Store, field: str, new: Any, row_id: str = "d1-t-1", **more: Any):
    return say(store, "correct", row_id, field=field, new=new, **more)


def drugs(store: Store, table: str = "treatments") -> list[tuple[Any, ...]]:
    names = ("drug", "dose_value", "curation") if table == "treatments" else ("drug", "dose", "curation")
    return [tuple(r[n] for n in names) for r in curated_rows(store, table)]


def test_an_untouched_store_shows_what_was_extracted(store: Store) -> None:
    assert drugs(store) == [("colchicine", 0.5, ""), ("prednisone", 20.0, "")]


def test_accept_correct_reject(store: Store) -> None:
    say(store, "accept")
    assert drugs(store)[0] == ("colchicine", 0.5, "accepted")
    (said,) = correct(store, "dose_value", 5, why="misread")
    assert (said.old, said.new, said.why, said.number) == (0.5, 5.0, "misread", 2)
    assert said.when.endswith("Z")
    assert drugs(store)[0] == ("colchicine", 5.0, "corrected")
    say(store, "reject", "d1-t-2")
    assert drugs(store)[1] == ("prednisone", 20.0, "rejected"), "it stays in its table, marked"
    assert [r["drug"] for r in curated_rows(store, "records")] == ["colchicine"], "and is left out of the flat view"
    assert next(curated_rows(store, "records"))["dose"] == "5 mg"


def test_a_value_corrected_back_is_the_accepted_row(store: Store) -> None:
    correct(store, "dose_value", 5.0)
    correct(store, "dose_value", 0.5)
    assert drugs(store)[0] == ("colchicine", 0.5, "accepted")


def test_saying_what_stands_there_is_no_decision(store: Store) -> None:
    assert correct(store, "dose_value", 0.5) == []
    assert decisions(store) == []


def test_an_added_row_stands_in_its_place(store: Store) -> None:
    new = {"case_id": "d1-c1", "text": "Aspirin", "drug": "aspirin", "dose_value": "100", "dose_unit": "mg"}
    (said,) = say(store, "add", "", doc_id="d1", new=new | where("aspirin", 150))
    assert [d for d, *_ in drugs(store)] == ["colchicine", "aspirin", "prednisone"]
    assert [r["drug"] for r in curated_rows(store, "records")] == ["colchicine", "aspirin", "prednisone"]
    row = document(store, "d1").row("treatments", said.row_id)
    assert row and (row["curation"], row["confidence"], row["dose_value"], row["file"]) == (
        "added",
        1.0,
        100.0,
        "d1.pdf",
    )
    correct(store, "dose_value", 300, said.row_id, doc_id="d1")
    assert drugs(store)[1] == ("aspirin", 300.0, "added")
    say(store, "reject", said.row_id)
    assert drugs(store)[1] == ("aspirin", 300.0, "rejected")


def test_undo_and_undo_of_the_undo(store: Store) -> None:
    (wrong,) = correct(store, "dose_value", 5.0)
    (back,) = say(store, "undo", new=wrong.number)
    assert drugs(store)[0] == ("colchicine", 0.5, "")
    with pytest.raises(PipelineError, match="undone already"):
        say(store, "undo", new=wrong.number)
    say(store, "undo", new=back.number)
    assert drugs(store)[0] == ("colchicine", 5.0, "corrected")
    assert len(decisions(store, "d1")) == 3, "nothing leaves the log"


def test_undoing_an_added_row_takes_it_away(store: Store) -> None:
    (said,) = say(store, "add", "", doc_id="d1", new={"case_id": "d1-c1", "text": "Aspirin"} | where("aspirin", 150))
    say(store, "undo", new=said.number)
    assert len(drugs(store)) == 2


def test_a_document_is_done_until_it_is_reopened(store: Store) -> None:
    say(store, "done", "", doc_id="d1", table="")
    assert done_documents(store)["d1"].who == "Ana"
    say(store, "reopen", "", doc_id="d1", table="")
    assert done_documents(store) == {}


def test_the_log_refuses_changes(store: Store) -> None:
    say(store, "accept")
    for statement in ("UPDATE decisions SET who = 'Eve'", "DELETE FROM decisions"):
        with pytest.raises(PipelineError, match="never changed or taken out"), store.transaction() as db:
            db.execute(statement)
    assert decisions(store)[0].who == "Ana"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("status", "givn", "did you mean 'given'"),
        ("dose_value", "much", "'much' is not a number"),
        ("dose_value", float("nan"), "no number"),
        ("dose_value", True, "not a number"),
        ("doc_id", "d2", "cannot be corrected"),
        ("confidence", 1.0, "cannot be corrected"),
        ("case_id", "d9-c1", "no row 'd9-c1' in cases"),
        ("nonsense", 1, "cannot be corrected"),
    ],
)
def test_values_no_column_can_hold_are_refused(store: Store, field: str, value: Any, told: str) -> None:
    with pytest.raises(PipelineError, match=told):
        correct(store, field, value)
    assert decisions(store) == []


def test_age_out_of_range_and_an_empty_rating(store: Store) -> None:
    with pytest.raises(PipelineError, match="at least 0"):
        correct(store, "age_years", -1, "d1-c1", table="cases")
    with pytest.raises(PipelineError, match="an empty value is not a number"):
        correct(store, "value", "", "d1-p-1", table="pain_scores")


def test_all_of_a_call_or_none(store: Store) -> None:
    good = Decision(who="Ana", action="accept", doc_id="d1", table="treatments", row_id="d1-t-1")
    bad = Decision(who="Ana", action="accept", doc_id="d1", table="treatments", row_id="d1-t-9")
    with pytest.raises(PipelineError, match="no row 'd1-t-9'"):
        record(store, [good, bad])
    assert decisions(store) == []


def test_records_and_unknown_things_cannot_be_decided_on(store: Store) -> None:
    for more, told in (
        ({"table": "records"}, "made from the other tables"),
        ({"doc_id": "d7"}, "no document 'd7'"),
        ({"who": " "}, "no curator's name"),
    ):
        with pytest.raises(PipelineError, match=told):
            say(store, "accept", **more)
    with pytest.raises(PipelineError, match="no action called 'bless'"):
        say(store, "bless")
    with pytest.raises(PipelineError, match="needs text"):
        say(store, "add", "", doc_id="d1", new={"case_id": "d1-c1"})


def test_who_comes_second_is_told_and_nothing_is_overwritten(store: Store) -> None:
    correct(store, "dose_value", 5.0, who="Ana", seen=0)
    with pytest.raises(Conflict, match=r"by Ana \(.*Z\): dose_value 0.5 -> 5") as told:
        correct(store, "dose_value", 50.0, who="Ben", seen=0)
    assert told.value.newer[0].new == 5.0
    assert drugs(store)[0] == ("colchicine", 5.0, "corrected")
    correct(store, "dose_value", 50.0, who="Ben", seen=told.value.newer[-1].number)
    assert drugs(store)[0] == ("colchicine", 50.0, "corrected")


def test_two_corrections_of_a_row_at_once_are_no_conflict(store: Store) -> None:
    row = {"who": "Ana", "action": "correct", "doc_id": "d1", "table": "treatments", "row_id": "d1-t-1", "seen": 0}
    record(store, [Decision(**row, field="dose_value", new=5.0), Decision(**row, field="per_day", new=2.0)])
    assert document(store, "d1").fact("treatments", "d1-t-1").last == 2  # type: ignore[union-attr]


def test_a_document_gets_its_right_year(store: Store) -> None:
    correct(store, "year", "2016", "d1", table="documents")
    assert next(curated_rows(store, "documents"))["year"] == 2016
    read(store, report().model_copy(update={"document": report().document.model_copy(update={"words": 99})}))
    row = next(curated_rows(store, "documents"))
    assert (row["year"], row["words"]) == (2016, 99)


# other runs -------------------------------------------------------------------------------------------------------


def decide(store: Store) -> None:
    correct(store, "dose_value", 5.0)
    say(store, "reject", "d1-t-2")
    new = {"case_id": "d1-c1", "text": "Aspirin", "drug": "aspirin"} | where("aspirin", 150)
    say(store, "add", "", doc_id="d1", new=new)


KEPT = [("colchicine", 5.0, "corrected"), ("aspirin", None, "added"), ("prednisone", 20.0, "rejected")]


def test_a_run_that_says_the_same_changes_nothing(store: Store) -> None:
    decide(store)
    read(store, report())
    assert drugs(store) == KEPT
    assert disagreements(store) == orphans(store) == []


def test_rows_with_other_identifiers_are_found_again(store: Store) -> None:
    decide(store)
    then = (
        treatment(71, "colchicine", 100, dose_value=0.5, dose_unit="mg", frequency_text="daily"),
        treatment(72, "prednisone", 200, dose_value=20.0, dose_unit="mg"),
    )
    read(store, report(treatments=then))
    assert drugs(store) == KEPT
    assert orphans(store) == []
    (told,) = (d for d in disagreements(store) if d.field == "frequency_text")
    assert (told.was, told.now, told.curated, told.row_id) == ("", "daily", "", "d1-t-71")
    # who agrees with the newer run says so, and all is quiet again
    correct(store, "frequency_text", "daily", "d1-t-71", seen=1)
    assert [d for d in disagreements(store) if d.row_id == "d1-t-71"] == []
    read(store, report())  # the old pipeline again
    assert drugs(store) == KEPT


def test_what_no_run_finds_any_more_stays(store: Store) -> None:
    decide(store)
    read(store, report(treatments=()))
    assert drugs(store) == [("colchicine", 5.0, "corrected"), ("aspirin", None, "added")]
    assert [(f.seen["drug"], f.curation) for f in orphans(store)] == [
        ("colchicine", "corrected"),
        ("prednisone", "rejected"),
    ]
    assert [r["dose"] for r in curated_rows(store, "records")] == ["5 mg", ""]
    correct(store, "dose_value", 7.0)
    assert drugs(store)[0] == ("colchicine", 7.0, "corrected"), "and can be decided on"


def test_a_newer_run_that_finds_what_was_corrected_or_added_makes_no_second_row(store: Store) -> None:
    decide(store)
    then = (
        treatment(81, "colchicine", 100, dose_value=5.0, dose_unit="mg"),
        treatment(82, "aspirin", 150),
        treatment(83, "prednisone", 200, dose_value=20.0, dose_unit="mg"),
    )
    read(store, report(treatments=then))
    assert drugs(store) == KEPT


def test_another_regimen_of_the_drug_beside_it_is_not_taken_for_it(store: Store) -> None:
    both = (
        treatment(1, "prednisone", 200, dose_value=40.0, dose_unit="mg"),
        treatment(2, "prednisone", 200, dose_unit="", duration_text="a week"),
    )
    read(store, report(treatments=both))
    say(store, "accept", "d1-t-1")
    read(store, report(treatments=both[1:]))
    assert sorted(drugs(store), key=str) == [("prednisone", 40.0, "accepted"), ("prednisone", None, "")]


def test_an_accepted_row_does_not_change_under_the_curator(store: Store) -> None:
    say(store, "accept")
    say(store, "accept", "d1-t-2")
    then = (treatment(1, "colchicine", 100, dose_value=50.0, dose_unit="mg"), treatment(2, "prednisone", 200))
    read(store, report(treatments=then))
    assert drugs(store) == [("colchicine", 0.5, "accepted"), ("prednisone", 20.0, "accepted")]
    assert {(d.row_id, d.field, d.now) for d in disagreements(store)} >= {("d1-t-1", "dose_value", 50.0)}


def test_a_renamed_file_keeps_its_decisions(store: Store, tmp_path) -> None:
    decide(store)
    store.update_files([Seen("d1", "new/name.pdf", tmp_path / "name.pdf", None)])
    assert drugs(store) == KEPT
    assert {r["file"] for r in curated_rows(store, "treatments")} == {"new/name.pdf"}


def test_other_bytes_at_the_same_path_keep_the_decisions(store: Store) -> None:
    decide(store)
    moved = (
        treatment(
            1,
            "colchicine",
            1100,
            "d2",
            dose_value=0.5,
            dose_unit="mg",
            evidence="At 100 the report says colchicine to her.",
        ),
        treatment(2, "heparin", 1200, "d2"),
    )
    read(store, report("d2", moved), replaces="d1")
    rows = list(curated_rows(store, "treatments"))
    assert [(r["drug"], r["dose_value"], r["curation"]) for r in rows] == [
        ("aspirin", None, "orphaned"), ("colchicine", 5.0, "corrected"), ("heparin", None, ""),
    ]  # fmt: skip
    assert {(r["doc_id"], r["file"], r["case_id"]) for r in rows} == {("d2", "d2.pdf", "d2-c1")}
    assert [f.seen["drug"] for f in orphans(store)] == ["prednisone"]
    correct(store, "dose_value", 6.0, "d2-t-1", seen=1)
    read(store, report("d1"), replaces="d2")  # and the old bytes back again
    assert drugs(store) == [("colchicine", 6.0, "corrected"), *KEPT[1:]]


def test_a_document_taken_out_keeps_its_decisions_for_its_return(store: Store) -> None:
    decide(store)
    store.update_files(drop=["d1"])
    assert drugs(store) == []
    assert len(decisions(store)) == 3
    assert {f.seen["drug"] for f in orphans(store)} == {"colchicine", "prednisone"}
    read(store, report())
    assert drugs(store) == KEPT


def test_a_document_that_fails_now_keeps_what_was_decided(store: Store) -> None:
    decide(store)
    failed = report().document.model_copy(update={"status": "failed", "reason": "broken-pdf: cut off"})
    read(
        store,
        report().model_copy(
            update={"document": failed, "cases": (), "treatments": (), "pain_scores": (), "diagnoses": ()}
        ),
    )
    assert [d for d, *_ in drugs(store)] == ["colchicine", "aspirin"]


def test_documents_stand_in_order_wherever_their_rows_come_from(store: Store) -> None:
    read(store, report("d0"))
    read(store, report("d2"))
    decide(store)
    read(store, report(treatments=()))
    assert [r["doc_id"] for r in curated_rows(store, "treatments")] == ["d0", "d0", "d1", "d1", "d2", "d2"]


def test_a_pain_score_follows_the_treatment_a_curator_gave_it(store: Store) -> None:
    correct(store, "treatment_id", "d1-t-1", "d1-p-1", table="pain_scores")
    assert [r["pain_before"] for r in curated_rows(store, "records")] == [8.0, None]
    then = (treatment(91, "colchicine", 100, dose_value=0.5, dose_unit="mg"), treatment(92, "prednisone", 200))
    read(store, report(treatments=then))
    assert next(curated_rows(store, "pain_scores"))["treatment_id"] == "d1-t-91"
    assert [r["pain_before"] for r in curated_rows(store, "records")] == [8.0, None]


def test_what_belongs_to_a_rejected_patient_leaves_the_flat_view(store: Store) -> None:
    say(store, "reject", "d1-c1", table="cases")
    assert list(curated_rows(store, "records")) == []
    assert len(drugs(store)) == 2


def test_the_log_holds_any_text(store: Store) -> None:
    correct(store, "vehicle", "Öl\ud800", why="„wrong“ \udc00")
    assert next(iter(curated_rows(store, "treatments")))["vehicle"].encode() == "Öl\ufffd".encode()
    assert len(decisions(store)) == 1
    assert decisions(store)[0].why == "„wrong“ \ufffd"


def test_decisions_of_a_time_with_fewer_columns_stand(store: Store) -> None:
    """An earlier version's diagnoses had no role: what was accepted then gets the role that a run tells now."""
    say(store, "accept", "d1-d-1", "diagnoses")
    correct(store, "code", "M10.9", "d1-d-1", table="diagnoses")
    said = store.select("SELECT number, anchor FROM decisions")
    with store.transaction() as db:
        db.execute("DROP TRIGGER decisions_no_update")  # nobody but a test can make an old log
        for number, anchor in said:
            told = json.loads(anchor)
            del told["row"]["role"]
            db.execute("UPDATE decisions SET anchor = ? WHERE number = ?", (json.dumps(told), number))
    old = report().diagnoses[0]
    read(store, report(diagnoses=(old.model_copy(update={"role": "principal"}),)))
    (row,) = curated_rows(store, "diagnoses")
    assert (row["role"], row["code"], row["curation"]) == ("principal", "M10.9", "corrected")
    assert [d for d in disagreements(store) if d.field == "role"] == []
    read(store, report(diagnoses=()))
    (row,) = curated_rows(store, "diagnoses")
    assert (row["role"], row["code"]) == ("", "M10.9")


def test_a_unit_is_kept_as_its_code(store: Store) -> None:
    say(store, "correct", "d1-t-1", field="dose_unit", new="mg/day")
    assert next(r["dose_unit"] for r in curated_rows(store, "treatments") if r["drug"] == "colchicine") == "mg/d"
