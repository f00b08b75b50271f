"""Packages of papers: each paper in them becomes a file of its own in a folder, which `casesift run` reads.

In: files and folders as a person typed them. Out: the files written, and what was left out and why. What is taken apart:

- PMC's package of one paper (`PMC123.tar.gz`: JATS, PDF, pictures) and its bulk packages of many; `.zip` files alike. Of a
  paper that is there as JATS and as PDF the JATS is taken, or every fact would be read twice;
- an XML file with several articles: an article set, an answer of an OAI server;
- BioC collections, JSON or XML.

Nothing in a package is trusted: no name of it becomes a path, no link is followed, no member larger than what a run reads is
unpacked. A second unpacking writes the same files again; a file of the same name with other content is never replaced.
"""

from __future__ import annotations

import lzma
import os
import tarfile
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, cast

from extract.errors import Code, PipelineError
from extract.reading import MAX_BYTES
from pipelines.files.replacing import replacing
from pipelines.inputs.discover import PACKED, is_there, printable
from pipelines.unpack.articles import Article, articles_of, as_file, file_name
from pipelines.unpack.bioc import from_bioc_json

#: endings of what may hold several papers
_XML, _JSON = (".xml", ".nxml"), (".json",)
PACKAGES = (*PACKED, *_XML, *_JSON)

#: what reading a damaged package may raise
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError,
            NotImplementedError, RuntimeError)  # fmt: skip


@dataclass
class Unpacked:
    """What came of it: the files now in the folder (`written` of them new), files of other kinds by ending, and problems."""

    files: list[Path] = field(default_factory=list)
    written: int = 0
    others: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


def unpack(packages: Iterable[Path], folder: Path) -> Unpacked:
    """Write each paper of `packages` (files, or folders of them) into `folder`, which is made.

    Raises:
        PipelineError: `usage`, when a package does not exist or `folder` is a file; `store`, when it cannot be written.
    """
    result = Unpacked()
    for package in packages:
        if not is_there(package):
            raise PipelineError(Code.USAGE, f"no such file or folder: {printable(package)}", mend="check the path")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PipelineError(
            Code.USAGE, f"is no folder that can be made ({error.strerror})", file=folder, mend="give another"
        ) from error
    for package in _files(packages, folder):
        try:
            for article in _papers(package, result):
                _keep(article, _stem(package.name), folder, result)
        except _DAMAGED as error:
            result.problems.append(f"{printable(package)}: it is damaged ({printable(error)[:100]}); fetch it again")
    return result


def _files(packages: Iterable[Path], folder: Path) -> Iterator[Path]:
    inside = os.path.realpath(folder)
    for package in packages:
        if not package.is_dir():
            yield package
            continue
        for path in sorted(package.rglob("*")):
            if path.is_file() and path.name.casefold().endswith(PACKAGES) and os.path.realpath(path.parent) != inside:
                yield path


def _papers(package: Path, result: Unpacked) -> Iterator[Article]:
    name = package.name.casefold()
    if name.endswith(PACKED):
        yield from _archived(package, result)
    elif name.endswith(_XML):
        yield from _several(package, list(articles_of(_bounded(package))), "a JATS article", result)
    elif name.endswith(_JSON):
        articles = [as_file(a) for a in from_bioc_json(_bounded(package))]
        yield from _several(package, articles, "a BioC collection", result)
    else:
        known = ", ".join(PACKAGES)
        result.problems.append(f"{printable(package)}: it is no package of papers; known are {known}")


def _several(package: Path, articles: list[Article], kind: str, result: Unpacked) -> list[Article]:
    if not articles:
        result.problems.append(f"{printable(package)}: it is not {kind}")
    return articles


def _bounded(path: Path) -> bytes:
    if (size := path.stat().st_size) > MAX_BYTES:
        raise ValueError(f"{size // 1_000_000} MB, more than {MAX_BYTES // 1_000_000}")
    return path.read_bytes()


def _archived(package: Path, result: Unpacked) -> Iterator[Article]:
    """The papers of an archive, in its order."""
    if package.name.casefold().endswith(".zip"):
        with zipfile.ZipFile(package) as archive:
            infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
            for name in _wanted(list(infos), result):
                with archive.open(infos[name]) as stream:
                    yield from _member(package, name, infos[name].file_size, stream, result)
        return
    with tarfile.open(package) as tar:
        members = {member.name: member for member in tar if member.isfile()}
        for name in _wanted(list(members), result):
            with cast("IO[bytes]", tar.extractfile(members[name])) as stream:  # of a file there always is one
                yield from _member(package, name, members[name].size, stream, result)


def _wanted(names: list[str], result: Unpacked) -> list[str]:
    """The members that are papers, each paper once: the PDF of one that is there as JATS is left out."""
    jats = defaultdict(set)
    for name in names:
        if name.casefold().endswith(_XML):
            jats[PurePosixPath(name).parent].add(PurePosixPath(name).stem)

    def is_paper(name: str) -> bool:
        path = PurePosixPath(name)
        if path.name.startswith("."):
            return False
        beside = jats[path.parent]
        pdf = path.suffix.casefold() == ".pdf" and len(beside) != 1 and path.stem not in beside
        return pdf or name.casefold().endswith((*_XML, *_JSON))

    wanted = [name for name in names if is_paper(name)]
    result.others.update(PurePosixPath(name).suffix.casefold() for name in set(names) - set(wanted))
    return wanted


def _member(package: Path, name: str, size: int, stream: IO[bytes], result: Unpacked) -> Iterator[Article]:
    content = stream.read(MAX_BYTES + 1)
    if max(size, len(content)) > MAX_BYTES:
        result.problems.append(
            f"{printable(package)}: {printable(name)} is larger than {MAX_BYTES // 1_000_000} MB, which is not read"
        )
        return
    path = PurePosixPath(name)
    suffix, stem = path.suffix.casefold(), file_name(path.stem)
    if suffix == ".pdf":
        yield Article(stem, content, ".pdf")
        return
    try:
        articles = [as_file(a) for a in from_bioc_json(content)] if suffix == ".json" else list(articles_of(content))
    except ValueError as error:
        result.problems.append(f"{printable(package)}: {printable(name)}: {printable(error)}")
        return
    if not articles:
        result.others[suffix] += 1
    for number, article in enumerate(articles, 1):
        yield article if article.name else Article(stem if len(articles) == 1 else f"{stem}_{number}", article.content)


def _stem(name: str) -> str:
    ending = next((e for e in PACKAGES if name.casefold().endswith(e)), "")
    return file_name(name[: len(name) - len(ending)]) or "paper"


def _keep(article: Article, stem: str, folder: Path, result: Unpacked) -> None:
    """Write an article under its name; one of that name with other content stays, and this gets the next number."""
    name = article.name or stem
    for number in range(1, 1_000_000):
        path = folder / f"{name}{'' if number == 1 else f'_{number}'}{article.suffix}"
        if path in result.files:
            if path.read_bytes() == article.content:
                return
            continue
        if not path.exists():
            with replacing(path, "wb") as file:
                file.write(article.content)
            result.written += 1
        elif path.read_bytes() != article.content:
            continue
        result.files.append(path)
        return
