"""Tables as CSV: UTF-8, a header, RFC 4180 (quotes, CRLF); an empty cell means "not reported"; booleans are true and false.

A text cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV injection"), and `undefused`
takes it off; numbers stay numbers. A spreadsheet may also split at semicolons or tabs, as where a comma is the decimal mark: cells
that hold any of these are quoted, and what would begin a formula behind one gets an apostrophe as well, because a program that
splits at semicolons alone does not see quotes in the middle of what it takes for a cell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.catalog.columns import cell_type

#: cells go on up to here when tables are read back; the csv module's own limit is 128 KiB
_FIELD_LIMIT = 2**31 - 1

#: where a cell begins, for one program or another
_BEGINS = r"(?:\A|(?<=[,;\t\r\n]))"
_RISKY = re.compile(r"[=+\-@\t\r]")
_FORMULA = re.compile(_BEGINS + r"(?=['\"]*[=+\-@\t\r])")
_DEFUSED = re.compile(_BEGINS + r"'(?=['\"]*[=+\-@\t\r])")

#: what text holds that is defused, quoted or both
_SPECIAL = re.compile(r'[=+\-@\t\r",;\n]')

#: what a cell must not hold without quotes
_QUOTED = re.compile(r'[",;\t\r\n]')


def defused(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before = + - @ tab CR (and before what already looks defused).

    Before those at its beginning, and before those right behind a comma, semicolon, tab or line break.
    """
    return _FORMULA.sub("'", text) if _RISKY.search(text) else text


def undefused(text: str) -> str:
    """The text that `defused` was given."""
    return _DEFUSED.sub("", text)


def cell(value: Any, decimal: str = ".") -> str:
    """A value as it stands in a CSV file, numbers with this decimal mark."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
            return text.replace(".", decimal)
        case str():
            return defused(value)
        case _:
            return str(value)


def parsed(text: str, kind: type) -> Any:
    """The value of a CSV cell of a column of type `kind`; None for an empty cell of a column that is no text."""
    if kind is str:
        return undefused(text)
    if not text:
        return None
    if kind is bool:
        return text.lower() == "true"
    return kind(text)


def write_csv(stream: IO[str], names: list[str], rows: Iterable[dict[str, Any]], separator: str = ",") -> None:
    """Write a table; the stream must be open with `newline=""`.

    Args:
        separator: between columns; with a semicolon numbers have a decimal comma, as a spreadsheet wants it that is set so.
    """
    stream.write(header(names, separator))
    stream.writelines(lines(names, rows, separator))


def header(names: Iterable[str], separator: str = ",") -> str:
    """The first line of a table."""
    return _line(list(names), separator)


def lines(names: Sequence[str], rows: Iterable[dict[str, Any]], separator: str = ",") -> Iterator[str]:
    """The lines of rows, as `write_csv` has them."""
    decimal = "," if separator == ";" else "."
    for row in rows:
        yield separator.join([_field(row[n], decimal) for n in names]) + "\r\n"


def _field(value: Any, decimal: str) -> str:
    """A value as `cell` and `_line` have it; most cells are empty or plain text, and nothing need be looked for twice."""
    if value is None or value == "":
        return ""
    if isinstance(value, str) and not _SPECIAL.search(value):
        return value
    text = cell(value, decimal)
    return _quoted(text) if _QUOTED.search(text) else text


def _line(cells: list[str], separator: str) -> str:
    return separator.join(_quoted(c) if _QUOTED.search(c) else c for c in cells) + "\r\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def read_csv(path: Path, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table file with typed values, columns that are not the table's left out.

    Raises:
        PipelineError: `usage`, when a cell does not hold what its column is for.
    """
    row_type = schema.TABLES[table]
    kinds = {n: cell_type(row_type, n) for n in schema.columns(row_type)}
    csv.field_size_limit(_FIELD_LIMIT)
    with path.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            try:
                yield {n: parsed(row.get(n) or "", kind) for n, kind in kinds.items()}
            except ValueError as error:
                what = f"line {reader.line_num}: {error}"
                raise PipelineError(
                    Code.USAGE, what, file=path, mend="mend the cell or write the tables again"
                ) from error
