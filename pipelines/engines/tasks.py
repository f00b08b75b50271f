"""The documents a run has to read, as an engine draws them.

In: what `plan` has decided, in document order. Out: `Task`s, one by one. The bytes of new files are hashed as they are drawn,
by a thread that is a few files ahead; so the first document of a large new folder is read at once, and the identifiers are
those that hashing everything beforehand would give.
"""

from __future__ import annotations

import hashlib
import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

from extract.errors import Code, PipelineError
from pipelines.inputs.addresses import Address
from pipelines.inputs.known import Known, Stamp, plain_id

#: files hashed before somebody asks for them
_AHEAD = 8

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read: where it is, what it will be called, and which document it takes the place of."""

    path: Path | Address
    file: str
    doc_id: str
    sha256: str
    stamp: Stamp | None
    replaces: str = ""
    #: why it cannot even be opened (`code: what; what to do`); empty for a document to read
    unreadable: str = ""
    #: it cannot be opened now, but could be before: its rows are kept
    keeps_rows: bool = False


@dataclass
class File:
    """A found file on its way to a decision."""

    path: Path | Address  # absolute
    file: str
    prior: Known | None  # the document known at its path
    stamp: Stamp | None = None
    sha256: str = ""
    unreadable: str = ""
    same: Known | None = None  # the known document with these bytes that this file is

    def look(self) -> None:
        """Fill in the stamp; a file that looks as it did holds the bytes it held."""
        try:
            self.stamp = Stamp.of(self.path)
        except OSError as error:
            self.unreadable = _unreadable(error)
        else:
            if self.prior and self.prior.stamp == self.stamp:
                self.sha256 = self.prior.sha256

    def hash(self) -> None:
        """Fill in the hash, unless it is known, and the stamp as of now; its size is that of the bytes that were hashed."""
        if self.sha256 or self.unreadable:
            return
        try:
            stamp, size, digest = Stamp.of(self.path), 0, hashlib.sha256()
            with self.path.open("rb") as stream:
                while block := stream.read(2**20):
                    size += len(block)
                    digest.update(block)
            self.stamp, self.sha256 = replace(stamp, size=size), digest.hexdigest()
        except OSError as error:
            self.unreadable = _unreadable(error)

    def waiting(self) -> Task | None:
        """The task of a file that cannot be opened now but could be before; None of any other."""
        if not (self.unreadable and self.prior and self.prior.sha256):
            return None
        known = self.prior
        return Task(self.path, known.file, known.doc_id, "", self.stamp, unreadable=self.unreadable, keeps_rows=True)


def _unreadable(error: OSError) -> str:
    mend = "give read permission or take it out of the folder" if isinstance(error, PermissionError) else "try again"
    return PipelineError(Code.NOT_READABLE, f"cannot be read ({error.strerror})", mend=mend).reason


class Tasks:
    """What there is to read, in document order.

    Args:
        planned: documents as they are, and new files, whose identifiers are made when they are drawn.
        taken: identifiers that are not free; those of new documents are added.
    """

    def __init__(self, planned: list[Task | File], taken: set[str]) -> None:
        self._planned, self._taken = planned, taken
        #: known documents that are to be read again, or have a file in their place
        self.known = {item.doc_id for item in planned if isinstance(item, Task)}
        self.known |= {item.prior.doc_id for item in planned if isinstance(item, File) and item.prior}

    def __len__(self) -> int:
        return len(self._planned)

    def __iter__(self) -> Iterator[Task]:
        return ahead(self._made, _AHEAD)

    def _made(self) -> Iterator[Task]:
        for i, item in enumerate(self._planned):
            task = self._planned[i] = item if isinstance(item, Task) else self._new(item)
            yield task

    def _new(self, f: File) -> Task:
        f.hash()
        if task := f.waiting():
            return task
        doc_id = _new_id(f, self._taken)
        self._taken.add(doc_id)
        replaces = f.prior.doc_id if f.prior and f.prior.doc_id not in self._taken else ""
        return Task(f.path, f.file, doc_id, f.sha256, f.stamp, replaces, f.unreadable)


def _new_id(f: File, taken: set[str]) -> str:
    if f.sha256 and plain_id(f.sha256) not in taken:
        return plain_id(f.sha256)
    salt = 0
    while True:  # a second round only when 48 bits collide
        seed = f"{f.sha256}\n{f.file}" + (f"\n{salt}" if salt else "")
        doc_id = plain_id(hashlib.sha256(seed.encode()).hexdigest())
        if doc_id not in taken:
            return doc_id
        salt += 1


def ahead(items: Callable[[], Iterator[_T]], many: int) -> Iterator[_T]:
    """What `items()` gives, made in a thread, up to `many` before they are asked for; its errors are raised here."""
    made: queue.Queue[tuple[_T | None, BaseException | None]] = queue.Queue(many)
    over = Event()

    def give(item: _T | None, error: BaseException | None) -> None:
        while not over.is_set():
            try:
                return made.put((item, error), timeout=0.1)
            except queue.Full:
                continue

    def make() -> None:
        try:
            for item in items():
                give(item, None)
                if over.is_set():
                    return
            give(None, StopIteration())
        except BaseException as error:
            give(None, error)

    Thread(target=make, name="casesift-ahead", daemon=True).start()
    try:
        while True:
            item, error = made.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]
    finally:
        over.set()
