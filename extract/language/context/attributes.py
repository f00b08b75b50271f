"""The words before a diagnosis that belong to its name: "[tachycardia syndrome]" is postural orthostatic tachycardia syndrome.

Used by `complete_names`. In: a text, where a diagnosis begins in it, and what else stands there. Out: where its whole name begins. An
attribute is a word of `vocabulary/diagnosis_modifiers.csv`, an adjective by its ending, or a compound that says what a disease comes
from ("alcohol-related"); the first half of a compound goes with its second. Words of degree, number and course stand in a name and begin none.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from spacy.lang.en.stop_words import STOP_WORDS

from extract.language.terms.head_nouns import ADJECTIVE, modifiers

_BEFORE = re.compile(r"(?<![\w'’/.-])([A-Za-z][A-Za-z]+(?:['’]s)?(?:-[a-z]+)*)\s$")
#: the first half of a compound in whose midst the name was found to begin
_HALF = re.compile(r"(?<![\w-])(?!(?i:anti|non)-)[A-Za-z]\w*-(?:[a-z]\w*-)*$")
_COMPOUND = re.compile(
    r"[a-z]+(?:['’]s)?-(?:related|induced|mediated|associated|acquired|resistant|dependent|like|onset|secreting|producing)"
)
#: what begins no name beside the words that the vocabulary knows as such: they lean on the word before them, or say where and how it went
_LEANING = frozenset(
    (
        "associated",
        "acquired",
        "induced",
        "related",
        "elevation",
        "dependent",
        "organ",
        "progressive",
        "bilateral",
        "unilateral",
        "active",
    )
)
#: the longest name takes on so many words
_MOST = 5


def name_start(text: str, start: int, taken: Callable[[int, int], bool]) -> int:
    """Where the name of the diagnosis that begins at `start` begins with all its attributes; `taken`: whether another mention stands there."""
    half = _HALF.search(text, max(0, start - 40), start)
    first = at = half.start() if half is not None and not taken(*half.span()) else start
    for _ in range(_MOST):
        word = _BEFORE.search(text, max(0, at - 40), at)
        kind = "" if word is None or taken(*word.span(1)) else _kind(word[1].lower(), text[: word.start()][-30:])
        if word is None or not kind:
            break
        at = word.start()
        first = first if kind == "plain" else at
    return first


def _kind(word: str, before: str) -> str:
    """ "part" of a name, "vague" or "plain" as in the vocabulary; "" for a word that is no attribute."""
    if _COMPOUND.fullmatch(word):
        last = re.search(r"([\w-]+)\s$", before)  # "immune complex-mediated": no half of what it comes from
        return "part" if last is None or last[1].lower() in STOP_WORDS or ADJECTIVE.match(last[1].lower()) else ""
    if word in _LEANING:
        return "plain"
    kind = modifiers().get(word, "part" if ADJECTIVE.match(word) and "-" not in word else "")
    return "" if kind == "never" else kind
