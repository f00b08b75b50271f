"""What stands behind addresses: file systems beyond the network, by way of fsspec.

In: an address. Out: its file system and the path in it, and what a listing tells that a file is unchanged. fsspec is imported
when there is an address, never for folders of this machine. What speaks a protocol (`s3fs`, `gcsfs`, ...) and its credentials
(environment, `~/.config/fsspec`) are its own affair; an address with a password in it is refused, because addresses are
stored and logged.
"""

from __future__ import annotations

import errno
import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from extract.errors import Code, PipelineError, to_install

#: what file systems call the time of the last change, and the mark that changes with the bytes
_TIMES = ("LastModified", "last_modified", "mtime", "updated", "modified", "timeModified", "modify", "created")
_TAGS = ("ETag", "etag", "md5Hash", "md5", "content_md5", "crc32c", "generation", "checksum")

#: what to install for the common ones
_PACKAGES = {
    "s3": "s3fs",
    "s3a": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "abfs": "adlfs",
    "az": "adlfs",
    "sftp": "paramiko",
}


#: protocols of object stores
_OBJECT_STORES = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "oci")


@contextmanager
def transfer(address: str, act: str) -> Iterator[tuple[Any, str]]:
    """The file system of an address, and the path in it.

    Args:
        act: what is done there, for the error: "fetched", "written".

    Raises:
        PipelineError: `store`, when that fails.
    """
    try:
        with as_os_error():
            yield file_system(address)
    except OSError as error:
        problem = one_line(error.strerror or error) or type(error).__name__
        raise PipelineError(
            Code.STORE, f"{address}: cannot be {act} ({problem})",
            mend="check the network, your permission and the room there, and run again; what was read is kept",
        ) from error  # fmt: skip


def checked(address: str) -> tuple[Any, str]:
    """The file system of an address a person gave, and the path in it.

    Raises:
        PipelineError: `usage`, it holds a password, nothing here speaks its protocol, or it cannot be reached.
    """
    if urlsplit(address).password:
        shown = re.sub(r"(://[^:/]*):[^@]*@", r"\1:...@", address)
        raise PipelineError(
            Code.USAGE, f"{shown}: a password in an address would be stored and logged",
            mend="give it to fsspec by the environment or in ~/.config/fsspec",
        )  # fmt: skip
    if "::" in address:
        message = f"{address}: addresses within addresses are not taken"
        raise PipelineError(Code.USAGE, message, mend="give a folder or a document")
    with cannot_be_listed(address):
        return file_system(address)


def file_system(address: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it. What it remembers of listings is forgotten: it may be hours old.

    Raises:
        PipelineError: `usage`, nothing here speaks its protocol.
    """
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise PipelineError(
            Code.USAGE, f"{address}: addresses need fsspec", mend=to_install("casesift[remote]")
        ) from None
    protocol = address.partition("://")[0]
    try:
        fs, path = url_to_fs(address)
    except ImportError as error:
        package = _PACKAGES.get(protocol)
        mend = to_install(package) if package else one_line(error)
        raise PipelineError(Code.USAGE, f"nothing here speaks {protocol}://", mend=mend) from error
    except ValueError as error:
        if "rotocol" not in str(error):
            raise
        mend = "fsspec's documentation lists the protocols"
        raise PipelineError(Code.USAGE, f"{address}: no such protocol as {protocol}://", mend=mend) from error
    fs.invalidate_cache()
    return fs, path


def refuse_missing_bucket(address: str) -> None:
    """A misspelt bucket would be made as the tables are put there, after a night's reading.

    Raises:
        PipelineError: `usage`, there is no such bucket, or these credentials may not see it.
    """
    if not has_buckets(address):
        return
    fs, path = checked(address)
    bucket = path.strip("/").partition("/")[0]
    with cannot_be_listed(address):
        if fs.exists(bucket):
            return
    what = f"there is no bucket {bucket!r}, or these credentials may not see it"
    raise PipelineError(Code.USAGE, f"{address}: {what}", mend="check the address, or make the bucket first")


def has_buckets(address: str) -> bool:
    """Whether an address is one of an object store, where folders need not be made and the first name is a bucket."""
    return address.partition("://")[0] in _OBJECT_STORES


def listed(info: Mapping[str, Any]) -> tuple[int, int, int]:
    """What `Address.listed` holds, from what a file system tells of a file."""
    changed = next((ns for key in _TIMES if (ns := _nanoseconds(info.get(key)))), 0)
    tag = " ".join(str(info[key]) for key in _TAGS if info.get(key))
    number = int(hashlib.sha256(tag.encode()).hexdigest()[:15], 16) if tag else 0
    if not changed and not tag:
        changed = time.time_ns()
    return int(info.get("size") or 0), changed, number


def _nanoseconds(when: object) -> int:
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            return 0
    if isinstance(when, datetime):
        when = when.timestamp()
    return round(when * 1e9) if isinstance(when, int | float) else 0


@contextmanager
def as_os_error() -> Iterator[None]:
    """What libraries raise about the other side, as an OSError."""
    try:
        yield
    except (OSError, PipelineError, MemoryError):
        raise
    except Exception as error:
        raise OSError(errno.EIO, one_line(f"{type(error).__name__}: {error}")) from error


@contextmanager
def cannot_be_listed(address: str) -> Iterator[None]:
    """What goes wrong in listing, as our error."""
    try:
        with as_os_error():
            yield
    except OSError as error:
        problem = one_line(error.strerror or error) or type(error).__name__
        raise PipelineError(
            Code.USAGE, f"{address}: cannot be listed ({problem})", mend="check the address, the network and your permission"
        ) from error  # fmt: skip


def one_line(error: object) -> str:
    """What an error says, on one line of bounded length."""
    return " ".join(str(error).split())[:300]
