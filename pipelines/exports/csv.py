"""CSV with `datapackage.json`: what a run writes anyway, for instance into another folder."""

from __future__ import annotations

from pathlib import Path

from pipelines.store import Store
from pipelines.tables.writing import write_tables


def export(store: Store, dest: Path) -> list[Path]:
    """Write one CSV file a table."""
    return write_tables(store, dest)
