"""The PDFium engine: the same glyphs as the pdfplumber engine, some ten times as fast.

file -> **RawDocument** -> layout. Characters with their origins and boxes are read through pypdfium2's raw interface;
spaces and line ends that PDFium makes up are left out, for the layout finds its own. PDFium is not thread-safe: use
processes, never threads.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from extract.errors import Code, ReadingError
from extract.reading.glyphs import MAX_GLYPHS, RawDocument, RawPage
from extract.reading.pdfium_chars import characters
from extract.reading.pdfium_notes import read_notes
from extract.reading.pdfium_paint import Paints
from extract.reading.pdfium_shapes import objects_of, shapes
from extract.reading.place import Place


def read_glyphs(path: Path, *, password: str | None = None, max_pages: int = 200) -> RawDocument:
    """The glyphs of the first `max_pages` pages.

    Raises:
        ReadingError: ENCRYPTED_PDF, BROKEN_PDF. A single bad page raises nothing: its `problem` tells.
    """
    c.FPDF_LoadMemDocument(b"", 0, None)  # of a PDF without pages PDFium tells the error of the file before it
    try:
        document = pdfium.PdfDocument(path, password=password)
    except pdfium.PdfiumError as error:
        if c.FPDF_GetLastError() == c.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            what = "the password does not open it" if password else "it is encrypted and needs a password"
            raise ReadingError(Code.ENCRYPTED_PDF, what, file=path, mend="save a copy without protection") from error
        raise ReadingError(
            Code.BROKEN_PDF, f"it cannot be parsed as a PDF ({str(error)[:120]})", file=path,
            mend="open it in a viewer and print it to a new PDF, or fetch it again",
        ) from error  # fmt: skip
    try:
        total = len(document)
        form = _form_of(document)
        pages = [_read_page(document, i, form) for i in range(min(total, max_pages))]
        meta = {k: v.strip() for k, v in document.get_metadata_dict(skip_empty=True).items() if v.strip()}
        return RawDocument(pages, meta, total)
    finally:
        document.close()


def _in_order(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A box whose corners may be told the other way round."""
    (left, right), (bottom, top) = sorted(box[::2]), sorted(box[1::2])
    return left, bottom, right, top


def _form_of(document: pdfium.PdfDocument) -> Any:
    """PDFium's handle of the document's form, None where it has none."""
    if document.get_formtype() == c.FORMTYPE_NONE:
        return None
    try:
        document.init_forms()
    except pdfium.PdfiumError:
        return None
    return document.formenv.raw if document.formenv else None


def _read_page(document: pdfium.PdfDocument, index: int, form: Any) -> RawPage:
    try:
        page = document[index]
    except pdfium.PdfiumError as error:
        return RawPage(index + 1, 0.0, 0.0, problem=f"the page cannot be read ({error})")
    text = None
    try:
        left, bottom, right, top = _in_order(page.get_cropbox())
        place = Place(left, bottom, right, top, int(page.get_rotation()) % 360)
        width, height = (right - left, top - bottom) if place.rotation in (0, 180) else (top - bottom, right - left)
        raw = RawPage(index + 1, float(width), float(height))
        text = c.FPDFText_LoadPage(page.raw)
        count = c.FPDFText_CountChars(text)
        if count > 3 * MAX_GLYPHS:
            raw.problem = f"the page has {count} characters, more than a page of print; it was left out"
        else:
            things = objects_of(page.raw)
            printed = [t for t, kind in things if kind == c.FPDF_PAGEOBJ_TEXT]
            raw.glyphs = characters(text, count, place, printed, Paints(things, place))
            shapes(things, place, raw)
            read_notes(page.raw, form, place, raw)
        return raw
    finally:
        if text is not None:
            c.FPDFText_ClosePage(text)
        page.close()
