"""Finds the names of a vocabulary in a text: a dictionary of word sequences, longest match first.

Used by the terms stage, and by anybody who needs a fast look-up. It works on the text, not on tokens, so that
a name is found however the tokenizer cuts it: "beta-blocker" and "beta blocker" are one name, as are
"Galen's" and "Galen’s". Time is linear in the text and does not grow with the vocabulary (about a million
words a second); 50,000 names are read in well under half a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from spacy.tokens import Doc

Payload = TypeVar("Payload")

_WORD = re.compile(r"[^\W_]+")
#: what may stand between two words of one name
_GAPS = frozenset([" ", "\r", "\r ", "-", "'", "/", ".", "% ", " % ", "%", " - ", "- ", "' "])
_SAME = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),  # hyphens, dashes and minus
        **dict.fromkeys("\u2018\u2019\u201b\u2032`´", "'"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2005\u2006\u2007\u2008\u2009\u200a\u202f\t\n", " "),
        "µ": "μ",
    }
)


def fold(text: str) -> str:
    """`text` in lower case with one kind of hyphen, apostrophe and space; its length stays."""
    text = text.translate(_SAME)
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def key(name: str) -> str:
    """The words of a name joined by single spaces: what two spellings of it have in common."""
    return " ".join(_WORD.findall(fold(name)))


@dataclass(frozen=True, slots=True)
class Words:
    """A text cut into words once, for several vocabularies: the text, folded, start and end of each word, and the places (first, second,
    ...) of each word among them."""

    text: str
    folded: str
    offsets: list[tuple[int, int]]
    places: dict[str, list[int]]

    @classmethod
    def of(cls, text: str) -> Words:
        """Fold and cut `text`."""
        folded = fold(text)
        offsets = [m.span() for m in _WORD.finditer(folded)]
        places: dict[str, list[int]] = {}
        for i, (start, end) in enumerate(offsets):
            places.setdefault(folded[start:end], []).append(i)
        return cls(text, folded, offsets, places)


#: the words of the Docs in use
_KNOWN: WeakKeyDictionary[Doc, Words] = WeakKeyDictionary()


def words_of(doc: Doc) -> Words:
    """The words of a Doc's text, cut once for all stages that look for names."""
    from extract.language.spans import text_of  # a vocabulary alone needs no spaCy

    words = _KNOWN.get(doc)
    if words is None:
        words = _KNOWN[doc] = Words.of(text_of(doc))
    return words


class Gazetteer(Generic[Payload]):
    """Names and what they stand for.

    Args:
        names: name -> payload. A name of one word is also found with a plural "s".
    """

    def __init__(self, names: Mapping[str, Payload] | Iterable[tuple[str, Payload]] = ()) -> None:
        self._payloads: dict[str, Payload] = {}
        self._lengths: dict[str, int] = {}
        self.update(names)

    def update(self, names: Mapping[str, Payload] | Iterable[tuple[str, Payload]]) -> None:
        """Add names; the first payload of a name stays."""
        for name, payload in names.items() if isinstance(names, Mapping) else names:
            plain = (
                name.isascii() and name.islower() and name.replace(" ", "").isalnum()
            )  # most names; the same, quicker
            words = name.split() if plain else _WORD.findall(fold(name))
            if not words:
                continue
            self._payloads.setdefault(" ".join(words), payload)
            if self._lengths.get(words[0], 0) < len(words):
                self._lengths[words[0]] = len(words)

    def over(self, base: Gazetteer[Payload]) -> Gazetteer[Payload]:
        """The names of both; what a name of both stands for is told here."""
        both: Gazetteer[Payload] = Gazetteer()
        both._payloads = base._payloads | self._payloads
        both._lengths = base._lengths | {w: max(n, base._lengths.get(w, 0)) for w, n in self._lengths.items()}
        return both

    def items(self) -> Iterator[tuple[str, Payload]]:
        """The names, their words joined by single spaces, and what they stand for."""
        yield from self._payloads.items()

    def __len__(self) -> int:
        return len(self._payloads)

    def __contains__(self, name: str) -> bool:
        return key(name) in self._payloads

    def get(self, name: str) -> Payload | None:
        """The payload of a name however it is spelt, also in its plural; None when it is not in the vocabulary."""
        return self._lookup(key(name))

    def _lookup(self, joined: str) -> Payload | None:
        payload = self._payloads.get(joined)
        if payload is None and joined.endswith("s") and len(joined) > 4:
            payload = self._payloads.get(joined[:-1])
        return payload

    def _begun(self, places: Mapping[str, Sequence[int]]) -> list[tuple[int, int]]:
        """Where a name may begin, and how many words it may have there: in order, of a name's first word or its plural."""
        lengths = self._lengths
        begun = [(i, lengths[word]) for word in places.keys() & lengths.keys() for i in places[word]]
        for word, where in places.items():
            if word[-1] == "s" and word not in lengths and word[:-1] in lengths:
                begun += [(i, lengths[word[:-1]]) for i in where]
        return sorted(begun)

    def find(self, text: str | Words) -> Iterator[tuple[int, int, Payload]]:
        """Start, end and payload of every name in `text`; no match lies inside another."""
        words = Words.of(text) if isinstance(text, str) else text
        folded, at, count, done = words.folded, words.offsets, len(words.offsets), 0
        for i, longest in self._begun(words.places):
            if i < done:
                continue
            start, end = at[i]
            joined, ends = [folded[start:end]], [end]
            for j in range(i + 1, min(i + longest, count)):
                if folded[at[j - 1][1] : at[j][0]] not in _GAPS:
                    break
                joined.append(folded[at[j][0] : at[j][1]])
                ends.append(at[j][1])
            for size in range(len(joined), 0, -1):
                payload = self._lookup(" ".join(joined[:size]))
                if payload is not None:
                    yield start, ends[size - 1], payload
                    done = i + size
                    break
