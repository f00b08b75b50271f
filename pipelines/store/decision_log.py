"""What curators decided, a second time: `decisions.jsonl` beside the store, a line for each decision, which only ever grows.

In: the store's log of decisions (see `pipelines.curation.decisions`) and its list of documents that took the place of others.
Out: the same as JSON lines, so that a store that is damaged, lost or moved away costs no decision. `follow` adds the newest
after each call that decides; `agree` compares the two as a run begins, and takes back into the store what it lacks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.files.replacing import replacing
from pipelines.store.store import Store

LOG_NAME = "decisions.jsonl"

COLUMNS = ("number", "when", "who", "doc_id", "table", "row_id", "action", "field", "old", "new", "why", "anchor")

#: columns that hold JSON
_JSON = ("old", "new", "anchor")

#: what makes two lines of one number the same decision
_SAME = ("when", "who", "doc_id", "table", "row_id", "action", "field")

_NAMES = ", ".join(f'"{c}"' for c in COLUMNS)
SELECT = f"SELECT {_NAMES} FROM decisions"

#: bytes that are read from the end to find the last line
_TAIL = 2**16

Entry = dict[str, Any]


def path_of(out: Path) -> Path:
    """The log of an output folder."""
    return out / LOG_NAME


def follow(store: Store) -> None:
    """Add to the log what the store has beyond its last line. A log that cannot be written now is brought up by the next run."""
    path = path_of(store.path.parent)
    with suppress(OSError), store.transaction(rows=False) as db:  # one writer at a time
        last = _last_number(path)
        newer = [as_entry(row) for row in db.execute(f"{SELECT} WHERE number > ? ORDER BY number", (last,))]
        if newer:
            _append(path, newer)


def agree(store: Store) -> list[str]:
    """Bring store and log to the same decisions; a sentence for whatever a person should know of it.

    The caller holds the lock of the output folder.
    """
    path = path_of(store.path.parent)
    links = store.select("SELECT doc_id, by_id FROM replaced ORDER BY rowid")
    stored = {row[0]: as_entry(row) for row in store.select(f"{SELECT} ORDER BY number")}
    logged, logged_links = parted(entries(path))
    if not stored and not logged:
        return []
    messages: list[str] = []
    if any(differ(stored[n], logged[n]) for n in stored.keys() & logged.keys()):
        aside = aside_of(path)
        path.rename(aside)
        messages.append(
            f"{aside.name} holds decisions that are not those of {store.path.name} (an older store was put back?); "
            f"it was kept, and {LOG_NAME} was begun anew"
        )
        logged, logged_links = {}, []
    lost = [logged[n] for n in sorted(logged.keys() - stored.keys())]
    lost_links = [link for link in logged_links if link not in set(links)]
    if lost or lost_links:
        _take_back(store, lost, lost_links)
    if lost:
        messages.append(f"{len(lost)} decision{'' if len(lost) == 1 else 's'} of curators taken back from {LOG_NAME}: "
                    f"{store.path.name} did not have them")  # fmt: skip
    missing = [stored[n] for n in sorted(stored.keys() - logged.keys())]
    missing += [{"replaced": a, "by": b} for a, b in links if (a, b) not in set(logged_links)]
    if missing:
        try:
            _append(path, missing)
        except OSError as error:
            why = error.strerror or error
            messages.append(
                f"{LOG_NAME} cannot be written ({why}): what curators decided is in {store.path.name} alone"
            )
    return messages


def entries(path: Path) -> Iterator[Entry]:
    """The lines of a log; one that a killed process left half written is passed over."""
    try:
        with path.open("rb") as stream:
            for line in stream:
                with suppress(ValueError):
                    entry = json.loads(line)
                    if isinstance(entry, dict):
                        yield entry
    except FileNotFoundError:
        return


def parted(lines: Iterable[Entry]) -> tuple[dict[int, Entry], list[tuple[str, str]]]:
    """Decisions by number, and which document took the place of which."""
    decisions: dict[int, Entry] = {}
    links: list[tuple[str, str]] = []
    for entry in lines:
        if isinstance(entry.get("number"), int) and all(c in entry for c in COLUMNS):
            decisions[entry["number"]] = entry
        elif "replaced" in entry and "by" in entry:
            links.append((str(entry["replaced"]), str(entry["by"])))
    return decisions, links


def write_anew(path: Path, decisions: Mapping[int, Entry], links: Iterable[tuple[str, str]]) -> None:
    """Write a whole log in the place of the one that is there."""
    with replacing(path) as stream:
        for number in sorted(decisions):
            stream.write(_line(decisions[number]))
        for a, b in links:
            stream.write(_line({"replaced": a, "by": b}))


def as_entry(row: tuple[Any, ...]) -> Entry:
    """A row of the store's table `decisions` as a line of the log holds it."""
    entry = dict(zip(COLUMNS, row, strict=True))
    return entry | {name: None if entry[name] is None else json.loads(entry[name]) for name in _JSON}


def differ(one: Entry, other: Entry) -> bool:
    """Whether two entries of one number are two decisions."""
    return any(one[name] != other[name] for name in _SAME)


def _take_back(store: Store, lost: Iterable[Entry], links: Iterable[tuple[str, str]]) -> None:
    marks = ", ".join("?" * len(COLUMNS))
    insert = f"INSERT INTO decisions ({_NAMES}) VALUES ({marks})"
    with store.transaction() as db:
        db.executemany(insert, [_values(entry) for entry in lost])
        db.executemany("INSERT INTO replaced (doc_id, by_id) VALUES (?, ?)", list(links))


def _values(entry: Entry) -> list[Any]:
    def held(name: str) -> Any:
        value = entry[name]
        return json.dumps(value, sort_keys=True) if name in _JSON and value is not None else value

    return [held(name) for name in COLUMNS]


def _line(entry: Entry) -> str:
    return json.dumps(entry, sort_keys=True) + "\n"  # ASCII: a lone surrogate cannot spoil the log


def _append(path: Path, new: Iterable[Entry]) -> None:
    text = "".join(map(_line, new))
    with path.open("ab") as stream:
        if stream.tell() and not _ends_whole(path):
            text = "\n" + text
        stream.write(text.encode("ascii"))
        stream.flush()
        os.fsync(stream.fileno())


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


def _last_number(path: Path) -> int:
    """The number of the last decision in the log; 0 when there is none."""
    try:
        size, taken = path.stat().st_size, _TAIL
    except FileNotFoundError:
        return 0
    while True:
        with path.open("rb") as stream:
            stream.seek(max(0, size - taken))
            lines = stream.read().splitlines()[0 if taken >= size else 1 :]
        for line in reversed(lines):
            with suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and isinstance(entry.get("number"), int):
                    return int(entry["number"])
        if taken >= size:
            return 0
        taken *= 4


def aside_of(path: Path, word: str = "") -> Path:
    """A free name beside a file, with the day in it: `decisions.2026-11-30.jsonl`."""
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    number = 1
    while True:
        more = f"-{number}" if number > 1 else ""
        aside = path.with_name(f"{path.stem}.{word}{day}{more}{path.suffix}")
        if not aside.exists():
            return aside
        number += 1
