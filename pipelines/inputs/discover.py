"""Which documents there are: the first step of a run.

In: files, folders and addresses (`pipelines.inputs.addresses`) as a person typed them. Out: `Found` documents, each with the name (`file`) it has in the tables,
in a stable order. Nothing is opened here; a folder that cannot be listed is reported, never skipped in silence.

A folder is walked whole. Symbolic links are followed as long as they stay inside it (one that leads out could show what
the person who put it there may not read); no folder is entered twice and no file is taken twice, so a loop ends. Pipes and
devices are never opened. Hidden entries (a leading dot) and output folders of casesift (they hold its store) are left out, unless
they were named themselves.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePath

from extract.errors import Code, PipelineError
from pipelines.inputs import addresses
from pipelines.inputs.addresses import Address, is_address

#: what is read from a folder; a file named itself is handed to the reader whatever it is called
SUFFIXES = (".pdf", ".xml", ".nxml", ".txt")

#: endings of packages that `casesift unpack` takes apart
PACKED = (".tar.gz", ".tgz", ".tar", ".tar.xz", ".zip")

#: an input (folder, or address), a document of it, and its name relative to the input
_Entry = tuple[Path | str, Path | Address, str]

#: name of the store; a folder that holds one is an output folder
STORE_NAME = "casesift.sqlite"


@dataclass(frozen=True, slots=True)
class Found:
    """A document to read: where it is, and its name in the tables (relative to its input, forward slashes)."""

    path: Path | Address
    file: str


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A folder whose documents nobody knows, because it cannot be listed."""

    folder: Path | Address
    why: str

    def __str__(self) -> str:
        return (
            f"{printable(self.folder)}: cannot be listed ({self.why}); give read permission, or leave it out with "
            f"--exclude {shlex.quote(printable(self.folder.name))}"
        )


@dataclass(frozen=True)
class Discovery:
    """What was found, sorted by `file`, and what could not be looked into (one sentence each)."""

    documents: tuple[Found, ...]
    problems: tuple[str, ...] = field(default=())
    unlisted: tuple[Unlisted, ...] = field(default=())
    #: files in the folders that are of no kind that is read, by ending (".docx"; "" for none)
    others: Mapping[str, int] = field(default_factory=dict)


def discover(
    inputs: Sequence[Path | str],
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    skip: Iterable[Path] = (),
    follow_links: bool = False,
    scratch: str = "",
) -> Discovery:
    """Find the documents of `inputs`.

    Args:
        inputs: files, folders (searched recursively for `SUFFIXES`, in any case) or addresses of either (as text).
        include: globs; with any, only what matches one is taken. A glob is compared with the relative path and with
            the bare name, ignoring case; `*` also stands for slashes.
        exclude: globs of what to leave out, stronger than `include`.
        skip: folders not to enter (the run's own output folder).
        follow_links: follow links out of the input folder as well.
        scratch: folder for copies of what stands at addresses.

    Raises:
        PipelineError: `usage`, when there is no input, one does not exist, or an address cannot be listed;
            `not-readable`, when an input folder cannot be listed.
    """
    if not inputs:
        raise PipelineError(Code.USAGE, "no input", mend="give one or more files or folders")
    skipped = {_identity(p) for p in skip if p.exists()}
    problems: list[str] = []
    unlisted: list[Unlisted] = []
    entries: list[_Entry] = []
    others: list[str] = []
    for text in inputs:
        if is_address(text):
            closed: list[str] = []
            listed = addresses.documents(str(text), SUFFIXES, STORE_NAME, problems, scratch, closed, others)
            entries += [(str(text).rstrip("/"), place, table_name(name)) for place, name in listed]
            unlisted += [Unlisted(Address(str(text)), f"a folder in it: {why}") for why in closed]
            continue
        root = Path(text)
        if not is_there(root):
            raise PipelineError(Code.USAGE, f"no such file or folder: {printable(root)}", mend="check the path")
        if root.is_dir():
            missed: list[Unlisted] = []
            walked = _walk(root, skipped, problems, others, None if follow_links else os.path.realpath(root), missed)
            entries += [(root, p, table_name(p.relative_to(root))) for p in walked]
            unlisted += [m for m in missed if wanted(table_name(os.path.relpath(str(m.folder), root)), (), exclude)]
        elif not root.is_file():
            raise PipelineError(
                Code.USAGE,
                f"neither a file nor a folder: {printable(root)}",
                mend="write what it gives to a file first",
            )
        else:
            entries.append((root.parent, root, table_name(root.name)))
    taken = [f for f in entries if wanted(f[2], include, exclude)]
    documents = [Found(path, name) for path, name in _named_apart(_once(taken))]
    return Discovery(
        tuple(sorted(documents, key=lambda f: f.file)), tuple(problems), tuple(unlisted), Counter(map(_ending, others))
    )


def _ending(name: str) -> str:
    """A file name's ending in small letters, both of a compressed archive's; "" without one."""
    suffixes = [s.casefold() for s in PurePath(name).suffixes[-2:]]
    return "".join(suffixes if suffixes[:-1] == [".tar"] else suffixes[-1:])


def table_name(path: os.PathLike[str] | str) -> str:
    r"""A path as the tables tell it: forward slashes, valid UTF-8; bytes that are none stand as `\xNN`."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return text.replace(os.sep, "/") if os.sep != "/" else text


def printable(path: object) -> str:
    """A path or message on one line: control characters and undecodable bytes escaped."""
    text = str(path).encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def is_there(path: Path | str) -> bool:
    """Whether a file, folder or address can be looked at; a network share that has gone stale is not there."""
    return addresses.is_there(str(path)) if is_address(path) else os.path.exists(path)  # noqa: PTH110 - Path.exists raises for a stale share


def _walk(
    root: Path, skipped: set[tuple[int, int]], problems: list[str], others: list[str], inside: str | None,
    unlisted: list[Unlisted],
) -> Iterator[Path]:  # fmt: skip
    """The documents under `root`; `inside`: links that lead out of this real folder are told and not followed.

    `others` gets the names of files that are of no kind that is read, `unlisted` the folders below that cannot be listed.
    """
    entered: set[tuple[int, int]] = set()
    todo = [root]
    while todo:
        folder = todo.pop()
        try:
            identity = _identity(folder)
            if identity in entered or (identity in skipped and folder is not root):
                continue
            entered.add(identity)
            entries = sorted(os.scandir(folder), key=lambda e: e.name)
        except OSError as error:
            if folder is root:
                raise PipelineError(
                    Code.NOT_READABLE, f"cannot be listed ({error.strerror})", file=printable(root),
                    mend="give read permission; is the share mounted? then run again",
                ) from error  # fmt: skip
            unlisted.append(Unlisted(folder, error.strerror or type(error).__name__))
            continue
        if folder is not root and any(e.name == STORE_NAME for e in entries):
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                if inside is not None and entry.is_symlink() and _leads_out(entry, inside):
                    if entry.is_dir() or entry.name.lower().endswith(SUFFIXES):
                        problems.append(
                            f"{printable(entry.path)}: a link out of the folder is not followed without --follow-links"
                        )
                    continue
                if entry.is_dir():
                    todo.append(Path(entry.path))
                elif entry.name.lower().endswith(SUFFIXES):
                    if entry.is_file():
                        yield Path(entry.path)
                    elif entry.is_symlink():
                        problems.append(f"{printable(entry.path)}: a link to nothing")
                else:
                    others.append(entry.name)
            except OSError as error:
                if entry.is_symlink():  # one that leads to itself
                    problems.append(f"{printable(entry.path)}: cannot be looked at ({error.strerror})")
                else:
                    unlisted.append(Unlisted(Path(entry.path), error.strerror or type(error).__name__))


def _leads_out(entry: os.DirEntry[str], inside: str) -> bool:
    real = os.path.realpath(entry.path)
    return os.path.exists(real) and os.path.commonpath((real, inside)) != inside  # noqa: PTH110


def _identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino


def wanted(name: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether the globs of a run take a document of this name, relative to its input."""

    def matches(globs: Sequence[str]) -> bool:
        whole = name.casefold()
        bare = whole.rpartition("/")[2]
        return any(fnmatchcase(whole, g.casefold()) or fnmatchcase(bare, g.casefold()) for g in globs)

    return (not include or matches(include)) and not matches(exclude)


def _once(entries: list[_Entry]) -> list[_Entry]:
    """Each file once, though several inputs or links lead to it; the entry that is no link is preferred."""
    real_folder = cache(os.path.realpath)
    best: dict[str, tuple[bool, int]] = {}
    for i, (_, path, _) in enumerate(entries):
        if isinstance(path, Address):
            best.setdefault(path.url, (False, i))
            continue
        real = os.path.realpath(path) if path.is_symlink() else f"{real_folder(path.parent)}{os.sep}{path.name}"
        rank = (os.path.abspath(path) != real, i)  # noqa: PTH100 - Path.absolute() keeps ".."
        best[real] = min(best.get(real, rank), rank)
    keep = {i for _, i in best.values()}
    return [f for i, f in enumerate(entries) if i in keep]


def _named_apart(entries: list[_Entry]) -> Iterator[tuple[Path | Address, str]]:
    """Names that clash (two inputs each holding `a.pdf`) get as many of their input's last folders as tell them apart."""
    real_folder = cache(os.path.realpath)
    roots = [root if isinstance(root, str) else real_folder(root) for root, _, _ in entries]
    # in one folder: two names that differ only in bytes that are no UTF-8
    twins = Counter((root, name) for root, (_, _, name) in zip(roots, entries, strict=True))
    bare = [
        name + (f"~{hashlib.sha256(os.fsencode(str(path))).hexdigest()[:8]}" if twins[root, name] > 1 else "")
        for root, (_, path, name) in zip(roots, entries, strict=True)
    ]
    parts = {root: tuple(table_name(part) for part in Path(root).parts[1:]) for root in set(roots)}
    folders = [parts[root] for root in roots]
    depth = [0] * len(entries)
    while True:
        names = ["/".join((*folders[i][len(folders[i]) - depth[i] :], name)) for i, name in enumerate(bare)]
        times = Counter(names)
        deeper = [i for i, name in enumerate(names) if times[name] > 1 and depth[i] < len(folders[i])]
        if not deeper:
            return zip((path for _, path, _ in entries), names, strict=True)
        for i in deeper:
            depth[i] += 1
