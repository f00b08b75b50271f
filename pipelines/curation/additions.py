"""Lines without an identifier: facts that a curator adds in a sheet.

In: the line's cells. Out: a change that adds a row to its document, with the numbers its texts tell (`derived`) and the place of
its evidence (`placing`); or a finding on what is missing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from extract import schema
from pipelines.curation import derived
from pipelines.curation.cells import Cell, Line
from pipelines.curation.decisions import ADD, decisions, shown
from pipelines.curation.derived import readings
from pipelines.curation.fields import CURATED, NAMING, NOT_FACTS
from pipelines.curation.findings import DOUBTFUL, REFUSED, TOLD, Change
from pipelines.curation.placing import placed
from pipelines.curation.plausibility import REFUSE, doubts, expected
from pipelines.curation.sheet_rows import Sheet
from pipelines.curation.sheets import SEEN, canonical, plain
from pipelines.curation.spreadsheet_damage import judge
from pipelines.curation.stored import curated_rows
from pipelines.files.csv_cells import undefused


class SheetWithAdditions(Sheet):
    """A sheet whose lines without identifier are new rows."""

    def added(self, line: Line) -> None:
        """Take a line without identifier as a new row."""
        cells = {
            n: c
            for n, c in line.cells.items()
            if n in self.names and c.value not in (None, "") and n not in (self.key, "curation", "confidence", SEEN)
        }
        if not cells:
            return
        place = next(iter(cells.values())).place
        if self.table not in CURATED:
            self.find(REFUSED, "new-row", place, f"no row can be added to {self.table}; its identifier is missing")
            return
        doc = self._document(cells, place)
        new = self._read(cells, doc) if doc else None
        if doc is None or new is None or not self._complete(new, doc, place):
            return
        if row_id := self._there(doc, new):
            self.again.add(row_id)
            self.find(TOLD, "same-change", place, "this row was added already")
            return
        self.find(TOLD, "new-row", place, "a row without identifier: it will be added")
        for reading in readings(self.table, new, new):
            follows = {n: v for n, v in reading.values.items() if v not in (None, "")}
            if follows:
                values = ", ".join(f"{n} {shown(v)}" for n, v in follows.items())
                at = cells[reading.column].place if reading.column in cells else place
                self.find(TOLD, "follows", at, f"{reading.column} {reading.text!r} read as {values}")
            new |= follows
        row = placed(self.store, doc, self.table, new)
        cell = next(iter(cells.values()))
        self.out.changes += self.doubted(
            {"doc_id": doc}, line, [self.change(ADD, {"doc_id": doc}, line, cell, new=row)]
        )

    def _read(self, cells: dict[str, Cell], doc: str) -> dict[str, Any] | None:
        """The values of a new row; None when a cell cannot be understood."""
        new, bad = {}, False
        for name, cell in cells.items():
            if name in ("doc_id", "file"):
                continue
            verdict = judge(self.table, name, None, cell)
            if verdict.outcome == "refused":
                self.find(REFUSED, verdict.kind, cell.place, f"{name}: {verdict.note}")
                bad = True
            elif verdict.kind:
                self.find(TOLD, verdict.kind, cell.place, f"{name}: {verdict.note}")
            if verdict.outcome == "new":
                new[name] = verdict.value
                if problem := self.no_such_row(name, doc, verdict.value):
                    self.find(REFUSED, "unknown-reference", cell.place, f"{name}: {problem}")
                    bad = True
        return None if bad else new

    def _complete(self, new: dict[str, Any], doc: str, place: str) -> bool:
        """Fill in what a new row needs, if it can be known; False when something is missing."""
        if "case_id" in self.names and self.table != "cases" and "case_id" not in new:
            cases = [r["case_id"] for r in curated_rows(self.store, "cases", doc) if r["role"] == "index"]
            if len(cases) != 1:
                message = f"a new row needs a case_id: the document has {len(cases)} patients of its own"
                self.find(REFUSED, "new-row", place, message)
                return False
            new["case_id"] = cases[0]
        needed = [n for n in self.open if schema.TABLES[self.table].model_fields[n].is_required() and n not in new]
        naming = NAMING.get(self.table, "")
        if "text" in needed and new.get(naming):
            new["text"] = new[naming]
            needed.remove("text")
        if self.table == "pain_scores" and "value" in needed and new.get("text"):
            needed = [n for n in needed if n not in derived.columns_of("text", new["text"])]
        if naming and not new.get(naming) and new.get("text"):
            new[naming] = new["text"].lower()
        if needed:
            self.find(REFUSED, "new-row", place, f"a new row of {self.table} needs {', '.join(needed)}")
        return not needed

    def doubted(self, row: dict[str, Any], line: Line, changes: list[Change]) -> list[Change]:
        """The changes of a row with what is doubtful in them; none when something in them cannot be."""
        new: dict[str, Any] = {}
        for c in changes:
            new |= (
                c.decision.new
                if c.decision.action == ADD
                else {c.decision.field: c.decision.new}
                if c.decision.field
                else {}
            )
        if not new:
            return changes
        beside = (r for r in self.rows.values() if r["doc_id"] == row["doc_id"] and r[self.key] != row.get(self.key))
        changed = set(new) | (expected(self.table) if changes[0].decision.action == ADD else set())
        doubtful = doubts(self.table, row | new, changed, (r for r in beside if r["curation"] not in NOT_FACTS))
        for doubt in doubtful:
            cell = line.cells.get(doubt.column)
            level = REFUSED if doubt.level == REFUSE else DOUBTFUL
            self.find(level, "implausible", cell.place if cell else changes[0].place, f"{doubt.column}: {doubt.says}")
        if any(d.level == REFUSE for d in doubtful):
            return []
        return [replace(c, doubts=tuple(doubtful)) for c in changes] if doubtful else changes

    def _document(self, cells: dict[str, Cell], place: str) -> str | None:
        known = {k.doc_id: k.file for k in self.store.known()}
        asked = {n: plain(undefused(str(cells[n].value))) for n in ("doc_id", "file") if n in cells}
        matching = [d for d, file in known.items() if asked.get("doc_id", d) == d and asked.get("file", file) == file]
        if asked and len(matching) == 1:
            return matching[0]
        message = (
            "a new row needs `file` or doc_id: of which document is it?"
            if not asked
            else f"no document {' '.join(asked.values())}"
        )
        self.find(REFUSED, "new-row", place, message)
        return None

    def _there(self, doc: str, new: dict[str, Any]) -> str:
        """The row that a curator added before, if there is one: the same file is given back a second time, or by another person."""
        added = (d for d in decisions(self.store, doc) if d.action == ADD and d.table == self.table)
        same = (d.row_id for d in added if all(canonical(d.new.get(n)) == canonical(v) for n, v in new.items()))
        return next(same, "")
