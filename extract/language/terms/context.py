"""A text as the rules of vocabulary words see it: its sentences, and where in them drugs, doses and verbs of giving stand.

Made by `terms` for each text; read by `grammar` and `route_phrases`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

import numpy as np
from spacy.attrs import SENT_START
from spacy.tokens import Doc

from extract.language.gazetteer import Words

_DOSE = re.compile(
    r"\d\s?(?:%|mg|g|gm|grams?|mcg|μg|ug|micrograms?|milligrams?|ml|cc|units?|iu|u|meq|mmol|mg/\w+|drops?|tablets?)\b|\d%"
)
_GIVE = re.compile(
    r"\b(?:administ\w+|giv(?:e|en|ing)|gave|receiv\w+|treat(?:ed|ment|ing|s)?|therap(?:y|ies)|prescri\w+|start(?:ed|ing)?"
    r"|inject\w*|infus\w+|appl(?:y|ied|ies|ying|ication)|t(?:ook|aken?|aking)|dos(?:e|es|ed|ing)|instill\w*"
    r"|commenced|initiated|switched|continued|medicat\w+|discharged (?:on|with)|managed with|course of|daily|twice)\b"
)


class Context:
    """A text as the rules see it.

    Args:
        doc: for its text and sentences.
        words: its folded words.
        drugs: start and end offsets of the drugs known so far.
        defined: where abbreviations stand that the report defines itself: "IM" for imatinib is no route.
    """

    def __init__(self, doc: Doc, words: Words, drugs: list[tuple[int, int]], defined: Iterable[int] = ()) -> None:
        self.text, self.words, self.folded = words.text, words, words.folded
        self.drugs = sorted(drugs)
        self._defined = frozenset(defined)
        self._drug_starts = [start for start, _ in self.drugs]
        self._starts = [doc[int(i)].idx for i in np.flatnonzero(doc.to_array(SENT_START) == 1)] or [0]

    def sentence(self, offset: int) -> tuple[int, int]:
        """Start and end of the sentence that holds the character."""
        i = bisect_right(self._starts, offset)
        return self._starts[max(i - 1, 0)], self._starts[i] if i < len(self._starts) else len(self.text)

    def defined(self, offset: int) -> bool:
        """Whether an abbreviation of the report's own begins here."""
        return offset in self._defined

    def drug_between(self, start: int, end: int) -> bool:
        """Whether a drug begins in start..end."""
        i = bisect_right(self._drug_starts, start - 1)
        return i < len(self._drug_starts) and self._drug_starts[i] < end

    def drug_sentences(self) -> Iterator[tuple[int, int]]:
        """Start and end of every sentence in which a drug begins, in order."""
        last = -1
        for start in self._drug_starts:
            if start >= last:
                first, last = self.sentence(start)
                yield first, last

    def given(self, start: int, end: int, *, verbs: bool = True) -> bool:
        """Whether a drug, a dose or (`verbs`) a verb of giving stands in start..end."""
        if self.drug_between(start, end) or _DOSE.search(self.folded, start, end):
            return True
        return verbs and bool(_GIVE.search(self.folded, start, end))

    def before(self, offset: int, size: int = 60) -> str:
        """The folded text before `offset`, inside its sentence, `size` characters at most."""
        return self.folded[max(self.sentence(offset)[0], offset - size) : offset]

    def after(self, offset: int, size: int = 60) -> str:
        """The folded text after `offset`, inside its sentence, `size` characters at most."""
        end = self.sentence(max(offset - 1, 0))[1]
        return self.folded[offset : min(end, offset + size)]
