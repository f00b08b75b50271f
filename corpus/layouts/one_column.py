"""Journals in one column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from press.markup import Block
from press.pages import Flow, Frame, Mark, box
from press.typeset import Type

from layouts.base import Layout


class OneColumn(Layout):
    """One wide column of Times, the abstract in a box."""

    columns: ClassVar[int] = 1
    margins: ClassVar[tuple[float, float, float, float]] = (66.0, 78.0, 66.0, 78.0)
    abstract_across: ClassVar[bool] = True
    colour: ClassVar[str] = "#14506e"
    body: ClassVar[Type] = Type("times", 10.5, 13.2, indent=12)


class Letter(OneColumn):
    """One column in a sans face (Bitstream Vera, embedded), ragged right, US letter."""

    size: ClassVar[str] = "letter"
    abstract_across: ClassVar[bool] = False
    sans: ClassVar[str] = "vera"
    colour: ClassVar[str] = "#5a3d7a"
    body: ClassVar[Type] = Type("vera", 8.6, 12.0, align="left", before=5)


class Sidebar(Layout):
    """A wide column with a narrow one at its right, where boxes stand beside the text."""

    columns: ClassVar[int] = 1
    margins: ClassVar[tuple[float, float, float, float]] = (66.0, 50.0, 62.0, 56.0)
    colour: ClassVar[str] = "#8a4b08"
    body: ClassVar[Type] = Type("times", 9.8, 12.0, indent=10)
    aside: ClassVar[float] = 148.0

    def frames(self, number: int) -> list[Frame]:
        return [replace(f, width=f.width - self.aside - 16) for f in super().frames(number)]

    def fill(self, flow: Flow, blocks: list[Block]) -> None:
        """Boxes go into the margin of the first page, one under the other."""
        x = self.width - self.margins[1] - self.aside
        y = flow.now[0].top - 8
        sheet = replace(self.sheet(), box_fill="#fbf1e3")
        for b in [b for b in blocks if b.kind == "sidebar"]:
            item = box(b, sheet, self.aside)
            marks: Iterable[Mark] = item.marks(x, y)
            flow.pages[0].marks += marks
            y -= item.height
        super().fill(flow, [b for b in blocks if b.kind != "sidebar"])
