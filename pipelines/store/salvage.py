"""What can still be read of a damaged store: for `casesift repair`, which makes a new one.

In: the file, which is only looked at. Out: what cannot be had from the documents again. Each table is read from both ends up
to where it is damaged; a row that cannot be what it should is left out.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.store.decision_log import SELECT, Entry, as_entry


@dataclass
class Salvaged:
    """What a damaged store still says."""

    decisions: dict[int, Entry] = field(default_factory=dict)  # by number
    replaced: list[tuple[str, str]] = field(default_factory=list)  # a document, and the one in its place
    inputs: list[str] = field(default_factory=list)  # of the newest run that can be read


def salvage(path: Path) -> Salvaged:
    """Read what can be read."""
    result = Salvaged()
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for row in _from_both_ends(db, SELECT, "number"):
            with suppress(ValueError, TypeError):
                entry = as_entry(row)
                if isinstance(entry["number"], int) and isinstance(entry["anchor"], dict) and entry["who"]:
                    result.decisions[entry["number"]] = entry
        links = _from_both_ends(db, "SELECT doc_id, by_id FROM replaced", "rowid")
        result.replaced = [(a, b) for a, b in links if isinstance(a, str) and isinstance(b, str)]
        for (summary,) in _from_both_ends(db, "SELECT told FROM runs", "run"):
            result.inputs = _inputs(summary) or result.inputs
    return result


def _inputs(summary: Any) -> list[str]:
    try:
        inputs = json.loads(summary).get("inputs", [])
    except (ValueError, TypeError, AttributeError):
        return []
    return [i for i in inputs if isinstance(i, str)] if isinstance(inputs, list) else []


def _from_both_ends(db: sqlite3.Connection, query: str, key: str) -> list[tuple[Any, ...]]:
    """The rows in order, without those that lie in damaged pages."""
    rows, broken = _until_broken(db, f"{query} ORDER BY {key}")
    if not broken:
        return rows
    there = set(rows)
    behind, _ = _until_broken(db, f"{query} ORDER BY {key} DESC")
    return rows + [row for row in reversed(behind) if row not in there]


def _until_broken(db: sqlite3.Connection, query: str) -> tuple[list[tuple[Any, ...]], bool]:
    rows: list[tuple[Any, ...]] = []
    try:
        rows.extend(_each(db, query))
    except (sqlite3.Error, OverflowError) as error:
        return rows, not isinstance(error, sqlite3.ProgrammingError)
    return rows, False


def _each(db: sqlite3.Connection, query: str) -> Iterator[tuple[Any, ...]]:
    yield from db.execute(query)
