"""Nothing that somebody typed into a file of casesift is lost: before the file is written again, it is kept beside.

In: a store, and the path of a file that is about to be written. The store notes of each file it wrote the size, the time and
the SHA-256, and so does `.casesift.json` beside it; a file that is none of these was changed by hand and is kept as
`treatments.edited-2026-11-22.csv`, never over an earlier one. One of which nothing is known (its store is lost) is kept only when
it is not, byte for byte, what takes its place. A table that is kept while the store still says what the table said gets its `seen` codes noted, so that
`casesift apply` can tell what was typed from what a later run changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.curation.decisions import last_number
from pipelines.curation.sheets import seen_code
from pipelines.curation.stored import curated_rows
from pipelines.store import Store
from pipelines.tables.notes import note_written_states, written_states

_WRITTEN, _KEPT, _SEEN, _UNKNOWN = "written", "kept_edits", "seen of ", "kept_unknown"

#: states of a file that count as ours: the one that stands there, and the one that takes its place
_STATES = 2


@dataclass(frozen=True, slots=True)
class Kept:
    """An edited file that was kept."""

    file: Path
    of: str
    edited: bool = True  # False: nobody knows whether casesift wrote it as it was

    def told(self, out: Path) -> str:
        """What became of it and what to do, for a person."""
        what = "was edited since casesift wrote it" if self.edited else "is not what the store wrote (it is a new one)"
        return (
            f"{self.of} {what}; kept as {self.file.name}: "
            f"`casesift apply {quote(str(out))} {quote(str(self.file))}` takes the edits in (--dry-run lists them)"
        )


def keep_edited(store: Store, path: Path, made: Path | None = None) -> None:
    """Keep the file at `path` beside it, if somebody changed it since it was written. For files to be written anew.

    Args:
        made: what will take its place, where that is known; without it a file of which nothing is known is left for later.

    Raises:
        PipelineError: `store`, when it cannot be kept; it is not to be written over then.
    """
    name = _name(store, path)
    states = [*_notes(store, _WRITTEN).get(name, []), *written_states(store.path.parent, name)]
    try:
        if not path.is_file() or _is_one_of(path, states):
            return
        if not states and (made is None or _is_one_of(path, [_state(made)])):
            return
        beside = _beside(path)
    except OSError as error:
        raise PipelineError(
            Code.STORE, f"was edited and cannot be kept ({error.strerror or error})", file=path,
            mend="save it under another name, then run again",
        ) from error  # fmt: skip
    if not _noting(store):
        return
    note_written(store, path)  # what stands there is kept: it may go
    store.set_meta({_KEPT: json.dumps(_notes(store, _KEPT) | {_name(store, beside): path.name})})
    if not states:
        store.set_meta({_UNKNOWN: json.dumps(_notes(store, _UNKNOWN) | {_name(store, beside): True})})
    table = path.stem
    if (
        table in schema.KEYS
        and path.parent == store.path.parent
        and store.meta("tables_revision") == str(store.revision)
    ):
        store.set_meta({_SEEN + _name(store, beside): json.dumps(_seen_now(store, table))})


def keep_edited_tables(store: Store, out: Path, *, but: Path | None = None) -> None:
    """Keep each edited table of `out`, save the file `but`."""
    for path in (out / f"{table}.csv" for table in schema.TABLES):
        if but is None or path.resolve() != but.resolve():
            keep_edited(store, path)


def note_written(store: Store, path: Path, made: Path | None = None) -> None:
    """Note that casesift wrote `path`, or is about to put `made` in its place."""
    if _noting(store):
        written = _notes(store, _WRITTEN)
        name = _name(store, path)
        written[name] = [*written.get(name, []), _state(made or path)][-_STATES:]
        store.set_meta({_WRITTEN: json.dumps(written)})
        note_written_states(store.path.parent, name, written[name])


def kept(store: Store) -> list[Kept]:
    """The edited files that were kept, are still there, and were not taken in by `casesift apply`."""
    unknown = _notes(store, _UNKNOWN)
    noted = (Kept(_path(store, name), of, name not in unknown) for name, of in _notes(store, _KEPT).items())
    return [k for k in noted if k.file.is_file()]


def kept_since(store: Store, before: Iterable[Kept], out: Path) -> list[str]:
    """What to tell of the files that were kept since."""
    return [k.told(out) for k in kept(store) if k not in set(before)]


def note_taken_in(store: Store, path: Path, state: list[Any]) -> None:
    """Note that `casesift apply` took in all of a file, as it was when it was read: it need not be kept any more."""
    name, notes = _name(store, path), _notes(store, _KEPT)
    if name in notes:
        del notes[name]
        store.set_meta({_KEPT: json.dumps(notes)})
    written = _notes(store, _WRITTEN)
    if name in written:
        written[name] = [*written[name], state][-_STATES:]
        store.set_meta({_WRITTEN: json.dumps(written)})
        note_written_states(store.path.parent, name, written[name])


def state_of(path: Path) -> list[Any] | None:
    """Size, time and SHA-256 of a file; None when it cannot be looked at."""
    try:
        return _state(path)
    except OSError:
        return None


def seen_of(store: Store, path: Path) -> dict[str, str]:
    """By row identifier what a kept table was made of, as in the column `seen`; empty when that is not known."""
    return _notes(store, _SEEN + _name(store, path))


def _seen_now(store: Store, table: str) -> dict[str, str]:
    last, key = last_number(store), schema.KEYS[table]
    return {row[key]: seen_code(table, row, last) for row in curated_rows(store, table)}


def _is_one_of(path: Path, states: list[list[Any]]) -> bool:
    """Whether a file is as one of these; one of the same size and time is not read."""
    now = path.stat()
    if any(state[:2] == [now.st_size, now.st_mtime_ns] for state in states):
        return True
    return any(state[0] == now.st_size for state in states) and _state(path)[2] in [state[2] for state in states]


def _state(path: Path) -> list[Any]:
    now = path.stat()
    with path.open("rb") as stream:
        return [now.st_size, now.st_mtime_ns, hashlib.file_digest(stream, "sha256").hexdigest()]


def _beside(path: Path) -> Path:
    """The file a second time, under the day of its edit."""
    day = datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y-%m-%d")
    number = 1
    while True:
        more = f"-{number}" if number > 1 else ""
        beside = path.with_name(f"{path.stem}.edited-{day}{more}{path.suffix}")
        try:
            os.link(path, beside)
            return beside
        except FileExistsError:
            number += 1
        except OSError:  # a file system without links
            if not beside.exists():
                shutil.copy2(path, beside)
                return beside
            number += 1


def _noting(store: Store) -> bool:
    """Whether the store can be written; one that may only be read notes nothing, and what it cannot tell apart is kept."""
    return os.access(store.path, os.W_OK) and os.access(store.path.parent, os.W_OK)


def _notes(store: Store, key: str) -> dict[str, Any]:
    return json.loads(store.meta(key) or "{}")


def _name(store: Store, path: Path) -> str:
    """A path inside the output folder as seen from there: folders are moved."""
    out, path = store.path.parent.resolve(), path.resolve()
    return path.relative_to(out).as_posix() if path.is_relative_to(out) else str(path)


def _path(store: Store, name: str) -> Path:
    return store.path.parent / name
