"""Parquet: one typed file a table, for pandas, R, DuckDB. Text is raw: nothing there runs formulas."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from extract import schema
from pipelines.catalog.columns import cell_type
from pipelines.curation import curated_rows
from pipelines.files.replacing import replacing
from pipelines.store import Store

_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}

#: rows in memory at once
_BATCH = 50_000


def export(store: Store, dest: Path) -> list[Path]:
    """Write one `.parquet` file a table; columns carry their description and unit as field metadata."""
    paths = [dest / f"{table}.parquet" for table in schema.TABLES]
    for (table, row), path in zip(schema.TABLES.items(), paths, strict=True):
        layout = pa.schema([_field(row, name) for name in schema.columns(row)])
        rows = curated_rows(store, table)
        with replacing(path, "wb") as stream, pq.ParquetWriter(stream, layout) as writer:
            while batch := list(islice(rows, _BATCH)):
                writer.write_table(pa.Table.from_pylist(batch, schema=layout))
    return paths


def _field(row: type[schema.Row], name: str) -> pa.Field:
    field = row.model_fields[name]
    extra = schema.extra(row, name)
    metadata = {"description": field.description or "", "unit": str(extra.get("unit", ""))}
    return pa.field(name, _TYPES[cell_type(row, name)], metadata={k: v for k, v in metadata.items() if v})
