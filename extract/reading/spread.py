"""Two pages side by side on one: a spread, as books are scanned and some PDFs are made.

words of a page -> **words of its two halves** -> columns. Each half is read as a page of its own, so that a heading across
the columns of one page is not taken to end the text beside it on the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extract.reading.lines import Word

BROAD = 1.15
"""A page so many times as broad as high may be two."""
LEAST_WORDS = 80
"""Fewest words of a page of a spread."""
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
