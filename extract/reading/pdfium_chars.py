"""The characters of a PDF page from PDFium, in bulk.

page -> **glyphs as columns** -> layout. PDFium tells of one character at a time, and a page has thousands: so its text is
taken as a whole, what belongs to a text object, a font or a letter of it is asked once for each, and only a box for every
character (see pdfium_calls.py and pdfium_fonts.py).

Spaces and line ends that PDFium makes up are left out, for the layout finds its own. A character's box reaches from its
origin as far as its font advances, as pdfplumber's does; PDFium's own boxes are of the ink.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as c

from extract.reading.glyphs import ASCENT, DESCENT, Glyphs, across
from extract.reading.pdfium_calls import Floats, Places, Pointer, bare, loose_boxes, origins, text_objects
from extract.reading.pdfium_fonts import Kinds, Styles, advances
from extract.reading.pdfium_paint import Paints, replaced, unpainted
from extract.reading.place import Place

_unicode = bare(c.FPDFText_GetUnicode, ctypes.c_uint)
_is_hyphen = bare(c.FPDFText_IsHyphen)
_generated = bare(c.FPDFText_IsGenerated)
_no_letter = bare(c.FPDFText_HasUnicodeMapError)
_object_matrix = bare(c.FPDFPageObj_GetMatrix)
_bounds = bare(c.FPDFPageObj_GetBounds)

_UNKNOWN = 0xFFFD
_PROBE = 6
"""Of every so many characters one is asked for its text object: those between two of one object are of it too."""
_CLOSE = 0.05
"""Two characters closer than this (points) may be the parts of a ligature, which stand on one spot."""
_SLICE = 0.05
"""Characters on one spot whose boxes begin farther apart than this (in units of the type size) are slices of a replaced
stretch of print."""
_REACH = 3.0
"""How far (in units of the type size) replaced print may reach beyond the box that PDFium gives."""
_WITHOUT_MAP = 20
"""A font of which so many characters of a page are known, and none has a letter, has codes alone: they are kept, for
legible.py to judge."""


def characters(page_text: Any, count: int, place: Place, printed: Sequence[Pointer], paints: Paints) -> Glyphs:
    """The `count` characters of a page's text (an FPDF_TEXTPAGE) in the order of the content stream; `seen` tells which of
    them a reader can see. `printed` are the page's text objects: PDFium's text leaves out those that print nothing but a
    space. `paints` tells where the page is not white."""
    text = ctypes.cast(page_text, ctypes.c_void_p)
    codes = _codes(text, page_text, count)
    at = _printed(text, codes)
    if not at.size:
        return Glyphs.of(())
    codes = codes[at]
    objects = _objects(text, at)
    starts = np.flatnonzero(np.concatenate(([True], objects[1:] != objects[:-1])))
    lengths = np.diff(np.append(starts, at.size))
    things = objects[starts].tolist()
    styles = Styles(text, at[starts], things, place.rotation)
    style = np.repeat(styles.of_run, lengths)
    size, turn = styles.size[style], styles.turn[style]

    boxes = loose_boxes(text, at)
    kinds = Kinds.told(style, codes, (boxes[:, 2] - boxes[:, 0]) / size)
    codes[_without_letter(text, at, kinds, styles)] = _UNKNOWN
    points = _origins(text, at, boxes, kinds, styles, (starts, lengths))
    joined = _joined(text, at, objects, points)
    shown = _shown(boxes, place)
    sliced = joined & np.append(False, np.diff(shown[0]) > _SLICE * size[1:])
    joined &= ~sliced

    numbers = np.empty((6, at.size))
    x0, top, x1, bottom, base, _ = numbers
    numbers[5] = size
    x0[:], base[:] = place.point(points[:, 0], points[:, 1])
    x1[:] = x0 + advances(text, at, kinds, styles, shown[2] - x0, boxes[:, 2], place.rotation != 0)
    whole = np.append(joined[1:], False) & ~joined  # the first part of a ligature has the box of the whole
    x1[whole] = shown[2, whole]
    x0[sliced], x1[sliced] = shown[0, sliced], shown[2, sliced]
    _close_up(numbers, at, (starts, lengths), replaced(things))
    np.subtract(base, ASCENT * size, out=top)
    np.add(base, DESCENT * size, out=bottom)
    for way in set(styles.turn.tolist()) - {0}:
        _turn(numbers, turn == way, way, shown, whole)
    letters = list(codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass"))
    glyphs = Glyphs(letters, numbers, styles.font[style], styles.fonts, turn)
    pale = np.repeat(unpainted(things), lengths)
    if pale.any():
        glyphs.seen = ~pale | paints.under(glyphs)
    alone = _lone_spaces(printed, dict(zip(things, (starts + lengths).tolist(), strict=True)), place)
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


def _without_letter(text: ctypes.c_void_p, at: Places, kinds: Kinds, styles: Styles) -> npt.NDArray[np.bool_]:
    """Which characters have no letter in their font (PDFium gives their bare codes, of which 9, 10 and 13 look like white
    space); none of a font that has codes alone."""
    lacks = (
        np.fromiter(map(_no_letter, repeat(text), at[kinds.first].tolist()), dtype=np.intp, count=kinds.first.size) == 1
    )
    if not lacks.any():
        return np.zeros(at.size, dtype=bool)
    missing, font = lacks[kinds.of], styles.font[kinds.style[kinds.of]]
    white = (kinds.code[kinds.of] < 32) | (kinds.code[kinds.of] == 127)
    for k in set(font[missing].tolist()):
        of_font = font == k
        if of_font.sum() >= _WITHOUT_MAP and missing[of_font].all():
            missing &= ~of_font | white
    return missing


def _close_up(numbers: Floats, at: Places, runs: tuple[Places, Places], other_text: npt.NDArray[np.bool_]) -> None:
    """Print that a PDF tells other text for (`other_text`: of which text objects) has boxes of its ink alone, or of its first
    part: it reaches up to the character after it where PDFium puts no space between them."""
    starts, lengths = runs
    ends = (starts + lengths - 1)[other_text]
    ends = ends[ends + 1 < at.size]
    ends = ends[at[ends + 1] == at[ends] + 1]
    x0, _, x1, _, base, size = numbers
    gap = x0[ends + 1] - x1[ends]
    near = (gap > 0) & (gap < _REACH * size[ends]) & (abs(base[ends + 1] - base[ends]) < 0.1 * size[ends])
    x1[ends[near]] = x0[ends[near] + 1]


def _printed(text: ctypes.c_void_p, codes: npt.NDArray[np.uint32]) -> Places:
    """The places of the characters that the page prints: all but spaces and line ends of PDFium's own."""
    white = np.flatnonzero((codes == 32) | (codes == 13) | (codes == 10) | (codes == 9))
    made_up = np.fromiter(map(_generated, repeat(text), white.tolist()), dtype=np.intp, count=white.size) == 1
    real = np.ones(codes.size, dtype=bool)
    real[white[made_up]] = False
    return np.flatnonzero(real)


def _objects(text: ctypes.c_void_p, at: Places) -> npt.NDArray[np.uint64]:
    """The text object of every character."""
    probes = np.unique(np.append(np.arange(0, at.size, _PROBE), at.size - 1))
    probed = text_objects(text, at[probes])
    objects = np.repeat(probed, np.append(np.diff(probes), 1))
    change = np.flatnonzero(probed[1:] != probed[:-1])
    within = (probes[change, None] + np.arange(1, _PROBE)).ravel()
    within = within[(within < at.size) & (within < np.repeat(probes[change + 1], _PROBE - 1))]
    objects[within] = text_objects(text, at[within])
    return objects


def _origins(
    text: ctypes.c_void_p, at: Places, boxes: Floats, kinds: Kinds, styles: Styles, runs: tuple[Places, Places]
) -> Floats:
    """Where every character stands (x and baseline y, PDF coordinates). The characters of a text object (`runs`: where they
    start, how many they are) that is printed level stand on one baseline, and each stands as far from its box's left edge
    as others of its kind: so it is asked for one of each object and each kind, and for every character of other print."""
    starts, lengths = runs
    asked = origins(text, at[np.concatenate((starts, kinds.first))])
    ahead = asked[starts.size :, 0] - boxes[kinds.first, 0]
    points = np.stack([boxes[:, 0] + ahead[kinds.of], np.repeat(asked[: starts.size, 1], lengths)], axis=1)
    lowest, highest = (f.reduceat(boxes[:, 3], starts) for f in (np.minimum, np.maximum))
    level = styles.level[styles.of_run] & (highest - lowest < 0.6 * styles.size[styles.of_run])  # else set downwards
    if not level.all():
        others = np.flatnonzero(np.repeat(~level, lengths))
        points[others] = origins(text, at[others])
    return points


def _joined(
    text: ctypes.c_void_p, at: Places, objects: npt.NDArray[np.uint64], points: Floats
) -> npt.NDArray[np.bool_]:
    """Which characters stand where the one before stands: the rest of a ligature that stands for several characters."""
    near = (objects[1:] == objects[:-1]) & (abs(np.diff(points, axis=0)) < _CLOSE).all(axis=1)
    joined = np.zeros(at.size, dtype=bool)
    second = np.flatnonzero(near) + 1
    joined[second] = (origins(text, at[second]) == origins(text, at[second - 1])).all(axis=1)
    return joined


def _shown(boxes: Floats, place: Place) -> Floats:
    """PDFium's boxes (left, top, right, bottom) on the page as displayed: rows of x0, top, x1 and bottom."""
    left, top, right, bottom = boxes.T
    (a, b), (d, e) = place.point(left, bottom), place.point(right, top)
    return np.array([np.minimum(a, d), np.minimum(b, e), np.maximum(a, d), np.maximum(b, e)])


def _turn(numbers: Floats, mask: npt.NDArray[np.bool_], way: int, shown: Floats, whole: npt.NDArray[np.bool_]) -> None:
    """Give the characters in `mask`, which are printed at `way` degrees, their boxes in `numbers`."""
    x, y, size = numbers[0, mask], numbers[4, mask], numbers[5, mask]
    if way not in (90, 180, 270):
        numbers[:4, mask] = shown[:, mask]
        return
    far = numbers[2, mask] - x
    ink = {90: y - shown[1, mask], 180: x - shown[0, mask], 270: shown[3, mask] - y}[way]
    far = np.where(whole[mask] | (far < 0) | (ink > far + 0.08 * size), ink, far)
    along = {90: (x, y - far, x, y), 180: (x - far, y, x, y), 270: (x, y, x, y + far)}[way]
    numbers[:4, mask] = across(along, x, y, size, way)


def _lone_spaces(printed: Sequence[Pointer], ends: dict[int, int], place: Place) -> list[tuple[int, float, float]]:
    """Spaces that are text objects of their own: before which character they stand, and where (x and baseline). `ends` are
    the other text objects, with the place after their last character."""
    unseen = {thing.value for thing in printed}.difference(ends)
    if not unseen:
        return []
    spaces: list[tuple[int, float, float]] = []
    sides, matrix = (ctypes.c_float * 4)(), c.FS_MATRIX()
    at = 0
    for thing in printed:
        at = ends.get(thing.value or 0, at)
        if thing.value in unseen and _bounds(thing, *(ctypes.byref(sides, 4 * i) for i in range(4))):
            left, bottom, right, top = sides
            if right - left < 0.1 and top - bottom < 0.1 and _object_matrix(thing, ctypes.byref(matrix)):
                spaces.append((at, *place.point(matrix.e, matrix.f)))
    return spaces


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
    seen = None if glyphs.seen is None else np.insert(glyphs.seen, before, True)
    return Glyphs(text, numbers, font, glyphs.fonts, turn, seen=seen).where(keep)
