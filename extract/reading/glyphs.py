"""What an engine (pdfplumber, PDFium, OCR) hands to the layout: the glyphs of one page, and little else.

First station of a PDF: file -> **glyphs** -> words -> lines -> blocks -> SourceText. Both engines fill the same
small classes, so all that follows is the same code for either. A page's glyphs are kept as columns (`Glyphs`), for a
page has thousands of them: arithmetic over a column costs what one object would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, overload

import numpy as np
import numpy.typing as npt

#: a glyph's box reaches so many times its size above and below the baseline: the same for every font and engine, so
#: that the layout sees the same page whichever engine read it
ASCENT, DESCENT = 0.78, 0.22
#: the note of a page whose boxes have no extent: it is measured by its print
NO_SIZE = "it has no size"
#: what a glyph prints whose letter is not known
UNKNOWN = "\ufffd"
#: a page with more glyphs than this is a drawing made of characters, not a page to read
MAX_GLYPHS = 60_000


@dataclass(slots=True)
class Glyph:
    """One character as printed. Points from the page's top left corner as displayed; `base` is the baseline's y.

    `text` may be several characters (a ligature written out) or a space. `turn` is the writing direction in
    degrees, counter-clockwise: 0 left to right, 90 upwards, 270 downwards; other angles as they are.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    font: str
    turn: int = 0
    real: Glyph | None = None
    """For a sideways glyph turned upright for the layout: the glyph as it stands on the page."""


Column = npt.NDArray[np.float64]


class Glyphs(Sequence[Glyph]):
    """The glyphs of a page (or some of them) as columns; a `Glyph` is made when one is asked for.

    Attributes:
        text: what each glyph prints.
        numbers: x0, top, x1, bottom, base and size of each glyph; six rows, also as attributes of these names.
        font: for each glyph the place of its font's name in `fonts`.
        turn: for each glyph its writing direction in degrees.
        real: x0, top, x1 and bottom as they stand on the page, where `numbers` are those of an upright stand-in; else None.
        seen: for each glyph whether a reader of the page can see it; None: all of them.
    """

    __slots__ = ("font", "fonts", "numbers", "real", "seen", "text", "turn")

    def __init__(
        self,
        text: list[str],
        numbers: Column,
        font: npt.NDArray[np.intp],
        fonts: Sequence[str],
        turn: npt.NDArray[np.intp] | None = None,
        real: Column | None = None,
        seen: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self.text, self.numbers, self.font, self.fonts, self.real = text, numbers, font, fonts, real
        self.seen = seen
        self.turn = np.zeros(len(text), dtype=np.intp) if turn is None else turn

    @classmethod
    def of(cls, glyphs: Iterable[Glyph]) -> Glyphs:
        """The columns of single glyphs."""
        every = list(glyphs)
        fonts = list(dict.fromkeys(g.font for g in every))
        place = {name: i for i, name in enumerate(fonts)}
        numbers = np.array([(g.x0, g.top, g.x1, g.bottom, g.base, g.size) for g in every], dtype=float).reshape(-1, 6).T
        real = None
        if any(g.real for g in every):
            shown = [g.real or g for g in every]
            real = np.array([(g.x0, g.top, g.x1, g.bottom) for g in shown], dtype=float).T
        return cls(
            [g.text for g in every], numbers, np.array([place[g.font] for g in every], dtype=np.intp), fonts,
            np.array([g.turn for g in every], dtype=np.intp), real,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.text)

    @overload
    def __getitem__(self, at: int) -> Glyph: ...
    @overload
    def __getitem__(self, at: slice) -> Glyphs: ...
    def __getitem__(self, at: int | slice) -> Glyph | Glyphs:
        if isinstance(at, slice):
            boxes = None if self.real is None else self.real[:, at]
            seen = None if self.seen is None else self.seen[at]
            return Glyphs(self.text[at], self.numbers[:, at], self.font[at], self.fonts, self.turn[at], boxes, seen)
        x0, top, x1, bottom, base, size = self.numbers[:, at].tolist()
        text, font, turn = self.text[at], self.fonts[self.font[at]], int(self.turn[at])
        real: Glyph | None = None
        if self.real is not None:
            a, b, c, d = self.real[:, at].tolist()
            real = Glyph(text, a, b, c, d, d, size, font, turn)
        return Glyph(text, x0, top, x1, bottom, base, size, font, turn, real)

    def __iter__(self) -> Iterator[Glyph]:
        return (self[i] for i in range(len(self)))

    def where(self, mask: npt.NDArray[np.bool_]) -> Glyphs:
        """The glyphs for which `mask` holds."""
        real = None if self.real is None else self.real[:, mask]
        seen = None if self.seen is None else self.seen[mask]
        text = list(compress(self.text, mask.tolist()))
        return Glyphs(text, self.numbers[:, mask], self.font[mask], self.fonts, self.turn[mask], real, seen)

    @property
    def blank(self) -> bool:
        """Whether they print nothing but space."""
        return not "".join(self.text).strip()

    @property
    def x0(self) -> Column:
        """Left edges."""
        return self.numbers[0]

    @property
    def top(self) -> Column:
        """Upper edges."""
        return self.numbers[1]

    @property
    def x1(self) -> Column:
        """Right edges."""
        return self.numbers[2]

    @property
    def bottom(self) -> Column:
        """Lower edges."""
        return self.numbers[3]

    @property
    def base(self) -> Column:
        """Baselines."""
        return self.numbers[4]

    @property
    def size(self) -> Column:
        """Sizes of type."""
        return self.numbers[5]

    @property
    def shown(self) -> Column:
        """x0, top, x1 and bottom as they stand on the page."""
        return self.numbers[:4] if self.real is None else self.real


def across(box: Sequence[Any], x: Any, y: Any, size: Any, turn: int) -> tuple[Any, Any, Any, Any]:
    """The box (numbers or columns) of a glyph that is turned by 90, 180 or 270 degrees, with ASCENT and DESCENT from its
    baseline, which runs through (x, y)."""
    x0, top, x1, bottom = box
    if turn == 90:
        return x - ASCENT * size, top, x + DESCENT * size, bottom
    if turn == 270:
        return x - DESCENT * size, top, x + ASCENT * size, bottom
    return x0, y - DESCENT * size, x1, y + ASCENT * size


@dataclass(slots=True)
class RawPage:
    """One page: its glyphs in content-stream order, its thin rules and its pictures, boxes as (x0, top, x1, bottom)."""

    number: int
    width: float
    height: float
    glyphs: Glyphs = field(default_factory=lambda: Glyphs.of(()))
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    images: list[tuple[float, float, float, float]] = field(default_factory=list)
    problem: str = ""
    """Why the page could not be read, empty when it could."""
    note: str = ""
    """What of the page was left out, when part of it was."""
    unseen: list[tuple[str, Glyphs]] = field(default_factory=list)
    """Glyphs that no reader of the page sees, set apart, each group with where it stands ("outside the page")."""
    notes: list[Glyphs] = field(default_factory=list)
    """Notes written on the page, each laid out on its own."""
    filled: int = 0
    """How many form fields have a value, which is among the glyphs."""
    ocr: bool = False
    unsure: list[tuple[tuple[float, float, float, float], str]] = field(default_factory=list)
    """Of a page read by OCR: the boxes of numbers that a person should check, each with what is doubtful about it."""
    doubt: str | None = None
    """Why its text layer is not what it shows ("" when nothing speaks against it), once somebody has looked."""


@dataclass(slots=True)
class RawDocument:
    """All pages that were read, the PDF's own metadata, and how many pages the file has."""

    pages: list[RawPage]
    meta: dict[str, str] = field(default_factory=dict)
    total: int = 0
    notes: list[str] = field(default_factory=list)
    """What a person should know about how the file was read."""
