"""Which document a decision is about today: a file may have been given other bytes since.

A changed file is another document (its identifier is made from its bytes) that takes the place of the one before; what
curators said of that one goes on with the new one.
"""

from __future__ import annotations

from pipelines.store import Store


def predecessors(store: Store, doc_id: str) -> list[str]:
    """A document's identifier and those of all documents whose place it took."""
    present = {row[0] for row in store.select("SELECT doc_id FROM documents")}
    links = dict(_links(store))
    return [doc_id, *(d for d in links if d not in present and _today(d, links, present) == doc_id)]


def today(store: Store) -> dict[str, str]:
    """For each document that was ever decided on: the document of today, or an empty string where there is none."""
    decided = [row[0] for row in store.select("SELECT DISTINCT doc_id FROM decisions")]
    if not decided:
        return {}
    present = {row[0] for row in store.select("SELECT doc_id FROM documents")}
    links = dict(_links(store))
    return {d: _today(d, links, present) for d in decided}


def _links(store: Store) -> list[tuple[str, str]]:
    """What took the place of what, the latest last."""
    return [(a, b) for a, b in store.select("SELECT doc_id, by_id FROM replaced ORDER BY rowid")]


def _today(doc_id: str, links: dict[str, str], present: set[str]) -> str:
    been: set[str] = set()
    while doc_id not in present:
        if doc_id in been or doc_id not in links:
            return ""
        been.add(doc_id)
        doc_id = links[doc_id]
    return doc_id
