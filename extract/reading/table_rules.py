"""Where ruled tables stand on a page: stacks of horizontal rules under (or over) a caption.

rules and words of a page -> **stacks of rules** -> tables. A table is a stack of horizontal rules of one extent under (or
over) a line that begins "Table 1", or a stack of four and more rules over words that are not in the body's print.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from extract.reading.fonts import family
from extract.reading.glyphs import RawPage
from extract.reading.lines import Word, plain, rows_of, segments_of

Rule = tuple[float, float, float]
"""A horizontal rule: from x0 to x1, and its height y."""
Caption = tuple[float, float, float, float]
"""The first stretch of a caption's first line: x0, x1, top, bottom."""

_LEAST_RULES = 3
"""Fewest rules of a table under a caption whose words are printed like the running text."""
_LEAST_RULES_ALONE = 4
"""Fewest rules of a table without a caption."""


@dataclass(slots=True)
class Stack:
    """Horizontal rules of one extent, one under the other. `heights` are those of its rules, from the top."""

    x0: float
    x1: float
    heights: list[float]
    members: list[int]
    """The rules' places among the page's."""

    @property
    def top(self) -> float:
        """Height of the first rule."""
        return self.heights[0]

    @property
    def bottom(self) -> float:
        """Height of the last rule."""
        return self.heights[-1]

    def crosses(self, caption: Caption) -> bool:
        """Whether a caption stands over or under some of the rules' extent."""
        return caption[0] < self.x1 and caption[1] > self.x0


def horizontal_rules(page: RawPage) -> list[Rule]:
    """Horizontal rules as (x0, x1, y): pieces on one height joined; edges of wide filled boxes count."""
    pieces = [(x0, x1, (top + bottom) / 2) for x0, top, x1, bottom in page.rules if x1 - x0 > 3 * (bottom - top)]
    for x0, top, x1, bottom in page.boxes:
        if x1 - x0 > 60 and bottom - top < 0.75 * page.height:
            pieces += [(x0, x1, top), (x0, x1, bottom)]
    pieces.sort(key=lambda p: (round(p[2]), p[0]))
    joined: list[Rule] = []
    for x0, x1, y in pieces:
        if joined and abs(joined[-1][2] - y) <= 1.6 and x0 - joined[-1][1] <= 8:
            a, b, c = joined[-1]
            joined[-1] = (min(a, x0), max(b, x1), c)
        else:
            joined.append((x0, x1, y))
    return [r for r in joined if r[1] - r[0] > 60]


def captions_of(words: Sequence[Word]) -> list[Caption]:
    """Lines that begin "Table 1": (x0, x1, top, bottom) of the line's first stretch."""
    out = []
    for i, w in enumerate(words):
        if w.text[0] not in "tT" or (w.text[:3].lower() != "tab" and w.text != "T"):
            continue
        row = [w]
        for o in words[i + 1 : i + 40]:
            if abs(o.base - w.base) > 0.3 * w.size or not -2 < o.x0 - row[-1].x1 < 2.5 * w.size:
                break
            row.append(o)
        if not re.match(r"(?:Table|Tab\.)\s*(?:[A-Z]?\d{1,2}|[IVX]{1,4})\b", plain(row), re.IGNORECASE):
            continue
        leads = not any(
            o is not w and abs(o.base - w.base) < 0.3 * w.size and -1.2 * w.size < w.x0 - o.x1 < 1.2 * w.size
            for o in words
        )
        if leads:
            out.append((w.x0, row[-1].x1, w.top, w.bottom))
    return out


def stacks(
    rules: Sequence[Rule], captions: Sequence[Caption], words: Sequence[Word], body: tuple[str, float]
) -> list[Stack]:
    """The stacks of rules that bound a table, from the top of the page. `body` is the running text's font family and size."""
    order = sorted(range(len(rules)), key=lambda i: rules[i][2])
    used: set[int] = set()
    tables: list[Stack] = []
    for i in order:
        if i in used:
            continue
        stack = _stack_from(i, [j for j in order if j not in used], rules, captions, words, body)
        if len(stack.heights) > 1 and _bounds_a_table(stack, captions, words, body):
            used.update(stack.members)
            tables.append(stack)
    return tables


def _stack_from(
    i: int,
    order: Sequence[int],
    rules: Sequence[Rule],
    captions: Sequence[Caption],
    words: Sequence[Word],
    body: tuple[str, float],
) -> Stack:
    """The rule `i` and those of its extent under it (`order`: places of rules, from the top), as far as its table reaches."""
    x0, x1, y = rules[i]
    stack = Stack(x0, x1, [y], [i])
    limit = min((c[2] for c in captions if c[2] > y + 2 and stack.crosses(c)), default=1e9)
    inside = beside(words, x0, x1)
    for j in order:
        a, b, at = rules[j]
        if j == i or not y + 1 < at < limit + 2 or a < x0 - 5 or b > x1 + 5 or b - a < 0.9 * (x1 - x0):
            continue
        if _text_goes_on(stack, at, inside, body):
            break
        stack.members.append(j)
        stack.heights.append(at)
    return stack


def _text_goes_on(stack: Stack, at: float, inside: Sequence[Word], body: tuple[str, float]) -> bool:
    """Whether running text stands between a stack and a rule at the height `at`; `inside` are the words within its extent."""
    under = between(inside, stack.bottom, at)
    if _is_prose(under, body, stack.x1 - stack.x0):
        return True
    if len(stack.heights) < 2 or len(under) <= 8 or _share(under, body) <= 0.6:
        return False
    table = [w for w in inside if stack.top < w.base < stack.bottom]
    return _share(table, body) < 0.1  # a table in other print


def _bounds_a_table(stack: Stack, captions: Sequence[Caption], words: Sequence[Word], body: tuple[str, float]) -> bool:
    """Whether a stack has a caption and print of its own, or rules enough and cells."""
    inside = between(beside(words, stack.x0, stack.x1), stack.top, stack.bottom)
    if not inside:
        return False
    foreign = sum(w.count for w in inside if not in_body_print(w, body)) / sum(w.count for w in inside)
    rules = len(stack.heights)
    under = any(c[0] < stack.x1 and c[1] > stack.x0 - 2 and -14 < stack.top - c[3] < 60 for c in captions)
    over = any(stack.crosses(c) and 0 <= c[2] - stack.bottom < 14 for c in captions)
    if (under and (rules >= _LEAST_RULES or foreign > 0.5)) or (over and rules >= _LEAST_RULES):
        return True
    return rules >= _LEAST_RULES_ALONE and foreign > 0.8 and _is_grid(inside)


def beside(words: Sequence[Word], x0: float, x1: float) -> list[Word]:
    """The words whose middles stand between x0 and x1, or within 4 points of it."""
    return [w for w in words if x0 - 4 <= (w.x0 + w.x1) / 2 <= x1 + 4]


def between(words: Sequence[Word], top: float, bottom: float, *, ends_count: bool = False) -> list[Word]:
    """The words whose middles stand between two heights (`ends_count`: or on them)."""
    if ends_count:
        return [w for w in words if top <= (w.top + w.bottom) / 2 <= bottom]
    return [w for w in words if top < (w.top + w.bottom) / 2 < bottom]


def in_body_print(w: Word, body: tuple[str, float]) -> bool:
    """Whether a word is printed like the running text."""
    return abs(w.size - body[1]) <= 0.04 * body[1] and family(w.font) == body[0]


def _share(words: Sequence[Word], body: tuple[str, float]) -> float:
    """Share of the words that are printed like the running text; 1 where there are none."""
    return sum(in_body_print(w, body) for w in words) / len(words) if words else 1.0


def _is_grid(words: Sequence[Word]) -> bool:
    """Whether most rows fall into several cells with little in each: a table that goes on from the page before."""
    size = statistics.median(w.size for w in words)
    split = [segments_of(sorted(r, key=lambda w: w.x0), size) for r in rows_of(words)]
    several = [row for row in split if len(row) >= 3 and sum(len(s) for s in row) <= 6 * len(row)]
    return len(several) >= 3 and len(several) >= 0.6 * len(split)


def _is_prose(words: Sequence[Word], body: tuple[str, float], width: float) -> bool:
    """Whether words read as running text: body print, and most rows filled from edge to edge."""
    if not words:
        return False
    rows = rows_of([w for w in words if in_body_print(w, body)])
    full = [r for r in rows if sum(w.x1 - w.x0 for w in r) > 0.6 * min(width, 260)]
    return len(full) >= 4 and len(full) >= 0.5 * len(rows) and sum(len(r) for r in rows) > 0.7 * len(words)
