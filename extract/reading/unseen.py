"""Only what a reader of the page can see is told: print outside the page, without ink, in layers that are off, or struck out
is set apart.

glyphs of a page -> **those that are seen**, and the others with the reason -> furniture and warnings. An engine marks what it
knows to be without ink or in a layer that is off (`Glyphs.seen`, `RawPage.unseen`); where a glyph stands, and which rules run
through it, is found here. Nothing is lost: what is set apart is in `SourceText.furniture` with its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from extract.document import Furniture, PageWarning
from extract.reading.furniture import as_furniture
from extract.reading.glyphs import NO_SIZE, Glyphs, RawPage
from extract.reading.lines import rows_of, words_of
from extract.reading.repair import repair

OUTSIDE, LAYER, INVISIBLE, STRUCK = "outside the page", "in a layer that is off", "invisible", "struck out"

_LOWEST, _HIGHEST = 0.12, 0.42
"""How high over the baseline (in units of the type size) a line strikes letters out; under it it underlines, above it is a
rule over the line."""
_THIN = 0.15
"""The thickest line, in units of the type size, that strikes out; thicker ones are bars that cover or mark."""
_LEAST_STRUCK = 3
"""Fewest letters that a line strikes out: a fraction's bar is shorter."""


def set_apart(page: RawPage) -> None:
    """Move the glyphs of a page that its reader does not see to `page.unseen`, in place. A page all of whose print is invisible
    keeps it: nothing else is told there."""
    if page.problem or not len(page.glyphs):
        return
    glyphs = page.glyphs
    if glyphs.seen is not None:
        pale = ~glyphs.seen
        if pale.any() and not glyphs.where(~pale).blank:
            _move(page, pale, INVISIBLE)
    if page.note != NO_SIZE:
        _move(page, _outside(page), OUTSIDE)
    _move(page, _struck(page), STRUCK)
    page.glyphs.seen = None


def _move(page: RawPage, mask: npt.NDArray[np.bool_], why: str) -> None:
    if mask.any():
        gone = page.glyphs.where(mask)
        page.glyphs = page.glyphs.where(~mask)
        if not gone.blank:
            page.unseen.append((why, gone))


def _outside(page: RawPage) -> npt.NDArray[np.bool_]:
    """Which glyphs stand outside of the page (its crop box). Of a line that runs off the page all is kept: cut at the edge it
    would say something else ("10" for 100 mg)."""
    x0, top, x1, bottom = page.glyphs.shown
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    outside = (x < 0) | (x > page.width) | (y < 0) | (y > page.height)
    if not outside.any() or outside.all():
        return outside
    base, size = page.glyphs.base, page.glyphs.size
    begins = np.ones(len(outside), dtype=bool)
    begins[1:] = (abs(base[1:] - base[:-1]) > 0.3 * size[1:]) | (abs(x0[1:] - x1[:-1]) > 1.5 * size[1:])
    run = np.cumsum(begins) - 1
    within = np.zeros(run[-1] + 1, dtype=bool)
    within[run[~outside]] = True
    return outside & ~within[run]


def _struck(page: RawPage) -> npt.NDArray[np.bool_]:
    """Which glyphs a thin line runs through, from the first letter to the last of a stretch of them."""
    glyphs = page.glyphs
    out = np.zeros(len(glyphs), dtype=bool)
    thickest = _THIN * float(glyphs.size.max(initial=0))
    thin = [rule for rule in page.rules if rule[3] - rule[1] < min(rule[2] - rule[0], thickest)]
    if not thin:
        return out
    ink = ~np.fromiter(map(str.isspace, glyphs.text), dtype=bool, count=len(glyphs)) & (glyphs.turn == 0)
    middle = (glyphs.x0 + glyphs.x1) / 2
    for x0, top, x1, bottom in thin:
        rise = (glyphs.base - (top + bottom) / 2) / glyphs.size
        over = (x0 - 1 <= middle) & (middle <= x1 + 1) & (bottom - top < _THIN * glyphs.size)
        hit = ink & over & (rise > _LOWEST) & (rise < _HIGHEST)
        if hit.sum() >= _LEAST_STRUCK and _covers(glyphs, hit, x0, x1):
            out |= over & (rise > _LOWEST) & (rise < _HIGHEST)
    return out


def _covers(glyphs: Glyphs, hit: npt.NDArray[np.bool_], x0: float, x1: float) -> bool:
    """Whether a line from x0 to x1 is as long as the letters it runs through: a table's rule is longer."""
    size = float(np.median(glyphs.size[hit]))
    return bool(glyphs.x0[hit].min() - x0 < 1.2 * size and x1 - glyphs.x1[hit].max() < 1.2 * size)


def unseen_print(pages: Sequence[RawPage]) -> tuple[list[Furniture], list[PageWarning]]:
    """What was set apart, row by row, and a warning for each page and reason."""
    taken: list[Furniture] = []
    warnings: list[PageWarning] = []
    for page in pages:
        for why, glyphs in page.unseen:
            rows = rows_of(words_of(repair(glyphs)))
            kind = "struck" if why == STRUCK else "hidden"
            taken += [as_furniture(row, page.number, kind) for row in rows]
            count = sum(len(row) for row in rows)
            if count:
                words = f"{count} word{'s' if count > 1 else ''}"
                warnings.append(PageWarning(page.number, f"{words} {why} not read as text"))
    return taken, warnings
