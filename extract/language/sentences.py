"""Sentence boundaries: the first stage after the tokenizer. Reads `doc.text`, writes `token.is_sent_start`.

A rule splitter for case reports. It looks at the places where a sentence can end (a terminator, a line
break) and decides each from the words beside it, so it runs in time linear in the text; pysbd, which
scispaCy offers and which can be chosen instead (`method = "pysbd"`), takes most of the language time.

What the rules know: abbreviations with a full stop (`vocabulary/sentence_abbreviations.csv`), decimals,
initials and taxa ("S. aureus"), ordinals at the start of a line, citation marks glued to the stop
("daily.5,6 The"), blank lines (always an end), headings alone on a line, and text wrapped at a fixed width.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import Literal

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc

from extract.language.spans import text_of
from extract.language.tables import read_table
from extract.settings import defaults

Method = Literal["rules", "pysbd"]

_CLOSERS = r"[\"'”’»)\]}]*"
_CITATION = r"(?:\s?\[[\d,;\s–-]{1,20}\]|<sup>[^<]{1,20}</sup>|(?<=[a-z)%][.!?])\d{1,3}(?:[,–-]\d{1,3}){0,5}(?=\s))?"
_END = re.compile(rf"(?P<mark>[.!?…]){_CLOSERS}{_CITATION}(?P<gap>\s+|(?<=[a-z0-9)\]][.!?])(?=[A-Z][a-z]))")
_WORD_BEFORE = re.compile(r"[^\s(\[{\"“‘<>/,;:]+$")
_BREAK = re.compile(r"[ \t\r]*\n\s*")
_BULLET = re.compile(r"(?:[-*•‣▪·–]\s|\(?[0-9]{1,2}[.)]\s|\(?[a-z][.)]\s|#{1,6}\s)")
_OPENING = re.compile(r"[\"'“‘(\[{*_<]*")

_TERMINATED = (".", "!", "?", "…", ":", ";")
_HEADING_WORDS = 12
_SHORT_LINE = 0.7  # of the longest line of the paragraph: a shorter line was not broken by wrapping


@cache
def abbreviations() -> dict[str, str]:
    """Abbreviation in lower case without its last stop -> class (see the data file)."""
    return {row["abbreviation"]: row["class"] for row in read_table("vocabulary/sentence_abbreviations.csv")}


@cache
def openers() -> frozenset[str]:
    """Words that open a sentence: after "vitamin C." or "type II." they tell that the single letter was no initial."""
    return frozenset(row["word"] for row in read_table("vocabulary/sentence_openers.csv"))


def _next_word(text: str, at: int) -> str:
    at = _OPENING.match(text, at).end()  # type: ignore[union-attr]  # matches the empty string everywhere
    end = at
    while end < len(text) and (text[end].isalnum() or text[end] in "-'’"):
        end += 1
    return text[at:end]


def _can_open(text: str, at: int) -> bool:
    """Whether what stands at `at` looks like the start of a sentence: no small letter, no closing punctuation."""
    at = _OPENING.match(text, at).end()  # type: ignore[union-attr]
    return at < len(text) and not text[at].islower() and text[at] not in ",;:.)]}"


def ends_sentence(text: str, mark: int, start: int) -> bool:
    """Whether the terminator at `mark` ends a sentence, when the next visible character stands at `start`."""
    if start >= len(text):
        return True
    if not _can_open(text, start):
        return False
    if text[mark] != ".":
        return True
    before = _WORD_BEFORE.search(text, max(0, mark - 24), mark)
    if before is None:
        return True
    word = before.group()
    following = _next_word(text, start)
    kind = abbreviations().get(word.lower().strip("'’*"))
    if kind in ("never", "name"):
        return False
    if kind == "number":
        return not (following[:1].isdigit() or text[start] in "([")
    if len(word) == 1 and word.isalpha():  # an initial, a taxon, "vitamin C"
        return following.lower() in openers() or (word.islower() and following[:1].isupper())
    if word.lower() == "al":
        return following[:1].isupper() and following.lower() in openers()
    if kind == "end":
        return following[:1].isupper() or (following[:1].isdigit() and word.lower() not in ("sp", "spp"))
    numbered = word.isdigit() and len(word) <= 2 and text[: before.start()].rstrip(" \t").endswith("\n")
    return not numbered  # "1. Introduction" on its own line


def _line_breaks(text: str, start: int, end: int) -> Iterator[int]:
    """Sentence starts at the single line breaks of one paragraph (`text[start:end]`, no blank line in it)."""
    lines: list[tuple[int, int]] = []
    at = start
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        lines.append((at, stop))
        at = stop + 1
    longest = max((b - a for a, b in lines), default=0)
    for (a, b), (c, d) in pairwise(lines):
        line = text[a:b].strip()
        following = text[c:d].lstrip()
        if not line or not following:
            continue
        first = d - len(text[c:d].lstrip())
        if _BULLET.match(following) and (line.endswith(_TERMINATED) or _BULLET.match(line)):
            yield first
        elif line.endswith((".", "!", "?", "…")):
            continue  # the terminator decides
        elif line.startswith(("#", "**")):
            yield first
        elif len(line.split()) <= _HEADING_WORDS:
            short = len(line) < _SHORT_LINE * longest and _can_open(text, first)
            if short or line.endswith(":"):
                yield first


def sentence_starts(text: str) -> list[int]:
    """Offsets of the first visible character of each sentence of `text`, in order."""
    starts = {0} if text else set()
    paragraph = 0
    for gap in _BREAK.finditer(text):
        if gap.group().count("\n") > 1:
            starts.add(gap.end())
            if "\n" in text[paragraph : gap.start()]:
                starts.update(_line_breaks(text, paragraph, gap.start()))
            paragraph = gap.end()
    if "\n" in text[paragraph:]:
        starts.update(_line_breaks(text, paragraph, len(text)))
    for match in _END.finditer(text):
        if ends_sentence(text, match.start("mark"), match.end()):
            starts.add(match.end())
    if text and text[0].isspace():
        starts.discard(0)
        starts.add(len(text) - len(text.lstrip()))
    starts.discard(len(text))
    return sorted(starts)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end offsets of the sentences of `text`, without the space between them."""
    starts = sentence_starts(text)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield start, start + len(text[start:end].rstrip())


class Sentences:
    """The component: sets `token.is_sent_start` by the rules above. Space tokens belong to the sentence before them."""

    def __call__(self, doc: Doc) -> Doc:
        """Mark the first token of every sentence."""
        starts = iter(sentence_starts(text_of(doc)))
        following = next(starts, None)
        marks = np.full(len(doc), -1, dtype=np.int64)  # -1: no start
        for i, token in enumerate(doc):
            end = token.idx + len(token)
            while following is not None and following < end:
                # a boundary inside a token (the tokenizer kept "cream.The" whole) is no boundary
                if following <= token.idx:
                    marks[i] = 1
                following = next(starts, None)
        if len(doc):
            marks[0] = 1
            doc.from_array([SENT_START], marks.astype(np.uint64))  # type: ignore[arg-type]  # token by token spaCy checks the whole Doc each time
        return doc


@Language.factory(
    "casesift_sentences",
    default_config=defaults("casesift_sentences"),
    assigns=["token.is_sent_start", "doc.sents"],
)
def make_sentences(nlp: Language, name: str, method: Method) -> Callable[[Doc], Doc]:
    """The sentence component. `method`: "rules" (this module) or "pysbd" (scispaCy's pysbd_sentencizer, slow)."""
    if method == "pysbd":
        from scispacy.custom_sentence_segmenter import pysbd_sentencizer

        return pysbd_sentencizer
    return Sentences()
