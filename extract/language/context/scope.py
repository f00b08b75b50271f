"""Whether a trigger reaches a mention, and how far away it stands.

Stands between `assertion_rules` (triggers found) and `assertion_decide` (what they mean). Pure functions on words.
A scope is counted in words; words that add nothing to the distance (articles, "any", bracketed asides, mentions of the
same kind in a list) are free. A `list` rule's count begins anew after each separator, so that "no history of diabetes,
previous stroke, or known asthma" reaches all three, and ends at the first stop (a new clause, a new verb).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extract.language.context.rules import Hit
from extract.language.context.words import Words, word_list

SEPARATORS, FREE, BREAKS, VERBS, OPENERS = (
    word_list(kind) for kind in ("separator", "free", "break", "verb", "opener")
)

ENDED, FOUND = frozenset({"stop", "clause"}), frozenset({"present", "known"})
#: the categories whose triggers end the forward scope of a trigger of the given category; a backward scope ends at a stop or clause
ENDED_BY = {
    "absent": ENDED | {"weak", *FOUND},
    "possible": ENDED | FOUND,
    "history": ENDED | {"weak", *FOUND},
    "past": ENDED | FOUND,
    "present": ENDED | {"absent", "possible", "history", "past", "family"},
    "known": ENDED | {"absent", "possible", "history", "past", "family"},
    "time": frozenset({"stop"}),
    "failed": ENDED | {"weak"},
    "avoided": ENDED | {"weak"},
    "declined": ENDED | {"weak"},
    "stopped": ENDED | {"weak"},
    "exposure": ENDED | {"weak"},
}


#: mentions that stand between a drug and its fate without adding to the distance: "81 mg daily for two months was stopped"
DOSING = frozenset({"dose", "volume", "ratio", "frequency", "duration", "route", "form", "vehicle", "site"})
#: words from an "as" to the class it leads to: "as a third-line chemotherapy"
_AS = 5


@dataclass(frozen=True, slots=True)
class Reach:
    """A trigger that reaches a mention: words between, separators of a list crossed, and on which side the trigger is."""

    hit: Hit
    distance: int
    crossed: int
    before: bool  # the trigger stands before the mention


def reach(hit: Hit, target: int, span: tuple[int, int], words: Words, hits: Sequence[Hit]) -> Reach | None:
    """How `hit` reaches mention number `target` that covers words span[0]..span[1], or None if it does not."""
    rule = hit.rule
    if target in hit.inside:
        return Reach(hit, 0, 0, hit.start <= span[0])
    if rule.direction == "inside":
        return None
    first, last = span
    if rule.direction == "around":
        return Reach(hit, 0, 0, False) if hit.start < first and last < hit.end else None
    if hit.start >= first and hit.end <= last:  # within the mention's own words
        return Reach(hit, 0, 0, True) if _bounds(hit, span, words.labels[target]) else None
    if rule.direction in ("forward", "both") and hit.start < first:
        stops = stop_words(hits, hit, rule.category)
        return _Walk(hit, range(hit.end, first), target, words, stops, before=True).reach()
    if rule.direction in ("backward", "both") and hit.end > last:
        stops = stop_words(hits, hit, "")
        return _Walk(hit, range(hit.start - 1, last - 1, -1), target, words, stops, before=False).reach()
    return None


class _Walk:
    """The way from a trigger to a mention: what stands on it is counted until the scope is used up or a stop stands in the way."""

    def __init__(self, hit: Hit, way: range, target: int, words: Words, stops: frozenset[int], *, before: bool) -> None:
        self.hit, self.way, self.target, self.words, self.stops, self.before = hit, way, target, words, stops, before
        self.label, self.spread = words.labels[target], hit.rule.spread
        self.open, self.close = ("(", ")") if before else (")", "(")
        self.aside = words.aside[hit.end - 1]
        self.used = self.crossed = self.depth = 0
        self.passed = False  # a mention of the same kind stands in between
        self.tied = False  # the trigger stands in a bracket behind the mention: it tells of the word just before only
        self.last_owner = -1

    def reach(self) -> Reach | None:
        """How the trigger reaches the mention; None where it does not."""
        for i in self.way:
            if self.words.aside[i] not in (0, self.aside):
                continue  # "X, which was tried first, was stopped"
            if self.words.text[i] in (self.open, self.close):
                if not self._bracket(self.words.text[i]):
                    return None
            elif not (self.depth and self._closed_later(i)) and not self._goes_on(i):
                return None
        if self.passed and not self.spread and not self.crossed:
            return None
        return Reach(self.hit, self.used, self.crossed, self.before)

    def _bracket(self, sign: str) -> bool:
        """Enter or leave a bracket; False where the trigger stands in one that ends before the mention."""
        if sign == self.open:
            self.depth += 1
            return True
        if not self.depth and self.before:
            return False
        self.tied = self.tied or not self.depth
        self.depth = max(0, self.depth - 1)
        return True

    def _closed_later(self, i: int) -> bool:
        """Whether the bracket that is open at word i closes on the way: then its words do not count."""
        return any(self.words.text[j] == self.close for j in self.way[self.way.index(i) :])

    def _goes_on(self, i: int) -> bool:
        """Count a word; False where the way ends at it."""
        word, owner = self.words.text[i], self.words.owner[i]
        if self.tied and owner != self.target:
            return False
        label = self.words.labels[owner] if owner >= 0 else ""
        if label == self.label:
            self.passed = self.passed or (owner != self.target and not self._is_predicate(i))
            self.last_owner = owner
            return True
        if label in DOSING:
            if self.label == "drug":
                return True
            owner = -1
        if self._is_stop(i, word):
            return False
        if owner >= 0:
            self.used += owner != self.last_owner
            self.last_owner = owner
        elif not self._count(word):
            return False
        return self.used <= self.hit.rule.scope

    def _is_predicate(self, i: int) -> bool:
        """Whether the mention at word i says what the others were given as: "A was given as third-line chemotherapy"."""
        return self.label == "drug" and "as" in self.words.text[max(0, i - _AS) : i]

    def _is_stop(self, i: int, word: str) -> bool:
        if self.passed and not self.before and (word in VERBS or word in OPENERS):
            return True  # "A was begun and B was stopped", "A was given after B was stopped", "A after B was stopped"
        other = self.hit.rule.category == "given" and not self.before and self.used and not self.passed
        if word == "," and other and self.words.text[i + 1] in ("a", "an"):
            return True  # "not helped by A, a shunt was placed"
        # a drug's fate may follow a "but": "was started on it but stopped"
        return i in self.stops or (word in BREAKS and (self.before or self.label == "diagnosis" or word == ";"))

    def _count(self, word: str) -> bool:
        """Count a word that is nobody's mention; False where it parts the trigger from the mention."""
        if word in SEPARATORS:
            self.crossed += 1
            if self.spread:
                self.used = 0
                return True
            self.used += 1
            return not self.passed or word in ("or", "/")
        if word in FREE:
            return True
        self.used += 1
        return self.spread or not self.passed


def _bounds(hit: Hit, span: tuple[int, int], label: str) -> bool:
    """Whether a trigger within a mention tells of it: of a diagnosis only at the edge from which it looks in ("HIV negative", but not a
    "triple negative cancer")."""
    if label != "diagnosis":
        return hit.rule.direction in ("forward", "backward", "both")
    edges = {"forward": hit.start == span[0], "backward": hit.end == span[1]}
    return edges.get(hit.rule.direction, hit.rule.direction == "both" and any(edges.values()))


def word_span(start: int, end: int, words: Words) -> tuple[int, int]:
    """The words that the characters start..end touch."""
    inside = [i for i, (a, b) in enumerate(zip(words.start, words.end, strict=True)) if b > start and a < end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def stop_words(hits: Sequence[Hit], hit: Hit, category: str) -> frozenset[int]:
    """The words at which the scope of `hit`, seen as of `category`, ends: where others that end it begin."""
    ends = ENDED_BY.get(category, ENDED)
    return frozenset(h.start for h in hits if h.rule.category in ends and not h.literal & hit.literal)
