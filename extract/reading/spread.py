"""What parts a page before its columns are looked for: the fold of a spread, and rules across a first page.

words of a page -> **words of its two halves, or between its rules** -> columns. Each half is read as a page of its own, so that a heading across
the columns of one page is not taken to end the text beside it on the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extract.reading.glyphs import RawPage
from extract.reading.lines import Word
from extract.reading.table_rules import horizontal_rules

BROAD = 1.15
"""A page so many times as broad as high may be two."""
LEAST_WORDS = 80
"""Fewest words of a page of a spread."""
ACROSS = 0.9
"""Share of the print's width that a rule across the page has at least."""
FOLD = 24
"""Least width (points) of the strip between the two pages: the margins of both."""


def halves(words: Sequence[Word], width: float, height: float) -> list[list[Word]]:
    """The two pages of a spread: a page broader than high, with a strip at its middle that no word enters and much print
    on both sides. Any other page is one."""
    whole = [list(words)]
    if width < BROAD * height or len(words) < 2 * LEAST_WORDS:
        return whole
    ink = np.zeros(int(width) + 2, dtype=bool)
    for w in words:
        ink[max(0, int(w.x0)) : max(0, int(w.x1) + 1)] = True
    near = [x for x in range(int(0.47 * width), int(0.53 * width)) if not ink[x]]
    for x in near[:: max(1, len(near) - 1)]:  # the strip may begin or end beside the middle
        left, right = [w for w in words if w.x1 <= x], [w for w in words if w.x0 >= x]
        if min(len(left), len(right)) < LEAST_WORDS:
            return whole
        if min(w.x0 for w in right) - max(w.x1 for w in left) >= FOLD:
            return [left, right]
    return whole


def between_rules(page: RawPage, words: Sequence[Word]) -> list[list[Word]]:
    """The words of a first page between the rules that run over all its width, from the top: they part title, boxes with the
    abstract, and the text. A rule that words stand on, or beside which words reach farther out, parts nothing."""
    if not words:
        return [list(words)]
    x0, x1 = min(w.x0 for w in words), max(w.x1 for w in words)
    parts = [list(words)]
    for a, b, y in sorted(horizontal_rules(page), key=lambda rule: rule[2]):
        if b - a < ACROSS * (x1 - x0) or any(w.top < y - 1 and w.base > y + 1 for w in words):
            continue
        above, below = [w for w in parts[-1] if w.base <= y + 1], [w for w in parts[-1] if w.base > y + 1]
        if above and below:
            parts[-1:] = [above, below]
    return parts
