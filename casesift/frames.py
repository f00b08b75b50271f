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
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.catalog.columns import cell_type
from pipelines.catalog.datapackage import allowed

if TYPE_CHECKING:
    from casesift.report import Report

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
        table: documents, cases, diagnoses, treatments, pain_scores, records or mentions.

    Returns:
        One row for each column of the table, in order: `column`, `dtype`, `unit`, `meaning`, `example`.

    Raises:
        CasesiftError: there is no such table.
    """
    names = ["column", "dtype", "unit", "meaning", "example"]
    return pd.DataFrame(list(_columns(table)), columns=names, dtype="string")


def _columns(table: str) -> Iterator[tuple[str, str, str, str, str]]:
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


_Class = TypeVar("_Class", bound=type)


def _with_columns(owner: _Class) -> _Class:
    """Write into the docstring of each table what its columns are, from the models."""
    for table in schema.TABLES:
        lines = [
            f"    {column} ({', '.join(filter(None, (dtype, unit)))}): {meaning}"
            for column, dtype, unit, meaning, _ in _columns(table)
        ]
        prop = vars(owner)[table]
        told = f"{prop.__doc__}\n\nShape: (rows, {len(lines)}). Columns, with dtype and unit:\n\n" + "\n".join(lines)
        setattr(owner, table, property(prop.fget, doc=told))
    return owner


@_with_columns
class Tables:
    """The tables of many reports as pandas data frames; what each column holds stands in the docstring of its table."""

    def frame(self, table: str) -> pd.DataFrame:
        """The frame of a table by its name."""
        raise NotImplementedError

    def report(self, file: str) -> Report:
        """The Report of one document, by its `file`."""
        raise NotImplementedError

    @property
    def documents(self) -> pd.DataFrame:
        """One row for each input file: read, partly read, or failed and why."""
        return self.frame("documents")

    @property
    def cases(self) -> pd.DataFrame:
        """One row for each patient or group of patients; the authors' own have the role `index`."""
        return self.frame("cases")

    @property
    def diagnoses(self) -> pd.DataFrame:
        """One row for each diagnosis in a case, also absent, possible, past ones and those of the family."""
        return self.frame("diagnoses")

    @property
    def treatments(self) -> pd.DataFrame:
        """One row for each drug with one regimen, also declined and planned ones: look at `status`."""
        return self.frame("treatments")

    @property
    def pain_scores(self) -> pd.DataFrame:
        """One row for each rating of pain by the patient."""
        return self.frame("pain_scores")

    @property
    def records(self) -> pd.DataFrame:
        """The flat view: one row for each regimen of an index patient, with diagnosis and pain before and after."""
        return self.frame("records")

    @property
    def mentions(self) -> pd.DataFrame:
        """One row for each labelled span of the text."""
        return self.frame("mentions")

    @property
    def failed(self) -> dict[str, str]:
        """Why each document that could not be read could not, by its `file`; empty when all were read."""
        documents = self.documents
        failed = documents[documents["status"] == "failed"]
        return dict(zip(failed["file"], failed["reason"].fillna(""), strict=True))

    def __repr__(self) -> str:
        documents = self.documents
        failed = int((documents["status"] == "failed").sum())
        parts = [f"{len(documents):,} documents" + (f" ({failed:,} failed)" if failed else "")]
        parts += [
            f"{len(self.frame(t)):,} {t.replace('_', ' ')}" for t in ("cases", "diagnoses", "treatments", "pain_scores")
        ]
        return f"<{type(self).__name__}: {', '.join(parts)}>"
