"""Twelve publishers' styles, imitated: what is peculiar to their pages, on any report of the corpus.

`PUBLISHERS` maps a style's name to its layout. They are not among `LAYOUTS`: no report of the corpus stands in them; `styles.py`
sets any report in all of them, to see that the same is read from each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from press.markup import Block
from press.pages import Flow, Item, Mark, gap, line_items, stack
from press.typeset import Type, lines

from layouts.base import Layout
from layouts.manuscript import Manuscript


class Publisher(Layout):
    """A publisher's style: how headings are written."""

    numbered: ClassVar[bool] = False
    capitals: ClassVar[bool] = False
    abstract_name: ClassVar[str] = "Abstract"

    def fill(self, flow: Flow, blocks: list[Block]) -> None:
        """The running text, its headings written as the publisher does."""
        count = 0
        styled: list[Block] = []
        for b in blocks:
            if b.kind == "heading" and b.level == 1:
                opens_abstract = b.text == "Abstract"
                count += not opens_abstract
                b = replace(b, text=self.abstract_name if opens_abstract else self.heading(b.text, count))
            styled.append(b)
        super().fill(flow, styled)

    def heading(self, text: str, number: int) -> str:
        """A section's heading; `number` counts them from 1."""
        text = text.upper() if self.capitals else text
        return f"{number} {text}" if self.numbered and text.lower() != "references" else text


class ElsevierOne(Publisher):
    """The article's data and the abstract side by side between rules, then one column of text."""

    columns: ClassVar[int] = 1
    margins: ClassVar[tuple[float, float, float, float]] = (66.0, 44.0, 70.0, 44.0)
    colour: ClassVar[str] = "#000000"
    body: ClassVar[Type] = Type("times", 9.6, 11.8, indent=12)
    sans: ClassVar[str] = "times"
    abstract_across: ClassVar[bool] = True

    def abstract(self, blocks: list[Block], wide: float) -> list[Item]:
        t = replace(self.type, size=self.type.size - 1.5, leading=self.type.leading - 1.8, indent=0, before=0)
        narrow, gutter = 0.28 * wide, 0.05 * wide
        data = ["A R T I C L E  I N F O", "*Keywords:*", *self.meta.get("keywords", [])]
        left = [item for text in data for item in line_items(lines(text, replace(t, align="left"), narrow))]
        right = line_items(lines("A B S T R A C T", t, wide - narrow - gutter))
        right.append(gap(4))
        for b in blocks:
            right += line_items(lines(b.text, t, wide - narrow - gutter))
        (left_tall, left_marks), (right_tall, right_marks) = stack(left), stack(right)
        tall = max(left_tall, right_tall) + 16

        def rule(c: Any, x: float, y: float) -> None:
            c.setLineWidth(0.5)
            c.line(x, y, x + wide, y)

        def at(x: float, y: float) -> Any:
            yield Mark(rule, x, y, "figure")
            yield from left_marks(x, y - 8)
            yield from right_marks(x + narrow + gutter, y - 8)
            yield Mark(rule, x, y - tall, "figure")

        return [Item(tall + 12, at)]


class ElsevierTwo(ElsevierOne):
    """The same over two columns with numbered headings."""

    columns: ClassVar[int] = 2
    body: ClassVar[Type] = Type("times", 9.0, 11.0, indent=9, hyphens=True)

    def heading(self, text: str, number: int) -> str:
        return text if text.lower() == "references" else f"{number}. {text}"


class Cureus(Publisher):
    """One column in a sans face, with dates and licence in a narrow column at its left on the first page."""

    columns: ClassVar[int] = 1
    margins: ClassVar[tuple[float, float, float, float]] = (66.0, 44.0, 66.0, 170.0)
    body: ClassVar[Type] = Type("vera", 8.4, 11.4, align="left", before=5)
    sans: ClassVar[str] = "vera"
    stamps: ClassVar[tuple[str, ...]] = (
        "Review began 01/02/2021", "Review ended 02/11/2021", "Published 02/20/2021", "© Copyright 2021",
        "This is an open access article", "distributed under the terms of the", "Creative Commons Attribution",
        "License CC-BY 4.0, which permits", "unrestricted use.",
    )  # fmt: skip

    def furniture(self, number: int, pages: int) -> list[Mark]:
        out = super().furniture(number, pages)
        for k, text in enumerate(self.stamps if number == 1 else ()):
            out.append(Mark(_print(text, "Helvetica", 6.4), 44, self.height - 260 - 10 * k, "head"))
        return out


class Bmc(Publisher):
    """Two columns under a boxed abstract."""

    abstract_across: ClassVar[bool] = True
    colour: ClassVar[str] = "#00467f"
    body: ClassVar[Type] = Type("times", 9.8, 12.0, indent=10)


class Springer(Publisher):
    """One column, headings with numbers and no stop, the abstract as a section."""

    columns: ClassVar[int] = 1
    numbered: ClassVar[bool] = True
    margins: ClassVar[tuple[float, float, float, float]] = (66.0, 60.0, 66.0, 60.0)
    body: ClassVar[Type] = Type("times", 10.0, 12.4, indent=12)


class Wiley(Publisher):
    """Two columns; headings in capitals behind a number and a bar."""

    colour: ClassVar[str] = "#0a5c36"
    body: ClassVar[Type] = Type("times", 9.6, 12.0, indent=10, hyphens=True)
    abstract_across: ClassVar[bool] = True

    def heading(self, text: str, number: int) -> str:
        return text.upper() if text.lower() == "references" else f"{number} | {text.upper()}"


class Karger(Publisher):
    """One narrow column of a sans face."""

    columns: ClassVar[int] = 1
    margins: ClassVar[tuple[float, float, float, float]] = (80.0, 110.0, 70.0, 110.0)
    body: ClassVar[Type] = Type("vera", 8.2, 11.2, indent=0, before=3)
    sans: ClassVar[str] = "vera"
    colour: ClassVar[str] = "#a01c1c"


class Medknow(Publisher):
    """Two columns with capital headings under a boxed abstract."""

    capitals: ClassVar[bool] = True
    abstract_across: ClassVar[bool] = True
    body: ClassVar[Type] = Type("times", 9.8, 11.8, indent=0, before=3)
    colour: ClassVar[str] = "#7b2d26"


class Dove(Publisher):
    """Two columns on letter paper, the abstract at the head of the first."""

    size: ClassVar[str] = "letter"
    body: ClassVar[Type] = Type("times", 10.4, 12.8, indent=12, hyphens=True)
    colour: ClassVar[str] = "#17618f"


class Bmj(Publisher):
    """Two columns in a sans face; the abstract is a summary, headings stand in capitals."""

    capitals: ClassVar[bool] = True
    abstract_name: ClassVar[str] = "SUMMARY"
    body: ClassVar[Type] = Type("vera", 7.4, 10.0, indent=8)
    sans: ClassVar[str] = "vera"
    colour: ClassVar[str] = "#2a6ebb"


class PreProof(Manuscript):
    """Numbered lines under a watermark, with the publisher's notice on every page."""

    def furniture(self, number: int, pages: int) -> list[Mark]:
        notice = Mark(_print("Journal Pre-proof", "Helvetica-Bold", 9), self.width / 2 - 40, self.height - 24, "head")
        return [*super().furniture(number, pages), notice]


class AuthorManuscript(Publisher):
    """One wide-set column with a stamp running up the left margin of every page."""

    columns: ClassVar[int] = 1
    margins: ClassVar[tuple[float, float, float, float]] = (72.0, 72.0, 72.0, 96.0)
    body: ClassVar[Type] = Type("times", 11.0, 15.0, align="left", before=4)
    sans: ClassVar[str] = "times"
    colour: ClassVar[str] = "#000000"

    def furniture(self, number: int, pages: int) -> list[Mark]:
        def stamp(c: Any, x: float, y: float) -> None:
            c.saveState()
            c.translate(x, y)
            c.rotate(90)
            c.setFillColor("#777777")
            c.setFont("Helvetica-Bold", 14)
            c.drawString(0, 0, "Author Manuscript")
            c.restoreState()

        stamps = [Mark(stamp, 40, y, "head") for y in (120.0, 360.0, 600.0)]
        return [*super().furniture(number, pages), *stamps]


def _print(text: str, font: str, size: float) -> Any:
    def draw(c: Any, x: float, y: float) -> None:
        c.setFillColor("#333333")
        c.setFont(font, size)
        c.drawString(x, y, text)

    return draw


PUBLISHERS: dict[str, type[Layout]] = {
    "elsevier-one": ElsevierOne, "elsevier-two": ElsevierTwo, "cureus": Cureus, "bmc": Bmc, "springer": Springer,
    "wiley": Wiley, "karger": Karger, "medknow": Medknow, "dove": Dove, "bmj": Bmj, "pre-proof": PreProof,
    "author-manuscript": AuthorManuscript,
}  # fmt: skip
