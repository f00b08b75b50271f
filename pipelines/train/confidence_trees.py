"""Fit the trees of a confidence, judge them on reports left out, write them as plain arrays.

In: `Examples`. Out: `TreeFit`: the arrays that `extract.records.confidence.trees` reads, and the figures of rows whose reports were left out, fold
by fold; the calibration is fitted on those too. scikit-learn grows the trees; at run time nothing of it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from extract.records.confidence import FEATURES, weights
from extract.records.confidence.trees import loads, models
from pipelines.evaluation.trust import Trust, trust
from pipelines.train.confidence_rows import Examples

#: parts the reports are dealt into; each is judged by trees fitted on the others
FOLDS = 10
#: how the trees of each table are grown; chosen by cross-validation over reports: boosted ones rank diagnoses better (AUROC .798, the others
#: .793), extremely randomised ones (Geurts 2006), whose shares are averaged, rank treatments better (.691, boosted .668)
BOOSTED: dict[str, Any] = {
    "n_estimators": 220, "max_depth": 4, "learning_rate": 0.035, "subsample": 0.5, "max_features": 0.1, "min_samples_leaf": 8,
    "random_state": 0,
}  # fmt: skip
AVERAGED: dict[str, Any] = {
    "n_estimators": 120, "max_depth": 8, "max_features": 0.15, "min_samples_leaf": 5, "random_state": 0,
}  # fmt: skip
#: tables whose trees are averaged
BY_SHARES = ("treatments",)
_CLIP = 1e-4
#: difference in F1 that does not count
NEARLY = 0.0002


@dataclass
class TreeFit:
    """What was fitted for one table. `held`: the calibrated confidence of each row by trees that have not seen its report."""

    table: str
    names: tuple[str, ...]
    arrays: dict[str, np.ndarray]
    importances: dict[str, dict[str, float]]
    held: np.ndarray
    right: np.ndarray
    trust: Trust
    missed: int = 0
    wrong: dict[str, int] = field(default_factory=dict)


def fit_trees(table: str, rows: Examples, fresh: float | None = None) -> TreeFit:
    """Trees for every part of a table's rows; those of a part that is never wrong (or never right) are left out.

    Args:
        fresh: share of rows right on reports nobody wrote rules on. Those that the gold is of are read better than others, for their misses
            were looked at; the confidences are moved, all alike in log odds, until they tell that share on average.
    """
    names = tuple(sorted({name for row in rows.features for name in row}))
    x = np.array([[row.get(name, -1.0) for name in names] for row in rows.features], dtype=np.float32)
    right, group, weight = np.array(rows.right), np.array(rows.group), np.array(rows.weight)
    product = np.ones(len(right))
    arrays: dict[str, np.ndarray] = {}
    importances, wrong, parts = {}, {}, []
    for part in dict.fromkeys(name for row in rows.parts for name in row):
        known = np.array([part in row for row in rows.parts])
        y = np.array([row.get(part, False) for row in rows.parts])
        if len(set(y[known].tolist())) < 2:
            continue
        product *= _held_out(table, x, y, group, weight, known)
        model = _grow(table, x[known], y[known], weight[known])
        arrays |= {f"{table}/{part}/{name}": array for name, array in _plain(model).items()}
        importances[part] = dict(zip(names, model.feature_importances_.tolist(), strict=True))
        wrong[part] = int((~y[known]).sum())
        parts.append(part)
    slope, intercept = _line(product, right, weight)
    odds = _log_odds(product) * slope + intercept
    if fresh is not None:
        moved = _moved(odds, fresh)
        odds, intercept = odds + moved, intercept + moved
    held = 1 / (1 + np.exp(-odds))
    arrays |= {
        f"{table}/names": np.array(names),
        f"{table}/parts": np.array(parts),
        f"{table}/line": np.array([slope, intercept]),
    }
    told_trust = trust(held.tolist(), right.tolist())
    assert told_trust is not None
    return TreeFit(table, names, arrays, importances, held, right, told_trust, rows.missed, wrong)


def _grow(table: str, x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> Any:
    from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier

    model = ExtraTreesClassifier(**AVERAGED) if table in BY_SHARES else GradientBoostingClassifier(**BOOSTED)
    return model.fit(x, y, sample_weight=weight)


def _held_out(
    table: str, x: np.ndarray, y: np.ndarray, group: np.ndarray, weight: np.ndarray, known: np.ndarray
) -> np.ndarray:
    held = np.full(len(y), y[known].mean())
    for fold in range(FOLDS):
        out = group % FOLDS == fold
        rest = known & ~out
        if out.any() and len(set(y[rest].tolist())) > 1:
            held[out] = _grow(table, x[rest], y[rest], weight[rest]).predict_proba(x[out])[:, 1]
    return held


def _log_odds(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, _CLIP, 1 - _CLIP)
    return np.asarray(np.log(p / (1 - p)))


def _line(product: np.ndarray, right: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Platt's line (1999) through the log odds of rows left out."""
    from sklearn.linear_model import LogisticRegression

    if len(set(right.tolist())) < 2:
        return 1.0, 0.0
    model = LogisticRegression(C=100.0).fit(_log_odds(product)[:, None], right, sample_weight=weight)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _moved(odds: np.ndarray, share: float) -> float:
    """What to add to log odds for the mean of their probabilities to be `share`."""
    low, high = -10.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        mean = float((1 / (1 + np.exp(-(odds + middle)))).mean())
        low, high = (middle, high) if mean < share else (low, middle)
    return low


def _plain(model: Any) -> dict[str, np.ndarray]:
    """A model's trees as arrays, the two children of a node side by side."""
    averaged = not hasattr(model, "learning_rate")
    if averaged:
        trees = [_nodes(tree.tree_, _shares(tree.tree_) / len(model.estimators_)) for tree in model.estimators_]
    else:
        trees = [_nodes(tree.tree_, model.learning_rate * tree.tree_.value[:, 0, 0]) for (tree,) in model.estimators_]
    most = max(len(nodes) for nodes in trees)
    table = np.zeros((len(trees), most, 4))
    table[:, :, 0] = -1
    for k, nodes in enumerate(trees):
        table[k, : len(nodes)] = nodes
    prior = 0.5 if averaged else float(model.init_.class_prior_[1])
    return {
        "feature": table[:, :, 0].astype(np.int16),
        "threshold": table[:, :, 1].astype(np.float32),
        "left": table[:, :, 2].astype(np.int16),
        "value": table[:, :, 3].astype(np.float32),
        "about": np.array([np.log(prior / (1 - prior)), model.max_depth, averaged]),
    }


def _shares(tree: Any) -> np.ndarray:
    """The share of right rows in each node of a tree that classifies."""
    counts = tree.value[:, 0, :]
    return np.asarray(counts[:, 1] / counts.sum(axis=1))


def _nodes(tree: Any, values: np.ndarray) -> list[list[float]]:
    """Rows of feature (-1: a leaf), threshold, left child, value; breadth first, so that siblings are neighbours."""
    order, nodes = [0], []
    for node in order:
        if tree.children_left[node] < 0:
            nodes.append([-1, 0.0, 0, float(values[node])])
        else:
            nodes.append([float(tree.feature[node]), float(tree.threshold[node]), float(len(order)), 0.0])
            order += [tree.children_left[node], tree.children_right[node]]
    return nodes


def best_threshold(fit: TreeFit) -> tuple[float, float, float]:
    """The confidence under which rows are better left out, the whole-row F1 with it on reports left out, and the F1 without.

    The lowest whose F1 is as good as the best to within `NEARLY`: what is left out is lost to the user.
    """

    def f1(least: float) -> float:
        kept = fit.held >= least
        hits = int((kept & fit.right).sum())
        return 2 * hits / (int(kept.sum()) + int(fit.right.sum()) + fit.missed)

    reached = {t: f1(t) for t in np.arange(0.0, 0.65, 0.05).round(2).tolist()}
    least = min(t for t, value in reached.items() if value >= max(reached.values()) - NEARLY)
    return least, reached[least], reached[0.0]


def write_trees(fits: Sequence[TreeFit], path: Path) -> None:
    """Write the arrays of all tables into one file, and make sure that it can be read."""
    arrays: dict[str, np.ndarray] = {"tables": np.array([f.table for f in fits])}
    for f in fits:
        arrays |= f.arrays
    np.savez_compressed(path, **arrays)
    loads(path.read_bytes())


def importance_lines(importances: Mapping[str, Mapping[str, float]], most: int = 25) -> list[str]:
    """For each part its features by importance (shares of the gain of all splits), largest first."""
    lines = []
    for part, shares in importances.items():
        ranked = sorted(shares.items(), key=lambda item: -item[1])[:most]
        lines.append(f"{part}: " + ", ".join(f"{name} {share:.3f}" for name, share in ranked))
    return lines


def features_in_use() -> list[str]:
    """The features of the models in the package: of trees in how many splits each stands, of logistic models its weight."""
    lines = []
    for table, model in models().items():
        for part, forest in model.parts.items():
            splits = np.bincount(forest.feature[forest.feature >= 0], minlength=len(model.names))
            ranked = sorted(zip(model.names, splits.tolist(), strict=True), key=lambda item: -item[1])
            lines.append(f"{table}, {part}: {len(forest.feature)} trees; splits by feature")
            lines += [f"  {count:5d}  {name}" for name, count in ranked if count]
    for table in FEATURES:
        lines.append(f"{table}: weight by feature")
        lines += [f"  {weight:+.3f}  {name}" for name, weight in weights(table).items()]
    return lines
