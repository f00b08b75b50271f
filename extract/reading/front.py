"""The title of a paper and the front matter around it: authors, affiliations, dates, licences.

blocks of page one with a role -> **title and front** -> flow. The largest print over the prose is the title; what stands
before it, and after it up to the abstract or the first prose, is front matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.reading.blocks import Block, Style
from extract.reading.headings import canonical

_FRONT_MATTER = re.compile(
    r"copyright|creative commons|open access|©|received|accepted|correspond|editor|e-?mail|@|how to cite|citation:|published",
    re.IGNORECASE,
)

_PLAIN = ("heading", "aside", "body")


def find_front(blocks: list[Block], style: Style) -> None:
    """Give the title and the front matter their roles, in place."""
    first_page = blocks[0].page if blocks else 1
    page_one = [b for b in blocks if b.page == first_page]
    title = _title(page_one, style)
    if title is None:
        return
    title.role = "title"
    for b in page_one:  # a title may be set in several blocks
        like = abs(b.size - title.size) < 0.3 and b.family == title.family
        if like and b.role in _PLAIN and not b.heading:
            b.role = "title"
    at = max(i for i, b in enumerate(blocks) if b.role == "title")
    for b in blocks[:at]:
        if b.page == first_page and b.role in _PLAIN and b.heading != "abstract":
            b.role, b.heading = "front", ""
    for b in blocks[at + 1 :]:
        if b.page != first_page or (b.role != "title" and (b.heading or _is_prose(b))):
            break
        if b.role in _PLAIN:
            b.role = "front"


def _title(page_one: Sequence[Block], style: Style) -> Block | None:
    """The block of the largest print over the first prose of page one."""
    prose = min((b.lines[0].top for b in page_one if b.role == "body" and len(b.text.split()) > 25), default=1e9)
    candidates = [
        b
        for b in page_one
        if b.role in _PLAIN
        and b.size > 1.12 * style.size
        and b.lines[0].top < prose
        and len(b.text.split()) >= 3
        and not canonical(b.text)
    ]
    return max(candidates, key=lambda b: (round(b.size), min(len(b.text), 60)), default=None)


def _is_prose(block: Block) -> bool:
    """Whether a block reads as sentences (an abstract, an introduction), not as names, addresses or a licence."""
    words = block.text.split()
    if len(words) < 30 or _FRONT_MATTER.search(block.text[:160]):
        return False
    return sum(w[0].islower() for w in words) >= 0.55 * len(words)
