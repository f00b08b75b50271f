"""A file appears under its name only when it is whole: it is written beside its place and renamed, so no reader sees half of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from extract.errors import Code, PipelineError

#: ending of a file that is being written
PART = ".part"


@contextmanager
def replacing(path: Path, mode: str = "w", *, first: Callable[[Path], None] | None = None) -> Iterator[IO[Any]]:
    """A file that appears under its name only when it is whole; on an error the old one stays.

    `first` is given the whole file before it takes its place.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    opened = partial(beside.open, mode) if "b" in mode else partial(beside.open, mode, newline="", encoding="utf-8")
    try:
        with opened() as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if first:
            first(beside)
        beside.replace(path)
    except OSError as error:
        raise PipelineError(
            Code.STORE, f"cannot be written ({error.strerror or error})", file=path,
            mend="make room or give permission, then run again; what was read is kept in the store",
        ) from error  # fmt: skip
    finally:
        beside.unlink(missing_ok=True)
