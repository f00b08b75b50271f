"""Abbreviations a report defines ("sodium thiosulfate (STS)"): after the sentences, before the mentions are found.

The pairing of short and long form is Schwartz and Hearst's (2003) algorithm as scispaCy implements it
(`scispacy.abbreviation.find_abbreviation`). The candidates are ours: scispaCy's matcher tries every pair of
brackets, which is quadratic in them, so brackets are paired here, and only in the sections that are the
report's own prose. What the algorithm accepts is then checked: "(AK cream)" is no abbreviation.

Writes `doc._.long_forms` (short form -> long form; the first definition of a short form wins) and
`doc.spans["abbreviations"]`: every occurrence of a short form, with `span._.long_form`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from scispacy.abbreviation import find_abbreviation
from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.language import spans
from extract.language.tables import read_table
from extract.settings import defaults

GROUP = "abbreviations"
SKIPPED_SECTIONS = ("front", "keywords", "back", "references")

_MAX_INSIDE = 8  # tokens inside the brackets
_SHORT = re.compile(r"(?=.*[A-Z])[A-Za-z0-9][A-Za-z0-9α-ωΑ-Ω]*(?:[-/.&+][A-Za-z0-9α-ωΑ-Ω]+)*[+]?s?\Z")
_FIRST = re.compile(r"[^\W_]+")
_BREAK = (",", ";", ":", "=")


def _register() -> None:
    if not Doc.has_extension("long_forms"):
        Doc.set_extension("long_forms", default={})


@cache
def _word_list(kind: str) -> frozenset[str]:
    rows = read_table("vocabulary/abbreviation_words.csv")
    return frozenset(row["word"] for row in rows if row["class"] == kind)


def is_short_form(text: str) -> bool:
    """Whether `text` looks like an abbreviation: 2 to 10 characters, no space, a capital, half of it letters."""
    letters = sum(c.isalpha() for c in text)
    return 2 <= len(text) <= 10 and bool(_SHORT.match(text)) and letters * 2 >= len(text)


def valid_pair(short: str, long: str) -> bool:
    """Whether `long` can be what `short` stands for.

    The letters of the short form stand in the long form in order, the first of them at the start of a word; the
    long form has no more words than Schwartz and Hearst allow, none of the words no name holds ("was", "which"),
    and is not merely the short form with a word behind it.
    """
    words = re.findall(r"[^\W_]+", long.lower())
    if not words or len(words) > min(len(short) + 5, 2 * len(short)) or len(long) <= len(short):
        return False
    if short.lower() in words or _word_list("never_in_long") & set(words):
        return False
    if words[0] in _word_list("not_first") or not any(c.islower() for c in long):
        return False
    letters = [c for c in short.lower() if c.isalnum()]
    if letters[-1] == "s" and short.endswith("s"):
        letters = letters[:-1]  # a plural of the short form needs no s of its own
    at = 0
    low = long.lower()
    for n, letter in enumerate(letters):
        at = low.find(letter, at)
        while n == 0 and at > 0 and low[at - 1].isalnum():
            at = low.find(letter, at + 1)
        if at < 0:
            return False
        at += 1
    initials = sum(1 for word in words if word[0] in letters)
    return initials * 2 >= min(len(words), len(letters))


def _bracketed(doc: Doc, keep: Callable[[int], bool]) -> Iterator[tuple[int, int]]:
    """Token ranges inside brackets that are short enough; linear in the number of tokens."""
    open_at = -1
    for token in doc:
        text = token.text
        if text == "(":
            open_at = token.i
        elif text == ")" and open_at >= 0:
            if 0 < token.i - open_at - 1 <= _MAX_INSIDE and open_at > 0 and keep(token.idx):
                yield open_at + 1, token.i
            open_at = -1


def _head(doc: Doc, start: int, end: int) -> Span:
    """The part of a bracket before its first comma: "STS, 25%" defines STS."""
    for i in range(start + 1, end):
        if doc[i].text in _BREAK:
            return doc[start:i]
    return doc[start:end]


def definitions(doc: Doc) -> Iterator[tuple[str, Span]]:
    """Short form and the span of its long form, for every definition in the report's own prose."""
    skip = _skipper(doc)
    for start, end in _bracketed(doc, skip):
        inside = _head(doc, start, end)
        before = start - 1
        if is_short_form(inside.text):
            words = min(len(inside.text) + 5, len(inside.text) * 2)
            first = max(0, before - words - words // 2)  # hyphens are tokens of their own here
            candidate = doc[max(first, _sentence_start(doc, before - 1)) : before]
            _, long = find_abbreviation(candidate, inside) if len(candidate) else (inside, None)
            if long is not None and valid_pair(inside.text, long.text):
                yield inside.text, _all_initials(inside.text, long)
        elif before > 0 and is_short_form(doc[before - 1].text) and not inside.text.isupper():
            short = doc[before - 1 : before]
            _, long = find_abbreviation(inside, short)
            if long is not None and long.start == inside.start and valid_pair(short.text, long.text):
                yield short.text, long


def _all_initials(short: str, long: Span) -> Span:
    """The long form from the word on with which every letter of the short form is an initial ("thrombotic thrombocytopenic purpura (TTP)":
    the shortest fit of the letters begins in its second word); as it is where no such word stands before it."""
    letters = short.lower()
    words = [t for t in long.doc[max(0, long.end - 3 * len(letters)) : long.end] if t.is_alpha][-len(letters) :]
    if not letters.isalpha() or "".join(t.lower_[0] for t in words) != letters or words[0].i >= long.start:
        return long
    return long.doc[words[0].i : long.end]


def _sentence_start(doc: Doc, i: int) -> int:
    """The first token of the sentence that token i stands in; the first of all where no stage has set sentences."""
    return int(doc[i].sent.start) if doc.has_annotation("SENT_START") else 0


def _skipper(doc: Doc) -> Callable[[int], bool]:
    source = doc._.source
    if source is None or not source.sections:
        return lambda offset: True
    return lambda offset: spans.section_name(doc, offset) not in SKIPPED_SECTIONS


def _shouted(doc: Doc, i: int) -> bool:
    """Whether the token stands among words in capitals, as in a heading, where ALL may be the word."""
    near = [t.text for t in (*doc[max(0, i - 2) : i], *doc[i + 1 : i + 3]) if t.is_alpha and len(t) > 2]
    return bool(near) and all(text.isupper() for text in near)


class Abbreviations:
    """The component; see the module's docstring."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length

    def __call__(self, doc: Doc) -> Doc:
        """Find the definitions, then every occurrence of the short forms."""
        long_forms: dict[str, str] = {}
        for short, long in definitions(doc):
            if len(short) <= self.max_length:
                long_forms.setdefault(short, " ".join(long.text.split()))
        for short, text in list(long_forms.items()):  # NSAIDs defined, NSAID used, and the other way round
            if short.endswith("s") and short[:-1].isupper():
                long_forms.setdefault(short[:-1], text[:-1] if text.endswith("s") else text)
        doc._.long_forms = long_forms
        doc.spans[GROUP] = list(self._occurrences(doc, long_forms))
        return doc

    def _occurrences(self, doc: Doc, long_forms: dict[str, str]) -> Iterator[Span]:
        if not long_forms:
            return
        sizes: dict[str, set[int]] = {}
        for short in long_forms:
            for first in {short, _FIRST.findall(short)[0]}:  # whole, or cut at a hyphen, by the tokenizer
                sizes.setdefault(first, set()).add(len(short))
        keep = _skipper(doc)
        text = spans.text_of(doc)
        for token in doc:
            lengths = sizes.get(token.text) or sizes.get(token.text.rstrip("s"))
            if not lengths or not keep(token.idx):
                continue
            for length in sorted(lengths, reverse=True):
                short = text[token.idx : token.idx + length]
                if short not in long_forms:
                    continue
                plural = 1 if text[token.idx + length : token.idx + length + 1] == "s" else 0
                span = doc.char_span(token.idx, token.idx + length + plural, label="abbreviation")
                if span is None or self._is_something_else(doc, span, short):
                    continue
                span._.long_form = long_forms[short]
                yield span
                break

    def _is_something_else(self, doc: Doc, span: Span, short: str) -> bool:
        """A unit after a number ("5 CC"), or a word that is also an abbreviation, in a line of capitals."""
        if short.lower() in _word_list("unit") and span.start > 0 and doc[span.start - 1].like_num:
            return True
        return short.lower() in _word_list("word") and _shouted(doc, span.start)


@Language.factory(
    "casesift_abbreviations",
    default_config=defaults("casesift_abbreviations"),
    requires=["token.is_sent_start"],
    assigns=["doc._.long_forms", "doc.spans"],
)
def make_abbreviations(nlp: Language, name: str, max_length: int) -> Abbreviations:
    """The abbreviation component. `max_length`: longest short form, in characters."""
    _register()
    return Abbreviations(max_length)


_register()
