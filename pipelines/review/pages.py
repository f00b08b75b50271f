"""The pages of a document: their sizes, their images, and where each word stands.

PDFium draws and measures; it is not thread-safe, so whoever calls takes turns (see `app`). Images are JPEG, in a few widths
that serve screens from 1280 pixels to 4k, and kept in `OUT/cache/pages` (bounded, see `sources.keep`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from extract.document import SourceText
from extract.errors import Code, PipelineError
from extract.reading.bounds import too_much_for_pdfium
from pipelines.store.sources import keep, touch

#: widths of page images in pixels; a page asks for the smallest that is not blurred
WIDTHS = (700, 1000, 1400, 2000, 2800)

#: a page that would have more pixels is drawn smaller
MAX_PIXELS = 40_000_000

_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height of a page in points, as displayed."""

    width: float
    height: float


def sizes(path: Path, sha256: str) -> list[Size]:
    """The sizes of a PDF's pages.

    Args:
        sha256: of the file's bytes.

    Raises:
        PipelineError: `broken-pdf`, when PDFium cannot open it.
    """
    with _opened(path, sha256) as pdf:
        return [Size(round(w, 2), round(h, 2)) for w, h in (pdf.get_page_size(i) for i in range(len(pdf)))]


def image(path: Path, sha256: str, page: int, width: int, cache: Path) -> bytes:
    """A page (counted from 1) as a JPEG of about `width` pixels (one of `WIDTHS`).

    Raises:
        PipelineError: `usage` (no such page or width), `broken-pdf`.
    """
    if width not in WIDTHS:
        raise PipelineError(Code.USAGE, f"no image of width {width}", mend=f"there are {', '.join(map(str, WIDTHS))}")
    place = cache / "pages" / f"{sha256[:32]}-{page}-{width}.jpg"
    try:
        kept = place.read_bytes()
    except OSError:
        kept = b""
    if kept:
        touch(place)
        return kept
    picture = drawn(path, sha256, page, width)
    keep(place, picture)
    return picture


def drawn(path: Path, sha256: str, page: int, width: int) -> bytes:
    """A page (counted from 1) as a JPEG of `width` pixels, drawn now and not kept.

    Raises:
        PipelineError: `usage` (no such page), `broken-pdf`.
    """
    with _opened(path, sha256) as pdf:
        if not 1 <= page <= len(pdf):
            raise PipelineError(Code.USAGE, f"no page {page}", file=path, mend=f"it has {len(pdf)}")
        wide, high = pdf.get_page_size(page - 1)
        scale = width / max(wide, 1.0)
        scale *= min(1.0, (MAX_PIXELS / max(wide * high * scale * scale, 1.0)) ** 0.5)
        pdf_page = pdf[page - 1]
        try:
            picture = pdf_page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        finally:
            pdf_page.close()
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=_QUALITY, subsampling=0)
    return stream.getvalue()


@lru_cache(maxsize=512)
def _too_much(path: Path, sha256: str) -> str:
    return too_much_for_pdfium(path)


def _opened(path: Path, sha256: str) -> Any:
    import pypdfium2

    if why := _too_much(path, sha256):
        raise PipelineError(Code.TOO_LARGE, f"its pages cannot be drawn ({why})", file=path, mend="open it in a viewer")
    try:
        return pypdfium2.PdfDocument(path)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise PipelineError(
            Code.BROKEN_PDF, f"its pages cannot be drawn ({error})", file=path, mend="open it in a viewer"
        ) from error


def words(source: SourceText) -> Iterator[list[Any]]:
    """The words of a text with boxes, in reading order: [page, start, end, x0, top, x1, bottom] in points.

    A word ends at white space, at the end of a line, and where the page changes; `end` is one past its last character.
    """
    if source.boxes is None or not source.text:
        return
    boxes = source.boxes
    placed = boxes.page > 0
    space = np.fromiter((c.isspace() for c in source.text), dtype=bool, count=len(source.text))
    inside = placed & ~space
    starts = inside.copy()
    starts[1:] &= ~inside[:-1] | (boxes.page[1:] != boxes.page[:-1]) | _apart(source)
    at = np.flatnonzero(inside)
    if not at.size:
        return
    first = np.flatnonzero(starts[at])
    last = np.append(first[1:], at.size) - 1
    edges = (
        reduce.reduceat(getattr(boxes, name)[at], first).astype(float).round(1).tolist()
        for name, reduce in (("x0", np.minimum), ("top", np.minimum), ("x1", np.maximum), ("bottom", np.maximum))
    )
    places = (boxes.page[at[first]].tolist(), at[first].tolist(), (at[last] + 1).tolist())
    yield from map(list, zip(*places, *edges, strict=True))


def _apart(source: SourceText) -> Any:
    """Whether a character stands on another line than the one before it (a word broken at the end of a line)."""
    b = source.boxes
    assert b is not None
    return (b.top[1:] > b.bottom[:-1]) | (b.bottom[1:] < b.top[:-1])
