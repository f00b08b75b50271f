"""Which engine reads a PDF's characters.

PDF -> **pdfplumber or PDFium** -> glyphs -> layout. pdfplumber is the reference; PDFium gives the same glyphs in a fraction
of the time (benchmarks/engines_agree.py compares the texts of any folder). `auto`, which is used unless told otherwise,
takes PDFium's where nothing in the file speaks against it.
"""

from __future__ import annotations

from pathlib import Path

from extract.errors import Code, ReadingError
from extract.reading.bounds import too_much_for_pdfium
from extract.reading.glyphs import RawDocument
from extract.reading.plumber import read_glyphs

#: what `pdf_engine` may be
PDF_ENGINES = ("pdfplumber", "pdfium", "auto")

MOST_UNKNOWN = 0.02
"""Most characters of a page, as a share, whose font tells no letter: engines guess those differently."""


def read_with(engine: str, path: Path, *, password: str | None, max_pages: int) -> RawDocument:
    """The glyphs of a PDF by this engine. What is too much for PDFium is read by pdfplumber, with a note.

    Raises:
        ReadingError: USAGE for an unknown engine; ENCRYPTED_PDF, BROKEN_PDF.
    """
    if engine not in PDF_ENGINES:
        raise ReadingError(Code.USAGE, f"no PDF engine {engine!r}", file=path, mend=f"known: {', '.join(PDF_ENGINES)}")
    why = too_much_for_pdfium(path) if engine != "pdfplumber" else ""
    if engine != "pdfplumber" and not why:
        from extract.reading import pdfium

        try:
            raw = pdfium.read_glyphs(path, password=password, max_pages=max_pages)
        except ReadingError as error:
            if engine == "pdfium" or error.code is not Code.BROKEN_PDF:
                raise
        else:
            if engine == "pdfium" or is_sure(raw):
                return raw
    raw = read_glyphs(path, password=password, max_pages=max_pages)
    if engine == "pdfium":
        raw.notes.append(f"read by pdfplumber: {why}")
    return raw


def is_sure(raw: RawDocument) -> bool:
    """Whether what PDFium read is what pdfplumber would have: every page could be read, and its fonts tell their letters."""
    for page in raw.pages:
        if page.problem or page.glyphs.text.count("\ufffd") > MOST_UNKNOWN * len(page.glyphs):
            return False
    return bool(raw.pages)
