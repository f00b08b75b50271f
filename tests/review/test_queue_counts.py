"""The queue's quick figures are those of the curated rows."""

from __future__ import annotations

from pathlib import Path

from review_asker import Asker, Folder, ids

from extract.schema import Case, Document, Report, Treatment
from pipelines.curation import Decision, curated_rows, document, done_documents, record
from pipelines.review.documents import view
from pipelines.review.queue_counts import Counter
from pipelines.store import Store


def test_counted_quickly_and_looked_at_is_the_same(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    url = f"/d/{doc_id}/decide"
    added = {"table": "diagnoses", "start": 2, "end": 7, "selected": "woman", "fields": {"diagnosis": "x", "text": "x", "case_id": f"{doc_id}-c1"}}  # fmt: skip
    steps = [
        lambda: ask.post(url, {"action": "accept", **ask.about(doc_id, "fracture")}),
        lambda: ask.post(url, {"action": "reject", **ask.about(doc_id, "aspirin")}),
        lambda: ask.post(f"/d/{doc_id}/add", added),
        lambda: ask.post(url, {"action": "undo"}),
        lambda: ask.post(f"/d/{doc_id}/add", added | {"who": "Ben"}),
        lambda: ask.post(url, {"action": "correct", "fields": {"drug": "b"}, **ask.about(doc_id, "bisoprolol")}),
        lambda: ask.post(url, {"action": "undo"}),
        lambda: ask.post(url, {"action": "done", "rest": "leave"}),
        lambda: ask.post(url, {"action": "reopen"}),
        lambda: ask.post(url, {"action": "done", "row": f"{doc_id}-c1", "rest": "leave"}),
        lambda: ask.post(url, {"action": "undo"}),
        lambda: ask.post(
            url,
            {
                "action": "correct",
                "table": "documents",
                "row": doc_id,
                "seen": 0,
                "fields": {"title": "Ω", "year": "2020"},
            },
        ),
        lambda: ask.post(
            url, {"action": "correct", "table": "documents", "row": doc_id, "seen": 99, "fields": {"journal": "J"}}
        ),
        lambda: ask.post(url, {"action": "undo"}),
        lambda: folder.run(force=True),
    ]
    with Store.open(folder.out) as store:
        for step in steps:
            answer = step()
            assert answer is None or answer.status_code == 200, answer.text
            counter = Counter(store)
            quick = counter.entries()
            for entry in quick:
                counter.learn(view(document(store, entry.doc_id)))
            assert counter.entries() == quick
    (entry,) = [e for e in quick if e.doc_id == doc_id]
    assert (entry.facts, entry.decided, entry.diagnoses, entry.state, entry.who) == (6, 3, 2, "begun", "Anna")
    assert (entry.title, entry.year, entry.journal) == ("Ω", 2020, "")


def test_a_document_of_two_is_done_when_both_patients_are(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with Store.open(out, create=True) as store:
        first, second = (
            Case(case_id=f"d1-c{n}", doc_id="d1", file="a.txt", start=n, end=n + 1, confidence=0.5) for n in (1, 2)
        )
        drug = Treatment(treatment_id="d1-t-1", case_id="d1-c2", doc_id="d1", file="a.txt", text="x", start=5, end=6)
        told = Report(document=Document(doc_id="d1", file="a.txt"), cases=(first, second), treatments=(drug,))
        store.put(told, Path("a.txt"), None)

        def figures(*said: tuple[str, str]) -> tuple[str, int, int]:
            for action, row in said:
                table = "cases" if row else ""
                record(store, [Decision(who="Anna", action=action, doc_id="d1", table=table, row_id=row)])
            counter = Counter(store)
            quick = counter.entries()
            seen = view(document(store, "d1"))
            counter.learn(seen)
            assert counter.entries() == quick
            assert [bool(c.done) for c in seen.cases] == [c in finished for c in ("d1-c1", "d1-c2")]
            return quick[0].state, quick[0].facts, quick[0].open

        finished = {"d1-c2"}
        assert figures(("done", "d1-c2")) == ("begun", 3, 1)
        assert next(iter(curated_rows(store, "cases")))["curation"] == ""
        finished = {"d1-c1", "d1-c2"}
        assert figures(("done", "d1-c1")) == ("done", 3, 0)
        finished = {"d1-c1"}
        assert figures(("reopen", "d1-c2")) == ("begun", 3, 2)
        assert figures(("done", "")) == ("done", 3, 0)
        finished = set()
        assert figures(("reopen", "")) == ("todo", 3, 3)
        assert not done_documents(store)
