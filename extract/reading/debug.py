"""A picture of what the layout saw on a page: for people who look why a text came out as it did.

PDF -> glyphs -> layout -> **image**. No part of any run: `casesift text --draw` makes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from extract.errors import Code, ReadingError
from extract.reading.blocks import Block
from extract.reading.bounds import drawing_scale
from extract.reading.layout import Layout, lay_out
from extract.reading.lines import Word, extent
from extract.reading.reader import glyphs_of
from extract.reading.unseen import unseen_print

COLOURS = {
    "title": "#b30059", "front": "#997a00", "heading": "#d60000", "body": "#0057d6", "caption": "#00802b",
    "table": "#7a00cc", "figure": "#66a3a3", "footnote": "#b35900", "aside": "#0097a7", "panel": "#e67300",
    "reference": "#5c5c8a", "furniture": "#808080", "column": "#99c2ff",
}  # fmt: skip
"""What is drawn in which colour: a block's role, furniture, and the columns behind them."""

_Rect = tuple[float, float, float, float]


def debug_layout(path: str | Path, page: int, *, dpi: int = 110, password: str | None = None) -> Image.Image:
    """Page `page` (from 1) of a PDF with its columns, blocks and furniture drawn over it.

    Every block bears its place in the reading order of the page and its role; columns are filled pale and lettered "c1",
    "c2" in the order they are read; furniture and ruled tables are boxes with their kind.

    Raises:
        ReadingError: USAGE when there is no such page; the engine's own otherwise.
    """
    path = Path(path)
    raw = glyphs_of(path, password=password)
    if not 1 <= page <= len(raw.pages):
        raise ReadingError(
            Code.USAGE, f"there is no page {page}", file=path, mend=f"give a number from 1 to {len(raw.pages)}"
        )
    document = pdfium.PdfDocument(path, password=password)
    try:
        drawn = document[page - 1]
        scale = drawing_scale(drawn.get_size(), dpi / 72)
        picture: Image.Image = drawn.render(scale=scale).to_pil().convert("RGB")
    finally:
        document.close()
    layout = lay_out(raw)
    layout.furniture += unseen_print(raw.pages)[0]
    _draw(picture, layout, page, scale)
    return picture


def _draw(picture: Image.Image, layout: Layout, page: int, scale: float) -> None:
    pen = ImageDraw.Draw(picture, "RGBA")
    blocks = [b for b in layout.blocks if b.page == page]
    columns: dict[int, list[Word]] = {}
    for line in (line for b in blocks for line in b.lines):
        columns.setdefault(line.column, []).extend(line.words)
    for k, words in enumerate(columns.values(), 1):
        _box(pen, extent(words), scale, "column", f"c{k}", fill=True)
    for k, block in enumerate(blocks, 1):
        words = [w for line in block.lines for w in line.words]
        _box(pen, extent(words), scale, block.role, f"{k} {_label(block)}")
    for table in (t for t in layout.tables if t.page == page):
        words = [w for row in [table.header, *table.rows] for cell in row for line in cell.lines for w in line]
        _box(pen, extent(words), scale, "table", f"table of {len(table.rows)} rows")
    for f in (f for f in layout.furniture if f.box.page == page):
        _box(pen, (f.box.x0, f.box.top, f.box.x1, f.box.bottom), scale, "furniture", f.kind)


def _label(block: Block) -> str:
    return f"{block.role}: {block.heading}" if block.heading else block.role


def _box(pen: Any, rect: _Rect, scale: float, role: str, label: str, *, fill: bool = False) -> None:
    colour = COLOURS.get(role, "#000000")
    x0, top, x1, bottom = (v * scale for v in rect)
    margin = 4 if fill else 1
    pen.rectangle(
        (x0 - margin, top - margin, x1 + margin, bottom + margin),
        outline=colour, width=1 if fill else 2, fill=colour + "22" if fill else None,
    )  # fmt: skip
    at = (x0 - margin - 18, top) if fill else (x0, top - 11)
    width = pen.textlength(label)
    pen.rectangle((at[0], at[1], at[0] + width + 3, at[1] + 11), fill="#ffffffcc")
    pen.text((at[0] + 1, at[1]), label, fill=colour)
