"""The text of a document in the store, again: for pages that show it and map characters to boxes on the page.

In: a store and a document's identifier. Out: the `SourceText` its rows were made from. The file is looked for where the
store last saw it and must still hold the same bytes, or the offsets of the rows would point anywhere. Language is never
run again.

What was read is kept in `OUT/cache/text`, one file a document, named by the bytes' SHA-256 and the version of the reading
code, so that a changed reader never shows an old text. The folder is bounded, the longest unused files go first, and it may
be removed at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from extract.document import Box, CharBoxes, Citation, Doubt, Furniture, PageWarning, Section, SourceText
from extract.errors import Code, PipelineError
from extract.reading import read
from pipelines.files.replacing import replacing
from pipelines.inputs.known import Known, Stamp
from pipelines.store.store import Store

#: most bytes kept in a cache folder of an output folder
CACHE_BYTES = 512_000_000

#: raised when the layout of a cached text changes
_LAYOUT = 1

#: what may have read a PDF, the fast one first; without spans to compare with only the reference is sure to be right
_ENGINES = ("pdfium", "pdfplumber")
_BOXES = ("page", "x0", "top", "x1", "bottom")


def source_of(store: Store, doc_id: str) -> SourceText:
    """The text of a document, with its boxes, from the cache or read again.

    Raises:
        PipelineError: `usage` (no such document), `not-found` (its file is gone), `store` (its file holds other bytes now).
        ReadingError: the file cannot become text (a document that failed).
    """
    return source_at(known_document(store, doc_id), cache_folder(store), spans=told_text(store, doc_id))


def known_document(store: Store, doc_id: str) -> Known:
    """What the store knows of a document.

    Raises:
        PipelineError: `usage`, when it knows none of that name.
    """
    for known in store.known(doc_id):
        return known
    raise PipelineError(Code.USAGE, f"no document {doc_id!r} in {store.path.parent}", mend="documents.csv lists them")


def cache_folder(store: Store) -> Path:
    """Where things made from documents are kept: `cache` in the output folder. It need not exist."""
    return store.path.parent / "cache"


def source_at(known: Known, cache: Path, *, spans: Iterable[tuple[int, int, str]] = ()) -> SourceText:
    """`source_of` without the store, for another thread than the store's.

    Args:
        spans: start, end and text of what the rows were made from. A PDF is read by PDFium, which is fast; where that gives
            another text at a span, it is read by pdfplumber, and the text that fits better is returned.

    Raises:
        PipelineError, ReadingError: as `source_of`.
    """
    path = checked_path(known)
    spans = list(spans)
    best, best_fit = None, -1.0
    for engine in _ENGINES if spans and path.suffix.lower() == ".pdf" else _ENGINES[-1:]:
        source = _cached(known.sha256, path, engine, cache / "text")
        if (fit := fitting(source, spans)) > best_fit:
            best, best_fit = source, fit
        if best_fit == 1.0:
            break
    assert best is not None
    return best


def fitting(source: SourceText, expected: Iterable[tuple[int, int, str]]) -> float:
    """The share of spans (start, end, text) that stand in the text where they should; 1.0 if there are none."""
    spans = list(expected)
    return sum(source.text[start:end] == text for start, end, text in spans) / len(spans) if spans else 1.0


def told_text(store: Store, doc_id: str) -> list[tuple[int, int, str]]:
    """Start, end and text of each mention in a document's rows."""
    return [(m["start"], m["end"], m["text"]) for m in store.rows("mentions", doc_id=doc_id)]


def checked_path(known: Known) -> Path:
    """The document's file, which is there and holds the bytes its rows were made from.

    Raises:
        PipelineError: `not-found`, `not-readable`, or `store` when it holds other bytes now.
    """
    if not isinstance(known.path, Path):
        raise PipelineError(
            Code.NOT_FOUND, "the document is at an address, and this needs a file of this machine", file=known.path,
            mend="copy its folder here, and run over the copy into another output folder",
        )  # fmt: skip
    try:
        if known.stamp is not None and Stamp.of(known.path) == known.stamp and known.sha256:
            return known.path
        with known.path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        raise PipelineError(
            Code.NOT_FOUND, "the file is no longer where it was read", file=known.path,
            mend="put it back, or run `casesift run` over the folder it is in now",
        ) from None  # fmt: skip
    except OSError as error:
        raise PipelineError(
            Code.NOT_READABLE, f"the file cannot be read ({error.strerror or error})", file=known.path,
            mend="check its permissions",
        ) from error  # fmt: skip
    if known.sha256 and sha256 != known.sha256:
        raise PipelineError(
            Code.STORE, "the file was changed after it was read", file=known.path,
            mend="run `casesift run` again, then its rows fit it",
        )  # fmt: skip
    return known.path


@cache
def reading_version() -> str:
    """Twelve hexadecimal digits that change when the code or rules of reading do, or a library they stand on."""
    digest = hashlib.sha256(f"{_LAYOUT}".encode())
    for package in ("pdfplumber", "pdfminer.six", "pypdfium2", "pytesseract"):
        with suppress(PackageNotFoundError):
            digest.update(f" {package} {version(package)}".encode())
    for part in _resources(files("extract.reading")):
        digest.update(part.read_bytes())
    return digest.hexdigest()[:12]


def _resources(folder: Traversable) -> Iterable[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.is_dir() and not entry.name.startswith("__"):
            yield from _resources(entry)
        elif entry.name.endswith((".py", ".csv", ".txt")):
            yield entry


# the cache --------------------------------------------------------------------------------------------------------


def _cached(sha256: str, path: Path, engine: str, folder: Path) -> SourceText:
    place = folder / f"{sha256[:32] or 'unread'}-{engine}-{reading_version()}.npz"
    if sha256 and (source := _loaded(place)) is not None:
        return source
    source = read(path, engine=engine)
    if sha256:
        keep(place, _arrays(source))
    return source


def keep(place: Path, content: Mapping[str, Any] | bytes, *, limit: int = CACHE_BYTES) -> None:
    """Write a file of a cache (arrays, or bytes as they are) and keep its folder under `limit` bytes.

    A cache is never needed: where it cannot be written, nothing is kept and nothing is said.
    """
    with suppress(OSError, PipelineError):
        place.parent.mkdir(parents=True, exist_ok=True)
        with replacing(place, "wb") as stream:
            if isinstance(content, bytes):
                stream.write(content)
            else:
                np.savez_compressed(stream, **content)
        bound(place.parent, limit)


def bound(folder: Path, limit: int) -> None:
    """Remove files, the longest unused first, until the folder holds at most `limit` bytes."""
    held: list[tuple[float, int, Path]] = []
    for entry in os.scandir(folder):
        with suppress(OSError):
            status = entry.stat()
            held.append((status.st_mtime, status.st_size, Path(entry.path)))
    total = sum(size for _, size, _ in held)
    for _, size, path in sorted(held):
        if total <= limit:
            return
        path.unlink(missing_ok=True)
        total -= size


def touch(place: Path) -> None:
    """Mark a file of the cache as used just now."""
    with suppress(OSError):
        os.utime(place)


def _arrays(source: SourceText) -> dict[str, Any]:
    facts = {
        "text": source.text, "kind": source.kind, "pages": source.pages, "ocr_pages": source.ocr_pages,
        "title": source.title, "doi": source.doi, "pmid": source.pmid, "journal": source.journal,
        "year": source.year, "meta": source.meta,
        "sections": [asdict(s) for s in source.sections], "furniture": [asdict(f) for f in source.furniture],
        "citations": [asdict(c) for c in source.citations], "warnings": [asdict(w) for w in source.warnings],
        "doubts": [asdict(d) for d in source.doubts],
    }  # fmt: skip
    arrays: dict[str, Any] = {"facts": np.frombuffer(json.dumps(facts).encode("ascii"), dtype=np.uint8)}
    if source.boxes is not None:
        arrays |= {name: getattr(source.boxes, name) for name in _BOXES}
    return arrays


def _loaded(place: Path) -> SourceText | None:
    """The text kept in a file of the cache; None when there is none that can be read."""
    try:
        with place.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            facts = json.loads(arrays["facts"].tobytes())
            boxes = CharBoxes(*(arrays[name] for name in _BOXES)) if "page" in arrays else None
    except (OSError, ValueError, KeyError, BadZipFile):
        return None
    touch(place)
    return SourceText(
        **facts
        | {
            "boxes": boxes,
            "sections": tuple(Section(**s) for s in facts["sections"]),
            "furniture": tuple(Furniture(**f | {"box": Box(**f["box"])}) for f in facts["furniture"]),
            "citations": tuple(Citation(**c) for c in facts["citations"]),
            "warnings": tuple(PageWarning(**w) for w in facts["warnings"]),
            "doubts": tuple(Doubt(**d) for d in facts["doubts"]),
        }
    )
