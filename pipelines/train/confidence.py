"""Fit the confidence of diagnosis rows on record-level gold: `casesift train confidence GOLD INPUT...`.

In: a folder of gold JSON files (the format of `corpus/gold`) and the reports they describe. Out: the weights file
`extract/records/rules/confidence.csv`, and how well it holds on reports that were left out. Logistic regression with ridge
penalty (scikit-learn, which scispaCy brings); the threshold is the one with the best F1 on left-out reports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from extract.extractor import Extractor
from extract.language import analyse
from extract.records.cases import cast
from extract.records.confidence import FEATURES, features
from extract.records.diagnoses import findings
from extract.records.sentences import sentences
from pipelines.matching import same_name

#: parts the reports are dealt into; each is judged by weights fitted on the others
FOLDS = 10
#: strength of the ridge penalty; weaker follows the few reports more closely
PENALTY = 1.0


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights by feature, the threshold, and what left-out reports say: `table` rows of (from, to, rows, share right)."""

    weights: dict[str, float]
    threshold: float
    f1: float
    table: list[tuple[float, float, int, float]]


def examples(
    gold: Sequence[Path], inputs: Iterable[Path], extractor: Extractor
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Features, labels (1 when gold has it) and report numbers of all findings, and how many gold diagnoses were never found."""
    files = [path for folder in gold for path in sorted(folder.glob("*.json"))]
    known = {g["doc"]: g for g in (json.loads(path.read_text("utf-8")) for path in files)}
    x: list[list[float]] = []
    y: list[int] = []
    group: list[int] = []
    lost = 0
    for path in inputs:
        doc_name = next(
            (d for d in known if re.search(rf"(?<![A-Za-z0-9]){re.escape(d)}(?![A-Za-z0-9])", path.as_posix())), None
        )
        if doc_name is None:
            continue
        g = known[doc_name]
        wanted = [d for c in g.get("cases", [g]) for d in c.get("diagnoses") or []]
        sents = sentences(analyse(extractor.nlp, extractor.read(path)))
        casting = cast(sents)
        reached = set()
        for person, found in findings(sents, casting).items():
            if person not in casting.index:
                continue
            for f in found:
                hits = [i for i, d in enumerate(wanted) if same_name([f.text, f.key], [d["text"], *d.get("also", [])])]
                reached |= set(hits)
                if hits and all(wanted[i].get("optional") for i in hits):
                    continue  # neither right nor wrong
                x.append([features(f)[name] for name in FEATURES])
                y.append(int(bool(hits)))
                group.append(list(known).index(doc_name))
        lost += sum(1 for i, d in enumerate(wanted) if i not in reached and not d.get("optional"))
    return np.array(x), np.array(y), np.array(group), lost


def fit(gold: Sequence[Path], inputs: Sequence[Path], extractor: Extractor | None = None) -> Fit:
    """Fit on all reports that `gold` (one folder or several) knows; judge on reports left out, a tenth at a time."""
    from sklearn.linear_model import LogisticRegression

    x, y, group, lost = examples(gold, inputs, extractor or Extractor())
    model = LogisticRegression(C=PENALTY, max_iter=1000, fit_intercept=False)
    held = np.zeros(len(y))
    for fold in range(FOLDS):
        out = group % FOLDS == fold
        if out.any() and not out.all():
            held[out] = model.fit(x[~out], y[~out]).predict_proba(x[out])[:, 1]
    best, threshold = max((_f1(held >= t, y, lost), float(t)) for t in np.arange(0.05, 0.9, 0.05))
    model.fit(x, y)
    edges = np.linspace(0, 1, 6)
    table = [
        (float(a), float(b), int(inside.sum()), float(y[inside].mean()) if inside.any() else 0.0)
        for a, b in pairwise(edges)
        for inside in [(held >= a) & (held < b + (b == 1))]
    ]
    return Fit(dict(zip(FEATURES, map(float, model.coef_[0]), strict=True)), threshold, best, table)


def _f1(kept: np.ndarray, y: np.ndarray, lost: int) -> float:
    tp = int((kept & (y == 1)).sum())
    return 2 * tp / (2 * tp + int((kept & (y == 0)).sum()) + int((~kept & (y == 1)).sum()) + lost)


def write(result: Fit, path: Path) -> None:
    """Write the weights file that `extract.records.confidence` reads."""
    lines = [
        "# Weights of the diagnosis confidence (extract/records/confidence.py), fitted by pipelines/train/confidence.py.",
        f"# On reports left out: F1 {result.f1:.3f} of distinct diagnoses at the threshold; share right by confidence:",
        *(f"#   {a:.1f} to {b:.1f}: {share:.2f} of {n}" for a, b, n, share in result.table),
        "feature,weight,comment",
        *(f"{name},{value:.3f}," for name, value in result.weights.items()),
        f"threshold,{result.threshold:.2f},a finding less sure makes no row",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
