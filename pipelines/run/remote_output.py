"""`casesift run --out s3://bucket/tables`: an output folder at an address.

SQLite and tables that are renamed when they are whole need a folder of this machine. So the store is fetched into a working
folder in the cache (`$CASESIFT_CACHE/outputs`), the run goes on there, and store and tables are put back after it: each under
another name first and moved when it is whole, the store last. A run that is killed leaves the old store at the address or
the new one; what it had read is still in the working folder, and the next run on this machine goes on from there.

Runs of one machine are held apart by the lock of the working folder. Runs on two machines are not: there is no lock on
object stores. The one that ends later sees that the store at the address is no longer the one it fetched, puts nothing there,
and says so; only when both end in the same moment one of them is lost, and its documents are read again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.files.replacing import replacing
from pipelines.inputs import file_systems
from pipelines.inputs.addresses import joined
from pipelines.inputs.discover import STORE_NAME

#: in the working folder: which store at the address it stands for, and of which state the tables there are
_NOTE = ".casesift-address.json"

_PART = ".part"


class RemoteOutput:
    """An output folder at an address, and the folder of this machine that stands for it.

    Args:
        address: the folder; it need not be there.

    Raises:
        PipelineError: `usage`, when the address cannot be used.
    """

    def __init__(self, address: str) -> None:
        file_systems.checked(address)
        file_systems.refuse_missing_bucket(address)
        self.address = address.rstrip("/")
        from extract.cache_dir import root  # which brings spaCy

        self.folder = root() / "outputs" / hashlib.sha256(self.address.encode()).hexdigest()[:16]
        self._note: dict[str, Any] = {}

    def pull(self) -> None:
        """Fetch the store, unless the one here stands for it already. The caller holds the lock of `folder`.

        Raises:
            PipelineError: `store`, it cannot be fetched.
        """
        there = self._stamp()
        with suppress(OSError, ValueError):
            self._note = json.loads((self.folder / _NOTE).read_text("utf-8"))
        if (self._note.get("store"), self._note.get("address")) == (there, self.address):
            return
        for name in (*_tables(), STORE_NAME, f"{STORE_NAME}-wal", f"{STORE_NAME}-shm", _NOTE):
            (self.folder / name).unlink(missing_ok=True)
        if there is not None:
            with file_systems.transfer(self.address, "fetched") as (fs, path):
                part = self.folder / f".{STORE_NAME}{_PART}"
                fs.get_file(joined(path, STORE_NAME), str(part))
                part.replace(self.folder / STORE_NAME)
        self._keep_note(there, tables="")

    def push(self) -> None:
        """Put store and tables at the address. The caller holds the lock of `folder`, and nothing has the store open.

        Raises:
            PipelineError: `locked`, another machine has put its store there meanwhile; `store`, they cannot be put there.
        """
        if self._stamp() != self._note.get("store"):
            raise PipelineError(
                Code.LOCKED, f"{self.address}: another machine wrote there during this run, which has put nothing there",
                mend="run again; what is not in its tables is read again",
            )  # fmt: skip
        copy = self.folder / f".{STORE_NAME}{_PART}"
        try:
            state = _copy_of(self.folder / STORE_NAME, copy)
            with file_systems.transfer(self.address, "written") as (fs, path):
                if not file_systems.has_buckets(self.address):  # there, that would make the bucket
                    fs.makedirs(path, exist_ok=True)
                for left in _parts(fs, path):
                    fs.rm_file(left)
                if self._note.get("tables") != state:
                    for name in _tables():
                        _put(fs, self.folder / name, path, name)
                _put(fs, copy, path, STORE_NAME)
        finally:
            copy.unlink(missing_ok=True)
        self._keep_note(self._stamp(), tables=state)

    def _stamp(self) -> list[int] | None:
        """Of the store at the address; None when there is none."""
        with file_systems.transfer(self.address, "looked at") as (fs, path):
            try:
                return list(file_systems.listed(fs.info(joined(path, STORE_NAME))))
            except FileNotFoundError:
                return None

    def _keep_note(self, store: list[int] | None, tables: str) -> None:
        self._note = {"address": self.address, "store": store, "tables": tables}
        with replacing(self.folder / _NOTE) as stream:
            json.dump(self._note, stream)


def _tables() -> Iterator[str]:
    yield from (f"{table}.csv" for table in schema.TABLES)
    yield "datapackage.json"


def _copy_of(store: Path, copy: Path) -> str:
    """One file with all that is in a store; the state its tables are of."""
    copy.unlink(missing_ok=True)
    with closing(sqlite3.connect(store)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = db.execute("SELECT value FROM meta WHERE key = 'tables_revision'").fetchone()
    shutil.copyfile(store, copy)
    return str(row[0]) if row else ""


def _parts(fs: Any, path: str) -> list[str]:
    """What killed runs have left there."""
    names = fs.ls(path, detail=False) if fs.exists(path) else []
    return [name for name in names if name.endswith(_PART) and name.rpartition("/")[2].startswith(".")]


def _put(fs: Any, file: Path, path: str, name: str) -> None:
    """Put a file there under another name, and move it to its own when it is whole."""
    part = joined(path, f".{name}.{uuid.uuid4().hex[:8]}{_PART}")
    fs.put_file(str(file), part)
    fs.mv(part, joined(path, name))
