"""Lines into pages: frames, floats, boxes, tables, running heads, and the order in which a page is drawn.

A page is a list of `Mark`s (something to draw at a place), kept until the page is full: so line numbers can be
put beside them, and a layout can draw them in another order than they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from press.figures import FIGURES
from press.markup import Block
from press.typeset import Line, Type, lines, width, words


@dataclass
class Mark:
    """Something on a page: `draw(canvas, x, y)` with y the top edge (a line of text: its baseline lies below it)."""

    draw: Callable[[Any, float, float], None]
    x: float
    y: float
    kind: str = "text"  # text, figure, head, foot, number


@dataclass
class Frame:
    """A column: x, top (from the page's foot, as PDF counts), width, and where it ends."""

    x: float
    top: float
    width: float
    bottom: float


@dataclass
class Item:
    """A thing to be placed in a column: a line, a gap, a float."""

    height: float
    marks: Callable[[float, float], Iterable[Mark]]
    keep: int = 0  # how many of the items that follow must stand in the same column
    gap: bool = False  # dropped at the top of a column
    float: bool = False  # goes to the top of the next column, the text flows on
    movable: bool = False  # stands where it is told if it fits there, else floats


@dataclass
class Page:
    """One page: its marks, and whether it is shown turned."""

    marks: list[Mark] = field(default_factory=list)
    rotate: int = 0


def line_items(found: list[Line], keep: int = 0) -> list[Item]:
    """Lines as items; widows are not looked after, journals often do not either."""
    return [Item(x.height, _line_mark(x), keep=keep if i == len(found) - 1 else 0) for i, x in enumerate(found)]


def _line_mark(line: Line) -> Callable[[float, float], Iterable[Mark]]:
    def at(x: float, y: float) -> list[Mark]:
        return [Mark(lambda c, a, b: line.draw(c, a, b - line.type.size), x, y)]

    return at


def gap(height: float) -> Item:
    """White space."""
    return Item(height, lambda x, y: [], gap=True)


@dataclass
class Sheet:
    """Types for each kind of block: what a journal's style is."""

    body: Type
    heading: Type
    subheading: Type
    caption: Type
    reference: Type
    cell: Type
    box: Type
    figure_height: float = 120.0
    box_fill: str = "#eef3f8"
    rule: str = "#333333"


def items(blocks: list[Block], sheet: Sheet, measure: float) -> list[Item]:
    """Blocks as items of one column's width."""
    out: list[Item] = []
    first = True  # first paragraph after a heading is not indented
    for b in blocks:
        if b.kind == "heading":
            t = sheet.heading if b.level == 1 else sheet.subheading
            out += [gap(t.before), *line_items(lines(b.text, t, measure), keep=3), gap(t.after)]
            first = True
        elif b.kind == "para":
            t = replace(sheet.body, indent=0.0) if first else sheet.body
            out += [gap(sheet.body.before), *line_items(lines(b.text, t, measure))]
            first = False
        elif b.kind == "reference":
            out += line_items(lines(b.text, sheet.reference, measure))
        elif b.kind == "figure":
            out.append(figure(b, sheet, measure))
        elif b.kind == "table":
            out.append(table(b, sheet, measure))
        elif b.kind == "sidebar":
            out.append(box(b, sheet, measure))
    return out


def stack(parts: list[Item]) -> tuple[float, Callable[[float, float], Iterable[Mark]]]:
    """Items one below the other, as one."""

    def at(x: float, y: float) -> Iterable[Mark]:
        for p in parts:
            yield from p.marks(x, y)
            y -= p.height

    return sum(p.height for p in parts), at


def figure(b: Block, sheet: Sheet, measure: float) -> Item:
    """A drawing with its caption below."""
    height, under = stack(line_items(lines(b.text, sheet.caption, measure)))
    tall = sheet.figure_height

    def at(x: float, y: float) -> Iterable[Mark]:
        yield Mark(lambda c, a, d: FIGURES[b.name](c, a, d - tall, measure, tall), x, y - 6, "figure")
        yield from under(x, y - tall - 12)

    return Item(tall + height + 24, at, float="here" not in b.options, movable=True)


def _column_widths(rows: list[list[str]], sheet: Sheet, measure: float) -> list[float]:
    """Each column its longest word, and the rest of the measure by the length of its cells."""
    bold = replace(sheet.cell, weight="bold")
    least = [max(width(w) for row in rows for w in words(row[i], bold)) + 10 for i in range(len(rows[0]))]
    wish = [max(min(len(row[i]), 40) for row in rows) for i in range(len(rows[0]))]
    return [low + (measure - sum(least)) * w / sum(wish) for low, w in zip(least, wish, strict=True)]


def table(b: Block, sheet: Sheet, measure: float) -> Item:
    """A table with its caption above, rules above and below; columns as wide as their longest cell asks for."""
    share = _column_widths(b.rows, sheet, measure)
    height, over = stack(line_items(lines(b.text, sheet.caption, measure)))
    rows = []
    for k, row in enumerate(b.rows):
        t = replace(sheet.cell, weight="bold") if k == 0 else sheet.cell
        cells = [lines(cell, t, w - 6) for cell, w in zip(row, share, strict=True)]
        rows.append((cells, max([len(c) for c in cells]) * t.leading + 4))
    total = height + 6 + sum(h for _, h in rows) + 12

    def rule(w: float) -> Callable[[Any, float, float], None]:
        def draw(c: Any, a: float, d: float) -> None:
            c.setStrokeColor(sheet.rule)
            c.setLineWidth(w)
            c.line(a, d, a + measure, d)

        return draw

    def at(x: float, y: float) -> Iterable[Mark]:
        y -= 4
        yield from over(x, y)
        y -= height + 4
        yield Mark(rule(0.9), x, y, "figure")
        for k, (cells, h) in enumerate(rows):
            left = x
            for cell, w in zip(cells, share, strict=True):
                yield from stack(line_items(cell))[1](left + 2, y - 2)
                left += w
            y -= h
            if k == 0 or k == len(rows) - 1:
                yield Mark(rule(0.5 if k == 0 else 0.9), x, y, "figure")

    return Item(total + 8, at, float="here" not in b.options, movable=True)


def box(b: Block, sheet: Sheet, measure: float, float: bool = True) -> Item:
    """A shaded box with a title."""
    inner = measure - 16
    parts = line_items(lines(b.text, replace(sheet.box, weight="bold", size=sheet.box.size + 1), inner))
    for p in b.inside:
        parts += [gap(4), *line_items(lines(p.text, sheet.box, inner))]
    height, text = stack(parts)

    def at(x: float, y: float) -> Iterable[Mark]:
        def draw(c: Any, a: float, d: float) -> None:
            c.setFillColor(sheet.box_fill)
            c.setStrokeColor(sheet.rule)
            c.setLineWidth(0.5)
            c.rect(a, d - height - 16, measure, height + 16, stroke=1, fill=1)

        yield Mark(draw, x, y - 2, "figure")
        yield from text(x + 8, y - 10)

    return Item(height + 28, at, float=float)


class Flow:
    """Places items in the frames of page after page."""

    def __init__(self, frames: Callable[[int], list[Frame]], first: list[Frame] | None = None) -> None:
        self.frames, self.pages = frames, [Page()]
        self.now = first if first is not None else frames(1)
        self.column, self.y = 0, self.now[0].top
        self.pending: list[Item] = []  # floats that wait for the top of a column
        self.wide: list[Item] = []  # floats over all columns that wait for the top of a page
        self.log: list[Item] = []  # what stands on this page, after `base` other marks
        self.base = 0

    def place(self, item: Item) -> None:
        self.log.append(item)
        frame = self.now[self.column]
        self.pages[-1].marks += item.marks(frame.x, self.y)
        self.y -= item.height

    def room(self) -> float:
        return self.y - self.now[self.column].bottom

    def next(self) -> None:
        """On to the next column, or page; waiting floats come first."""
        if self.column + 1 < len(self.now):
            self.column += 1
        else:
            self.pages.append(Page())
            self.now = self.frames(len(self.pages))
            self.column = 0
            while self.wide and self.now[0].top - self.now[0].bottom > self.wide[0].height:
                top = self.wide.pop(0)
                self.pages[-1].marks += top.marks(self.now[0].x, self.now[0].top)
                self.now = [replace(f, top=f.top - top.height) for f in self.now]
            self.log, self.base = [], len(self.pages[-1].marks)
        self.y = self.now[self.column].top
        while self.pending and self.pending[0].height <= self.room():
            self.place(self.pending.pop(0))

    def run(self, stream: list[Item]) -> None:
        for i, item in enumerate(stream):
            if item.float or (item.movable and item.height > self.room()):
                self.pending.append(item)
                continue
            need = item.height + sum(x.height for x in stream[i + 1 : i + 1 + item.keep] if not x.float)
            if need > self.room():
                self.next()
            if not (item.gap and self.y == self.now[self.column].top):
                self.place(item)
        while self.pending or self.wide:
            self.next()

    def balance(self) -> None:
        """Columns of equal height on the last page."""
        if len(self.pages) == 1 or len(self.now) == 1:
            return
        stream, self.log = self.log, []
        del self.pages[-1].marks[self.base :]
        share = max(sum(x.height for x in stream) / len(self.now), *(x.height for x in stream), 0) + 8
        self.now = [replace(f, bottom=max(f.bottom, f.top - share)) for f in self.now[:-1]] + [self.now[-1]]
        self.column, self.y = 0, self.now[0].top
        for i, item in enumerate(stream):
            need = item.height + sum(x.height for x in stream[i + 1 : i + 1 + item.keep])
            if need > self.room() and self.column + 1 < len(self.now):
                self.column += 1
                self.y = self.now[self.column].top
            if not (item.gap and self.y == self.now[self.column].top):
                self.place(item)
