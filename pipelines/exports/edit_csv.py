"""CSV to correct: one file a table with the columns of the workbook, for people without a spreadsheet that opens .xlsx.

Unlike the tables of a run they have the column `seen`, so that `casesift apply` can tell an edit from what changed since.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.curation import CURATED, curated_rows
from pipelines.curation.decisions import last_number
from pipelines.curation.sheets import LINK, SEEN, WHY, layout, seen_code
from pipelines.files.csv_cells import write_csv
from pipelines.store import Store
from pipelines.tables.writing import replacing_edited


def export(store: Store, dest: Path, *, separator: str = ",") -> list[Path]:
    """Write `edit/TABLE.csv` for each table that can be corrected, into `dest`."""
    folder = dest / "edit"
    folder.mkdir(parents=True, exist_ok=True)
    last = last_number(store)
    paths = []
    for table in ("documents", *CURATED):
        names = [n for n in (*layout(table), SEEN) if n != LINK]
        rows = (row | {WHY: "", SEEN: seen_code(table, row, last)} for row in curated_rows(store, table))
        with replacing_edited(store, folder / f"{table}.csv") as stream:
            write_csv(stream, names, rows, separator)
        paths.append(folder / f"{table}.csv")
    return paths
