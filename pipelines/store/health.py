"""Whether a store is whole, and a copy of it before its layout is changed.

In: a connection, or the file. Out: what is wrong. SQLite goes on with a damaged file for as long as it does not come to the
damaged page, so a run looks first: at all of a small store, and at the structure of a large one (`quick_check` leaves out
whether indexes hold what the tables do).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

from extract.errors import Code, PipelineError
from pipelines.files.replacing import PART

#: bytes up to which a store is looked at in full as a run begins
_SMALL = 64 * 2**20

#: copies of older stores that are kept
_BACKUPS = 2


def damage(db: sqlite3.Connection, path: Path, *, full: bool = False) -> str:
    """What is wrong with a store; empty when it is whole.

    Args:
        full: look at all of it, however large it is.
    """
    check = "integrity_check" if full or path.stat().st_size <= _SMALL else "quick_check"
    try:
        answer = db.execute(f"PRAGMA {check}(1)").fetchone()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
            raise
        return str(error)
    return "" if answer == ("ok",) else " ".join(str(answer[0] if answer else "no answer").split())[:200]


def refuse_damaged(db: sqlite3.Connection, path: Path) -> None:
    """PipelineError `store`, when it is damaged."""
    if wrong := damage(db, path):
        raise damaged(path, wrong)


def damaged(path: Path, what: str) -> PipelineError:
    """The error of a store that is damaged."""
    return PipelineError(Code.STORE, f"it is damaged ({what})", file=path, mend=mend_of(path))


def mend_of(path: Path) -> str:
    """What to do about a damaged store."""
    return f"`casesift repair {quote(str(path.parent))}` makes it anew, and keeps what curators decided"


def back_up(db: sqlite3.Connection, path: Path) -> Path:
    """Copy a store that is about to get another layout; `casesift.backup-2026-11-30.sqlite`. Older copies go.

    Raises:
        PipelineError: `store`, when there is no room for it.
    """
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    copy = path.with_name(f"{path.stem}.backup-{day}{path.suffix}")
    part = path.with_name(f".{copy.name}{PART}")
    if copy.exists():
        return copy
    try:
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as target:
            db.backup(target)
        part.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise PipelineError(
            Code.STORE, f"it is of an older casesift, and cannot be copied before it is changed ({error})", file=path,
            mend="make room on the disk and run again",
        ) from error  # fmt: skip
    finally:
        part.unlink(missing_ok=True)
    for old in sorted(path.parent.glob(f"{path.stem}.backup-*{path.suffix}"))[:-_BACKUPS]:
        old.unlink(missing_ok=True)
    return copy
