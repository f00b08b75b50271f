"""From a head's probabilities to confidences, thresholds and our labels. Read from the model's `meta.json`.

The network's probabilities are those of a corpus' own annotators and too sure of themselves; a confidence is
the share of proposals that were right (lenient: overlapping a gold mention of that label) among those of like
probability on development texts. `pipelines.train.calibrate` measures it; here it is only looked up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from extract.language.model.tagger import Proposal
from extract.schema import MENTION_LABELS

Key = tuple[str, str]


@dataclass(frozen=True)
class Calibration:
    """By (head, label): `thresholds` on the inside-probability; `curves`, the knots (probability, confidence) of a
    rising line; `labels`, what a label is called here ("" to drop it)."""

    thresholds: dict[Key, float] = field(default_factory=dict)
    curves: dict[Key, tuple[tuple[float, ...], tuple[float, ...]]] = field(default_factory=dict)
    labels: dict[Key, str] = field(default_factory=dict)

    @classmethod
    def from_meta(cls, meta: dict[str, Any]) -> Calibration:
        """From `{"head": {"label": {"threshold": .., "curve": [[..], [..]], "label": ".."}}}`; every entry may lack."""
        thresholds, curves, labels = {}, {}, {}
        for head, rows in meta.items():
            for label, row in rows.items():
                if "threshold" in row:
                    thresholds[head, label] = float(row["threshold"])
                if "curve" in row:
                    curves[head, label] = (tuple(row["curve"][0]), tuple(row["curve"][1]))
                if "label" in row:
                    labels[head, label] = str(row["label"])
        return cls(thresholds, curves, labels)

    def label(self, head: str, label: str) -> str:
        """Our label for a head's label, "" when it is none of ours."""
        return self.labels.get((head, label), label if label in MENTION_LABELS else "")

    def confidence(self, proposal: Proposal) -> float:
        """Confidence of a proposal, 0 to 1."""
        curve = self.curves.get((proposal.head, proposal.label))
        if curve is None:
            return min(1.0, proposal.inside)
        return float(np.interp(proposal.inside, curve[0], curve[1]))
