"""What casesift knows of its output folder although the store is lost: `.casesift.json` beside it.

Two things: which files it wrote (size, time, SHA-256), so that a table is only called edited when somebody edited it, and which
inputs the last run read, so that `casesift repair` can read them again. It is never needed: a folder without it works as well.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.files.replacing import PART

NOTES_NAME = ".casesift.json"


def written_states(out: Path, name: str) -> list[list[Any]]:
    """The states of a file, by its name in the output folder, that casesift wrote."""
    states = _read(out).get("written", {}).get(name, [])
    return [s for s in states if isinstance(s, list)]


def note_written_states(out: Path, name: str, states: Sequence[Sequence[Any]]) -> None:
    """Note them."""
    notes = _read(out)
    _write(out, notes | {"written": notes.get("written", {}) | {name: [list(s) for s in states]}})


def inputs_of(out: Path) -> list[str]:
    """The inputs of the last run: absolute paths and addresses."""
    return [i for i in _read(out).get("inputs", []) if isinstance(i, str)]


def note_inputs(out: Path, inputs: Sequence[str]) -> None:
    """Note them."""
    if inputs_of(out) != list(inputs):
        _write(out, _read(out) | {"inputs": list(inputs)})


def _read(out: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        notes = json.loads((out / NOTES_NAME).read_text("utf-8"))
        if isinstance(notes, dict) and isinstance(notes.get("written", {}), dict):
            return notes
    return {}


def _write(out: Path, notes: dict[str, Any]) -> None:
    part = out / f"{NOTES_NAME}.{os.getpid()}{PART}"
    with suppress(OSError):
        part.write_text(json.dumps(notes, indent=1), "utf-8")
        part.replace(out / NOTES_NAME)
    with suppress(OSError):
        part.unlink(missing_ok=True)
