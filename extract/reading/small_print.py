"""Small print: part of a table after its caption, else a footnote, words in a figure, or front matter.

blocks with a role -> **blocks whose small print has one too** -> flow.
"""

from __future__ import annotations

from extract.reading.blocks import STOP, Block, Style, opens


def sort_small_print(blocks: list[Block], style: Style) -> None:
    """Give what is printed unlike the running text its role, in place."""
    first_page = blocks[0].page if blocks else 1
    table: Block | None = None
    for i, b in enumerate(blocks):
        if b.role == "table":
            table = b
            continue
        if b.role == "aside" and table is not None and b.page == table.page and b.size <= style.size * 1.02:
            if b.lines[0].base > table.lines[0].base:
                b.role = "table"
                continue
            table = None  # over the caption: it stands in the next column of text
        if b.role in ("body", "heading", "reference", "caption"):
            table = None
        if b.role != "aside":
            continue
        words = b.text.split()
        if len(words) >= 20 or opens(b.lines[0]) == "keywords" or _within_text(blocks, i, style):
            continue
        before = blocks[i - 1] if i else None
        if b.page == first_page and before is not None and before.role == "front":
            b.role = "front"
        elif b.size < 0.97 * style.size:
            b.role = "footnote" if len(words) >= 6 else "figure"


def _within_text(blocks: list[Block], i: int, style: Style) -> bool:
    """Whether small print stands close between two paragraphs of its column, as a list or a quotation does."""
    if not 0 < i < len(blocks) - 1:
        return False
    before, b, after = blocks[i - 1 : i + 2]
    return (
        before.role == after.role == "body"
        and before.lines[-1].column == b.lines[0].column == after.lines[0].column
        and b.lines[0].base - before.lines[-1].base < 2.5 * style.pitch
        and after.lines[0].base - b.lines[-1].base < 2.5 * style.pitch
        and bool(STOP.search(before.lines[-1].text))
    )
