"""The plain form of a diagnosis, under which wordings and code titles meet.

Used by `icd_knowledge` on titles, inclusion terms and synonyms, and by `icd` on what a report wrote; both
sides take the same way, so every rule here is symmetric. In: a name. Out: its words in plain form, in
order. British spelling becomes American, plurals singular, adjectives of organs their noun ("gastric" ->
"stomach"), tumour words one word ("carcinoma of the lung" and "lung cancer" share all theirs), roman types
arabic; articles, prepositions and words of degree and side are dropped. Data: `diagnoses_codes_spelling.csv`,
`diagnoses_codes_words.csv`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from extract.language.rule_files import SPELLINGS
from extract.language.tables import read_table

#: words that carry nothing; "without" and "not" stay, for they turn the meaning, and so does the A of hepatitis A
_EMPTY = frozenset((
    "an", "the", "of", "in", "to", "by", "at", "on", "for", "and", "or", "with", "from", "her", "his", "their",
    "this", "that", "due", "as", "into", "caused",
))  # fmt: skip
#: what follows one of these is told of the disease and is not its name
_CUTS = (
    "of", "with", "without", "due to", "secondary to", "in", "on", "at", "from", "following", "after", "involving", "by", "to",
    "associated with", "complicated", "complicating", "caused", "leading", "causing", "presenting", "and",
)  # fmt: skip
_APOSTROPHE = re.compile(r"['’`]s?\b")
_WORD = re.compile(r"[a-z0-9]+(?:\.\d+)?")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
_TYPED = frozenset({"type", "grade", "stage", "class", "group", "bipolar"})
_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "λ": "lambda"}


@lru_cache(maxsize=1)
def _spelling() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((SPELLINGS.compiled(row), row["replacement"]) for row in SPELLINGS)


@lru_cache(maxsize=1)
def _any_spelling() -> re.Pattern[str]:
    return SPELLINGS.pattern()


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    rows = read_table("vocabulary/diagnoses_codes_words.csv")
    return {r["word"]: tuple(r["replacement"].split()) for r in rows}


@lru_cache(maxsize=65536)
def plain_words(name: str) -> tuple[str, ...]:
    """The words of `name` in plain form and in order; empty for a name without any word."""
    text = name.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(_GREEK.get(c, c) for c in text if not unicodedata.combining(c))
    text = _APOSTROPHE.sub("", text)
    if _any_spelling().search(text):
        for pattern, replacement in _spelling():
            text = pattern.sub(replacement, text)
    mapping = _words()
    plain: list[str] = []
    before = "of"
    for word in _WORD.findall(text):
        article, before = word == "a" and before in _EMPTY, word
        if article or word in _EMPTY:
            continue
        if word in _ROMAN and plain and plain[-1] in _TYPED:
            word = _ROMAN[word]
        if word in mapping:
            plain.extend(mapping[word])
            continue
        word = singular(word)
        plain.extend(mapping.get(word, (word,)))
    return tuple(dict.fromkeys(plain))


def plain(name: str) -> str:
    """The form in which names are compared: the plain words in alphabetical order, so that order tells nothing."""
    return " ".join(sorted(plain_words(name)))


def singular(word: str) -> str:
    """`word` without its plural: "metastases" -> "metastasis", "abscesses" -> "abscess", "biopsies" -> "biopsy"."""
    if len(word) < 5 or not word.endswith("s") or word.endswith(("ss", "us", "is", "os", "itis", "ous", "betes")):
        return word
    if word.endswith(("ases", "oses", "yses", "eses")) and not word.endswith(("eases", "ouses")):
        return word[:-2] + "is"
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def phrases(name: str) -> list[str]:
    """`name` cut at commas, brackets and prepositions, parts without words left out; the first part is its core."""
    parts = re.split(r"[,(\[;:]|\b(?:{})\b".format("|".join(_CUTS)), name.lower())
    return [part.strip() for part in parts if plain_words(part)]


def head_word(name: str) -> str:
    """The plain word that says what kind of thing `name` is: the last of its core."""
    return next((plain_words(part)[-1] for part in phrases(name)), "")
