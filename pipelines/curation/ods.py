"""Reads OpenDocument spreadsheets (.ods), as LibreOffice saves them, into the same `Grid`s as workbooks of Excel.

In: the file, a ZIP archive with `content.xml` in it (OASIS OpenDocument 1.3, part 3, chapter 9). Out: values in the types the file
says they have (a date is a date, a percentage one), with the address of each cell. Repeated rows and columns are written once in
the file; those without content are not unfolded.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from extract.errors import Code, PipelineError
from pipelines.curation.cells import ERROR, FORMULA, PERCENT, Cell, Grid, Line

_OFFICE, _TABLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text")
)
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

#: how LibreOffice writes true and false that it read as formulas
_BOOLEANS = {"of:=TRUE()": True, "of:=FALSE()": False}

#: larger files are none of ours
_MOST_BYTES = 1_000_000_000


def is_ods(path: Path) -> bool:
    """Whether a file is an OpenDocument spreadsheet, by what it says of itself."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument.spreadsheet")
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError):
        return False


def read_ods(path: Path) -> Iterator[Grid]:
    """The sheets of an OpenDocument spreadsheet.

    Raises:
        PipelineError: `usage`, when it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("content.xml").file_size > _MOST_BYTES:
                raise PipelineError(Code.USAGE, "too large for a table", file=path, mend="export it again")
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            root = etree.fromstring(archive.read("content.xml"), parser)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, etree.XMLSyntaxError) as error:
        what = f"not an .ods file that can be read ({type(error).__name__})"
        raise PipelineError(
            Code.USAGE, what, file=path, mend="save it again, as .xlsx or without a password"
        ) from error
    for sheet in root.iter(f"{_TABLE}table"):
        grid = _sheet(sheet)
        if grid is not None:
            yield grid


def _sheet(sheet: Any) -> Grid | None:
    from openpyxl.utils import get_column_letter

    rows = _rows(sheet)
    first = next(rows, None)
    if first is None:
        return None
    header = ["" if c.value is None else str(c.value).strip() for c in _cells(first[1], 1, get_column_letter)]
    while header and not header[-1]:
        header.pop()
    if not header:
        return None
    grid = Grid(sheet.get(f"{_TABLE}name", ""), header, [])
    hidden = 0
    for number, row in rows:
        cells = _cells(row, number, get_column_letter)
        if all(c.value in (None, "") for c in cells):
            continue
        hidden += row.get(f"{_TABLE}visibility", "visible") != "visible"
        cells += [Cell(None, f"{get_column_letter(i + 1)}{number}") for i in range(len(cells), len(header))]
        line = Line(number, {n: c for n, c in zip(header, cells, strict=False) if n})
        line.spare = [
            c for i, c in enumerate(cells) if (i >= len(header) or not header[i]) and c.value not in (None, "")
        ]
        grid.lines.append(line)
        grid.merged |= _merged(row, number, get_column_letter)
    if hidden:
        message = f"{hidden} rows are hidden by a filter or by hand; they are read like the others"
        grid.notes.append(("hidden-rows", message))
    return grid


def _rows(sheet: Any) -> Iterator[tuple[int, Any]]:
    """The rows with their numbers; one that is repeated without content is given once."""
    number = 1
    for row in sheet.iter(f"{_TABLE}table-row"):
        repeated = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        filled = any(c.get(f"{_OFFICE}value-type") or c.get(f"{_TABLE}formula") for c in row)
        for i in range(repeated if filled else 1):
            yield number + i, row
        number += repeated


def _cells(row: Any, number: int, letter: Any) -> list[Cell]:
    cells: list[Cell] = []
    waiting = 0  # empty cells count only when something follows them
    for element in row:
        if element.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeated = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
        value, kind = _value(element)
        if value in (None, ""):
            waiting += repeated
            continue
        cells += [Cell(None, f"{letter(len(cells) + i + 1)}{number}") for i in range(waiting)]
        waiting = 0
        cells += [Cell(value, f"{letter(len(cells) + i + 1)}{number}", kind) for i in range(repeated)]
    return cells


def _value(cell: Any) -> tuple[Any, str]:
    """What a cell holds, and of which kind it is (see `grids`)."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    formula = cell.get(f"{_TABLE}formula")
    if formula:
        if formula in _BOOLEANS:
            return _BOOLEANS[formula], "value"
        return "=" + formula.removeprefix("of:").lstrip("="), FORMULA
    if cell.get(f"{_CALCEXT}value-type") == "error":
        return _text(cell), ERROR
    match kind:
        case "float" | "currency":
            number = float(cell.get(f"{_OFFICE}value"))
            return (int(number) if number.is_integer() and abs(number) < 1e15 else number), "value"
        case "percentage":
            return float(cell.get(f"{_OFFICE}value")), PERCENT
        case "boolean":
            return cell.get(f"{_OFFICE}boolean-value") == "true", "value"
        case "date":
            date_text = cell.get(f"{_OFFICE}date-value", "")
            return (
                dt.datetime.fromisoformat(date_text) if "T" in date_text else dt.datetime.fromisoformat(date_text[:10])
            ), "value"
        case "time":
            return _time(cell.get(f"{_OFFICE}time-value", "")), "value"
        case "":
            return None, "value"
    return _text(cell), "value"


def _time(text: str) -> Any:
    """ "PT01H01M00S" as a time of the day, longer ones as a duration."""
    parts = re.fullmatch(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S", text)
    if not parts:
        return text
    hours, minutes, seconds = map(int, parts.groups())
    return (
        dt.time(hours, minutes, seconds) if hours < 24 else dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    )


def _text(cell: Any) -> str:
    """The text of a cell; paragraphs are lines, and several spaces or tabs stand as elements."""
    return "\n".join(_of(p) for p in cell.findall(f"{_TEXT}p"))


def _of(element: Any) -> str:
    text = element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            text += " " * int(child.get(f"{_TEXT}c", "1"))
        elif child.tag == f"{_TEXT}tab":
            text += "\t"
        elif child.tag == f"{_TEXT}line-break":
            text += "\n"
        elif child.tag != f"{_OFFICE}annotation":
            text += _of(child)
        text += child.tail or ""
    return text


def _merged(row: Any, number: int, letter: Any) -> set[str]:
    """The addresses of cells that are merged with others, as far as they stand in this row."""
    merged, at = set(), 1
    for element in row:
        repeated = int(element.get(f"{_TABLE}number-columns-repeated", "1"))
        wide = int(element.get(f"{_TABLE}number-columns-spanned", "1"))
        high = int(element.get(f"{_TABLE}number-rows-spanned", "1"))
        if element.tag == f"{_TABLE}covered-table-cell" or wide > 1 or high > 1:
            merged |= {f"{letter(at + i)}{number}" for i in range(min(repeated, 200))}
        at += repeated
    return merged
