"""What of a PDF page's print a reader can see, as PDFium tells it, and what is told for the print instead.

text objects -> **which are drawn without ink, or stand for other text** -> characters. Invisible text (render modes 3 and 7,
no opacity) and white text on white paper are on the page, but nobody sees them; over a picture or a coloured box they are
taken as seen, for an OCR layer prints so over its scan, and a box can have white letters.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as c

from extract.reading.glyphs import Glyphs
from extract.reading.pdfium_calls import Pointer, bare
from extract.reading.place import Place

_render_mode = bare(c.FPDFTextObj_GetTextRenderMode)
_fill = bare(c.FPDFPageObj_GetFillColor)
_stroke = bare(c.FPDFPageObj_GetStrokeColor)
_bounds = bare(c.FPDFPageObj_GetBounds)
_draw_mode = bare(c.FPDFPath_GetDrawMode)
_count_marks = bare(c.FPDFPageObj_CountMarks)
_mark = bare(c.FPDFPageObj_GetMark, ctypes.c_size_t)
_kind_of_parameter = bare(c.FPDFPageObjMark_GetParamValueType)

_INVISIBLE = (c.FPDF_TEXTRENDERMODE_INVISIBLE, c.FPDF_TEXTRENDERMODE_CLIP)
_STROKED = (c.FPDF_TEXTRENDERMODE_STROKE, c.FPDF_TEXTRENDERMODE_STROKE_CLIP)
_WHITE = 250
"""Red, green and blue of at least this much are white."""
_ACTUAL_TEXT = ctypes.c_char_p(b"ActualText")

_numbers = (ctypes.c_uint * 4)()
_parts: list[Any] = [ctypes.byref(_numbers, 4 * i) for i in range(4)]


def _is_white(thing: Any, colour_of: Any = _fill) -> bool:
    """Whether a page object is filled with white, or with no opacity."""
    if not colour_of(thing, *_parts):
        return False  # a pattern, or nothing that PDFium can tell
    red, green, blue, opacity = _numbers
    return opacity == 0 or min(red, green, blue) >= _WHITE


def unpainted(things: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Which of these text objects (PDFium's pointers) put no ink on white paper."""
    out = np.zeros(len(things), dtype=bool)
    for i, thing in enumerate(map(ctypes.c_void_p, things)):
        mode = _render_mode(thing)
        if mode in _INVISIBLE or _is_white(thing, _stroke if mode in _STROKED else _fill):
            out[i] = True
    return out


def replaced(things: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Which of these text objects stand for another text (their marks have an ActualText)."""
    out = np.zeros(len(things), dtype=bool)
    for i, thing in enumerate(map(ctypes.c_void_p, things)):
        for k in range(max(_count_marks(thing), 0)):
            if _kind_of_parameter(ctypes.c_void_p(_mark(thing, k)), _ACTUAL_TEXT) == c.FPDF_OBJECT_STRING:
                out[i] = True
    return out


class Paints:
    """Where a page is not white: its pictures, forms and shadings, and paths filled with a colour. Looked for once, and only
    on pages that have print without ink."""

    def __init__(self, things: Sequence[tuple[Pointer, int]], place: Place) -> None:
        self._things, self._place = things, place
        self._boxes: list[tuple[float, float, float, float]] | None = None

    def under(self, glyphs: Glyphs) -> npt.NDArray[np.bool_]:
        """Which glyphs have their middle on paint."""
        if self._boxes is None:
            self._boxes = [box for thing, kind in self._things if (box := self._box(thing, kind)) is not None]
        x, y = (glyphs.x0 + glyphs.x1) / 2, (glyphs.top + glyphs.bottom) / 2
        out = np.zeros(len(glyphs), dtype=bool)
        for x0, top, x1, bottom in self._boxes:
            out |= (x0 <= x) & (x <= x1) & (top <= y) & (y <= bottom)
        return out

    def _box(self, thing: Pointer, kind: int) -> tuple[float, float, float, float] | None:
        """The box of an object that paints, on the page as displayed; None of one that does not."""
        if kind == c.FPDF_PAGEOBJ_TEXT:
            return None
        if kind == c.FPDF_PAGEOBJ_PATH:
            fill, stroke = ctypes.c_int(), ctypes.c_int()
            drawn = _draw_mode(thing, ctypes.byref(fill), ctypes.byref(stroke))
            if not drawn or fill.value == c.FPDF_FILLMODE_NONE or _is_white(thing):
                return None
        sides = (ctypes.c_float * 4)()
        if not _bounds(thing, *(ctypes.byref(sides, 4 * i) for i in range(4))):
            return None
        left, bottom, right, top = sides
        return self._place.box(left, bottom, right, top)
