"""Marks on documents whose rows change, with the revision of the store and the run: read again by `changes`.

In: the connection of a transaction that changes rows, and the documents whose rows they are. Out: rows of `changes` and `partitions`. A document counts as changed when any row of it looks otherwise in any table: it was read, renamed, decided on, taken out, or
another with the same bytes came or went.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

#: the revision at which nobody knows which documents changed
ALL = "all_changed"


def mark(db: sqlite3.Connection, doc_ids: Iterable[str], *, read: str = "") -> None:
    """Note that documents changed with the revision the store has now.

    Args:
        read: one of them, which the newest run has just read.
    """
    revision = db.execute("SELECT value FROM meta WHERE key = 'revision'").fetchone()[0]
    for doc_id in doc_ids:
        _mark_run(db, doc_id, revision)  # the run that it was read in before
        run = "(SELECT coalesce(max(run), 0) FROM runs)" if doc_id == read else "0"
        moved = ", run = excluded.run" if doc_id == read else ""
        db.execute(
            f"INSERT INTO changes (doc_id, run, revision) VALUES (?, {run}, ?)"
            f" ON CONFLICT (doc_id) DO UPDATE SET revision = excluded.revision{moved}",
            (doc_id, revision),
        )
        _mark_run(db, doc_id, revision)


def _mark_run(db: sqlite3.Connection, doc_id: str, revision: int) -> None:
    db.execute(
        "INSERT INTO partitions (run, revision) SELECT run, ? FROM changes WHERE doc_id = ?"
        " ON CONFLICT (run) DO UPDATE SET revision = excluded.revision",
        (revision, doc_id),
    )


def mark_all(db: sqlite3.Connection) -> None:
    """Note that any document may have changed."""
    db.execute("INSERT OR REPLACE INTO meta (key, value) SELECT ?, value FROM meta WHERE key = 'revision'", (ALL,))


def same_bytes(db: sqlite3.Connection, doc_ids: Iterable[str]) -> set[str]:
    """The documents with the bytes of these, and these: each says which others there are."""
    alike = (
        "SELECT doc_id FROM documents WHERE sha256 != '' AND sha256 = (SELECT sha256 FROM documents WHERE doc_id = ?)"
    )
    return {d for doc_id in doc_ids for d in (doc_id, *(row[0] for row in db.execute(alike, (doc_id,))))}
