"""The tables: CSV files with a `datapackage.json`, written from the store with what curators said of its rows."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import IO, Any

from extract import schema
from pipelines.catalog.datapackage import descriptor
from pipelines.curation import curated_rows
from pipelines.files.csv_cells import write_csv
from pipelines.files.replacing import PART, replacing
from pipelines.store import Store
from pipelines.tables.edited import keep_edited, note_written
from pipelines.tables.spliced import Whole, splice


def write_tables(store: Store, out: Path, separator: str = ",") -> list[Path]:
    """Write all tables and `datapackage.json` into `out`; return what was written."""
    with ExitStack() as stack:
        for table, row in schema.TABLES.items():
            stream = stack.enter_context(replacing_edited(store, out / f"{table}.csv"))
            write_csv(stream, schema.columns(row), curated_rows(store, table), separator)
        _write_datapackage(stack, out, separator)
    return [*(out / f"{table}.csv" for table in schema.TABLES), out / "datapackage.json"]


def _write_datapackage(stack: ExitStack, out: Path, separator: str = ",") -> None:
    stream = stack.enter_context(replacing(out / "datapackage.json"))
    json.dump(descriptor(separator), stream, indent=1, ensure_ascii=False)
    stream.write("\n")


def refresh_tables(store: Store, out: Path) -> bool:
    """Write the tables if the store has changed since they were written, or one is missing; True if they were written.

    Where little changed, only rows of the documents that did are made again (see `spliced`). The caller holds the folder's lock: halves that a killed run left beside the tables are swept away.
    """
    for left in out.glob(f".*{PART}"):
        left.unlink(missing_ok=True)
    revision = str(store.revision)
    there = all((out / f"{table}.csv").is_file() for table in schema.TABLES) and (out / "datapackage.json").is_file()
    if there and store.meta("tables_revision") == revision:
        return False
    writer = (splice(store, out) if there else None) or Whole(store)
    with ExitStack() as stack:
        for table in schema.TABLES:
            stream = stack.enter_context(replacing_edited(store, out / f"{table}.csv", "wb"))
            writer.write(table, stream.fileno())
        _write_datapackage(stack, out)
    writer.note(out, int(revision))
    store.set_meta({"tables_revision": revision})
    return True


def replacing_edited(store: Store, path: Path, mode: str = "w") -> AbstractContextManager[IO[Any]]:
    """As `replacing`, for a file that people edit: what somebody typed into the old one is kept beside (see `edited`)."""

    def first(made: Path) -> None:
        keep_edited(store, path, made)
        note_written(store, path, made)

    return replacing(path, mode, first=first)
