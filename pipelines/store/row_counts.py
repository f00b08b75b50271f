"""How many rows each table has, kept with them: counting ten million takes half a minute of a quiet machine, and every night asks.

In: a connection, in the transaction that puts in or takes out rows. Out: the counts, once they were noted; a store of an older casesift
has none until its next run has counted.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from extract import schema

_KEY = "row_counts"


def noted(db: sqlite3.Connection) -> dict[str, int] | None:
    """Rows by table; None when they are not known of every table."""
    row = db.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    counts = dict(json.loads(row[0])) if row else {}
    return {t: counts[t] for t in schema.TABLES} if counts.keys() >= set(schema.TABLES) else None


def add(db: sqlite3.Connection, more: Mapping[str, int]) -> None:
    """Take in what became more or less."""
    counts = noted(db) if any(more.values()) else None
    if counts is not None:
        note(db, {t: n + more.get(t, 0) for t, n in counts.items()})


def note(db: sqlite3.Connection, counts: Mapping[str, int]) -> None:
    """Keep the counts."""
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_KEY, json.dumps(counts)))


def count(db: sqlite3.Connection) -> dict[str, int]:
    """Rows by table, counted."""
    return {t: db.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in schema.TABLES}
