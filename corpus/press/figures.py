"""Figures drawn by code: simple line art that stands where a photograph or a curve stands in a journal.

Each takes a canvas, its lower left corner and its size in points. Text inside a figure (axis labels) is part
of the page's text layer, as it is in real papers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any


def _axes(c: Any, x: float, y: float, w: float, h: float, left: str, below: str) -> tuple[float, float, float, float]:
    c.setStrokeColor("#333333")
    c.setLineWidth(0.6)
    x0, y0, w0, h0 = x + 26, y + 22, w - 34, h - 30
    c.line(x0, y0, x0, y0 + h0)
    c.line(x0, y0, x0 + w0, y0)
    c.setFillColor("#333333")
    c.setFont("Helvetica", 6)
    c.drawCentredString(x0 + w0 / 2, y + 4, below)
    c.saveState()
    c.translate(x + 6, y0 + h0 / 2)
    c.rotate(90)
    c.drawCentredString(0, 0, left)
    c.restoreState()
    return x0, y0, w0, h0


def curve(points: list[tuple[float, float]], top: float, left: str, below: str) -> Callable[..., None]:
    """A course over time: points of (day, value), the axis ends at `top`."""

    def draw(c: Any, x: float, y: float, w: float, h: float) -> None:
        x0, y0, w0, h0 = _axes(c, x, y, w, h, left, below)
        end = max(p[0] for p in points)
        spot = [(x0 + w0 * a / end, y0 + h0 * b / top) for a, b in points]
        c.setFont("Helvetica", 5.5)
        for i in range(5):
            c.drawRightString(x0 - 3, y0 + h0 * i / 4 - 2, f"{top * i / 4:g}")
        for a, _ in points:
            c.drawCentredString(x0 + w0 * a / end, y0 - 8, f"{a:g}")
        c.setStrokeColor("#1a4e8a")
        c.setLineWidth(1.2)
        for a, b in pairwise(spot):
            c.line(*a, *b)
        for a in spot:
            c.circle(*a, 1.8, stroke=0, fill=1)

    return draw


def skin(c: Any, x: float, y: float, w: float, h: float) -> None:
    """A plaque on skin, panels A and B."""
    rng = random.Random(7)
    for i, (label, many) in enumerate((("A", 46), ("B", 12))):
        px, pw = x + i * (w / 2 + 2), w / 2 - 2
        c.setFillColor("#ecd0bd")
        c.rect(px, y, pw, h, stroke=0, fill=1)
        for _ in range(many):
            r = rng.uniform(1.5, 6)
            c.setFillColor(rng.choice(["#c98577", "#d79b8c", "#b96f63"]))
            c.circle(px + rng.uniform(10, pw - 10), y + rng.uniform(10, h - 10), r, stroke=0, fill=1)
        c.setFillColor("#ffffff")
        c.setFont("Helvetica-Bold", 9)
        c.drawString(px + 4, y + h - 12, label)


def scan_slice(c: Any, x: float, y: float, w: float, h: float) -> None:
    """A cross-section with a lesion and an arrow."""
    c.setFillColor("#111111")
    c.rect(x, y, w, h, stroke=0, fill=1)
    cx, cy, r = x + w / 2, y + h / 2, min(w, h) * 0.42
    for k, grey in ((1.0, "#777777"), (0.92, "#3a3a3a"), (0.55, "#555555")):
        c.setFillColor(grey)
        c.ellipse(cx - r * 1.25 * k, cy - r * k, cx + r * 1.25 * k, cy + r * k, stroke=0, fill=1)
    c.setFillColor("#dddddd")
    c.circle(cx + r * 0.5, cy + r * 0.2, r * 0.17, stroke=0, fill=1)
    c.setStrokeColor("#ffffff")
    c.setLineWidth(1)
    c.line(cx + r * 1.05, cy + r * 0.75, cx + r * 0.7, cy + r * 0.38)


def ecg(c: Any, x: float, y: float, w: float, h: float) -> None:
    """A rhythm strip."""
    c.setStrokeColor("#f0b8b8")
    c.setLineWidth(0.3)
    for i in range(int(w // 6) + 1):
        c.line(x + i * 6, y, x + i * 6, y + h)
    for i in range(int(h // 6) + 1):
        c.line(x, y + i * 6, x + w, y + i * 6)
    c.setStrokeColor("#222222")
    c.setLineWidth(0.8)
    path = c.beginPath()
    path.moveTo(x, y + h / 2)
    step = w / 7
    for i in range(7):
        a = x + i * step
        for dx, dy in (
            (0.2, 0),
            (0.26, 4),
            (0.32, 0),
            (0.4, 0),
            (0.44, -5),
            (0.5, h * 0.36),
            (0.55, -9),
            (0.6, 0),
            (0.75, 0),
            (0.85, 9),
            (0.95, 0),
        ):
            path.lineTo(a + dx * step, y + h / 2 + dy)
    c.drawPath(path)
    c.setFillColor("#222222")
    c.setFont("Helvetica", 6)
    c.drawString(x + 3, y + h - 8, "II   25 mm/s   10 mm/mV")


def pathway(c: Any, x: float, y: float, w: float, h: float) -> None:
    """A wave, for anything that moves over time."""
    x0, y0, w0, h0 = _axes(c, x, y, w, h, "amplitude", "time (s)")
    c.setStrokeColor("#8a1a4e")
    path = c.beginPath()
    path.moveTo(x0, y0 + h0 / 2)
    for i in range(1, 80):
        path.lineTo(x0 + w0 * i / 80, y0 + h0 * (0.5 + 0.4 * math.sin(i / 4) * math.exp(-i / 60)))
    c.drawPath(path)


FIGURES: dict[str, Callable[..., None]] = {
    "skin": skin, "slice": scan_slice, "ecg": ecg, "wave": pathway,
    "feet-course": curve([(0, 8), (7, 6), (14, 3), (28, 3), (56, 3)], 10, "pain in attacks", "day of treatment"),
}  # fmt: skip
