"""Single words taken for a diagnosis without a vocabulary's word for it: places, people, adjectives of the noun behind them, operations.

Used by the resolver on proposals no vocabulary knows. In: the text and where the proposal stands. Out: why it is no diagnosis, or "".
"Valencia" is a town, and the first word of "hypertensive uveitis" tells of the uveitis; "a known hypertensive" tells of the patient.
"""

from __future__ import annotations

import re

from extract.language.terms.acronyms_in_context import names_no_disease
from extract.language.terms.head_nouns import STANDS_ALONE

_PROPER = re.compile(r"[A-Z][a-zà-ÿ'’-]{3,}")
_ADJECTIVE = re.compile(r"[a-z-]{4,}(?:ic|ous|ive|ical|iac|ed)")
#: nouns that end like an adjective
_NOUNS = frozenset(("colic", "panic", "crohn's", "celiac", "coeliac", "cardiac", "hypochondriac"))
#: a sentence, a line or a quotation begins right behind it
_BEGINS = re.compile(r"(?:^|[.:;?!\n\"“(•-]|\b(?:Mr|Mrs|Dr)\.)\s*$")


#: what a tumor is made of, told of by its last word and the next: "nests of oval tumor cells"
_TISSUE = re.compile(r"tumou?rs?\s+(?:cells?|nests?|islands?|markers?)\b")
_DONE = re.compile(
    r"\bunder(?:went|gone|going|go)\s(?:(?!for|because|after|due|with)[a-z-]+\s){0,3}?(?P<name>[A-Z][A-Za-z]?[A-Z]{1,4})(?=[.,;)]|\s(?:and|for|in|on|with|by|due|at|to)\b)"
    r"|\b(?P<subject>[A-Z][A-Za-z]?[A-Z]{1,4})\s(?:(?:was|were)|and(?:\s[a-z]+){1,2}\s(?:was|were))\s(?:\w+ly\s)?(?:performed|carried out|undertaken)\b"
)


def operations(text: str) -> frozenset[str]:
    """The abbreviations of which a text says that somebody underwent them, or that they were performed: "TKA was performed"."""
    return frozenset(m["name"] or m["subject"] for m in _DONE.finditer(text))


def is_tissue(folded: str, start: int, end: int) -> bool:
    """Whether the name at `start` to `end` of the folded text is a tumor's and the words go on to its cells."""
    return _TISSUE.match(folded, max(start, folded.rfind(" ", start, end) + 1)) is not None


def not_alone(text: str, start: int, end: int) -> str:
    """Why the single word at `start` to `end` of `text`, as written there, is no diagnosis; "" where it may be one or is no single word."""
    word = text[start:end]
    if _PROPER.fullmatch(word) and not _BEGINS.search(text, max(0, start - 12), start):
        return "a proper name"
    if names_no_disease(word):
        return "short for no disease"
    lower = word.lower()
    if _ADJECTIVE.fullmatch(lower) and lower not in _NOUNS and not STANDS_ALONE.match(text.lower(), end):
        return "describes the noun behind it"
    return ""
