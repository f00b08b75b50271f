"""A raw document becomes blocks in reading order, and furniture.

glyphs -> words -> (furniture out) -> regions -> lines -> **blocks** -> flow.
"""

from __future__ import annotations

import itertools
import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from extract.document import Furniture
from extract.reading.blocks import Block, Style, body_style, make_blocks
from extract.reading.columns import Region, cut
from extract.reading.fonts import family, is_bold
from extract.reading.furniture import strip_furniture, turned_furniture
from extract.reading.glyphs import Glyphs, RawDocument, RawPage
from extract.reading.lines import Line, Word, words_of
from extract.reading.panels import margins_of, take_margins, take_panels
from extract.reading.repair import repair
from extract.reading.roles import assign_roles
from extract.reading.spread import between_rules, halves
from extract.reading.tables import Table, take_tables
from extract.reading.unruled import take_unruled

Rect = tuple[float, float, float, float]

LEAST_ACROSS = 12
"""Fewest words set sideways that can be a table."""


@dataclass(slots=True)
class Layout:
    """The document's blocks in reading order with their roles, its furniture and the running text's style."""

    blocks: list[Block]
    style: Style
    furniture: list[Furniture] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def lay_out(raw: RawDocument) -> Layout:
    """Find the reading order of all pages and what each stretch of print is."""
    furniture: list[Furniture] = []
    words: list[list[Word]] = []
    sideways: list[list[Word]] = []
    pages: list[RawPage] = []
    for raw_page in raw.pages:
        page, upright, turned, slanted = _by_direction(raw_page)
        pages.append(page)
        mark = turned_furniture(page, slanted)
        if mark:
            furniture.append(mark)
        words.append(words_of(upright))
        sideways.append(words_of(turned))
    everything = [list(page_words) for page_words in words]
    found_furniture = strip_furniture(pages, words, sideways)
    if any(words):
        furniture += found_furniture
    else:  # a document of one line a page has no text but what looks like heads
        words = everything
    print_style = _commonest_print(words)
    for page_words in words:
        _lower_drop_caps(page_words, print_style[1])
    tables: list[Table] = []
    before: Table | None = None
    for page, page_words, across in zip(pages, words, sideways, strict=True):
        ruled = take_tables(page, page_words, print_style, before)
        on_page = ruled + take_unruled(page, page_words, print_style, ruled)
        under = max((t.bottom for t in on_page), default=0.0)
        before = None
        if not any(w.base > under for w in page_words):  # nothing stands under the page's last table
            before = max(on_page, key=lambda t: t.bottom, default=None)
        if len(across) >= LEAST_ACROSS and across[0].page_glyphs.turn.any():
            view = turned_page(page, across[0].page_glyphs.turn)
            ruled = take_tables(view, across, print_style)
            on_page += ruled + take_unruled(view, across, print_style, ruled)
        tables += on_page
    lines: list[Line] = []
    column = 0
    spans = margins_of(pages, words, print_style)
    for page, page_words, turned_words, span in zip(pages, words, sideways, spans, strict=True):
        panels = take_panels(page, page_words, print_style)
        margins = take_margins(page_words, print_style, span)
        parts = halves(page_words, page.width, page.height)
        if page is pages[0]:
            parts = [part for half in parts for part in between_rules(page, half)]
        pages_of = [(False, part) for part in parts]
        notes = [words_of(repair(note)) for note in page.notes]
        for apart, group in (*pages_of, *((True, g) for g in [*panels, *margins, turned_words, *notes])):
            for region in cut(group):
                column += 1
                region_lines = _lines(region, page.number, column)
                for line in region_lines:
                    line.apart = apart
                lines += region_lines
    style = body_style([line for line in lines if not line.apart])
    blocks = make_blocks(lines)
    assign_roles(blocks, style)
    return Layout(blocks, style, furniture, tables)


def _lower_drop_caps(words: list[Word], size: float) -> None:
    """A large initial that hangs over several lines belongs to the first of them, and to the word it begins."""
    for w in words:
        if not (w.size >= 1.8 * size and len(w.text) == 1 and w.text.isupper()):
            continue
        beside = [
            o
            for o in words
            if o is not w
            and o.size < 1.2 * size
            and -0.3 * size < o.x0 - w.x1 < 1.2 * size
            and w.base - 0.85 * w.size < o.base <= w.base + 0.2 * size
        ]
        lines = {round(o.base) for o in beside}
        if len(lines) < 2:  # beside one line only it is no initial
            continue
        first = min(beside, key=lambda o: (o.base, o.x0))
        w.base, w.size, w.top, w.bottom = first.base, first.size, first.top, first.bottom
        if first.text[0].islower():
            w.x1, first.spaced = first.x0, False


def _commonest_print(words: list[list[Word]]) -> tuple[str, float]:
    """Font family and size of most characters of the document."""
    votes: Counter[tuple[str, float]] = Counter()
    every = [w for page_words in words for w in page_words]
    count = 0
    raw: dict[tuple[str, float], int] = {}
    for w, following in itertools.pairwise(every):
        if (
            len(w.text) in (10, 11)
            and count > 3000
            and w.text.strip(".:").lower() == "references"
            and ((is_bold(w.font) and not is_bold(following.font)) or w.size > 1.05 * following.size)
        ):
            break  # a long reference list would outvote a short report
        n = w.count
        count += n
        raw[w.font, w.size] = raw.get((w.font, w.size), 0) + n
    for (font, size), n in raw.items():
        votes[family(font), round(size, 1)] += n
    return votes.most_common(1)[0][0] if votes else ("", 10.0)


def _by_direction(page: RawPage) -> tuple[RawPage, Glyphs, Glyphs, Glyphs]:
    """The page as it is to be read, its upright glyphs, its sideways glyphs turned upright, its slanted ones (watermarks).

    A page set sideways as a whole is turned: then its rules and boxes turn with it."""
    glyphs = repair(page.glyphs)
    if not glyphs.turn.any():
        nothing = glyphs[:0]
        return page, glyphs, nothing, nothing
    square = np.isin(glyphs.turn, (90, 180, 270))
    upright, turned = glyphs.where(glyphs.turn == 0), glyphs.where(square)
    slanted = glyphs.where(~square & (glyphs.turn != 0))
    if len(turned) <= 4 * len(upright):
        return page, upright, _turned(turned, page), slanted
    return turned_page(page, turned.turn), _turned(turned, page), upright, slanted


def turned_page(page: RawPage, turns: np.ndarray) -> RawPage:
    """The page, without its glyphs, as it stands when most of what is set sideways (`turns`, degrees) is upright."""
    way = Counter(turns.tolist()).most_common(1)[0][0]

    def rotate(boxes: list[Rect]) -> list[Rect]:
        return [_turn_box(b, way, page) for b in boxes]

    size = (page.width, page.height) if way == 180 else (page.height, page.width)
    return RawPage(
        page.number, *size, page.glyphs[:0], rotate(page.rules), rotate(page.boxes), rotate(page.images),
        notes=page.notes, ocr=page.ocr,
    )  # fmt: skip


def _turn_box(box: Any, turn: int, page: RawPage) -> Any:
    """A box, or four columns of boxes, as it stands on the page turned upright."""
    x0, top, x1, bottom = box
    if turn == 90:
        return page.height - bottom, x0, page.height - top, x1
    if turn == 270:
        return top, page.width - x1, bottom, page.width - x0
    return page.width - x1, page.height - bottom, page.width - x0, page.height - top


def _turned(glyphs: Glyphs, page: RawPage) -> Glyphs:
    """Upright stand-ins for sideways glyphs."""
    numbers = glyphs.numbers.copy()
    for way in (90, 180, 270):
        mask = glyphs.turn == way
        if mask.any():
            numbers[:4, mask] = _turn_box(glyphs.numbers[:4, mask], way, page)
    numbers[5] = numbers[3] - numbers[1]
    numbers[4] = numbers[3] - 0.22 * numbers[5]
    return Glyphs(glyphs.text, numbers, glyphs.font, glyphs.fonts, glyphs.turn, glyphs.numbers[:4])


def _lines(region: Region, page: int, column: int) -> list[Line]:
    rows = [Line(row, page) for row in region.rows]
    rows.sort(key=lambda line: line.base)
    lefts = Counter(round(line.x0) for line in rows)
    rights = Counter(round(line.x1) for line in rows)
    left = min((x for x, n in lefts.items() if n >= max(2, 0.2 * len(rows))), default=round(region.x0))
    right = max((x for x, n in rights.items() if n >= max(2, 0.15 * len(rows))), default=0)
    if not right:
        right = round(statistics.quantiles([line.x1 for line in rows], n=10)[-1]) if len(rows) > 2 else round(region.x1)
    for line in rows:
        line.left, line.right, line.column = float(left), float(max(right, left + 10)), column
    return rows
