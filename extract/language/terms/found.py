"""`Found`, what the vocabulary stages propose. In and out of `terms` and the grammars under it; written on no Doc."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A proposal: characters start..end, its label, canonical name, confidence and origin."""

    start: int
    end: int
    label: str
    norm: str
    confidence: float
    origin: str = "vocabulary"
