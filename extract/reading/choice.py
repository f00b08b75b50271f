"""Which engine reads a PDF's characters, page by page.

PDF -> **pdfplumber or PDFium** -> glyphs -> layout. pdfplumber is the reference; PDFium gives the same glyphs in a fraction
of the time (benchmarks/engines_agree.py compares the texts of any folder). `auto`, which is used unless told otherwise,
takes PDFium's where nothing in the file speaks against it. Where they differ, each knows what the other does not: PDFium reads
what stands for the print (ActualText), pdfplumber reads ligatures by their names and knows which layers are off. So a file
with layers that are off is pdfplumber's, and a page with letters that PDFium cannot tell is read by both: pdfplumber tells
the missing letters, or, where many are missing, the page.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from extract.errors import Code, ReadingError
from extract.reading.bounds import too_much_for_pdfium
from extract.reading.glyphs import UNKNOWN, Glyphs, RawDocument
from extract.reading.plumber import has_layers_off, read_glyphs

#: what `pdf_engine` may be
PDF_ENGINES = ("pdfplumber", "pdfium", "auto")

MOST_UNKNOWN = 0.02
"""Most characters of a page, as a share, whose font tells no letter: engines guess those differently."""
SAME_SPOT = 0.1
"""How far apart, in units of the type size, the two engines may see one glyph."""


def read_with(engine: str, path: Path, *, password: str | None, max_pages: int) -> RawDocument:
    """The glyphs of a PDF by this engine. What is too much for PDFium is read by pdfplumber, with a note.

    Raises:
        ReadingError: USAGE for an unknown engine; ENCRYPTED_PDF, BROKEN_PDF.
    """
    if engine not in PDF_ENGINES:
        raise ReadingError(Code.USAGE, f"no PDF engine {engine!r}", file=path, mend=f"known: {', '.join(PDF_ENGINES)}")
    why = too_much_for_pdfium(path) if engine != "pdfplumber" else ""
    if engine == "auto" and not why and has_layers_off(path, password):
        return read_glyphs(path, password=password, max_pages=max_pages)
    if engine != "pdfplumber" and not why:
        from extract.reading import pdfium

        try:
            raw = pdfium.read_glyphs(path, password=password, max_pages=max_pages)
        except ReadingError as error:
            if engine == "pdfium" or error.code is not Code.BROKEN_PDF:
                raise
        else:
            if engine == "auto" and (doubtful := doubtful_pages(raw)):
                _take_better(raw, read_glyphs(path, password=password, max_pages=max_pages, only=doubtful))
            return raw
    raw = read_glyphs(path, password=password, max_pages=max_pages)
    if engine == "pdfium":
        raw.notes.append(f"read by pdfplumber: {why}")
    return raw


def doubtful_pages(raw: RawDocument) -> frozenset[int]:
    """The numbers of the pages that PDFium could not read, or with letters that it cannot tell."""
    return frozenset(page.number for page in raw.pages if page.problem or UNKNOWN in page.glyphs.text)


def _take_better(raw: RawDocument, other: RawDocument) -> None:
    """Take for the pages of `raw` what pdfplumber reads better, in place. `other` has some of its pages."""
    better = {page.number: page for page in other.pages}
    for i, page in enumerate(raw.pages):
        again = better.get(page.number)
        if again is None or again.problem:
            continue
        if page.problem or page.glyphs.text.count(UNKNOWN) > MOST_UNKNOWN * len(page.glyphs):
            raw.pages[i] = again
        else:
            _fill(page.glyphs, again.glyphs)


def _fill(glyphs: Glyphs, others: Glyphs) -> None:
    """Tell the unknown letters of `glyphs`, in place, by those that stand on the same spots in `others`, or (a font may not tell
    how wide such a letter is, which moves what follows) in the same place of their line."""
    if not len(others):
        return
    ink, other_ink = _ink(glyphs), _ink(others)
    for i in [i for i, text in enumerate(glyphs.text) if text == UNKNOWN]:
        far = np.hypot(others.x0 - glyphs.x0[i], others.base - glyphs.base[i])
        k = int(far.argmin())
        if far[k] >= SAME_SPOT * glyphs.size[i]:
            line = np.flatnonzero(ink & (abs(glyphs.base - glyphs.base[i]) < 0.1 * glyphs.size[i]))
            other_line = np.flatnonzero(other_ink & (abs(others.base - glyphs.base[i]) < 0.1 * glyphs.size[i]))
            if len(line) != len(other_line):
                continue
            k = int(other_line[np.searchsorted(line, i)])
        text = others.text[k]
        glyphs.text[i] = UNKNOWN if text.startswith("(cid:") or not text.isprintable() else text


def _ink(glyphs: Glyphs) -> npt.NDArray[np.bool_]:
    return ~np.fromiter(map(str.isspace, glyphs.text), dtype=bool, count=len(glyphs))
