"""Reads what curators give back: workbooks and CSV files, cell by cell, each with its address.

In: a file (.xlsx, .ods, .csv) that Excel, LibreOffice, pandas or an editor saved. Out: `Grid`s, the values as they stand there (a date is a date, an error
an error), and notes on the file as a whole: its encoding, its separator, what is hidden or merged. Nothing is judged here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from extract.errors import Code, PipelineError
from pipelines.curation.cells import ERROR, FORMULA, PERCENT, WRITTEN, Cell, Grid, Line
from pipelines.curation.ods import is_ods, read_ods

#: how LibreOffice saves true and false
_BOOLEANS = {"=TRUE()": True, "=FALSE()": False}

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def read_grids(path: Path) -> list[Grid]:
    """The sheets of a workbook, or the one table of a CSV file.

    Raises:
        PipelineError: `usage`, when the file is neither, or cannot be read.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise PipelineError(
            Code.USAGE, f"cannot be read ({error.strerror})", file=path, mend="check the path"
        ) from error
    if is_ods(path):
        return list(read_ods(path))
    if path.suffix.lower() in (".xlsx", ".xlsm") or head.startswith(b"PK"):
        return list(_workbook(path))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise PipelineError(
            Code.USAGE, "an old or encrypted Excel file", file=path, mend="save it as .xlsx without a password"
        )
    return [_csv(path)]


def _workbook(path: Path) -> Iterator[Grid]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path)
    except (BadZipFile, KeyError, ValueError, OSError, TypeError) as error:
        what = f"not a workbook that can be read ({type(error).__name__})"
        raise PipelineError(Code.USAGE, what, file=path, mend="save it again as .xlsx") from error
    for sheet in book.worksheets:
        header = [_heading(c.value) for c in next(sheet.iter_rows(max_row=1), ())]
        while header and not header[-1]:
            header.pop()
        if header:
            yield _sheet(sheet, header)


def _sheet(sheet: Any, header: list[str]) -> Grid:
    from openpyxl.utils import get_column_letter

    grid = Grid(
        sheet.title,
        header,
        [],
        merged={f"{get_column_letter(c)}{r}" for a in sheet.merged_cells.ranges for r, c in _squares(a)},
    )
    hidden = sum(1 for n, d in sheet.row_dimensions.items() if n > 1 and d.hidden)
    if hidden:
        grid.notes.append(
            ("hidden-rows", f"{hidden} rows are hidden by a filter or by hand; they are read like the others")
        )
    if sheet.protection.sheet:
        grid.notes.append(("protected", "the sheet is protected; it is read all the same"))
    for cells in sheet.iter_rows(min_row=2):
        row_cells = [_cell(c, get_column_letter) for c in cells]
        if all(c.value in (None, "") for c in row_cells):
            continue
        line = Line(cells[0].row, {n: c for n, c in zip(header, row_cells, strict=False) if n})
        line.spare = [c for c in row_cells[len(header) :] if c.value not in (None, "")]
        line.spare += [c for n, c in zip(header, row_cells, strict=False) if not n and c.value not in (None, "")]
        grid.lines.append(line)
    return grid


def _squares(area: Any) -> Iterator[tuple[int, int]]:
    return ((r, c) for r in range(area.min_row, area.max_row + 1) for c in range(area.min_col, area.max_col + 1))


def _cell(cell: Any, letter: Any) -> Cell:
    place = f"{letter(cell.column)}{cell.row}"
    if cell.data_type == "e":
        return Cell(cell.value, place, ERROR)
    if cell.data_type == "f":
        text = str(getattr(cell.value, "text", cell.value))
        if text in _BOOLEANS:
            return Cell(_BOOLEANS[text], place)
        return Cell(text, place, FORMULA)
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) and "%" in (cell.number_format or ""):
        return Cell(cell.value, place, PERCENT)
    return Cell(cell.value, place)


def _heading(value: Any) -> str:
    return "" if value is None else str(value).strip()


# CSV --------------------------------------------------------------------------------------------------------------


def _csv(path: Path) -> Grid:
    data = path.read_bytes()
    if not data.strip():
        raise PipelineError(Code.USAGE, "the file is empty", file=path, mend="export it again")
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise PipelineError(Code.USAGE, "neither a workbook nor CSV", file=path, mend="save it as .xlsx or .csv")
    text, notes = _decoded(data)
    separator = _separator(text)
    if separator != ",":
        notes.append(("separator", f"columns are separated by {_SEPARATORS[separator]}s; read so"))
    grid = Grid(path.stem, [], [], notes, separator=separator)
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        grid.header = [h.strip() for h in next(reader)]
        if grid.header and grid.header[0].lower().startswith("sep="):  # Excel's own note on the separator
            grid.header = [h.strip() for h in next(reader)]
        at = reader.line_num
        for values in reader:
            number, at = at + 1, reader.line_num
            if any(v.strip() for v in values):
                grid.lines.append(_line(number, grid.header, values))
    except (csv.Error, StopIteration) as error:
        raise PipelineError(
            Code.USAGE, f"line {reader.line_num}: {error or 'no header'}", file=path, mend="export it again"
        ) from error
    return grid


def _line(number: int, header: list[str], values: list[str]) -> Line:
    cells = [Cell(v, f"line {number}, column {i + 1}", WRITTEN) for i, v in enumerate(values)]
    named = {n: Cell(c.value, f"line {number}, {n}", WRITTEN) for n, c in zip(header, cells, strict=False) if n}
    spare = [c for c in cells[len(header) :] if c.value.strip()]
    return Line(number, named, spare, short=len(values) < len(header))


def _decoded(data: bytes) -> tuple[str, list[tuple[str, str]]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                notes = [("bom", f"the file begins with a byte order mark ({encoding}); read so")]
                return data.decode(encoding), notes
            except UnicodeDecodeError:
                break
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        note = ("encoding", "the file is not UTF-8; read as Windows-1252, letters it cannot hold are lost")
        return data.decode("cp1252", "replace"), [note]


def _separator(text: str) -> str:
    first = text.lstrip("﻿").split("\n", 1)[0]
    if match := re.match(r"sep=(.)", first, re.I):
        return match[1]
    return max(_SEPARATORS, key=lambda s: (first.count(s), s == ","))
