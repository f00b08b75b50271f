"""Columns from geometry: a page's words are cut into regions, in reading order.

words -> **regions** -> lines. A recursive cut: a gutter (a strip that no word enters, with lines on both sides) cuts
a region into columns; where full-width lines cross the gutter, the region is first cut into bands. Any number of
columns, changes within a page and sidebars follow from the recursion; the content-stream order is not used here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extract.reading.lines import Word, rows_of

MIN_COLUMN = 45.0
"""Narrowest strip (points) that can be a column: list numbers and reference marks are narrower."""


@dataclass(slots=True)
class Region:
    """Words that read top to bottom, with the extent of the column they stand in."""

    words: list[Word]
    x0: float
    x1: float


@dataclass(slots=True)
class _Row:
    words: list[Word]
    x0: float
    x1: float
    base: float
    size: float
    top: float
    bottom: float


def cut(words: Sequence[Word]) -> list[Region]:
    """The page's regions in reading order."""
    out: list[Region] = []
    _cut(list(words), out, 0)
    return out


def _row(words: list[Word]) -> _Row:
    sizes: dict[float, int] = {}
    for w in words:
        sizes[w.size] = sizes.get(w.size, 0) + len(w.glyphs)
    size = max(sizes, key=lambda s: sizes[s])
    base = max((w for w in words if w.size == size), key=lambda w: len(w.glyphs)).base
    return _Row(
        words, min(w.x0 for w in words), max(w.x1 for w in words), base, size,
        min(w.top for w in words), max(w.bottom for w in words),
    )  # fmt: skip


def _extent(words: Sequence[Word]) -> tuple[float, float]:
    return min(w.x0 for w in words), max(w.x1 for w in words)


def _cut(words: list[Word], out: list[Region], depth: int) -> None:
    if not words:
        return
    x0, x1 = _extent(words)
    if len(words) < 6 or x1 - x0 < 2 * MIN_COLUMN or depth > 12:
        out.append(Region(words, x0, x1))
        return
    rows = [_row(r) for r in rows_of(words)]
    rows.sort(key=lambda r: r.base)
    found = _best_gutter(rows, x0, x1)
    if found is None:
        out.append(Region(words, x0, x1))
        return
    gutter, bands = found
    at = 0
    for start, end in bands:
        _cut([w for r in rows[at:start] for w in r.words], out, depth + 1)
        middle = (gutter[0] + gutter[1]) / 2
        inside = [w for r in rows[start:end] for w in r.words]
        _cut([w for w in inside if (w.x0 + w.x1) / 2 < middle], out, depth + 1)
        _cut([w for w in inside if (w.x0 + w.x1) / 2 >= middle], out, depth + 1)
        at = end
    _cut([w for r in rows[at:] for w in r.words], out, depth + 1)


def _best_gutter(rows: list[_Row], x0: float, x1: float) -> tuple[tuple[float, float], list[tuple[int, int]]] | None:
    """The strip that most rows respect, and the bands (row ranges) where it holds; None when there is none."""
    n = len(rows)
    if n < 3:
        return None
    size = float(np.median([r.size for r in rows]))
    left, width = int(x0), int(x1 - x0) + 2
    cover = np.zeros((n, width), dtype=bool)
    for i, r in enumerate(rows):
        wider = max(0.0, 0.6 * (r.size - 1.15 * size))  # the gaps of a title's large print are no gutters
        for w in r.words:
            cover[i, max(0, int(w.x0 + 0.5) - left) : max(0, int(w.x1 + wider + 0.5) - left)] = True
    # a row speaks for a gutter at x when x is free in it and it has words on both sides
    starts = np.array([int(r.x0) - left for r in rows])
    ends = np.array([int(r.x1) - left for r in rows])
    xs = np.arange(width)
    both = (~cover) & (starts[:, None] < xs[None, :] - 8) & (ends[:, None] > xs[None, :] + 8)
    # only gaps as wide as a gutter count: erode by half the least width
    need = max(4, int(0.75 * size))
    gaps = both.copy()
    for shift in range(1, need):
        gaps[:, :-shift] &= both[:, shift:]
    votes = gaps.sum(axis=0)
    votes[: int(MIN_COLUMN) - 2] = 0
    votes[max(0, width - int(MIN_COLUMN) - need + 2) :] = 0
    best: tuple[float, tuple[float, float], list[tuple[int, int]]] | None = None
    tried = 0
    order = np.argsort(-votes, kind="stable")
    done = np.zeros(width, dtype=bool)
    for x in order:
        if votes[x] < 2 or tried == 6:
            break
        if done[x]:
            continue
        tried += 1
        done[max(0, x - 6) : x + 6 + need] = True
        strip = (x, x + need)
        score, bands = _bands(rows, cover, starts, ends, strip, size)
        if bands and (best is None or score > best[0]):
            best = (score, (left + strip[0], left + strip[1]), bands)
    if best is None:
        return None
    return best[1], best[2]


def _bands(
    rows: list[_Row],
    cover: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    strip: tuple[int, int],
    size: float,
) -> tuple[float, list[tuple[int, int]]]:
    a, b = strip
    crossed = cover[:, a + 1 : b - 1].any(axis=1)
    has_left = starts < a
    has_right = ends > b
    n = len(rows)
    bands: list[tuple[int, int]] = []
    score = 0.0
    i = 0
    while i < n:
        if crossed[i]:
            i += 1
            continue
        j = i
        while j < n and not crossed[j]:
            j += 1
        start, end = _trim(rows, crossed, has_left, has_right, i, j)
        lefts, rights = int(has_left[start:end].sum()), int(has_right[start:end].sum())
        both = [k for k in range(start, end) if has_left[k] and has_right[k]]
        gap, ratio = _gaps(cover, both, (a + b) // 2)
        if _is_columns(lefts, rights, len(both), gap / size, ratio):
            bands.append((start, end))
            score += (len(both) + 0.25 * (lefts + rights)) * min(gap / size, 3.0) ** 0.5
        i = j
    return score, bands


def _gaps(cover: np.ndarray, both: list[int], middle: int) -> tuple[float, float]:
    """Of rows with words on both sides: the usual gap at the gutter (points), and how many times the row's widest other
    gap it is. Justified lines can leave a river of wide word gaps; a gutter is wider than the gaps beside it."""
    widths: list[float] = []
    ratios: list[float] = []
    for k in both:
        used = np.flatnonzero(cover[k])
        at = int(np.searchsorted(used, middle))
        if at == 0 or at == used.size:
            continue
        steps = np.diff(used) - 1
        own = float(steps[at - 1])
        steps[at - 1] = 0
        widths.append(own)
        ratios.append(own / max(float(steps.max()), 1.0))
    if not widths:
        return 24.0, 9.0
    return float(np.median(widths)), float(np.median(ratios))


def _is_columns(lefts: int, rights: int, shared: int, ems: float, ratio: float) -> bool:
    """Whether a band reads as columns: `ems` is the gutter's width in units of the type size."""
    if lefts < 2 or rights < 2:
        return False
    if shared >= 10:
        return True
    if shared >= 3:
        return ems >= 0.9 and ratio >= 1.3
    if lefts >= 3 and rights >= 3:
        return ems >= 1.0
    return shared >= 2 and ems >= 2.0 and ratio >= 2.0


def _trim(
    rows: list[_Row], crossed: np.ndarray, has_left: np.ndarray, has_right: np.ndarray, i: int, j: int
) -> tuple[int, int]:
    """Give one-sided rows at a band's edge back to the full-width block they end (its short last line) or begin."""
    while i < j and i > 0 and not (has_left[i] and has_right[i]):
        before, row = rows[i - 1], rows[i]
        after = rows[i + 1] if i + 1 < j else None
        pitch = row.base - before.base
        if (
            abs(before.size - row.size) < 0.06 * row.size
            and pitch < 1.6 * row.size
            and (
                after is None or pitch <= (after.base - row.base) * 1.05 or abs(after.size - row.size) > 0.06 * row.size
            )
            and row.x0 < before.x0 + 3 * row.size
        ):
            i += 1
            continue
        break
    return i, j
