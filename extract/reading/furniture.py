"""Page furniture: what is printed on pages but is not the paper's text.

words of all pages -> **words without furniture**, and the furniture. Running heads and feet are known by coming
again on other pages (digits masked, so page numbers and alternating heads count), or by standing where others came
again; line numbers by running up the margin; watermarks by their slant or their pale size.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from extract.document import Box, Furniture
from extract.reading.glyphs import Glyph, RawPage
from extract.reading.lines import Word, extent, plain, rows_of

ZONE = 0.16
"""Share of the page's height, at the top and at the bottom, where heads and feet stand."""
_BEYOND = 120.0
"""How far beyond it (points) print is looked at to see whether heads and feet stand clear of it."""

_PAGE_NUMBER = re.compile(
    r"(page\s*)?[-–—|\[(]?\s*(?:[esS]?\d{1,5}|[ivxlc]{1,6})\s*[-–—|\])]?(\s*(of|/|from)\s*\d{1,4})?", re.IGNORECASE
)


@dataclass(slots=True)
class _Strip:
    """A stretch of a row between wide gaps, near the page's top or bottom."""

    page: int
    words: list[Word]
    key: str
    text: str
    base: float
    rank: int
    """How many rows stand between it and the page's edge."""
    head: bool
    apart: float
    """White space towards the page's middle, in units of its size."""
    size: float


def strip_furniture(
    pages: Sequence[RawPage], words: list[list[Word]], sideways: list[list[Word]] | None = None
) -> list[Furniture]:
    """Take the furniture's words out of `words` (one list a page, changed in place) and return it. Of `sideways`, words
    that run across the main direction, only what is furniture elsewhere is taken (the head of a page set sideways)."""
    taken: list[Furniture] = []
    for raw, page_words in zip(pages, words, strict=True):
        taken += _line_numbers(raw, page_words)
    strips = [s for raw, page_words in zip(pages, words, strict=True) for s in _strips(raw, page_words)]
    for strip, kind in _repeated(strips, len(pages)):
        taken.append(as_furniture(strip.words, strip.page, kind))
        gone = {id(w) for w in strip.words}
        at = next(i for i, raw in enumerate(pages) if raw.number == strip.page)
        words[at][:] = [w for w in words[at] if id(w) not in gone]
    known = {_key(f.text) for f in taken if f.kind in ("head", "foot")}
    for raw, across in zip(pages, sideways or [], strict=False):
        for row in rows_of(across):
            pieces = _pieces(sorted(row, key=lambda w: w.x0), max(w.size for w in row))
            texts = [plain(piece).strip() for piece in pieces]
            numbers = [bool(_PAGE_NUMBER.fullmatch(text)) for text in texts]
            heads = [_key(text) in known and not number for text, number in zip(texts, numbers, strict=True)]
            if not known or (not any(heads) and len(pieces) > 1):
                continue  # a number among other cells is a table's
            for piece, taken_too in zip(pieces, map(max, heads, numbers), strict=True):
                if taken_too:
                    taken.append(as_furniture(piece, raw.number, "head"))
                    gone = {id(w) for w in piece}
                    across[:] = [w for w in across if id(w) not in gone]
    return taken


def _key(text: str) -> str:
    """Letters only, digits masked: the same for a running head on every page."""
    return re.sub(r"[\W_]+", "", re.sub(r"\d+", "0", text.lower()))


def _pieces(row: list[Word], size: float) -> list[list[Word]]:
    """A row cut at wide gaps."""
    out = [[row[0]]]
    for w in row[1:]:
        if w.x0 - out[-1][-1].x1 < 1.5 * size:
            out[-1].append(w)
        else:
            out.append([w])
    return out


def as_furniture(words: Sequence[Word], page: int, kind: str) -> Furniture:
    """A furniture record of these words."""
    ordered = sorted(words, key=lambda w: w.x0)
    return Furniture(plain(ordered), kind, Box(page, *extent(words)))


def turned_furniture(raw: RawPage, glyphs: Sequence[Glyph]) -> Furniture | None:
    """Slanted glyphs (a watermark) as furniture."""
    if not glyphs:
        return None
    text = ""
    last: Glyph | None = None
    for g in glyphs:
        if last is not None and math.hypot(g.x0 - last.x0, g.base - last.base) > 2.5 * max(g.size, last.size):
            text += " "  # another mark
        text += g.text
        last = g
    text = " ".join(text.split())
    if not text:
        return None
    box = Box(
        raw.number, min(g.x0 for g in glyphs), min(g.top for g in glyphs),
        max(g.x1 for g in glyphs), max(g.bottom for g in glyphs),
    )  # fmt: skip
    return Furniture(text, "watermark", box)


def _strips(raw: RawPage, words: list[Word]) -> list[_Strip]:
    reach = ZONE * raw.height + _BEYOND
    near = [w for w in words if w.base < reach or w.base > raw.height - reach]
    rows = rows_of(near)
    rows.sort(key=lambda r: r[0].base)
    strips: list[_Strip] = []
    for head in (True, False):
        edge = rows if head else rows[::-1]
        for rank, row in enumerate(edge[:6]):
            base = row[0].base
            where = base / raw.height if head else 1 - base / raw.height
            if where > ZONE:
                break
            row = sorted(row, key=lambda w: w.x0)
            size = max(w.size for w in row)
            if rank + 1 < len(edge):
                other = edge[rank + 1]
                apart = (min(w.top for w in other) - base) if head else (min(w.top for w in row) - other[0].base)
            else:
                apart = 99.0
            for piece in _pieces(row, size):
                text = plain(piece)
                strips.append(_Strip(raw.number, piece, _key(text), text, base, rank, head, apart / size, size))
    return strips


def _repeated(strips: list[_Strip], pages: int) -> list[tuple[_Strip, str]]:
    """The strips that are furniture, and of what kind."""
    chosen = _come_again(strips)
    places: dict[bool, set[int]] = defaultdict(set)
    for s, _ in chosen.values():
        places[s.head].add(round(s.base))
    in_row = Counter((s.page, s.head, s.rank) for s in strips)
    for s in strips:
        if id(s) not in chosen:
            level = any(abs(s.base - y) <= 2.5 for y in places[s.head])
            kind = _kind_by_place(s, level, in_row[s.page, s.head, s.rank] == 1)
            if kind:
                chosen[id(s)] = (s, kind)
    if pages > 1:
        _beside(strips, chosen)
    return list(chosen.values())


def _come_again(strips: Sequence[_Strip]) -> dict[int, tuple[_Strip, str]]:
    """The strips that come again on other pages at one height, by id."""
    same: dict[tuple[bool, str], list[_Strip]] = defaultdict(list)
    for s in strips:
        same[s.head, s.key].append(s)
    chosen: dict[int, tuple[_Strip, str]] = {}
    for (head, key), group in same.items():
        on = {s.page for s in group}
        if not key or len(on) < 2 or _PAGE_NUMBER.fullmatch(group[0].text.strip()):
            continue
        for s in group:
            again = any(o.page != s.page and abs(o.base - s.base) < 12 for o in group)
            if again and (len(on) >= 3 or s.rank <= 2):
                chosen[id(s)] = (s, "head" if head else "foot")
    return chosen


def _kind_by_place(s: _Strip, level: bool, alone: bool) -> str:
    """What kind of furniture a strip is that comes once, or "": a page number, or what stands at the height (`level`) of
    heads and feet that come again. `alone`: it is all of its row."""
    if _PAGE_NUMBER.fullmatch(s.text.strip()) and (level or (s.rank == 0 and (alone or s.apart > 1.5))):
        return "page_number"  # (a number among others close to the text is a cell of a table's last row)
    if level and s.page != 1 and s.rank <= 3 and (s.apart > 0.6 or s.rank == 0) and len(s.text) < 160:
        return "head" if s.head else "foot"
    return ""


def _beside(strips: list[_Strip], chosen: dict[int, tuple[_Strip, str]]) -> None:
    """A strip on one row with furniture that stands clear of the text is furniture too (a first page's date line)."""
    rows: dict[tuple[int, bool, int], list[_Strip]] = defaultdict(list)
    for s in strips:
        rows[s.page, s.head, s.rank].append(s)
    for group in rows.values():
        if any(id(s) in chosen for s in group):
            for s in group:
                if id(s) not in chosen and s.apart > 1.2 and len(s.text) < 100:
                    chosen[id(s)] = (s, "head" if s.head else "foot")


def _line_numbers(raw: RawPage, words: list[Word]) -> list[Furniture]:
    """Numbers that run up by one (or five) down a margin, outside the text."""
    numbers = [w for w in words if w.count <= 4 and w.text.isdigit()]
    if len(numbers) < 5:
        return []
    others = [w for w in words if not (w.count <= 4 and w.text.isdigit())]
    if not others:
        return []
    starts = sorted(w.x0 for w in others)
    ends = sorted(w.x1 for w in others)
    left, right = starts[len(starts) // 200], ends[-1 - len(ends) // 200]
    out: list[Furniture] = []
    for side in (
        [w for w in numbers if w.x1 < left - 2],
        [w for w in numbers if w.x0 > right + 2],
    ):
        side.sort(key=lambda w: w.base)
        if len(side) < 5:
            continue
        values = [int(w.text) for w in side]
        steps = [b - a for a, b in itertools.pairwise(values)]
        usual = max(set(steps), key=steps.count)
        if usual in (1, 2, 5, 10) and steps.count(usual) >= 0.7 * len(steps):
            out += [as_furniture([w], raw.number, "line_number") for w in side]
            gone = {id(w) for w in side}
            words[:] = [w for w in words if id(w) not in gone]
    return out
