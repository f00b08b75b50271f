"""Tokens become numbers: the hashed attributes and the word vector of each token.

Comes first in the model; `network.py` takes what leaves here. The vectors are floret vectors (Bojanowski
2017's subword vectors in a hash table of fixed size, as spaCy uses them): no word is unknown. They are
stored as float16 in `vectors.npy` (rows, width); settings stand in the model's `meta.json`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from spacy.attrs import NORM, PREFIX, SHAPE, SUFFIX
from spacy.strings import StringStore
from spacy.tokens import Doc
from spacy.vectors import Vectors

ATTRIBUTES = (NORM, PREFIX, SUFFIX, SHAPE)
_DIGIT = re.compile(r"\d")
_CACHE_LIMIT = 100_000


def vector_key(word: str) -> str:
    """The form of a word its vector was learnt under: lower case, every digit a 0."""
    return _DIGIT.sub("0", word.lower())


@dataclass(frozen=True)
class Features:
    """Of N tokens: `hashes` (N, 4) of their attributes, `vectors` (N, width)."""

    hashes: npt.NDArray[np.uint64]
    vectors: npt.NDArray[np.float32]


class Extractor:
    """Makes `Features` of Docs; remembers the vectors of words it has seen.

    Args:
        table: (rows, width) floret table.
        hashes, shortest, longest: number of table rows a piece of a word sums up, and the pieces' lengths in characters.
    """

    def __init__(self, table: npt.NDArray[np.floating], *, hashes: int, shortest: int, longest: int) -> None:
        self.settings = {"hashes": hashes, "shortest": shortest, "longest": longest}
        self.table = table.astype(np.float32)
        self._strings = StringStore()
        self._floret = Vectors(
            mode="floret", strings=self._strings, data=self.table, hash_count=hashes, minn=shortest, maxn=longest
        )  # fmt: skip
        self._seen: dict[str, npt.NDArray[np.float32]] = {}

    @property
    def width(self) -> int:
        """Width of a word vector."""
        return int(self.table.shape[1])

    def __call__(self, doc: Doc) -> Features:
        """The features of every token of `doc`."""
        hashes = doc.to_array(list(ATTRIBUTES)).astype(np.uint64).reshape(len(doc), len(ATTRIBUTES))
        keys = [vector_key(token.text) for token in doc]
        new = [k for k in dict.fromkeys(keys) if k not in self._seen]
        if new:
            if len(self._seen) > _CACHE_LIMIT:
                self._seen.clear()
                new = list(dict.fromkeys(keys))
            self._seen.update(zip(new, self._floret.get_batch(new), strict=True))
        vectors = np.stack([self._seen[k] for k in keys]) if keys else np.zeros((0, self.width), dtype=np.float32)
        return Features(hashes, vectors)
