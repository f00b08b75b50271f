"""`Tagger`: heads over one network; Docs in, scored proposals out. Kept in a folder of three plain files.

A head is one corpus' way of labelling. The corpora disagree on what a mention is, and a label a corpus does
not annotate is unknown there, not absent; so every corpus trains its own columns of the network's output and
all of them read every text.

A model folder holds `meta.json` (settings, heads, calibration, where it came from), `vectors.npy` (float16
word vectors) and `weights.npz` (float16 network parameters); no pickles.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc
from thinc.api import Model, NumpyOps, use_ops

from extract.language.model import lattice
from extract.language.model.features import Extractor, Features
from extract.language.model.network import build_network

META, VECTORS, WEIGHTS = "meta.json", "vectors.npy", "weights.npz"
_ENDS = frozenset(".?!")
_LONGEST = 160  # tokens a sequence may have before it is cut whatever stands there
_BATCH_TOKENS = 6000  # tokens the encoder sees at once: bounds memory on long documents


@dataclass(frozen=True)
class Head:
    """One corpus' labels. `columns` are its tags' columns in the network's output."""

    name: str
    labels: tuple[str, ...]
    first: int = 0

    @property
    def columns(self) -> slice:
        """Its share of the network's output."""
        return slice(self.first, self.first + 1 + 4 * len(self.labels))


@dataclass(frozen=True)
class Proposal:
    """A span a head proposes: tokens `start` to `end` (exclusive) of its Doc.

    Attributes:
        exact: probability that exactly this span is a mention with this label.
        inside: lowest probability of any of its tokens to lie inside a mention of this label, whatever its ends.
    """

    head: str
    label: str
    start: int
    end: int
    exact: float
    inside: float


def lay_out(labels: Mapping[str, Sequence[str]]) -> tuple[Head, ...]:
    """Heads one after the other, from head names and their labels."""
    heads, first = [], 0
    for name, given in labels.items():
        heads.append(Head(name, tuple(given), first))
        first = heads[-1].columns.stop
    return tuple(heads)


class Tagger:
    """The network with its heads.

    Args:
        settings: arguments of `build_network` but `tags` and `vector_width`.
        about: free facts for `meta.json` (data, seed, scores); `about["calibration"]` is read by the component.
    """

    def __init__(
        self, heads: Sequence[Head], extractor: Extractor, settings: dict[str, Any], about: dict[str, Any] | None = None
    ) -> None:
        self.heads = tuple(heads)
        self.extractor = extractor
        self.settings = dict(settings)
        self.about = about or {}
        with use_ops("numpy"):
            self.network: Model[list[Features], Any] = build_network(
                tags=self.heads[-1].columns.stop, vector_width=extractor.width, **settings
            )

    def propose(self, doc: Doc, *, least: float = 0.1, heads: Container[str] | None = None) -> list[Proposal]:
        """Every span to which one of `heads` (default: all) gives a probability of at least `least`, one head's
        proposals after the other's."""
        if not len(doc):
            return []
        scores = self.scores(doc)
        cuts = sequences(doc)
        found: list[Proposal] = []
        for head in self.heads:
            if heads is not None and head.name not in heads:
                continue
            for chunk in _similar(cuts):
                padded, lengths = pad([scores[a:b, head.columns] for a, b in chunk])
                for q, start, end, x, exact, inside in lattice.spans(lattice.run(padded, lengths), least=least):
                    at = chunk[q][0]
                    found.append(Proposal(head.name, head.labels[x], at + start, at + end, exact, inside))
        return found

    def scores(self, doc: Doc) -> lattice.Floats:
        """(tokens, tags) scores of all heads; long documents are read in overlapping windows."""
        features = self.extractor(doc)
        n, margin = len(doc), 2 * self.settings["depth"]
        parts = []
        for start in range(0, n, _BATCH_TOKENS):
            end = min(start + _BATCH_TOKENS, n)
            low, high = max(start - margin, 0), min(end + margin, n)
            window = Features(features.hashes[low:high], features.vectors[low:high])
            parts.append(np.asarray(self.network.predict([window]))[start - low : end - low])
        return np.concatenate(parts)

    def parameters(self) -> Iterator[tuple[str, Model[Any, Any], str]]:
        """Name, layer and name in the layer of every parameter, in a fixed order."""
        for i, node in enumerate(self.network.walk()):
            for name in node.param_names:
                yield f"{i:03d}.{node.name}.{name}", node, name

    def to_disk(self, folder: Path) -> None:
        """Write the three files."""
        folder.mkdir(parents=True, exist_ok=True)
        meta = {
            "format": 1,
            "heads": {h.name: list(h.labels) for h in self.heads},
            "network": {**self.settings, "rows": list(self.settings["rows"])},
            "vectors": self.extractor.settings,
            "about": self.about,
        }
        (folder / META).write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        np.save(folder / VECTORS, self.extractor.table.astype(np.float16), allow_pickle=False)
        arrays = {key: np.asarray(node.get_param(name)).astype(np.float16) for key, node, name in self.parameters()}
        np.savez(folder / WEIGHTS, **arrays)

    @classmethod
    def from_disk(cls, folder: Path) -> Tagger:
        """Read what `to_disk` wrote. OSError, ValueError and KeyError mean that the folder does not hold a model."""
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        if meta.get("format") != 1:
            raise ValueError(f"model format {meta.get('format')!r} is not 1")
        table = np.load(folder / VECTORS, allow_pickle=False)
        settings = {**meta["network"], "rows": tuple(meta["network"]["rows"])}
        tagger = cls(lay_out(meta["heads"]), Extractor(table, **meta["vectors"]), settings, meta.get("about"))
        with np.load(folder / WEIGHTS, allow_pickle=False) as arrays:
            for key, node, name in tagger.parameters():
                node.set_param(name, NumpyOps().asarray(arrays[key].astype(np.float32)))
        return tagger


def sequences(doc: Doc) -> list[tuple[int, int]]:
    """Token ranges the tag chains run over: cut after sentence ends and line ends, and at 160 tokens at the latest.

    Not the sentences of the pipeline, so that the component needs none, and reads a text as it did in training.
    """
    cuts = [0]
    words = [token.text for token in doc]
    for i, word in enumerate(words[:-1]):
        if word in _ENDS:
            follower = words[i + 1]
            initial = word == "." and i > 0 and len(words[i - 1]) == 1 and words[i - 1].isupper()  # "E. coli"
            ends = not follower[0].islower() and not initial and (follower.isspace() or bool(doc[i].whitespace_))
        else:
            ends = "\n" in word or i + 1 - cuts[-1] >= _LONGEST
        if ends:
            cuts.append(i + 1)
    return list(pairwise([*cuts, len(doc)]))


def pad(rows: Sequence[lattice.Floats]) -> tuple[lattice.Floats, lattice.Ints]:
    """Rows of (length, tags) as one zero-padded (rows, longest, tags) array, and their lengths."""
    lengths = np.array([len(r) for r in rows], dtype=np.int64)
    out = np.zeros((len(rows), int(lengths.max()), rows[0].shape[1]), dtype=np.float32)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out, lengths


def _similar(cuts: list[tuple[int, int]], most: int = 96) -> Iterator[list[tuple[int, int]]]:
    """The ranges in groups of similar length, so that little is padded."""
    ordered = sorted(cuts, key=lambda c: c[1] - c[0])
    for i in range(0, len(ordered), most):
        yield ordered[i : i + most]
