"""What is known of a document without its rows: which it is, where it was seen, and what tells that it is unchanged."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.inputs.addresses import Address


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells that a file is unchanged without reading it: size in bytes, modification and change time in ns.

    At an address: size, modification time, and a number made from the tag that the file system gives the bytes.
    """

    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, path: Path | Address) -> Stamp:
        """The stamp of a file, or of an address as it was listed; OSError when it cannot be looked at."""
        if isinstance(path, Address):
            if path.listed is None:
                raise FileNotFoundError(errno.ENOENT, "it was not listed", path.url)
            return cls(*path.listed)
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class Known:
    """A document in the store, without its rows."""

    doc_id: str
    file: str
    sha256: str
    status: str
    reason: str
    pipeline: str
    path: Path | Address
    stamp: Stamp | None
    gone: bool
    timeouts: int = 0  # runs in a row in which it took too long


@dataclass(frozen=True, slots=True)
class Seen:
    """An unchanged document: its name and place as of now."""

    doc_id: str
    file: str
    path: Path | Address
    stamp: Stamp | None


def absolute(path: Path | Address) -> Path | Address:
    """Where a document is, seen from anywhere; links are kept as they are."""
    return path if isinstance(path, Address) else Path(os.path.abspath(path))  # noqa: PTH100


def plain_id(sha256: str) -> str:
    """The identifier of a document with these bytes: "d" and 12 hexadecimal digits."""
    return f"d{sha256[:12]}"
