"""Tokens become numbers: the hashed attributes, the word-list class and the word vector of each token.

Comes first in the model; `network.py` takes what leaves here. The vectors are floret vectors (Bojanowski
2017's subword vectors in a hash table of fixed size, as spaCy uses them): no word is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from spacy.attrs import LOWER, NORM, ORTH, PREFIX, SHAPE, SUFFIX
from spacy.strings import StringStore, get_string_id
from spacy.tokens import Doc
from spacy.vectors import Vectors

ATTRIBUTES = (NORM, PREFIX, SUFFIX, SHAPE)
COLUMNS = len(ATTRIBUTES) + 1  # and the word-list class
_DIGIT = re.compile(r"\d")
_KEPT = 20_000  # forms; a report has some thousand, two in three of which an earlier one had
_NORM = np.uint64(0x9E3779B97F4A7C15)


def vector_key(word: str) -> str:
    """The form of a word its vector was learnt under: lower case, every digit a 0."""
    return _DIGIT.sub("0", word.lower())


class Kept:
    """What is known of the forms of words met so far: their vectors, and whatever else is worked out once a form.

    When it is full another one takes its place (`Extractor.__call__`), so that what was worked out is let go with it.
    """

    def __init__(self, width: int, room: int) -> None:
        self.places: dict[int, int] = {}
        self.vectors = np.empty((room, width), dtype=np.float32)


@dataclass(frozen=True)
class Features:
    """Of N tokens of U different forms: `hashes` (U, 5) of the forms' attributes and class in the word list, `vectors`
    (U, width), and `forms` (N,), the row of each token in both. `places` (U,) of the forms in `kept`, if they are kept."""

    hashes: npt.NDArray[np.uint64]
    vectors: npt.NDArray[np.float32]
    forms: npt.NDArray[np.int64]
    kept: Kept | None = None
    places: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.forms)

    def part(self, start: int, end: int) -> Features:
        """Those of tokens `start` to `end`."""
        return replace(self, forms=self.forms[start:end])


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
    """Makes `Features` of Docs; remembers the forms it has seen.

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
        self._kept = Kept(self.width, _KEPT)

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
        keys = (orths + table[:, 0] * _NORM).tolist()  # all but the norm follow from the form
        if len(self._kept.places) + len(keys) > len(self._kept.vectors):
            self._kept = Kept(self.width, max(_KEPT, len(keys)))
        known, new = self._kept.places, []
        for i, key in enumerate(keys):
            if key not in known:
                known[key] = len(known)
                new.append(i)
        if new:
            words = [vector_key(doc.vocab.strings[orth]) for orth in orths[new].tolist()]
            self._kept.vectors[len(known) - len(new) : len(known)] = self._floret.get_batch(words)
        places = np.fromiter(map(known.__getitem__, keys), dtype=np.int64, count=len(keys))
        return Features(table, self._kept.vectors[places], forms.astype(np.int64), self._kept, places)
