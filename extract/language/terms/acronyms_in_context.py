"""Abbreviations that are diagnoses by the company they keep: "diagnosed with NICCD", "KD was confirmed".

Called by `terms`. Abstracts often use a disease's short form and never write it out, and no list holds them all; but
what one is diagnosed with, or suffers from, is a disease. The company, and what is no disease in any ("a history of
CABG"), stand in `rules/diagnosis_frames.csv`. An abbreviation found so is one wherever the text has it.
Abbreviations that the text defines are left to the resolver, which knows their long forms.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from extract.language.gazetteer import Words
from extract.language.rule_files import FRAMES
from extract.language.terms.found import Found

#: how sure a diagnosis known by its company alone is
FRAMED = 0.45
#: capitals, or capitals with a small letter behind some of them: "AOSD", "SSc", "mRCC", "GISTs"
_LETTERS = r"(?:[a-z]{0,2}[A-Z]{2,6}s?|[A-Z][a-z]?[A-Z](?:[a-z]?[A-Z]){0,3}[a-z]?|[A-Z][a-z][A-Z][a-z]?)"
_SHORT = re.compile(rf"(?<![\w/-])(?:[A-Z]-)?(?:{_LETTERS}(?:[/-][A-Z]{{2,6}})?|[A-Z]{{2,5}}\d{{1,2}}[A-Z]?)(?![\w-])")
#: between the frame and the abbreviation: articles, up to three words of description, other abbreviations of a list
_WORDS = r"(?:[a-z][a-z-]*,?\s|[\w-]+-(?:related|associated|induced|mediated|positive|negative)\s){0,3}"
_DESCRIBED = (
    rf"\s(?:an?\s|the\s|his\s|her\s)?{_WORDS}(?:(?:[A-Z][a-z]+\s)?(?:type|stage|grade)\s\w{{1,3}}\s)?"
    rf"(?:{_LETTERS}(?:,\s(?:and\s)?|\sand\s|\sor\s|\swith\s){_WORDS})*$"
)
_NEAR = 90


@cache
def _frame(kind: str) -> re.Pattern[str]:
    if kind not in ("before", "surely"):
        return FRAMES.pattern(kind)
    frames = FRAMES.source(kind)
    return re.compile(rf"\b{frames}{_DESCRIBED}")


def names_no_disease(name: str) -> bool:
    """Whether `name` is an abbreviation in capitals that is no disease's whatever stands beside it: "WES", "IOP"."""
    return name.isupper() and _frame("not").fullmatch(re.split("[/-]", name)[-1]) is not None


def framed(words: Words, defined: Collection[int] = ()) -> Iterator[Found]:
    """The abbreviations of a text that its words make diagnoses, every place of each.

    Args:
        words: the text.
        defined: where abbreviations begin whose long form the text gives.
    """
    text = words.text
    places: dict[str, list[re.Match[str]]] = {}
    for short in _SHORT.finditer(text):
        places.setdefault(short.group(), []).append(short)
    for name, found in places.items():
        last = re.split("[/-]", name.upper())[-1]  # of "MAC-IRIS" the second tells what it is
        if names_no_disease(last) or any(m.start() in defined for m in found):
            continue
        doubtful = _frame("either").fullmatch(last) is not None or any(
            c.isdigit() for c in last
        )  # a gene's symbol: "SCN2A"
        if any(_told(text, m, doubtful=doubtful) for m in found):
            yield from (Found(m.start(), m.end(), "diagnosis", "", FRAMED) for m in found if _ends(text, m))


def _told(text: str, short: re.Match[str], *, doubtful: bool) -> bool:
    """Whether the words around say that this is what somebody has; of a `doubtful` one, that also names a part of the body, plainly."""
    before = text[max(0, short.start() - _NEAR) : short.start()]
    if _frame("surely" if doubtful else "before").search(before):
        return _ends(text, short)
    return not doubtful and bool(_frame("after").match(text, short.end() + 1))


def _ends(text: str, short: re.Match[str]) -> bool:
    """Whether no noun follows that the abbreviation only describes: "PE protocol", "an AF ablation"."""
    return _frame("ends").match(text, short.end()) is not None
