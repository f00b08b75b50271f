"""The store: one SQLite file an output folder, the truth that all tables are views of.

In: Reports, one at a time, each committed whole (rows and the mark that the document is done, in one transaction), so
a run that is killed at any moment leaves documents that are done and documents that are not, and nothing between.
Out: rows in document order (by `file`, then as the report told them).

The tables are made from the models of `extract.schema`. Beside them stand `files` (where a document was last seen and
how large and old it was, so that an unchanged file need not be read again), `runs` (see `pipelines.runs`), `decisions`
(what curators said, see `pipelines.curation`), `replaced` (which document took the place of which) and `meta`.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError
from extract.schema import Report
from pipelines.addresses import Address, is_address
from pipelines.discover import STORE_NAME

#: raised when the layout of `files` or `meta` changes; columns of the record tables may be added without
SCHEMA_VERSION = 1

#: an address that was taken for a path (which leaves out a slash)
_MANGLED = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")

GONE_WARNING = "the file is no longer in its input folder"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file is unchanged without reading it: size in bytes, modification and change time in ns.

    At an address: size, modification time, and a number made from the tag that the file system gives the bytes.
    """

    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, path: Path | Address) -> Stamp:
        """The stamp of a file, or of an address as it was listed; OSError when it cannot be looked at."""
        if isinstance(path, Address):
            if path.listed is None:
                raise FileNotFoundError(errno.ENOENT, "it was not listed", path.url)
            return cls(*path.listed)
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class Known:
    """A document in the store, without its rows."""

    doc_id: str
    file: str
    sha256: str
    status: str
    reason: str
    pipeline: str
    path: Path | Address
    stamp: Stamp | None
    gone: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """An unchanged document: its name and place as of now."""

    doc_id: str
    file: str
    path: Path | Address
    stamp: Stamp | None


def cell_type(row: type[schema.Row], column: str) -> type:
    """The plain type of a column: str, int, float or bool."""
    annotation = row.model_fields[column].annotation
    kinds = {k for k in _plain_types(annotation) if k is not type(None)}
    for kind in (str, float, int, bool):
        if kind in kinds:
            return kind
    raise TypeError(f"{row.__name__}.{column}: no plain type in {annotation}")


def _plain_types(annotation: Any) -> Iterator[type]:
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        yield from (type(v) for v in typing.get_args(annotation))
    elif origin in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            yield from _plain_types(part)
    else:
        yield annotation


_SQL_TYPES = {str: "TEXT NOT NULL DEFAULT ''", int: "INTEGER", float: "REAL", bool: "INTEGER"}
_COLUMNS = {table: schema.columns(row) for table, row in schema.TABLES.items()}
_TYPES = {table: [cell_type(row, c) for c in _COLUMNS[table]] for table, row in schema.TABLES.items()}


class Store:
    """The store of an output folder. Use as a context manager, or `close()` it."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path, self._db = path, db

    @classmethod
    def open(cls, out: Path, *, create: bool = False) -> Store:
        """Open the store of the output folder `out`.

        One that may only be read is opened for reading.

        Args:
            create: make the folder and the store when they are not there.

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
        with _told(path):
            try:
                out.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise PipelineError(
                    Code.USAGE, f"{out}: cannot be made or is no folder ({error.strerror})", mend="choose another --out"
                ) from error
            reading = not create and not (os.access(out, os.W_OK) and os.access(path, os.W_OK))
            db = _connect(path, reading=reading)
            try:
                _prepare(db, path, reading=reading)
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
        with self._change():
            document = report.document
            for doc_id in {document.doc_id, replaces} - {""}:
                self._drop(doc_id)
            for table in schema.TABLES:
                rows = [document] if table == "documents" else getattr(report, table)
                names = _COLUMNS[table]
                marks = ", ".join("?" * (len(names) + 1))
                self._db.executemany(
                    f"INSERT INTO {table} ({_names(names)}, ord) VALUES ({marks})",
                    ([*(_cell(getattr(row, n)) for n in names), i] for i, row in enumerate(rows)),
                )
            self._see(document.doc_id, path, stamp)
            if replaces and replaces != document.doc_id:
                self._db.execute("INSERT INTO replaced (doc_id, by_id) VALUES (?, ?)", (replaces, document.doc_id))

    def update_files(self, seen: Sequence[Seen] = (), *, gone: Sequence[str] = (), drop: Sequence[str] = ()) -> None:
        """Take in what became of the documents' files, in one transaction.

        Args:
            seen: where unchanged documents stand now; one with another name keeps its rows and their identifiers.
            gone: documents whose file is no longer there; their rows stay and say so.
            drop: documents to take out with all their rows.
        """
        if not (seen or gone or drop):
            return
        here = {k.doc_id: k for k in self.known()}
        renamed = [s for s in seen if here[s.doc_id].file != s.file]
        back = [s for s in seen if here[s.doc_id].gone]
        with self._change(rows=bool(renamed or back or gone or drop)):
            for one in renamed:
                for table in schema.TABLES:
                    self._db.execute(f"UPDATE {table} SET file = ? WHERE doc_id = ?", (storable(one.file), one.doc_id))
            for one in seen:
                self._see(one.doc_id, one.path, one.stamp)
            self._db.executemany("UPDATE files SET gone = 1 WHERE doc_id = ?", [(d,) for d in gone])
            for doc_id in drop:
                self._drop(doc_id)

    def _see(self, doc_id: str, path: Path | Address, stamp: Stamp | None) -> None:
        size, mtime, ctime = (stamp.size, stamp.mtime_ns, stamp.ctime_ns) if stamp else (None, None, None)
        self._db.execute(
            "INSERT INTO files (doc_id, path, size, mtime_ns, ctime_ns, gone) VALUES (?, ?, ?, ?, ?, 0)"
            " ON CONFLICT (doc_id) DO UPDATE SET path = excluded.path, size = excluded.size,"
            " mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, gone = 0",
            (doc_id, os.fsencode(str(absolute(path))), size, mtime, ctime),
        )

    def _drop(self, doc_id: str) -> None:
        for table in (*schema.TABLES, "files"):
            self._db.execute(f"DELETE FROM {table} WHERE doc_id = ?", (doc_id,))

    @contextmanager
    def _change(self, *, rows: bool = True) -> Iterator[None]:
        """One transaction; `rows`: the tables written from the store are out of date after it."""
        with _told(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                if rows:
                    self._db.execute("UPDATE meta SET value = value + 1 WHERE key = 'revision'")
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def transaction(self, *, rows: bool = True) -> Iterator[sqlite3.Connection]:
        """One transaction on what stands beside the record tables; `rows`: the tables are to be written again after it."""
        with self._change(rows=rows):
            yield self._db

    # reading ---------------------------------------------------------------------------------------------------

    def select(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a query for what stands beside the record tables gives."""
        with _told(self.path):
            return self._db.execute(query, values).fetchall()

    def known(self, doc_id: str | None = None) -> list[Known]:
        """All documents in document order, or the one asked for if there is one."""
        return self._known_where(*(("d.doc_id = ?", (doc_id,)) if doc_id is not None else ("1", ())))

    def _known_where(self, condition: str, values: Sequence[Any]) -> list[Known]:
        with _told(self.path):
            rows = self._db.execute(
                "SELECT d.doc_id, d.file, d.sha256, d.status, d.reason, d.pipeline,"
                " f.path, f.size, f.mtime_ns, f.ctime_ns, f.gone"
                f" FROM documents d JOIN files f USING (doc_id) WHERE {condition} ORDER BY d.file",
                values,
            ).fetchall()
        return [_known(*row) for row in rows]

    def rows(self, table: str, *, doc_id: str | None = None) -> Iterator[dict[str, Any]]:
        """The rows of a table in document order, as plain values by column; None means "not told".

        In `documents` the warnings also tell what follows from other documents: same bytes, file gone.
        """
        notes = self._notes(doc_id) if table == "documents" else {}
        names, kinds = _COLUMNS[table], _TYPES[table]
        where, values = (" WHERE doc_id = ?", (doc_id,)) if doc_id is not None else ("", ())
        with _told(self.path):
            cursor = self._db.execute(f"SELECT {_names(names)} FROM {table}{where} ORDER BY file, doc_id, ord", values)
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
        known = self.known() if doc_id is None else self._known_where(alike, (doc_id, doc_id))
        here: dict[str, list[Known]] = {}
        for k in known:
            if k.sha256 and not k.gone:
                here.setdefault(k.sha256, []).append(k)
        notes = {k.doc_id: GONE_WARNING for k in known if k.gone}
        for same in here.values():
            same.sort(key=lambda k: (k.doc_id != plain_id(k.sha256), k.file))
            notes |= {k.doc_id: f"same bytes as {same[0].file}" for k in same[1:]}
        return notes

    def counts(self) -> dict[str, int]:
        """Rows of each table."""
        with _told(self.path):
            return {t: self._db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in schema.TABLES}

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
        with _told(self.path):
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def set_meta(self, notes: Mapping[str, str]) -> None:
        """Keep notes beside the rows."""
        with self._change(rows=False):
            self._db.executemany("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", list(notes.items()))


def _known(
    doc_id: str, file: str, sha256: str, status: str, reason: str, pipeline: str,
    path: bytes, size: int | None, mtime_ns: int, ctime_ns: int, gone: int,
) -> Known:  # fmt: skip
    stamp = None if size is None else Stamp(size, mtime_ns, ctime_ns)
    place = os.fsdecode(path)
    return Known(
        doc_id, file, sha256, status, reason, pipeline, Address(place) if is_address(place) else Path(place), stamp, bool(gone)
    )  # fmt: skip


def absolute(path: Path | Address) -> Path | Address:
    """Where a document is, seen from anywhere; links are kept as they are."""
    return path if isinstance(path, Address) else Path(os.path.abspath(path))  # noqa: PTH100


def plain_id(sha256: str) -> str:
    """The identifier of a document with these bytes: "d" and 12 hexadecimal digits."""
    return f"d{sha256[:12]}"


#: what stands beside the record tables; each is made where it is not there yet
BESIDE = {
    "files": (
        "CREATE TABLE files (doc_id TEXT PRIMARY KEY, path BLOB NOT NULL, size INTEGER,"
        " mtime_ns INTEGER, ctime_ns INTEGER, gone INTEGER NOT NULL DEFAULT 0)",
    ),
    "meta": (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value)",
        "INSERT INTO meta (key, value) VALUES ('revision', 0)",
    ),
    # what curators said, see `pipelines.curation.decisions`; nothing in it is ever changed or taken out
    "decisions": (
        'CREATE TABLE decisions (number INTEGER PRIMARY KEY, "when" TEXT NOT NULL, who TEXT NOT NULL,'
        ' doc_id TEXT NOT NULL, "table" TEXT NOT NULL, row_id TEXT NOT NULL, action TEXT NOT NULL,'
        ' field TEXT NOT NULL, old TEXT, "new" TEXT, why TEXT NOT NULL, anchor TEXT NOT NULL)',
        "CREATE INDEX decisions_doc ON decisions (doc_id)",
        *(
            f"CREATE TRIGGER decisions_no_{act} BEFORE {act.upper()} ON decisions"
            " BEGIN SELECT RAISE(ABORT, 'decisions are never changed or taken out'); END"
            for act in ("update", "delete")
        ),
    ),
    # a file held other bytes: the document by_id took the place of doc_id
    "replaced": ("CREATE TABLE replaced (doc_id TEXT NOT NULL, by_id TEXT NOT NULL)",),
    # one row for each run, see `pipelines.runs`; `told` is the summary as JSON
    "runs": (
        "CREATE TABLE runs (run INTEGER PRIMARY KEY, started TEXT NOT NULL, ended TEXT, host TEXT NOT NULL,"
        " pid INTEGER NOT NULL, version TEXT NOT NULL, fingerprint TEXT NOT NULL, exit_code INTEGER, told TEXT)",
    ),
}


def _connect(path: Path, *, reading: bool) -> sqlite3.Connection:
    if reading:  # somebody else's folder; where nobody writes just now, SQLite must not look for a writer's files
        how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
        return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", timeout=30, isolation_level=None, uri=True)
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path, *, reading: bool) -> None:
    """Make what is not there yet; columns that a newer casesift knows are added to the tables.

    A store that lacks nothing is not written to, so it can be looked at while a run holds it, or the disk is full.
    """
    db.execute("BEGIN")  # one look at all of it: another run may be making it just now
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise PipelineError(Code.STORE, "an SQLite file, but not a casesift store", file=path, mend="move it away")
    if version > SCHEMA_VERSION:
        raise PipelineError(
            Code.STORE, f"made by a newer casesift (store version {version})", file=path, mend="upgrade casesift"
        )
    lacking = any(_lacking(db))
    db.execute("COMMIT")
    if not lacking:
        return
    if reading:
        raise PipelineError(
            Code.STORE, "made by an older casesift, and may only be read here", file=path, mend="have its owner run `casesift run`"
        )  # fmt: skip
    db.execute("BEGIN IMMEDIATE")
    for statement in list(_lacking(db)):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")


def _lacking(db: sqlite3.Connection) -> Iterator[str]:
    """The statements that make what this store has not."""
    for table, names in _COLUMNS.items():
        specs = {n: f'"{n}" {_SQL_TYPES[k]}' for n, k in zip(names, _TYPES[table], strict=True)}
        there = {r[1] for r in db.execute(f"PRAGMA table_info({table})")}
        if not there:
            yield f"CREATE TABLE {table} ({', '.join(specs.values())}, ord INTEGER NOT NULL)"
            unique = "UNIQUE " if table == "documents" else ""
            yield f"CREATE {unique}INDEX {table}_doc ON {table} (doc_id)"
            yield f"CREATE INDEX {table}_order ON {table} (file, doc_id, ord)"
        for name in (n for n in names if there and n not in there):
            yield f"ALTER TABLE {table} ADD COLUMN {specs[name]}"
    tables = {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table, statements in BESIDE.items():
        if table not in tables:
            yield from statements


def _names(names: Iterable[str]) -> str:
    return ", ".join(f'"{n}"' for n in names)


def _cell(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def storable(value: str) -> str:
    """Text that UTF-8 can hold: a lone surrogate, as broken PDFs tell them, becomes U+FFFD."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what SQLite says into our error, with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "full" in text:
            mend = "make room on the disk and run again; what was done is kept"
        elif "malformed" in text or "not a database" in text:
            mend = "move it away and run again"
        elif "locked" in text:
            mend = "wait until the other program that has it open is done"
        else:
            mend = "check that the folder can be written"
        raise PipelineError(Code.STORE, text, file=path, mend=mend) from error
