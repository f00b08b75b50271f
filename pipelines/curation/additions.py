"""Lines without an identifier: facts that a curator adds in a sheet.

In: the line's cells. Out: a change that adds a row to its document, with the place of a row of the same evidence where the
curator tells none; or a finding on what is missing.
"""

from __future__ import annotations

from typing import Any

from extract import schema
from pipelines.curation.decisions import ADD
from pipelines.curation.fields import CURATED
from pipelines.curation.findings import REFUSED, TOLD
from pipelines.curation.grids import Cell, Line
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
        if doc is None:
            return
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
        if "case_id" in self.names and self.table != "cases" and "case_id" not in new and not bad:
            cases = [r["case_id"] for r in curated_rows(self.store, "cases", doc) if r["role"] == "index"]
            if len(cases) != 1:
                told = f"a new row needs a case_id: the document has {len(cases)} patients of its own"
                self.find(REFUSED, "new-row", place, told)
                bad = True
            else:
                new["case_id"] = cases[0]
        needed = [n for n in self.open if schema.TABLES[self.table].model_fields[n].is_required() and n not in new]
        if needed == ["text"] and (said := new.get("drug") or new.get("diagnosis")):
            new["text"], needed = said, []
        if needed and not bad:
            self.find(REFUSED, "new-row", place, f"a new row of {self.table} needs {', '.join(needed)}")
            bad = True
        if not bad and self._there(doc, new):
            self.find(TOLD, "same-change", place, "this row was added already")
        elif not bad:
            row = {"doc_id": doc}
            self.find(TOLD, "new-row", place, "a row without identifier: it will be added")
            self.out.changes.append(self.change(ADD, row, line, next(iter(cells.values())), new=self._placed(doc, new)))

    def _document(self, cells: dict[str, Cell], place: str) -> str | None:
        known = {k.doc_id: k.file for k in self.store.known()}
        asked = {n: plain(undefused(str(cells[n].value))) for n in ("doc_id", "file") if n in cells}
        found = [d for d, file in known.items() if asked.get("doc_id", d) == d and asked.get("file", file) == file]
        if asked and len(found) == 1:
            return found[0]
        told = (
            "a new row needs `file` or doc_id: of which document is it?"
            if not asked
            else f"no document {' '.join(asked.values())}"
        )
        self.find(REFUSED, "new-row", place, told)
        return None

    def _there(self, doc: str, new: dict[str, Any]) -> bool:
        """Whether a curator added such a row before: the same file is given back a second time."""
        rows = (r for r in curated_rows(self.store, self.table, doc) if r["curation"] == "added")
        return any(all(canonical(r[n]) == canonical(v) for n, v in new.items()) for r in rows)

    def _placed(self, doc: str, new: dict[str, Any]) -> dict[str, Any]:
        """With the place of a row that has the same evidence, where the curator told no other."""
        evidence = new.get("evidence", "")
        for row in curated_rows(self.store, self.table, doc) if evidence and "start" not in new else ():
            if row["evidence"] == evidence:
                return {n: row[n] for n in ("page", "x0", "top", "x1", "bottom", "start", "end", "section")} | new
        return new
