"""JSON Lines: one object a row, values raw, null where nothing is told."""

from __future__ import annotations

import json
from pathlib import Path

from extract import schema
from pipelines.curation import curated_rows
from pipelines.files.replacing import replacing
from pipelines.store import Store


def export(store: Store, dest: Path) -> list[Path]:
    """Write one `.jsonl` file a table."""
    paths = [dest / f"{table}.jsonl" for table in schema.TABLES]
    for table, path in zip(schema.TABLES, paths, strict=True):
        with replacing(path) as stream:
            for row in curated_rows(store, table):
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return paths
