"""Whether a text is in English, which is all that casesift can read.

text -> what it is written in instead, in words for a warning, or "". Two ways to tell: letters of another script, and little words
("de", "und"), of which every language has its own; the lists are spaCy's, asked only of a text that has few of the English ones.
"""

from __future__ import annotations

import importlib
import re
import unicodedata
from collections import Counter

SAMPLE = 5000
"""Words, and letters, that are looked at; of a longer text every n-th."""
LEAST_WORDS = 20
"""Fewest words from which a language can be told."""
ENGLISH = 0.15
"""Share of these words from which a text is English without a further look; of 1,526 English reports five had less, and passed that."""
OTHER_SCRIPT = 0.3
"""Share of letters of other scripts from which a text is in one; below it are Greek letters, names, a translated abstract."""
OTHER_TONGUE = 0.2
"""Share of words that are little words of another language from which a text can be in it; it must also be twice that of English."""

_WORD = re.compile(r"[^\W\d_]{2,}")
_LITTLE = frozenset(
    _WORD.findall("the of and to in was with for is on at by from were as or that an not be has had her his she he")
)
_TONGUES = {
    "de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "sv": "Swedish",
    "da": "Danish", "pl": "Polish", "tr": "Turkish", "ro": "Romanian", "cs": "Czech", "hu": "Hungarian", "fi": "Finnish",
}  # fmt: skip
_CHINESE = "Chinese or Japanese characters"
_SCRIPTS = {"CJK": _CHINESE, "HIRAGANA": _CHINESE, "KATAKANA": _CHINESE, "HANGUL": "Korean letters"}


def not_english(text: str) -> str:
    """What a text is written in, where that is not English: "Spanish", "Cyrillic letters"; empty for English and what nobody can tell."""
    letters = [c for c in text[:: len(text) // SAMPLE + 1] if c.isalpha()]
    scripts = Counter(unicodedata.name(c, "?").split()[0] for c in letters if not c.isascii())
    del scripts["LATIN"]
    if scripts.total() > OTHER_SCRIPT * len(letters):
        script = scripts.most_common(1)[0][0]
        return _SCRIPTS.get(script, f"{script.title()} letters")
    words = [w.lower() for w in _WORD.findall(text)]
    words = words[:: len(words) // SAMPLE + 1]
    if len(words) < LEAST_WORDS or sum(w in _LITTLE for w in words) >= ENGLISH * len(words):
        return ""
    share = {tongue: _share(words, tongue) for tongue in _TONGUES}
    likeliest = max(share, key=share.__getitem__)
    return _TONGUES[likeliest] if share[likeliest] > max(OTHER_TONGUE, 2 * _share(words, "en")) else ""


def _share(words: list[str], tongue: str) -> float:
    """The share of the words that spaCy has as little words of a language."""
    little = importlib.import_module(f"spacy.lang.{tongue}.stop_words").STOP_WORDS
    return sum(w in little for w in words) / len(words)
