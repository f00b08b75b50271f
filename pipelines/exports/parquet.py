"""Parquet: one typed file a table, for pandas, R, DuckDB. Text is raw: nothing there runs formulas.

Or, for very many documents, partitioned by the run that read them (`parquet/treatments/run=12/part.parquet`, which DuckDB, Spark, pandas and Arrow read as one
table with a column `run`): later exports write only the partitions in which something changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.catalog.columns import COLUMNS, cell_type
from pipelines.curation import DocumentRows, curated_rows
from pipelines.files.replacing import replacing
from pipelines.store import Store
from pipelines.store.changes import documents_of, identity, runs_since

_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}

#: rows in memory at once
_BATCH = 20_000

#: folder of the partitions, and what stands in it about them
_FOLDER, _STATE, _PART = "parquet", ".casesift.json", "part.parquet"


def export(store: Store, dest: Path, *, partition: bool = False) -> list[Path]:
    """Write one `.parquet` file a table; columns carry their description and unit as field metadata.

    Args:
        partition: a file for each table and run below `parquet` instead; only those that are not as they were.

    Raises:
        PipelineError: `usage`, the partitions there are of another output folder, or not ours.
    """
    if partition:
        return _partitions(store, dest / _FOLDER)
    paths = [dest / f"{table}.parquet" for table in schema.TABLES]
    for table, path in zip(schema.TABLES, paths, strict=True):
        _write(path, table, curated_rows(store, table))
    return paths


def _write(path: Path, table: str, rows: Iterable[dict[str, Any]]) -> None:
    row, rows = schema.TABLES[table], iter(rows)
    layout = pa.schema([_field(row, name) for name in COLUMNS[table]])
    with replacing(path, "wb") as stream, pq.ParquetWriter(stream, layout) as writer:
        while batch := list(islice(rows, _BATCH)):
            columns = [pa.array([r[field.name] for r in batch], field.type) for field in layout]
            writer.write_table(pa.Table.from_arrays(columns, schema=layout))


def _partitions(store: Store, folder: Path) -> list[Path]:
    state = _state(store, folder)
    revision = store.revision
    _note(folder, state)  # an export that is killed is one that had begun
    rows = DocumentRows(store)
    paths: list[Path] = []
    for run, used in runs_since(store, state["revision"]).items():
        places = {table: folder / table / f"run={run}" / _PART for table in schema.TABLES}
        if not used:
            for path in places.values():
                path.unlink(missing_ok=True)
                if path.parent.is_dir():
                    path.parent.rmdir()
            continue
        documents = documents_of(store, run)
        for table, path in places.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, table, chain.from_iterable(rows.of(table, doc_id) for doc_id in documents))
            paths.append(path)
    _note(folder, state | {"revision": revision})
    return paths


def _state(store: Store, folder: Path) -> dict[str, Any]:
    """What the folder holds: of which store, up to which revision; nothing yet is revision -1."""
    state: dict[str, Any] = {}
    ours = {"store": identity(store), "columns": COLUMNS}
    try:
        state = json.loads((folder / _STATE).read_text("utf-8"))
    except FileNotFoundError:
        if any(_others(folder)):
            mend = "name another folder with --dest"
            raise PipelineError(Code.USAGE, "it holds files that are not casesift's", file=folder, mend=mend) from None
    except (OSError, ValueError) as error:
        mend = "remove the folder, and export again"
        raise PipelineError(Code.USAGE, f"its {_STATE} cannot be read", file=folder, mend=mend) from error
    if state.get("store", ours["store"]) != ours["store"]:
        raise PipelineError(
            Code.USAGE, "its partitions are of another store (or of the one before it was repaired)", file=folder,
            mend="name another folder with --dest, or remove this one",
        )  # fmt: skip
    return ours | {"revision": int(state["revision"]) if state.get("columns") == COLUMNS else -1}


def _others(folder: Path) -> Iterator[Path]:
    yield from folder.iterdir() if folder.is_dir() else ()


def _note(folder: Path, state: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / _STATE) as stream:
        json.dump(state, stream)


def _field(row: type[schema.Row], name: str) -> pa.Field:
    field = row.model_fields[name]
    extra = schema.extra(row, name)
    metadata = {"description": field.description or "", "unit": str(extra.get("unit", ""))}
    return pa.field(name, _TYPES[cell_type(row, name)], metadata={k: v for k, v in metadata.items() if v})
