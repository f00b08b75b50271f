"""The log of what curators said: who decided what about which row, when and why. It only ever grows.

In: `Decision`s (see `recording.record`). Out: the same with a number and a time, in the order they were made. The store's
triggers refuse every change of what is written; taking something back is a decision of its own, `undo`.

| action | means | field, old, new |
|---|---|---|
| accept | the whole row is right | |
| correct | one value of the row is another | the column, its value before and after |
| reject | there is no such fact | |
| add | a fact that was not found | `new`: its columns; the row's identifier may be left empty |
| done, reopen | the document is curated; it is not, after all; with `table` cases one patient of it | `row_id` empty, or the patient's |
| undo | an earlier decision does not count | `new`: its number |
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

from pipelines.store import Store

ACCEPT, CORRECT, REJECT, ADD, DONE, REOPEN, UNDO = ACTIONS = (
    "accept", "correct", "reject", "add", "done", "reopen", "undo",
)  # fmt: skip

_COLUMNS = ("number", "when", "who", "doc_id", "table", "row_id", "action", "field", "old", "new", "why", "anchor")


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One thing a curator said. `number`, `when`, `old` and `anchor` are filled in by the log."""

    who: str
    action: str
    doc_id: str = ""
    table: str = ""
    row_id: str = ""
    field: str = ""
    new: Any = None
    why: str = ""
    old: Any = None
    #: counts the decisions of a store, from 1
    number: int = 0
    #: time in UTC, ISO 8601
    when: str = ""
    #: what finds the row again after another run: `fact` (its first identifier), `row` (as extracted when the decision
    #: was made), `shown` (what the tables showed instead), `beside` (rows it is not), `refers` (the rows it names)
    anchor: dict[str, Any] = dataclasses.field(default_factory=dict)
    #: number of the last decision on the row that the curator saw, 0 for none; None: not to be looked at. Not kept.
    seen: int | None = dataclasses.field(default=None, compare=False)

    @property
    def told(self) -> str:
        """What was decided, for people: "dose_value 5 -> 50"."""
        if self.action == CORRECT:
            return f"{self.field} {shown(self.old)} -> {shown(self.new)}"
        return f"{self.action} {self.new}" if self.action == UNDO else self.action


def shown(value: Any) -> str:
    """A value for people; what is not told is "empty"."""
    if value is None or value == "":
        return "empty"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def decisions(store: Store, doc_id: str | None = None) -> list[Decision]:
    """The log, oldest first; of one document, with what was said of documents it took the place of, if asked for."""
    from pipelines.curation.documents import predecessors

    query = f"SELECT {', '.join(quoted(c) for c in _COLUMNS)} FROM decisions"
    if doc_id is None:
        return [_read(row) for row in store.select(f"{query} ORDER BY number")]
    ids = predecessors(store, doc_id)
    marks = ", ".join("?" * len(ids))
    return [_read(row) for row in store.select(f"{query} WHERE doc_id IN ({marks}) ORDER BY number", ids)]


def last_number(store: Store) -> int:
    """The number of the newest decision; 0 when there is none."""
    return int(store.select("SELECT coalesce(max(number), 0) FROM decisions")[0][0])


def written(decision: Decision) -> tuple[Any, ...]:
    """A decision as the log keeps it, by `_COLUMNS`."""
    return tuple(
        _json(value) if name in ("old", "new", "anchor") else value
        for name, value in ((name, getattr(decision, name)) for name in _COLUMNS)
    )


def insert() -> str:
    """The SQL that takes what `written` gives."""
    return f"INSERT INTO decisions ({', '.join(quoted(c) for c in _COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def quoted(name: str) -> str:
    """A column's name in SQL; some of the log's are words of SQL."""
    return f'"{name}"'


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, sort_keys=True)  # ASCII: a lone surrogate cannot spoil the log


def _read(row: tuple[Any, ...]) -> Decision:
    values = dict(zip(_COLUMNS, row, strict=True))
    for name in ("old", "new", "anchor"):
        values[name] = None if values[name] is None else json.loads(values[name])
    return Decision(**values)
