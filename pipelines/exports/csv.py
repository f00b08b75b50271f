"""CSV with `datapackage.json`: what a run writes anyway, for instance into another folder."""

from __future__ import annotations

from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines.store import Store
from pipelines.tables.writing import write_tables


def export(store: Store, dest: Path, *, separator: str = ",") -> list[Path]:
    """Write one CSV file a table.

    Raises:
        PipelineError: `usage`, when the tables of the run itself would get another separator: later runs read them.
    """
    if separator != "," and dest.resolve() == store.path.parent.resolve():
        raise PipelineError(
            Code.USAGE, f"the tables in {dest} are separated by commas", mend="name another folder with --dest"
        )
    return write_tables(store, dest, separator)
