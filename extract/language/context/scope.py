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

SEPARATORS, FREE, BREAKS, VERBS = (word_list(kind) for kind in ("separator", "free", "break", "verb"))

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
}


#: mentions that stand between a drug and its fate without adding to the distance: "81 mg daily for two months was stopped"
DOSING = frozenset({"dose", "volume", "ratio", "frequency", "duration", "route", "form", "vehicle", "site"})


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
    if hit.start >= first and hit.end <= last:  # a trigger within the mention's own words
        return Reach(hit, 0, 0, True) if rule.direction in ("forward", "backward", "both") else None
    if rule.direction in ("forward", "both") and hit.start < first:
        return _walk(hit, range(hit.end, first), target, words, stop_words(hits, hit, rule.category), before=True)
    if rule.direction in ("backward", "both") and hit.end > last:
        return _walk(hit, range(hit.start - 1, last - 1, -1), target, words, stop_words(hits, hit, ""), before=False)
    return None


def _walk(hit: Hit, way: range, target: int, words: Words, stops: frozenset[int], *, before: bool) -> Reach | None:
    """Go from the trigger to the mention and count; None when the scope is used up or a stop stands in the way."""
    rule, label = hit.rule, words.labels[target]
    used = crossed = depth = 0
    tied = False
    open_, close = ("(", ")") if before else (")", "(")
    passed = False  # a mention of the same kind stands in between
    previous_owner = -1
    aside = words.aside[hit.end - 1]
    for i in way:
        word, owner = words.text[i], words.owner[i]
        if words.aside[i] not in (0, aside):
            continue  # "X, which was tried first, was stopped"
        if word == open_:
            depth += 1
            continue
        if word == close:
            if not depth and before:
                return None  # the trigger stands in a bracket that ends before the mention
            tied = tied or not depth  # it stands in a bracket behind the mention: it tells of the word just before only
            depth = max(0, depth - 1)
            continue
        if depth and not _ends_inside(way, i, words, close):
            continue
        if tied and owner != target:
            return None
        if owner >= 0 and words.labels[owner] == label:
            passed = passed or owner != target
            previous_owner = owner
            continue
        if owner >= 0 and words.labels[owner] in DOSING:
            if label == "drug":
                continue
            owner = -1
        if passed and not before and word in VERBS:
            return None  # "A was begun and B was stopped"
        if i in stops or (word in BREAKS and (before or label == "diagnosis" or word == ";")):
            return None  # a drug's fate may follow a "but": "was started on it but stopped"
        if owner >= 0:
            used += owner != previous_owner
            previous_owner = owner
        elif word in SEPARATORS:
            if rule.spread:
                used = 0
            elif passed and word not in ("or", "/"):
                return None
            else:
                used += 1
            crossed += 1
        elif word not in FREE:
            if passed and not rule.spread:
                return None
            used += 1
        if used > rule.scope:
            return None
    if passed and not rule.spread and not crossed:
        return None
    return Reach(hit, used, crossed, before)


def _ends_inside(way: range, i: int, words: Words, close: str) -> bool:
    """Whether the bracket that is open at word i is still open where the way ends: then its words count."""
    return not any(words.text[j] == close for j in way[way.index(i) :])


def word_span(start: int, end: int, words: Words) -> tuple[int, int]:
    """The words that the characters start..end touch."""
    inside = [i for i, (a, b) in enumerate(zip(words.start, words.end, strict=True)) if b > start and a < end]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def stop_words(hits: Sequence[Hit], hit: Hit, category: str) -> frozenset[int]:
    """The words at which the scope of `hit`, seen as of `category`, ends: where others that end it begin."""
    ends = ENDED_BY.get(category, ENDED)
    return frozenset(h.start for h in hits if h.rule.category in ends and not h.literal & hit.literal)
