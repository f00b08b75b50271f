"""The queue's quick figures are those of the curated rows."""

from __future__ import annotations

from review_asker import Asker, Folder, ids

from pipelines.curation import document
from pipelines.review.counting import Counter
from pipelines.review.documents import view
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
        lambda: ask.post(url, {"action": "done"}),
        lambda: ask.post(url, {"action": "reopen"}),
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
