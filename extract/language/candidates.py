"""Proposals under decision: the small currency of the resolver.

A `Candidate` is what one stage proposes; the functions here join candidates of one label and trim their edges. In
and out: lists of candidates; nothing is written on the Doc.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from spacy.tokens import Span


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal: characters start..end, label, confidence, and the stage it comes from."""

    start: int
    end: int
    label: str
    confidence: float
    origin: str
    norm: str = ""
    long_form: str = ""

    @property
    def length(self) -> int:
        """Length in characters."""
        return self.end - self.start

    def overlaps(self, other: Candidate) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def inside(self, other: Candidate) -> bool:
        """Whether this one lies within the other (or is as long)."""
        return other.start <= self.start and self.end <= other.end


def from_span(span: Span, origin: str, confidence: float | None = None) -> Candidate:
    """The candidate a stage's span stands for; its own confidence where that stage has marked it."""
    own = confidence is None or span._.origin == origin
    value = float(span._.confidence if own else confidence or 0.0)
    return Candidate(span.start_char, span.end_char, span.label_, value, origin, span._.norm if own else "")


def join(a: Candidate, b: Candidate) -> Candidate:
    """One candidate for two overlapping ones of a label: the longer, or where they cross, the words of both.

    Agreement of different stages raises the confidence as independent evidence would.
    """
    longer, shorter = (a, b) if a.length >= b.length else (b, a)
    if a.origin == b.origin:
        confidence = max(a.confidence, b.confidence)
    else:
        confidence = min(0.98, 1 - (1 - a.confidence) * (1 - b.confidence))
    origin = "model" if "model" in (a.origin, b.origin) else longer.origin
    start, end = longer.start, longer.end
    if not shorter.inside(longer):
        start, end = min(a.start, b.start), max(a.end, b.end)
    return replace(longer, start=start, end=end, confidence=confidence, origin=origin)


def merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Candidates of one label without overlaps, overlapping ones joined, in document order."""
    merged: list[Candidate] = []
    for c in sorted(candidates, key=lambda c: (c.start, -c.end)):
        if c.length <= 0:
            continue
        if merged and c.start < merged[-1].end:
            merged[-1] = join(merged[-1], c)
        else:
            merged.append(c)
    return merged


def longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Of overlapping candidates of one label the longest, whole; in document order of each label."""
    kept: dict[str, list[Candidate]] = {}
    for c in sorted(candidates, key=lambda c: (c.start, -c.end)):
        mine = kept.setdefault(c.label, [])
        if not mine or c.start >= mine[-1].end:
            mine.append(c)
        elif c.length > mine[-1].length:
            mine[-1] = c
    return [c for mine in kept.values() for c in mine]


def trim(c: Candidate, text: str, is_edge: Callable[[str, str, str], bool]) -> Candidate:
    """Take space, stray punctuation and words that are no part of a name off the edges.

    Args:
        c: the candidate.
        text: the folded text.
        is_edge: of a label, a side ("first", "last") and a word, whether the word goes.
    """
    start, end = c.start, c.end
    while start < end:
        while start < end and not (text[start].isalnum() or text[start] in "([+"):
            start += 1
        while start < end and not (text[end - 1].isalnum() or text[end - 1] in ")]'%+"):
            end -= 1
        inside = re.findall(r"\S+", text[start:end])
        if len(inside) < 2:
            break
        if is_edge(c.label, "first", inside[0]):
            start += len(inside[0])
        elif is_edge(c.label, "last", inside[-1]):
            end -= len(inside[-1])
        else:
            break
    return replace(c, start=start, end=end)
