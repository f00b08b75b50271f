"""Words into lines: fonts, widths, line breaking with hyphens, and drawing a line onto a canvas.

Written here rather than taken from reportlab's platypus because the corpus needs to decide what stands in
the content stream: spaces as glyphs or only as gaps, raised citations glued to a dose, ligature glyphs, hyphens
at line ends, and the order in which lines are drawn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from press.breaking import Part, best_breaks, break_points
from press.markup import runs

BUNDLED = Path(reportlab.__file__).parent / "fonts"
#: family -> regular, bold, italic
FAMILIES = {
    "times": ("Times-Roman", "Times-Bold", "Times-Italic"),
    "helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    "vera": ("Vera", "VeraBd", "VeraIt"),
    "timesmac": ("TimesMac", "TimesMacBd", "TimesMacIt"),  # MacRoman: holds the glyphs fi and fl
}
LIGATURES = (("fi", "ﬁ"), ("fl", "ﬂ"))


def register() -> None:
    """Make the fonts known that are not among the fourteen every viewer has."""
    for name in FAMILIES["vera"]:
        pdfmetrics.registerFont(TTFont(name, str(BUNDLED / f"{name}.ttf")))
    for name, base in zip(FAMILIES["timesmac"], FAMILIES["times"], strict=True):
        pdfmetrics.registerFont(pdfmetrics.Font(name, base, "MacRomanEncoding"))


@dataclass(frozen=True)
class Type:
    """How a paragraph is set."""

    family: str = "times"
    size: float = 9.5
    leading: float = 11.5
    weight: str = "plain"  # style of unmarked text: plain, bold, italic
    align: str = "justify"  # justify, left, center
    indent: float = 0.0  # first line
    hang: float = 0.0  # the other lines
    before: float = 0.0  # space above
    after: float = 0.0
    colour: str = "#000000"
    hyphens: bool = False
    ligatures: bool = False
    draw: str = "line"  # line: one text object, spaces are glyphs; words: every word placed by itself, no spaces


@dataclass(frozen=True)
class Piece:
    """Glyphs in one font at one height."""

    text: str
    font: str
    size: float
    rise: float = 0.0

    @property
    def width(self) -> float:
        return float(pdfmetrics.stringWidth(self.text, self.font, self.size))


Word = tuple[Piece, ...]


@dataclass
class Line:
    """One line of print: words, and how they stand in the measure."""

    words: list[Word]
    type: Type
    measure: float
    shift: float = 0.0
    last: bool = False
    height: float = field(default=0.0)

    def draw(self, canvas: Any, x: float, y: float) -> None:
        """Onto the page, with the baseline at y."""
        space = pdfmetrics.stringWidth(" ", FAMILIES[self.type.family][0], self.type.size)
        natural = sum(width(w) for w in self.words) + space * (len(self.words) - 1)
        room = self.measure - self.shift - natural
        extra = (
            room / (len(self.words) - 1)
            if self.type.align == "justify" and not self.last and len(self.words) > 1
            else 0.0
        )
        start = x + self.shift + (room / 2 if self.type.align == "center" else 0.0)
        canvas.setFillColor(self.type.colour)
        if self.type.draw == "words":
            for word in self.words:
                self._out(canvas, start, y, [list(word)], 0.0)
                start += width(word) + space + extra
        else:
            self._out(canvas, start, y, [list(w) for w in self.words], extra)

    def _out(self, canvas: Any, x: float, y: float, words: list[list[Piece]], extra: float) -> None:
        text = canvas.beginText(x, y)
        if extra:
            text.setWordSpace(extra)
        base = Piece(" ", FAMILIES[self.type.family][0], self.type.size)
        pieces: list[Piece] = []
        for i, word in enumerate(words):
            for piece in [*([base] if i else []), *word]:
                before = pieces[-1] if pieces else None
                if before and (before.font, before.size, before.rise) == (piece.font, piece.size, piece.rise):
                    pieces[-1] = Piece(before.text + piece.text, piece.font, piece.size, piece.rise)
                else:
                    pieces.append(piece)
        for piece in pieces:
            text.setFont(piece.font, piece.size)
            text.setRise(piece.rise)
            text.textOut(piece.text)
        text.setRise(0)
        if extra:
            text.setWordSpace(0)
        canvas.drawText(text)


def width(word: Word) -> float:
    """Width of a word in points."""
    return sum(p.width for p in word)


def words(text: str, type: Type) -> list[Word]:
    """Marked-up text as words; a citation mark is part of the word it stands at."""
    regular, bold, italic = FAMILIES[type.family]
    out: list[list[Piece]] = [[]]
    for run in runs(text):
        style = type.weight if run.style in ("plain", "cite", "sup", "sub") else run.style
        font = {"bold": bold, "italic": italic}.get(style, regular)
        raised = run.style in ("cite", "sup", "sub")
        size = type.size * (0.65 if raised else 1)
        rise = {"cite": 0.36, "sup": 0.36, "sub": -0.15}.get(run.style, 0.0) * type.size
        for i, bit in enumerate(re.split(r"[ \n]+", run.text)):
            if i:
                out.append([])
            if bit:
                for plain, glyph in LIGATURES if type.ligatures and type.family in ("timesmac", "vera") else ():
                    bit = bit.replace(plain, glyph)
                out[-1].append(Piece(bit, font, size, rise))
    return [tuple(w) for w in out if w]


def lines(text: str, type: Type, measure: float) -> list[Line]:
    """A paragraph broken into lines of the given measure."""
    space = float(pdfmetrics.stringWidth(" ", FAMILIES[type.family][0], type.size))
    found = words(text, type)
    rows = _justified(found, type, measure, space) if type.align == "justify" else None
    rows = rows or _filled(found, type, measure, space)
    out = [
        Line(row, type, measure, type.hang if i else type.indent, i == len(rows) - 1, type.leading)
        for i, row in enumerate(rows)
    ]
    return out


def _filled(found: list[Word], type: Type, measure: float, space: float) -> list[list[Word]]:
    """Each line as full as it gets."""
    rows: list[list[Word]] = []
    used = measure + 1
    for word in found:
        wide = width(word)
        if rows and used + space + wide <= measure - (type.hang if len(rows) > 1 else type.indent) + 0.01:
            rows[-1].append(word)
            used += space + wide
        else:
            rows.append([word])
            used = wide
    return rows


def _justified(found: list[Word], type: Type, measure: float, space: float) -> list[list[Word]] | None:
    """The best lines of a paragraph taken as a whole; None if a word is wider than the measure."""
    pieces = [piece for word in found for piece in _parts(word, type.hyphens)]
    parts = [Part(width(word), hyphen, ends) for word, hyphen, ends in pieces]
    ends = best_breaks(parts, space, measure - type.indent, measure - type.hang)
    if ends is None:
        return None
    rows: list[list[Word]] = []
    for start, end in zip([0, *ends], ends, strict=False):
        row: list[Word] = []
        new = True
        for word, _, last in pieces[start:end]:
            if new:
                row.append(word)
            else:
                row[-1] = (*row[-1], *word)
            new = last
        if not pieces[end - 1][2] and pieces[end - 1][1]:
            tail = row[-1][-1]
            row[-1] = (*row[-1], Piece("-", tail.font, tail.size, tail.rise))
        rows.append(row)
    return rows


def _parts(word: Word, hyphenate: bool) -> list[tuple[Word, float, bool]]:
    """A word at its hyphenation points: its pieces, the width of the hyphen each needs, and whether it ends the word."""
    first, rest = word[0], word[1:]
    cuts = [0, *break_points(first.text, hyphenate), len(first.text)]
    out: list[tuple[Word, float, bool]] = []
    for a, b in pairwise(cuts):
        text = first.text[a:b]
        hyphen = 0.0 if text.endswith("-") else float(pdfmetrics.stringWidth("-", first.font, first.size))
        out.append(((Piece(text, first.font, first.size, first.rise),), hyphen, False))
    head = out[-1][0]
    out[-1] = ((*head, *rest), 0.0, True)
    return out
