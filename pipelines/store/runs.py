"""The run book: one row in the store for each run, when it was, on which machine, and how it went.

In: a run as it begins and as it ends. Out: `RunRecord`s, newest first, for `casesift status`. A row without an end is a run
that is going on, or one that was killed. Nothing here stops a run: on a full disk its end goes unrecorded.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from extract.errors import PipelineError
from pipelines.store.store import Store

#: rows kept; two years of nights
_KEPT = 750

#: failures (and the like) kept of each; the documents table has them all
_LISTED = 200


@dataclass(frozen=True)
class RunRecord:
    """A run as the run book has it."""

    run: int
    started: str  # ISO 8601, UTC
    ended: str  # empty: going on, or killed
    host: str
    pid: int
    version: str
    fingerprint: str
    exit_code: int | None
    told: Mapping[str, Any] = field(default_factory=dict)  # the summary

    @property
    def came_to_its_end(self) -> bool:
        """Whether it looked at all there was and read what it could."""
        cut = self.told.get("broken_off") or self.told.get("unlisted")
        return self.exit_code in (0, 1) and "found" in self.told and not cut

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def now() -> str:
    """The time as the run book writes it: ISO 8601, UTC, seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def begin(store: Store, fingerprint: str) -> int:
    """Note that a run begins; its number."""
    values = (now(), platform.node(), os.getpid(), version("casesift"), fingerprint)
    with store.transaction(rows=False) as db:
        db.execute("DELETE FROM runs WHERE run NOT IN (SELECT run FROM runs ORDER BY run DESC LIMIT ?)", (_KEPT,))
        row = db.execute("INSERT INTO runs (started, host, pid, version, fingerprint) VALUES (?, ?, ?, ?, ?)", values)
    return int(row.lastrowid or 0)


def end(store: Store, run: int, exit_code: int, summary: Mapping[str, Any]) -> None:
    """Note how it went, if there is room to note it."""
    short = {key: value[:_LISTED] if isinstance(value, list) else value for key, value in summary.items()}
    values = (now(), int(exit_code), json.dumps(short, ensure_ascii=False), run)
    with suppress(PipelineError), store.transaction(rows=False) as db:
        db.execute("UPDATE runs SET ended = ?, exit_code = ?, told = ? WHERE run = ?", values)


def last(store: Store, number: int) -> list[RunRecord]:
    """The last runs, newest first."""
    rows = store.select(
        "SELECT run, started, ended, host, pid, version, fingerprint, exit_code, told FROM runs ORDER BY run DESC LIMIT ?",
        (number,),
    )
    return [
        RunRecord(run, started, ended or "", host, pid, version_, fingerprint, exit_code, json.loads(summary or "{}"))
        for run, started, ended, host, pid, version_, fingerprint, exit_code, summary in rows
    ]
