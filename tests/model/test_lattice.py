"""The tag lattice against brute force over all taggings."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from extract.language.model import lattice

LABELS = 2
TAGS = 1 + 4 * LABELS


def legal_spans(tags: tuple[int, ...]) -> set[tuple[int, int, int]] | None:
    """The mentions of a tagging, or None when it is not legal."""
    found, start, label = set(), None, None
    for at, tag in enumerate(tags):
        kind, x = ("O", -1) if tag == 0 else ("BILU"[(tag - 1) // LABELS], (tag - 1) % LABELS)
        if (kind in "IL") != (start is not None) or (kind in "IL" and x != label):
            return None
        if kind == "U":
            found.add((at, at + 1, x))
        elif kind == "B":
            start, label = at, x
        elif kind == "L":
            assert start is not None
            found.add((start, at + 1, x))
            start = None
    return None if start is not None else found


@pytest.fixture(scope="module")
def scores() -> np.ndarray:
    return np.random.default_rng(3).normal(scale=2, size=(3, 4, TAGS)).astype(np.float32)


def test_probabilities_are_those_of_enumeration(scores: np.ndarray) -> None:
    lengths = np.array([4, 3, 1])
    posterior = lattice.run(scores, lengths)
    found = {(q, a, b, x): (p, low) for q, a, b, x, p, low in lattice.spans(posterior, least=0.0)}
    for q, length in enumerate(lengths):
        mass: dict[tuple[int, int, int], float] = {}
        tags_mass = np.zeros((length, TAGS))
        total = 0.0
        for tags in itertools.product(range(TAGS), repeat=int(length)):
            mentions = legal_spans(tags)
            if mentions is None:
                continue
            weight = float(np.exp(sum(scores[q, i, k] for i, k in enumerate(tags))))
            total += weight
            tags_mass[np.arange(length), list(tags)] += weight
            for m in mentions:
                mass[m] = mass.get(m, 0.0) + weight
        assert posterior.log_z[q] == pytest.approx(np.log(total), abs=1e-4)
        assert posterior.tags[q, :length] == pytest.approx(tags_mass / total, abs=1e-5)
        assert not posterior.tags[q, length:].any()
        for (a, b, x), weight in mass.items():
            assert found[q, a, b, x][0] == pytest.approx(weight / total, abs=1e-5)
            assert found[q, a, b, x][1] >= found[q, a, b, x][0] - 1e-5


def test_gradient_of_the_loss_is_right(scores: np.ndarray) -> None:
    """d log_z / d score is the tag's probability: checked by a small step."""
    lengths = np.array([4, 4, 4])
    tags = lattice.run(scores, lengths).tags
    step = 0.01
    for at, tag in ((0, 1), (2, 0), (3, TAGS - 1)):
        up, down = scores.copy(), scores.copy()
        up[0, at, tag] += step
        down[0, at, tag] -= step
        slope = (lattice.run(up, lengths).log_z[0] - lattice.run(down, lengths).log_z[0]) / (2 * step)
        assert slope == pytest.approx(tags[0, at, tag], abs=5e-3)


def test_gold_tags_are_legal_and_read_back() -> None:
    mentions = [(0, 1, 1), (2, 4, 0), (4, 7, 1)]
    tags = lattice.gold_tags(mentions, 8, LABELS)
    assert legal_spans(tuple(int(t) for t in tags)) == set(mentions)


def test_extreme_scores_stay_finite() -> None:
    scores = np.full((1, 6, TAGS), -1e4, dtype=np.float32)
    scores[0, :, 1] = 1e4  # everything wants to begin and nothing to end
    posterior = lattice.run(scores, np.array([6]))
    assert np.isfinite(posterior.tags).all() and np.isfinite(posterior.log_z).all()
