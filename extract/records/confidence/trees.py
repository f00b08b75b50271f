"""Gradient-boosted trees as plain arrays: a few NumPy steps read all of them at once, and nothing but NumPy is needed.

In: `rules/confidence_trees.npz`, written by `casesift train confidence` (what is in it: `rules/confidence_trees.md`). Out: for a row's named
features the probability of each part of "it is right", and of all of them together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

FILE = "confidence_trees.npz"


@dataclass(frozen=True)
class Forest:
    """Trees of one part. Arrays are (trees, nodes); a node whose feature is -1 is a leaf and its `value` counts; else the row goes `left` where
    its feature is at most the `threshold`, and otherwise right, to the node after `left`."""

    base: float
    depth: int
    feature: npt.NDArray[np.int16]
    threshold: npt.NDArray[np.float32]
    left: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]

    def probability(self, x: npt.NDArray[np.float32]) -> float:
        """The probability that this part of a row with features `x` is right."""
        trees = np.arange(len(self.feature))
        node = np.zeros(len(trees), dtype=np.int64)
        for _ in range(self.depth):
            feature = self.feature[trees, node]
            step = self.left[trees, node] + (x[feature] > self.threshold[trees, node])
            node = np.where(feature < 0, node, step)
        return _probability(self.base + float(self.value[trees, node].sum()))


@dataclass(frozen=True)
class Model:
    """The forests of one table by part, its features in their order, and the line (slope, intercept) that calibrates the log odds."""

    names: tuple[str, ...]
    parts: Mapping[str, Forest]
    slope: float
    intercept: float

    def probabilities(self, features: Mapping[str, float]) -> dict[str, float]:
        """The probability of each part of a row; a feature that the row does not have is -1."""
        x = np.array([features.get(name, -1.0) for name in self.names], dtype=np.float32)
        return {part: forest.probability(x) for part, forest in self.parts.items()}

    def probability(self, features: Mapping[str, float]) -> float:
        """The calibrated probability that the whole row is right."""
        product = math.prod(self.probabilities(features).values())
        product = min(1 - 1e-4, max(1e-4, product))
        return _probability(self.slope * math.log(product / (1 - product)) + self.intercept)


def _probability(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))


@cache
def models() -> dict[str, Model]:
    """The models of the package by table."""
    return loads(files("extract.records").joinpath("rules", FILE).read_bytes())


def loads(data: bytes) -> dict[str, Model]:
    """The models in the bytes of a file. Raises ValueError or KeyError where it is none."""
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return {str(table): _model(arrays, str(table)) for table in arrays["tables"]}


def _model(arrays: Any, table: str) -> Model:
    slope, intercept = arrays[f"{table}/line"].tolist()
    parts = {}
    for part in arrays[f"{table}/parts"].tolist():
        feature, threshold, left, value = (
            arrays[f"{table}/{part}/{name}"] for name in ("feature", "threshold", "left", "value")
        )
        base, depth = arrays[f"{table}/{part}/about"].tolist()
        parts[part] = Forest(base, int(depth), feature, threshold, left, value)
    return Model(tuple(arrays[f"{table}/names"].tolist()), parts, slope, intercept)
