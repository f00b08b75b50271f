"""Made layouts: whatever stands between and beside the columns, the running text comes back in order, and no word of a
page is lost or doubled."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pages import HEIGHT, WIDTH, Page
from reportlab.pdfgen.canvas import Canvas

from extract.document import SourceText
from extract.reading import read

STEMS = (  # noqa: SIM905
    "the patient was given a small dose of prednisone in the morning and his pain went away after some days while the rash "
    "on both hands grew pale we saw her again at the clinic where nothing was found but dry skin that itched at night"
).split()


@dataclass(frozen=True)
class Made:
    """What stands on the pages of a made document."""

    columns: int
    pages: int
    seed: int
    title: bool = False
    band: bool = False
    figure: bool = False
    box: bool = False
    table: str = ""
    """"ruled", "bare", or none."""
    heads: str = ""
    """"same", "alternating", or none."""
    footnote: bool = False
    numbered: bool = False
    watermark: bool = False
    turn: int = 0
    """The pages' /Rotate, degrees."""
    spread: bool = False
    """Two pages side by side on one."""


MADE = st.builds(
    Made,
    columns=st.integers(1, 3), pages=st.integers(1, 3), seed=st.integers(0, 10_000), title=st.booleans(),
    band=st.booleans(), figure=st.booleans(), box=st.booleans(), table=st.sampled_from(["", "ruled", "bare"]),
    heads=st.sampled_from(["", "same", "alternating"]), footnote=st.booleans(), numbered=st.booleans(),
    watermark=st.booleans(), turn=st.sampled_from([0, 0, 90, 180, 270]), spread=st.booleans(),
)  # fmt: skip


class Drawn:
    """Draws a made document and keeps what a person would read: the running text in order, and every word printed."""

    def __init__(self, made: Made, path: Path) -> None:
        self.made, self.path = made, path
        self.random = random.Random(made.seed)
        self.told: list[str] = []
        self.printed: list[str] = []
        self.count = 0

    def draw(self) -> Drawn:
        """Write the PDF."""
        m = self.made
        wide = 2 if m.spread else 1
        size = (WIDTH * wide, HEIGHT)
        size = size[::-1] if m.turn in (90, 270) else size  # reportlab turns the page's box as well
        canvas = Canvas(str(self.path), pagesize=size, invariant=True)
        for number in range(m.pages):
            canvas.setPageRotation(m.turn)
            for half in range(wide):
                canvas.saveState()
                canvas.translate(WIDTH * half, 0)
                self._page(Page(canvas), number * wide + half, last=number == m.pages - 1 and half == wide - 1)
                canvas.restoreState()
            canvas.showPage()
        canvas.save()
        return self

    def _words(self, n: int) -> list[str]:
        """Running text: sentences of numbered words, so that none is like another."""
        out = []
        for _ in range(n):
            self.count += 1
            stem = self.random.choice(STEMS)
            out.append(f"{stem}{self.count}" if self.count % 12 else f"{stem}{self.count}.")
            if self.count % 12 == 1:
                out[-1] = out[-1].capitalize()
        return out

    def _column(self, p: Page, x: float, top: float, width: float, bottom: float) -> None:
        before = len(p.words)
        p.column(x, top, width, pool := self._words(900), bottom=bottom)
        self.count -= len(pool)  # what had no room is not told
        self.told += p.words[before:]

    def _page(self, p: Page, number: int, *, last: bool) -> None:
        m = self.made
        first = number == 0
        gap = 20.0
        width = (WIDTH - 120.0 - gap * (m.columns - 1)) / m.columns
        xs = [60 + k * (width + gap) for k in range(m.columns)]
        if m.watermark:
            p.canvas.saveState()
            p.canvas.translate(150, 200)
            p.canvas.rotate(52)
            p.canvas.setFont("Helvetica", 60)
            p.canvas.drawString(0, 0, "PREPRINT")
            p.canvas.restoreState()
        if m.heads:
            left = m.heads == "same" or number % 2 == 0
            p.line(60, 36, "Journal of Garden Medicine" if left else "Wirth and Holm: A rash", size=8)
            p.line(500, 36, str(310 + number), size=8)
        top, bottom = 80.0, 720.0
        if m.title and first:
            p.line(60, top, "A Burning Rash after Pruning: What the Gardener Told", "Times-Bold", 15)
            top += 40
        middle = top + 12 * self.random.randint(16, 22)
        has_band = m.band and (number == 1 or (first and last))
        if has_band:
            for x in xs:
                self._column(p, x, top, width, middle)
            p.line(xs[-1], middle + 12, f"{self._words(1)[0].rstrip('.')}.")  # a heading stands after a sentence
            self.told += p.words[-1:]
            self.count += 12 - self.count % 12
            p.line(60, middle + 36, " ".join(self._words(9)).replace(".", "").capitalize(), "Times-Bold", 12)
            self.told += p.words[-9:]
            top = middle + 60
        bottoms = [bottom] * m.columns
        tops = [top] * m.columns
        if m.figure and first:
            bottoms[-1] = bottom - 160
            p.canvas.rect(xs[-1], HEIGHT - bottom + 20, width, 110)
            p.line(xs[-1], bottom - 2, f"Figure 1: Hands of{number}.", "Times-Bold", 7.5)
        if m.table and last:
            bottoms[0] = bottom - 130
            self._table(p, xs[0], bottom - 96, width)
        if m.box and last and m.columns > 1 and bottoms[-1] == bottom:  # (a column of a few lines is none)
            tops[-1] = top + 110
            p.canvas.rect(xs[-1] - 2, HEIGHT - top - 84, width + 4, 92)
            for k, text in enumerate(("Key points", "Fig trees burn the skin.", "Gloves are worn at work.")):
                p.line(xs[-1] + 8, top + 8 + 14 * k, text, "Helvetica", 8)
        for x, a, b in zip(xs, tops, bottoms, strict=True):
            self._column(p, x, a, width, b)
        if m.footnote and first:
            p.line(60, 770, "* The first two authors have seen the patient together.", size=7.5)
        if m.numbered and not m.spread:
            for k in range(40):
                p.line(24, 80 + 12 * k, str(1 + k), size=6)
        self.printed += p.words + (["PREPRINT"] if m.watermark else [])

    def _table(self, p: Page, x: float, top: float, width: float) -> None:
        p.line(x, top, "Table 1: Course of the pain.", "Times-Bold", 8)
        rows = [("Day", "Dose", "Pain"), ("1", "5 mg", "8/10"), ("8", "10 mg", "5/10"), ("15", "20 mg", "2/10")]
        for k, row in enumerate(rows):
            for at, cell in zip((4, 0.4 * width, 0.75 * width), row, strict=True):
                p.line(x + at, top + 18 + 12 * k, cell, size=8)
        if self.made.table == "ruled":
            for y in (top + 7, top + 22, top + 60):
                p.canvas.line(x, HEIGHT - y, x + width, HEIGHT - y)


def everything(source: SourceText) -> Counter[str]:
    """The words of the document that have a place on the page, wherever they are kept."""
    assert source.boxes is not None
    text = "".join(
        c if page or c.isspace() else " " for c, page in zip(source.text, source.boxes.page.tolist(), strict=True)
    )
    return Counter(" ".join((text, *(f.text for f in source.furniture))).split())


def check(made: Made, tmp_path: Path) -> None:
    drawn = Drawn(made, tmp_path / "made.pdf").draw()
    source = read(drawn.path, engine="pdfium")
    found, printed = everything(source), Counter(drawn.printed)
    assert found == printed, (found - printed, printed - found)
    told = [w for w in source.text.split() if w in set(drawn.told)]
    assert told == drawn.told


#: a table without rules at the foot of a column, its lines between those of the text beside it
BESIDE = Made(
    columns=2, pages=2, seed=2, title=True, band=False, figure=True, box=True, table="bare", heads="", footnote=False, numbered=False,
    watermark=False, turn=0, spread=False,
)  # fmt: skip


@given(MADE)
@example(BESIDE)
@settings(
    max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_the_order_comes_back(tmp_path: Path, made: Made) -> None:
    check(made, tmp_path)


@pytest.mark.slow
@given(MADE)
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_order_comes_back_from_many(tmp_path: Path, made: Made) -> None:
    check(made, tmp_path)
