"""What SQLite says when it cannot go on, as our error: which store, and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines.store.health import mend_of


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what SQLite says into our error, with what to do."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "full" in text:
            mend = "make room on the disk and run again; what was done is kept"
        elif "readonly" in text:
            text, mend = f"cannot be written ({text})", "give write permission, or choose another folder"
        elif "malformed" in text or "not a database" in text:
            text, mend = f"it is damaged ({text})", mend_of(path)
        elif "locked" in text:
            mend = "wait until the other program that has it open is done"
        else:
            mend = "check that the folder can be written and its disk has room; what was done is kept"
        raise PipelineError(Code.STORE, text, file=path, mend=mend) from error
