"""What is written on a PDF page but is not its print: values filled into form fields, free-text notes, struck-out marks.

annotations of a page -> **glyphs where the fields stand, notes set apart, rules through what is struck out** -> layout. A field's
value goes on the line of its label, so that both are read as one sentence; a note is laid out on its own, for it may lie over
the print.
"""

from __future__ import annotations

import ctypes
import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pypdfium2.raw as c

from extract.reading.glyphs import ASCENT, DESCENT, Glyph, Glyphs, RawPage
from extract.reading.place import Place

MAX_ANNOTATIONS = 2_000
"""Most annotations of a page that are looked at."""
MAX_CHARACTERS = 20_000
"""Most characters of a field or note that are read."""
_WRITTEN = (c.FPDF_FORMFIELD_TEXTFIELD, c.FPDF_FORMFIELD_COMBOBOX, c.FPDF_FORMFIELD_LISTBOX)
"""Fields whose value is words; ticks and signatures are none."""
_HIDDEN = c.FPDF_ANNOT_FLAG_HIDDEN | c.FPDF_ANNOT_FLAG_NOVIEW
_WIDTH = 0.5
"""How wide a letter of a field is taken to be, in units of the type size."""
_LINE = 1.2
"""Distance of a field's lines, in units of the type size."""
_UNPRINTED = 10.0
"""Type size (points) on a page without print."""

Rect = tuple[float, float, float, float]


def read_notes(page: Any, form: Any, place: Place, raw: RawPage) -> None:
    """Add what is written on a page (an FPDF_PAGE) to `raw`. `form` is the document's FPDF_FORMHANDLE, or None."""
    fields: list[Glyphs] = []
    number = min(c.FPDFPage_GetAnnotCount(page), MAX_ANNOTATIONS)
    size, font = _usual_print(raw.glyphs) if number else (_UNPRINTED, "")
    for i in range(number):
        annotation = c.FPDFPage_GetAnnot(page, i)
        if not annotation:
            continue
        try:
            kind = c.FPDFAnnot_GetSubtype(annotation)
            if c.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
                continue
            if kind == c.FPDF_ANNOT_WIDGET and form and c.FPDFAnnot_GetFormFieldType(form, annotation) in _WRITTEN:
                if text := _text(lambda *room, a=annotation: c.FPDFAnnot_GetFormFieldValue(form, a, *room)):
                    fields.append(_field(text, _rect(annotation, place), raw.glyphs, size, font))
            elif kind == c.FPDF_ANNOT_FREETEXT:
                if text := _text(lambda *room, a=annotation: c.FPDFAnnot_GetStringValue(a, b"Contents", *room)):
                    x0, top, x1, _ = _rect(annotation, place)
                    raw.notes.append(_written(text, x0, x1, top + ASCENT * size, size, font))
            elif kind == c.FPDF_ANNOT_STRIKEOUT:
                raw.rules += _strokes(annotation, place)
        finally:
            c.FPDFPage_CloseAnnot(annotation)
    if fields:
        raw.glyphs = Glyphs.of([g for glyphs in (raw.glyphs, *fields) for g in glyphs])
    raw.filled = len(fields)


def _text(read: Any) -> str:
    """The string that a PDFium function writes as UTF-16 into a buffer."""
    length = read(None, 0)
    if not 2 < length <= 2 * MAX_CHARACTERS:
        return ""
    room = (ctypes.c_ushort * (length // 2))()
    read(room, length)
    return bytes(room).decode("utf-16-le", "replace").rstrip("\0").strip()


def _rect(annotation: Any, place: Place) -> Rect:
    rect = c.FS_RECTF()
    c.FPDFAnnot_GetRect(annotation, rect)
    return place.box(rect.left, rect.bottom, rect.right, rect.top)


def _strokes(annotation: Any, place: Place) -> list[Rect]:
    """The lines that a struck-out mark draws: through the middle of each of its quadrilaterals."""
    strokes: list[Rect] = []
    points = c.FS_QUADPOINTSF()
    for k in range(c.FPDFAnnot_CountAttachmentPoints(annotation)):
        if c.FPDFAnnot_GetAttachmentPoints(annotation, k, points):
            xs, ys = (points.x1, points.x2, points.x3, points.x4), (points.y1, points.y2, points.y3, points.y4)
            x0, top, x1, bottom = place.box(min(xs), min(ys), max(xs), max(ys))
            strokes.append((x0, (top + bottom) / 2, x1, (top + bottom) / 2))
    return strokes


def _usual_print(glyphs: Glyphs) -> tuple[float, str]:
    """Size and font of most of a page's glyphs."""
    if not len(glyphs):
        return _UNPRINTED, ""
    votes = Counter(zip(np.round(glyphs.size, 1).tolist(), glyphs.font.tolist(), strict=True))
    (size, font), _ = votes.most_common(1)[0]
    return size, glyphs.fonts[font]


def _field(text: str, rect: Rect, glyphs: Glyphs, size: float, font: str) -> Glyphs:
    """A field's value as glyphs: on the line of print that ends beside the field, or else at its upper edge."""
    x0, top, x1, bottom = rect
    base = top + min(ASCENT * size + 0.1 * size, max(bottom - top, 1.0))
    beside = np.flatnonzero((glyphs.turn == 0) & (glyphs.base > top - 1) & (glyphs.base < bottom + 0.3 * size))
    beside = beside[glyphs.x1[beside] <= x0 + size]
    if beside.size:
        label = int(beside[glyphs.x1[beside].argmax()])
        base, size, font = float(glyphs.base[label]), float(glyphs.size[label]), glyphs.fonts[glyphs.font[label]]
        x0 = max(x0, float(glyphs.x1[label]) + 0.3 * size)
    return _written(text, x0, max(x1, x0 + size), base, size, font)


def _written(text: str, x0: float, x1: float, base: float, size: float, font: str) -> Glyphs:
    """Words as glyphs, in lines from x0 to x1, the first on the baseline `base`."""
    columns = max(int((x1 - x0) / (_WIDTH * size)), 8)
    paragraphs = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines: Sequence[str] = [line for p in paragraphs for line in textwrap.wrap(p, columns, break_on_hyphens=False)]
    if len(paragraphs) == 1 and len(text) * 0.3 * size <= x1 - x0:
        lines = [text]  # a viewer sets it in one line, in narrow letters
    glyphs: list[Glyph] = []
    for k, line in enumerate(lines):
        y = base + k * _LINE * size
        step = min(_WIDTH * size, (x1 - x0) / max(len(line), 1))
        for i, letter in enumerate(line):
            a = x0 + i * step
            glyphs.append(Glyph(letter, a, y - ASCENT * size, a + step, y + DESCENT * size, y, size, font))
    return Glyphs.of(glyphs)
