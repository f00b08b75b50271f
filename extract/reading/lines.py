"""Glyphs become words and rows of words: the smallest things the layout moves about.

glyphs -> **words** -> columns -> blocks. A word is a run of glyphs on one baseline without a gap; its size, font
and baseline decide later whether it is a superscript, a heading, or part of a figure.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from extract.reading.fonts import is_bold
from extract.reading.glyphs import Glyphs

#: a gap wider than this share of the size ends a word where the page prints no space glyph
WORD_GAP = 0.1
#: a line with so many gaps between its letters, most of them (as a share) as wide as words have, is letter-spaced
LEAST_SPACED, SPACED_SHARE = 6, 0.6
#: a printed space narrower than this is none (zero-width breaks in web addresses)
NO_GAP = 0.05


@dataclass(slots=True, eq=False)
class Word:
    """A run of glyphs on one baseline: those of `page_glyphs` from `start` up to `stop`. `order` is its place in the
    content stream, `spaced` that a space glyph stood before it; base, size and font are those of its first glyph;
    `raised` is set by the line it belongs to: 1 superscript, -1 subscript."""

    page_glyphs: Glyphs
    start: int
    stop: int
    order: int
    spaced: bool
    text: str
    """The word's characters."""
    x0: float
    x1: float
    top: float
    bottom: float
    base: float
    size: float
    font: str
    count: int
    """Number of glyphs."""
    raised: int = 0

    @property
    def glyphs(self) -> Glyphs:
        """The word's glyphs."""
        return self.page_glyphs[self.start : self.stop]


def extent(words: Iterable[Word]) -> tuple[float, float, float, float]:
    """The rectangle (x0, top, x1, bottom) around words as they stand on the page (sideways words are laid out upright)."""
    shown = np.concatenate([w.glyphs.shown for w in words], axis=1)
    return float(shown[0].min()), float(shown[1].min()), float(shown[2].max()), float(shown[3].max())


@dataclass(slots=True, eq=False)
class Line:
    """Words of one column on one baseline, left to right. `size` and `base` are those of most of its characters."""

    words: list[Word]
    page: int
    x0: float = 0.0
    x1: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    base: float = 0.0
    size: float = 0.0
    font: str = ""
    bold: float = 0.0
    left: float = 0.0
    """Left edge of the column the line stands in."""
    right: float = 0.0
    column: int = 0
    """Running number of the column (leaf of the page's cut tree) the line stands in."""
    order: int = 0
    characters: int = 0
    """Number of glyphs."""
    apart: bool = False
    """Set beside the text: in a box, in the margin, or sideways."""
    _text: str = ""

    def __post_init__(self) -> None:
        words = self.words
        words.sort(key=attrgetter("x0"))
        self.x0, self.x1 = words[0].x0, max([w.x1 for w in words])
        self.order = min([w.order for w in words])
        self.characters = sum([w.count for w in words])
        main = words
        if len({(w.size, w.font) for w in words}) == 1:
            self.size, self.font = round(words[0].size, 1), words[0].font
            self.bold = float(is_bold(self.font))
        else:
            main = self._main_print()
        bases = [w.base for w in main]
        self.base = statistics.median(bases) if len(set(bases)) > 1 else bases[0]
        self.top, self.bottom = min([w.top for w in main]), max([w.bottom for w in main])
        for w in words:
            if w.size <= 0.88 * self.size:
                if w.base < self.base - 0.15 * self.size:
                    w.raised = 1
                elif w.base > self.base + 0.06 * self.size:
                    w.raised = -1

    def _main_print(self) -> list[Word]:
        """Find size, font and boldness of a line in several prints; the words of its main size."""
        votes: dict[tuple[float, str], int] = {}
        for w in self.words:
            print_of = round(w.size, 1), w.font
            votes[print_of] = votes.get(print_of, 0) + w.count
        self.size, self.font = max(votes, key=votes.__getitem__)
        self.bold = sum([n for (_, font), n in votes.items() if is_bold(font)]) / self.characters
        return [w for w in self.words if abs(w.size - self.size) < 0.06 * self.size] or self.words

    @property
    def text(self) -> str:
        """The words with single spaces where gaps stand; for rules and looking, not the final text."""
        if not self._text:
            self._text = plain(self.words)
        return self._text


def gap_is_space(left: Word, right: Word) -> bool:
    """Whether a space stands between two neighbouring words of a line."""
    if right.spaced and right.x0 - left.x1 > NO_GAP * right.size:
        return True
    return right.x0 - left.x1 > WORD_GAP * min(left.size, right.size)


def spaces(words: Sequence[Word]) -> list[bool]:
    """For every word of a line whether a space stands before it (`gap_is_space`)."""
    return [False] + [
        (gap := b.x0 - a.x1) > WORD_GAP * (a.size if a.size < b.size else b.size)
        or (b.spaced and gap > NO_GAP * b.size)
        for a, b in itertools.pairwise(words)
    ]


def plain(words: Sequence[Word]) -> str:
    """Words joined by single spaces where gaps stand."""
    return "".join([" " + w.text if space else w.text for w, space in zip(words, spaces(words), strict=False)])


def words_of(glyphs: Glyphs) -> list[Word]:
    """Words in content-stream order."""
    space = np.fromiter(map(str.isspace, glyphs.text), dtype=bool, count=len(glyphs))
    at = np.flatnonzero(~space)
    if not at.size:
        return []
    # a space glyph counts only when it stood on this line, just before
    spaced = space[at - 1] & (at > 0) & (abs(glyphs.base[at - 1] - glyphs.base[at]) < 0.7 * glyphs.size[at])
    ink = glyphs.where(~space) if space.any() else glyphs
    x0, _, x1, _, base, size = ink.numbers
    smaller = np.minimum(size[1:], size[:-1])
    gap = x0[1:] - x1[:-1]
    tracked = _tracking(gap, base, size, spaced)
    ends = (
        (gap > np.where(spaced[1:], NO_GAP, WORD_GAP) * smaller + tracked)
        | (gap < -0.45 * smaller)
        | (abs(base[1:] - base[:-1]) > 0.06 * smaller)
        | (abs(size[1:] - size[:-1]) > 0.06 * size[:-1])
    )
    starts = np.concatenate(([0], np.flatnonzero(ends) + 1))
    stops = [*starts[1:].tolist(), len(ink)]
    joined = "".join(ink.text)
    cuts = [*starts.tolist(), len(ink)]
    if len(joined) != len(ink):  # ligatures written out
        cuts = np.concatenate(([0], np.cumsum(np.fromiter(map(len, ink.text), np.intp, len(ink)))))[cuts].tolist()
    texts = [joined[a:b] for a, b in itertools.pairwise(cuts)]
    fonts = [ink.fonts[k] for k in ink.font[starts].tolist()]
    lows, highs = (
        np.minimum.reduceat(ink.numbers[:2], starts, axis=1),
        np.maximum.reduceat(ink.numbers[2:4], starts, axis=1),
    )
    columns = (
        starts, stops, range(len(stops)), spaced[starts], texts, lows[0], highs[0], lows[1], highs[1],
        base[starts], size[starts], fonts, np.diff([*starts, len(ink)]),
    )  # fmt: skip
    return list(map(Word, repeat(ink), *(c.tolist() if isinstance(c, np.ndarray) else c for c in columns)))


def _tracking(
    gap: npt.NDArray[np.float64],
    base: npt.NDArray[np.float64],
    size: npt.NDArray[np.float64],
    spaced: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64] | float:
    """How far (points) letter-spaced print sets its letters apart: for every gap between two glyphs the usual gap of its line,
    where most gaps of the line are wider than those between the words of other print; else 0. `gap`s are those after each
    glyph but the last; `spaced` tells before which glyphs a space is printed."""
    wide = gap > WORD_GAP * size[1:]
    if wide.sum() < LEAST_SPACED:
        return 0.0
    breaks = (abs(np.diff(base)) > 0.06 * size[1:]) | (abs(np.diff(size)) > 0.06 * size[:-1]) | (gap > 3 * size[1:])
    line = np.concatenate(([0], np.cumsum(breaks)))[1:]
    within = ~breaks & ~spaced[1:]
    count = np.bincount(line[within], minlength=int(line[-1]) + 1)
    share = np.bincount(line[within & wide], minlength=count.size) / np.maximum(count, 1)
    tracked = np.zeros(gap.size)
    for k in np.flatnonzero((share > SPACED_SHARE) & (count >= LEAST_SPACED)).tolist():
        of_line = line == k
        tracked[of_line] = float(np.median(gap[of_line & within]))
    return tracked


def commonest_size(words: Sequence[Word]) -> float:
    """The size of most of the words' characters."""
    first = words[0].size
    if len({w.size for w in words}) == 1:
        return first
    votes: dict[float, int] = {}
    for w in words:
        votes[w.size] = votes.get(w.size, 0) + w.count
    return max(votes, key=votes.__getitem__)


def rows_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words grouped into rows of one baseline, top to bottom; scripts join the row they hang on."""
    if not words:
        return []
    rows: list[list[Word]] = []
    row: list[Word] = []
    base, size = -math.inf, 0.0  # of the row's first word
    for w in sorted(words, key=attrgetter("base")):
        if w.base == base or w.base - base <= 0.25 * min(w.size, size):
            row.append(w)
            continue
        row = [w]
        rows.append(row)
        base, size = w.base, w.size
    return _hang_scripts(rows)


def _hang_scripts(rows: list[list[Word]]) -> list[list[Word]]:
    """Small raised or lowered words that form rows of their own join the row they hang on."""
    sizes: list[float] = []  # of most characters of each row
    least: list[float] = []
    for row in rows:
        sizes.append(commonest_size(row))
        least.append(min([w.size for w in row]))
    if min(least) > 0.88 * max(sizes):
        return rows
    stats: list[tuple[float, float, int]] | None = None
    homeless: dict[int, list[Word]] = {}
    for i, row in enumerate(rows):
        largest = 0.88 * max(sizes[max(0, i - 2) : i + 3])
        if least[i] > largest:
            continue
        if stats is None:
            stats = [
                (r[len(r) // 2].base, size, sum([w.count for w in r])) for r, size in zip(rows, sizes, strict=True)
            ]
        stay = []
        for w in row:
            home = _home(w, i, rows, stats) if w.size <= largest else None
            if home is None:
                stay.append(w)
            else:
                homeless.setdefault(home, []).append(w)
        rows[i] = stay
    for j, more in homeless.items():
        rows[j] = rows[j] + more
    return [row for row in rows if row]


def _home(w: Word, i: int, rows: list[list[Word]], stats: list[tuple[float, float, int]]) -> int | None:
    """The row near row `i` that the small word `w` is a script of."""
    best: tuple[float, int] | None = None
    for j in (i + 1, i - 1, i + 2, i - 2):
        if not 0 <= j < len(rows):
            continue
        base, size, count = stats[j]
        if w.size > 0.88 * size or count < 2:
            continue
        rise = (base - w.base) / size
        if not -0.45 < rise < 0.75:
            continue
        larger = [o for o in rows[j] if o.size > 1.12 * w.size]
        near = any(-0.6 * o.size < w.x0 - o.x1 < 0.8 * o.size for o in larger)
        after = any(-0.3 * o.size < o.x0 - w.x1 < 0.5 * o.size for o in larger)
        if near or (after and rise > 0):
            score = abs(rise - 0.33) - (0.2 if near else 0.0)
            if best is None or score < best[0]:
                best = (score, j)
    return best[1] if best else None


def segments_of(row: list[Word], size: float) -> list[list[Word]]:
    """A row's words cut at gaps wider than a space: what may be its cells."""
    out = [[row[0]]]
    for w in row[1:]:
        if w.x0 - out[-1][-1].x1 > max(0.75 * size, 5.0):
            out.append([w])
        else:
            out[-1].append(w)
    return out
