"""From tag scores to spans and their probabilities: a linear chain over B, I, L, U, O tags.

Called by `heads.py` with the network's scores and by the training recipe for the gradient. A tagging is legal
when every B-x runs through I-x into L-x; among legal taggings the chain's probability is the softmax of the
summed scores (a conditional random field, Lafferty 2001, whose only transitions are legal or not). That
makes the recursions linear in the number of labels, and gives exact probabilities: of a token to lie inside
a label, and of a span to be a mention from its first token to its last.

Shapes: S sequences padded to T tokens, L labels; tag scores are (S, T, 1 + 4L), columns O, then B, I, L, U
of every label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_FLOOR = -30.0  # scores this far under a token's best count as impossible: exp() stays in float32


@dataclass(frozen=True)
class Posterior:
    """What the chain knows after both passes; see the module's docstring for S, T, L.

    Attributes:
        tags: (S, T, 1 + 4L) probability of each tag at each token; 0 beyond a sequence's length.
        log_z: (S,) log of the sum over legal taggings, up to a constant of the scores.
    """

    tags: Floats
    log_z: Floats
    potentials: Floats
    before: Floats
    after: Floats
    scale: Floats
    lengths: Ints

    @property
    def labels(self) -> int:
        """L."""
        return (self.tags.shape[2] - 1) // 4

    def inside(self) -> Floats:
        """(S, T, L): probability that a token lies inside a mention of each label."""
        s, t, _ = self.tags.shape
        return self.tags[:, :, 1:].reshape(s, t, 4, self.labels).sum(axis=2)


def run(scores: Floats, lengths: Ints) -> Posterior:
    """Forward and backward pass over padded sequences of tag scores."""
    s, t, k = scores.shape
    n = (k - 1) // 4
    top = scores.max(axis=2, keepdims=True)
    p = np.exp(np.maximum(scores - top, _FLOOR)).astype(np.float32)
    valid = np.arange(t)[None, :] < lengths[:, None]
    p[~valid] = 0.0
    p[~valid, 0] = 1.0  # padding reads O with certainty, which changes nothing
    rows = np.arange(s)
    p[rows, np.maximum(lengths - 1, 0), 1 : 1 + 2 * n] = 0.0  # a sequence never ends inside a mention

    forward = np.zeros_like(p)
    before = np.ones((s, t + 1), dtype=np.float32)  # mass outside any mention before token i, scaled
    scale = np.ones((s, t), dtype=np.float32)
    b, i, last, u = (slice(1 + j * n, 1 + (j + 1) * n) for j in range(4))
    outside = np.ones(s, dtype=np.float32)
    within = np.zeros((s, n), dtype=np.float32)
    for at in range(t):
        f, e = forward[:, at], p[:, at]
        f[:, 0] = outside * e[:, 0]
        f[:, b] = outside[:, None] * e[:, b]
        f[:, u] = outside[:, None] * e[:, u]
        f[:, i] = within * e[:, i]
        f[:, last] = within * e[:, last]
        total = np.maximum(f.sum(axis=1), 1e-30)
        f /= total[:, None]
        scale[:, at] = total
        within = f[:, b] + f[:, i]
        outside = np.maximum(1.0 - within.sum(axis=1), 0.0)
        before[:, at + 1] = outside

    backward = np.ones_like(p)
    after = np.ones((s, t), dtype=np.float32)  # what follows token i when it ends outside, scaled
    b_out = np.ones(s, dtype=np.float32)
    b_in = np.zeros((s, n), dtype=np.float32)
    for at in range(t - 1, -1, -1):
        w, e = backward[:, at], p[:, at]
        w[:, 0] = b_out
        w[:, last] = b_out[:, None]
        w[:, u] = b_out[:, None]
        w[:, b] = b_in
        w[:, i] = b_in
        after[:, at] = b_out
        weighed = e * w / scale[:, at, None]
        b_out = weighed[:, 0] + weighed[:, b].sum(axis=1) + weighed[:, u].sum(axis=1)
        b_in = weighed[:, i] + weighed[:, last]
    tags = forward * backward
    tags[~valid] = 0.0
    log_z = (np.log(scale) + np.where(valid, top[:, :, 0], 0.0)).sum(axis=1)
    return Posterior(tags, log_z, p, before, after, scale, lengths)


def spans(
    posterior: Posterior, *, least: float = 0.05, longest: int = 24
) -> list[tuple[int, int, int, int, float, float]]:
    """Every span that is a mention with probability of at least `least`.

    Returns rows (sequence, first token, one past the last, label index, probability of exactly this span,
    lowest inside-probability of its tokens), in no particular order.
    """
    n = posterior.labels
    p = posterior.potentials / posterior.scale[:, :, None]
    begin, inner, last, unit = (p[:, :, 1 + j * n : 1 + (j + 1) * n] for j in range(4))
    within = posterior.inside()
    before, after = posterior.before[:, :-1, None], posterior.after[:, :, None]
    rows: list[tuple[int, int, int, int, float, float]] = []

    probability = before * unit * after
    q, t, x = np.nonzero(probability >= least)
    rows += _rows(q, t, t + 1, x, probability[q, t, x], within[q, t, x])
    # multi-token spans: only starts that still hold enough mass are followed
    start_q, start, label = (v.astype(np.int64) for v in np.nonzero(posterior.tags[:, :, 1 : 1 + n] >= least))
    at = start.copy()
    mass = (before * begin)[start_q, start, label]
    low = within[start_q, start, label]
    for _ in range(longest - 1):
        at = at + 1
        keep = at < posterior.lengths[start_q]
        start_q, start, label, at = start_q[keep], start[keep], label[keep], at[keep]
        mass, low = mass[keep], low[keep]
        if not at.size:
            break
        low = np.minimum(low, within[start_q, at, label])
        ends = mass * last[start_q, at, label] * after[start_q, at, 0]
        hit = ends >= least
        rows += _rows(start_q[hit], start[hit], at[hit] + 1, label[hit], ends[hit], low[hit])
        mass = mass * inner[start_q, at, label]
        keep = low >= least
        start_q, start, label, at = start_q[keep], start[keep], label[keep], at[keep]
        mass, low = mass[keep], low[keep]
    return rows


def _rows(*columns: npt.NDArray[np.generic]) -> list[tuple[int, int, int, int, float, float]]:
    return list(zip(*(c.tolist() for c in columns), strict=True))


def gold_tags(mentions: list[tuple[int, int, int]], length: int, labels: int) -> Ints:
    """Column index of the gold tag for every token; mentions are (first token, one past the last, label index)
    and must not overlap."""
    tags = np.zeros(length, dtype=np.int64)
    for start, end, x in mentions:
        if end - start == 1:
            tags[start] = 1 + 3 * labels + x
        else:
            tags[start] = 1 + x
            tags[start + 1 : end - 1] = 1 + labels + x
            tags[end - 1] = 1 + 2 * labels + x
    return tags
