"""Thresholds and confidences of a trained model, measured on development texts.

Last step of the recipe before a model is written. For every label of every head: the threshold with the best
strict F1, and the curve from the network's probability to the share of proposals that were right (overlapped
a gold mention of that label), made monotone by pooling adjacent violators (Ayer 1955). The component reads
them as `extract.language.model.calibration.Calibration`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from spacy.tokens import Doc

from extract.language.model.decode import THRESHOLD, choose
from extract.language.model.tagger import Tagger
from pipelines.train.corpus import GOLD

_GRID = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
_LEAST_GOLD = 40  # mentions a label needs for a threshold of its own
_BINS = 10
_PRIOR = 5.0  # each bin is drawn towards the overall precision as by so many more proposals


def calibrate(tagger: Tagger, develop: Mapping[str, Sequence[Doc]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Settings by head and label, as `Calibration.from_meta` takes them."""
    settings: dict[str, dict[str, dict[str, Any]]] = {}
    for head in tagger.heads:
        docs = develop.get(head.name, ())
        rows: dict[str, list[tuple[float, bool, bool]]] = {label: [] for label in head.labels}
        gold_counts = dict.fromkeys(head.labels, 0)
        for doc in docs:
            gold = [(s.start, s.end, s.label_) for s in doc.spans[GOLD]]
            for _, _, label in gold:
                gold_counts[label] = gold_counts.get(label, 0) + 1
            proposed = tagger.propose(doc, heads={head.name})
            for p in choose(proposed, dict.fromkeys(((head.name, label) for label in head.labels), min(_GRID))):
                strict = (p.start, p.end, p.label) in gold
                touched = any(p.label == g[2] and p.start < g[1] and g[0] < p.end for g in gold)
                rows[p.label].append((p.inside, strict, touched))
        settings[head.name] = {}
        for label, proposals in rows.items():
            threshold = _threshold(proposals, gold_counts[label]) if gold_counts[label] >= _LEAST_GOLD else THRESHOLD
            settings[head.name][label] = {"threshold": threshold}
            kept = [(inside, touched) for inside, _, touched in proposals if inside >= threshold]
            if kept:
                settings[head.name][label]["curve"] = _curve(kept)
    return settings


def _threshold(proposals: list[tuple[float, bool, bool]], gold: int) -> float:
    def f1(threshold: float) -> float:
        hits = [strict for inside, strict, _ in proposals if inside >= threshold]
        return 2 * sum(hits) / max(1, len(hits) + gold)

    return max(_GRID, key=lambda t: (round(f1(t), 3), -abs(t - THRESHOLD)))


def _curve(proposals: list[tuple[float, bool]]) -> list[list[float]]:
    """Knots (probability, share right) of a rising line."""
    ordered = sorted(proposals)
    overall = sum(right for _, right in ordered) / len(ordered)
    blocks: list[list[float]] = []  # mean probability, share right, weight
    for part in np.array_split(np.array(ordered, dtype=float), min(_BINS, len(ordered))):
        share = (part[:, 1].sum() + _PRIOR * overall) / (len(part) + _PRIOR)
        blocks.append([float(part[:, 0].mean()), float(share), float(len(part))])
        while len(blocks) > 1 and blocks[-2][1] > blocks[-1][1]:
            a, b = blocks.pop(-2), blocks.pop()
            weight = a[2] + b[2]
            blocks.append([(a[0] * a[2] + b[0] * b[2]) / weight, (a[1] * a[2] + b[1] * b[2]) / weight, weight])
    return [[round(b[0], 4) for b in blocks], [round(b[1], 4) for b in blocks]]
