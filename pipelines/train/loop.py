"""The training itself: batches of annotated texts in, a `Tagger` out.

Every text trains only the columns of its own head, and the encoder below all of them. The loss is the
negative log-likelihood of the gold tagging (`extract.language.model.lattice`). Kept are the running averages
of the parameters (Polyak 1992) after the epoch that scores best on the development texts.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Protocol, TypeVar

import numpy as np
from spacy.tokens import Doc
from thinc.api import Adam, Model, Optimizer, fix_random_seed

from extract.language.model import lattice
from extract.language.model.calibration import Calibration
from extract.language.model.decode import choose
from extract.language.model.features import Extractor, Features
from extract.language.model.tagger import Head, Tagger, pad, sequences
from pipelines.train.corpus import GOLD, flat
from pipelines.train.scores import Counts, score

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Schedule:
    """How long and how fast.

    Attributes:
        epochs: passes over the texts.
        batch_tokens: tokens an update sees, about.
        rate: peak learning rate; it rises over the first `warmup` updates and falls linearly to a twentieth.
        passes: how many times an epoch passes over a head's texts, on the average (default once).
        word_dropout: share of tokens whose form is hidden from the hash embeddings (their vectors and shapes stay),
            so that the network learns to read a word it never saw.
    """

    epochs: int = 15
    batch_tokens: int = 1500
    rate: float = 0.002
    warmup: int = 200
    weight_decay: float = 0.01
    word_dropout: float = 0.0
    evaluate_every: int = 2
    passes: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True)
class Item:
    """A text ready to train on: its features, its head, and its sequences with their gold tags."""

    features: Features
    head: Head
    cuts: tuple[tuple[int, int], ...]
    tags: lattice.Ints

    @property
    def tokens(self) -> int:
        """Its length."""
        return len(self.tags)


def prepare(extractor: Extractor, head: Head, doc: Doc) -> Item:
    """An `Item` of a gold Doc; labels that are not the head's are ignored."""
    index = {label: i for i, label in enumerate(head.labels)}
    gold = flat((s.start, s.end, index[s.label_]) for s in doc.spans[GOLD] if s.label_ in index)
    inner = {t for start, end, _ in gold for t in range(start + 1, end)}
    starts = [a for a, _ in sequences(doc) if a not in inner]
    return Item(
        extractor(doc),
        head,
        tuple(pairwise([*starts, len(doc)])),
        lattice.gold_tags(gold, len(doc), len(head.labels)),
    )


def fit(
    tagger: Tagger, texts: Mapping[str, Sequence[Doc]], develop: Mapping[str, Sequence[Doc]], schedule: Schedule
) -> dict[str, float]:
    """Train the only member of `tagger` in place. Keys of `texts` and `develop` are head names.

    Returns the development scores (micro strict F1 a head, and "mean") of the parameters kept.
    """
    (member,) = tagger.members
    fix_random_seed(schedule.seed)  # dropout
    rng = random.Random(schedule.seed)
    heads = {h.name: h for h in tagger.heads}
    items = [prepare(member.extractor, heads[name], doc) for name, docs in texts.items() for doc in docs if len(doc)]
    tokens = round(sum(len(i.tags) * schedule.passes.get(i.head.name, 1.0) for i in items))
    total = max(1, schedule.epochs * tokens // schedule.batch_tokens)
    optimizer = Adam(schedule.rate, L2=schedule.weight_decay, L2_is_weight_decay=True, use_averages=True, grad_clip=1.0)
    noise = np.random.default_rng(schedule.seed)
    best: dict[str, float] = {"mean": -1.0}
    kept: dict[str, Any] = {}
    update = 0
    for epoch in range(1, schedule.epochs + 1):
        began, loss = time.perf_counter(), 0.0
        for batch in batches(drawn(items, schedule.passes, rng), schedule.batch_tokens):
            warm = min(1.0, (update + 1) / max(1, schedule.warmup))
            optimizer.learn_rate = schedule.rate * warm * max(0.05, 1 - update / total)
            loss += _update(member.network, tagger.heads, batch, optimizer, schedule, noise)
            update += 1
        if epoch % schedule.evaluate_every and epoch < schedule.epochs:
            log.info("epoch %d: loss %.4f, %.0f s", epoch, loss / tokens, time.perf_counter() - began)
            continue
        with member.network.use_params(optimizer.averages):
            scores = {name: counts["micro"].strict_prf[2] for name, counts in evaluate(tagger, develop).items()}
            scores["mean"] = sum(scores.values()) / len(scores)
            if scores["mean"] > best["mean"]:
                best = scores
                kept = {key: node.get_param(name).copy() for key, node, name in member.parameters()}
        log.info(
            "epoch %d: loss %.4f, %s, %.0f s", epoch, loss / tokens, {k: round(v, 4) for k, v in scores.items()},
            time.perf_counter() - began,
        )  # fmt: skip
    for key, node, name in member.parameters():
        node.set_param(name, kept[key])
    return best


def drawn(items: Sequence[Item], passes: Mapping[str, float], rng: random.Random) -> list[Item]:
    """The items of an epoch in random order; one with 1.5 passes is there once or twice."""
    chosen = [i for i in items for _ in range(int(passes.get(i.head.name, 1.0) + rng.random()))]
    rng.shuffle(chosen)
    return chosen


class Measured(Protocol):
    """What has a length in tokens."""

    @property
    def tokens(self) -> int:
        """Its length."""


Text = TypeVar("Text", bound=Measured)


def batches(items: Sequence[Text], tokens: int) -> Iterator[list[Text]]:
    """The items in order, about `tokens` tokens at a time."""
    batch: list[Text] = []
    size = 0
    for item in items:
        batch.append(item)
        size += item.tokens
        if size >= tokens:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _update(
    network: Model[list[Features], Any],
    heads: Sequence[Head],
    batch: Sequence[Item],
    optimizer: Optimizer,
    schedule: Schedule,
    noise: np.random.Generator,
) -> float:
    """One step; returns the summed loss."""
    inputs = [_hide(item.features, schedule.word_dropout, noise) for item in batch]
    scores, backprop = network.begin_update(inputs)
    gradient = np.zeros_like(scores)
    loss = 0.0
    offsets = np.cumsum([0, *(len(i.tags) for i in batch)])
    for head in heads:
        places = [
            (offset + a, offset + b, item.tags[a:b])
            for offset, item in zip(offsets, batch, strict=False)
            if item.head is head
            for a, b in item.cuts
        ]
        if not places:
            continue
        padded, lengths = pad([scores[a:b, head.columns] for a, b, _ in places])
        posterior = lattice.run(padded, lengths)
        loss += float(posterior.log_z.sum())
        for row, (a, b, tags) in enumerate(places):
            target = gradient[a:b, head.columns]
            target += posterior.tags[row, : b - a]
            target[np.arange(b - a), tags] -= 1.0
            loss -= float(padded[row, np.arange(b - a), tags].sum())
    backprop(gradient / len(scores))
    network.finish_update(optimizer)
    return loss


def _hide(features: Features, share: float, noise: np.random.Generator) -> Features:
    if share <= 0:
        return features
    hashes = features.hashes[features.forms]
    hidden = noise.random(len(hashes)) < share
    hashes[hidden, :3] = 0  # NORM, PREFIX, SUFFIX
    return Features(hashes, features.vectors[features.forms], np.arange(len(hashes)))


def evaluate(
    tagger: Tagger, develop: Mapping[str, Sequence[Doc]], thresholds: Mapping[tuple[str, str], float] | None = None
) -> dict[str, dict[str, Counts]]:
    """Counts a label for every head on its development Docs, with the thresholds given or those of the model."""
    if thresholds is None:
        thresholds = Calibration.from_meta(tagger.about.get("calibration", {})).thresholds

    def spans_of(doc: Doc, head: str) -> list[tuple[int, int, str]]:
        chosen = choose(tagger.propose(doc, heads={head}), thresholds)
        return [(p.start, p.end, p.label) for p in chosen]

    return {
        name: score((spans_of(doc, name), [(s.start, s.end, s.label_) for s in doc.spans[GOLD]]) for doc in docs)
        for name, docs in develop.items()
    }
