"""Misspelt drug names: the one known name that is near enough.

Used by `drugs` as the last resort. In: a word and the known names. Out: the name, or "" when none is near or
two are equally near. The distance counts insertions, deletions, substitutions and swaps of neighbours
(optimal string alignment); the first letter must be right, as it mostly is in misspelt drug names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

#: shorter names are never mended: too many of them are one letter apart
SHORTEST = 7
#: from this length on two mistakes are allowed
TWO_FROM = 11


class Names:
    """Known names, kept by first letter and length."""

    def __init__(self, names: Iterable[str]) -> None:
        self._shelves: dict[tuple[str, int], list[str]] = defaultdict(list)
        for name in dict.fromkeys(names):
            self._shelves[name[0], len(name)].append(name)

    def near(self, word: str, limit: int) -> Iterable[str]:
        """The names that could be within `limit` of `word`, judged by first letter and length."""
        for length in range(len(word) - limit, len(word) + limit + 1):
            yield from self._shelves.get((word[0], length), ())


def nearest(word: str, names: Names) -> str:
    """The known name within one mistake of `word` (two from 11 letters on), or "" if none or more than one is nearest."""
    if len(word) < SHORTEST or not word.isalpha():
        return ""
    limit = 2 if len(word) >= TWO_FROM else 1
    best, found = limit + 1, []
    for name in names.near(word, limit):
        apart = distance(word, name, limit)
        if apart < best:
            best, found = apart, [name]
        elif apart == best <= limit:
            found.append(name)
    return found[0] if len(found) == 1 else ""


def distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment distance of `a` and `b`; `limit` + 1 stands for everything beyond `limit`."""
    if abs(len(a) - len(b)) > limit or len(set(a) - set(b)) > limit:  # each letter that the other lacks is a mistake
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row, older = row, [i], before
        for j, y in enumerate(b, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if older and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = last
    return min(row[-1], limit + 1)
