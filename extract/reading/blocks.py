"""Lines become blocks: stretches of lines of one region with one style and an even pitch.

regions -> lines -> **blocks** -> roles -> flow. Two lines are parted where the pitch grows, the print changes, a heading in
another font ends, or a caption begins; nothing is specific to a publisher.
"""

from __future__ import annotations

import bisect
import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from extract.reading.captions import caption_label
from extract.reading.fonts import family, is_bold, is_italic
from extract.reading.headings import canonical
from extract.reading.lines import Line, plain

STOP = re.compile(r"[.!?:;][\"'”’)\]\d,–]*$")
"""What a line ends with that ends a sentence; citation marks may stand after it."""

_Told = TypeVar("_Told")


def _of_most(votes: Iterable[tuple[_Told, int]]) -> _Told:
    """What most characters have, of (what, how many characters)."""
    counts: dict[_Told, int] = {}
    for value, n in votes:
        counts[value] = counts.get(value, 0) + n
    return max(counts, key=counts.__getitem__)


@dataclass(eq=False)
class Block:
    """Lines of one region, one style; what its properties tell is told once, when it has all its lines. `role`: title, front, heading, body, caption, table, footnote, aside,
    figure (words in a figure), panel (print set beside the text), reference."""

    lines: list[Line]
    role: str = "body"
    heading: str = ""
    """Canonical section a heading opens, empty for other blocks and for headings of subsections."""

    @cached_property
    def page(self) -> int:
        """Page of the first line."""
        return self.lines[0].page

    @cached_property
    def size(self) -> float:
        """Size of most characters."""
        return _of_most((round(line.size, 1), line.characters) for line in self.lines)

    @cached_property
    def family(self) -> str:
        """Font family of most characters."""
        return _of_most((family(line.font), line.characters) for line in self.lines)

    @cached_property
    def text(self) -> str:
        """Lines joined by spaces, for rules."""
        return " ".join(line.text for line in self.lines)

    @cached_property
    def characters(self) -> int:
        """Number of glyphs."""
        return sum(line.characters for line in self.lines)


@dataclass(frozen=True, slots=True)
class Style:
    """The running text's font family, size in points and usual distance of baselines."""

    family: str
    size: float
    pitch: float

    def fits(self, block: Block) -> bool:
        """Whether a block is printed in this style."""
        return block.family == self.family and abs(block.size - self.size) <= 0.04 * self.size


def body_style(lines: Sequence[Line]) -> Style:
    """The style of most characters that stand in lines of a paragraph (a line above or below in the same style)."""
    votes: Counter[tuple[str, float]] = Counter()
    ends = [i for i, line in enumerate(lines) if len(line.text) < 30 and canonical(line.text) == "references"]
    if ends and ends[-1] > 0.25 * len(lines):  # a long reference list would outvote a short report
        lines = lines[: ends[-1]]
    for before, line in itertools.pairwise(lines):
        if before.column == line.column and abs(before.size - line.size) < 0.2 and len(line.words) > 3:
            votes[family(line.font), round(line.size, 1)] += line.characters
    if not votes:
        for line in lines:
            votes[family(line.font), round(line.size, 1)] += line.characters
    if not votes:
        return Style("", 10.0, 12.0)
    merged: Counter[tuple[str, float]] = Counter()
    for (fam, size), n in votes.items():  # sizes that differ by rounding are one
        near = max((k for k in votes if k[0] == fam and abs(k[1] - size) <= 0.15), key=lambda k: votes[k])
        merged[near] += n
    (fam, size), _ = merged.most_common(1)[0]
    pitches = [
        b.base - a.base
        for a, b in itertools.pairwise(lines)
        if a.column == b.column and abs(b.size - size) < 0.2 and 0.8 * size < b.base - a.base < 2.6 * size
    ]
    return Style(fam, size, statistics.median(pitches) if pitches else 1.2 * size)


def make_blocks(lines: Sequence[Line]) -> list[Block]:
    """Lines in reading order, split into blocks."""
    blocks: list[Block] = []
    pitches: list[float] = []  # of the last block, in order of size
    for line in lines:
        last = blocks[-1].lines[-1] if blocks else None
        if last is not None and _goes_on(last, line, pitches):
            blocks[-1].lines.append(line)
            bisect.insort(pitches, line.base - last.base)
        else:
            blocks.append(Block([line]))
            pitches = []
    return blocks


def _goes_on(last: Line, line: Line, pitches: list[float]) -> bool:
    """Whether a line goes on with the block that `last` ends; `pitches` are the block's distances of baselines, sorted."""
    if last.column != line.column or last.page != line.page or last.apart != line.apart:
        return False
    size = min(last.size, line.size)
    if abs(last.size - line.size) > 0.05 * size or not _is_even(line.base - last.base, pitches, size):
        return False
    return not (_print_changes(last, line, size) or _heading_ends(last, line) or _opens_anew(last, line))


def _is_even(pitch: float, pitches: list[float], size: float) -> bool:
    """Whether a line follows at the block's own pitch, or, as its second line, at one that type of this size can have."""
    limit = 1.75 * size
    if pitches:
        middle = len(pitches) // 2
        usual = pitches[middle] if len(pitches) % 2 else (pitches[middle - 1] + pitches[middle]) / 2
        limit = max(1.38 * usual, usual + 0.35 * size)
    return -0.3 * size <= pitch <= limit


def _print_changes(last: Line, line: Line, size: float) -> bool:
    """Whether bold print begins or ends between two lines, or a short line in another font stands beside a paragraph."""
    if (last.bold > 0.9 and line.bold < 0.6) or (line.bold > 0.9 and last.bold < 0.6):
        return True
    if family(last.font) == family(line.font) or min(last.characters, line.characters) <= 3:
        return False
    # a line mostly in another font may be a phrase in italics; a short one without a stop is a heading
    full = last.x1 - last.x0 > 0.8 * (last.right - last.left) and line.base - last.base < 1.3 * size
    return not full or (line.text[:1].isupper() and _is_short(line))


def _heading_ends(last: Line, line: Line) -> bool:
    """Whether `last` is a heading in italics over its paragraph, or `line` is one under a paragraph."""
    if not line.text[:1].isupper():
        return False
    if _in_italics(last) and _is_short(last) and not is_italic(line.words[0].font):
        return True
    return _in_italics(line) and _is_short(line) and bool(STOP.search(last.text))


def _opens_anew(last: Line, line: Line) -> bool:
    """Whether a line begins what is no part of the paragraph over it: the keywords, a caption."""
    if is_bold(line.words[0].font) and not is_bold(last.words[0].font) and opens(line) == "keywords":
        return True
    return bool(caption_label(line, strict=True)) and not _in_mid_sentence(last, line)


def _in_mid_sentence(last: Line, line: Line) -> bool:
    """Whether a line in the same print goes on with a sentence that fills the line before ("as in" / "Table 1. Then ...")."""
    return (
        not STOP.search(last.text)
        and last.words[-1].font == line.words[0].font == line.words[-1].font
        and last.x1 > last.right - 3 * last.size
        and line.x0 - line.left < 0.5 * line.size
    )


def opens(line: Line) -> str:
    """The section that the bold words at a line's beginning name, or ""."""
    bold = list(itertools.takewhile(lambda w: is_bold(w.font), line.words[:10]))
    return canonical(plain(bold)) if bold else ""


def _in_italics(line: Line) -> bool:
    return all(is_italic(w.font) for w in line.words) and any(c.isalpha() for c in line.text)


def _is_short(line: Line) -> bool:
    """Whether a line ends well before its column does, without a stop: as a heading does."""
    return line.x1 - line.x0 < 0.75 * (line.right - line.left) and line.text[-1:] not in ".,;"
