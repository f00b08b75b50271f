"""Fit the second reading of mentions on annotated texts: `casesift train mentions MODEL DATA`.

Last step of the recipe. A corpus' development texts run through the language pipeline with the model; every span
that any stage proposes is an example, right when the annotators marked just these words. Logistic regression with a
ridge penalty (scikit-learn, which scispaCy brings), a label at a time; the threshold is the one with the best F1 on
texts left out. Out: `guidelines.json` in the model's folder, with a table of how far the confidences hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from extract.errors import Code, PipelineError
from extract.language import analyse, load
from extract.language.annotation.decide import FILE, Guideline, Rule, decide
from extract.language.annotation.features import NAMES, Candidate, candidates
from pipelines.train.corpus import read
from pipelines.train.recipe import Settings, read_settings
from pipelines.train.scores import Counts, score

FOLDS = 5  # parts the texts are dealt into; each is judged by weights fitted on the others
_THRESHOLDS = tuple(np.arange(0.2, 0.61, 0.05))
_EDGES = (0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.0)
_ALWAYS = 3.0  # log-odds of a mention where all candidates were right, and against one where none was
_UNKNOWN = 0.5  # threshold of a label with no mention in the texts


@dataclass(frozen=True)
class Example:
    """A text: its candidates, and the mentions its annotators marked."""

    candidates: list[Candidate]
    gold: frozenset[tuple[int, int, str]]


@dataclass
class Fitted:
    """A guideline, the scores on texts left out, and the reliability rows (from, to, mentions, mean confidence, share right)."""

    guideline: Guideline
    scores: dict[str, Counts] = field(default_factory=dict)
    reliability: list[tuple[float, float, int, float, float]] = field(default_factory=list)


def fit_mentions(model: Path, data: Path, *, settings: Settings | None = None) -> dict[str, Fitted]:
    """Fit the guidelines of the settings (`[guidelines]`) whose corpus is in `data`, and write them to `model`.

    Raises:
        PipelineError: no development texts are there.
    """
    settings = settings or read_settings()
    nlp = load(None, **{"components.casesift_model.path": str(model.resolve()), "components.casesift_guideline.guideline": "records"})  # fmt: skip
    nlp.select_pipes(disable=["casesift_assertion", "casesift_codes", "casesift_guideline"])
    fitted: dict[str, Fitted] = {}
    for name, rule in settings.guidelines.items():
        path = data / settings.corpora.get(rule["head"], rule["head"]) / "dev.jsonl"
        if path.is_file():
            examples = []
            for text in read(path):
                proposed = list(candidates(analyse(nlp, text.text), rule["head"], rule["labels"]))
                examples.append(Example(proposed, frozenset(s for s in text.spans if s[2] in rule["labels"])))
            fitted[name] = _fit(name, rule, examples)
    if not fitted:
        raise PipelineError(Code.USAGE, "no development texts found", file=data, mend="expected CORPUS/dev.jsonl")
    write(fitted, model / FILE)
    return fitted


def _fit(name: str, rule: Mapping[str, Any], examples: Sequence[Example]) -> Fitted:
    folds = np.random.default_rng(0).permutation(len(examples)) % FOLDS
    held = [Guideline(name, rule["head"], _rules(rule, [e for e, k in zip(examples, folds, strict=True) if k != fold])) for fold in range(FOLDS)]  # fmt: skip
    thresholds = {label: _threshold(label, held, examples, folds) for label in rule["labels"]}
    held = [_with(g, thresholds) for g in held]
    pairs, rows = [], []
    for example, fold in zip(examples, folds, strict=True):
        decided = decide(held[fold], example.candidates)
        pairs.append(([(d.start, d.end, d.label) for d in decided], example.gold))
        rows += [(d.confidence, (d.start, d.end, d.label) in example.gold) for d in decided]
    final = _with(Guideline(name, rule["head"], _rules(rule, examples)), thresholds)
    return Fitted(final, score(pairs), _reliability(np.array(rows, dtype=float)))


def _rules(rule: Mapping[str, Any], examples: Sequence[Example]) -> dict[str, Rule]:
    return {label: Rule(_weights(label, rule, examples), _UNKNOWN) for label in rule["labels"]}


def _weights(label: str, rule: Mapping[str, Any], examples: Sequence[Example]) -> tuple[float, ...]:
    """Weights for the features as they are, though fitted on standardised ones, so that the penalty treats all alike."""
    from sklearn.linear_model import LogisticRegression

    x = np.array([c.features for e in examples for c in e.candidates if c.label == label])
    y = np.array([(c.start, c.end, label) in e.gold for e in examples for c in e.candidates if c.label == label])
    weights = np.zeros(len(NAMES))
    if y.all() or not y.any():  # nothing to tell apart
        weights[0] = _ALWAYS if len(y) and y.all() else -_ALWAYS
        return tuple(weights)
    known = rule.get("features", ())
    used = [i for i, n in enumerate(NAMES) if i and (not known or n in known)]
    mean, deviation = x[:, used].mean(axis=0), np.maximum(x[:, used].std(axis=0), 1e-6)
    model = LogisticRegression(C=rule["strength"], max_iter=2000).fit((x[:, used] - mean) / deviation, y)
    weights[used] = model.coef_[0] / deviation
    weights[0] = model.intercept_[0] - (weights[used] * mean).sum()
    return tuple(float(w) for w in weights)


def _threshold(label: str, held: Sequence[Guideline], examples: Sequence[Example], folds: npt.NDArray[Any]) -> float:
    def f1(threshold: float) -> float:
        rules = [Guideline(g.name, g.head, {label: Rule(g.rules[label].weights, threshold)}) for g in held]
        hits = predicted = gold = 0
        for example, fold in zip(examples, folds, strict=True):
            marked = {s for s in example.gold if s[2] == label}
            decided = {(d.start, d.end, d.label) for d in decide(rules[fold], example.candidates)}
            hits, predicted, gold = hits + len(decided & marked), predicted + len(decided), gold + len(marked)
        return 2 * hits / max(1, predicted + gold)

    return round(float(max(_THRESHOLDS, key=lambda t: (round(f1(t), 3), -abs(t - 0.4)))), 2)


def _with(guideline: Guideline, thresholds: Mapping[str, float]) -> Guideline:
    rules = {label: Rule(rule.weights, thresholds[label]) for label, rule in guideline.rules.items()}
    return Guideline(guideline.name, guideline.head, rules)


def _reliability(rows: npt.NDArray[Any]) -> list[tuple[float, float, int, float, float]]:
    table = []
    for low, high in pairwise(_EDGES):
        inside = rows[(rows[:, 0] >= low) & (rows[:, 0] < high + (high == 1))] if len(rows) else rows
        if len(inside):
            table.append((low, high, len(inside), float(inside[:, 0].mean()), float(inside[:, 1].mean())))
    return table


def write(fitted: Mapping[str, Fitted], path: Path) -> None:
    """Write the guidelines as `extract.language.annotation.decide` reads them; others that the file holds stay."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"guidelines": {}, "left_out": {}}
    rows = known["guidelines"]
    for name, f in fitted.items():
        labels = {}
        for label, rule in f.guideline.rules.items():
            weights = {n: round(w, 4) for n, w in zip(NAMES, rule.weights, strict=True) if round(w, 4)}
            labels[label] = {"threshold": rule.threshold, "weights": weights}
        rows[name] = {"head": f.guideline.head, "labels": labels}
    about = known["left_out"]
    about |= {name: {"scores": {label: [round(v, 3) for v in (*c.strict_prf, *c.lenient_prf)] for label, c in sorted(f.scores.items())},
                    "reliability": [[a, b, n, round(p, 3), round(q, 3)] for a, b, n, p, q in f.reliability]} for name, f in fitted.items()}  # fmt: skip
    path.write_text(json.dumps({"guidelines": rows, "left_out": about}, indent=1) + "\n", encoding="utf-8")


def reliability_table(fitted: Fitted) -> str:
    """The reliability of the confidences as lines of text."""
    lines = ["confidence   mentions   mean   right"]
    lines += [f"{a:.2f} to {b:.2f} {n:9d}  {p:.3f}   {q:.3f}" for a, b, n, p, q in fitted.reliability]
    return "\n".join(lines)
