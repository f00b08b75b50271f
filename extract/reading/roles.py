"""What each block is: heading, running text, caption, table, reference, print set apart, small print.

blocks -> **blocks with a role** -> flow. Roles come from style against the body's style, wording and place; nothing is
specific to a publisher. The title and what stands around it: front.py; notes and words in figures: small_print.py.
"""

from __future__ import annotations

import re
import statistics

from extract.reading.blocks import STOP, Block, Style
from extract.reading.captions import caption_label
from extract.reading.fonts import is_italic
from extract.reading.front import find_front
from extract.reading.headings import canonical, case_label, strip_number
from extract.reading.lines import Line
from extract.reading.small_print import sort_small_print

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBERED = re.compile(r"^\s*(?:\[\d{1,3}\]|\d{1,3}[.)]?\s)\s*[^\W\d]")
_LOOSE = re.compile(r"[@©]|https?:|\d{4}|\bet al\b", re.IGNORECASE)
"""What stands in addresses, dates and citations, not in a heading."""


def assign_roles(blocks: list[Block], style: Style) -> None:
    """Give every block its role, in place."""
    in_references = False
    for i, block in enumerate(blocks):
        if block.lines[0].apart:
            block.role = _role_apart(block)
        elif in_references and not _leaves_references(block, style):
            block.role = "reference"
        else:
            block.role = _role(blocks, i, style)
            if block.role == "heading":
                block.heading = canonical(block.text)
            in_references = block.role == "reference" or block.heading == "references"
    find_front(blocks, style)
    sort_small_print(blocks, style)


def _role_apart(block: Block) -> str:
    """The role of print set beside the text: in a box, in the margin, or sideways."""
    first = block.lines[0]
    if kind := caption_label(first, strict=True):
        return "table" if kind == "table" else "caption"
    sideways = first.words[0].glyphs[0].real is not None
    of_an_axis = (sideways and len(block.text.split()) < 8) or not any(c.isalpha() for c in block.text)
    return "figure" if of_an_axis else "panel"


def _role(blocks: list[Block], i: int, style: Style) -> str:
    """The role of a block in the columns of the text, outside of the list of references."""
    block, first = blocks[i], blocks[i].lines[0]
    fits = style.fits(block)
    if kind := caption_label(first, strict=fits and first.bold < 0.5):
        return "table" if kind == "table" else "caption"
    if _is_heading(blocks, i, style):
        return "figure" if _interrupted(blocks, i, style) else "heading"
    if fits:
        return "body"
    return "reference" if _is_reference_list(block) else "aside"


def _interrupted(blocks: list[Block], i: int, style: Style) -> bool:
    """Whether the running text before ends within a sentence and goes on after: then this is no heading but a figure's
    or a table's words."""
    before = next((b for b in reversed(blocks[:i]) if b.role in ("body", "heading", "reference")), None)
    if before is None or before.role != "body" or STOP.search(before.lines[-1].text):
        return False
    after = next(
        (b for b in blocks[i + 1 :] if style.fits(b) and b.lines[0].bold < 0.5 and len(b.text.split()) > 3), None
    )
    return after is not None and after.text.lstrip()[:1].islower()


def _leaves_references(block: Block, style: Style) -> bool:
    """A known heading of another section, or a caption, ends the reference list."""
    if caption_label(block.lines[0], strict=True):
        return True
    if len(block.lines) > 2:
        return False
    name = canonical(block.text)
    first = block.lines[0]
    strong = first.bold > 0.9 or block.size > 1.05 * style.size or block.text.isupper()
    return bool(name) and name != "references" and strong


def _is_heading(blocks: list[Block], i: int, style: Style) -> bool:
    """Whether a block is a heading: by known words, by print that stands out, or by its place over the text."""
    block, text = blocks[i], blocks[i].text.strip()
    words = text.split()
    if len(block.lines) > 4 or not 2 < len(text) < 220 or not any(c.isalpha() for c in text):
        return False
    if canonical(text) and len(words) <= 8 and (not text.endswith(".") or _set_off(block)):
        return True
    numbered = strip_number(text) != text
    if len(block.lines) > 3 or (text[-1] in ".,;" and not numbered) or text[0].islower() or len(words) > 22:
        return False
    bold = statistics.mean(line.bold for line in block.lines) > 0.9
    stands_out = bold or _in_capitals(text) or block.size > 1.06 * style.size
    if case_label(text) and len(words) <= 6 and (stands_out or numbered or _italics(block)):
        return True
    if i + 1 == len(blocks):
        return False
    return (stands_out and _is_near(block, style)) or _leads(block, blocks[i + 1], style, bold)


def _set_off(block: Block) -> bool:
    """Whether a block is one short line in bold or italics: a heading although a stop ends it."""
    return len(block.lines) == 1 and len(block.text.split()) <= 4 and (block.lines[0].bold > 0.9 or _italics(block))


def _in_capitals(text: str) -> bool:
    return text.isupper() and sum(c.isalpha() for c in text) > 4


def _is_near(block: Block, style: Style) -> bool:
    """Whether a block is printed about as large as the running text, or larger."""
    return block.size >= 0.94 * style.size


def _italics(block: Block) -> bool:
    return all(is_italic(line.font) for line in block.lines)


def _leads(block: Block, after: Block, style: Style, bold: bool) -> bool:
    """Whether a block is a heading by its place close over the next, and by print other than the running text's."""
    first, text = block.lines[0], block.text.strip()
    words = text.split()
    if len(block.lines) > 2 or len(words) > 14:
        return False
    below = after.lines[0]
    over = _stands_over(block, below, style)
    if bold and over and block.size >= 0.85 * style.size and style.fits(after):
        return True
    if not _is_near(block, style) and not (over and block.size >= 0.9 * style.size and len(words) <= 8):
        return False
    if block.family == style.family and not _italics(block):
        return False
    leads = below.column == first.column and below.base - block.lines[-1].base < 2.6 * style.pitch
    if strip_number(text) != text and (leads or after.page != block.page):
        return True
    return leads and len(words) <= 10 and not _LOOSE.search(text)


def _stands_over(block: Block, after: Line, style: Style) -> bool:
    """Whether a block begins where its column does, with the running text close under it."""
    first, last = block.lines[0], block.lines[-1]
    return (
        after.column == first.column
        and 0 < after.base - last.base < 1.8 * style.pitch
        and first.x0 - first.left < 0.5 * style.size
    )


def _is_reference_list(block: Block) -> bool:
    """Whether a block without a heading is a list of references: numbered entries with years."""
    entries = [line for line in block.lines if _NUMBERED.match(line.text)]
    return len(entries) >= 3 and sum(bool(_YEAR.search(line.text)) for line in block.lines) >= 0.6 * len(entries)
