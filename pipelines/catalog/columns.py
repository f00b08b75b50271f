"""The columns of the record tables, from the models of `extract.schema`, and what a cell of one can hold."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

from extract import schema
from extract.errors import Code, PipelineError


def cell_type(row: type[schema.Row], column: str) -> type:
    """The plain type of a column: str, int, float or bool."""
    annotation = row.model_fields[column].annotation
    kinds = {k for k in _plain_types(annotation) if k is not type(None)}
    for kind in (str, float, int, bool):
        if kind in kinds:
            return kind
    raise TypeError(f"{row.__name__}.{column}: no plain type in {annotation}")


def _plain_types(annotation: Any) -> Iterator[type]:
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        yield from (type(v) for v in typing.get_args(annotation))
    elif origin in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            yield from _plain_types(part)
    else:
        yield annotation


def _types(row: type[schema.Row], names: list[str]) -> list[type]:
    """The types of a table's columns; PipelineError for a table of another package that holds what no cell can."""
    try:
        return [cell_type(row, name) for name in names]
    except TypeError as error:
        mend = "make it text, a number, or true and false; or uninstall the package that brings the table"
        raise PipelineError(
            Code.BAD_CONFIG, f"the table {row.table.name!r} cannot be stored ({error})", mend=mend
        ) from error


SQL_TYPES = {str: "TEXT NOT NULL DEFAULT ''", int: "INTEGER", float: "REAL", bool: "INTEGER"}
COLUMNS = {table: schema.columns(row) for table, row in schema.TABLES.items()}
TYPES = {table: _types(row, COLUMNS[table]) for table, row in schema.TABLES.items()}


def storable(value: str) -> str:
    """Text that UTF-8 can hold: a lone surrogate, as broken PDFs tell them, becomes U+FFFD."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value
