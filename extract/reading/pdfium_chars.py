"""The characters of a PDF page from PDFium, in bulk.

page -> **glyphs as columns** -> layout. pypdfium2's raw functions check and convert every argument, which takes longer
than PDFium does; here the same functions are called through prototypes without that, in loops that run in C (`map`), and
what belongs to a text object or a font is asked once for each. A page costs about four calls a character.

Spaces and line ends that PDFium makes up are left out, for the layout finds its own. A character's box reaches from its
origin as far as its font advances, as pdfplumber's does; PDFium's own boxes are of the ink.
"""

from __future__ import annotations

import ctypes
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as c

from extract.reading.glyphs import ASCENT, DESCENT, Glyphs, across

_Column = npt.NDArray[np.float64]


class Pointer(ctypes.c_void_p):
    """A pointer that ctypes hands back as it is (a plain c_void_p becomes an int)."""


def bare(function: Any, result: Any = ctypes.c_int) -> Callable[..., Any]:
    """A PDFium function without ctypes' conversions: give pointers as c_void_p or byref, numbers as int."""
    prototype: Any = ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)
    prototype.argtypes = None
    return prototype


_unicode = bare(c.FPDFText_GetUnicode, ctypes.c_uint)
_text_object = bare(c.FPDFText_GetTextObject, ctypes.c_size_t)
_origin = bare(c.FPDFText_GetCharOrigin)
_loose_box = bare(c.FPDFText_GetLooseCharBox)
_is_hyphen = bare(c.FPDFText_IsHyphen)
_generated = bare(c.FPDFText_IsGenerated)
_ink_box = bare(c.FPDFText_GetCharBox)
_matrix = bare(c.FPDFText_GetMatrix)
_object_matrix = bare(c.FPDFPageObj_GetMatrix)
_bounds = bare(c.FPDFPageObj_GetBounds)
_font_size = bare(c.FPDFText_GetFontSize, ctypes.c_double)
_font_of = bare(c.FPDFTextObj_GetFont, ctypes.c_size_t)
_glyph_width = bare(c.FPDFFont_GetGlyphWidth)
_font_info = bare(c.FPDFText_GetFontInfo)
_THOUSAND = ctypes.c_float(1000.0)

_UNKNOWN = 0xFFFD


class _Room:
    """Room for the origins and boxes of a page's characters, with a reference to each place; kept from page to page."""

    def __init__(self) -> None:
        self.size = 0
        self.x: list[Any] = []
        self.y: list[Any] = []
        self.box: list[Any] = []

    def take(self, count: int) -> None:
        if count > self.size:
            self.size = max(2 * count, 8192)
            points, boxes = (ctypes.c_double * (2 * self.size))(), (c.FS_RECTF * self.size)()
            self.x = [ctypes.byref(points, 16 * i) for i in range(self.size)]
            self.y = [ctypes.byref(points, 16 * i + 8) for i in range(self.size)]
            self.box = [ctypes.byref(boxes, 16 * i) for i in range(self.size)]
            self.points = np.frombuffer(memoryview(points), dtype=np.float64).reshape(-1, 2)
            self.boxes = np.frombuffer(memoryview(boxes).cast("B"), dtype=np.float32).reshape(-1, 4)


_room = _Room()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page's own coordinates lie on the page as displayed: its crop box and its rotation in degrees."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    def point(self, x: Any, y: Any) -> tuple[Any, Any]:
        """PDF coordinates (numbers or columns) as points from the top left corner of the page as displayed."""
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """A rectangle on the page as displayed: x0, top, x1, bottom."""
        (a, b), (d, e) = self.point(x0, y0), self.point(x1, y1)
        return min(a, d), min(b, e), max(a, d), max(b, e)


@dataclass(frozen=True, slots=True)
class _Style:
    """What the characters of a text object share: font (its place among the page's fonts, and PDFium's pointer), size on
    the page, points that a font's width of 1 takes (0 in print slanted by its matrix, whose ink leans over), writing direction on the page as displayed."""

    font: int
    pointer: int
    size: float
    stretch: float
    turn: int


def characters(page_text: Any, count: int, place: Place, printed: Sequence[Pointer]) -> Glyphs:
    """The `count` characters of a page's text (an FPDF_TEXTPAGE) in the order of the content stream. `printed` are the
    page's text objects: PDFium's text leaves out those that print nothing but a space."""
    text = ctypes.cast(page_text, ctypes.c_void_p)
    objects = np.fromiter(map(_text_object, repeat(text), range(count)), dtype=np.uint64, count=count)
    _room.take(count)
    deque(map(_origin, repeat(text), range(count), _room.x, _room.y), maxlen=0)
    codes = _codes(text, page_text, count)
    real = np.ones(count, dtype=bool)
    for i in np.flatnonzero((codes == 32) | (codes == 13) | (codes == 10)).tolist():
        real[i] = _generated(text, i) != 1
    at = np.flatnonzero(real)
    if not at.size:
        return Glyphs.of(())
    codes, objects, origins = codes[at], objects[at], _room.points[at]
    joined = np.zeros(at.size, dtype=bool)  # the rest of a ligature that stands for several characters
    joined[1:] = (objects[1:] == objects[:-1]) & (origins[1:] == origins[:-1]).all(axis=1)

    starts = np.flatnonzero(np.concatenate(([True], objects[1:] != objects[:-1])))
    fonts: dict[int, tuple[int, str]] = {}
    styles: dict[_Style, int] = {}
    of_object = [
        styles.setdefault(_style(text, i, thing, place, fonts), len(styles))
        for i, thing in zip(at[starts].tolist(), objects[starts].tolist(), strict=True)
    ]
    style = np.repeat(np.array(of_object), np.diff(np.append(starts, at.size)))
    every = list(styles)
    size = np.array([s.size for s in every])[style]
    turn = np.array([s.turn for s in every])[style]

    numbers = np.empty((6, at.size))
    x0, top, x1, bottom, base, _ = numbers
    x0[:], base[:] = place.point(origins[:, 0], origins[:, 1])
    boxes = _loose_boxes(text, at, place)
    x1[:] = x0 + _advances(text, at, codes, style, every, boxes[2] - x0, place.rotation != 0)
    whole = np.append(joined[1:], False) & ~joined  # the first part of a ligature has the box of the whole
    x1[whole] = boxes[2, whole]
    np.subtract(base, ASCENT * size, out=top)
    np.add(base, DESCENT * size, out=bottom)
    numbers[5] = size
    for way in set(turn.tolist()) - {0}:
        mask = turn == way
        x, y, far = x0[mask], base[mask], (x1 - x0)[mask]
        if way in (90, 180, 270):
            ink = {90: y - boxes[1, mask], 180: x - boxes[0, mask], 270: boxes[3, mask] - y}[way]
            far = np.where(whole[mask] | (far < 0) | (ink > far + 0.08 * size[mask]), ink, far)
            along = {90: (x, y - far, x, y), 180: (x - far, y, x, y), 270: (x, y, x, y + far)}[way]
            numbers[:4, mask] = across(along, x, y, size[mask], way)
        else:
            numbers[:4, mask] = boxes[:, mask]
    letters = list(codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"))
    font = np.array([s.font for s in every], dtype=np.intp)[style]
    glyphs = Glyphs(letters, numbers, font, [name for _, name in fonts.values()], turn)
    alone = _lone_spaces(printed, objects, place)
    if alone or joined.any():
        glyphs = _mended(glyphs, joined, alone)
    return glyphs


def _codes(text: ctypes.c_void_p, page_text: Any, count: int) -> npt.NDArray[np.uint32]:
    """Every character's code point, of a ligature's parts and halves of surrogate pairs each its own; _UNKNOWN where the
    font does not tell (PDFium gives the character's code, or 0), "-" for the sign PDFium has for a hyphen at a line's end."""
    units = (ctypes.c_ushort * (count + 1))()
    written = c.FPDFText_GetText(page_text, 0, count, units)
    codes = np.frombuffer(memoryview(units), dtype=np.uint16)[:count].astype(np.uint32)
    # the whole text leaves some characters out and writes some as two units; then it does not tell which is which
    if written != count + 1 or ((codes >= 0xD800) & (codes < 0xE000)).any():
        codes = np.fromiter(map(_unicode, repeat(text), range(count)), dtype=np.uint32, count=count)
        for i in np.flatnonzero(codes == 2).tolist():
            codes[i] = 0xFFFE if _is_hyphen(text, i) == 1 else 2
    codes[codes == 0xFFFE] = ord("-")
    codes[(codes < 32) & (codes != 9) & (codes != 10) & (codes != 13)] = _UNKNOWN
    return codes


def _lone_spaces(
    printed: Sequence[Pointer], objects: npt.NDArray[np.uint64], place: Place
) -> list[tuple[int, float, float]]:
    """Spaces that are text objects of their own: before which character they stand, and where (x and baseline)."""
    unseen = {thing.value for thing in printed}.difference(objects.tolist())
    if not unseen:
        return []
    ends = dict(zip(objects.tolist(), range(1, objects.size + 1), strict=True))
    found: list[tuple[int, float, float]] = []
    sides, matrix = (ctypes.c_float * 4)(), c.FS_MATRIX()
    at = 0
    for thing in printed:
        at = ends.get(thing.value, at)
        if thing.value in unseen and _bounds(thing, *(ctypes.byref(sides, 4 * i) for i in range(4))):
            left, bottom, right, top = sides
            if right - left < 0.1 and top - bottom < 0.1 and _object_matrix(thing, ctypes.byref(matrix)):
                found.append((at, *place.point(matrix.e, matrix.f)))
    return found


def _mended(glyphs: Glyphs, joined: npt.NDArray[np.bool_], alone: list[tuple[int, float, float]]) -> Glyphs:
    """The parts of ligatures put together, and lone spaces put in."""
    text = list(glyphs.text)
    head = 0
    for i in np.flatnonzero(joined).tolist():
        head = head if joined[i - 1] else i - 1
        whole = text[head] + text[i]
        if not whole.isascii():
            whole = whole.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text[head] = whole
    before = [at for at, _, _ in alone]
    for at in reversed(before):
        text.insert(at, " ")
    spaces = np.array([(x, y, x, y, y, 1.0) for _, x, y in alone]).reshape(-1, 6).T
    numbers = np.insert(glyphs.numbers, before, spaces, axis=1)
    font, turn = (np.insert(column, before, 0) for column in (glyphs.font, glyphs.turn))
    keep = ~np.insert(joined, before, False)
    return Glyphs(text, numbers, font, glyphs.fonts, turn).where(keep)


def _loose_boxes(text: ctypes.c_void_p, at: npt.NDArray[np.intp], place: Place) -> _Column:
    """PDFium's boxes of the characters at these places: from the origin over the advance, and over all ink."""
    deque(map(_loose_box, repeat(text), at.tolist(), _room.box), maxlen=0)
    left, top, right, bottom = _room.boxes[: at.size].astype(float).T
    (a, b), (d, e) = place.point(left, bottom), place.point(right, top)
    return np.array([np.minimum(a, d), np.minimum(b, e), np.maximum(a, d), np.maximum(b, e)])


def _style(text: ctypes.c_void_p, i: int, thing: int, place: Place, fonts: dict[int, tuple[int, str]]) -> _Style:
    """The style of a text object, from character `i` of it; `fonts` (by their pointers) learns new ones."""
    matrix = c.FS_MATRIX()
    size = _font_size(text, i)
    stretch, turn = size, 0
    if _matrix(text, i, ctypes.byref(matrix)):
        flat = matrix.a > 0 and abs(matrix.b) < 0.05 * matrix.a
        stretch *= math.hypot(matrix.a, matrix.b)
        size *= matrix.d if flat else math.hypot(matrix.c, matrix.d)
        turn = 0 if flat else round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
    pointer = _font_of(ctypes.c_void_p(thing))
    if pointer not in fonts:
        fonts[pointer] = len(fonts), _font_name(text, i)
    slanted = turn == 0 and abs(matrix.c) > 0.02 * abs(matrix.d)
    return _Style(
        fonts[pointer][0], pointer, abs(size) or 1.0, 0.0 if slanted else abs(stretch), (turn - place.rotation) % 360
    )


def _font_name(text: ctypes.c_void_p, i: int) -> str:
    flags = ctypes.c_int()
    length = _font_info(text, i, None, 0, ctypes.byref(flags))
    if not length:
        return ""
    buffer = ctypes.create_string_buffer(length)
    _font_info(text, i, buffer, length, ctypes.byref(flags))
    return buffer.value.decode("utf-8", errors="replace")


def _advances(
    text: ctypes.c_void_p, at: Any, codes: Any, style: Any, styles: list[_Style], loose: _Column, sideways: bool
) -> _Column:
    """How far each character goes, in points. Its loose box (`loose` wide) reaches that far, or farther where its ink hangs
    over (the hook of an f): then the font's width tells. It is asked by the code point only where it must, for a small
    capital may be looked up as the letter it stands for, whose width is another. Loose boxes of turned print, or of a page turned `sideways`, are of the ink
    alone; -1 for turned print whose font does not tell."""
    share = np.array([s.size for s in styles])[style] / 1000.0
    kinds, first, which = np.unique(
        (style.astype(np.int64) << 42) | (codes.astype(np.int64) << 21) | np.clip(loose / share + 0.5, 0, 1e6).astype(np.int64),
        return_index=True, return_inverse=True,
    )  # fmt: skip
    wide = ctypes.c_float()
    ink = (ctypes.c_double * 4)()
    sides = [ctypes.byref(ink, 8 * i) for i in range(4)]
    ways = np.full(kinds.size, np.nan)
    for k, i in enumerate(first.tolist()):
        of = styles[style[i]]
        known = _glyph_width(ctypes.c_void_p(of.pointer), int(codes[i]), _THOUSAND, ctypes.byref(wide))
        width = wide.value / 1000.0 * of.stretch if known else 0.0
        if of.turn or (sideways and width > 0):
            ways[k] = width or -1.0
        elif 0.4 * loose[i] < width < loose[i] - 0.001 * of.size:
            _ink_box(text, int(at[i]), *sides)
            _loose_box(text, int(at[i]), _room.box[0])
            if ink[1] >= _room.boxes[0, 2] - 0.001 * of.size:
                ways[k] = width
    return np.where(np.isnan(ways[which]), loose, ways[which])
