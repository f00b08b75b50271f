"""Looks for a large expression only where one of its matches can begin.

`re` tries an expression at every character of a text. Most of ours match at the beginning of a word alone, and begin with one of some
hundred words or with a digit: a `Scanner` knows these openings (`openings`) and tries nothing else. The words of a text are indexed by
their first three characters once for all scanners. What is matched is the same, in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import chain

from extract.rules.compiling import compiled, derived
from extract.rules.openings import LENGTH, openings, shape

_STARTS = re.compile(r"(?<![a-z0])[^ ]")
#: characters of a text that is taken for a document's; of sentences, which several rooms look through one after the other, more are kept
_LONG = 1000


def _starts(text: str) -> dict[str, list[int]]:
    """Where words and marks begin in `text`, by the shape of their first characters."""
    return _of_sentence(text) if len(text) < _LONG else _of_document(text)


def _indexed(text: str) -> dict[str, list[int]]:
    shapes = shape(text)
    starts: dict[str, list[int]] = {}
    for match in _STARTS.finditer(shapes):
        at = match.start()
        starts.setdefault(shapes[at : at + LENGTH], []).append(at)
    return starts


_of_sentence, _of_document = lru_cache(maxsize=512)(_indexed), lru_cache(maxsize=4)(_indexed)


def _openings(source: str, flags: int) -> list[str] | None:
    try:
        return openings(source, flags)
    except (AttributeError, ImportError, TypeError, ValueError):
        return None  # the parser of this Python's `re` is built otherwise


class _Accepted(dict[str, bool]):
    """Whether a match can begin as a text does somewhere (a key of `_starts`), worked out when it is first met."""

    def __init__(self, openings: frozenset[str]) -> None:
        self._openings = openings

    def __missing__(self, begin: str) -> bool:
        """`begin` is shorter than an opening only at the end of a text."""
        forms = {begin} if len(begin) == LENGTH else set()
        forms |= {
            form for n in range(1, len(begin) + 1) for form in (begin[:n], f"{begin[:n]}*") if len(form) <= LENGTH
        }
        accepted = self[begin] = not forms.isdisjoint(self._openings)
        return accepted


class Scanner:
    """An expression to be looked for in whole texts or sentences: `finditer` and `search` as those of `re`.

    Args:
        source, flags: as for `re.compile`; it must not match the empty string. One that can begin inside a word, or with anything, is
            looked for as `re` does.
    """

    def __init__(self, source: str, flags: int = 0) -> None:
        self.pattern = compiled(source, flags)

    @cached_property
    def openings(self) -> frozenset[str] | None:
        """How its matches begin; None where that rules nothing out."""
        source, flags = self.pattern.pattern, self.pattern.flags
        known = derived("openings", f"{flags} {source}", lambda: _openings(source, flags))
        return None if known is None else frozenset(known)

    @cached_property
    def _accepted(self) -> _Accepted:
        return _Accepted(self.openings or frozenset())

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in `text`, from left to right, none over another."""
        if self.openings is None:
            yield from self.pattern.finditer(text)
            return
        match, end = self.pattern.match, 0
        for place in self._places(text):
            if place >= end and (hit := match(text, place)):
                yield hit
                end = hit.end()

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in `text`, if any."""
        if self.openings is None:
            return self.pattern.search(text)
        match = self.pattern.match
        for place in self._places(text):
            if hit := match(text, place):
                return hit
        return None

    def _places(self, text: str) -> list[int]:
        """Where a match can begin in `text`."""
        accepted = self._accepted
        places = [at for begin, at in _starts(text).items() if accepted[begin]]
        return places[0] if len(places) == 1 else sorted(chain.from_iterable(places))
