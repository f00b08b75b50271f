"""Words into lines: fonts, widths, line breaking with hyphens, and drawing a line onto a canvas.

Written here rather than taken from reportlab's platypus because the corpus needs to decide what stands in
the content stream: spaces as glyphs or only as gaps, raised citations glued to a dose, ligature glyphs, hyphens
at line ends, and the order in which lines are drawn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

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
    space = pdfmetrics.stringWidth(" ", FAMILIES[type.family][0], type.size)
    out: list[Line] = []
    current: list[Word] = []
    used = 0.0
    todo = words(text, type)[::-1]
    while todo:
        word = todo.pop()
        shift = type.hang if out else type.indent
        room = measure - shift - used - (space if current else 0.0)
        if width(word) <= room + 0.01:
            used += width(word) + (space if current else 0.0)
            current.append(word)
            continue
        head, tail = _split(word, room) if type.hyphens else (None, word)
        if head is not None:
            current.append(head)
            todo.append(tail)
        elif current:
            todo.append(word)
        else:  # wider than the measure: it stands alone
            current.append(word)
        out.append(Line(current, type, measure, shift, height=type.leading))
        current, used = [], 0.0
    if current:
        out.append(Line(current, type, measure, type.hang if out else type.indent, height=type.leading))
    if out:
        out[-1].last = True
    return out


def _split(word: Word, room: float) -> tuple[Word | None, Word]:
    """The longest part of a word that fits with a hyphen, and the rest."""
    first = word[0]
    best: tuple[Word | None, Word] = (None, word)
    for at in break_points(first.text):
        left, right = first.text[:at], first.text[at:]
        head = Piece(left if left.endswith("-") else left + "-", first.font, first.size, first.rise)
        if head.width <= room:
            best = ((head,), (Piece(right, first.font, first.size, first.rise), *word[1:]))
    return best


PREFIXES = (
    "inter",
    "under",
    "trans",
    "hyper",
    "hypo",
    "over",
    "anti",
    "peri",
    "post",
    "con",
    "dis",
    "pre",
    "sub",
    "per",
)
SUFFIXES = (
    "tion",
    "sion",
    "ment",
    "ness",
    "tive",
    "ture",
    "sis",
    "tic",
    "gical",
    "graphy",
    "logical",
    "tomy",
    "ble",
    "ful",
    "less",
    "ting",
    "ally",
)


@cache
def hyphenations() -> dict[str, list[int]]:
    """Words of `hyphens.txt` with the places where they may break."""
    out = {}
    for line in (Path(__file__).parent / "hyphens.txt").read_text(encoding="utf-8").split():
        parts = line.split("-")
        out["".join(parts)] = [len("".join(parts[: i + 1])) for i in range(len(parts) - 1)]
    return out


@cache
def break_points(word: str) -> list[int]:
    """Where a word may be broken: after its own hyphens, as listed, or at a plain prefix or suffix."""
    m = re.fullmatch(r"([(“]?)([A-Za-z]+(?:-[A-Za-z]+)*)([.,;:)”]*)", word)
    if not m or not m[2][1:].islower():
        return []
    shift, core = len(m[1]), m[2].lower()
    points = {i + 1 for i, c in enumerate(core) if c == "-" and 2 < i < len(core) - 3}
    if core in hyphenations():
        points |= set(hyphenations()[core])
    elif len(core) > 7:
        points |= {len(p) for p in PREFIXES if core.startswith(p) and len(core) - len(p) > 3}
        points |= {len(core) - len(s) for s in SUFFIXES if core.endswith(s) and len(core) - len(s) > 3}
    return sorted(shift + p for p in points)
