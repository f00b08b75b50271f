"""`QuantityMention`, one quantity in a text with its parsed value, and how finders look at what stands around it.

Below every finder of this package; see `extract.language.quantities.find` for all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

V = TypeVar("V", covariant=True)
_STOP = re.compile(r"[.;!?](?=\s+[A-Z\[(])|\n\s*\n|;")


@dataclass(frozen=True, slots=True)
class QuantityMention(Generic[V]):
    """A quantity where it stands.

    Attributes:
        label: one of schema.MENTION_LABELS.
        start, end: its characters, end exclusive.
        value: what it says (Dose, Duration, Frequency, Ratio ...); None where words tell no number ("high dose").
        confidence: 0 to 1.
    """

    label: str
    start: int
    end: int
    value: V | None = None
    confidence: float = 0.95

    @property
    def norm(self) -> str:
        """The value as printed, which its parser reads back; "" for none."""
        return str(self.value) if self.value is not None else ""


def before(text: str, at: int, reach: int) -> str:
    """Up to `reach` characters before `at`, from the last end of a sentence or clause on, in lower case."""
    start = max(0, at - reach)
    stops = [m.end() for m in _STOP.finditer(text, start, at + 1) if m.end() <= at]
    return text[stops[-1] if stops else start : at].lower()


def after(text: str, at: int, reach: int) -> str:
    """Up to `reach` characters from `at` on, to the next end of a sentence or clause, in lower case."""
    window = text[at : at + reach]
    stop = _STOP.search(window)
    return (window[: stop.start()] if stop else window).lower()


def without_full_stop(match: re.Match[str]) -> int:
    """Where the match ends without the full stop of its sentence; "b.i.d." keeps its own."""
    return match.end() - (match[0].endswith(".") and match[0].count(".") == 1)


def overlaps(start: int, end: int, taken: Iterable[QuantityMention[object]]) -> bool:
    """Whether characters start..end touch one of the mentions."""
    return any(m.start < end and start < m.end for m in taken)


def longest(mentions: Sequence[QuantityMention[V]]) -> list[QuantityMention[V]]:
    """In document order; of overlapping mentions the longest, of equally long ones the first."""
    kept: list[QuantityMention[V]] = []
    for mention in sorted(mentions, key=lambda m: (m.start, m.start - m.end)):
        if kept and mention.start < kept[-1].end:
            if mention.end - mention.start > kept[-1].end - kept[-1].start:
                kept[-1] = mention
        else:
            kept.append(mention)
    return kept
