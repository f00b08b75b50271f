"""How the text objects of a PDF page are printed: fonts, sizes, directions, and how far their characters go.

text objects -> **styles and advances** -> characters. Most text objects of a page share a style, most characters of a style
their code: each is asked for once.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as c

from extract.reading.pdfium_calls import Floats, Places, bare, ink_boxes, matrices

_font_size = bare(c.FPDFText_GetFontSize, ctypes.c_double)
_font_of = bare(c.FPDFTextObj_GetFont, ctypes.c_size_t)
_glyph_width = bare(c.FPDFFont_GetGlyphWidth)
_font_info = bare(c.FPDFText_GetFontInfo)
_THOUSAND = ctypes.c_float(1000.0)


@dataclass(frozen=True, slots=True)
class _Style:
    """What the characters of text objects share."""

    font: int
    """The font's place among the page's fonts."""
    pointer: int
    """PDFium's pointer to the font."""
    size: float
    """Size on the page."""
    stretch: float
    """Points that a font's width of 1 takes; 0 in print slanted by its matrix, whose ink leans over."""
    turn: int
    """Writing direction on the page as displayed, in degrees."""
    level: bool
    """Whether the print runs exactly along PDF's x axis."""


class Styles:
    """The styles of a page's text objects, as columns with a place for every style.

    Attributes:
        of_run: for every text object the place of its style.
        fonts: the names of the page's fonts.
        font, pointer, size, stretch, turn, level: see `_Style`.
    """

    def __init__(self, text: ctypes.c_void_p, first: Places, things: Sequence[int], rotation: int) -> None:
        """`first` are the places of the text objects' first characters, `things` PDFium's pointers to the objects."""
        sizes = map(_font_size, repeat(text), first.tolist())
        pointers = map(_font_of, map(ctypes.c_void_p, things))
        prints = list(zip(pointers, sizes, *matrices(text, first)[:, :4].T.tolist(), strict=True))
        places = {print_of: k for k, print_of in enumerate(dict.fromkeys(prints))}
        self.of_run = np.array([places[print_of] for print_of in prints], dtype=np.intp)
        names: dict[int, str] = {}
        for i, print_of in zip(first.tolist(), prints, strict=True):
            if print_of[0] not in names:
                names[print_of[0]] = _font_name(text, i)
        self.fonts = list(names.values())
        font_at = {pointer: k for k, pointer in enumerate(names)}
        every = [_style(print_of, font_at[print_of[0]], rotation) for print_of in places]
        self.font = np.array([s.font for s in every], dtype=np.intp)
        self.pointer = [s.pointer for s in every]
        self.size = np.array([s.size for s in every])
        self.stretch = np.array([s.stretch for s in every])
        self.turn = np.array([s.turn for s in every])
        self.level = np.array([s.level for s in every], dtype=bool)


def _style(print_of: tuple[int, float, float, float, float, float], font: int, rotation: int) -> _Style:
    """The style of text objects with this font, font size and matrix (all zeros: unknown) on a page of this rotation."""
    pointer, size, a, b, cc, d = print_of
    stretch, turn, slanted = size, 0, False
    if any((a, b, cc, d)):
        flat = a > 0 and abs(b) < 0.05 * a
        stretch *= math.hypot(a, b)
        size *= d if flat else math.hypot(cc, d)
        turn = 0 if flat else round(math.degrees(math.atan2(b, a))) % 360
        slanted = turn == 0 and abs(cc) > 0.02 * abs(d)
    return _Style(
        font, pointer, abs(size) or 1.0, 0.0 if slanted else abs(stretch), (turn - rotation) % 360,
        a > 0 and b == 0 and rotation == 0,
    )  # fmt: skip


def _font_name(text: ctypes.c_void_p, i: int) -> str:
    flags = ctypes.c_int()
    length = _font_info(text, i, None, 0, ctypes.byref(flags))
    if not length:
        return ""
    buffer = ctypes.create_string_buffer(length)
    _font_info(text, i, buffer, length, ctypes.byref(flags))
    return buffer.value.decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Kinds:
    """Characters of a page with the same style, code and width: `first` of each kind, and the kind of every character."""

    style: Places
    code: Places
    first: Places
    of: Places

    @classmethod
    def told(cls, style: Places, codes: npt.NDArray[np.uint32], ems: Floats) -> Kinds:
        """The kinds of characters of these styles, code points and widths (in units of the type size)."""
        widths = np.clip(ems * 1000.0 + 0.5, 0, 1e6).astype(np.int64)
        key = (style.astype(np.int64) << 42) | (codes.astype(np.int64) << 21) | widths
        _, first, of = np.unique(key, return_index=True, return_inverse=True)
        return cls(style[first], codes[first].astype(np.intp), first, of)


def advances(
    text: ctypes.c_void_p, at: Places, kinds: Kinds, styles: Styles, loose: Floats, right: Floats, sideways: bool
) -> Floats:
    """How far each character goes, in points. Its loose box (`loose` wide, up to `right`) reaches that far, or farther where
    its ink hangs over (the hook of an f): then the font's width tells. It is asked by the code point only where it must,
    for a small capital may be looked up as the letter it stands for, whose width is another. Loose boxes of turned print,
    or of a page turned `sideways`, are of the ink alone; -1 for turned print whose font does not tell."""
    size, own, turned = styles.size[kinds.style], loose[kinds.first], styles.turn[kinds.style] != 0
    over = ink_boxes(text, at[kinds.first])[:, 1] >= right[kinds.first] - 0.001 * size
    asked = np.flatnonzero(turned | sideways | over)
    width = np.zeros(over.size)
    width[asked] = _widths(kinds, styles, asked) * styles.stretch[kinds.style[asked]]
    turned |= sideways & (width > 0)
    hangs = ~turned & over & (0.4 * own < width) & (width < own - 0.001 * size)
    ways = np.where(turned | hangs, np.where(turned & (width == 0), -1.0, width), np.nan)
    way = ways[kinds.of]
    return np.where(np.isnan(way), loose, way)


def _widths(kinds: Kinds, styles: Styles, asked: Places) -> Floats:
    """The widths of these kinds as their fonts tell them, in units of the type size; 0 where they do not."""
    wide = ctypes.c_float()
    into: Any = ctypes.byref(wide)
    pointers = [ctypes.c_void_p(p) for p in styles.pointer]
    out = []
    for style, code in zip(kinds.style[asked].tolist(), kinds.code[asked].tolist(), strict=True):
        known = _glyph_width(pointers[style], code, _THOUSAND, into)
        out.append(wide.value / 1000.0 if known else 0.0)
    return np.array(out)
