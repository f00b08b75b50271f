"""Trees, boosted or averaged, as plain arrays: a few NumPy steps read all of them at once, and nothing but NumPy is needed.

In: `rules/confidence_trees.npz`, written by `casesift train confidence` (what is in it: `rules/confidence_trees.md`). Out: for a row's named
features the probability of each part of "it is right", and of all of them together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from io import BytesIO
from itertools import accumulate
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

FILE = "confidence_trees.npz"


@dataclass(frozen=True)
class Forest:
    """Trees of one part. Arrays are (trees, nodes); a node whose feature is -1 is a leaf and its `value` counts; else the row goes `left` where
    its feature is at most the `threshold`, and otherwise right, to the node after `left`. The values of the leaves that a row comes to add up to
    log odds over `base`, or, of trees that are `averaged`, to the probability itself."""

    base: float
    depth: int
    feature: npt.NDArray[np.int16]
    threshold: npt.NDArray[np.float32]
    left: npt.NDArray[np.int16]
    value: npt.NDArray[np.float32]
    averaged: bool = False

    def probability(self, values: npt.NDArray[np.float32]) -> float:
        """What the leaves that a row came to tell together."""
        total = float(values.sum())
        return min(1.0, max(0.0, total)) if self.averaged else _probability(self.base + total)

    def nodes(self, first: int) -> tuple[npt.NDArray[Any], ...]:
        """Feature, threshold, left step and value of all nodes of all trees in a row, the first numbered `first`, and where each tree begins.
        A leaf steps to itself."""
        roots = first + np.arange(len(self.feature), dtype=np.int64) * self.feature.shape[1]
        leaf, places = self.feature < 0, first + np.arange(self.feature.size).reshape(self.feature.shape)
        feature = np.where(leaf, 0, self.feature).astype(np.int64)
        threshold = np.where(leaf, np.float32(np.inf), self.threshold)
        left = np.where(leaf, places, roots[:, None] + self.left)
        return feature.ravel(), threshold.ravel(), left.ravel(), self.value.ravel(), roots


@dataclass(frozen=True)
class Model:
    """The forests of one table by part, its features in their order, and the line (slope, intercept) that calibrates the log odds."""

    names: tuple[str, ...]
    parts: Mapping[str, Forest]
    slope: float
    intercept: float

    @cached_property
    def _absent(self) -> dict[str, float]:
        return dict.fromkeys(self.names, -1.0)

    @cached_property
    def _in_order(self) -> itemgetter[Any]:
        return itemgetter(*self.names)

    @cached_property
    def _nodes(self) -> tuple[npt.NDArray[Any], ...]:
        """The nodes of all parts, one part after the other; see `Forest.nodes`."""
        firsts = accumulate((forest.feature.size for forest in self.parts.values()), initial=0)
        columns = zip(
            *(forest.nodes(first) for first, forest in zip(firsts, self.parts.values(), strict=False)), strict=True
        )
        return tuple(np.concatenate(column) for column in columns)

    def probabilities(self, features: Mapping[str, float]) -> dict[str, float]:
        """The probability of each part of a row; a feature that the row does not have is -1."""
        x = np.array(self._in_order({**self._absent, **features}), dtype=np.float32)
        feature, threshold, left, value, node = self._nodes
        for _ in range(max(forest.depth for forest in self.parts.values())):
            node = left.take(node) + (x.take(feature.take(node)) > threshold.take(node))
        values, end, probabilities = value.take(node), 0, {}
        for part, forest in self.parts.items():
            start, end = end, end + len(forest.feature)
            probabilities[part] = forest.probability(values[start:end])
        return probabilities

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
        base, depth, averaged = arrays[f"{table}/{part}/about"].tolist()
        parts[part] = Forest(base, int(depth), feature, threshold, left, value, bool(averaged))
    return Model(tuple(arrays[f"{table}/names"].tolist()), parts, slope, intercept)
