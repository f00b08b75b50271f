"""Documents that are not on this machine: addresses such as `s3://bucket/papers`, by way of fsspec.

In: an address as a person typed it. Out: the documents under it, each an `Address` that stands where a `Path` would: it
has a name, parts, a stamp and bytes. Whatever a file system beyond the network says comes out as an OSError, so that the rest
of a run need not know the difference. A document is fetched by the process that reads it, into a file of its own that
goes when it is read; so a run needs room for one document a process, however many there are.

`file_systems` is what speaks to the other side.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from extract.errors import Code, PipelineError
from pipelines.inputs.file_systems import as_os_error, cannot_be_listed, checked, file_system, listed, one_line
from pipelines.inputs.scratch import scratch

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True, slots=True)
class Address:
    """A document at an address, which is all that makes it the same; the rest is of one run.

    Args:
        url: where it is.
        listed: size in bytes, time of the last change in ns, and a number made from its tag (0: none), as a listing
            told. Where a file system tells neither time nor tag, the time is that of the listing, so that nobody takes
            the document for unchanged.
        scratch: folder for the fetched copy; the temporary folder where there is none of that name.
    """

    url: str
    listed: tuple[int, int, int] | None = field(default=None, compare=False)
    scratch: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.url

    @property
    def parts(self) -> tuple[str, ...]:
        """The protocol and the names, as `Path.parts` has them."""
        protocol, _, rest = self.url.partition("://")
        return (f"{protocol}://", *(part for part in rest.split("/") if part))

    @property
    def name(self) -> str:
        """Its last name."""
        return self.parts[-1]

    @property
    def parent(self) -> Address:
        """The folder it is in."""
        return Address(self.url.rstrip("/").rpartition("/")[0])

    @property
    def changed(self) -> float:
        """When it was last changed, seconds since 1970."""
        return self.listed[1] / 1e9 if self.listed else float("inf")

    @contextmanager
    def open(self, mode: str = "rb") -> Iterator[Any]:
        """Its bytes, block by block.

        Raises:
            OSError: it cannot be opened or read.
        """
        with as_os_error():
            fs, path = file_system(self.url)
            with fs.open(path, mode) as stream:
                yield stream


def is_address(text: object) -> bool:
    """Whether this is an address, and no path of this machine."""
    return isinstance(text, Address) or (isinstance(text, str) and _ADDRESS.match(text) is not None)


def canonical(address: str) -> str:
    """An address as those of the documents below it begin: `memory://a` and `memory:///a/` are one."""
    fs, path = file_system(address)
    return str(fs.unstrip_protocol(path)).rstrip("/")


def joined(address: str, name: str) -> str:
    """The address of something in a folder."""
    return f"{address.rstrip('/')}/{name}"


@contextmanager
def at_hand(place: Path | Address, sha256: str = "") -> Iterator[Path]:
    """A document as a file of this machine: itself, or a copy that is there as long as this holds.

    Raises:
        PipelineError: `changed`, when what was fetched has not the bytes with this SHA-256.
        OSError: it cannot be fetched, or there is no room for it.
    """
    if not isinstance(place, Address):
        yield place
        return
    with ExitStack() as stack:
        folder = place.scratch if os.path.isdir(place.scratch) else stack.enter_context(scratch())  # noqa: PTH112 - of another machine
        own = stack.enter_context(tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True))
        copy = Path(own) / f"document{PurePosixPath(place.name).suffix[:16]}"
        with place.open() as stream, copy.open("wb") as written:
            shutil.copyfileobj(stream, written, 2**20)
        with copy.open("rb") as stream:
            if sha256 and hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                raise PipelineError(Code.CHANGED, "the file changed while it was read", mend="the next run tries again")
        yield copy


def documents(
    root: str,
    suffixes: tuple[str, ...],
    store: str,
    problems: list[str],
    folder: str,
    unlisted: list[str],
    others: list[str],
) -> Iterator[tuple[Address, str]]:
    """The documents under an address, each with its name relative to it, as `discover` finds those of a folder.

    Args:
        root: a folder, or one document.
        suffixes: what is read from a folder.
        store: a folder that holds a file of this name is an output folder and is left out.
        problems: gets a sentence for each thing that is left out.
        folder: for fetched copies.
        unlisted: gets a sentence for each folder below that cannot be listed.
        others: gets the names of files that are of no kind that is read.

    Raises:
        PipelineError: `usage`, there is no such address, nothing that speaks its protocol, or it cannot be listed.
    """
    fs, top = checked(root)

    def not_listed(error: Exception) -> None:
        unlisted.append(one_line(error))

    with cannot_be_listed(root):
        if fs.isfile(top):
            yield _address(fs, fs.info(top), folder), PurePosixPath(top).name
            return
        if not fs.exists(top):
            raise PipelineError(Code.USAGE, f"no such file or folder: {root}", mend="check the address")
        fs.ls(top)  # what is wrong with the folder itself ends the run; `walk` would only tell
        outputs: set[str] = set()
        for current, folders, files in fs.walk(top, detail=True, on_error=not_listed):
            for name in [n for n in folders if n.startswith(".")]:
                del folders[name]
            if current.strip("/") != top.strip("/") and store in files:
                outputs.add(current)
            if any(current == o or current.startswith(f"{o}/") for o in outputs):
                continue
            for name, info in sorted(files.items()):
                if name.startswith("."):
                    continue
                if not name.lower().endswith(suffixes):
                    others.append(name)
                    continue
                if info.get("type") != "file" or info.get("islink"):
                    problems.append(f"{fs.unstrip_protocol(info['name'])}: a link is not followed")
                    continue
                yield _address(fs, info, folder), info["name"].strip("/").removeprefix(top.strip("/")).strip("/")


def gone(addresses: Collection[Address]) -> set[Address]:
    """Those that are surely no longer there; each folder is listed once. Of what cannot be listed nobody knows."""
    missing: set[Address] = set()
    folders: dict[Address, set[Address]] = {}
    for address in addresses:
        folders.setdefault(address.parent, set()).add(address)
    for folder, inside in folders.items():
        try:
            with as_os_error():
                fs, path = file_system(folder.url)
                present = {fs.unstrip_protocol(name) for name in fs.ls(path, detail=False)}
        except FileNotFoundError:
            present = set()
        except (OSError, PipelineError):
            continue
        missing |= {a for a in inside if a.url not in present}
    return missing


def is_there(address: str) -> bool:
    """Whether there is something at an address; False when it cannot be reached."""
    try:
        with as_os_error():
            fs, path = file_system(address)
            return bool(fs.exists(path))
    except (OSError, PipelineError):
        return False


def _address(fs: Any, info: Mapping[str, Any], folder: str) -> Address:
    return Address(fs.unstrip_protocol(info["name"]), listed(info), folder)
