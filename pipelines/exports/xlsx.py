"""Excel: one workbook, a sheet a table, for reading and sorting by eye.

The header is frozen and filtered. Text that would run as a formula is defused as in CSV, so that it stays defused when
somebody saves the sheet as CSV. What a sheet cannot hold is cut: control characters, cells over 32,767 characters; rows
beyond a sheet's 1,048,576 go on in a further sheet.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from extract import schema
from pipelines.store import Store, cell_type
from pipelines.tables import defused, replacing

_MAX_ROWS = 1_048_575  # without the header
_MAX_TEXT = 32_767

#: column widths in characters, for what the kind of the column does not tell
_WIDTHS = {
    "evidence": 80,
    "title": 60,
    "reason": 60,
    "warnings": 40,
    "file": 36,
    "also": 30,
    "diagnosis": 30,
    "text": 26,
}


def export(store: Store, dest: Path) -> list[Path]:
    """Write `casesift.xlsx`."""
    path = dest / "casesift.xlsx"
    book = Workbook(write_only=True)
    for table in schema.TABLES:
        rows = store.rows(table)
        part, first = 1, next(rows, None)
        while first is not None or part == 1:
            _sheet(book, table, part, islice(chain([first] if first else [], rows), _MAX_ROWS))
            part, first = part + 1, next(rows, None)
    with replacing(path, "wb") as stream:
        book.save(stream)
    return [path]


def _sheet(book: Any, table: str, part: int, rows: Iterator[dict[str, Any]]) -> None:
    row_type = schema.TABLES[table]
    names = schema.columns(row_type)
    sheet = book.create_sheet(table if part == 1 else f"{table} ({part})")
    sheet.freeze_panes = "A2"
    for i, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(i)].width = _width(name, cell_type(row_type, name))
    header = [WriteOnlyCell(sheet, value=name) for name in names]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    last = 1
    for row in rows:
        sheet.append([_cell(sheet, row[name]) for name in names])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{last}"


def _width(name: str, kind: type) -> int:
    if name in _WIDTHS:
        return _WIDTHS[name]
    if name.endswith("_id") or name in ("sha256", "pipeline"):
        return 18
    return max(len(name) + 4, 16 if kind is str else 10)


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", defused(value))
    if len(text) > _MAX_TEXT:
        text = text[: _MAX_TEXT - 1] + "…"
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell
