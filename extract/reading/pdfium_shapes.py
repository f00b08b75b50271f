"""Rules, boxes and pictures of a PDF page from PDFium.

page -> **rules, boxes and images** -> tables and panels of the layout.
"""

from __future__ import annotations

import ctypes
from collections import deque
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2.raw as c

from extract.reading.glyphs import RawPage
from extract.reading.pdfium_calls import Pointer, bare
from extract.reading.place import Place

_Matrix = tuple[float, float, float, float, float, float]

_MAX_SEGMENTS = 4000
"""A path of more pieces is a drawing."""
LEAST = 12.0
"""The shortest rule or side of a box, in points."""

_object = bare(c.FPDFPage_GetObject, Pointer)
_object_of_form = bare(c.FPDFFormObj_GetObject, Pointer)
_kind = bare(c.FPDFPageObj_GetType)
_bounds = bare(c.FPDFPageObj_GetBounds)
_segments = bare(c.FPDFPath_CountSegments)
_segment = bare(c.FPDFPath_GetPathSegment, Pointer)
_segment_kind = bare(c.FPDFPathSegment_GetType)
_point = bare(c.FPDFPathSegment_GetPoint)
_matrix_of = bare(c.FPDFPageObj_GetMatrix)

_room = (ctypes.c_float * (2 * _MAX_SEGMENTS))()
_x = [ctypes.byref(_room, 8 * i) for i in range(_MAX_SEGMENTS)]
_y = [ctypes.byref(_room, 8 * i + 4) for i in range(_MAX_SEGMENTS)]
_points = np.frombuffer(memoryview(_room), dtype=np.float32).reshape(-1, 2)


def objects_of(page: Any) -> list[tuple[Pointer, int]]:
    """The objects of a page (an FPDF_PAGE) in the order they are printed, with their kinds."""
    things = list(map(_object, repeat(ctypes.cast(page, ctypes.c_void_p)), range(c.FPDFPage_CountObjects(page))))
    return list(zip(things, map(_kind, things), strict=True))


def shapes(things: list[tuple[Pointer, int]], place: Place, raw: RawPage) -> None:
    """Fill `raw`'s rules, boxes and images from a page's objects."""
    for thing, kind in things:
        if kind != c.FPDF_PAGEOBJ_TEXT:
            _shape(thing, kind, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), place, raw, 0)


def _shape(thing: Pointer, kind: int, outer: _Matrix, place: Place, raw: RawPage, depth: int) -> None:
    """One object of the page or, with the form's matrix as `outer`, of a form."""
    if kind == c.FPDF_PAGEOBJ_FORM and depth < 8:
        inner = _times(_matrix(thing), outer)
        for i in range(c.FPDFFormObj_CountObjects(ctypes.cast(thing, c.FPDF_PAGEOBJECT))):
            part = _object_of_form(thing, i)
            _shape(part, _kind(part), inner, place, raw, depth + 1)
    elif kind == c.FPDF_PAGEOBJ_IMAGE:
        m = _times(_matrix(thing), outer)
        xs, ys = (m[4], m[4] + m[0] + m[2]), (m[5], m[5] + m[1] + m[3])
        raw.images.append(place.box(min(xs), min(ys), max(xs), max(ys)))
    elif kind == c.FPDF_PAGEOBJ_PATH:
        if depth == 0 and _is_small(thing):
            return
        segments = _segments(thing)
        if 1 < segments <= _MAX_SEGMENTS:
            _path(thing, segments, _times(_matrix(thing), outer), place, raw)


def _is_small(thing: Pointer) -> bool:
    """Whether a path of the page itself is too small for a rule or a box: a letter or a mark of a drawing."""
    box = (ctypes.c_float * 4)()
    if not _bounds(thing, *(ctypes.byref(box, 4 * i) for i in range(4))):
        return False
    left, bottom, right, top = box
    return right - left < LEAST and top - bottom < LEAST


def _times(m: _Matrix, n: _Matrix) -> _Matrix:
    a, b, cc, d, e, f = m
    g, h, i, j, k, o = n
    return a * g + b * i, a * h + b * j, cc * g + d * i, cc * h + d * j, e * g + f * i + k, e * h + f * j + o


def _matrix(thing: Pointer) -> _Matrix:
    m = c.FS_MATRIX()
    if not _matrix_of(thing, ctypes.byref(m)):
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    return m.a, m.b, m.c, m.d, m.e, m.f


def _path(thing: Pointer, count: int, m: _Matrix, place: Place, raw: RawPage) -> None:
    """The rules and boxes among a path's subpaths."""
    segments = list(map(_segment, repeat(thing), range(count)))
    kinds = np.fromiter(map(_segment_kind, segments), dtype=np.intp, count=count)
    deque(map(_point, segments, _x, _y), maxlen=0)
    x, y = _points[:count].astype(float).T
    x, y = place.point(m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5])
    starts = np.flatnonzero((kinds == c.FPDF_SEGMENT_MOVETO) | (np.arange(count) == 0))
    x0, top, x1, bottom = (f.reduceat(v, starts) for f in (np.minimum, np.maximum) for v in (x, y))
    wide, tall = x1 - x0, bottom - top
    lengths = np.diff(np.append(starts, count))
    rule = (lengths > 1) & (np.minimum(wide, tall) <= 3.0) & (np.maximum(wide, tall) >= LEAST)
    box = (lengths >= 4) & (lengths <= 5) & (wide > 30) & (tall > LEAST) & ~rule
    for k in np.flatnonzero(rule | box).tolist():
        rect = (float(x0[k]), float(top[k]), float(x1[k]), float(bottom[k]))
        if rule[k]:
            raw.rules.append(rect)
            continue
        part = slice(starts[k], starts[k] + lengths[k])
        corners = {(round(px), round(py)) for px, py in zip(x[part].tolist(), y[part].tolist(), strict=True)}
        square = len(corners) == 4 and len({p[0] for p in corners}) == 2 and len({p[1] for p in corners}) == 2
        if square and not (kinds[part] == c.FPDF_SEGMENT_BEZIERTO).any():
            raw.boxes.append(rect)
