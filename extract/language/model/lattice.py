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
_ROUNDING = 0.001  # share by which two ways to reckon a probability may differ


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


def run(scores: Floats, lengths: Ints) -> Posterior:
    """Forward and backward pass over padded sequences of tag scores."""
    s, t, k = scores.shape
    n = (k - 1) // 4
    top = scores.max(axis=2)
    # tokens come first in here: what is reckoned at one token lies together
    p = np.empty((t, s, k), dtype=np.float32)
    np.subtract(scores.transpose(1, 0, 2), top.T[:, :, None], out=p)
    np.exp(np.maximum(p, _FLOOR, out=p), out=p)
    valid = np.arange(t)[:, None] < lengths[None, :]
    p[~valid] = 0.0
    p[~valid, 0] = 1.0  # padding reads O with certainty, which changes nothing
    p[np.maximum(lengths - 1, 0), np.arange(s), 1 : 1 + 2 * n] = 0.0  # a sequence never ends inside a mention

    tags = np.empty_like(p)  # what leads to a tag, and in the end its probability
    before = np.ones((t + 1, s), dtype=np.float32)  # mass outside any mention before token i, scaled
    scale = np.ones((t, s), dtype=np.float32)
    b, i, last, u = (slice(1 + j * n, 1 + (j + 1) * n) for j in range(4))
    outside = np.ones((s, 1), dtype=np.float32)
    within = np.zeros((s, n), dtype=np.float32)
    for at in range(t):
        f, e = tags[at], p[at]
        np.multiply(e, outside, out=f)
        np.multiply(e[:, i], within, out=f[:, i])
        np.multiply(e[:, last], within, out=f[:, last])
        total = np.maximum(f.sum(axis=1, keepdims=True), 1e-30)
        f /= total
        scale[at] = total[:, 0]
        np.add(f[:, b], f[:, i], out=within)
        outside = np.maximum(1.0 - within.sum(axis=1, keepdims=True), 0.0)
        before[at + 1] = outside[:, 0]

    after = np.ones((t, s), dtype=np.float32)  # what follows token i when it ends outside, scaled
    b_out = np.ones((s, 1), dtype=np.float32)
    b_in = np.zeros((s, n), dtype=np.float32)
    follows = np.empty((s, k), dtype=np.float32)
    for at in range(t - 1, -1, -1):
        follows[:] = b_out
        follows[:, b] = b_in
        follows[:, i] = b_in
        after[at] = b_out[:, 0]
        tags[at] *= follows
        follows *= p[at]
        follows /= scale[at, :, None]
        b_out = follows[:, :1] + follows[:, b].sum(axis=1, keepdims=True) + follows[:, u].sum(axis=1, keepdims=True)
        b_in = follows[:, i] + follows[:, last]
    tags[~valid] = 0.0
    log_z = (np.log(scale) + np.where(valid, top.T, 0.0)).T.sum(axis=1)
    by_sequence = (x.swapaxes(0, 1) for x in (tags, p, before, after, scale))
    tags, p, before, after, scale = by_sequence
    return Posterior(tags, log_z, p, before, after, scale, lengths)


def spans(
    posterior: Posterior, *, least: float = 0.05, longest: int = 24
) -> list[tuple[int, int, int, int, float, float]]:
    """Every span that is a mention with probability of at least `least`.

    Returns rows (sequence, first token, one past the last, label index, probability of exactly this span,
    lowest inside-probability of its tokens), in no particular order.
    """
    n = posterior.labels
    likely = least * (1 - _ROUNDING)

    def weight(kind: int, q: Ints, t: Ints, x: Ints) -> Floats:
        """Of the tags B, I, L or U (0 to 3) of a label, scaled."""
        weights: Floats = posterior.potentials[q, t, 1 + kind * n + x] / posterior.scale[q, t]
        return weights

    def within(q: Ints, t: Ints, x: Ints) -> Floats:
        """Probability of a token to lie inside a mention of a label."""
        b, i, last, u = (posterior.tags[q, t, 1 + kind * n + x] for kind in range(4))
        inside: Floats = b + i + last + u
        return inside

    rows: list[tuple[int, int, int, int, float, float]] = []
    q, t, x = np.nonzero(posterior.tags[:, :, 1 + 3 * n :] >= likely)
    probability = posterior.before[q, t] * weight(3, q, t, x) * posterior.after[q, t]
    hit = probability >= least
    q, t, x = q[hit], t[hit], x[hit]
    rows += _rows(q, t, t + 1, x, probability[hit], within(q, t, x))
    # multi-token spans: only starts that still hold enough mass are followed
    start_q, start, label = (v.astype(np.int64) for v in np.nonzero(posterior.tags[:, :, 1 : 1 + n] >= least))
    at = start.copy()
    mass = posterior.before[start_q, start] * weight(0, start_q, start, label)
    low = within(start_q, start, label)
    for _ in range(longest - 1):
        at = at + 1
        keep = at < posterior.lengths[start_q]
        start_q, start, label, at = start_q[keep], start[keep], label[keep], at[keep]
        mass, low = mass[keep], low[keep]
        if not at.size:
            break
        low = np.minimum(low, within(start_q, at, label))
        ends = mass * weight(2, start_q, at, label) * posterior.after[start_q, at]
        hit = ends >= least
        rows += _rows(start_q[hit], start[hit], at[hit] + 1, label[hit], ends[hit], low[hit])
        mass = mass * weight(1, start_q, at, label)
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
