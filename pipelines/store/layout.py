"""How the store is laid out in SQLite: the record tables, what stands beside them, and how an older store is brought up."""

from __future__ import annotations

import os
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines.catalog.columns import COLUMNS, SQL_TYPES, TYPES
from pipelines.files.replacing import PART
from pipelines.store.health import back_up, damaged

#: raised when the layout of `files` or `meta` changes; columns of the record tables may be added without
SCHEMA_VERSION = 1

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
    # why the rows of a document say what they say: `Report.reasons` as JSON
    "reasons": ("CREATE TABLE reasons (doc_id TEXT PRIMARY KEY, told TEXT NOT NULL)",),
    # how many runs in a row a document took too long in
    "timeouts": ("CREATE TABLE timeouts (doc_id TEXT PRIMARY KEY, times INTEGER NOT NULL)",),
    # by document: the run that last read it, and the store's revision when its rows last changed, see `pipelines.store.changes`;
    # one that was taken out stays in here
    "changes": (
        "CREATE TABLE changes (doc_id TEXT PRIMARY KEY, run INTEGER NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID",
        "CREATE INDEX changes_run ON changes (run)",
        "INSERT INTO changes (doc_id, run, revision) SELECT doc_id, 0, (SELECT value FROM meta WHERE key = 'revision') FROM documents",
    ),
    # by run: the revision when rows of a document that was read in it last changed, or went
    "partitions": (
        "CREATE TABLE partitions (run INTEGER PRIMARY KEY, revision INTEGER NOT NULL)",
        "INSERT INTO partitions (run, revision) SELECT run, max(revision) FROM changes GROUP BY run",
    ),
    # how many bytes the rows of a document take in a table as it was last written, see `pipelines.tables.spliced`
    "written": (
        'CREATE TABLE written ("table" TEXT NOT NULL, file TEXT NOT NULL, doc_id TEXT NOT NULL, size INTEGER NOT NULL,'
        ' PRIMARY KEY ("table", file, doc_id)) WITHOUT ROWID',
    ),
    # one row for each run, see `pipelines.store.runs`; `told` is the summary as JSON
    "runs": (
        "CREATE TABLE runs (run INTEGER PRIMARY KEY, started TEXT NOT NULL, ended TEXT, host TEXT NOT NULL,"
        " pid INTEGER NOT NULL, version TEXT NOT NULL, fingerprint TEXT NOT NULL, exit_code INTEGER, told TEXT)",
    ),
}


def fold(text: str | None) -> str | None:
    """A text in lower case and without accents, for searching ("muller" finds Müller); in SQL `fold(column)`."""
    if text is None:
        return None
    apart = unicodedata.normalize("NFKD", text.casefold())
    return (
        "".join(c for c in apart if not unicodedata.combining(c)).replace("ß", "ss").replace("ø", "o").replace("ł", "l")
    )


def connect(path: Path, *, reading: bool) -> sqlite3.Connection:
    """A connection to the store's file; `reading`: it is not written to."""
    if path.exists() and path.stat().st_size == 0:
        raise damaged(path, "0 bytes")
    if reading and not (
        os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)
    ):  # somebody else's folder; where nobody writes just now, SQLite must not look for a writer's files
        how = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
        db = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", timeout=30, isolation_level=None, uri=True)
        db.create_function("fold", 1, fold, deterministic=True)
        return db
    log = path.with_name(f"{path.name}-wal")
    if not path.exists() and log.exists():
        raise PipelineError(
            Code.STORE, f"it is gone, but {log.name} beside it holds its last changes", file=path,
            mend=f"put {path.name} back; or remove {log.name} to begin anew",
        )  # fmt: skip
    if not path.exists():
        _make(path)
    db = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        db.create_function("fold", 1, fold, deterministic=True)
        if reading:  # not mode=ro, which leaves the files beside the store behind
            db.execute("PRAGMA query_only=ON")
        else:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
    except BaseException:
        db.close()
        raise
    return db


def _make(path: Path) -> None:
    """A new store appears under its name only when it has all its tables, so that an empty file is never taken for one."""
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    part.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as db:
            prepare(db, part, reading=False)
        if not path.exists():
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def prepare(db: sqlite3.Connection, path: Path, *, reading: bool) -> None:
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
    if version:
        back_up(db, path)
    db.execute("BEGIN IMMEDIATE")
    for statement in list(_lacking(db)):
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")


def _lacking(db: sqlite3.Connection) -> Iterator[str]:
    """The statements that make what this store has not."""
    for table, names in COLUMNS.items():
        specs = {n: f'"{n}" {SQL_TYPES[k]}' for n, k in zip(names, TYPES[table], strict=True)}
        there = {r[1] for r in db.execute(f'PRAGMA table_info("{table}")')}
        if not there:
            yield f'CREATE TABLE "{table}" ({", ".join(specs.values())}, ord INTEGER NOT NULL)'
            unique = "UNIQUE " if table == "documents" else ""
            yield f'CREATE {unique}INDEX {table}_doc ON "{table}" (doc_id)'
            yield f'CREATE INDEX {table}_order ON "{table}" (file, doc_id, ord)'
        for name in (n for n in names if there and n not in there):
            yield f'ALTER TABLE "{table}" ADD COLUMN {specs[name]}'
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'documents_bytes'").fetchone():
        yield "CREATE INDEX documents_bytes ON documents (sha256)"
    tables = {r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table, statements in BESIDE.items():
        if table not in tables:
            yield from statements
