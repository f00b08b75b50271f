"""What a run has to do: the step between discovery and the engine.

In: the documents that were found and those the store knows. Out: a `Plan`: which to read, which are done, moved or
gone. Size and times are looked at first; bytes are hashed only where those changed, and those of files that must be new
when their turn comes (see `tasks`). A document is its bytes:

- new bytes are a new document, whose `doc_id` is made from their SHA-256;
- the same bytes at another path, the old path being gone, are the same document moved: rows stay, `file` changes;
- the same bytes at two paths are two documents: the second has an id made from bytes and name;
- other bytes at a known path are a changed document: it takes the old one's place;
- a document whose file is gone stays in the tables with a warning, until somebody prunes it;
- a document that failed is left alone until it changes or somebody asks, but for failures that pass by themselves: it
  changed while it was read, could not be opened then, or (three times at most) took too long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extract.errors import Code
from pipelines.engines.tasks import File, Task, Tasks
from pipelines.inputs import addresses
from pipelines.inputs.addresses import Address
from pipelines.inputs.discover import Found, table_name
from pipelines.inputs.known import Known, Seen, absolute

#: failures that pass by themselves: such a document is read again by the next run that can open it
PASSING = (Code.CHANGED, Code.NOT_FOUND, Code.NOT_READABLE)

#: runs that try again what took too long: the machine may have been busy with other things
RETRIES = 3


@dataclass
class Plan:
    """What there is to do, each list in document order."""

    tasks: Tasks
    seen: list[Seen] = field(default_factory=list)  # unchanged documents whose place or stamp is to be noted
    done: int = 0  # documents that need no reading
    failed_before: list[Known] = field(default_factory=list)  # unchanged documents that failed in an earlier run
    moved: int = 0
    gone: list[str] = field(default_factory=list)  # documents whose file is no longer there


def plan(
    documents: Sequence[Found],
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
    files, absent = _matched(documents, known)
    for f in files:
        f.look()
    for f in _maybe_known(files, known, absent):
        f.hash()
    leftover = _same_bytes(files, known, absent)
    _name(files, leftover)

    planned: list[Task | File] = []
    taken = {f.same.doc_id for f in files if f.same} | {k.doc_id for k in leftover}
    result = Plan(Tasks([], taken), gone=[k.doc_id for k in leftover if k in absent and not k.gone])
    for f in files:
        known_one = f.same
        if task := f.waiting():
            planned.append(task)
            continue
        if known_one is None:
            planned.append(f)
            continue
        result.moved += known_one.file != f.file
        failed = known_one.status == "failed"
        again = failed and (retry_failed or (not f.unreadable and _passing(known_one)))
        if known_one.pipeline != fingerprint or force or again:
            planned.append(Task(f.path, f.file, known_one.doc_id, f.sha256, f.stamp, unreadable=f.unreadable))
            continue
        if failed:
            result.failed_before.append(known_one)
        else:
            result.done += 1
        if (known_one.path, known_one.file, known_one.stamp, known_one.gone) != (f.path, f.file, f.stamp, False):
            result.seen.append(Seen(known_one.doc_id, f.file, f.path, f.stamp))
    result.tasks = Tasks(planned, taken)
    return result


def _maybe_known(files: Sequence[File], known: Sequence[Known], absent: Sequence[Known]) -> Iterator[File]:
    """The files whose bytes may be those of a known document, in its old place or moved: they are hashed first.

    All others are new for certain, because nothing that is to be found again has their size.
    """
    changed = [f.prior for f in files if f.prior and not f.sha256]
    sizes = {k.stamp.size if k.stamp else None for k in (*absent, *changed) if k.sha256}
    for f in files:
        never_opened = f.prior is not None and not f.prior.sha256
        if never_opened or None in sizes or (f.stamp and f.stamp.size in sizes):
            yield f


def _passing(known: Known) -> bool:
    code = known.reason.partition(":")[0]
    return code in PASSING or (code == Code.TIMEOUT and known.timeouts <= RETRIES)


def _matched(documents: Sequence[Found], known: Sequence[Known]) -> tuple[list[File], list[Known]]:
    """The found files, each with the document known at its path or, where the whole folder moved, by its name.

    Also the known documents whose file is not there any more.
    """
    by_path = {k.path: k for k in known}
    paths = [absolute(f.path) for f in documents]
    present = set(paths)
    gone = addresses.gone({k.path for k in known if isinstance(k.path, Address)} - present)
    absent = [
        k
        for k in known
        if k.path not in present and (k.path in gone if isinstance(k.path, Address) else _is_gone(k.path))
    ]
    by_file = {k.file: k for k in absent}
    files = [File(p, f.file, by_path.get(p) or by_file.get(f.file)) for p, f in zip(paths, documents, strict=True)]
    return files, absent


def _is_gone(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False  # a folder that may not be entered just now: nobody knows
    return False


def _same_bytes(files: list[File], known: Sequence[Known], absent: list[Known]) -> list[Known]:
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


def _name(files: list[File], leftover: Iterable[Known]) -> None:
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
