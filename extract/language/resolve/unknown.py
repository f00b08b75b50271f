"""Names in a drug's place that no vocabulary knows: "foobarium 20 mg twice daily", "NAC 600 mg BD", "GTN spray 2 puffs".

Used by the resolver once known names are settled. In: the text, its doses and frequencies, and what is a mention already. Out: a
drug candidate for the word right before a dose of a full signature (name, dose, frequency) or of a form with its count, and for a name
that is taken as tablets ("was treated with Foobar tablets") or is a regimen ("the FBC regimen"). Such a name
has no code, and its dosing goes to no neighbour. Ordinary words that stand there stand in `rules/not_names.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache

from spacy.lang.en.stop_words import STOP_WORDS

from extract.language.resolve.candidates import Candidate
from extract.language.tables import read_table

#: how sure such a name is
CONFIDENCE = 0.5
#: characters looked back from a dose for its name, and ahead for its frequency
_LEAD, _AHEAD = 60, 28
_FORM = r"spray|inhaler|tablets?|tabs?|capsules?|caps?|cream|ointment|gel|drops|patch(?:es)?|syrup|lotion|suppositor(?:y|ies)"
#: a short form in capitals, or a word of five letters; a bracket with a brand or maker may follow
_NAME = re.compile(
    rf"(?:^|[\s(,;:])(?P<name>[A-Z][A-Z0-9]{{1,19}}|[A-Za-z][a-z]+(?:-[A-Za-z]+)*)"
    rf"(?:\s+\([^()]{{1,40}}\))?(?:\s+(?P<form>{_FORM}))?\s*[,:]?\s*[(\[]?\s*$"
)
#: "includes 5 g of X": the dose of what follows
_OF = re.compile(r"\s+of\b")
#: a name in capitals, taken in a form
_TAKEN = re.compile(
    r"\b(?:treated with|treatment with|took|taking|taken|takes|received|given|prescribed|started on|use of|using|used|ingest\w+|intake of)\s"
    r"(?:(?:an?|the|oral|some|daily|several|her|his|\d+)\s){0,2}(?P<name>[A-Z][a-z]{3,}(?:\s[A-Z][a-z]+){0,2})\s"
    r"(?:tablets?|capsules?|pills?|syrup|granules?|decoction|oral liquid|powder|cream|ointment|eye drops|suppositor(?:y|ies))\b"
)
#: a regimen by its letters, its drugs not told behind it
_REGIMEN = re.compile(
    r"\b(?:the|with|of|received|an?|by)\s(?P<name>m?[A-Z][A-Z0-9]{1,6}(?:[/-][A-Z0-9]{1,4}){0,2})\s(?:chemotherapy\s)?regimen\b(?!\s?\()"
)
_SHORTEST, _LONGEST_SHORT_FORM = 5, 6
_MASS = re.compile(r"\d (?:mg|g|ug|ng|\[IU\]|mmol|meq|MBq|GBq|mCi|uCi)(?:/|$)")
_COUNT = re.compile(r"\d (?:\{(?:puff|tablet|capsule|patch|sachet|suppository)\}|\[drp\])")


def in_drug_place(
    text: str,
    doses: Iterable[Candidate],
    frequencies: Collection[Candidate],
    names: Collection[Candidate],
    others: Iterable[Candidate],
) -> Iterator[Candidate]:
    """Drug candidates for the unknown words before `doses`; words in `names` and `others` are left alone, as is what has one of
    the names in brackets behind it (a brand and its generic name)."""
    spans = sorted((c.start, c.end) for c in (*names, *others))
    for dose in doses:
        at = max(0, dose.start - _LEAD)
        match = _NAME.search(text[at : dose.start])
        if match is None or _OF.match(text, dose.end):
            continue
        start, end = at + match.start("name"), at + match.end("name")
        often = any(0 <= f.start - dose.end <= _AHEAD and "." not in text[dose.end : f.start] for f in frequencies)
        whole = (often and _MASS.search(dose.norm)) or (match["form"] and _COUNT.search(dose.norm))
        if any(end <= c.start < dose.start for c in names):
            continue
        if whole and _may_be_name(match["name"]) and not any(a < end and start < b for a, b in spans):
            yield Candidate(start, end, "drug", CONFIDENCE, "rule")


def taken_by_name(text: str, names: Iterable[Candidate], others: Iterable[Candidate]) -> Iterator[Candidate]:
    """Drug candidates for the unknown names that are taken in a form or are a regimen; `names` and `others` as for `in_drug_place`."""
    spans = sorted((c.start, c.end) for c in (*names, *others))
    for match in (*_TAKEN.finditer(text), *_REGIMEN.finditer(text)):
        start, end = match.span("name")
        if not any(a < end and start < b for a, b in spans) and _is_strange(match["name"]):
            yield Candidate(start, end, "drug", CONFIDENCE, "rule")


def _is_strange(name: str) -> bool:
    """Whether none of its words is an ordinary one, and it is long enough for a name, or in capitals."""
    return _may_be_name("".join(name.split())) and not any(w.lower() in _ordinary("word") for w in name.split())


def _may_be_name(word: str) -> bool:
    """Whether it is no ordinary word: not in the list, and without the ending of an adverb, a verb or an act."""
    lower, words, endings = word.lower(), _ordinary("word") | _ordinary("part"), _ordinary("ending")
    if lower in words or lower.removesuffix("s") in words:
        return False
    short_form = word.isupper() and len(word) <= _LONGEST_SHORT_FORM
    return short_form or (len(word) >= _SHORTEST and not lower.endswith(tuple(endings)))


def is_ordinary(word: str) -> bool:
    """Whether it is a word of grammar, of giving or of amounts, which no name is alone."""
    return word.lower() in STOP_WORDS or word.lower() in _ordinary("word")


@cache
def _ordinary(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in read_table("rules/not_names.csv") if row["kind"] == kind)
