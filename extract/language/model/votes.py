"""What it means that some heads propose a span and others do not. Rules: `votes.csv`.

Last step of the component. One head's own confidence holds for texts like those it learnt from; in a case
report the agreement of heads says more.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from extract.language.tables import read_table

_TYPICAL = 0.85  # confidence of its own that a head's proposal has on the average
_MOST = 0.98


@cache
def _rules() -> dict[str, list[tuple[frozenset[str], float]]]:
    rules: dict[str, list[tuple[frozenset[str], float]]] = {}
    for row in read_table("model/votes.csv"):
        rules.setdefault(row["label"], []).append((frozenset(row["heads"].split("+")), float(row["confidence"])))
    return rules


def confidence(label: str, heads: Collection[str], own: float) -> float:
    """Confidence of a span with this label that `heads` agree on; `own` is the highest any of them gives it.

    Labels and heads without a rule keep their own confidence.
    """
    for needed, share in _rules().get(label, ()):
        if needed <= set(heads):
            return min(_MOST, share * own / _TYPICAL)
    return own
