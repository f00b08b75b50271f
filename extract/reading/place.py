"""Where a PDF page's own coordinates lie on the page as displayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A page's crop box in PDF coordinates, and its rotation in degrees."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    def point(self, x: Any, y: Any) -> tuple[Any, Any]:
        """PDF coordinates (numbers or columns) as points from the top left corner of the page as displayed."""
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """A rectangle on the page as displayed: x0, top, x1, bottom."""
        (a, b), (d, e) = self.point(x0, y0), self.point(x1, y1)
        return min(a, d), min(b, e), max(a, d), max(b, e)
