"""`Found`, one mention, and how finders look at what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_STOP = re.compile(r"[.;!?](?=\s+[A-Z\[(])|\n\s*\n|;")


@dataclass(frozen=True, slots=True)
class Found:
    """A mention: `label` of schema.MENTION_LABELS, characters start..end, its value as printed, how sure (0 to 1)."""

    label: str
    start: int
    end: int
    norm: str = ""
    confidence: float = 0.95


def before(text: str, at: int, reach: int) -> str:
    """Up to `reach` characters before `at`, from the last end of a sentence or clause on, in lower case."""
    window = text[max(0, at - reach) : at]
    stops = [m.end() for m in _STOP.finditer(window)]
    return (window[stops[-1] :] if stops else window).lower()


def after(text: str, at: int, reach: int) -> str:
    """Up to `reach` characters from `at` on, to the next end of a sentence or clause, in lower case."""
    window = text[at : at + reach]
    stop = _STOP.search(window)
    return (window[: stop.start()] if stop else window).lower()


def overlaps(start: int, end: int, taken: Iterable[Found]) -> bool:
    """Whether characters start..end touch one of the mentions."""
    return any(f.start < end and start < f.end for f in taken)


def longest(found: Sequence[Found]) -> list[Found]:
    """In document order; of overlapping mentions the longest, of equally long ones the first."""
    kept: list[Found] = []
    for f in sorted(found, key=lambda f: (f.start, f.start - f.end)):
        if kept and f.start < kept[-1].end:
            if f.end - f.start > kept[-1].end - kept[-1].start:
                kept[-1] = f
        else:
            kept.append(f)
    return kept
