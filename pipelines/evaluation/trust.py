"""How far `confidence` can be trusted: calibration error, AUROC, and how right the surer half of the rows is.

In: the confidence of each row and whether the row is right. Out: `Trust`. Nothing here knows where the rows come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: bins of equal width in which the mean confidence is compared with the share that is right
BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """A line of a reliability table: rows with a confidence in [low, low + 1/BINS), their mean confidence, and the share that was right."""

    low: float
    rows: int
    mean: float
    right: float


@dataclass(frozen=True, slots=True)
class Trust:
    """How confidence and being right go together.

    `error` is the expected calibration error; `auroc` the chance that a right row is surer than a wrong one (None where all rows are right
    or all are wrong); `surer_half` the share of right rows among the surer half.
    """

    rows: int
    right: float
    error: float
    auroc: float | None
    surer_half: float
    bins: tuple[Bin, ...]


def trust(confidences: Sequence[float], right: Sequence[bool]) -> Trust | None:
    """The figures of rows with these confidences; None without rows."""
    rows = list(zip(confidences, map(bool, right), strict=True))
    if not rows:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, ok in rows:
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, ok))
    lines = tuple(
        Bin(k / BINS, len(inside), sum(c for c, _ in inside) / len(inside), sum(ok for _, ok in inside) / len(inside))
        for k, inside in sorted(bins.items())
    )
    half = sorted(rows, key=lambda row: -row[0])[: max(1, len(rows) // 2)]
    return Trust(
        rows=len(rows),
        right=sum(ok for _, ok in rows) / len(rows),
        error=sum(b.rows * abs(b.mean - b.right) for b in lines) / len(rows),
        auroc=auroc(confidences, right),
        surer_half=sum(ok for _, ok in half) / len(half),
        bins=lines,
    )


def auroc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """The chance that a right row is surer than a wrong one, ties half; None where there is only one kind."""
    order = sorted(range(len(right)), key=lambda k: confidences[k])
    positives = sum(map(bool, right))
    negatives = len(right) - positives
    if not positives or not negatives:
        return None
    ranks, k = 0.0, 0
    while k < len(order):
        same = k
        while same < len(order) and confidences[order[same]] == confidences[order[k]]:
            same += 1
        middle = (k + same + 1) / 2  # ranks count from 1; those of equal confidence share theirs
        ranks += middle * sum(bool(right[i]) for i in order[k:same])
        k = same
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)
