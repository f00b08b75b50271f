"""Tables in which little changed are not made again: what was written of all other documents is copied as it stands.

In: a store that knows whose rows changed since the tables were written (see `pipelines.store.changes`) and how many bytes each document
takes in each table, and the tables. Out: the same tables, byte for byte, that writing all of them would give. Rows stand in document
order, so a table is stretches of unchanged documents, which the operating system copies, with those of the changed between them.

Where anything speaks against it (a table is not as it was written, the columns are others, very much changed) there is no `Splice`, and the tables are
written whole; then the sizes are noted.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from extract import schema
from pipelines.catalog.columns import COLUMNS
from pipelines.curation import DocumentRows, curated_rows
from pipelines.files.csv_cells import header, lines
from pipelines.store import Store
from pipelines.store.changes import changed_since

_NOTE = "tables_written"

#: to be raised when what `lines` gives of a row changes
_FORMAT = 1

#: share of the documents above which all is written again
_MOST = 0.25

#: sizes that are noted at once
_BATCH = 50_000

#: bytes copied at once
_BLOCK = 2**24

#: a file system that cannot copy from file to file
_NO_COPY = {errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM, errno.EBADF}

#: a document's place in the tables: its name, its identifier
_Key = tuple[str, str]


@dataclass
class Splice:
    """Tables that are to be written in part.

    Attributes:
        old: the changed documents where they stood.
        new: and where they are to stand; those that were taken out are not among them.
    """

    store: Store
    out: Path
    rows: DocumentRows
    old: set[_Key]
    new: set[_Key]
    sizes: list[tuple[str, str, str, int]] = field(default_factory=list)

    def write(self, table: str, target: int) -> None:
        """Write a table anew into an open file, from the one that is there."""
        with (self.out / f"{table}.csv").open("rb") as source:
            at = _copy(source.fileno(), 0, len(header(COLUMNS[table]).encode()), target)
            last = ("", "")
            for key in sorted(self.old | self.new):
                at = _copy(source.fileno(), at, self._between(table, last, key), target)
                at += self._size(table, key)
                if key in self.new:
                    text = "".join(lines(COLUMNS[table], self.rows.of(table, key[1]))).encode()
                    _write(target, text)
                    if text:
                        self.sizes.append((table, *key, len(text)))
                last = key
            _copy(source.fileno(), at, os.fstat(source.fileno()).st_size - at, target)

    def _between(self, table: str, after: _Key, before: _Key) -> int:
        query = 'SELECT coalesce(sum(size), 0) FROM written WHERE "table" = ? AND (file, doc_id) > (?, ?) AND (file, doc_id) < (?, ?)'
        return int(self.store.select(query, (table, *after, *before))[0][0])

    def _size(self, table: str, key: _Key) -> int:
        query = 'SELECT size FROM written WHERE "table" = ? AND file = ? AND doc_id = ?'
        found = self.store.select(query, (table, *key))
        return int(found[0][0]) if found else 0

    def note(self, out: Path, revision: int) -> None:
        """Note what the tables in `out` hold now."""
        with self.store.transaction(rows=False) as db:
            keys = [(table, *key) for table in schema.TABLES for key in self.old]
            db.executemany('DELETE FROM written WHERE "table" = ? AND file = ? AND doc_id = ?', keys)
            _insert(db, self.sizes)
            _note(db, out, revision)


def splice(store: Store, out: Path) -> Splice | None:
    """What of the tables in `out` is to be written; None: all of them."""
    note = json.loads(store.meta(_NOTE) or "{}")
    if not note or note != _state(out, note["revision"]):
        return None
    changed = changed_since(store, note["revision"])
    total = store.select("SELECT count(*) FROM documents")[0][0]
    if changed is None or len(changed) > total * _MOST:
        return None
    noted = dict(store.select('SELECT "table", sum(size) FROM written GROUP BY "table"'))
    if any(noted.get(t, 0) + len(header(COLUMNS[t]).encode()) != size for t, (size, _) in note["files"].items()):
        return None
    since = "SELECT doc_id FROM changes WHERE revision > ?"
    old = f"SELECT file, doc_id FROM written WHERE \"table\" = 'documents' AND doc_id IN ({since})"
    new = f"SELECT file, doc_id FROM documents WHERE doc_id IN ({since})"
    old_keys, new_keys = ({(f, d) for f, d in store.select(q, (note["revision"],))} for q in (old, new))
    return Splice(store, out, DocumentRows(store), old_keys, new_keys)


class Whole:
    """Tables that are written whole, so that the next time little of them need be."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.transaction(rows=False) as db:
            db.execute("DELETE FROM meta WHERE key = ?", (_NOTE,))
            db.execute("DELETE FROM written")

    def write(self, table: str, target: int) -> None:
        """Write a table into an open file."""
        _write(target, header(COLUMNS[table]).encode())
        sizes = self._written(table, target)
        while some := list(islice(sizes, _BATCH)):
            with self.store.transaction(rows=False) as db:
                _insert(db, some)

    def _written(self, table: str, target: int) -> Iterator[tuple[str, str, str, int]]:
        waiting: list[bytes] = []
        for (file, doc_id), rows in groupby(curated_rows(self.store, table), key=lambda r: (r["file"], r["doc_id"])):
            text = "".join(lines(COLUMNS[table], rows)).encode()
            waiting.append(text)
            if len(waiting) >= 100:
                _write(target, b"".join(waiting))
                waiting.clear()
            yield table, file, doc_id, len(text)
        _write(target, b"".join(waiting))

    def note(self, out: Path, revision: int) -> None:
        """Note that the tables in `out` are these."""
        with self.store.transaction(rows=False) as db:
            _note(db, out, revision)


def _insert(db: Any, sizes: Iterable[tuple[str, str, str, int]]) -> None:
    db.executemany('INSERT OR REPLACE INTO written ("table", file, doc_id, size) VALUES (?, ?, ?, ?)', sizes)


def _note(db: Any, out: Path, revision: int) -> None:
    values = (_NOTE, json.dumps(_state(out, revision)))
    db.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", values)


def _state(out: Path, revision: int) -> dict[str, Any]:
    """What must be as it was noted for the tables to be those that were written."""
    files = {}
    for table in schema.TABLES:
        try:
            status = (out / f"{table}.csv").stat()
        except OSError:
            return {}
        files[table] = [status.st_size, status.st_mtime_ns]
    return {"format": _FORMAT, "version": version("casesift"), "columns": COLUMNS, "revision": revision, "files": files}


def _write(target: int, text: bytes) -> None:
    view = memoryview(text)
    while view:
        view = view[os.write(target, view) :]


def _copy(source: int, start: int, count: int, target: int) -> int:
    """Copy bytes from one open file to where another stands; where the next begin."""
    end = start + count
    copying = hasattr(os, "copy_file_range")
    while start < end:
        size = min(end - start, _BLOCK if not copying else 2**30)
        try:
            done = os.copy_file_range(source, target, size, offset_src=start) if copying else 0
        except OSError as error:
            if error.errno not in _NO_COPY:
                raise
            copying = False
            continue
        if not copying or not done:
            block = os.pread(source, min(size, _BLOCK), start)
            if not block:
                raise OSError(errno.EIO, "a table became shorter while it was copied")
            _write(target, block)
            done = len(block)
        start += done
    return end
