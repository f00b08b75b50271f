"""Print beside the running text: boxes ("Key points", "Research in context") and notes in the margin.

words of a page -> **groups set apart**, and the words of the running text. They are laid out on their own and stand
after the body, so that no sentence is cut by them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extract.reading.fonts import family
from extract.reading.glyphs import RawPage
from extract.reading.headings import canonical
from extract.reading.lines import Word, plain, rows_of


def take_panels(page: RawPage, words: list[Word], body: tuple[str, float]) -> list[list[Word]]:
    """Cut the words of drawn boxes out of `words` (changed in place); a box that holds the abstract, or body print, stays."""
    out: list[list[Word]] = []
    area = page.width * page.height
    for x0, top, x1, bottom in sorted(page.boxes, key=lambda b: -(b[2] - b[0]) * (b[3] - b[1])):
        if x1 - x0 < 90 or bottom - top < 40 or (x1 - x0) * (bottom - top) > 0.6 * area:
            continue
        inside = [w for w in words if x0 <= (w.x0 + w.x1) / 2 <= x1 and top <= (w.top + w.bottom) / 2 <= bottom]
        if len(inside) < 8 or len(inside) > 0.9 * len(words):
            continue
        if any((x0 + 2 < w.x1 and w.x0 < x0 - 2) or (w.x0 < x1 - 2 and w.x1 > x1 + 2) for w in inside):
            continue
        total = sum(w.count for w in inside)
        if sum(w.count for w in inside if _is_body(w, body)) > 0.4 * total:
            continue
        rows = sorted(rows_of(inside), key=lambda r: r[0].base)
        if any(
            canonical(plain(sorted(r, key=lambda w: w.x0)).split(":")[0]) in ("abstract", "keywords") for r in rows[:40]
        ):
            continue
        gone = {id(w) for w in inside}
        words[:] = [w for w in words if id(w) not in gone]
        out.append(inside)
    return out


def margins_of(
    pages: Sequence[RawPage], words: Sequence[Sequence[Word]], body: tuple[str, float]
) -> list[tuple[float, float]]:
    """For every page where its body print begins and ends (x), told from all pages of its parity."""
    spans: list[tuple[float, float]] = []
    for parity in (0, 1):
        main = [
            w
            for page, group in zip(pages, words, strict=True)
            if page.number % 2 == parity
            for w in group
            if _is_body(w, body)
        ]
        if len(main) < 150:
            main = [w for group in words for w in group if _is_body(w, body)]
        if len(main) < 150:
            spans.append((-1e9, 1e9))
            continue
        weights = np.array([w.count for w in main])
        left = _quantile(np.array([w.x0 for w in main]), weights, 0.01)
        right = _quantile(np.array([w.x1 for w in main]), weights, 0.99)
        spans.append((left, right))
    return [spans[page.number % 2] for page in pages]


def take_margins(words: list[Word], body: tuple[str, float], span: tuple[float, float]) -> list[list[Word]]:
    """Cut notes that stand wholly left or right of the body print's `span`, in other print, out of `words`."""
    left, right = span
    sides: tuple[list[Word], list[Word]] = ([], [])
    if not any(w.x1 < left - 3 or w.x0 > right + 3 for w in words):
        return []
    for row in rows_of(words):
        row.sort(key=lambda w: w.x0)
        piece: list[Word] = []
        for w in [*row, None]:
            if piece and (w is None or w.x0 - piece[-1].x1 > 0.8 * max(w.size, piece[-1].size)):
                if not any(_is_body(p, body) for p in piece):
                    if piece[-1].x1 < left - 3:
                        sides[0].extend(piece)
                    elif piece[0].x0 > right + 3:
                        sides[1].extend(piece)
                piece = []
            if w is not None:
                piece.append(w)
    out = []
    for side in sides:
        if side:
            gone = {id(w) for w in side}
            words[:] = [w for w in words if id(w) not in gone]
            out.append(side)
    return out


def _quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][int(np.searchsorted(total, share * total[-1]))])


def _is_body(w: Word, body: tuple[str, float]) -> bool:
    return abs(w.size - body[1]) <= 0.04 * body[1] and family(w.font) == body[0]
