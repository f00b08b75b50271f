"""One sheet that a curator gives back against the rows of its table today: which cell asks for which decision.

In: a grid and the store's rows. Out: changes and findings, put into the `ChangeSet` of the whole file. A cell counts as edited where it
is not what the sheet was made of; a row whose cells stand in other columns or belong to another row is refused whole.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from extract import schema
from pipelines.curation.additions import SheetWithAdditions
from pipelines.curation.cells import Cell, Line
from pipelines.curation.decisions import ACCEPT, CORRECT, REJECT, UNDO, Decision, shown
from pipelines.curation.derived import readings
from pipelines.curation.facts import Fact
from pipelines.curation.findings import REFUSED, TOLD, Change
from pipelines.curation.hints import hints
from pipelines.curation.sheets import canonical, code_of, plain, same
from pipelines.curation.spreadsheet_damage import NOTHING, judge
from pipelines.curation.stored import document
from pipelines.files.csv_cells import undefused

_SAYS = {"accepted": ACCEPT, "rejected": REJECT}
#: cells of a column that changed places before the column is taken for sorted on its own
_PERMUTED = 4
#: fixed cells of one row that may differ before the row is taken for shifted
_SHIFTED = 3


class Comparison(SheetWithAdditions):
    """One grid against its table."""

    def run(self) -> None:
        """Put what the sheet asks for, and what is wrong with it, into the change set."""
        for kind, what in self.grid.notes:
            self.find(TOLD, kind, "", what)
        if not self.header():
            return
        if not self.open:
            return self._view()
        self.out.rows += len(self.grid.lines)
        lines = self.identified()
        lines = {row_id: line for row_id, line in lines.items() if not self._strayed(row_id, line)}
        self._sorted_alone(lines)
        for line in self.grid.lines:
            if line.spare:
                message = "cells beyond the header: the row was shifted, or a separator stands in a text"
                self.find(REFUSED, "shifted", line.spare[0].place, message)
            elif line.short:
                message = "fewer cells than the header has: the row was shifted or cut"
                self.find(REFUSED, "shifted", next(iter(line.cells.values())).place, message)
        for row_id, line in lines.items():
            if not line.spare and not line.short:
                self._row(row_id, line)
        for line in self.grid.lines:
            if not self.id_of(line) and not line.spare and not line.short:
                self.added(line)
        self._missing(lines)

    def _view(self) -> None:
        """A sheet of rows that nobody corrects, as `records`: told where somebody typed into it, else not read."""
        message = f"rows of `{self.table}` cannot be corrected"
        if schema.TABLES[self.table].table.made_from:
            message = f"`{self.table}` is made from the other tables; correct it there"
        codes = [(line, seen[1]) for line in self.grid.lines if (seen := self.seen_of(line)) and seen[1]]
        if not codes and (len(self.grid.lines) and not self.prefix):
            self.find(REFUSED, "fixed-column", "", message)
        for line, code in codes:
            for name in (n for n in self.names if n in line.cells and n in code):
                cell = line.cells[name]
                value = undefused(cell.value) if isinstance(cell.value, str) else cell.value
                if not same(value, code[name]) and self._typed_into(name, cell, line):
                    self.find(REFUSED, "fixed-column", cell.place, message)

    def _typed_into(self, name: str, cell: Cell, line: Line) -> bool:
        """Whether a cell of such a sheet is other than any value it has or had by itself; what a program made of it is not."""
        row = self.rows.get(self.id_of(line))
        return row is None or judge(self.table, name, row[name], cell).outcome != "same"

    def _strayed(self, row_id: str, line: Line) -> bool:
        """Whether a line holds the cells of another row: then all of it is refused."""
        seen = self.seen_of(line)
        if not seen or not seen[1] or same(row_id, seen[1][self.key]):
            return False
        message = "the row's cells are those of another row: only a part of the sheet was sorted, or cells were moved"
        self.find(REFUSED, "shifted", line.cells[self.key].place, message)
        return True

    def _sorted_alone(self, lines: dict[str, Line]) -> None:
        """Refuse columns that were sorted or moved on their own: they hold the same values, in other rows."""
        for name in (n for n in self.open if any(n in line.cells for line in lines.values())):
            before, after = Counter[str](), Counter[str]()
            for row_id, line in lines.items():
                if name not in line.cells:
                    continue
                seen = self.seen_of(line)
                old = seen[1][name] if seen and seen[1] else code_of(canonical(self.rows[row_id][name]))
                value = line.cells[name].value
                now = code_of(canonical(undefused(value) if isinstance(value, str) else value))
                if old != now:
                    before[old] += 1
                    after[now] += 1
            edited = sum(after.values())
            kept = sum((before & after).values())
            if edited >= _PERMUTED and kept >= 0.9 * edited and (len(before) >= 3 or edited >= 3 * _PERMUTED):
                self.moved.add(name)
                message = (
                    f"the column {name} was sorted or moved on its own: {edited} cells hold what other rows had. "
                    "Undo it, or sort the whole table; nothing of this column is taken"
                )
                self.find(REFUSED, "sorted-alone", "", message)

    # rows --------------------------------------------------------------------------------------------------------

    def _row(self, row_id: str, line: Line) -> None:
        row = self.rows[row_id]
        number, codes = self.seen_of(line) or (self.newest, {})
        edited = self._edited(row, line, codes)
        if not edited or self._out_of_place(row, line, edited) or self._emptied(row, line, edited):
            return
        changes = [c for n in edited if (c := self._cell(n, row, line, codes, number))]
        changes = self.doubted(row, line, changes + self._following(row, line, codes, number, changes))
        if changes and (others := self._others(row, number)):
            message = f"{others[-1].who} decided on this row too since the export ({others[-1].told})"
            self.find(TOLD, "newer-decision", line.cells[self.key].place, message)
        self.out.changes += changes
        new = {c.decision.field: c for c in changes if c.decision.field}
        after = row | {name: c.decision.new for name, c in new.items()}
        for message in hints(after, new):
            self.find(TOLD, "words-differ", next(iter(new.values())).place, message)

    def _edited(self, row: dict[str, Any], line: Line, codes: dict[str, str]) -> list[str]:
        """The columns in which a line is not what it was made of; spaces at the ends of the others are told."""
        present = [n for n in self.names if n in line.cells]
        edited = [n for n in present if n not in self.moved and not self._untouched(n, row, line.cells[n], codes)]
        for name in (n for n in self.open if n in line.cells and n not in edited):
            value, now = line.cells[name].value, row[name]
            if isinstance(value, str) and isinstance(now, str) and value != value.strip() and now == now.strip():
                self.find(TOLD, "spaces", line.cells[name].place, f"{name}: spaces at its ends; it stays as it was")
        return edited

    def _emptied(self, row: dict[str, Any], line: Line, edited: list[str]) -> bool:
        """Whether all that a row told was taken out of it; then nothing of it is taken."""
        cleared = {n for n in edited if line.cells[n].value in (None, "")}
        told_of = {n for n in self.open if n in line.cells and row[n] not in (None, "") and row[n] is not False}
        if len(told_of) < 2 or not told_of <= cleared:
            return False
        message = "every cell of the row was emptied; set curation to rejected if there is no such fact"
        self.find(REFUSED, "cleared-row", line.cells[self.key].place, message)
        return True

    def _following(
        self, row: dict[str, Any], line: Line, codes: dict[str, str], number: int, changes: list[Change]
    ) -> list[Change]:
        """What follows from the texts and names that were changed: numbers, codes; see `derived`."""
        typed = {c.decision.field: c.decision.new for c in changes if c.decision.field}
        further = []
        for reading in readings(self.table, typed, row | typed):
            cell = line.cells[reading.column]
            moved = {n: v for n, v in reading.values.items() if row[n] != v}
            for name in [n for n in moved if (code := codes.get(n)) and not same(row[n], code)]:
                since = self._since(row, name, number)
                self.find(REFUSED, "conflict", cell.place, f"{name} would follow from {reading.column}, but {since}")
                del moved[name]
            if moved:
                values = ", ".join(f"{n} {shown(v)}" for n, v in moved.items())
                how = "read as" if reading.understood else "not understood, so"
                self.find(TOLD, "follows", cell.place, f"{reading.column} {reading.text!r} {how} {values}")
            reason = f"follows from {reading.column}"
            further += [
                self.change(CORRECT, row, line, cell, field=n, new=v, old=row[n], reason=reason)
                for n, v in moved.items()
            ]
        return further

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
            message = (
                f"{', '.join(fixed)} are those of another row: only a part of the sheet was sorted, or cells were moved"
            )
            self.find(REFUSED, "shifted", place, message)
            return True
        return False

    def _judged_new(self, name: str, row: dict[str, Any], cell: Cell) -> bool:
        return judge(self.table, name, row[name], cell).outcome != "same"

    def _cell(self, name: str, row: dict[str, Any], line: Line, codes: dict[str, str], number: int) -> Change | None:
        cell, now = line.cells[name], row[name]
        if cell.place in self.grid.merged:
            self.find(REFUSED, "merged", cell.place, f"{name}: the cell is merged with others; unmerge it")
            return None
        value = undefused(cell.value) if isinstance(cell.value, str) else cell.value
        if canonical(value) == canonical(now):
            self.find(TOLD, "same-change", cell.place, f"{name} is {shown(now)} already")
            return None
        if name == "curation":
            return self._curation(row, line, number, value)
        if (code := codes.get(name)) and not same(now, code):
            self.find(
                REFUSED,
                "conflict",
                cell.place,
                f"{name}: {self._since(row, name, number)}; export again, or change it there",
            )
            return None
        verdict = judge(self.table, name, now, cell)
        if name not in self.open and verdict.outcome != "same":
            self.find(
                REFUSED,
                "fixed-column",
                cell.place,
                f"{name} is not to be changed here (was {_short(now)}, is {_short(value)})",
            )
            return None
        if verdict.outcome == "refused":
            self.find(REFUSED, verdict.kind, cell.place, f"{name}: {verdict.note}")
            return None
        if verdict.kind:
            self.find(TOLD, verdict.kind, cell.place, f"{name}: {verdict.note}")
        if verdict.outcome == "same":
            return None
        if problem := self.no_such_row(name, row["doc_id"], verdict.value):
            self.find(REFUSED, "unknown-reference", cell.place, f"{name}: {problem}")
            return None
        if not codes and (former := self._stale(row, name, verdict.value)):
            self.find(
                REFUSED, "conflict", cell.place, f"{name}: the file has the value from before {former}; export again"
            )
            return None
        return self.change(CORRECT, row, line, cell, field=name, new=verdict.value, old=now)

    def _since(self, row: dict[str, Any], name: str, number: int) -> str:
        """Who changed a cell since the export."""
        later = [d for d in self._said(row) if d.number > number and d.field in ("", name)]
        if later:
            return f"{later[-1].who} decided on it on {later[-1].when} ({later[-1].told})"
        return f"a newer run says {_short(row[name])} since the file was exported"

    def _fact(self, row: dict[str, Any]) -> Fact | None:
        if not self.newest:
            return None
        if row["doc_id"] not in self.documents:
            self.documents[row["doc_id"]] = document(self.store, row["doc_id"])
        return self.documents[row["doc_id"]].fact(self.table, row[self.key])

    def _said(self, row: dict[str, Any]) -> list[Decision]:
        fact = self._fact(row)
        return fact.decisions if fact else []

    def _standing(self, row: dict[str, Any]) -> list[Decision]:
        fact = self._fact(row)
        return fact.standing if fact else []

    def _stale(self, row: dict[str, Any], name: str, value: Any) -> str:
        """The decision that a value is from before of; for files that do not tell what they were made of."""
        for d in reversed(self._said(row)):
            if d.action == CORRECT and d.field == name and canonical(d.old) == canonical(value):
                return f"the decision of {d.who} on {d.when} ({d.told})"
        return ""

    def _curation(self, row: dict[str, Any], line: Line, number: int, value: Any) -> Change | None:
        cell, now = line.cells["curation"], row["curation"]
        if value in NOTHING:
            value = ""
        if not value and not now:
            return None
        word = plain(str(value or "")).casefold()
        action = _SAYS.get(word) or {"accept": ACCEPT, "reject": REJECT}.get(word)
        if self._others(row, number):
            self.find(
                REFUSED, "conflict", cell.place, f"curation: {self._since(row, 'curation', number)}; export again"
            )
            return None
        if action == ACCEPT and now in ("corrected", "added"):
            return None
        if action:
            return self.change(action, row, line, cell, old=now)
        if not word and now in ("accepted", "rejected"):
            verdicts = [d for d in self._standing(row) if d.action in (ACCEPT, REJECT)]
            if verdicts:
                return self.change(UNDO, row, line, cell, new=verdicts[-1].number, old=now)
        message = f"curation: {shown(value)} instead of {shown(now)}; accepted and rejected can be set here"
        self.find(REFUSED, "unknown-value", cell.place, message)
        return None

    def _others(self, row: dict[str, Any], number: int) -> list[Decision]:
        """What others decided on a row since the export."""
        return [d for d in self._said(row) if d.number > number and d.who != self.who]

    def _missing(self, lines: dict[str, Line]) -> None:
        """Rows that were taken out of the sheet: told, for it is no reject."""
        there = self.again | {self.id_of(line) for line in self.grid.lines}
        documents = {self.rows[i]["doc_id"] for i in lines}
        gone = [i for i, r in self.rows.items() if r["doc_id"] in documents and i not in there]
        if gone:
            some = ", ".join(gone[:3]) + (" ..." if len(gone) > 3 else "")
            count = "1 row of these documents is" if len(gone) == 1 else f"{len(gone)} rows of these documents are"
            message = f"{count} not in the file ({some}); nothing becomes of that"
            self.find(TOLD, "missing-row", "", message)


def _short(value: Any) -> str:
    text = shown(value)
    return text if len(text) <= 40 else text[:39] + "…"
