"""A sentence as the assertion rules see it: lower-case words, whose mention they are, and which stand in an aside.

Stands below `rules` in the flow. In: a sentence's text and the places of its mentions. Out: `Words`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from extract.language.tables import read_table

#: how many words an aside between commas has at most
LONGEST_ASIDE = 16

#: a word, with a contraction's tail; or a single sign
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[^\w\s]|_")


#: a contraction that says no more than "not"
_NOT = re.compile(r"(?:did|does|do|was|were|is|are|has|have|had)n't")


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence as the rules see it: lower-case words, their characters in the document, and whose mention they are.

    `owner[i]` is the index of the mention that covers word i, or -1; `labels` the mentions' labels.
    """

    text: tuple[str, ...]
    start: tuple[int, ...]
    end: tuple[int, ...]
    owner: tuple[int, ...]
    labels: tuple[str, ...]
    aside: tuple[int, ...]  # words of an aside between commas have its number, others 0


@cache
def word_list(kind: str) -> frozenset[str]:
    """The words of one kind in `rules/assertion_words.csv`."""
    return frozenset(row["word"] for row in read_table("rules/assertion_words.csv") if row["kind"] == kind)


def words_of(text: str, offset: int = 0, mentions: Sequence[tuple[int, int, str]] = (), *, lower: bool = True) -> Words:
    """Split `text` into words; `mentions` are (start, end, label) in the same characters as `offset` counts."""
    said, places = _cut(text.lower() if lower else text)
    starts, ends = tuple([offset + start for start, _ in places]), tuple([offset + end for _, end in places])
    owner = [-1] * len(said)
    for k, (a, b, _) in enumerate(mentions):
        for i in range(bisect_right(ends, a), bisect_left(starts, b)):
            if owner[i] < 0:
                owner[i] = k
    return Words(said, starts, ends, tuple(owner), tuple(m[2] for m in mentions), _asides(said, owner))


@lru_cache(maxsize=256)
def _cut(text: str) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """The words of a text and their places. A sentence is asked for again for each label, and as one that follows others."""
    found = list(WORD.finditer(text))
    words = (m.group().replace("’", "'") for m in found)
    said = tuple(["not" if word.endswith("n't") and _NOT.fullmatch(word) else word for word in words])
    return said, tuple([m.span() for m in found])


def _asides(said: Sequence[str], owner: Sequence[int]) -> tuple[int, ...]:
    """Number the asides of a sentence: what stands between a comma behind a mention and a comma before a verb.

    "Ceftriaxone, given since admission, was stopped": "given since admission" is one, with its commas.
    """
    out = [0] * len(said)
    commas = [i for i, word in enumerate(said) if word == ","]
    ends = word_list("verb")
    for n, (a, b) in enumerate(pairwise(commas), 1):
        if not 2 <= b - a <= LONGEST_ASIDE or b + 1 >= len(said) or said[b + 1] not in ends or out[a]:
            continue
        if owner[a - 1] >= 0 and owner[a + 1] < 0 and not {";", "(", ")"} & set(said[a:b]):
            out[a : b + 1] = [n] * (b - a + 1)
    return tuple(out)
