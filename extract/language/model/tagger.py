"""`Tagger`: heads over one network; Docs in, scored proposals out. Kept in a folder of plain files.

A head is one corpus' way of labelling. The corpora disagree on what a mention is, and a label a corpus does
not annotate is unknown there, not absent; so every corpus trains its own columns of the network's output and
all of them read every text.

A model folder holds `meta.json` (heads, settings, calibration, where it came from) and one `member1.npz` or
more (`member.py`); no pickles.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from spacy.attrs import ORTH
from spacy.tokens import Doc

from extract.language.model import lattice
from extract.language.model.member import Member

META = "meta.json"
_MEMBER = "member{}.npz"
_ENDS = frozenset(".?!")
_IMPOSSIBLE = -1e9  # score
_LONGEST = 160  # tokens a sequence may have before it is cut whatever stands there


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
    """Heads over the averaged scores of one or more networks.

    Args:
        about: free facts for `meta.json` (data, seed, scores); `about["calibration"]` is read by the component.
    """

    def __init__(self, heads: Sequence[Head], members: Sequence[Member], about: dict[str, Any] | None = None) -> None:
        self.heads = tuple(heads)
        self.members = tuple(members)
        self.about = about or {}

    def propose(
        self,
        doc: Doc,
        *,
        least: float = 0.1,
        heads: Container[str] | None = None,
        stretches: Sequence[tuple[int, int]] | None = None,
    ) -> list[Proposal]:
        """Every span to which one of `heads` (default: all) gives a probability of at least `least`, one head's
        proposals after the other's. Only the token ranges `stretches` are read (default: all)."""
        if not len(doc):
            return []
        features = {extractor: extractor(doc) for extractor in {member.extractor for member in self.members}}
        scores = np.mean([member.scores(features[member.extractor], stretches) for member in self.members], axis=0)
        speaking = [head for head in self.heads if heads is None or head.name in heads]
        cuts = sequences(doc)
        if stretches is not None:
            cuts = [(max(a, c), min(b, d)) for a, b in cuts for c, d in stretches if max(a, c) < min(b, d)]
        rows = [(k, a, b) for a, b in cuts for k in range(len(speaking))]
        by_text: list[list[Proposal]] = [[] for _ in speaking]
        table = _side_by_side(scores, speaking)
        for chunk in _similar(rows):
            for q, start, end, x, exact, inside in lattice.spans(lattice.run(*_ranges(table, chunk)), least=least):
                which, at, _ = chunk[q]
                head = speaking[which]
                by_text[which].append(Proposal(head.name, head.labels[x], at + start, at + end, exact, inside))
        return [proposal for proposals in by_text for proposal in proposals]

    def to_disk(self, folder: Path) -> None:
        """Write the model folder, members beside `meta.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("member*.npz"):
            old.unlink()
        for number, member in enumerate(self.members, 1):
            member.to_disk(folder / _MEMBER.format(number))
        meta = {
            "format": 1,
            "heads": {h.name: list(h.labels) for h in self.heads},
            "members": [member.about for member in self.members],
            "about": self.about,
        }
        (folder / META).write_text(json.dumps(meta, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def from_disk(cls, folder: Path) -> Tagger:
        """Read what `to_disk` wrote. OSError, ValueError and KeyError mean that the folder does not hold a model."""
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        if meta.get("format") != 1:
            raise ValueError(f"model format {meta.get('format')!r} is not 1")
        heads = lay_out(meta["heads"])
        tags = heads[-1].columns.stop
        members: list[Member] = []
        for number, about in enumerate(meta["members"], 1):
            members.append(Member.from_disk(folder / _MEMBER.format(number), tags, about, beside=members))
        return cls(heads, members, meta.get("about"))


def sequences(doc: Doc) -> list[tuple[int, int]]:
    """Token ranges the tag chains run over: cut after sentence ends and line ends, and at 160 tokens at the latest.

    Not the sentences of the pipeline, so that the component needs none, and reads a text as it did in training.
    """
    cuts = [0]
    strings = doc.vocab.strings
    words = [strings[orth] for orth in doc.to_array([ORTH]).tolist()]
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


def _side_by_side(scores: lattice.Floats, heads: Sequence[Head]) -> lattice.Floats:
    """(heads, tokens, tags): the scores of every head in columns of the same meaning, so that one run of the lattice does
    for all, which is several times as fast as one a head. Labels that a head has not are impossible."""
    most = max((len(head.labels) for head in heads), default=0)
    table = np.full((len(heads), len(scores), 1 + 4 * most), _IMPOSSIBLE, dtype=np.float32)
    for own, head in zip(table, heads, strict=True):
        given, n = scores[:, head.columns], len(head.labels)
        own[:, 0] = given[:, 0]
        for j in range(4):
            own[:, 1 + j * most : 1 + j * most + n] = given[:, 1 + j * n : 1 + (j + 1) * n]
    return table


def _ranges(table: lattice.Floats, rows: Sequence[tuple[int, int, int]]) -> tuple[lattice.Floats, lattice.Ints]:
    """The scores of the ranges (head, first token, one past the last), padded with any to one array, and their lengths."""
    heads, first, end = np.array(rows, dtype=np.int64).T
    lengths = end - first
    at = np.minimum(first + np.arange(lengths.max())[:, None], table.shape[1] - 1)
    return table[heads, at].swapaxes(0, 1), lengths


def _similar(rows: list[tuple[int, int, int]], most: int = 128) -> Iterator[list[tuple[int, int, int]]]:
    """The ranges in groups of similar length, so that little is padded."""
    ordered = sorted(rows, key=lambda row: row[2] - row[1])
    for i in range(0, len(ordered), most):
        yield ordered[i : i + most]
