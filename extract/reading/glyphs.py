"""What an engine (pdfplumber, PDFium, OCR) hands to the layout: the glyphs of one page, and little else.

First station of a PDF: file -> **glyphs** -> words -> lines -> blocks -> SourceText. Both engines fill the same
small classes, so all that follows is the same code for either.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: a glyph's box reaches so many times its size above and below the baseline: the same for every font and engine, so
#: that the layout sees the same page whichever engine read it
ASCENT, DESCENT = 0.78, 0.22
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
    pale: bool = False
    """Printed in a light grey or nearly white colour."""
    real: Glyph | None = None
    """For a sideways glyph turned upright for the layout: the glyph as it stands on the page."""


@dataclass(slots=True)
class RawPage:
    """One page: its glyphs in content-stream order, its thin rules and its pictures, boxes as (x0, top, x1, bottom)."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    images: list[tuple[float, float, float, float]] = field(default_factory=list)
    problem: str = ""
    """Why the page could not be read, empty when it could."""
    ocr: bool = False


@dataclass(slots=True)
class RawDocument:
    """All pages that were read, the PDF's own metadata, and how many pages the file has."""

    pages: list[RawPage]
    meta: dict[str, str] = field(default_factory=dict)
    total: int = 0
