"""What a curator may say in which column, checked against the models of `extract.schema`."""

from __future__ import annotations

import difflib
import math
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.catalog.columns import cell_type, storable
from pipelines.catalog.datapackage import allowed

#: tables that curators decide on; `records` is made from them
CURATED = tuple(name for name, row in schema.TABLES.items() if row.table.curated)

#: a row less sure than this is marked, for a curator to look at first
UNSURE = 0.7

#: what the column `curation` says of rows that are no facts, or not for certain
NOT_FACTS = ("rejected", "orphaned")

#: the column that names what a row is about; without it there is no row
NAMING = {"treatments": "drug", "diagnoses": "diagnosis", "therapies": "therapy", "adverse_events": "event"}

#: where a fact stands: these follow its row in the newest run, other columns stay as the curator saw them
PLACE = ("page", "x0", "top", "x1", "bottom", "start", "end", "section", "evidence", "confidence")

_FIXED = {"doc_id", "file", "confidence", "curation"}
_KINDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


@cache
def editable(table: str) -> tuple[str, ...]:
    """The columns of a table that a curator may correct; none in one that follows the other tables, as `records` does."""
    facts = schema.TABLES[table].table
    if facts.editable is not None:
        return facts.editable
    names = schema.columns(schema.TABLES[table]) if facts.curated else []
    return tuple(n for n in names if n not in _FIXED and n != facts.key)


def names_row(table: str, field: str) -> str:
    """The table whose row a column names; empty when it names none."""
    row = schema.TABLES[table]
    return str(schema.extra(row, field).get("refers", "")) if field in row.model_fields else ""


def checked(table: str, field: str, value: Any) -> Any:
    """The value in the type of its column.

    Raises:
        PipelineError: `usage`, when the column may not be corrected or cannot hold the value; it tells what it can.
    """
    if field not in editable(table):
        known = ", ".join(editable(table)) or "none, correct the table it is made from"
        raise PipelineError(Code.USAGE, f"{table}.{field} cannot be corrected", mend=f"what can: {known}")
    if value is None and cell_type(schema.TABLES[table], field) is str:
        value = ""
    if isinstance(value, str):
        value = storable(value).strip()
        if not value and cell_type(schema.TABLES[table], field) is not str:
            value = None
        if field == "dose_unit":
            value = unit_code(value)
    problem = problem_with(table, field, value)
    if problem:
        raise PipelineError(Code.USAGE, f"{table}.{field}: {problem}", mend="nothing was written")
    return _adapter(table, field).validate_python(value)


def unit_code(text: str) -> str:
    """A unit as the tables have it: "mg/day" is mg/d, "U" [IU]; one that is none stays as it is."""
    from extract.language.quantities.units import ucum

    return ucum(text) or text


def problem_with(table: str, field: str, value: Any) -> str:
    """What is wrong with a value in a column, for people; empty when nothing is."""
    row = schema.TABLES[table]
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is no number"
    if isinstance(value, bool) and cell_type(row, field) in (int, float):
        return f"{value} is not {_KINDS[cell_type(row, field)]}"
    try:
        _adapter(table, field).validate_python(value)
    except ValidationError as error:
        return _told(table, field, value, error)
    return ""


def _told(table: str, field: str, value: Any, error: ValidationError) -> str:
    first = error.errors()[0]
    shown = "an empty value" if value in (None, "") else repr(value)
    if values := allowed(schema.TABLES[table], field):
        near = nearest(str(value), values)
        return f"{shown} is not one of {', '.join(values)}" + (f"; did you mean {near!r}?" if near else "")
    kind = first["type"]
    if kind in ("greater_than_equal", "less_than_equal"):
        word, bound = ("least", first["ctx"]["ge"]) if "greater" in kind else ("most", first["ctx"]["le"])
        return f"{shown} is out of range, it must be at {word} {bound:g}"
    return f"{shown} is not {_KINDS[cell_type(schema.TABLES[table], field)]}"


def nearest(text: str, values: list[str]) -> str:
    """The value a person most likely meant; empty when none is near."""
    close = difflib.get_close_matches(text.strip().lower(), [v.lower() for v in values], n=1, cutoff=0.6)
    return next((v for v in values if v.lower() == close[0]), "") if close else ""


@cache
def _adapter(table: str, field: str) -> TypeAdapter[Any]:
    info = schema.TABLES[table].model_fields[field]
    kind: Any = info.annotation
    for limit in info.metadata:
        kind = Annotated[kind, limit]
    return TypeAdapter(kind)
