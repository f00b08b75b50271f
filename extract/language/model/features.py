"""Tokens become numbers: the hashed attributes, the word-list class and the word vector of each token.

Comes first in the model; `network.py` takes what leaves here. The vectors are floret vectors (Bojanowski
2017's subword vectors in a hash table of fixed size, as spaCy uses them): no word is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from spacy.attrs import LOWER, NORM, ORTH, PREFIX, SHAPE, SUFFIX
from spacy.strings import StringStore, get_string_id
from spacy.tokens import Doc
from spacy.vectors import Vectors

ATTRIBUTES = (NORM, PREFIX, SUFFIX, SHAPE)
COLUMNS = len(ATTRIBUTES) + 1  # and the word-list class
_DIGIT = re.compile(r"\d")
_CACHE_LIMIT = 100_000


def vector_key(word: str) -> str:
    """The form of a word its vector was learnt under: lower case, every digit a 0."""
    return _DIGIT.sub("0", word.lower())


@dataclass(frozen=True)
class Features:
    """Of N tokens of U different forms: `hashes` (U, 5) of the forms' attributes and class in the word list, `vectors`
    (U, width), and `forms` (N,), the row of each token in both."""

    hashes: npt.NDArray[np.uint64]
    vectors: npt.NDArray[np.float32]
    forms: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.forms)

    def part(self, start: int, end: int) -> Features:
        """Those of tokens `start` to `end`."""
        return Features(self.hashes, self.vectors, self.forms[start:end])


class Lexicon:
    """Class (1 to 255) of the words of a list, looked up by their hash in spaCy's string store.

    Args:
        keys: hashes of the lower-case words, ascending; `classes` their classes.
    """

    def __init__(self, keys: npt.NDArray[np.uint64], classes: npt.NDArray[np.uint8]) -> None:
        self.keys, self.classes = keys, classes

    @classmethod
    def of(cls, words: Mapping[str, int]) -> Lexicon:
        """From lower-case words and their classes."""
        rows = sorted((get_string_id(word), x) for word, x in words.items())
        return cls(np.array([k for k, _ in rows], dtype=np.uint64), np.array([x for _, x in rows], dtype=np.uint8))

    def __call__(self, keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """The class of each key, 0 for words not in the list."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.uint64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.classes[at], 0).astype(np.uint64)


class Extractor:
    """Makes `Features` of Docs; remembers the vectors of words it has seen.

    Args:
        table: (rows, width) floret table.
        hashes, shortest, longest: number of table rows a piece of a word sums up, and the pieces' lengths in characters.
        lexicon: the word list, if any.
    """

    def __init__(
        self,
        table: npt.NDArray[np.floating],
        *,
        hashes: int,
        shortest: int,
        longest: int,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.settings = {"hashes": hashes, "shortest": shortest, "longest": longest}
        self.table = table.astype(np.float32)
        self.lexicon = lexicon or Lexicon.of({})
        self._strings = StringStore()
        self._floret = Vectors(
            mode="floret", strings=self._strings, data=self.table, hash_count=hashes, minn=shortest, maxn=longest
        )  # fmt: skip
        self._seen: dict[str, npt.NDArray[np.float32]] = {}

    @property
    def width(self) -> int:
        """Width of a word vector."""
        return int(self.table.shape[1])

    def same_as(self, other: Extractor) -> bool:
        """Whether `other` makes the same features."""
        pairs = (
            (self.table, other.table),
            *((getattr(self.lexicon, x), getattr(other.lexicon, x)) for x in ("keys", "classes")),
        )
        return self.settings == other.settings and all(np.array_equal(a, b) for a, b in pairs)

    def __call__(self, doc: Doc) -> Features:
        """The features of every token of `doc`."""
        orths = doc.to_array([ORTH]).astype(np.uint64).reshape(len(doc))
        orths, first, forms = np.unique(orths, return_index=True, return_inverse=True)
        table = doc.to_array([*ATTRIBUTES, LOWER]).astype(np.uint64).reshape(len(doc), COLUMNS)[first]
        table[:, -1] = self.lexicon(table[:, -1])
        keys = [vector_key(doc.vocab.strings[orth]) for orth in orths.tolist()]
        new = [k for k in dict.fromkeys(keys) if k not in self._seen]
        if new:
            if len(self._seen) > _CACHE_LIMIT:
                self._seen.clear()
                new = list(dict.fromkeys(keys))
            self._seen.update(zip(new, self._floret.get_batch(new), strict=True))
        vectors = np.stack([self._seen[k] for k in keys]) if keys else np.zeros((0, self.width), dtype=np.float32)
        return Features(table, vectors, forms.astype(np.int64))
