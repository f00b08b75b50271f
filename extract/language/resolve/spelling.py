"""Misspelt drug names beside a dose: "ciplatin 50 mg/m2", "methyprednisolone 1 g/day".

Used by `resolver`. In: the text, its doses, and what is already a name. Out: the words right beside a dose that are one known
drug but for a letter or two (`drug_spelling`). Without the dose a word that is only near to a drug's name stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from extract.language.resolve.candidates import Candidate
from extract.language.terms import drugs
from extract.language.terms.drug_spelling import SHORTEST

#: how sure such a name is
CONFIDENCE = 0.6
_BEFORE = re.compile(r"([A-Za-z]+)\s*[,(:]?\s*(?:at (?:a )?(?:dose|dosage) of )?$")
_AFTER = re.compile(r"\s*(?:of )?(?:oral |iv |intravenous |topical )?([A-Za-z]+)\b")
_REACH = 45


def beside_doses(text: str, doses: Iterable[Candidate], taken: Iterable[Candidate]) -> Iterator[Candidate]:
    """Drug candidates for the words beside `doses` that are misspelt names; words in `taken` are left alone."""
    spans = sorted((c.start, c.end) for c in taken)
    for dose in doses:
        lead = text[max(0, dose.start - _REACH) : dose.start]
        sides = (
            (_BEFORE.search(lead), max(0, dose.start - _REACH)),
            (_AFTER.match(text[dose.end : dose.end + _REACH]), dose.end),
        )
        for match, at in sides:
            if match is None:
                continue
            start, end = at + match.start(1), at + match.end(1)
            if any(a < end and start < b for a, b in spans) or not _is_misspelt(match[1].lower()):
                continue
            yield Candidate(start, end, "drug", CONFIDENCE, "vocabulary")


@lru_cache(maxsize=4096)
def _is_misspelt(word: str) -> bool:
    if len(word) < SHORTEST:
        return False
    name = drugs.normalise(word)
    return bool(name.code) and 0 < name.score < 0.95 and name.name not in (word, f"{word}s")
