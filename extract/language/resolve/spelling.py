"""Misspelt drug names in a drug's place: "ciplatin 50 mg/m2", "treated with immunoglobin", "amoxicilin and gentamicin".

Used by `resolver`. In: the text, its doses, and what is already a name. Out: the words right beside a dose, behind a word of giving or
beside a drug in a list that are one known drug but for a letter or two (`drug_spelling`). Elsewhere a word that is only near to a
drug's name stays what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from extract.language.resolve.candidates import Candidate
from extract.language.terms import drug_dictionary, drugs
from extract.language.terms.drug_spelling import SHORTEST

#: how sure such a name is
CONFIDENCE = 0.6
_BEFORE = re.compile(r"([A-Za-z]+)\s*[,(:]?\s*(?:at (?:a )?(?:dose|dosage) of )?$")
_AFTER = re.compile(r"\s*(?:of )?(?:oral |iv |intravenous |topical )?([A-Za-z]+)\b")
_REACH = 45
#: what stands right before what is given; and between two drugs of a list
_GIVING = re.compile(
    r"\b(?:treat(?:ed|ment) with|therapy with|received|was given|were given|administration of|prescribed|started on|courses? of|doses? of)\s+"
    r"(?:(?:oral|intravenous|topical|iv|high-dose|pulse)\s+){0,2}(?P<word>[A-Za-z]+)\b(?!-)"
)
#: a word of the language although it is near to a name: "interfering", "fluorescent", "thrombi"
_OTHER_WORD = re.compile(r"(?:ing|ic|sis|ent|ate|ous|i|yl|ase|line)$")
_JOINED_AFTER = re.compile(r"(?:,\s|,?\s(?:and|plus|or)\s|\s?[/+]\s?)(?P<word>[A-Za-z]+)\b(?!-)")
_JOINED_BEFORE = re.compile(r"(?<![\w-])(?P<word>[A-Za-z]+)(?:,\s|,?\s(?:and|plus|or)\s|\s?[/+]\s?)$")


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


def in_a_drugs_place(text: str, names: Iterable[Candidate], taken: Iterable[Candidate]) -> Iterator[Candidate]:
    """Drug candidates for the misspelt names behind a word of giving or beside one of the drugs `names`; as `beside_doses`."""
    spans = sorted((c.start, c.end) for c in taken)
    places = {m.span("word") for m in _GIVING.finditer(text)}
    for c in (c for c in names if c.label == "drug"):
        lead = max(0, c.start - _REACH)
        after, before = _JOINED_AFTER.match(text, c.end), _JOINED_BEFORE.search(text[lead : c.start])
        if after is not None:
            places.add(after.span("word"))
        if before is not None:
            places.add((lead + before.start("word"), lead + before.end("word")))
    for start, end in sorted(places):
        word = text[start:end].lower()
        if any(a < end and start < b for a, b in spans) or _OTHER_WORD.search(word) or not _is_misspelt(word):
            continue
        if drug_dictionary.load().substances[drugs.normalise(word).name].leaflet:
            yield Candidate(start, end, "drug", CONFIDENCE, "vocabulary")


@lru_cache(maxsize=4096)
def _is_misspelt(word: str) -> bool:
    if len(word) < SHORTEST:
        return False
    name = drugs.normalise(word)
    return bool(name.code) and 0 < name.score < 0.95 and name.name not in (word, f"{word}s")
