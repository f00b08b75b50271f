"""Strict and lenient mention scores, the field's usual definitions.

Strict: same first and last character and same label. Lenient: same label and any overlap, precision counted
over predictions, recall over gold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Spans = Iterable[tuple[int, int, str]]


@dataclass
class Counts:
    """Counts of one label; add documents with `score`."""

    strict: int = 0
    predicted: int = 0
    gold: int = 0
    lenient_predicted: int = 0
    lenient_gold: int = 0

    def __iadd__(self, other: Counts) -> Counts:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        return self

    @property
    def strict_prf(self) -> tuple[float, float, float]:
        """Precision, recall and F1 of whole mentions."""
        return _prf(self.strict, self.strict, self.predicted, self.gold)

    @property
    def lenient_prf(self) -> tuple[float, float, float]:
        """Precision, recall and F1 of mentions touched."""
        return _prf(self.lenient_predicted, self.lenient_gold, self.predicted, self.gold)


def _prf(hits_predicted: int, hits_gold: int, predicted: int, gold: int) -> tuple[float, float, float]:
    p = hits_predicted / predicted if predicted else 0.0
    r = hits_gold / gold if gold else 0.0
    return p, r, 2 * p * r / (p + r) if p + r else 0.0


def score(pairs: Iterable[tuple[Spans, Spans]]) -> dict[str, Counts]:
    """Counts a label over (predicted, gold) mentions of documents, and "micro" over all."""
    counts: dict[str, Counts] = defaultdict(Counts)
    for predicted, gold in pairs:
        by_label: dict[str, tuple[set[tuple[int, int]], set[tuple[int, int]]]] = defaultdict(lambda: (set(), set()))
        for side, spans in enumerate((predicted, gold)):
            for start, end, label in spans:
                by_label[label][side].add((start, end))
        for label, (p, g) in by_label.items():
            add = Counts(
                len(p & g), len(p), len(g),
                sum(any(a < d and c < b for c, d in g) for a, b in p),
                sum(any(a < d and c < b for c, d in p) for a, b in g),
            )  # fmt: skip
            counts[label] += add
            counts["micro"] += add
    return dict(counts)


def table(counts: dict[str, Counts]) -> str:
    """The scores as lines of text, one a label, "micro" last."""
    lines = [f"{'label':16s} strict    P      R     F1  lenient   P      R     F1   gold"]
    for label, c in sorted(counts.items(), key=lambda item: (item[0] == "micro", item[0])):
        strict, lenient = ("  ".join(f"{v:.3f}" for v in prf) for prf in (c.strict_prf, c.lenient_prf))
        lines.append(f"{label:16s}     {strict}      {lenient}  {c.gold:5d}")
    return "\n".join(lines)
