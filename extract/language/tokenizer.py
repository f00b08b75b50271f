"""The tokenizer `casesift.Tokenizer.v1`: where a span may begin and end.

First stage of the language pipeline. A text comes in, a `Doc` goes out whose tokens join to exactly that text.
Labels are given to whole tokens, so a mention that starts inside a token can be neither learnt nor found.
spaCy's English rules are the basis; changed is what hurts in case reports:

- hyphens, dashes and slashes split between any letters or digits ("lithium-induced", "6-mercaptopurine",
  "mg/kg/day"), and so do brackets and comparison signs inside words ("(STS)-based", "CD4+/CD8+");
- a number lets go of a unit ("10mg"; units in `rules/tokenizer_units.csv`);
- every Unicode space separates (thin spaces stand between number and unit), as do zero-width spaces;
- a full stop ends a single letter ("hepatitis C.") but not a known abbreviation
  (`rules/tokenizer_abbreviations.csv`) or a lettered one ("i.v.", "b.i.d.");
- chat is not English here: spaCy's emoticons ("8)") and apostrophe-less contractions ("im" is a route, not
  "I'm") are not special.

Numbers stay whole: "1,500", "0.5", "1:1", "120/80", "8/10".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from spacy import registry
from spacy.lang.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CURRENCY
from spacy.language import Language
from spacy.symbols import NORM, ORTH
from spacy.tokenizer import Tokenizer
from spacy.util import compile_prefix_regex, compile_suffix_regex

from extract.language.rule_files import TOKENIZER_ABBREVIATIONS, TOKENIZER_UNITS
from extract.rules.compiling import compiled

_DASHES = "\\-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"  # hyphens, en and em dash, minus sign
_QUOTES = "\"'`´‘’‚“”„«»′″"
_BRACKETS = r"()\[\]{}"
_SIGNS = r"=<>≤≥≦≧≈~±×÷→←↑↓•·∙†‡§¶®™©|\\*#&@…"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"  # zero-width spaces and joiners, soft hyphen

_EDGES = [
    rf"[{_BRACKETS}]", rf"[{_QUOTES}]", rf"[{_DASHES}]+", rf"[{_SIGNS}]+", rf"[{_INVISIBLE}]+",
    r"[,;:!?%/^]", r"_+", r"\.{2,}", r"[\ue000-\uf8ff]", f"(?:{CURRENCY})",
]  # fmt: skip
_CONTRACTIONS = [r"['’](?:s|S|re|ve|ll|d|m)", r"n['’]t"]
_LINK = re.compile(r"(?:https?://|www\.|doi:|10\.\d{4,}/)\S*[\w/]$|[\w.+-]+@[\w-]+(?:\.[\w-]+)+$", re.IGNORECASE)
_LETTERED = re.compile(r"(?:[A-Za-z]\.){2,}$")


def _patterns() -> tuple[list[str], list[str], list[str]]:
    """Prefixes, suffixes and infixes: regular expressions that spaCy peels off a word's edges and splits inside it."""
    units = "|".join(re.escape(u) for u in sorted((row["word"] for row in TOKENIZER_UNITS), key=len, reverse=True))
    alnum = f"{ALPHA}0-9"
    prefixes = [*_EDGES, r"\+(?![0-9])", r"\.(?![0-9])"]
    suffixes = [
        *_EDGES,
        *_CONTRACTIONS,
        r"\+",
        rf"(?<=[{alnum}%²³°µ\-+)\]}}{_QUOTES}])\.",
        rf"(?<=[0-9])(?:{units})",
    ]
    infixes = [
        rf"(?<=[{alnum}])[{_DASHES}]+(?=[{alnum}])",
        rf"(?<=[{ALPHA}])/(?=[{alnum}])|(?<=[0-9])/(?=[{ALPHA}])",
        rf"[{_BRACKETS}{_SIGNS}{_INVISIBLE};%]|\.{{2,}}",
        rf"[{_DASHES}/+]+(?=[{_BRACKETS}])|(?<=[{_BRACKETS}%+])[{_DASHES}/+]+|(?<=[{ALPHA}])\+(?=[{alnum}/{_DASHES}])",
        rf"(?<=[{ALPHA_LOWER}])\.(?=[{ALPHA_UPPER}])|(?<=[{ALPHA_LOWER}][{ALPHA_LOWER}])\.(?=[0-9])",
        rf"(?<=[{alnum}]),(?=[{ALPHA}])|(?<=[{ALPHA}]),(?=[0-9])",
        rf"(?<=[{alnum}]):(?=[{ALPHA}])|(?<=[{ALPHA}]):(?=[0-9])",
        rf"(?<=[0-9])(?=(?:{units})(?![{alnum}]))",
    ]
    return prefixes, suffixes, infixes


def build_tokenizer(nlp: Language) -> Tokenizer:
    """The tokenizer for `nlp`, sharing its vocabulary. Also serves anybody else's English pipeline:
    `nlp.tokenizer = build_tokenizer(nlp)`."""
    prefixes, suffixes, infixes = _patterns()
    rules: dict[str, list[dict[int, str]]] = {row["word"]: [{ORTH: row["word"]}] for row in TOKENIZER_ABBREVIATIONS}
    for first in ("can", "Can"):
        rules[f"{first}not"] = [{ORTH: first, NORM: "can"}, {ORTH: "not", NORM: "not"}]
    return Tokenizer(
        nlp.vocab,
        rules=rules,
        prefix_search=compile_prefix_regex(prefixes).search,
        suffix_search=compile_suffix_regex(suffixes).search,
        infix_finditer=compiled("|".join(infixes)).finditer,  # as spaCy's compile_infix_regex joins them
        token_match=_LETTERED.match,
        url_match=_LINK.match,
    )


@registry.tokenizers("casesift.Tokenizer.v1")
def make_tokenizer() -> Callable[[Language], Tokenizer]:
    """Registered as `casesift.Tokenizer.v1`; takes no settings."""
    return build_tokenizer
