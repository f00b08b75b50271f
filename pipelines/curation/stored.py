"""The documents of a store as curated: one, all, or a table of all of them with what curators said.

In: the store, whose rows and log are read here. Out: `CuratedDocument`s, or rows as `Store.rows` gives them. Only documents that
were decided on are put together; the rows of the others pass through as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from extract import schema
from pipelines.curation.curated import CuratedDocument, Disagreement
from pipelines.curation.decisions import Decision, decisions
from pipelines.curation.documents import today
from pipelines.curation.facts import Fact, Row
from pipelines.store import Store


def document(
    store: Store, doc_id: str, decided: Iterable[Decision] | None = None, *, mentions: bool = True
) -> CuratedDocument:
    """A document of the store with what curators said of it; without rows when the store does not have it.

    Args:
        decided: the decisions on it, where they are known already.
        mentions: read the mentions too, which are most of the rows.
    """
    tables = [t for t in schema.TABLES if not schema.TABLES[t].table.made_from and (mentions or t != "mentions")]
    extracted = {t: list(store.rows(t, doc_id=doc_id)) for t in tables}
    file = extracted["documents"][0]["file"] if extracted["documents"] else ""
    curated = CuratedDocument(doc_id, file, extracted, decisions(store, doc_id) if decided is None else decided)
    if mentions:
        curated.reasons = store.reasons(doc_id)
    return curated


def _by_document(store: Store) -> dict[str, list[Decision]]:
    by_document: dict[str, list[Decision]] = {}
    todays = today(store)
    for d in decisions(store) if todays else ():
        by_document.setdefault(todays[d.doc_id], []).append(d)
    return by_document


class DocumentRows:
    """The rows of single documents as curators left them; the log is read once for all."""

    def __init__(self, store: Store) -> None:
        self.store, self._said_of = store, _by_document(store)

    def of(self, table: str, doc_id: str) -> Iterable[Row]:
        """The rows of a document in a table, as `curated_rows` gives them among all others."""
        if decided := self._said_of.get(doc_id):
            return _rows(self.store, table, doc_id, decided)
        return self.store.rows(table, doc_id=doc_id)


def curated_rows(store: Store, table: str, doc_id: str | None = None) -> Iterator[Row]:
    """The rows of a table, or of one document in it, as curators left them; otherwise like `Store.rows`.

    Rejected rows are among them, `curation` says so; in `records` they are not.
    """
    if doc_id is not None:
        decided = decisions(store, doc_id)
        yield from _rows(store, table, doc_id, decided) if decided else store.rows(table, doc_id=doc_id)
        return
    said_of = _by_document(store)
    waiting = [k for k in store.known() if k.doc_id in said_of]
    if not waiting:
        yield from store.rows(table)
        return
    waiting.reverse()
    for (file, current), rows in groupby(store.rows(table), key=lambda r: (r["file"], r["doc_id"])):
        while waiting and (waiting[-1].file, waiting[-1].doc_id) < (file, current):
            earlier = waiting.pop().doc_id
            yield from _rows(store, table, earlier, said_of[earlier])
        if current in said_of:
            waiting.pop()
            yield from _rows(store, table, current, said_of[current])
        else:
            yield from rows
    for known in reversed(waiting):
        yield from _rows(store, table, known.doc_id, said_of[known.doc_id])


def _rows(store: Store, table: str, doc_id: str, decided: list[Decision]) -> list[Row]:
    return document(store, doc_id, decided, mentions=table == "mentions").rows(table)


def disagreements(store: Store, doc_id: str | None = None) -> list[Disagreement]:
    """Where the newest run says something else than curators decided on."""
    return [d for curated in _asked(store, doc_id) for d in curated.disagreements]


def orphans(store: Store, doc_id: str | None = None) -> list[Fact]:
    """What was decided on and no run finds any more; of documents that were taken out of the store too."""
    lost = [] if doc_id is not None else CuratedDocument("", "", {}, _by_document(store).get("", [])).orphans
    return [f for curated in _asked(store, doc_id) for f in curated.orphans] + lost


def done_documents(store: Store) -> dict[str, Decision]:
    """The documents whose curation is finished, with the decision that says so."""
    return {curated.doc_id: curated.done for curated in documents(store) if curated.done}


def _asked(store: Store, doc_id: str | None) -> Iterable[CuratedDocument]:
    return documents(store) if doc_id is None else [document(store, doc_id)]


def documents(store: Store) -> Iterator[CuratedDocument]:
    """The documents that were decided on, in document order."""
    by_document = _by_document(store)
    for known in store.known():
        if known.doc_id in by_document:
            yield document(store, known.doc_id, by_document[known.doc_id])
