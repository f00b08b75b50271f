"""Looks for a large expression only where one of its matches can begin.

`re` tries an expression at every character of a text. Most of ours match at the beginning of a word alone, and begin with one of some
hundred words or with a digit: a `Scanner` knows these openings (`openings`) and tries nothing else. The words of a text are indexed by
their first three characters once for all scanners. What is matched is the same, in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from extract.rules.compiling import compiled, derived
from extract.rules.openings import LENGTH, openings, shape

_STARTS = re.compile(r"(?<![a-z0])[^ ]")


@lru_cache(maxsize=4)
def _starts(text: str) -> dict[str, list[int]]:
    """Where words and marks begin in `text`, by the shape of their first characters."""
    shapes = shape(text)
    starts: dict[str, list[int]] = {}
    for match in _STARTS.finditer(shapes):
        at = match.start()
        starts.setdefault(shapes[at : at + LENGTH], []).append(at)
    return starts


def _openings(source: str, flags: int) -> list[str] | None:
    try:
        return openings(source, flags)
    except (AttributeError, ImportError, TypeError, ValueError):
        return None  # the parser of this Python's `re` is built otherwise


class Scanner:
    """An expression to be looked for in long texts: `finditer` as that of `re`.

    Args:
        source, flags: as for `re.compile`; it must not match the empty string. One that can begin inside a word, or with anything, is
            looked for as `re` does.
    """

    def __init__(self, source: str, flags: int = 0) -> None:
        self.pattern = compiled(source, flags)
        self._tried: set[str] = set()
        self._accepted: set[str] = set()

    @cached_property
    def openings(self) -> frozenset[str] | None:
        """How its matches begin; None where that rules nothing out."""
        source, flags = self.pattern.pattern, self.pattern.flags
        known = derived("openings", f"{flags} {source}", lambda: _openings(source, flags))
        return None if known is None else frozenset(known)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in `text`, from left to right, none over another."""
        if self.openings is None:
            yield from self.pattern.finditer(text)
            return
        starts = _starts(text)
        if new := starts.keys() - self._tried:
            self._tried |= new
            self._accepted.update(begin for begin in new if self._accepts(begin))
        places = [at for begin in starts.keys() & self._accepted for at in starts[begin]]
        match, end = self.pattern.match, 0
        for place in sorted(places):
            if place >= end and (hit := match(text, place)):
                yield hit
                end = hit.end()

    def _accepts(self, begin: str) -> bool:
        """Whether a match can begin so; `begin` is shorter than an opening only at the end of a text."""
        assert self.openings is not None
        forms = {begin} if len(begin) == LENGTH else set()
        forms |= {
            form for n in range(1, len(begin) + 1) for form in (begin[:n], f"{begin[:n]}*") if len(form) <= LENGTH
        }
        return not forms.isdisjoint(self.openings)
