"""The tables: CSV files with a `datapackage.json`, written from the store with what curators said of its rows.

UTF-8, a header, RFC 4180 (quotes, CRLF); an empty cell means "not told"; booleans are true and false. A text cell that a
spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV injection"), and `undefused` takes it off;
numbers stay numbers. Files are written beside their place and renamed, so a reader never sees half a table.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.columns import cell_type
from pipelines.curation import curated_rows
from pipelines.datapackage import descriptor
from pipelines.edited import keep_edited, note_written
from pipelines.store import Store

#: cells go on up to here when tables are read back; the csv module's own limit is 128 KiB
_FIELD_LIMIT = 2**31 - 1

#: ending of a file that is being written
_PART = ".part"

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r]")


def defused(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before = + - @ tab CR (and before what already looks defused)."""
    return "'" + text if _FORMULA.match(text) else text


def undefused(text: str) -> str:
    """The text that `defused` was given."""
    return text[1:] if _DEFUSED.match(text) else text


def cell(value: Any) -> str:
    """A value as it stands in a CSV file."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
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


def write_csv(stream: IO[str], names: list[str], rows: Iterable[dict[str, Any]]) -> None:
    """Write a table; the stream must be open with `newline=""`."""
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([cell(row[n]) for n in names] for row in rows)


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


def write_tables(store: Store, out: Path) -> list[Path]:
    """Write all tables and `datapackage.json` into `out`; return what was written."""
    with ExitStack() as stack:
        for table, row in schema.TABLES.items():
            stream = stack.enter_context(replacing_edited(store, out / f"{table}.csv"))
            write_csv(stream, schema.columns(row), curated_rows(store, table))
        stream = stack.enter_context(replacing(out / "datapackage.json"))
        json.dump(descriptor(), stream, indent=1, ensure_ascii=False)
        stream.write("\n")
    return [*(out / f"{table}.csv" for table in schema.TABLES), out / "datapackage.json"]


def refresh_tables(store: Store, out: Path) -> bool:
    """Write the tables if the store has changed since they were written, or one is missing; True if they were written.

    The caller holds the folder's lock: halves that a killed run left beside the tables are swept away.
    """
    for left in out.glob(f".*{_PART}"):
        left.unlink(missing_ok=True)
    revision = str(store.revision)
    there = all((out / f"{table}.csv").is_file() for table in schema.TABLES) and (out / "datapackage.json").is_file()
    if there and store.meta("tables_revision") == revision:
        return False
    write_tables(store, out)
    store.set_meta({"tables_revision": revision})
    return True


def replacing_edited(store: Store, path: Path, mode: str = "w") -> AbstractContextManager[IO[Any]]:
    """As `replacing`, for a file that people edit: what somebody typed into the old one is kept beside (see `edited`)."""

    def first(made: Path) -> None:
        keep_edited(store, path)
        note_written(store, path, made)

    return replacing(path, mode, first=first)


@contextmanager
def replacing(path: Path, mode: str = "w", *, first: Callable[[Path], None] | None = None) -> Iterator[IO[Any]]:
    """A file that appears under its name only when it is whole; on an error the old one stays.

    `first` is given the whole file before it takes its place.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
    opened = partial(beside.open, mode) if "b" in mode else partial(beside.open, mode, newline="", encoding="utf-8")
    try:
        with opened() as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if first:
            first(beside)
        beside.replace(path)
    except OSError as error:
        raise PipelineError(
            Code.STORE, f"cannot be written ({error.strerror or error})", file=path,
            mend="make room or give permission, then run again; what was read is kept in the store",
        ) from error  # fmt: skip
    finally:
        beside.unlink(missing_ok=True)
