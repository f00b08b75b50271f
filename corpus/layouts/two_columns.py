"""Journals in two columns."""

from __future__ import annotations

from typing import ClassVar

from press.pages import Mark, Page
from press.typeset import Type

from layouts.base import Layout


class TwoColumns(Layout):
    """Two columns of Times, the abstract at the head of the first."""


class Abstracted(Layout):
    """Two columns under an abstract that runs across the page in a box."""

    abstract_across: ClassVar[bool] = True
    colour: ClassVar[str] = "#7a1f2b"
    body: ClassVar[Type] = Type("times", 9.8, 12.0, indent=9, hyphens=True)


class Ligatured(Layout):
    """Two columns set with ligature glyphs (U+FB01, U+FB02 in the text layer), broken with hyphens, words placed one by one."""

    size: ClassVar[str] = "letter"
    colour: ClassVar[str] = "#20502e"
    body: ClassVar[Type] = Type("timesmac", 10.4, 12.8, indent=10, hyphens=True, ligatures=True, draw="words")


class Scrambled(Abstracted):
    """Two columns whose lines are drawn in a shuffled order: only geometry tells how to read them."""

    colour: ClassVar[str] = "#333366"

    def pages(self) -> list[Page]:
        self.options["shuffle"] = True
        return super().pages()

    def furniture(self, number: int, pages: int) -> list[Mark]:
        out = super().furniture(number, pages)
        return out[::-1]
