"""Names of diseases no list holds, by the words that say somebody diagnosed them: "diagnosed with abdominal cocoon", "a diagnosis of pica".

Called by `terms`. The words before (`said` of `rules/diagnosis_frames.csv`) make a disease of the noun phrase behind them, whatever
it is called: up to six words, none of grammar, that end in a noun and not in one of those that name no disease (`unnamed`). A phrase of
one word must be no adjective or adverb. Mere findings, organs, examinations and organisms are left to the resolver's deny list. Such a
diagnosis has no code where the code index does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from spacy.lang.en.stop_words import STOP_WORDS

from extract.language.gazetteer import Words
from extract.language.rule_files import FRAMES
from extract.language.terms.found import Found

#: how sure such a name is
CONFIDENCE = 0.45
_LONGEST = 6
_ARTICLES = re.compile(
    r"\s+(?:(?:an?|the|his|her|their)\s+)?(?:(?:(?:rare|classic|typical|severe|mild)\s+)?(?:case|form|presence|existence)\s+of\s+(?:an?\s+)?)?"
)
_WORD = re.compile(r"\s?([^\W\d_]+(?:['’-][^\W\d_]+)*)")
#: a participle behind a noun begins a clause: "a cocoon complicated by an ileus"
_PARTICIPLE = re.compile(r"[a-z]+(?:ed|ing)$")
_LEADS_ON = re.compile(r"\s+(?:by|in|with|from|to|on|at|after|as|for|the|an?|its|his|her)\b")
_NO_NOUN = re.compile(r"[a-z-]+(?:ly|ed|ing|al|ic|ous|ive|able|ible|ent|ant|ary|ular|less|ful)$")
_SHORTEST = 4


def named_diseases(words: Words, known: Collection[tuple[int, int]]) -> Iterator[Found]:
    """The names that a text says were diagnosed.

    Args:
        words: the text.
        known: places of diagnoses that the vocabulary names; one that overlaps such a place is left to it.
    """
    for frame in FRAMES.pattern("said").finditer(words.text):
        place = _phrase(words, frame.end())
        if place is not None and not any(start < place[1] and place[0] < end for start, end in known):
            yield Found(*place, "diagnosis", "", CONFIDENCE)


def _phrase(words: Words, at: int) -> tuple[int, int] | None:
    """Where the noun phrase behind `at` begins and ends; None where there is none that may name a disease."""
    articles = _ARTICLES.match(words.text, at)
    if articles is None:
        return None
    found: list[re.Match[str]] = []
    end = articles.end()
    while (word := _WORD.match(words.text, end)) and not _ends_before(words, word, first=not found):
        if len(found) == _LONGEST:
            return None
        found.append(word)
        end = word.end()
    if not found or not _names_disease([w[1].lower() for w in found]):
        return None
    return found[0].start(1), end


def _ends_before(words: Words, word: re.Match[str], *, first: bool) -> bool:
    """Whether the phrase ends before `word`: one of grammar, or a participle that begins a clause."""
    lower = word[1].lower()
    if word[1].isupper() and len(lower) > 1:
        return False  # "ALL" is a leukemia
    if lower in STOP_WORDS or FRAMES.pattern("closing").fullmatch(lower):
        return True
    return not first and bool(_PARTICIPLE.fullmatch(lower) and _LEADS_ON.match(words.text, word.end()))


def _names_disease(phrase: list[str]) -> bool:
    """Whether the words may be the name of a disease: they end in a noun that is one of no examination, person, time or act."""
    if any(FRAMES.pattern("unnamed").fullmatch(word) for word in (phrase[0], phrase[-1])):
        return False
    if len(phrase) == 1:
        return len(phrase[0]) >= _SHORTEST and not _NO_NOUN.fullmatch(phrase[0])
    return not phrase[-1].endswith("ly") and not _PARTICIPLE.fullmatch(phrase[-1])
