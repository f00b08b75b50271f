"""Where fetched copies of documents lie while they are read, and how those of a killed process are swept away.

Each process that fetches has a folder of its own in the temporary folder (mode 700: there are documents in it), and holds a lock
beside it for as long as it lives. The system lets go of the lock of a process that is killed, so whoever comes next can tell a
folder that nobody uses: by its lock, not by its age or by the number of a process.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX, _LOCK = "casesift-fetched-", ".lock"


@contextmanager
def scratch() -> Iterator[str]:
    """A folder for fetched copies; those that killed processes left are swept first."""
    from filelock import FileLock

    base = Path(tempfile.gettempdir())
    sweep(base)
    folder = base / f"{_PREFIX}{uuid.uuid4().hex[:12]}"
    lock = FileLock(folder.with_name(folder.name + _LOCK), mode=0o600)
    lock.acquire()  # before the folder is there: nobody ever sees it unlocked
    try:
        folder.mkdir(mode=0o700)
        yield str(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def sweep(base: Path) -> None:
    """Remove the folders of processes that are gone; those of other users are left."""
    from filelock import FileLock, Timeout

    for mark in base.glob(f"{_PREFIX}*{_LOCK}"):
        folder = mark.with_name(mark.name.removesuffix(_LOCK))
        with suppress(OSError):
            if hasattr(os, "getuid") and mark.stat().st_uid != os.getuid():
                continue
            lock = FileLock(mark)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            try:
                shutil.rmtree(folder, ignore_errors=True)
                mark.unlink(missing_ok=True)
            finally:
                lock.release()
