"""Curated documents become gold, training data and other tools' files; two curators are compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_extractor import report_of
from typer.testing import CliRunner

from extract.errors import PipelineError
from extract.schema import Report
from pipelines.cli import app
from pipelines.curation import Decision, curated_rows, record
from pipelines.curation.agreement import agreement, kappa, kappa_interval
from pipelines.curation.differences import differences, settle
from pipelines.evaluation.evaluate import evaluate
from pipelines.exports import export_store
from pipelines.inputs.known import plain_id
from pipelines.store import Store
from pipelines.train.corpus import read as read_annotated
from pipelines.train.recipe import read_settings

TEXT = "Colchicine 0.5 mg\nPrednisone 20 mg\nwas given orally with aspirin\npain 8/10\n"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Two documents whose files are still there; the first has wrong rows."""
    folder = tmp_path / "out"
    with Store.open(folder, create=True) as store:
        for name, text in (("one.txt", TEXT), ("two.txt", TEXT.replace("Colchicine", "Heparin"))):
            (tmp_path / name).write_text(text, encoding="utf-8")
            put(store, tmp_path / name, text)
    return folder


def put(store: Store, path: Path, text: str) -> None:
    import hashlib

    sha = hashlib.sha256(text.encode()).hexdigest()
    talk = text.splitlines()[2]  # not in the fake extractor's language
    report: Report = report_of(text.replace(talk, " " * len(talk)), plain_id(sha), path.name)
    report = report.model_copy(
        update={
            "document": report.document.model_copy(update={"sha256": sha}),
        }
    )
    store.put(report, path, None)


def rows(store: Store, table: str, file: str = "one.txt") -> list[dict[str, Any]]:
    return [r for r in curated_rows(store, table) if r["file"] == file]


def curate(out: Path, who: str = "Ana", dose: float = 5.0, done: bool = True) -> None:
    """Correct the first drug's dose and route, reject the second, add aspirin."""
    with Store.open(out) as store:
        first, second = rows(store, "treatments")[:2]
        at = {"who": who, "doc_id": first["doc_id"], "table": "treatments"}
        said = [
            Decision(**at, action="correct", row_id=first["treatment_id"], field="dose_value", new=dose),
            Decision(**at, action="correct", row_id=first["treatment_id"], field="route_text", new="orally"),
            Decision(**at, action="correct", row_id=first["treatment_id"], field="route", new="oral"),
            Decision(**at, action="reject", row_id=second["treatment_id"]),
        ]
        start = TEXT.index("aspirin")
        new = {"case_id": first["case_id"], "text": "aspirin", "start": start, "end": start + 7}
        said.append(Decision(**at, action="add", new=new))
        if done:
            said.append(Decision(who=who, doc_id=first["doc_id"], action="done"))
        record(store, said)


def test_what_a_curator_says_of_a_drugs_course_is_gold(out: Path, tmp_path: Path) -> None:
    curate(out, done=False)
    with Store.open(out) as store:
        first = rows(store, "treatments")[0]
        at: dict[str, Any] = {
            "who": "Ana",
            "doc_id": first["doc_id"],
            "table": "treatments",
            "row_id": first["treatment_id"],
        }
        course = {"indication_text": "gout", "reason_stopped": "adverse_event", "cycles": 3}
        record(store, [Decision(**at, action="correct", field=name, new=value) for name, value in course.items()])
        record(store, [Decision(who="Ana", doc_id=first["doc_id"], action="done")])
    (path,) = export_store(out, "gold", tmp_path / "g")
    drug = json.loads(path.read_text(encoding="utf-8"))["cases"][0]["treatments"][0]
    assert (drug["indication"], drug["reason_stopped"], drug["cycles"]) == ("gout", "adverse_event", 3)
    before = evaluate(path.parent, out).fields
    assert (before["indication"].fn, before["reason stopped"].fn, before["cycles"].fn) == (1, 1, 1)
    export_store(out, "csv", tmp_path / "csv")
    after = evaluate(path.parent, tmp_path / "csv").fields
    assert (after["indication"].tp, after["reason stopped"].tp, after["cycles"].tp) == (1, 1, 1)


def test_gold_of_finished_documents_is_what_the_curator_left(out: Path, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="no document is marked done"):
        export_store(out, "gold", tmp_path / "g")
    curate(out)
    (path,) = export_store(out, "gold", tmp_path / "g")
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["doc"] == "one" and told["curators"] == ["Ana"]
    (case,) = told["cases"]
    assert [t["drug"] for t in case["treatments"]] == ["colchicine", "aspirin"]
    assert (case["treatments"][0]["regimens"][0]["value"], case["treatments"][0]["regimens"][0]["route"]) == (
        5.0,
        "oral",
    )
    assert case["pain_scores"] == [], "nobody decided on it"
    assert case["undecided"]["pain_scores"][0] | {"max": 10.0} == case["undecided"]["pain_scores"][0]

    raw = evaluate(path.parent, out)
    assert "pain score" not in raw.fields, "neither rewarded nor punished"
    assert raw.fields["dose"].fn == 1 and raw.fields["drug"].fp == 1, "the store is measured as it was extracted"
    export_store(out, "csv", tmp_path / "csv")
    curated = evaluate(path.parent, tmp_path / "csv")
    extras = [n for t in curated.fields.values() for n in t.notes if "prednisone" not in str(n).lower()]
    assert curated.fields["dose"].fn == curated.fields["drug"].fn == 0 and extras == []


def test_training_data_has_the_curators_words(out: Path, tmp_path: Path) -> None:
    curate(out)
    paths = export_store(out, "training", tmp_path / "t")
    texts = [t for p in paths if p.suffix == ".jsonl" and p.stat().st_size for t in read_annotated(p)]
    (text,) = texts
    spans = {(text.text[s:e], label) for s, e, label in text.spans}
    assert {("aspirin", "drug"), ("orally", "route"), ("Colchicine", "drug"), ("Prednisone", "drug")} <= spans
    assert read_settings(paths[2]).corpora["curated"] == "curated"


def test_only_what_was_decided_on_is_gold_or_teaches(out: Path, tmp_path: Path) -> None:
    curate(out)
    said = list[str]()
    (path,) = export_store(out, "gold", tmp_path / "g", told=said.append)
    assert said == ["1 document marked done, 3 rows decided by hand; 2 that nobody decided on are left out"]
    assert json.loads(path.read_text(encoding="utf-8"))["cases"][0]["age"] == {"text": None, "years": None}
    said.clear()
    paths = export_store(out, "training", tmp_path / "t", told=said.append)
    (text,) = [t for p in paths if p.suffix == ".jsonl" and p.stat().st_size for t in read_annotated(p)]
    assert "pain 8/10" not in text.text, (
        "nobody decided on the pain score: its paragraph does not teach that there is none"
    )
    assert said == [
        "1 document marked done, 3 rows decided by hand; 2 that nobody decided on are left out with 1 paragraphs in which they stand",
        "a model needs some 10 documents and more to learn anything: mark 9 more done",
        "no document is kept for development: mark another one done",
    ]


def test_a_document_that_failed_is_no_gold(out: Path, tmp_path: Path) -> None:
    from extract.schema import Document

    with Store.open(out) as store:
        store.put(
            Report(document=Document(doc_id="d9", file="x.pdf", status="failed", reason="encrypted-pdf: x")),
            tmp_path / "x.pdf",
            None,
        )
        record(store, [Decision(who="Ana", doc_id="d9", action="done")])
    with pytest.raises(PipelineError, match="no document is marked done"):
        export_store(out, "gold", tmp_path / "g")


def test_two_documents_are_one_to_train_and_one_to_develop(out: Path, tmp_path: Path) -> None:
    curate(out)
    with Store.open(out) as store:
        other = next(r for r in rows(store, "treatments", "two.txt"))
        at = {"who": "Ana", "doc_id": other["doc_id"]}
        record(
            store,
            [
                Decision(**at, action="accept", table="treatments", row_id=other["treatment_id"]),
                Decision(**at, action="done"),
            ],
        )
    paths = export_store(out, "training", tmp_path / "t")
    assert [len(read_annotated(p)) for p in paths if p.suffix == ".jsonl"] == [1, 1]


def test_label_studio_and_bioc_hold_the_same_spans(out: Path, tmp_path: Path) -> None:
    curate(out)
    export_store(out, "labelstudio", tmp_path)
    one, two = json.loads((tmp_path / "labelstudio" / "tasks.json").read_text(encoding="utf-8"))
    assert one["annotations"] and "predictions" not in one and two["predictions"], "finished ones are annotated"
    results = [r for r in one["annotations"][0]["result"] if r["type"] == "labels"]
    for r in results:
        assert one["data"]["text"][r["value"]["start"] : r["value"]["end"]] == r["value"]["text"]
    assert any(r["type"] == "relation" for r in one["annotations"][0]["result"])
    assert '<Label value="drug"' in (tmp_path / "labelstudio" / "config.xml").read_text(encoding="utf-8")

    biocxml = pytest.importorskip("bioc.biocxml", reason="bioc is not installed")
    (path,) = export_store(out, "bioc", tmp_path)
    with path.open(encoding="utf-8") as stream:
        collection = biocxml.load(stream)
    passage = collection.documents[0].passages[0]
    assert passage.text == TEXT
    told = {(a.locations[0].offset, a.text, a.infons["type"]) for a in passage.annotations}
    assert told == {(r["value"]["start"], r["value"]["text"], r["value"]["labels"][0]) for r in results}
    assert passage.relations


def test_a_document_whose_file_is_gone_is_left_out_and_told(out: Path, tmp_path: Path) -> None:
    curate(out)
    (tmp_path / "one.txt").unlink()
    paths = export_store(out, "training", tmp_path / "t")
    assert "one.txt: not-found" in next(p for p in paths if p.name == "LEFT_OUT.txt").read_text(encoding="utf-8")


# two curators -----------------------------------------------------------------------------------------------------


def test_kappa_is_cohens() -> None:
    # the example of the textbook: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no
    told = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(told) == pytest.approx(0.4)
    assert kappa([("a", "b"), ("b", "a")]) == -1.0
    assert kappa([("a", "a"), ("b", "b")]) == 1.0
    assert kappa([("a", "a")]) is None and kappa([]) is None


def test_two_curators_are_compared_field_by_field(out: Path) -> None:
    curate(out, "Ana", dose=5.0)
    curate(out, "Ben", dose=50.0)
    with Store.open(out) as store:
        (pair,) = agreement(store)
    fields = {(f.table, f.field): f for f in pair.fields}
    assert (pair.one, pair.other, pair.documents) == ("Ana", "Ben", 1)
    assert fields["treatments", "is a fact"].rows == 3 and fields["treatments", "is a fact"].kappa == 1.0
    dose, route = fields["treatments", "dose_value"], fields["treatments", "route"]
    assert (dose.same, dose.f1) == (dose.rows - 1, 0.0)
    assert (route.same, route.f1) == (route.rows, 1.0)
    assert fields["pain_scores", "value"].share == 1.0, "both let it stand and were done"


def test_what_one_accepts_of_the_others_correction_is_agreement(out: Path) -> None:
    with Store.open(out) as store:
        row = rows(store, "treatments")[0]
        at = {"doc_id": row["doc_id"], "table": "treatments", "row_id": row["treatment_id"]}
        record(store, [Decision(**at, who="Ana", action="correct", field="dose_value", new=5.0)])
        record(store, [Decision(**at, who="Ben", action="accept")])
        (pair,) = agreement(store)
    dose = next(f for f in pair.fields if f.field == "dose_value")
    assert (dose.rows, dose.same) == (1, 1)


def test_whole_rows_and_an_interval_of_kappa(out: Path) -> None:
    curate(out, "Ana", dose=5.0)
    curate(out, "Ben", dose=50.0)
    with Store.open(out) as store:
        (pair,) = agreement(store)
    whole = next(f for f in pair.fields if (f.table, f.field) == ("treatments", "whole row"))
    assert (whole.rows, whole.same) == (3, 2), "one dose differs; the rejected one and the added one are alike"
    # the example of the textbook: kappa 0.4, 35 of 50 the same (Wilson: 0.5625 to 0.8090), half of them by chance
    low, high = kappa_interval([("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15)
    assert (round(low or 0, 3), round(high or 0, 3)) == (0.125, 0.618)
    low, high = kappa_interval([("y", "y")] * 10 + [("n", "n")] * 10)  # alike, and few
    assert (round(low or 0, 2), high) == (0.68, 1.0)
    assert kappa_interval([]) == (None, None)


def test_a_difference_is_settled_and_agreement_stays_what_it_was(out: Path) -> None:
    curate(out, "Ana", dose=5.0)
    curate(out, "Ben", dose=50.0)
    with Store.open(out) as store:
        before = [p.as_dict() for p in agreement(store)]
        (found,) = differences(store, "Ana", "Ben")
        assert found.fields == (("dose_value", "5", "50"),)
        (said,) = record(store, settle(store, found, 0, "Eve"))
        assert (said.field, said.new, said.why) == ("dose_value", 5.0, "settled between Ana and Ben: as Ana has it")
        assert rows(store, "treatments")[0]["dose_value"] == 5.0
        assert differences(store, "Ana", "Ben") == []
        assert [p.as_dict() for p in agreement(store)] == before


def test_whether_it_is_a_fact_is_settled_too(out: Path) -> None:
    with Store.open(out) as store:
        row = rows(store, "treatments")[0]
        at = {"doc_id": row["doc_id"], "table": "treatments", "row_id": row["treatment_id"]}
        record(store, [Decision(**at, who="Ana", action="accept"), Decision(**at, who="Ben", action="reject")])
        (found,) = differences(store, "Ana", "Ben")
        assert found.fields == (("is a fact", "yes", "no"),)
        record(store, settle(store, found, 0, "Ana"))
        assert rows(store, "treatments")[0]["curation"] == "accepted"


def test_the_agreement_command(out: Path) -> None:
    runner = CliRunner()
    alone = runner.invoke(app, ["agreement", str(out)])
    assert alone.exit_code == 2 and "needs two curators" in alone.stderr
    curate(out, "Ana")
    curate(out, "Ben", dose=50.0)
    told = runner.invoke(app, ["agreement", str(out)])
    assert told.exit_code == 0 and "treatments: dose_value" in told.stdout and "Ana and Ben" in told.stdout
    figures = json.loads(runner.invoke(app, ["agreement", str(out), "--json"]).stdout)
    assert figures[0]["curators"] == ["Ana", "Ben"]
    unknown = runner.invoke(app, ["agreement", str(out), "--who", "Cem", "--who", "Ana"])
    assert unknown.exit_code == 2 and "Ana, Ben" in unknown.stderr
