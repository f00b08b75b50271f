"""The description of the tables for machines: a Frictionless data package, generated from `extract.schema`.

https://datapackage.org: fields with types, units, examples, allowed values, primary and foreign keys.
"""

from __future__ import annotations

import typing
from typing import Any

from extract import schema
from pipelines.catalog.columns import cell_type

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def descriptor(separator: str = ",") -> dict[str, Any]:
    """The data package of an output folder; with a semicolon between columns numbers have a decimal comma."""
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "casesift",
        "title": "Structured records from medical case reports",
        "resources": [_resource(table) for table in schema.TABLES],
    }
    for resource in package["resources"] if separator != "," else ():
        resource["dialect"]["delimiter"] = separator
        for column in resource["schema"]["fields"] if separator == ";" else ():
            if column["type"] == "number":
                column["decimalChar"] = ","
    return package


def allowed(row: type[schema.Row], column: str) -> list[str]:
    """The values a column of text may hold, without the empty one; empty when it may hold any."""
    return [v for v in _literals(row.model_fields[column].annotation) if v]


def _literals(annotation: Any) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return [str(v) for v in typing.get_args(annotation)]
    return [v for part in typing.get_args(annotation) for v in _literals(part)]


def _resource(table: str) -> dict[str, Any]:
    row = schema.TABLES[table]
    names = schema.columns(row)
    keys = [
        {"fields": [name], "reference": {"resource": other, "fields": [name]}}
        for name in names
        if (other := _reference(table, name))
    ]
    return {
        "name": table,
        "path": f"{table}.csv",
        "profile": "tabular-data-resource",
        "title": row.table.title,
        "description": (row.__doc__ or "").split("\n")[0],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": {
            "fields": [_field(table, name) for name in names],
            "missingValues": [""],
            "primaryKey": [schema.KEYS[table]],
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _reference(table: str, name: str) -> str:
    """The table whose key a column holds; empty when it holds none, or may hold the keys of several tables."""
    other = "documents" if name == "doc_id" else schema.extra(schema.TABLES[table], name).get("refers", "")
    return other if other and other != table and schema.KEYS[other] == name else ""


def _field(table: str, name: str) -> dict[str, Any]:
    row = schema.TABLES[table]
    field = row.model_fields[name]
    extra = schema.extra(row, name)
    constraints: dict[str, Any] = {}
    if field.is_required() or name == schema.KEYS[table]:
        constraints["required"] = True
    if values := allowed(row, name):
        constraints["enum"] = values
    for limit in field.metadata:
        for theirs, ours in (("ge", "minimum"), ("le", "maximum")):
            if (bound := getattr(limit, theirs, None)) is not None:
                constraints[ours] = bound
    return {
        "name": name,
        "type": _TYPES[cell_type(row, name)],
        "description": field.description or "",
        **({"unit": extra["unit"]} if "unit" in extra else {}),
        **({"example": extra["example"]} if "example" in extra else {}),
        **({"constraints": constraints} if constraints else {}),
    }
