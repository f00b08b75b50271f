"""PDFium's functions called without the conversions that take longer than PDFium itself.

pypdfium2's raw functions check and convert every argument. Here the same functions are called through prototypes without
that, in loops that run in C (`map`), and what they write lands in arrays that are kept from page to page.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as c

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


class Pointer(ctypes.c_void_p):
    """A pointer that ctypes hands back as it is (a plain c_void_p becomes an int)."""


def bare(function: Any, result: Any = ctypes.c_int) -> Callable[..., Any]:
    """A PDFium function without ctypes' conversions: give pointers as c_void_p or byref, numbers as int."""
    prototype: Any = ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)
    prototype.argtypes = None
    return prototype


_origin = bare(c.FPDFText_GetCharOrigin)
_loose_box = bare(c.FPDFText_GetLooseCharBox)
_ink_box = bare(c.FPDFText_GetCharBox)
_matrix = bare(c.FPDFText_GetMatrix)
_text_object = bare(c.FPDFText_GetTextObject, ctypes.c_size_t)


class _Table:
    """Rows of `width` C numbers, with references to places within every row (`columns`); it grows as it is asked to."""

    def __init__(self, number: Any, width: int, columns: Iterable[int]) -> None:
        self.number, self.width, self.columns = number, width, tuple(columns)
        self.size = 0
        self.references: list[list[Any]] = []

    def take(self, count: int) -> None:
        if count <= self.size:
            return
        self.size = max(2 * count, 4096)
        room = (self.number * (self.width * self.size))()
        step = ctypes.sizeof(self.number)
        self.references = [
            [ctypes.byref(room, step * (self.width * row + column)) for row in range(self.size)]
            for column in self.columns
        ]
        self.rows = np.frombuffer(room, dtype=self.number).reshape(-1, self.width)

    def filled(self, function: Callable[..., Any], text: ctypes.c_void_p, at: Places) -> Floats:
        """A row for each of these characters of a page's text, as `function` writes it; zeros where it fails."""
        self.take(at.size)
        succeeded = np.fromiter(
            map(function, repeat(text), at.tolist(), *self.references), dtype=np.intp, count=at.size
        )
        rows = self.rows[: at.size].astype(np.float64)
        if not succeeded.all():
            rows[succeeded == 0] = 0.0
        return rows


_points = _Table(ctypes.c_double, 2, (0, 1))
_boxes = _Table(ctypes.c_float, 4, (0,))
_inks = _Table(ctypes.c_double, 4, range(4))
_matrices = _Table(ctypes.c_float, 6, (0,))


def origins(text: ctypes.c_void_p, at: Places) -> Floats:
    """Where characters stand: x and y of each, in PDF coordinates."""
    return _points.filled(_origin, text, at)


def loose_boxes(text: ctypes.c_void_p, at: Places) -> Floats:
    """Left, top, right and bottom of each character: from its origin over the advance, and over all ink."""
    return _boxes.filled(_loose_box, text, at)


def ink_boxes(text: ctypes.c_void_p, at: Places) -> Floats:
    """Left, right, bottom and top of each character's ink."""
    return _inks.filled(_ink_box, text, at)


def matrices(text: ctypes.c_void_p, at: Places) -> Floats:
    """The matrix (a to f) that each character is drawn with."""
    return _matrices.filled(_matrix, text, at)


def text_objects(text: ctypes.c_void_p, at: Places) -> npt.NDArray[np.uint64]:
    """The text object of each character."""
    return np.fromiter(map(_text_object, repeat(text), at.tolist()), dtype=np.uint64, count=at.size)
