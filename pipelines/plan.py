"""What a run has to do: the step between discovery and the engine.

In: the documents that were found and those the store knows. Out: a `Plan`: which to read, which are done, moved or
gone. Size and times are looked at first; bytes are hashed only where those changed. A document is its bytes:

- new bytes are a new document, whose `doc_id` is made from their SHA-256;
- the same bytes at another path, the old path being gone, are the same document moved: rows stay, `file` changes;
- the same bytes at two paths are two documents: the second has an id made from bytes and name;
- other bytes at a known path are a changed document: it takes the old one's place;
- a document whose file is gone stays in the tables with a warning, until somebody prunes it;
- a document that failed is left alone until it changes or somebody asks, but for failures that pass by themselves: it
  changed while it was read, or could not be opened then.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines import addresses
from pipelines.addresses import Address
from pipelines.discover import Found, table_name
from pipelines.store import Known, Seen, Stamp, absolute, plain_id

#: failures that pass by themselves: such a document is read again by the next run that can open it
PASSING = (Code.CHANGED, Code.NOT_FOUND, Code.NOT_READABLE)


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
class Plan:
    """What there is to do, each list in document order."""

    tasks: list[Task] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)  # unchanged documents whose place or stamp is to be noted
    done: int = 0  # documents that need no reading
    failed_before: list[Known] = field(default_factory=list)  # unchanged documents that failed in an earlier run
    moved: int = 0
    gone: list[str] = field(default_factory=list)  # documents whose file is no longer there


@dataclass
class _File:
    """A found file on its way to a decision."""

    path: Path | Address  # absolute
    file: str
    prior: Known | None
    stamp: Stamp | None = None
    sha256: str = ""
    unreadable: str = ""
    same: Known | None = None  # the known document with these bytes that this file is


def plan(
    found: Sequence[Found],
    known: Sequence[Known],
    *,
    fingerprint: str,
    force: bool = False,
    retry_failed: bool = False,
) -> Plan:
    """Compare what was found with what is known.

    Args:
        fingerprint: of the pipeline that would read the documents; rows of another one are out of date.
        force: read every found document again.
        retry_failed: read again what failed before.
    """
    files, absent = _matched(found, known)
    for f in files:
        _look(f)
    leftover = _same_bytes(files, known, absent)
    _name(files, leftover)

    taken = {f.same.doc_id for f in files if f.same} | {k.doc_id for k in leftover}
    result = Plan(gone=[k.doc_id for k in leftover if k in absent and not k.gone])
    for f in files:
        known_one = f.same
        if f.unreadable and f.prior and f.prior.sha256:
            result.tasks.append(
                Task(f.path, f.prior.file, f.prior.doc_id, "", f.stamp, unreadable=f.unreadable, keeps_rows=True)
            )
            continue
        result.moved += known_one is not None and known_one.file != f.file
        stale = known_one is None or known_one.pipeline != fingerprint
        failed = known_one is not None and known_one.status == "failed"
        again = failed and (retry_failed or (not f.unreadable and _passing(known_one)))
        if known_one and (stale or force or again):
            task = Task(f.path, f.file, known_one.doc_id, f.sha256, f.stamp, unreadable=f.unreadable)
        elif known_one:
            if failed:
                result.failed_before.append(known_one)
            else:
                result.done += 1
            if (known_one.path, known_one.file, known_one.stamp, known_one.gone) != (f.path, f.file, f.stamp, False):
                result.seen.append(Seen(known_one.doc_id, f.file, f.path, f.stamp))
            continue
        else:
            doc_id = _new_id(f, taken)
            taken.add(doc_id)
            replaced = f.prior.doc_id if f.prior and f.prior.doc_id not in taken else ""
            task = Task(f.path, f.file, doc_id, f.sha256, f.stamp, replaced, f.unreadable)
        result.tasks.append(task)
    return result


def _passing(known: Known | None) -> bool:
    return known is not None and known.reason.partition(":")[0] in PASSING


def _matched(found: Sequence[Found], known: Sequence[Known]) -> tuple[list[_File], list[Known]]:
    """The found files, each with the document known at its path or, where the whole folder moved, by its name.

    Also the known documents whose file is not there any more.
    """
    by_path = {k.path: k for k in known}
    paths = [absolute(f.path) for f in found]
    here = set(paths)
    gone = addresses.gone({k.path for k in known if isinstance(k.path, Address)} - here)
    absent = [
        k for k in known if k.path not in here and (k.path in gone if isinstance(k.path, Address) else _is_gone(k.path))
    ]
    by_file = {k.file: k for k in absent}
    files = [_File(p, f.file, by_path.get(p) or by_file.get(f.file)) for p, f in zip(paths, found, strict=True)]
    return files, absent


def _is_gone(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False  # a folder that may not be entered just now: nobody knows
    return False


def _look(f: _File) -> None:
    """Fill in stamp and hash; a file that looks as it did is not read."""
    try:
        f.stamp = Stamp.of(f.path)
        if f.prior and f.prior.stamp == f.stamp and f.prior.sha256:
            f.sha256 = f.prior.sha256
        else:
            with f.path.open("rb") as stream:
                f.sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        mend = (
            "give read permission or take it out of the folder" if isinstance(error, PermissionError) else "try again"
        )
        f.unreadable = PipelineError(Code.NOT_READABLE, f"cannot be read ({error.strerror})", mend=mend).reason


def _same_bytes(files: list[_File], known: Sequence[Known], absent: list[Known]) -> list[Known]:
    """Find for each file the known document it is, in its old place or moved; return the known ones no file is."""
    for f in files:
        if f.prior and (f.unreadable or f.prior.sha256 == f.sha256):
            f.same = f.prior
    kept = {f.same.doc_id for f in files if f.same}
    present = {f.path for f in files}
    # a known document can have moved when its file is gone, or holds other bytes now
    movable = defaultdict(list)
    gone = {k.doc_id for k in absent}
    for k in known:
        if k.sha256 and k.doc_id not in kept and (k.doc_id in gone or k.path in present):
            movable[k.sha256].append(k)
    for f in files:
        if not f.same and f.sha256 and (candidates := movable[f.sha256]):
            f.same = candidates.pop(0)
            kept.add(f.same.doc_id)
    not_left = kept | {f.prior.doc_id for f in files if f.prior and not f.same}
    return [k for k in known if k.doc_id not in not_left]


def _name(files: list[_File], leftover: Iterable[Known]) -> None:
    """Keep names apart from those of documents of other inputs, told by as many folders as it takes."""
    taken = {k.file for k in leftover}
    for f in files:
        if f.file not in taken:
            continue
        folders = [table_name(part) for part in f.path.parts[1:-1]]
        for depth in range(f.file.count("/") + 1, len(folders) + 1):
            name = "/".join((*folders[len(folders) - depth :], table_name(f.path.name)))
            if name not in taken:
                f.file = name
                break


def _new_id(f: _File, taken: set[str]) -> str:
    if f.sha256 and plain_id(f.sha256) not in taken:
        return plain_id(f.sha256)
    salt = 0
    while True:  # a second round only when 48 bits collide
        told = f"{f.sha256}\n{f.file}" + (f"\n{salt}" if salt else "")
        doc_id = plain_id(hashlib.sha256(told.encode()).hexdigest())
        if doc_id not in taken:
            return doc_id
        salt += 1
