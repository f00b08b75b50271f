"""Compares what a curator gives back with the rows of today: which decisions it means, and what cannot be understood.

In: the grids of a file and a store. Out: a `Proposal`: the changes, each with the cell it comes from, and findings: what was
read otherwise than it stands there ("told") and what was not ("refused"). Nothing is written here.
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from extract import schema
from pipelines.curation.curated import CuratedDocument, curated_rows, document
from pipelines.curation.damage import judge
from pipelines.curation.decisions import ACCEPT, ADD, CORRECT, REJECT, UNDO, Decision, decisions, last_number, shown
from pipelines.curation.documents import today
from pipelines.curation.fields import CURATED
from pipelines.curation.grids import Cell, Grid, Line
from pipelines.curation.sheets import LINK, SEEN, WHY, canonical, correctable, layout, plain, same, seen_parts
from pipelines.store import Store
from pipelines.tables import undefused

TOLD, REFUSED = "told", "refused"

_SAYS = {"accepted": ACCEPT, "rejected": REJECT}
#: fixed cells of one row that may differ before the row is taken for shifted
_SHIFTED = 3


@dataclass(frozen=True)
class Change:
    """A decision that a cell or a row of the file means."""

    place: str
    decision: Decision
    old: Any = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        d = self.decision
        told = {"place": self.place, "table": d.table, "row_id": d.row_id, "doc_id": d.doc_id, "action": d.action}
        return told | {"field": d.field, "old": self.old, "new": d.new, "why": d.why}


@dataclass(frozen=True)
class Finding:
    """Something odd about a cell, a row or the whole: `level` is told or refused, `kind` a word for what it is."""

    level: str
    kind: str
    place: str
    what: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


@dataclass
class Proposal:
    """What a file asks for."""

    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0

    @property
    def refused(self) -> list[Finding]:
        """What could not be understood."""
        return [f for f in self.findings if f.level == REFUSED]


def propose(store: Store, grids: list[Grid], *, who: str, why: str = "") -> Proposal:
    """What the grids ask for; `why` is the reason of rows that tell none."""
    proposal = Proposal()
    known = False
    for grid in grids:
        table = table_of(grid)
        if table is None:
            if len(grids) == 1:
                told = "no table of casesift: its header has too few of the columns of any"
                proposal.findings.append(Finding(REFUSED, "unknown-table", grid.name, told))
            continue
        known = True
        _Comparison(store, grid, table, len(grids) > 1, proposal, who, why).run()
    if not known and len(grids) > 1:
        told = "no sheet has the columns of a table; give back what `casesift export --to xlsx` wrote"
        proposal.findings.append(Finding(REFUSED, "unknown-table", "workbook", told))
    return proposal


def table_of(grid: Grid) -> str | None:
    """The table that a grid is, by its header, or by its name where two fit."""
    here = {_squeezed(h) for h in grid.header}
    fits: dict[str, float] = {}
    for table in schema.TABLES:
        names = schema.columns(schema.TABLES[table])
        own = [n for n in names if n not in schema.Evidence.model_fields]
        share = sum(_squeezed(n) in here for n in own) / len(own)
        fits[table] = (
            share + 0.3 * (schema.KEYS[table] in grid.header and table != "cases") + 0.2 * grid.name.startswith(table)
        )
    best = max(fits, key=lambda t: fits[t])
    return best if fits[best] >= 0.6 else None


def _squeezed(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


class _Comparison:
    """One grid against its table."""

    def __init__(self, store: Store, grid: Grid, table: str, sheets: bool, out: Proposal, who: str, why: str) -> None:
        self.store, self.grid, self.table, self.out, self.who, self.why = store, grid, table, out, who, why
        self.key, self.prefix = schema.KEYS[table], f"{grid.name}!" if sheets else ""
        self.names = list(schema.columns(schema.TABLES[table]))
        self.open = correctable(table)
        self.rows = {r[self.key]: r for r in curated_rows(store, table)}
        self.newest = last_number(store)
        self.documents: dict[str, CuratedDocument] = {}

    def find(self, level: str, kind: str, place: str, what: str) -> None:
        if place and self.prefix and not place.startswith(self.prefix):
            place = self.prefix + place
        self.out.findings.append(Finding(level, kind, place or self.grid.name, what))

    def run(self) -> None:
        for kind, what in self.grid.notes:
            self.find(TOLD, kind, "", what)
        if not self._header():
            return
        self.out.rows += len(self.grid.lines)
        lines = self._identified()
        for line in self.grid.lines:
            if line.spare:
                told = "cells beyond the header: the row was shifted, or a separator stands in a text"
                self.find(REFUSED, "shifted", line.spare[0].place, told)
            elif line.short:
                told = "fewer cells than the header has: the row was shifted or cut"
                self.find(REFUSED, "shifted", next(iter(line.cells.values())).place, told)
        for row_id, line in lines.items():
            if not line.spare and not line.short:
                self._row(row_id, line)
        for line in self.grid.lines:
            if not self._id(line) and not line.spare and not line.short:
                self._added(line)
        self._missing(lines)

    # the header and the identifiers ----------------------------------------------------------------------------

    def _header(self) -> bool:
        """Bring headers to the names of columns; False when the rows cannot be told apart."""
        known = {_squeezed(n): n for n in (*self.names, WHY, SEEN, LINK)}
        names = {}
        for header in (h for h in self.grid.header if h):
            name = known.get(_squeezed(header))
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
        here = set(names.values())
        if self.key not in here:
            told = f"no column {self.key}: rows cannot be told apart; export again and keep the column"
            self.find(REFUSED, "no-id-column", "", told)
            return False
        self._columns(here)
        return True

    def _columns(self, here: set[str]) -> None:
        expected = {*self.names, *layout(self.table)} - {LINK, WHY}
        missing = [n for n in self.names if n not in here]
        for name in sorted(here - expected - {SEEN, WHY, LINK}):
            near = difflib.get_close_matches(name, missing, n=1, cutoff=0.5) or [
                m for m in missing if m.startswith(name)
            ]
            filled = any(line.cells[name].value not in (None, "") for line in self.grid.lines if name in line.cells)
            if near and filled and near[0] in self.open:
                told = f"no column is called {name!r}; is it {near[0]}? Give it its name again"
                self.find(REFUSED, "renamed-column", "", told)
            else:
                self.find(TOLD, "unknown-column", "", f"the column {name!r} is not of this table; it is not read")
        if missing:
            told = f"columns taken out: {', '.join(missing)}; their values stay as they are"
            self.find(TOLD, "missing-column", "", told)
        if SEEN not in here and any(n in here for n in self.open):
            told = "no column `seen`: an edit cannot be told from what changed in the store since the file was written"
            self.find(TOLD, "no-seen-column", "", told)

    def _id(self, line: Line) -> str:
        cell = line.cells.get(self.key)
        return plain(undefused(str(cell.value))) if cell and cell.value not in (None, "") else ""

    def _identified(self) -> dict[str, Line]:
        lines: dict[str, Line] = {}
        twice: set[str] = set()
        for line in self.grid.lines:
            row_id = self._id(line)
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
        return {row_id: line for row_id, line in lines.items() if row_id not in twice}

    def _unknown(self, row_id: str, line: Line) -> None:
        place = line.cells[self.key].place
        elsewhere = next(
            (
                c
                for n, c in line.cells.items()
                if n != self.key
                and isinstance(c.value, str)
                and c.value in self.rows
                and n not in ("linked_to", "treatment_id", "case_id")
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

    # rows --------------------------------------------------------------------------------------------------------

    def _row(self, row_id: str, line: Line) -> None:
        row = self.rows[row_id]
        seen = self._seen(line)
        number, codes = seen or (self.newest, {})
        if codes and not same(row_id, codes[self.key]):
            told = "the row's cells are those of another row: only a part of the sheet was sorted, or cells were moved"
            self.find(REFUSED, "shifted", line.cells[self.key].place, told)
            return
        edited = [n for n in self.names if n in line.cells and not self._untouched(n, row, line.cells[n], codes)]
        for name in (n for n in self.open if n in line.cells and n not in edited):
            value, now = line.cells[name].value, row[name]
            if isinstance(value, str) and isinstance(now, str) and value != value.strip() and now == now.strip():
                self.find(TOLD, "spaces", line.cells[name].place, f"{name}: spaces at its ends; it stays as it was")
        if not edited:
            return
        if self._out_of_place(row, line, edited):
            return
        if self.table == "records":
            for name in edited:
                told = "`records` is made from the other tables; correct it there"
                self.find(REFUSED, "fixed-column", line.cells[name].place, told)
            return
        if cleared := [n for n in edited if line.cells[n].value in (None, "")]:
            told_of = [n for n in self.open if n in line.cells and row[n] not in (None, "") and row[n] is not False]
            if len(told_of) > 1 and set(told_of) <= set(cleared):
                told = "every cell of the row was emptied; set curation to rejected if there is no such fact"
                self.find(REFUSED, "cleared-row", line.cells[self.key].place, told)
                return
        changes, refused = [], False
        for name in edited:
            change, bad = self._cell(name, row, line, codes, number)
            changes += [change] if change else []
            refused |= bad
        self.out.changes += changes

    def _seen(self, line: Line) -> tuple[int, dict[str, str]] | None:
        cell = line.cells.get(SEEN)
        if cell is None:
            return None
        told = seen_parts(self.table, str(cell.value or ""))
        if told is None:
            self.find(
                TOLD, "no-seen-column", cell.place, "`seen` was changed; the row is compared with the store of today"
            )
        return told

    def _untouched(self, name: str, row: dict[str, Any], cell: Cell, codes: dict[str, str]) -> bool:
        value = undefused(cell.value) if isinstance(cell.value, str) else cell.value
        code = codes.get(name)
        return same(value, code) if code else canonical(value) == canonical(row[name])

    def _out_of_place(self, row: dict[str, Any], line: Line, edited: list[str]) -> bool:
        """Whether the row's cells stand in other columns, or belong to another row; then all of it is refused."""
        order = [n for n in self.grid.header if n in line.cells]
        moved = 0
        for name in edited:
            value = canonical(line.cells[name].value)
            at = order.index(name)
            beside = [order[i] for i in (at - 1, at + 1) if 0 <= i < len(order) and order[i] in row]
            moved += len(value) > 1 and any(value == canonical(row[n]) for n in beside)
        fixed = [
            n
            for n in edited
            if n not in self.open and n not in ("curation", "confidence") and self._judged_new(n, row, line.cells[n])
        ]
        place = line.cells[self.key].place
        if moved >= 2:
            self.find(REFUSED, "shifted", place, "the row's cells stand in the column beside theirs")
            return True
        if len(fixed) >= _SHIFTED:
            told = (
                f"{', '.join(fixed)} are those of another row: only a part of the sheet was sorted, or cells were moved"
            )
            self.find(REFUSED, "shifted", place, told)
            return True
        return False

    def _judged_new(self, name: str, row: dict[str, Any], cell: Cell) -> bool:
        return judge(self.table, name, row[name], cell).outcome != "same"

    def _cell(
        self, name: str, row: dict[str, Any], line: Line, codes: dict[str, str], number: int
    ) -> tuple[Change | None, bool]:
        cell, now = line.cells[name], row[name]
        if cell.place in self.grid.merged:
            self.find(REFUSED, "merged", cell.place, f"{name}: the cell is merged with others; unmerge it")
            return None, True
        value = undefused(cell.value) if isinstance(cell.value, str) else cell.value
        if canonical(value) == canonical(now):
            self.find(TOLD, "same-change", cell.place, f"{name} is {shown(now)} already")
            return None, False
        if name == "curation":
            return self._curation(row, line, number, value)
        if (code := codes.get(name)) and not same(now, code):
            self.find(
                REFUSED,
                "conflict",
                cell.place,
                f"{name}: {self._since(row, name, number)}; export again, or change it there",
            )
            return None, True
        verdict = judge(self.table, name, now, cell)
        if name not in self.open and verdict.outcome != "same":
            self.find(
                REFUSED,
                "fixed-column",
                cell.place,
                f"{name} is not to be changed here (was {_short(now)}, is {_short(value)})",
            )
            return None, True
        if verdict.outcome == "refused":
            self.find(REFUSED, verdict.kind, cell.place, f"{name}: {verdict.note}")
            return None, True
        if verdict.kind:
            self.find(TOLD, verdict.kind, cell.place, f"{name}: {verdict.note}")
        if verdict.outcome == "same":
            return None, False
        if not codes and (former := self._stale(row, name, verdict.value)):
            self.find(
                REFUSED, "conflict", cell.place, f"{name}: the file has the value from before {former}; export again"
            )
            return None, True
        return self._change(CORRECT, row, line, cell, number, field=name, new=verdict.value, old=now), False

    def _change(
        self, action: str, row: dict[str, Any], line: Line, cell: Cell, number: int, *, old: Any = None, **more: Any
    ) -> Change:
        why = line.cells.get(WHY)
        reason = plain(str(why.value)) if why and why.value not in (None, "") else self.why
        d = Decision(
            who=self.who, action=action, doc_id=row["doc_id"], table=self.table, row_id=row.get(self.key, ""), why=reason,
            seen=number, **more,
        )  # fmt: skip
        return Change(self.prefix + cell.place, d, old)

    def _since(self, row: dict[str, Any], name: str, number: int) -> str:
        """Who changed a cell since the export."""
        said = [d for d in self._said(row) if d.number > number and d.field in ("", name)]
        if said:
            return f"{said[-1].who} decided on it on {said[-1].when} ({said[-1].told})"
        return f"a newer run says {_short(row[name])} since the file was exported"

    def _said(self, row: dict[str, Any]) -> list[Decision]:
        if not self.newest:
            return []
        if row["doc_id"] not in self.documents:
            self.documents[row["doc_id"]] = document(self.store, row["doc_id"])
        fact = self.documents[row["doc_id"]].fact(self.table, row[self.key])
        return fact.decisions if fact else []

    def _stale(self, row: dict[str, Any], name: str, value: Any) -> str:
        """The decision that a value is from before of; for files that do not tell what they were made of."""
        for d in reversed(self._said(row)):
            if d.action == CORRECT and d.field == name and canonical(d.old) == canonical(value):
                return f"the decision of {d.who} on {d.when} ({d.told})"
        return ""

    def _curation(self, row: dict[str, Any], line: Line, number: int, value: Any) -> tuple[Change | None, bool]:
        cell, now = line.cells["curation"], row["curation"]
        word = plain(str(value or "")).casefold()
        action = _SAYS.get(word) or {"accept": ACCEPT, "reject": REJECT}.get(word)
        if self._changed_since(row, number):
            self.find(
                REFUSED, "conflict", cell.place, f"curation: {self._since(row, 'curation', number)}; export again"
            )
            return None, True
        if action == ACCEPT and now in ("corrected", "added"):
            return None, False
        if action:
            return self._change(action, row, line, cell, number, old=now), False
        if not word and now in ("accepted", "rejected"):
            said = [d for d in self._said(row) if d.action in (ACCEPT, REJECT)]
            if said:
                return self._change(UNDO, row, line, cell, number, new=said[-1].number, old=now), False
        told = f"curation: {shown(value)} instead of {shown(now)}; accepted and rejected can be set here"
        self.find(REFUSED, "unknown-value", cell.place, told)
        return None, True

    def _changed_since(self, row: dict[str, Any], number: int) -> bool:
        return any(d.number > number for d in self._said(row)) if self.newest > number else False

    # rows that were added or taken out ---------------------------------------------------------------------------

    def _added(self, line: Line) -> None:
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
        if not bad:
            row = {"doc_id": doc}
            self.find(TOLD, "new-row", place, "a row without identifier: it will be added")
            self.out.changes.append(
                self._change(ADD, row, line, next(iter(cells.values())), self.newest, new=self._placed(doc, new))
            )

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

    def _placed(self, doc: str, new: dict[str, Any]) -> dict[str, Any]:
        """With the place of a row that has the same evidence, where the curator told no other."""
        evidence = new.get("evidence", "")
        for row in curated_rows(self.store, self.table, doc) if evidence and "start" not in new else ():
            if row["evidence"] == evidence:
                return {n: row[n] for n in ("page", "x0", "top", "x1", "bottom", "start", "end", "section")} | new
        return new

    def _missing(self, lines: dict[str, Line]) -> None:
        """Rows that were taken out of the sheet: told, for it is no reject."""
        refused = {self._id(line) for line in self.grid.lines}
        documents = {self.rows[i]["doc_id"] for i in lines}
        gone = [i for i, r in self.rows.items() if r["doc_id"] in documents and i not in refused]
        if gone:
            some = ", ".join(gone[:3]) + (" ..." if len(gone) > 3 else "")
            told = f"{len(gone)} rows of these documents are not in the file ({some}); nothing happens to them"
            self.find(TOLD, "missing-row", "", told)


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= 40 else text[:39] + "…"
