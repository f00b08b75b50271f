"""The second reading: how probable each candidate is as a mention by a guideline, and which of them stand.

Between `features.py` and the component. A guideline's weights come from the file `guidelines.json` beside the model's
weights; `casesift train mentions` fits them on development texts (logistic regression, a label at a time), so the
probability is a confidence measured on annotated text: the share of such spans that annotators mark in just these
words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from extract.language.annotation.features import NAMES, Candidate

FILE = "guidelines.json"


@dataclass(frozen=True)
class Rule:
    """How a label is decided: a weight for each of `features.NAMES`, and the lowest probability that makes a mention."""

    weights: tuple[float, ...]
    threshold: float


@dataclass(frozen=True)
class Guideline:
    """A guideline: its own head of the model, and the labels it decides; other labels stay as the records have them."""

    name: str
    head: str
    rules: Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class Decided:
    """A mention by a guideline: characters start..end, label, and the probability that annotators mark just these."""

    start: int
    end: int
    label: str
    confidence: float


def read_guidelines(path: Path) -> dict[str, Guideline]:
    """The guidelines of a `guidelines.json` by name. OSError, ValueError and KeyError mean that it holds none."""
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: Guideline(
            name,
            row["head"],
            {
                label: Rule(tuple(rule["weights"].get(n, 0.0) for n in NAMES), rule["threshold"])
                for label, rule in row["labels"].items()
            },
        )
        for name, row in stored["guidelines"].items()
    }


def decide(guideline: Guideline, candidates: Iterable[Candidate]) -> list[Decided]:
    """The candidates that stand, in text order: the likeliest first, no two of a label over each other, and one label
    for the same words."""
    rows = [c for c in candidates if c.label in guideline.rules]
    if not rows:
        return []
    weights = np.array([guideline.rules[c.label].weights for c in rows])
    scores = (np.array([c.features for c in rows]) * weights).sum(axis=1)
    sure = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
    taken: dict[str, list[tuple[int, int]]] = {}
    words: set[tuple[int, int]] = set()
    kept = []
    for at in np.argsort(-sure, kind="stable"):
        c, p = rows[at], float(sure[at])
        mine = taken.setdefault(c.label, [])
        if p < guideline.rules[c.label].threshold or (c.start, c.end) in words:
            continue
        if any(c.start < end and start < c.end for start, end in mine):
            continue
        mine.append((c.start, c.end))
        words.add((c.start, c.end))
        kept.append(Decided(c.start, c.end, c.label, round(p, 3)))
    return sorted(kept, key=lambda d: (d.start, -d.end, d.label))
