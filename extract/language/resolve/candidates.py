"""Proposals under decision: the small currency of the resolver.

A `Candidate` is what one stage proposes; the functions here join candidates of one label and trim their edges. In
and out: lists of candidates; nothing is written on the Doc.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Span

from extract.language.terms.head_nouns import is_head, modifiers


@dataclass(frozen=True, slots=True)
class Candidate:
    """A proposal: characters start..end, label, confidence, and the stage it comes from; of the model's, the heads
    that proposed it, joined by "; "; how many words it has; whether model and vocabulary both found it."""

    start: int
    end: int
    label: str
    confidence: float
    origin: str
    norm: str = ""
    long_form: str = ""
    heads: str = ""
    words: int = 1
    seconded: bool = False

    @property
    def length(self) -> int:
        """Length in characters."""
        return self.end - self.start

    def overlaps(self, other: Candidate) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def inside(self, other: Candidate) -> bool:
        """Whether this one lies within the other (or is as long)."""
        return other.start <= self.start and self.end <= other.end


class Places:
    """Candidates by where they stand: what is looked up beside one costs the same in a long text as in a short one."""

    _WIDTH = 256  # characters a drawer covers

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._drawers: dict[int, list[Candidate]] = {}
        for c in candidates:
            for drawer in self._of(c):
                self._drawers.setdefault(drawer, []).append(c)

    def _of(self, c: Candidate) -> range:
        return range(c.start // self._WIDTH, max(c.start, c.end - 1) // self._WIDTH + 1)

    def near(self, c: Candidate) -> Iterator[Candidate]:
        """All candidates that share a character with `c`, and others near it; one may come twice."""
        for drawer in self._of(c):
            yield from self._drawers.get(drawer, ())


def from_span(span: Span, origin: str, confidence: float | None = None) -> Candidate:
    """The candidate a stage's span stands for; its own confidence where that stage has marked it."""
    own = confidence is None or span._.origin == origin
    value = float(span._.confidence if own else confidence or 0.0)
    return Candidate(
        span.start_char, span.end_char, span.label_, value, origin, span._.norm if own else "",
        heads=span._.heads if origin == "model" else "", words=len(span.text.split()),
    )  # fmt: skip


#: how much the word of each head of the model, and of the vocabulary, counts for where a name begins and ends; chosen on
#: the development parts of BC5CDR, PHEE and MACCROBAT
WEIGHTS = {"bc5cdr": 2.0, "ncbi": 0.5, "phee": 0.3, "maccrobat": 0.3, "": 0.8}


#: how sure the vocabulary is of a name that its list holds whole
COMPLETE = 0.7


def merge(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Candidates of one label without overlaps, in document order.

    Of overlapping ones the span with the most weight of confidence behind it stays, and then the longer; a model's
    single word gives way to the vocabulary's longer name around it. Agreement of different stages raises the
    confidence as independent evidence would.
    """
    merged: list[Candidate] = []
    group: list[Candidate] = []
    end = -1
    for c in sorted((c for c in candidates if c.length > 0), key=lambda c: (c.start, -c.end)):
        if group and c.start >= end:
            merged += _settle(group)
            group = []
        end = max(end, c.end) if group else c.end
        group.append(c)
    return merged + _settle(group)


def _settle(group: list[Candidate]) -> list[Candidate]:
    if len(group) < 2:
        return group
    weight: dict[tuple[int, int], float] = {}
    for c in group:
        votes = sum(WEIGHTS.get(head, 0.5) for head in (c.heads.split("; ") if c.heads else [""]))
        weight[c.start, c.end] = weight.get((c.start, c.end), 0.0) + votes * c.confidence
    kept: list[Candidate] = []
    for c in sorted(group, key=lambda c: (-weight[c.start, c.end], -c.length, -c.confidence)):
        if not any(c.overlaps(k) for k in kept):
            kept.append(_widened(c, group))
    return sorted((_agreed(c, group) for c in _apart(kept)), key=lambda c: c.start)


def _widened(c: Candidate, group: list[Candidate]) -> Candidate:
    """The vocabulary's longer name around a single word of the model, and a complete name of its list around any; else `c`."""
    wider = [w for w in group if w.origin != "model" and c.inside(w) and w.length > c.length]
    wider = [w for w in wider if w.confidence >= COMPLETE or (c.origin == "model" and c.words < 2)]
    if not wider:
        return c
    best = max(wider, key=lambda w: w.length)
    return replace(c, start=best.start, end=best.end)


def _apart(kept: list[Candidate]) -> list[Candidate]:
    """Without those that a widened one has run over."""
    apart: list[Candidate] = []
    for c in sorted(kept, key=lambda c: (-c.length, c.start)):
        if not any(c.overlaps(other) for other in apart):
            apart.append(c)
    return apart


def _agreed(c: Candidate, group: list[Candidate]) -> Candidate:
    """`c` with the confidence of all stages that found something there, and the norm one of them knew."""
    by_stage: dict[str, float] = {}
    for other in group:
        if other.overlaps(c):
            stage = "model" if other.origin == "model" else "vocabulary"
            by_stage[stage] = max(by_stage.get(stage, 0.0), other.confidence)
    doubt = 1.0
    for confidence in by_stage.values():
        doubt *= 1 - confidence
    origin = "model" if "model" in by_stage else c.origin
    confidence = min(0.98, 1 - doubt) if len(by_stage) > 1 else max(by_stage.values())
    norm = c.norm or next((o.norm for o in group if o.norm and (o.start, o.end) == (c.start, c.end)), "")
    return replace(c, confidence=confidence, origin=origin, norm=norm, seconded=len(by_stage) > 1)


def longest(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Of overlapping candidates of one label the longest, whole; in document order of each label."""
    kept: dict[str, list[Candidate]] = {}
    for c in sorted(candidates, key=lambda c: (c.start, -c.end)):
        mine = kept.setdefault(c.label, [])
        if not mine or c.start >= mine[-1].end:
            mine.append(c)
        elif c.length > mine[-1].length:
            mine[-1] = c
    return [c for mine in kept.values() for c in mine]


#: the first half of a compound whose second half somebody took for the name: "gastro-tracheal fistula", "para-umbilical hernia"; the
#: initial of a genus: "P. marneffei infection"
_COMPOUND = re.compile(
    r"(?<![\w-])(?:[A-Za-z]{3,}o|(?i:para|peri|retro|supra|infra|intra|extra|inter|trans|endo|juxta|sub))-$|(?<!\w)[A-Z]\.\s$"
)


def compound(c: Candidate, text: str) -> Candidate:
    """A diagnosis with the first half of the compound, or organism's name, that it begins in the midst of; anything else as it is."""
    midst = (
        c.label == "diagnosis" and text[c.start].islower() and not is_head(re.split(r"\W", text[c.start : c.end])[0])
    )
    half = _COMPOUND.search(text, max(0, c.start - 20), c.start) if midst else None
    return c if half is None else replace(c, start=half.start())


def trim(c: Candidate, text: str, is_edge: Callable[[str, str, str], bool]) -> Candidate:
    """Take space, stray punctuation and words that are no part of a name off the edges.

    Args:
        c: the candidate.
        text: the folded text.
        is_edge: of a label, a side ("first", "last") and a word, whether the word goes.
    """
    start, end = c.start, c.end
    while start < end:
        while start < end and not (text[start].isalnum() or text[start] in "([+"):
            start += 1
        while start < end and not (text[end - 1].isalnum() or text[end - 1] in ")]'%+"):
            end -= 1
        inside = re.findall(r"\S+", text[start:end])
        if len(inside) < 2:
            break
        if is_edge(c.label, "first", inside[0]) or (inside[0] == "invasive" and text.endswith("minimally ", 0, start)):
            start += len(inside[0])
        elif is_edge(c.label, "last", inside[-1]):
            end -= len(inside[-1])
        else:
            break
    return replace(c, start=start, end=end)


_WORD = re.compile(r"[^\W_]+")


def with_modifiers(candidates: Sequence[Candidate], text: str) -> list[Candidate]:
    """The diagnoses of the model with the words before them that the vocabulary counts as part of such a name: "[large] B-cell lymphoma",
    "[non-ST elevation] myocardial infarction", but not "[recurrent] pneumonia". `text` is folded."""
    made = {c.end: c for c in candidates if c.label == "diagnosis" and c.origin != "model"}
    whole = []
    for c in candidates:
        wider = made.get(c.end, c)
        if c.label == "diagnosis" and c.origin == "model" and wider.start < c.start:
            words = _WORD.findall(text[wider.start : c.start])
            if "a" not in words and words[0] != "elevation" and all(modifiers().get(word) == "part" for word in words):
                c = replace(c, start=wider.start)
        whole.append(c)
    return whole


#: words that stand in no such phrase: "given as a single dose before steroids", "as well as antibiotics"
_NO_PHRASE = "as|well|soon|before|after|with|without|for|of|to|in|on|and|or|by|than|from|during|because|dose|infusion|bolus|was|were"
#: "as an immunosuppressive", but not "such as antibiotics"
_AS = re.compile(
    rf"(?<!such )(?<!well )(?<!soon )\bas\s(?:(?:an?|the|his|her|their)\s)?(?:(?!(?:{_NO_PHRASE})\b)[\w-]+\s){{0,3}}$"
)
#: characters between a drug and the "as" that says what it was given as
_SAME_CLAUSE = 60


def predicates(names: Iterable[Candidate], text: str) -> list[Candidate]:
    """The classes among `names` that say what the drug before them was given as: "tamoxifen as endocrine therapy". `text` is in lower case."""
    drugs = [c for c in names if c.label == "drug"]
    return [
        c
        for c in drugs
        if c.norm
        and (at := _as_before(text, c)) >= 0
        and any(0 <= at - d.end <= _SAME_CLAUSE for d in drugs if d is not c)
    ]


def _as_before(text: str, c: Candidate) -> int:
    """Where the "as" stands whose phrase a candidate ends, in characters of the text; -1 where none does."""
    before = max(0, c.start - 50)
    found = _AS.search(text[before : c.start])
    return before + found.start() if found else -1
