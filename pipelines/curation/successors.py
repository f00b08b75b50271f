"""Files that were renamed and saved anew at once: what was decided on the old one is offered to the new one.

A file that is gone and one that is new have nothing in common but what they say. In: a store. Out: pairs that say the same, told by
their DOI, or by their title, sentences and mentions; and, when a person agrees, the link that lets decisions go on with the new file.
"""

from __future__ import annotations

from dataclasses import dataclass

from extract.errors import Code, PipelineError
from pipelines.curation.documents import today
from pipelines.curation.fields import CURATED
from pipelines.store import Store

#: least share of the old file's sentences that stand in the new one
_LEAST = 0.5


@dataclass(frozen=True)
class Offer:
    """Two documents that look like one: the old one is gone, the new one has no decisions yet."""

    old: str
    old_file: str
    new: str
    new_file: str
    #: share of the old one's sentences that the new one has
    likeness: float
    decisions: int

    @property
    def told(self) -> str:
        """For people."""
        return (
            f"{self.old_file} is gone and {self.new_file} says the same: the review page offers to let the "
            f"{self.decisions} decisions on it go on there"
        )


def offers(store: Store) -> list[Offer]:
    """For each document that was decided on and is gone, the one that looks most like it, if any does."""
    if not store.select("SELECT 1 FROM decisions LIMIT 1"):
        return []
    known = store.known()
    decided = dict(store.select("SELECT doc_id, count(*) FROM decisions GROUP BY doc_id"))
    counts: dict[str, int] = {}
    for doc_id, current in today(store).items():
        counts[current] = counts.get(current, 0) + decided[doc_id]
    new = {k.doc_id: k.file for k in known if not k.gone and k.status != "failed" and k.doc_id not in counts}
    offered, taken = [], set[str]()
    for old in (k for k in known if k.gone and k.doc_id in counts):
        likes = {n: like for n, like in _likeness(store, old.doc_id).items() if n in new and n not in taken}
        best = max(likes, key=lambda n: (likes[n], new[n]), default="")
        if best and likes[best] >= _LEAST:
            taken.add(best)
            offered.append(Offer(old.doc_id, old.file, best, new[best], likes[best], counts[old.doc_id]))
    return offered


def _likeness(store: Store, old: str) -> dict[str, float]:
    """For each other document the share of the old one's sentences that it has; 1 with the same DOI."""
    sentences, shared = 0, dict[str, set[str]]()
    for table in CURATED:
        mine = f"SELECT evidence FROM {table} WHERE doc_id = ? AND evidence != ''"
        sentences += store.select(f"SELECT count(DISTINCT evidence) FROM ({mine})", [old])[0][0]
        others = f"SELECT DISTINCT doc_id, evidence FROM {table} WHERE evidence IN ({mine}) AND doc_id != ?"
        for doc_id, evidence in store.select(others, [old, old]):
            shared.setdefault(doc_id, set()).add(f"{table}: {evidence}")
    shares = {doc_id: len(common) / sentences for doc_id, common in shared.items()}
    same = "SELECT doc_id FROM documents WHERE doi != '' AND doi = (SELECT doi FROM documents WHERE doc_id = ?) AND doc_id != ?"
    return shares | {doc_id: 1.0 for (doc_id,) in store.select(same, [old, old])}


def take_over(store: Store, offer: Offer) -> None:
    """Let the decisions on the old document go on with the new one; the old rows go.

    Raises:
        PipelineError: `usage`, when the two are not (any more) as they were offered.
    """
    if offer not in offers(store):
        raise PipelineError(
            Code.USAGE, f"{offer.old_file} and {offer.new_file} are not a pair any more", mend="look again"
        )
    with store.transaction() as db:
        db.execute("INSERT INTO replaced (doc_id, by_id) VALUES (?, ?)", (offer.old, offer.new))
    store.update_files(drop=[offer.old])


def leaving(store: Store, doc_ids: list[str]) -> list[str]:
    """What to say of documents that are about to be taken out and were decided on: a line each."""
    from pipelines.curation.stored import document

    files = {k.doc_id: k.file for k in store.known()}
    messages = []
    for doc_id in doc_ids:
        curated = document(store, doc_id, mentions=False)
        rows = [f for f in curated.facts.values() if f.key and f.about_row]
        if not rows:
            continue
        names = [_name(f.row()) for f in rows]
        some = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        who = ", ".join(sorted({d.who for f in rows for d in f.about_row}))
        messages.append(
            f"{files[doc_id]} is taken out with {len(rows)} decided rows of {who}: {some}; the log keeps the decisions"
        )
    return messages


def _name(row: dict[str, object]) -> str:
    return str(
        row.get("drug") or row.get("diagnosis") or row.get("text") or row.get("age_text") or row.get("title") or "a row"
    )
