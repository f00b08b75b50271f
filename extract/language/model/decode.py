"""Which of a head's proposals stand: the most probable ones that do not overlap.

Between `tagger.py`, which gives every span with its probability, and the component. The most probable tagging
(Viterbi) is not what scores best: a mention whose ends are in doubt spreads its probability over several
spans. So a span is judged by the probability of its tokens to lie inside a mention, and of overlapping spans
the likeliest exact one is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from extract.language.model.tagger import Proposal

#: lowest inside-probability a span needs where no threshold is given for its head and label
THRESHOLD = 0.5


def choose(proposals: Iterable[Proposal], thresholds: Mapping[tuple[str, str], float] | None = None) -> list[Proposal]:
    """The proposals that stand, in document order; those of one head never overlap.

    Args:
        thresholds: lowest `inside` probability by (head, label); `THRESHOLD` for others.
    """
    thresholds = thresholds or {}
    taken: dict[str, set[int]] = {}
    kept = []
    for p in sorted(proposals, key=lambda p: (-p.exact, p.start, p.end, p.label)):
        if p.inside < thresholds.get((p.head, p.label), THRESHOLD):
            continue
        tokens = taken.setdefault(p.head, set())
        if not tokens.isdisjoint(range(p.start, p.end)):
            continue
        tokens.update(range(p.start, p.end))
        kept.append(p)
    return sorted(kept, key=lambda p: (p.start, p.end, p.head, p.label))
