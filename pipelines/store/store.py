"""The store: one SQLite file an output folder, the truth that all tables are views of.

In: Reports, one at a time, each committed whole (rows and the mark that the document is done, in one transaction), so
a run that is killed at any moment leaves documents that are done and documents that are not, and nothing between.
Out: rows in document order (by `file`, then as the report told them).

The tables are made from the models of `extract.schema`. Beside them stand `files` (where a document was last seen and
how large and old it was, so that an unchanged file need not be read again), `runs` (see `pipelines.store.runs`), `decisions`
(what curators said, see `pipelines.curation`), `replaced` (which document took the place of which) and `meta`.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import typing
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError
from extract.schema import Report
from pipelines.catalog.columns import COLUMNS, TYPES, cell_type, storable
from pipelines.inputs.addresses import Address, is_address
from pipelines.inputs.discover import STORE_NAME
from pipelines.inputs.known import Known, Seen, Stamp, absolute, plain_id
from pipelines.store import row_counts
from pipelines.store.health import refuse_damaged
from pipelines.store.layout import connect, prepare
from pipelines.store.marks import mark, mark_all, same_bytes
from pipelines.store.sql_errors import told

__all__ = ["GONE_WARNING", "Known", "Seen", "Stamp", "Store", "absolute", "cell_type", "plain_id", "storable"]

#: an address that was taken for a path (which leaves out a slash)
_MANGLED = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")

#: documents of which something is to be said that follows from others
_NOTED = "f.gone OR d.sha256 IN (SELECT sha256 FROM documents WHERE sha256 != '' GROUP BY sha256 HAVING count(*) > 1)"

GONE_WARNING = "the file is no longer in its input folder"


class Store:
    """The store of an output folder. Use as a context manager, or `close()` it."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path, self._db = path, db
        self._more: Counter[str] = Counter()  # rows by table that the transaction has put in, less those it took out

    @classmethod
    def open(cls, out: Path, *, create: bool = False, check: bool = False, reading: bool = False) -> Store:
        """Open the store of the output folder `out`.

        One that may only be read is opened for reading.

        Args:
            create: make the folder and the store when they are not there.
            check: look whether it is damaged, which takes a second for each gigabyte or so.
            reading: write nothing, whatever may be written.

        Raises:
            PipelineError: `usage` when there is no store (and `create` is false), `store` when it is not one of ours,
                made by a newer casesift, damaged, or cannot be written.
        """
        path = out / STORE_NAME
        if not create and not path.is_file() and _MANGLED.match(str(out)):
            raise PipelineError(
                Code.USAGE, f"{out}: only `casesift run` takes addresses", mend="copy the output folder here first"
            )
        if not create and not path.is_file():
            raise PipelineError(
                Code.USAGE, f"{out}: no casesift output folder (no {STORE_NAME} in it)", mend="run `casesift run` first"
            )
        with told(path):
            try:
                if create:
                    out.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise PipelineError(
                    Code.USAGE, f"{out}: cannot be made or is no folder ({error.strerror})", mend="choose another --out"
                ) from error
            reading = reading or (not create and not (os.access(out, os.W_OK) and os.access(path, os.W_OK)))
            db = connect(path, reading=reading)
            try:
                if check:
                    refuse_damaged(db, path)
                prepare(db, path, reading=reading)
            except BaseException:
                db.close()
                raise
        return cls(path, db)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the store; what was committed is safe in any case."""
        self._db.close()

    # writing ---------------------------------------------------------------------------------------------------

    def put(self, report: Report, path: Path | Address, stamp: Stamp | None, *, replaces: str = "") -> None:
        """Keep a report and mark its document done, in one transaction.

        It takes the place of the rows its document had; `replaces` names a document that goes with it: what the file
        held before it was changed.
        """
        self._check_place()
        document = report.document
        ours = {document.doc_id, replaces} - {""}
        with self._change(read=document.doc_id) as changed:
            changed |= same_bytes(self._db, ours)
            for doc_id in ours:
                self._drop(doc_id)
            self._count_timeout(document)
            for table in schema.TABLES:
                rows = report.rows(table)
                self._more[table] += len(rows)
                names = COLUMNS[table]
                marks = ", ".join("?" * (len(names) + 1))
                self._db.executemany(
                    f'INSERT INTO "{table}" ({_names(names)}, ord) VALUES ({marks})',
                    ([*(_cell(values[n]) for n in names), i] for i, values in enumerate(map(vars, rows))),
                )
            if report.reasons:
                text = json.dumps(report.reasons)  # ASCII: nothing in a paper can spoil it
                self._db.execute("INSERT INTO reasons (doc_id, told) VALUES (?, ?)", (document.doc_id, text))
            self._see(document.doc_id, path, stamp)
            changed |= same_bytes(self._db, [document.doc_id])
            if replaces and replaces != document.doc_id:
                self._db.execute("INSERT INTO replaced (doc_id, by_id) VALUES (?, ?)", (replaces, document.doc_id))

    def _count_timeout(self, document: schema.Document) -> None:
        if document.reason.startswith(f"{Code.TIMEOUT}:"):
            count = "INSERT INTO timeouts VALUES (?, 1) ON CONFLICT (doc_id) DO UPDATE SET times = times + 1"
            self._db.execute(count, (document.doc_id,))
        else:
            self._db.execute("DELETE FROM timeouts WHERE doc_id = ?", (document.doc_id,))

    def update_files(self, seen: Sequence[Seen] = (), *, gone: Sequence[str] = (), drop: Sequence[str] = ()) -> None:
        """Take in what became of the documents' files, in one transaction.

        Args:
            seen: where unchanged documents stand now; one with another name keeps its rows and their identifiers.
            gone: documents whose file is no longer there; their rows stay and say so.
            drop: documents to take out with all their rows.
        """
        if not (seen or gone or drop):
            return
        known = {k.doc_id: k for k in self.known()}
        renamed = [s for s in seen if known[s.doc_id].file != s.file]
        back = [s for s in seen if known[s.doc_id].gone]
        touched = {*(s.doc_id for s in (*renamed, *back)), *gone, *drop}
        with self._change(rows=bool(touched)) as changed:
            changed |= same_bytes(self._db, touched)
            for entry in renamed:
                for table in schema.TABLES:
                    self._db.execute(
                        f'UPDATE "{table}" SET file = ? WHERE doc_id = ?', (storable(entry.file), entry.doc_id)
                    )
            for entry in seen:
                self._see(entry.doc_id, entry.path, entry.stamp)
            self._db.executemany("UPDATE files SET gone = 1 WHERE doc_id = ?", [(d,) for d in gone])
            for doc_id in drop:
                self._drop(doc_id)
                self._db.execute("DELETE FROM timeouts WHERE doc_id = ?", (doc_id,))

    def _check_place(self) -> None:
        """A store that was moved or removed under us would still take rows, which nobody would find."""
        if not self.path.exists():
            raise PipelineError(
                Code.STORE, "it was moved or removed while it was written to", file=self.path,
                mend="put the output folder back, or leave it; run again",
            )  # fmt: skip

    def _see(self, doc_id: str, path: Path | Address, stamp: Stamp | None) -> None:
        size, mtime, ctime = (stamp.size, stamp.mtime_ns, stamp.ctime_ns) if stamp else (None, None, None)
        self._db.execute(
            "INSERT INTO files (doc_id, path, size, mtime_ns, ctime_ns, gone) VALUES (?, ?, ?, ?, ?, 0)"
            " ON CONFLICT (doc_id) DO UPDATE SET path = excluded.path, size = excluded.size,"
            " mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, gone = 0",
            (doc_id, os.fsencode(str(absolute(path))), size, mtime, ctime),
        )

    def _drop(self, doc_id: str) -> None:
        for table in (*schema.TABLES, "files", "reasons"):
            self._more[table] -= self._db.execute(f'DELETE FROM "{table}" WHERE doc_id = ?', (doc_id,)).rowcount

    @contextmanager
    def _change(self, *, rows: bool = True, read: str = "", known: bool = True) -> Iterator[set[str]]:
        """One transaction; gives a set for the documents whose rows it changes, to be filled in before it ends.

        Args:
            rows: the tables written from the store are out of date after it.
            read: the document that was read, which is then the newest run's.
            known: whose rows change is told; otherwise any document's may have.
        """
        changed: set[str] = set()
        with told(self.path):
            try:  # from its first word on: a signal that came while it waited is raised as soon as it has begun
                self._db.execute("BEGIN IMMEDIATE")
                self._more.clear()
                yield changed
                row_counts.add(self._db, self._more)
                if rows:
                    self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'revision'")
                    if known:
                        mark(self._db, changed, read=read)
                    else:
                        mark_all(self._db)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def transaction(self, *, rows: bool = True, of: set[str] | None = None) -> Iterator[sqlite3.Connection]:
        """One transaction on what stands beside the record tables.

        Args:
            rows: the tables are to be written again after it.
            of: the documents whose rows look otherwise then, filled in before it ends; None: any document's may.
        """
        with self._change(rows=rows, known=of is not None) as changed:
            yield self._db
            changed |= of or set()

    # reading ---------------------------------------------------------------------------------------------------

    def select(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query for what stands beside the record tables gives."""
        with told(self.path):
            return self._db.execute(query, values).fetchall()

    def known(self, doc_id: str | None = None) -> list[Known]:
        """All documents in document order, or the one asked for if there is one."""
        return self._known_where(*(("d.doc_id = ?", (doc_id,)) if doc_id is not None else ("1", ())))

    def _known_where(self, condition: str, values: Sequence[Any]) -> list[Known]:
        with told(self.path):
            rows = self._db.execute(
                "SELECT d.doc_id, d.file, d.sha256, d.status, d.reason, d.pipeline,"
                " f.path, f.size, f.mtime_ns, f.ctime_ns, f.gone, coalesce(t.times, 0)"
                " FROM documents d JOIN files f USING (doc_id) LEFT JOIN timeouts t USING (doc_id)"
                f" WHERE {condition} ORDER BY d.file",
                values,
            ).fetchall()
        return [_known(*row) for row in rows]

    def rows(self, table: str, *, doc_id: str | None = None) -> Iterator[dict[str, Any]]:
        """The rows of a table in document order, as plain values by column; None means "not told".

        In `documents` the warnings also tell what follows from other documents: same bytes, file gone.
        """
        notes = self._notes(doc_id) if table == "documents" else {}
        names, kinds = COLUMNS[table], TYPES[table]
        where, values = (" WHERE doc_id = ?", (doc_id,)) if doc_id is not None else ("", ())
        with told(self.path):
            cursor = self._db.execute(
                f'SELECT {_names(names)} FROM "{table}"{where} ORDER BY file, doc_id, ord', values
            )
            for values_ in cursor:
                row: dict[str, Any] = {
                    name: bool(v) if kind is bool and v is not None else v
                    for name, kind, v in zip(names, kinds, values_, strict=True)
                }
                if note := notes.get(row["doc_id"]):
                    row["warnings"] = "; ".join(filter(None, (row["warnings"], note)))
                yield row

    def _notes(self, doc_id: str | None) -> dict[str, str]:
        """For each document, or the one asked for, what follows from the others."""
        alike = "d.doc_id = ? OR (d.sha256 != '' AND d.sha256 = (SELECT sha256 FROM documents WHERE doc_id = ?))"
        known = self._known_where(_NOTED, ()) if doc_id is None else self._known_where(alike, (doc_id, doc_id))
        by_hash: dict[str, list[Known]] = {}
        for k in known:
            if k.sha256 and not k.gone:
                by_hash.setdefault(k.sha256, []).append(k)
        notes = {k.doc_id: GONE_WARNING for k in known if k.gone}
        for same in by_hash.values():
            same.sort(key=lambda k: (k.doc_id != plain_id(k.sha256), k.file))
            notes |= {k.doc_id: f"same bytes as {same[0].file}" for k in same[1:]}
        return notes

    def reasons(self, doc_id: str) -> dict[str, list[str]]:
        """By row identifier why the rows of a document say what they say, in lines for a person; see `Report.reasons`."""
        rows = self.select("SELECT told FROM reasons WHERE doc_id = ?", (doc_id,))
        return dict(json.loads(rows[0][0])) if rows else {}

    def counts(self) -> dict[str, int]:
        """Rows of each table."""
        with told(self.path):
            return row_counts.noted(self._db) or row_counts.count(self._db)

    def note_counts(self) -> None:
        """Keep the counts with the rows, unless they are kept."""
        if row_counts.noted(self._db) is None:
            with self._change(rows=False):
                row_counts.note(self._db, row_counts.count(self._db))

    def statuses(self) -> dict[str, int]:
        """Documents by status: ok, partial, failed."""
        counts = dict(self.select("SELECT status, count(*) FROM documents GROUP BY status"))
        return {status: counts.get(status, 0) for status in typing.get_args(schema.DocumentStatus)}

    @property
    def revision(self) -> int:
        """Grows with every change of rows."""
        return int(self.meta("revision"))

    def meta(self, key: str) -> str:
        """A note kept with `set_meta`, or an empty string."""
        with told(self.path):
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def set_meta(self, notes: Mapping[str, str]) -> None:
        """Keep notes beside the rows."""
        with self._change(rows=False):
            self._db.executemany("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", list(notes.items()))


def _known(
    doc_id: str, file: str, sha256: str, status: str, reason: str, pipeline: str,
    path: bytes, size: int | None, mtime_ns: int, ctime_ns: int, gone: int, timeouts: int,
) -> Known:  # fmt: skip
    stamp = None if size is None else Stamp(size, mtime_ns, ctime_ns)
    place = os.fsdecode(path)
    return Known(
        doc_id, file, sha256, status, reason, pipeline, Address(place) if is_address(place) else Path(place), stamp, bool(gone),
        timeouts,
    )  # fmt: skip


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{n}"' for n in names)


def _cell(value: Any) -> Any:
    return storable(value) if isinstance(value, str) and not value.isascii() else value
