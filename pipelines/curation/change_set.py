"""Compares what a curator gives back with the rows of today: which decisions it means, and what cannot be understood.

In: the grids of a file and a store. Out: a `ChangeSet`: the changes, each with the cell it comes from, and findings: what was
read otherwise than it stands there ("told") and what was not ("refused"). Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Mapping

from extract import schema
from pipelines.curation.cells import Grid
from pipelines.curation.comparison import Comparison
from pipelines.curation.findings import REFUSED, ChangeSet, Finding
from pipelines.curation.sheet_rows import squeezed
from pipelines.store import Store


def changes_of(
    store: Store, grids: list[Grid], *, who: str, why: str = "", seen: Mapping[str, str] | None = None
) -> ChangeSet:
    """What the grids ask for.

    Args:
        why: the reason of rows that tell none.
        seen: by row identifier what the column `seen` would hold, for a file that has none.
    """
    change_set = ChangeSet()
    known = False
    for grid in grids:
        table = table_of(grid)
        if table is None:
            if len(grids) == 1:
                message = "no table of casesift: its header has too few of the columns of any"
                change_set.findings.append(Finding(REFUSED, "unknown-table", grid.name, message))
            continue
        known = True
        Comparison(store, grid, table, len(grids) > 1, change_set, who, why, seen or {}).run()
    if not known and len(grids) > 1:
        message = "no sheet has the columns of a table; give back what `casesift export --to xlsx` wrote"
        change_set.findings.append(Finding(REFUSED, "unknown-table", "workbook", message))
    return change_set


def table_of(grid: Grid) -> str | None:
    """The table that a grid is, by its header, or by its name where two fit."""
    header = {squeezed(h) for h in grid.header}
    fits: dict[str, float] = {}
    for table in schema.TABLES:
        names = schema.columns(schema.TABLES[table])
        own = [n for n in names if n not in schema.Evidence.model_fields]
        share = sum(squeezed(n) in header for n in own) / len(own)
        fits[table] = (
            share + 0.3 * (schema.KEYS[table] in grid.header and table != "cases") + 0.2 * grid.name.startswith(table)
        )
    best = max(fits, key=lambda t: fits[t])
    return best if fits[best] >= 0.6 else None
