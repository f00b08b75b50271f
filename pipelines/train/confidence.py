"""Fit the confidence of the fact tables on record-level gold: `casesift train confidence INPUT... --gold GOLD...`.

In: folders of gold JSON files (the format of `corpus/gold`) and the reports they describe. Out: `confidence_trees.npz` (diagnoses, treatments:
`confidence_trees`), its card `confidence_trees.md`, and `confidence.csv` (pain scores and cases: logistic regression with ridge penalty; the
threshold of diagnoses, which has the best whole-row F1 on reports left out). What is right is told in `confidence_rows`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from extract.extractor import Extractor
from extract.records.confidence import FEATURES
from extract.records.confidence.trees import FILE
from pipelines.evaluation.trust import Trust, trust
from pipelines.train.confidence_rows import Examples, examples
from pipelines.train.confidence_trees import (
    AVERAGED,
    BOOSTED,
    FOLDS,
    TreeFit,
    best_threshold,
    fit_trees,
    importance_lines,
    write_trees,
)

#: strength of the ridge penalty; weaker follows the few reports more closely
PENALTY = 1.0
#: what a row of a report counts that the rules were written on: nearly all of them are right, which is not so elsewhere
WEIGHT = 0.3
#: tables judged by trees
TREE_TABLES = ("diagnoses", "treatments")


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted for a table with a logistic model; `trust` is of reports left out."""

    table: str
    weights: dict[str, float]
    trust: Trust


@dataclass(frozen=True)
class Fitted:
    """All that was fitted: trees and logistic models, and on how many documents."""

    trees: list[TreeFit]
    linear: list[Fit]
    documents: int

    @property
    def trusts(self) -> dict[str, Trust]:
        """How far each table's confidence can be trusted, on reports left out."""
        return {f.table: f.trust for f in self.trees} | {f.table: f.trust for f in self.linear}


def fit(
    gold: Sequence[Path],
    inputs: Sequence[Path],
    extractor: Extractor | None = None,
    *,
    known: Collection[Path] = (),
    without: Collection[str] = (),
    fresh: Mapping[str, float] | None = None,
) -> Fitted:
    """Fit on all reports that `gold` (one folder or several) knows; judge on reports left out, a tenth at a time.

    `fresh`: by table, the share of rows right on reports nobody wrote rules on; see `fit_trees`.
    """
    by_table = examples(gold, inputs, extractor or Extractor(), known=known, without=without, weight=WEIGHT)
    return fit_examples(by_table, fresh)


def fit_examples(by_table: Mapping[str, Examples], fresh: Mapping[str, float] | None = None) -> Fitted:
    """Fit every table that has rows."""
    shares = fresh or {}
    trees = [fit_trees(table, by_table[table], shares.get(table)) for table in TREE_TABLES if table in by_table]
    linear = [fit_table(table, by_table[table]) for table in FEATURES if table in by_table]
    return Fitted(trees, linear, len({g for rows in by_table.values() for g in rows.group}))


def fit_table(table: str, rows: Examples) -> Fit:
    """Weights of one table. A table whose rows are all right (or all wrong) gets a bias alone, drawn towards even by the penalty."""
    x = np.array([[row[name] for name in FEATURES[table]] for row in rows.features])
    y, group = np.array(rows.right).astype(int), np.array(rows.group)
    held = np.full(len(y), y.mean())
    for fold in range(FOLDS):
        out = group % FOLDS == fold
        if out.any() and not out.all():
            held[out] = 1.0 / (1.0 + np.exp(-(x[out] @ _solve(x[~out], y[~out]))))
    figures = trust(held.tolist(), y.astype(bool).tolist())
    assert figures is not None
    return Fit(table, dict(zip(FEATURES[table], map(float, _solve(x, y)), strict=True)), figures)


def _solve(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The weights of a logistic regression; where there is only one outcome, one made-up row of the other keeps it finite."""
    from sklearn.linear_model import LogisticRegression

    if len(set(y.tolist())) < 2:
        x, y = np.vstack([x, x.mean(axis=0)]), np.append(y, 1 - y[0])
    model = LogisticRegression(C=PENALTY, max_iter=2000, fit_intercept=False)
    return np.asarray(model.fit(x, y).coef_[0])


def reliability_table(trusts: Mapping[str, Trust]) -> str:
    """The reliability of every table as lines of text."""
    lines = []
    for table, t in trusts.items():
        ranked = "-" if t.auroc is None else f"{t.auroc:.3f}"
        lines.append(
            f"{table}: {t.right:.2f} of {t.rows} rows right; AUROC {ranked}, calibration error {t.error:.3f}, surer half {t.surer_half:.2f} right"
        )
        lines += [f"  from {b.low:.1f}: confidence {b.mean:.2f}, right {b.right:.2f} of {b.rows}" for b in t.bins]
    return "\n".join(lines)


def write(fitted: Fitted, folder: Path) -> None:
    """Write the three files that `extract.records.confidence` reads or that describe them."""
    threshold = {f.table: best_threshold(f)[0] for f in fitted.trees if f.table == "diagnoses"}
    lines = [
        "# Weights of the confidences, read by extract/records/confidence and fitted by pipelines/train/confidence.py: casesift train confidence.",
        "# Of diagnoses the threshold alone: their confidence is made by trees (confidence_trees.npz), as is that of treatments.",
        "# On reports left out, by confidence, how sure the rows were and what share of them was right:",
        *(f"#   {line}" for line in reliability_table(fitted.trusts).splitlines()),
        "table,feature,weight,comment",
        *(f"{table},threshold,{value:.2f},a finding less sure makes no row" for table, value in threshold.items()),
        *(f"{f.table},{name},{value:.3f}," for f in fitted.linear for name, value in f.weights.items()),
    ]
    (folder / "confidence.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if fitted.trees:
        write_trees(fitted.trees, folder / FILE)
        (folder / FILE).with_suffix(".md").write_text(card(fitted), encoding="utf-8")


def card(fitted: Fitted) -> str:
    """What the trees are, what they were fitted on, how far they hold."""
    parts = [
        _CARD.format(
            documents=fitted.documents,
            folds=FOLDS,
            weight=WEIGHT,
            boosted=f"{BOOSTED['n_estimators']} a part, depth {BOOSTED['max_depth']}",
            averaged=f"{AVERAGED['n_estimators']} a part, depth {AVERAGED['max_depth']}",
        )
    ]
    parts.append(f"```\n{reliability_table({f.table: f.trust for f in fitted.trees})}\n```\n")
    for f in fitted.trees:
        least, gained, before = best_threshold(f)
        parts.append(
            f"\n## {f.table}\n\n{len(f.names)} features. Rows wrong, by part: {', '.join(f'{p} {n}' for p, n in f.wrong.items())}. Leaving out rows under "
            f"{least:.2f} would make whole-row F1 {gained:.3f} of {before:.3f}{'; done' if f.table == 'diagnoses' else '; not done, see below'}.\n\n"
            "What weighs most, by part (share of the gain of all splits):\n\n"
            + "\n".join(f"- {x}" for x in importance_lines(f.importances, 15))
            + "\n"
        )
    return "".join(parts) + _LIMITS


_CARD = """\
# The trees behind `confidence` of diagnoses and treatments

Written by `casesift train confidence`; do not edit by hand. Of diagnoses gradient-boosted trees ({boosted}), of
treatments extremely randomised ones, averaged ({averaged}), stored as plain arrays in `confidence_trees.npz`. Fitted on the rows casesift makes of {documents} documents with record-level gold; rows of reports that the rules were
written on count {weight}. A treatment is judged in parts (its drug is the patient's; status; duration; the rest of the dosing), and the
probabilities are multiplied; a diagnosis as a whole. One line through the log odds (Platt 1999) calibrates. Everything, the calibration
included, was measured on rows whose documents were left out ({folds} folds over documents). The reports that the gold is of are read better
than others, for their misses were looked at; with `--fresh` the confidences of treatments are moved, all alike in log odds, to the share of rows
that was right on reports nobody had looked at (111 of 147 rows of 80 case summaries without gold, read by hand), so that here they tell less
than was right:

"""
_LIMITS = """
## Tried and not taken

Cross-validated over documents, AUROC of treatments: logistic regression over the same features .71, over words around the row .60; boosted
trees .67 where averaged ones reach .69, and the mean of both with a logistic model .68; one model of the whole row .72 against .74 in parts; vectors of the mention model around the drug
.62. A threshold for treatments as diagnoses have: +.009 whole-row F1 at .35 on the documents fitted on and nothing on documents nobody looked
at, so no row is left out.

## Limits

The gold is of case reports in English, mostly short; tables of published cases and reports with a review are few. What a sentence far behind a
drug tells (that it failed, how long it was given) is seen only by its words. A status that annotators themselves disagree on stays unsure.
"""
