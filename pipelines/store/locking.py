"""One run at a time in an output folder: a lock that goes with the process that took it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines.store import runs
from pipelines.store.store import Store

LOCK_NAME = ".casesift.lock"


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the output folder; `locked` at once when somebody else does. The lock goes with the process that took it."""
    from filelock import FileLock, Timeout

    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / LOCK_NAME)
        lock.acquire(timeout=0)
    except Timeout:
        raise PipelineError(
            Code.LOCKED, f"another run holds {out}{_holder(out)}", mend="wait until it is done, or give another --out"
        ) from None
    except OSError as error:
        raise PipelineError(
            Code.USAGE,
            f"{out}: cannot be written ({error.strerror})",
            mend="give write permission, or choose another folder",
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_held(out: Path) -> bool:
    """Whether a run holds the output folder now. A lock file that a killed run left behind is no lock."""
    from filelock import FileLock, Timeout

    if not (out / LOCK_NAME).exists():
        return False
    lock = FileLock(out / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:
        return False
    lock.release()
    return False


def _holder(out: Path) -> str:
    """Which run that is, as far as the run book tells."""
    try:
        with Store.open(out) as store:
            newest = next(iter(runs.last(store, 1)), None)
    except PipelineError:
        return ""
    if newest is None or newest.ended:
        return ""
    return f" (process {newest.pid} on {newest.host}, since {newest.started})"
