"""`Mention` and `Sentence`: what the language pipeline hands on, small, typed and frozen.

`sentences` makes them from a Doc whose stages have run and decides nothing; the records room works on these alone and never walks
tokens again. Offsets are characters of the document's text, end exclusive: `text[m.start : m.end] == m.text`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from weakref import WeakKeyDictionary

from spacy.attrs import IDX, LENGTH, SENT_START
from spacy.tokens import Doc, Span

from extract.document import SourceText
from extract.language.spans import RELATIVES, mentions, text_of


class Place(Protocol):
    """Anything that stands at characters start..end of the document."""

    @property
    def start(self) -> int:
        """Its first character."""

    @property
    def end(self) -> int:
        """One past its last character."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the document with a label, and what the pipeline decided of them.

    Attributes:
        label: one of `schema.MENTION_LABELS`.
        norm: canonical name, or the printed value of a quantity.
        assertion: of a diagnosis present, historical, possible, absent, family; of a drug its status; `general`: nobody's fact.
        why: the rule and the words that decided the assertion; "" for the default.
        code_score: similarity of the code's name, 0 to 1; None without a code.
        confidence: 0 to 1.
        origin: model, vocabulary, rule, abbreviation, coordination, table.
        heads: the heads of the mention model that proposed it, joined by "; ".
        long_form: what an abbreviation stands for in this document, else "".
        core: of a diagnosis with attributes added its name without them, under which wordings meet; else "".
    """

    start: int
    end: int
    label: str
    text: str
    norm: str = ""
    assertion: str = ""
    why: str = ""
    code_system: str = ""
    code: str = ""
    code_score: float | None = None
    confidence: float = 1.0
    origin: str = ""
    heads: str = ""
    long_form: str = ""
    core: str = ""

    @property
    def name(self) -> str:
        """Its canonical name where one is known, else its words."""
        return self.norm or self.text

    def overlaps(self, start: int, end: int) -> bool:
        """Whether it shares a character with start..end."""
        return self.start < end and start < self.end


def from_span(span: Span) -> Mention:
    """The mention a span of the Doc stands for, with all that the stages wrote on it."""
    e = span._
    return Mention(
        span.start_char, span.end_char, span.label_, span.text, e.norm, e.assertion, e.assertion_why, e.code_system, e.code,
        e.code_score, e.confidence, e.origin, e.heads, e.long_form, e.core,
    )  # fmt: skip


class Tokens:
    """Where the tokens of a document stand, so that words found by a pattern become whole tokens."""

    __slots__ = ("_ends", "_starts", "all_text")

    def __init__(self, doc: Doc, text: str) -> None:
        places = doc.to_array([IDX, LENGTH]).tolist()
        self.all_text = text
        self._starts = [int(start) for start, _ in places]
        self._ends = [int(start + length) for start, length in places]

    def mention(self, start: int, end: int, label: str, *, exact: bool = False) -> Mention | None:
        """A mention of the tokens that characters start..end touch; None outside the text, or, if `exact`, inside a token."""
        first, last = bisect_right(self._starts, start) - 1, bisect_right(self._starts, end - 1) - 1
        if first < 0 or last < 0 or end > len(self.all_text):
            return None
        if start >= self._ends[first] and first + 1 < len(self._starts):
            first += 1  # the space behind a token belongs to none
        if last < first or (exact and (self._starts[first], self._ends[last]) != (start, end)):
            return None
        start, end = self._starts[first], self._ends[last]
        return Mention(start, end, label, self.all_text[start:end])

    def text(self, start: int, end: int) -> str:
        """The characters start..end of the document."""
        return self.all_text[start:end]

    def before(self, at: int) -> tuple[int, int] | None:
        """Start and end of the token before the one that begins at a character; None at the beginning."""
        k = bisect_right(self._starts, at) - 2
        return (self._starts[k], self._ends[k]) if k >= 0 else None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document.

    Attributes:
        index: its place among the sentences of the document, from 0.
        start, end: its characters, without the space around it.
        section: canonical name of its section; "" where the text has none.
        case_label: "1", "A" ... under a numbered case heading.
        paragraph: number of its paragraph, from 0.
        mentions: in the order they begin; each belongs to the sentence it begins in.
        relatives: the stretches of it (characters of the document) that tell of a relative of the patient.
    """

    index: int
    start: int
    end: int
    text: str
    section: str
    case_label: str
    paragraph: int
    tokens: Tokens
    mentions: tuple[Mention, ...] = ()
    relatives: tuple[tuple[int, int], ...] = ()

    def of(self, *labels: str) -> list[Mention]:
        """Its mentions of the given labels, in order."""
        return [m for m in self.mentions if m.label in labels]

    def before(self, place: Place) -> str:
        """Its text before a mention."""
        return self.text[: place.start - self.start]

    def after(self, place: Place) -> str:
        """Its text behind a mention."""
        return self.text[place.end - self.start :]

    def between(self, left: Place, right: Place) -> str:
        """Its text from the end of one mention to the start of another."""
        return self.text[left.end - self.start : right.start - self.start]

    def mention(self, start: int, end: int, label: str, *, exact: bool = False) -> Mention | None:
        """A mention of the tokens that characters start..end of the document touch; as for `Tokens.mention`."""
        return self.tokens.mention(start, end, label, exact=exact)


#: outlines of the Docs in use: where sentences start, the layout, the sentences
_KNOWN: WeakKeyDictionary[Doc, tuple[bytes, SourceText | None, list[Sentence]]] = WeakKeyDictionary()


def sentences(doc: Doc) -> list[Sentence]:
    """The sentences of a Doc in document order, with the mentions that its stages left."""
    placed = _placed(_outlines(doc, text_of(doc)), [from_span(span) for span in mentions(doc)])
    relatives = [(span.start_char, span.end_char) for span in doc.spans.get(RELATIVES, ())]
    if not relatives:
        return placed
    return [replace(s, relatives=tuple(x for x in relatives if s.start <= x[0] < s.end)) for s in placed]


def _outlines(doc: Doc, text: str) -> list[Sentence]:
    """The sentences of a Doc, without mentions; worked out again only where its sentences or its layout have changed since."""
    source, starts = doc._.source, doc.to_array([SENT_START]).tobytes()
    known = _KNOWN.get(doc)
    if known is None or known[0] != starts or known[1] is not source:
        known = _KNOWN[doc] = (starts, source, _outlined(doc, text, source))
    return known[2]


def _outlined(doc: Doc, text: str, source: SourceText | None) -> list[Sentence]:
    tokens = Tokens(doc, text)
    outlines: list[Sentence] = []
    paragraph = 0
    for i, sent in enumerate(doc.sents):
        raw = text[sent.start_char : sent.end_char]
        start = sent.start_char + len(raw) - len(raw.lstrip())
        end = max(start, sent.end_char - (len(raw) - len(raw.rstrip())))
        section = source.section_at(start) if source is not None else None
        name = section.name if section else ""
        if outlines:
            paragraph += "\n\n" in text[outlines[-1].end : start]
            paragraph += name != outlines[-1].section
        case_label = section.case if section else ""
        outlines.append(Sentence(i, start, end, text[start:end], name, case_label, paragraph, tokens))
    return outlines


def _placed(outlines: Sequence[Sentence], to_place: Sequence[Mention]) -> list[Sentence]:
    """The sentences, each with the mentions that begin in it."""
    starts = [s.start for s in outlines]
    placed: list[list[Mention]] = [[] for _ in outlines]
    for mention in to_place:
        i = bisect_right(starts, mention.start) - 1
        if i >= 0:
            placed[i].append(mention)
    return [replace(s, mentions=tuple(inside)) for s, inside in zip(outlines, placed, strict=True)]
