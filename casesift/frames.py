"""The tables as pandas data frames, typed by what the models of `extract.schema` declare.

In: rows of a table, as records or as the store gives them. Out: a frame with the columns of the data dictionary, in its order.

| declared as | dtype | not reported |
|---|---|---|
| text | `string` | `<NA>` |
| one of a few values (`status`, `assertion` ...) | `category`, with all values there are | `NaN` |
| whole number | `Int64` | `<NA>` |
| number | `float64` | `NaN` |
| true/false | `boolean` | `<NA>` |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.catalog.columns import cell_type
from pipelines.catalog.datapackage import allowed

_PLAIN = {int: "Int64", float: "float64", bool: "boolean", str: "string"}


def frame(table: str, rows: Iterable[Mapping[str, Any] | schema.Row]) -> pd.DataFrame:
    """The rows of a table as a frame, one row each; text that is empty was not reported, and is missing."""
    kind = schema.TABLES[_known(table)]
    records = [dict(row) for row in rows]
    return pd.DataFrame(
        {
            name: pd.Series([None if r[name] == "" else r[name] for r in records], dtype=_dtype(kind, name))
            for name in schema.columns(kind)
        }
    )


def columns(table: str) -> pd.DataFrame:
    """What the columns of a table hold.

    Args:
        table: documents, cases, diagnoses, treatments, pain_scores, therapies, adverse_events, records or mentions.

    Returns:
        One row for each column of the table, in order: `column`, `dtype`, `unit`, `meaning`, `example`.

    Raises:
        CasesiftError: there is no such table.
    """
    names = ["column", "dtype", "unit", "meaning", "example"]
    return pd.DataFrame(list(described(table)), columns=names, dtype="string")


def described(table: str) -> Iterator[tuple[str, str, str, str, str]]:
    """Of each column of a table its name, dtype, unit, meaning and example. Raises CasesiftError: there is no such table."""
    kind = schema.TABLES[_known(table)]
    for name in schema.columns(kind):
        field = kind.model_fields[name]
        extra = schema.extra(kind, name)
        unit, example = str(extra.get("unit", "")), str(extra.get("example", ""))
        yield name, str(_dtype(kind, name)), unit, field.description or "", example


def _dtype(kind: type[schema.Row], name: str) -> Any:
    values = allowed(kind, name)
    return pd.CategoricalDtype(values) if values else pd.api.types.pandas_dtype(_PLAIN[cell_type(kind, name)])


def _known(table: str) -> str:
    if table not in schema.TABLES:
        raise PipelineError(Code.USAGE, f"no table called {table!r}", mend=f"there are {', '.join(schema.TABLES)}")
    return table
