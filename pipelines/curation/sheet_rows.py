"""A grid that comes back, brought to its table: which column is which, which line is which row.

In: a `Grid` and a store. Out: lines by row identifier, with findings on headers and identifiers that do not fit.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from extract import schema
from pipelines.catalog.columns import cell_type
from pipelines.curation.cells import Cell, Grid, Line
from pipelines.curation.curated import CuratedDocument
from pipelines.curation.decisions import Decision, decisions, last_number
from pipelines.curation.documents import today
from pipelines.curation.fields import names_row
from pipelines.curation.findings import REFUSED, TOLD, Change, ChangeSet, Finding
from pipelines.curation.lost_points import put_back
from pipelines.curation.sheets import LINK, SEEN, WHY, canonical, correctable, layout, plain, seen_parts
from pipelines.curation.stored import curated_rows, document
from pipelines.files.csv_cells import undefused
from pipelines.store import Store


def squeezed(name: str) -> str:
    """A header without what people change in it: case, spaces, underscores."""
    return "".join(c for c in name.casefold() if c.isalnum())


class Sheet:
    """A grid that is a table: its columns by their names, its lines by their identifiers."""

    def __init__(
        self, store: Store, grid: Grid, table: str, sheets: bool, out: ChangeSet, who: str, why: str, seen: Mapping[str, str]
    ) -> None:  # fmt: skip
        self.seen = seen
        self.store, self.grid, self.table, self.out, self.who, self.why = store, grid, table, out, who, why
        self.key, self.prefix = schema.KEYS[table], f"{grid.name}!" if sheets else ""
        self.names = list(schema.columns(schema.TABLES[table]))
        self.open = correctable(table)
        self.rows = {r[self.key]: r for r in curated_rows(store, table)}
        self.newest = last_number(store)
        self.documents: dict[str, CuratedDocument] = {}
        #: added rows that the sheet holds without their identifiers, from when it was given back before
        self.again: set[str] = set()
        #: columns that were sorted on their own
        self.moved: set[str] = set()
        self._made_of: dict[int, tuple[int, dict[str, str]] | None] = {}

    def find(self, level: str, kind: str, place: str, what: str) -> None:
        """Note something odd; without a place, of the sheet as a whole."""
        if place and self.prefix and not place.startswith(self.prefix):
            place = self.prefix + place
        self.out.findings.append(Finding(level, kind, place or self.grid.name, what))

    def change(
        self,
        action: str,
        row: dict[str, Any],
        line: Line,
        cell: Cell,
        *,
        old: Any = None,
        reason: str = "",
        **more: Any,
    ) -> Change:
        """A decision on a row, from a cell; `reason`: why, where the line does not tell."""
        why = line.cells.get(WHY)
        reason = plain(str(why.value)) if why and why.value not in (None, "") else reason or self.why
        d = Decision(
            who=self.who, action=action, doc_id=row["doc_id"], table=self.table, row_id=row.get(self.key, ""), why=reason,
            seen=self.newest, **more,
        )  # fmt: skip
        return Change(self.prefix + cell.place, d, old)

    def no_such_row(self, name: str, doc_id: str, value: Any) -> str:
        """What is wrong with a value that names another row of its document; empty when nothing is."""
        other = names_row(self.table, name)
        if not other or not value:
            return ""
        there = {r[schema.KEYS[other]] for r in curated_rows(self.store, other, doc_id)}
        return "" if value in there else f"no row {value!r} in {other} of this document"

    def header(self) -> bool:
        """Bring headers to the names of columns; False when the rows cannot be told apart."""
        known = {squeezed(n): n for n in (*self.names, WHY, SEEN, LINK)}
        names = {}
        for header in (h for h in self.grid.header if h):
            name = known.get(squeezed(header))
            if name and name != header:
                self.find(TOLD, "renamed-column", "", f"the column {header!r} read as {name}")
            names[header] = name or header
        doubled = [n for n, count in Counter(n for n in names.values()).items() if count > 1]
        doubled += [h for h, count in Counter(h for h in self.grid.header if h).items() if count > 1]
        if doubled:
            self.find(REFUSED, "double-column", "", f"two columns are called {doubled[0]!r}; leave one")
            return False
        for line in self.grid.lines:
            line.cells = {names[n]: c for n, c in line.cells.items()}
        present = set(names.values())
        if self.key not in present:
            message = f"no column {self.key}: rows cannot be told apart; export again and keep the column"
            self.find(REFUSED, "no-id-column", "", message)
            return False
        self._columns(present)
        if self.grid.separator == ";":
            self._decimal_commas()
        return True

    def _decimal_commas(self) -> None:
        """Numbers of a file that is separated by semicolons have a decimal comma."""
        for name in (n for n in self.names if cell_type(schema.TABLES[self.table], n) is float):
            for line in self.grid.lines:
                cell = line.cells.get(name)
                if cell and isinstance(cell.value, str) and re.fullmatch(r"-?\d+,\d+", cell.value.strip()):
                    line.cells[name] = replace(cell, value=cell.value.strip().replace(",", "."))

    def _columns(self, present: set[str]) -> None:
        expected = {*self.names, *layout(self.table)} - {LINK, WHY}
        missing = [n for n in self.names if n not in present]
        for name in sorted(present - expected - {SEEN, WHY, LINK}):
            near = difflib.get_close_matches(name, missing, n=1, cutoff=0.5) or [
                m for m in missing if m.startswith(name)
            ]
            filled = any(line.cells[name].value not in (None, "") for line in self.grid.lines if name in line.cells)
            if near and filled and near[0] in self.open:
                message = f"no column is called {name!r}; is it {near[0]}? Give it its name again"
                self.find(REFUSED, "renamed-column", "", message)
            else:
                self.find(TOLD, "unknown-column", "", f"the column {name!r} is not of this table; it is not read")
        if missing:
            message = f"columns taken out: {', '.join(missing)}; their values stay as they are"
            self.find(TOLD, "missing-column", "", message)
        if SEEN not in present and not self.seen and any(n in present for n in self.open):
            message = (
                "no column `seen`: an edit cannot be told from what changed in the store since the file was written"
            )
            self.find(TOLD, "no-seen-column", "", message)

    def seen_of(self, line: Line) -> tuple[int, dict[str, str]] | None:
        """What a line was made of: the last decision then, and a code of each cell; looked at once."""
        if line.number not in self._made_of:
            self._made_of[line.number] = self._read_seen(line)
        return self._made_of[line.number]

    def _read_seen(self, line: Line) -> tuple[int, dict[str, str]] | None:
        cell = line.cells.get(SEEN)
        if cell is None:
            return seen_parts(self.table, self.seen.get(self.id_of(line), ""))
        text = str(cell.value or "")
        # an earlier casesift had fewer columns: those of the sheet
        parts = seen_parts(self.table, text) or seen_parts(self.table, text, [n for n in self.names if n in line.cells])
        if parts is None and not any(
            f.kind == "seen-changed" and f.place.startswith(self.prefix) for f in self.out.findings
        ):
            message = "`seen` was changed here; such rows are compared with the store of today"
            self.find(TOLD, "seen-changed", cell.place, message)
        return parts

    def id_of(self, line: Line) -> str:
        """The identifier of a line; empty when it has none."""
        cell = line.cells.get(self.key)
        return plain(undefused(str(cell.value))) if cell and cell.value not in (None, "") else ""

    def identified(self) -> dict[str, Line]:
        """The lines by row identifier; those with one that is unknown, or stands twice, are told."""
        lines: dict[str, Line] = {}
        twice: set[str] = set()
        for line in self.grid.lines:
            row_id = self.id_of(line)
            if not row_id:
                continue
            if row_id in lines:
                values = [{n: canonical(c.value) for n, c in x.cells.items()} for x in (line, lines[row_id])]
                if values[0] == values[1]:
                    self.find(
                        TOLD, "duplicate-id", line.cells[self.key].place, f"{row_id} stands here a second time, alike"
                    )
                else:
                    self.find(
                        REFUSED,
                        "duplicate-id",
                        line.cells[self.key].place,
                        f"{row_id} stands here a second time, with other values",
                    )
                    twice.add(row_id)
            elif row_id not in self.rows:
                self._unknown(row_id, line)
            else:
                lines[row_id] = line
        lines = {row_id: line for row_id, line in lines.items() if row_id not in twice}
        if lost := put_back(lines, self.rows, {*self.names} - {*self.open, self.key}):
            message = f"{lost} numbers without their decimal point, which was taken for a thousands mark (0.375 became 375); they stay as they were"
            self.find(TOLD, "thousands", "", message)
        return lines

    def _unknown(self, row_id: str, line: Line) -> None:
        place = line.cells[self.key].place
        elsewhere = next(
            (
                c
                for n, c in line.cells.items()
                if n != self.key and isinstance(c.value, str) and c.value in self.rows and not names_row(self.table, n)
            ),
            None,
        )
        if elsewhere:
            self.find(
                REFUSED, "shifted", place, f"the identifier stands in {elsewhere.place}: the row's cells were shifted"
            )
            return
        was = self._former(row_id)
        if was:
            self.find(REFUSED, "unknown-id", place, f"{row_id} is called {was} now; export again")
            return
        near = difflib.get_close_matches(row_id, self.rows, n=1, cutoff=0.9)
        hint = (
            f"; is it {near[0]}?" if near else "; is the file from another output folder, or older than the last run?"
        )
        self.find(REFUSED, "unknown-id", place, f"no row {row_id!r} in {self.table}{hint}")

    def _former(self, row_id: str) -> str:
        """What a decided row is called today that had another identifier when it was exported."""
        for d in decisions(self.store):
            if d.row_id == row_id and d.table == self.table and (doc_id := today(self.store).get(d.doc_id)):
                row = document(self.store, doc_id).row(self.table, row_id)
                return str(row[self.key]) if row else ""
        return ""
