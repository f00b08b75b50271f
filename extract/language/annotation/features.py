"""What is known of a span that may be a mention: the features of the second reading.

Between the first reading (model, vocabularies, rules, resolver) and `decide.py`. Every span that any of them proposes
is a candidate, and so is every place where words stand that a head of the model is sure of elsewhere in the
document. Of each the features say who proposed it and how surely, what stands across its ends, what the same words
are taken for in the rest of the document, and whether they are short for something or something is short for them.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc

from extract.language import spans
from extract.language.gazetteer import Words, fold, words_of
from extract.language.model import PROPOSALS
from extract.language.terms.component import proposals as vocabulary

HEADS = ("bc5cdr", "ncbi", "phee", "maccrobat")
LABELS = ("drug", "diagnosis", "dose", "route", "frequency", "duration", "age", "sex")
LEAST = 0.05  # probability that makes a proposal of a head a candidate
_SURE = 0.5  # probability that makes a head's words a candidate wherever they stand
_WORD = re.compile(r"\w+")
_SHORTEST = 3  # characters of such words
_FLOOR = 0.01
_NEVER = math.log(_FLOOR / (1 - _FLOOR))
_NONE = (0.0, 0.0)

NAMES = (
    "bias",
    *(f"{head}:{what}" for head in HEADS for what in ("exact", "inside", "rival")),
    "other",  # probability of another label here, by the guideline's own head
    "vocabulary", "vocabulary:near", "rule", "rule:near", "resolver", "resolver:near",
    "again:best", "again:mean", "again:count",  # the same words elsewhere, by the guideline's own head
    "short", "short:long", "long", "long:short",
    "one word", "words", "brief", "capitals", "digits", "hyphen before", "hyphen after",
)  # fmt: skip

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Characters start..end under a label, and the features, in the order of `NAMES`."""

    start: int
    end: int
    label: str
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Label:
    """Who proposes what under one label."""

    heads: dict[str, dict[Place, tuple[float, float]]]  # head -> place -> (exact, inside)
    vocabulary: frozenset[Place]
    rules: frozenset[Place]
    resolver: frozenset[Place]


def candidates(doc: Doc, head: str, labels: Iterable[str] = LABELS) -> Iterator[Candidate]:
    """The candidates of `doc` with these labels, those of one label in text order.

    Args:
        head: the guideline's own head of the model.
    """
    labels = tuple(labels)
    by_label = {label: _gather(doc, label) for label in labels}
    words_cut = words_of(doc)
    text, folded = words_cut.text, words_cut.folded
    where = _Where(words_cut)
    short = {(s.start_char, s.end_char): fold(s._.long_form) for s in doc.spans.get("abbreviations", ())}
    shorts_of: dict[str, list[Place]] = defaultdict(list)
    for place, long in short.items():
        shorts_of[long].append(place)
    named = [
        (label, *place, exact) for label in labels for place, (exact, _) in by_label[label].heads.get(head, {}).items()
    ]
    for label in labels:
        gathered = by_label[label]
        own = {place: exact for place, (exact, _) in gathered.heads.get(head, {}).items()}
        by_words: dict[str, list[tuple[Place, float]]] = defaultdict(list)
        for place, exact in own.items():
            by_words[folded[place[0] : place[1]]].append((place, exact))
        places, counts = _places(gathered, by_words, folded, where)
        best_of = {words: max(p for _, p in at) for words, at in by_words.items()}
        of_long = {long: _of_long(best_of, long) for long in shorts_of}
        around = _Around(gathered, [row[1:] for row in named if row[0] != label])
        for place in sorted(places):
            start, end = place
            words = folded[start:end]
            again = [p for at, p in by_words.get(words, ()) if at != place]
            count = max(0, counts.get(words, 1) - 1)
            row = [1.0, *around.of(place)]
            row += [_logit(max(again, default=0.0)), _logit(sum(again) / count), math.log1p(count)] if count else [-3.0, -3.0, 0.0]  # fmt: skip
            meant = short.get(place)
            row += [0.0, 0.0] if meant is None else [1.0, _logit(of_long[meant])]
            shorts = shorts_of.get(words)
            row += [1.0, _logit(sum(own.get(p, 0.0) for p in shorts) / len(shorts))] if shorts else [0.0, 0.0]
            number = words.count(" ") + 1
            row += [
                float(number == 1), float(min(number, 6)), float(end - start <= 4), float(text[start:end].isupper()),
                float(any(c.isdigit() for c in words)), float(folded[start - 1 : start] == "-"), float(folded[end : end + 1] == "-"),
            ]  # fmt: skip
            yield Candidate(start, end, label, tuple(row))


def _gather(doc: Doc, label: str) -> _Label:
    heads: dict[str, dict[Place, tuple[float, float]]] = {}
    for head, known, start, end, exact, inside in doc.user_data.get(PROPOSALS, ()):
        if known == label:
            heads.setdefault(head, {})[start, end] = (exact, inside)
    return _Label(
        heads,
        frozenset((f.start, f.end) for f in vocabulary(doc) if f.label == label),
        frozenset((s.start_char, s.end_char) for s in doc.spans.get("quantities", ()) if s.label_ == label),
        frozenset((s.start_char, s.end_char) for s in spans.mentions(doc, label)),
    )


def _places(
    gathered: _Label, by_words: Mapping[str, Sequence[tuple[Place, float]]], folded: str, where: _Where
) -> tuple[set[Place], dict[str, int]]:
    """The candidates' places, and how often each sure wording stands in the text."""
    places = {p for at in gathered.heads.values() for p, (exact, _) in at.items() if exact >= LEAST}
    places |= gathered.rules | gathered.resolver | gathered.vocabulary
    counts: dict[str, int] = {}
    sure = {words for words, at in by_words.items() if len(words) >= _SHORTEST and any(p >= _SURE for _, p in at)}
    for words in {folded[start:end] for start, end in places}:
        at = where.of(words)
        counts[words] = len(at)
        if words in sure:
            places.update((start, start + len(words)) for start in at)
    return places, counts


class _Where:
    """Where a wording stands as whole words, by an index of the words, so that a book takes no longer than its length."""

    def __init__(self, words: Words) -> None:
        self.folded, self.words = words.folded, words
        self.starts: dict[str, list[int]] | None = None
        if "_" in words.folded:  # a word of ours may hold one, one of a vocabulary does not
            self.starts = defaultdict(list)
            for match in _WORD.finditer(words.folded):
                self.starts[match[0]].append(match.start())

    def _of_word(self, word: str) -> Iterable[int]:
        if self.starts is not None:
            return self.starts.get(word, ())
        return [self.words.offsets[i][0] for i in self.words.places.get(word, ())]

    def of(self, words: str) -> list[int]:
        """First characters; none for a wording that does not begin with a letter or digit."""
        first = _WORD.match(words)
        if first is None:
            return []
        folded, length = self.folded, len(words)
        return [
            at
            for at in self._of_word(first[0])
            if folded.startswith(words, at) and not _WORD.match(folded, at + length)
        ]


class _Around:
    """Features of who proposes a place or what overlaps it."""

    def __init__(self, gathered: _Label, others: Sequence[tuple[int, int, float]]) -> None:
        self.gathered = gathered
        self.heads = [(gathered.heads.get(h, {}), _Overlaps([(*p, *v) for p, v in gathered.heads.get(h, {}).items()])) for h in HEADS]  # fmt: skip
        self.others = _Overlaps(others)
        self.groups = [(g, _Overlaps(list(g))) for g in (gathered.vocabulary, gathered.rules, gathered.resolver)]

    def of(self, place: Place) -> list[float]:
        """Of each head exact, inside and rival; the best of other labels; of each of the others whether it has the place, or one near it."""
        row: list[float] = []
        for exact, overlaps in self.heads:
            met = overlaps.of(*place)
            if not met:
                row += (_NEVER, _NEVER, _NEVER)
                continue
            rivals = [m[2] for m in met if m[:2] != place]
            row.append(_logit(exact.get(place, _NONE)[0]))
            row.append(_logit(max([m[3] for m in met])))
            row.append(_logit(max(rivals)) if rivals else _NEVER)
        others = self.others.of(*place)
        row.append(_logit(max([m[2] for m in others])) if others else _NEVER)
        for group, overlaps in self.groups:
            row += (float(place in group), float(bool(overlaps.of(*place))))
        return row


class _Overlaps:
    """Which rows (start, end, ...) overlap a place, by buckets of 64 characters."""

    def __init__(self, rows: Iterable[tuple[float, ...]]) -> None:
        self.rows: dict[int, list[tuple[float, ...]]] = defaultdict(list)
        for row in rows:
            for bucket in range(int(row[0]) >> 6, (int(row[1]) >> 6) + 1):
                self.rows[bucket].append(row)

    def of(self, start: int, end: int) -> list[tuple[float, ...]]:
        """The rows; one may be there twice."""
        first, last = start >> 6, end >> 6
        near = self.rows.get(first, ()) if first == last else [r for b in range(first, last + 1) for r in self.rows.get(b, ())]  # fmt: skip
        return [r for r in near if r[0] < end and start < r[1]]


def _of_long(best: Mapping[str, float], long: str) -> float:
    """How sure the phrase, or its last words, is elsewhere ("acute myeloid leukemia": "myeloid leukemia")."""
    exact = best.get(long)
    if exact is not None:
        return exact
    return max((p for words, p in best.items() if long.endswith(words) or words.endswith(long)), default=0.0)


def _logit(p: float) -> float:
    return math.log(p / (1 - p)) if _FLOOR < p < 1 - _FLOOR else (_NEVER if p <= _FLOOR else -_NEVER)
