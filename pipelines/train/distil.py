"""Distillation: one network learns to score as the several members of a finished model together do.

Instead of `loop.py`, where a model is at hand whose members vote (`casesift train run --teacher MODEL`). The student
begins as the teacher's first member. It reads the annotated texts, and unannotated ones besides: of annotated texts its
own head's columns learn the gold tagging, and every other column, on every text, the tags' probabilities as the
teacher sees them (Hinton 2015). A tag chain's only features are its tags (`extract.language.model.lattice`), so the
difference of the two probabilities is the exact gradient of the cross-entropy between the chains.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Adam, Model, Optimizer, fix_random_seed, set_dropout_rate

from extract.language.model import lattice
from extract.language.model.features import Features
from extract.language.model.forward import Forward
from extract.language.model.member import Member
from extract.language.model.tagger import Head, Tagger, pad, sequences
from pipelines.train.loop import batches, evaluate, prepare

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Distillation:
    """How a student is taught.

    Attributes:
        epochs: passes over the annotated texts.
        raw_passes: how many times an epoch passes over the unannotated ones.
        batch_tokens: tokens an update sees, about.
        rate: peak learning rate; it rises over the first `warmup` updates and falls linearly to a fiftieth.
        gold: how much of the gold tagging is in what is learnt of an annotated text; the rest is the teacher's opinion.
        gather: words of unannotated text that are read as one, where a line is a sentence.
        evaluate_every: epochs from one look at the development texts to the next.
    """

    epochs: int = 8
    raw_passes: float = 0.25
    batch_tokens: int = 2000
    rate: float = 0.001
    warmup: int = 200
    weight_decay: float = 0.01
    gold: float = 0.5
    gather: int = 150
    evaluate_every: int = 2
    seed: int = 1


@dataclass(frozen=True)
class Lesson:
    """A text to learn from: the forms of its tokens (rows of `Forms`) and its sequences; of an annotated one also its head
    and the gold tags."""

    forms: npt.NDArray[np.int32]
    cuts: tuple[tuple[int, int], ...]
    head: Head | None = None
    tags: lattice.Ints | None = None

    @property
    def tokens(self) -> int:
        """Its length."""
        return len(self.forms)


class Forms:
    """The features of every form in the texts, once: a few million tokens have a hundred thousand forms."""

    def __init__(self) -> None:
        self._rows: dict[bytes, int] = {}
        self._hashes: list[npt.NDArray[np.uint64]] = []
        self._vectors: list[npt.NDArray[np.float32]] = []

    def add(self, features: Features) -> npt.NDArray[np.int32]:
        """The rows of a text's tokens; forms not seen before are kept."""
        rows = np.empty(len(features.hashes), dtype=np.int32)
        for i, (hashes, vector) in enumerate(zip(features.hashes, features.vectors, strict=True)):
            key = hashes.tobytes() + vector.tobytes()[:32]
            row = self._rows.setdefault(key, len(self._rows))
            if row == len(self._hashes):
                self._hashes.append(hashes.copy())
                self._vectors.append(vector)
            rows[i] = row
        return rows[features.forms]

    def features(self, rows: npt.NDArray[np.int32]) -> Features:
        """Of tokens with these forms."""
        used, forms = np.unique(rows, return_inverse=True)
        hashes, vectors = (np.stack([source[row] for row in used]) for source in (self._hashes, self._vectors))
        return Features(hashes, vectors, forms.astype(np.int64))


def student_of(teacher: Tagger) -> Tagger:
    """A model of one member, which begins as the first of the teacher's."""
    first = teacher.members[0]
    member = Member(first.tags, first.extractor, first.settings, fresh=False)
    for (_, node, name), (_, source, _) in zip(member.parameters(), first.parameters(), strict=True):
        node.set_param(name, source.get_param(name).copy())
    return Tagger(teacher.heads, [member])


def gathered(texts: Iterable[str], words: int) -> Iterator[str]:
    """The texts, short ones that follow one another joined until they have so many words."""
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += text.count(" ") + 1
        if size >= words:
            yield " ".join(held)
            held, size = [], 0
    if held:
        yield " ".join(held)


def lessons(teacher: Tagger, texts: Mapping[str, Sequence[Doc]], forms: Forms) -> list[Lesson]:
    """The annotated texts. Keys of `texts` are head names."""
    heads = {head.name: head for head in teacher.heads}
    extractor = teacher.members[0].extractor
    items = (prepare(extractor, heads[name], doc) for name, docs in texts.items() for doc in docs if len(doc))
    return [Lesson(forms.add(item.features), item.cuts, item.head, item.tags) for item in items]


def raw_lessons(teacher: Tagger, nlp: Language, texts: Iterable[str], forms: Forms) -> list[Lesson]:
    """The unannotated texts."""
    extractor = teacher.members[0].extractor
    docs = (nlp.make_doc(text) for text in texts)
    return [Lesson(forms.add(extractor(doc)), tuple(sequences(doc))) for doc in docs if len(doc)]


def distil(
    teacher: Tagger,
    texts: Mapping[str, Sequence[Doc]],
    raw: Iterable[str],
    develop: Mapping[str, Sequence[Doc]],
    nlp: Language,
    settings: Distillation,
) -> Tagger:
    """A student of `teacher`: with the averages of its parameters after the epoch that scores best on `develop`.

    Args:
        texts, develop: annotated Docs by head name.
        raw: unannotated texts.
    """
    fix_random_seed(settings.seed)
    rng = random.Random(settings.seed)
    student = student_of(teacher)
    (member,) = student.members
    set_dropout_rate(member.network, 0.0)
    forms = Forms()
    annotated = lessons(teacher, texts, forms)
    others = raw_lessons(teacher, nlp, gathered(raw, settings.gather), forms)
    readers = [Forward(each.network) for each in teacher.members]
    tokens = sum(x.tokens for x in annotated) + round(settings.raw_passes * sum(x.tokens for x in others))
    total = max(1, settings.epochs * tokens // settings.batch_tokens)
    log.info(
        "%d annotated texts, %d others, %d tokens an epoch, %d updates", len(annotated), len(others), tokens, total
    )
    optimizer = Adam(settings.rate, L2=settings.weight_decay, L2_is_weight_decay=True, use_averages=True, grad_clip=1.0)
    left: list[Lesson] = []
    best, kept = -1.0, {}
    update = 0
    for epoch in range(1, settings.epochs + 1):
        began, loss = time.process_time(), 0.0
        share = round(settings.raw_passes * len(others))
        while len(left) < share:
            left += rng.sample(others, len(others))
        epoch_lessons, left = [*annotated, *left[:share]], left[share:]
        rng.shuffle(epoch_lessons)
        for batch in batches(epoch_lessons, settings.batch_tokens):
            warm = min(1.0, (update + 1) / max(1, settings.warmup))
            optimizer.learn_rate = settings.rate * warm * max(0.02, 1 - update / total)
            features = forms.features(np.concatenate([lesson.forms for lesson in batch]))
            opinion = _opinion(readers, features, batch)
            loss += _update(member.network, teacher.heads, batch, features, opinion, optimizer, settings.gold)
            update += 1
            if update % 100 == 0:
                log.info("update %d of %d", update, total)
        log.info("epoch %d: loss %.4f, %.0f s of processor time", epoch, loss / tokens, time.process_time() - began)
        if epoch % settings.evaluate_every and epoch < settings.epochs:
            continue
        with member.network.use_params(optimizer.averages):
            scores = {name: counts["micro"].strict_prf[2] for name, counts in evaluate(student, develop).items()}
            mean = sum(scores.values()) / len(scores)
            log.info("epoch %d: mean %.4f, %s", epoch, mean, {k: round(v, 4) for k, v in scores.items()})
            if mean > best:
                best = mean
                kept = {key: node.get_param(name).copy() for key, node, name in member.parameters()}
    for key, node, name in member.parameters():
        node.set_param(name, kept[key])
    return student


def _opinion(readers: Sequence[Forward], features: Features, batch: Sequence[Lesson]) -> lattice.Floats:
    """(tokens, tags) scores of the batch by the teacher."""
    places = _places([lesson.tokens for lesson in batch], readers[0].depth)
    scores = []
    for reader in readers:
        embedded = reader.embed(features.hashes, features.vectors)[features.forms]
        spread = np.zeros((int(places[-1]) + 1, embedded.shape[1]), dtype=np.float32)
        spread[places] = embedded
        scores.append(reader.scores(spread)[places])
    mean: lattice.Floats = np.mean(scores, axis=0)
    return mean


def _places(lengths: Sequence[int], apart: int) -> npt.NDArray[np.int64]:
    """Rows of the tokens of texts of these lengths, with empty rows between the texts and round them."""
    texts = np.arange(1, len(lengths) + 1)
    return np.arange(sum(lengths)) + np.repeat(texts * apart, lengths)


def _read(
    network: Model[list[Features], Any], features: Features, lengths: Sequence[int]
) -> tuple[lattice.Floats, Callable[[lattice.Floats], None]]:
    """The network's scores of the batch, and what takes their gradient back: as the network itself does it, but words
    are embedded once a form, which is possible where none of them is dropped out."""
    words, projection, mix, encoder, scorer = network.layers
    embedded, back_words = words(features.hashes, True)
    projected, back_projection = projection(features.vectors, True)
    mixed, back_mix = mix(np.hstack([embedded, projected]), True)
    apart = network.attrs["pad"]
    places = _places(lengths, apart)
    rows = np.zeros((int(places[-1]) + 1 + apart, mixed.shape[1]), dtype=np.float32)
    rows[places] = mixed[features.forms]
    encoded, back_encoder = encoder(rows, True)
    scores, back_scorer = scorer(encoded[places], True)
    order = np.argsort(features.forms, kind="stable")
    firsts = np.searchsorted(features.forms[order], np.arange(len(mixed)))

    def back(d_scores: lattice.Floats) -> None:
        d_encoded = np.zeros_like(rows)
        d_encoded[places] = back_scorer(d_scores)
        d_tokens = back_encoder(d_encoded)[places]
        d_mixed = back_mix(np.add.reduceat(d_tokens[order], firsts, axis=0))
        split = embedded.shape[1]
        back_words(np.ascontiguousarray(d_mixed[:, :split]))
        back_projection(np.ascontiguousarray(d_mixed[:, split:]))

    return scores, back


def _update(
    network: Model[list[Features], Any],
    heads: Sequence[Head],
    batch: Sequence[Lesson],
    features: Features,
    opinion: lattice.Floats,
    optimizer: Optimizer,
    gold: float,
) -> float:
    """One step; returns the summed differences of the probabilities."""
    ends = np.cumsum([0, *(lesson.tokens for lesson in batch)])
    scores, backprop = _read(network, features, [lesson.tokens for lesson in batch])
    gradient = np.zeros_like(scores)
    places = [(at + a, at + b) for at, lesson in zip(ends.tolist(), batch, strict=False) for a, b in lesson.cuts]
    places.sort(key=lambda place: place[1] - place[0])
    middle = len(places) // 2
    for head in heads:
        for some in filter(None, (places[:middle], places[middle:])):  # short ones and long ones: little is padded
            rows = [source[a:b, head.columns] for source in (scores, opinion) for a, b in some]
            probabilities = lattice.run(*pad(rows)).tags
            for row, (a, b) in enumerate(some):
                gradient[a:b, head.columns] = probabilities[row, : b - a]
                opinion[a:b, head.columns] = probabilities[len(some) + row, : b - a]
    for at, lesson in zip(ends.tolist(), batch, strict=False):
        if lesson.head is not None and lesson.tags is not None:
            target = opinion[at : at + lesson.tokens, lesson.head.columns]
            target *= 1 - gold
            target[np.arange(lesson.tokens), lesson.tags] += gold
    gradient -= opinion
    backprop(gradient / len(scores))
    network.finish_update(optimizer)
    return float(np.abs(gradient).sum())
