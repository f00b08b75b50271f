"""A manuscript as it stands on a preprint server: one column, wide leading, numbered lines, a watermark."""

from __future__ import annotations

from typing import Any, ClassVar

from press.pages import Mark
from press.typeset import Type

from layouts.base import Layout


class Manuscript(Layout):
    """Every line of text has its number in the left margin, counted through the paper."""

    columns: ClassVar[int] = 1
    margins: ClassVar[tuple[float, float, float, float]] = (72.0, 72.0, 72.0, 90.0)
    sans: ClassVar[str] = "times"
    colour: ClassVar[str] = "#000000"
    body: ClassVar[Type] = Type("times", 11.0, 18.0, align="left", before=4)

    def arrange(self, marks: list[Mark], number: int) -> list[Mark]:
        if number == 0:
            self.counted = 0
        out = []
        for mark in marks:
            out.append(mark)
            if mark.kind == "text" and abs(mark.x - self.margins[3]) < 1:
                self.counted += 1
                out.append(Mark(_number(self.counted), 58, mark.y - 10, "number"))
        return [Mark(self._watermark, 0, 0, "figure"), *super().arrange(out, number)]

    def _watermark(self, c: Any, x: float, y: float) -> None:
        c.saveState()
        c.translate(self.width / 2, self.height / 2)
        c.rotate(55)
        c.setFillColor("#e6e6e6")
        c.setFont("Helvetica-Bold", 60)
        c.drawCentredString(0, 0, "NOT PEER REVIEWED")
        c.restoreState()


def _number(n: int) -> Any:
    def draw(c: Any, x: float, y: float) -> None:
        c.setFillColor("#777777")
        c.setFont("Times-Roman", 8)
        c.drawRightString(x, y, str(n))

    return draw
