"""Rows on which two curators differ, one by one, and what settles them.

In: a store in which both decided. Out: for each row what the one and the other left it as; and, when a person chooses a side, the
decisions that make it so. Those say that they settle something, so that agreement goes on counting what each said alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.curation.agreement import KEPT, SETTLED, Row, answers, judged, view_of
from pipelines.curation.curated import CuratedDocument
from pipelines.curation.decisions import ACCEPT, CORRECT, REJECT, Decision
from pipelines.curation.fields import CURATED, NOT_FACTS
from pipelines.curation.stored import document, documents
from pipelines.store import Store


@dataclass(frozen=True)
class Difference:
    """A row on which two curators differ.

    Attributes:
        fields: by column (or `agreement.KEPT`) what the one says and what the other says.
        ids: the row's identifier with the one and with the other; empty for who does not have it. They differ when both added it.
    """

    doc_id: str
    file: str
    table: str
    one: str
    other: str
    fields: tuple[tuple[str, str, str], ...]
    ids: tuple[str, str]
    rows: tuple[Row | None, Row | None]

    @property
    def key(self) -> str:
        """Names it."""
        return "|".join((self.doc_id, self.table, *self.ids, self.one, self.other))

    @property
    def row(self) -> Row:
        """The row with one of them."""
        return self.rows[0] or self.rows[1] or {}


def differences(store: Store, one: str, other: str) -> list[Difference]:
    """The rows of which both judged and on which they differ and nobody has settled, in document order."""
    differing = []
    for worked in documents(store):
        views = view_of(worked, one), view_of(worked, other)
        if not all(v.decisions for v in views):
            continue
        settled = {d.row_id for d in worked.decisions if d.why.startswith(SETTLED)}
        for table in CURATED:
            key = schema.KEYS[table]
            for a, b in judged(table, *views):
                ids = (str(a[key]) if a else "", str(b[key]) if b else "")
                fields = tuple((n, x, y) for n, x, y in answers(table, a, b) if x != y)
                if fields and not settled & set(ids):
                    differing.append(Difference(worked.doc_id, worked.file, table, one, other, fields, ids, (a, b)))
    return differing


def settle(store: Store, difference: Difference, side: int, who: str) -> list[Decision]:
    """The decisions that make a row what the one (0) or the other (1) left it as.

    Raises:
        PipelineError: `usage`, when the row is not there any more.
    """
    curated = document(store, difference.doc_id, mentions=difference.table == "mentions")
    chosen, row_id = difference.rows[side], difference.ids[side]
    name = (difference.one, difference.other)[side]
    common: dict[str, Any] = {
        "who": who, "doc_id": difference.doc_id, "table": difference.table,
        "why": f"{SETTLED} {difference.one} and {difference.other}: as {name} has it",
    }  # fmt: skip
    present = [i for i in dict.fromkeys(difference.ids) if i and curated.row(difference.table, i) is not None]
    if not present:
        raise PipelineError(Code.USAGE, "the row is not there any more", mend="look again")
    if chosen is None or chosen["curation"] in NOT_FACTS:
        return [Decision(**common, action=REJECT, row_id=i) for i in present]
    rejections = [Decision(**common, action=REJECT, row_id=i) for i in present if i != row_id]
    return rejections + _as(curated, difference, chosen, row_id, common)


def _as(
    curated: CuratedDocument, difference: Difference, chosen: Row, row_id: str, common: dict[str, Any]
) -> list[Decision]:
    now = curated.row(difference.table, row_id) or {}
    names = [n for n, _, _ in difference.fields if n in chosen and n != KEPT]
    corrections = [
        Decision(**common, action=CORRECT, row_id=row_id, field=n, new=chosen[n])
        for n in names
        if now.get(n) != chosen[n]
    ]
    return corrections or [Decision(**common, action=ACCEPT, row_id=row_id)]
