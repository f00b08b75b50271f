"""Whose rows changed since when, and in which run each document was read: what lets tables and exports be written in part.

In: a store, which marks each change (see `marks`). Out: the documents, or the runs, of which something changed after a revision of it.
"""

from __future__ import annotations

from uuid import uuid4

from pipelines.store.marks import ALL
from pipelines.store.store import Store


def changed_since(store: Store, revision: int) -> set[str] | None:
    """The documents that changed after a revision, those that were taken out among them; None: any may have."""
    if int(store.meta(ALL) or 0) > revision:
        return None
    return {row[0] for row in store.select("SELECT doc_id FROM changes WHERE revision > ?", (revision,))}


def runs_since(store: Store, revision: int) -> dict[int, bool]:
    """The runs of which a document changed after a revision, and whether any document is still theirs."""
    after = -1 if int(store.meta(ALL) or 0) > revision else revision
    return {
        run: bool(store.select("SELECT 1 FROM changes JOIN documents USING (doc_id) WHERE run = ? LIMIT 1", (run,)))
        for (run,) in store.select("SELECT run FROM partitions WHERE revision > ? ORDER BY run", (after,))
    }


def documents_of(store: Store, run: int) -> list[str]:
    """The documents that were last read in a run, in document order."""
    query = "SELECT doc_id FROM changes JOIN documents USING (doc_id) WHERE run = ? ORDER BY file, doc_id"
    return [row[0] for row in store.select(query, (run,))]


def identity(store: Store) -> str:
    """What tells a store from all others, also from one that took its place; made when it is first asked for."""
    if not store.meta("identity"):
        store.set_meta({"identity": uuid4().hex})
    return store.meta("identity")
