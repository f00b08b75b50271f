"""Columns from geometry: a page's words are cut into regions, in reading order.

words -> **regions** -> lines. A recursive cut: a gutter (a strip that no word enters, with lines on both sides) cuts
a region into columns; where full-width lines cross the gutter, the region is first cut into bands. The columns' lines
need not stand on the same baselines. Any number of columns, changes within a page and sidebars follow from the recursion; the content-stream order is not used here.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from extract.reading.lines import Word, commonest_size, rows_of

MIN_COLUMN = 45.0
"""Narrowest strip (points) that can be a column: list numbers and reference marks are narrower."""
MAX_WORDS = 15_000
"""A page with more words than this is no page of print; it is not searched for columns."""
BESIDE = 1.2
"""Rows whose baselines are closer than this (in units of the type size) can stand beside each other in two columns."""

_count = attrgetter("count")


@dataclass(slots=True)
class Region:
    """Words that read top to bottom, with the extent of the column they stand in, and its rows."""

    words: list[Word]
    x0: float
    x1: float
    rows: list[list[Word]]


@dataclass(slots=True)
class _Ink:
    """Which points of every row bear ink (`cover`), also with the rows beside it (`level`); where that ink begins and ends,
    and the free stretches (row, from, up to) within `level`'s."""

    cover: np.ndarray
    level: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    level_starts: np.ndarray
    level_ends: np.ndarray
    gaps: tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(slots=True)
class _Row:
    words: list[Word]
    x0: float
    base: float
    size: float


def cut(words: Sequence[Word]) -> list[Region]:
    """The page's regions in reading order."""
    out: list[Region] = []
    if len(words) > MAX_WORDS:
        return [Region(list(words), *_extent(words), rows_of(words))]
    _cut(list(words), out, 0)
    return out


def _row(words: list[Word]) -> _Row:
    size = commonest_size(words)
    of_size = [w for w in words if w.size == size]
    base = of_size[0].base
    if len({w.base for w in of_size}) > 1:
        base = max(of_size, key=_count).base
    return _Row(words, min([w.x0 for w in words]), base, size)


def _extent(words: Sequence[Word]) -> tuple[float, float]:
    return min([w.x0 for w in words]), max([w.x1 for w in words])


def _cut(words: list[Word], out: list[Region], depth: int) -> None:
    if not words:
        return
    x0, x1 = _extent(words)
    lines = rows_of(words)
    if len(words) < 6 or x1 - x0 < 2 * MIN_COLUMN or depth > 12:
        out.append(Region(words, x0, x1, lines))
        return
    rows = [_row(r) for r in lines]
    rows.sort(key=attrgetter("base"))
    best = _best_gutter(rows, x0, x1)
    if best is None:
        out.append(Region(words, x0, x1, lines))
        return
    gutter, bands = best
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
    size = statistics.median([r.size for r in rows])
    left, width = int(x0), int(x1 - x0) + 2
    cover = _cover(rows, left, width, size)
    # a row, with the rows that stand beside it, speaks for a gutter at x when x is free and has words on both sides
    level = _level(rows, cover, size)
    starts, ends = _ends(level)
    both = ~level
    for free, a, b in zip(both, (starts + 9).tolist(), (ends - 8).tolist(), strict=True):
        free[:a] = False
        free[max(b, 0) :] = False
    # only gaps as wide as a gutter count: erode by the least width
    need = max(4, int(0.75 * size))
    votes, respect = _run_of(both, need), _run_of(~cover, need)
    votes[: int(MIN_COLUMN) - 2] = 0
    votes[max(0, width - int(MIN_COLUMN) - need + 2) :] = 0
    ink = _Ink(cover, level, *_ends(cover), starts, ends, _gaps_of(level))
    best: tuple[float, tuple[float, float], list[tuple[int, int]]] | None = None
    tried = 0
    order = np.lexsort((-respect, -votes))
    done = np.zeros(width, dtype=bool)
    for x in order:
        if votes[x] < 2 or tried == 6:
            break
        if done[x]:
            continue
        tried += 1
        done[max(0, x - 6) : x + 6 + need] = True
        strip = (x, x + need)
        score, bands = _bands(rows, ink, strip, size)
        if bands and (best is None or score > best[0]):
            best = (score, (left + strip[0], left + strip[1]), bands)
    if best is None:
        return None
    return best[1], best[2]


def _cover(rows: list[_Row], left: int, width: int, size: float) -> np.ndarray:
    """Which points (from `left` on) of every row bear ink."""
    n = len(rows)
    every = [w for r in rows for w in r.words]
    row = np.repeat(np.arange(n), [len(r.words) for r in rows])
    sizes = np.array([r.size for r in rows])
    wider = np.maximum(0.0, 0.6 * (sizes - 1.15 * size))[row]  # the gaps of a title's large print are no gutters
    starts = np.array([w.x0 for w in every]) + 0.5
    stops = np.array([w.x1 for w in every]) + wider + 0.5
    a, b = (np.clip(np.trunc(v).astype(np.int64) - left, 0, width) for v in (starts, stops))
    some = b > a
    marks = np.zeros(n * (width + 1), dtype=np.int32)
    at = row[some] * (width + 1)
    np.add.at(marks, at + a[some], 1)
    np.subtract.at(marks, at + b[some], 1)
    return marks.reshape(n, width + 1).cumsum(axis=1)[:, :width] > 0


def _ends(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where every row's ink begins and ends."""
    return ink.argmax(axis=1), ink.shape[1] - 1 - ink[:, ::-1].argmax(axis=1)


def _run_of(free: np.ndarray, need: int) -> np.ndarray:
    """For every x, in how many rows the `need` points from it on are all free."""
    runs, have = free.copy(), 1
    while have < need:  # (what is free `have` points long here and again `shift` further on is so for both together)
        shift = min(have, need - have)
        runs[:, :-shift] &= runs[:, shift:].copy()
        have += shift
    return np.count_nonzero(runs, axis=0)


def _level(rows: list[_Row], cover: np.ndarray, size: float) -> np.ndarray:
    """The ink of every row together with that of the rows beside it: columns need not share their baselines.

    Two rows stand beside each other when their baselines are closer than a line and no ink of one is above the other's.
    """
    bases = [r.base for r in rows]
    ink = [int.from_bytes(row.tobytes()) for row in np.packbits(cover, axis=1)]
    level = cover.copy()
    for i, base in enumerate(bases):  # (the rows are in the order of their baselines)
        for j in range(i + 1, len(rows)):
            if bases[j] - base >= BESIDE * size:
                break
            if not ink[i] & ink[j]:
                level[i] |= cover[j]
                level[j] |= cover[i]
    return level


def _bands(rows: list[_Row], ink: _Ink, strip: tuple[int, int], size: float) -> tuple[float, list[tuple[int, int]]]:
    a, b = strip
    crossed = ink.cover[:, a + 1 : b - 1].any(axis=1).tolist()
    lefts_to, rights_to = ([0, *np.cumsum(has).tolist()] for has in (ink.starts < a, ink.ends > b))
    shared = (ink.level_starts < a) & (ink.level_ends > b)
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
        start, end = _trim(rows, shared, i, j)
        lefts, rights = lefts_to[end] - lefts_to[start], rights_to[end] - rights_to[start]
        if lefts >= 2 and rights >= 2:
            both = [k for k in range(start, end) if shared[k]]
            gap, ratio = _gaps(ink, both, (a + b) // 2, b - a)
            if _is_columns(lefts, rights, len(both), gap / size, ratio):
                bands.append((start, end))
                score += (len(both) + 0.25 * (lefts + rights)) * min(gap / size, 3.0) ** 0.5
        i = j
    return score, bands


def _gaps_of(level: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The free stretches (row, from, up to) between the ink of every row."""
    n, width = level.shape
    padded = np.zeros((n, width + 2), dtype=bool)
    padded[:, 1:-1] = level
    flat = padded.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1])  # by turns the point before ink, and its last
    row, x = np.divmod(edges, width + 2)
    within = row[1:-1:2] == row[2::2]
    return row[1:-1:2][within], x[1:-1:2][within], x[2::2][within]


def _gaps(ink: _Ink, both: list[int], middle: int, need: int) -> tuple[float, float]:
    """Of rows with words on both sides: the usual gap at the gutter (points), and how many times the row's widest other
    gap it is. Justified lines can leave a river of wide word gaps; a gutter is wider than the gaps beside it. Another
    gutter (a strip as wide as `need` that is free in all these rows) is no such gap."""
    counted = np.array([k for k in both if ink.level_starts[k] < middle <= ink.level_ends[k]], dtype=np.intp)
    if not counted.size:
        return 24.0, 9.0
    row, a, b = ink.gaps
    wide = b - a
    across = (a <= middle) & (middle <= b)
    own, other = (np.zeros(len(ink.level), dtype=np.int64) for _ in range(2))
    own[row[across]] = wide[across]
    _, c, d = _gaps_of(ink.level[both].any(axis=0)[None, :])
    gutter = np.zeros(row.size, dtype=bool)
    for start, stop in zip(c.tolist(), d.tolist(), strict=True):
        if stop - start >= need:
            gutter |= np.minimum(b, stop) - np.maximum(a, start) >= need
    beside = ~across & ~gutter
    np.maximum.at(other, row[beside], wide[beside])
    widths = own[counted]
    return statistics.median(widths.tolist()), statistics.median((widths / np.maximum(other[counted], 1)).tolist())


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


def _trim(rows: list[_Row], both: np.ndarray, i: int, j: int) -> tuple[int, int]:
    """Give one-sided rows at a band's edge back to the full-width block they end (its short last line) or begin."""
    while i < j and i > 0 and not both[i]:
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
