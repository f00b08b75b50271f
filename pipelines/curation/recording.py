"""Takes decisions into the log: all of a call or none, and none over the head of another curator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from extract import schema
from extract.errors import Code, PipelineError
from pipelines.catalog.columns import storable
from pipelines.curation.curated import CuratedDocument
from pipelines.curation.decisions import (
    ACCEPT,
    ACTIONS,
    CORRECT,
    REJECT,
    Decision,
    decisions,
    insert,
    last_number,
    shown,
    written,
)
from pipelines.curation.documents import today
from pipelines.curation.fields import CURATED, checked, editable, names_row
from pipelines.curation.row_matching import beside
from pipelines.curation.stored import document
from pipelines.store import Store
from pipelines.store.decision_log import follow

_LONGEST = 200


class Conflict(PipelineError):
    """Somebody decided on a row after the curator last saw it.

    Attributes:
        decision: what was asked for.
        newer: what was decided meanwhile, oldest first.
    """

    def __init__(self, decision: Decision, newer: Sequence[Decision]) -> None:
        self.decision, self.newer = decision, list(newer)
        row = decision.row_id or decision.doc_id
        others = "; ".join(f"{d.who} ({d.when}): {d.told}" for d in self.newer)
        super().__init__(
            Code.CONFLICT, f"{decision.table} {row} was decided on meanwhile by {others}",
            mend="look at the row as it is now and decide again",
        )  # fmt: skip


def record(store: Store, proposed: Iterable[Decision], *, now: datetime | None = None) -> list[Decision]:
    """Write decisions into the log, in one transaction; return them as they stand there.

    A correction to the value a column has already is no decision and is left out.

    Args:
        now: the time to write; the present if not told.

    Raises:
        Conflict: a row has newer decisions than the `seen` of the decision; nothing is written.
        PipelineError: `usage`, when there is no such row or column, or it cannot hold the value; nothing is written.
    """
    when = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    touched: set[str] = set()
    with store.transaction(of=touched) as db:
        recorder = _Recorder(store, when)
        for decision in proposed:
            recorder.take(decision)
        touched |= {*recorder.documents, *(d.doc_id for d in recorder.taken)}
        db.executemany(insert(), [written(d) for d in recorder.taken])
    follow(store)
    return recorder.taken


class _Recorder:
    """Checks decisions one after the other, each in the light of those before it."""

    def __init__(self, store: Store, when: str) -> None:
        self.store, self.when = store, when
        self.next = last_number(store) + 1
        self.before = self.next
        self.today = today(store)
        self.documents: dict[str, CuratedDocument] = {}
        self.taken: list[Decision] = []

    def take(self, decision: Decision) -> None:
        who = decision.who.strip()
        if not who or len(who) > _LONGEST or not who.isprintable():
            raise PipelineError(Code.USAGE, f"{who!r} is no curator's name", mend="say who decides")
        decision = replace(
            decision, who=who, why=storable(decision.why), number=self.next, when=self.when, old=None, anchor={}
        )
        match decision.action:
            case "done" | "reopen":
                ready: Decision | None = self._document_state(decision)
            case "undo":
                ready = self._undo(decision)
            case "add":
                ready = self._add(decision)
            case "accept" | "correct" | "reject":
                ready = self._about_row(decision)
            case _:
                known = ", ".join(ACTIONS)
                raise PipelineError(Code.USAGE, f"no action called {decision.action!r}", mend=f"known: {known}")
        if ready is None:
            return
        curated = self._document(ready.doc_id)
        curated.take(ready)
        fact = curated.fact(ready.table, ready.row_id)
        if fact and fact.extracted is None:
            rows = curated.extracted.get(ready.table, ()) if ready.row_id else ()
            fact.extracted = next((r for r in rows if r[schema.KEYS[ready.table]] == ready.row_id), None)
        self.taken.append(ready)
        self.next += 1

    def _document(self, doc_id: str) -> CuratedDocument:
        doc_id = self.today.get(doc_id) or doc_id
        if doc_id not in self.documents:
            curated = document(self.store, doc_id)
            if not curated.extracted["documents"]:
                raise PipelineError(
                    Code.USAGE, f"no document {doc_id!r} in {self.store.path.parent}", mend="documents.csv lists them"
                )
            self.documents[doc_id] = curated
        return self.documents[doc_id]

    def _document_state(self, d: Decision) -> Decision:
        """Done or not: a document, or one patient of it."""
        curated = self._document(d.doc_id)
        if not d.row_id:
            return replace(d, doc_id=curated.doc_id, table="documents", row_id="", field="", new=None)
        row = curated.row("cases", d.row_id)
        if row is None:
            raise PipelineError(
                Code.USAGE, f"no patient {d.row_id!r} in {curated.doc_id}", mend="identifiers are in cases.csv"
            )
        d = replace(d, doc_id=curated.doc_id, table="cases", row_id=str(row["case_id"]), field="", new=None)
        return replace(d, anchor=self._anchor(curated, d))

    def _about_row(self, d: Decision) -> Decision | None:
        curated = self._document(d.doc_id)
        actions = (CORRECT,) if d.table == "documents" else (ACCEPT, CORRECT, REJECT) if d.table in CURATED else ()
        if d.action not in actions:
            where = (
                "made from the other tables"
                if d.table in schema.TABLES and schema.TABLES[d.table].table.made_from
                else "the columns of a document can be corrected"
            )
            where = f"{where}; rows of {', '.join(CURATED)} can"
            raise PipelineError(Code.USAGE, f"rows of {d.table!r} cannot be {d.action}ed", mend=where)
        row = curated.row(d.table, d.row_id)
        if row is None:
            raise PipelineError(
                Code.USAGE,
                f"no row {d.row_id!r} in {d.table} of {curated.doc_id}",
                mend="identifiers are in the tables",
            )
        self._unless_newer(curated, d)
        old, new = None, None
        if d.action == CORRECT:
            new = self._value(curated, d.table, d.field, d.new)
            old = row[d.field]
            if old == new and type(old) is type(new):
                return None
        d = replace(d, doc_id=curated.doc_id, row_id=str(row[schema.KEYS[d.table]]), old=old, new=new)
        refers = [d.field] if d.action == CORRECT else []
        return replace(d, field=d.field if d.action == CORRECT else "", anchor=self._anchor(curated, d, refers=refers))

    def _undo(self, d: Decision) -> Decision:
        by_number = {x.number: x for x in (*decisions(self.store), *self.taken)}
        target = by_number.get(d.new) if isinstance(d.new, int) else None
        if target is None:
            raise PipelineError(Code.USAGE, f"no decision number {shown(d.new)}", mend="`new` tells which to undo")
        curated = self._document(target.doc_id)
        d = replace(d, doc_id=curated.doc_id, table=target.table, row_id=target.row_id, field="")
        self._unless_newer(curated, d)
        fact = curated.facts[(target.table, target.anchor.get("fact") or target.row_id)]
        if target.number in fact.undone:
            raise PipelineError(Code.USAGE, f"decision {target.number} is undone already", mend="nothing was written")
        return replace(d, anchor=self._anchor(curated, d) if d.row_id else {})

    def _add(self, d: Decision) -> Decision:
        curated = self._document(d.doc_id)
        if d.table not in CURATED or not isinstance(d.new, dict):
            raise PipelineError(
                Code.USAGE, f"no row can be added to {d.table!r}", mend=f"to these: {', '.join(CURATED)}"
            )
        row_id = d.row_id or f"{curated.doc_id}-a{d.number}"
        if curated.row(d.table, row_id) is not None:
            raise PipelineError(
                Code.USAGE, f"there is a row {row_id!r} in {d.table}", mend="leave its identifier empty"
            )
        model, key = schema.TABLES[d.table], schema.KEYS[d.table]
        typed = {k: v for k, v in d.new.items() if k in editable(d.table)}
        if unknown := sorted(d.new.keys() - model.model_fields.keys()):
            raise PipelineError(Code.USAGE, f"{d.table} has no column {unknown[0]!r}", mend="see the data dictionary")
        typed = {name: self._value(curated, d.table, name, value) for name, value in typed.items()}
        row: dict[str, Any] = {key: row_id, "doc_id": curated.doc_id, "file": curated.file, "confidence": 1.0} | typed
        row.setdefault("start", 0)
        row.setdefault("end", row["start"])
        if not 0 <= row["start"] <= row["end"]:
            raise PipelineError(Code.USAGE, f"evidence from {row['start']} to {row['end']}", mend="end after start")
        row["curation"] = "added"
        try:
            full = model(**row).model_dump()
        except ValidationError as error:
            names = {str(e["loc"][0]) for e in error.errors() if e["loc"]}
            missing = [n for n in schema.columns(model) if n in names]
            raise PipelineError(
                Code.USAGE, f"a row of {d.table} needs {', '.join(missing)}", mend="nothing was written"
            ) from error
        d = replace(d, doc_id=curated.doc_id, row_id=row_id, new=typed, field="")
        anchor = {"fact": row_id, "row": full, "beside": beside(d.table, full, curated.rows(d.table))}
        return replace(d, anchor=anchor | self._refers(curated, d.table, full, list(typed)))

    def _value(self, curated: CuratedDocument, table: str, field: str, value: Any) -> Any:
        value = checked(table, field, value)
        other = names_row(table, field)
        if other and value and curated.row(other, value) is None:
            raise PipelineError(
                Code.USAGE, f"{table}.{field}: no row {value!r} in {other} of this document", mend="nothing was written"
            )
        return value

    def _anchor(self, curated: CuratedDocument, d: Decision, refers: Sequence[str] = ()) -> dict[str, Any]:
        """What finds the row again: see `Decision.anchor`."""
        fact = curated.fact(d.table, d.row_id)
        key = schema.KEYS[d.table]
        rows = curated.extracted[d.table]
        extracted = fact.extracted if fact else next((r for r in rows if r[key] == d.row_id), None)
        row = extracted or (fact.seen if fact else {})
        anchor = {"fact": fact.key if fact else d.row_id, "row": row}
        if fact and d.action in (ACCEPT, CORRECT) and (current := curated.row(d.table, d.row_id)):
            shown_here = {n: current[n] for n in editable(d.table) if current[n] != row[n]}
            anchor |= {"shown": shown_here} if shown_here else {}
        if d.table != "documents" and (others := beside(d.table, row, rows)):
            anchor["beside"] = others
        return anchor | (self._refers(curated, d.table, {d.field: d.new}, refers) if refers else {})

    def _refers(
        self, curated: CuratedDocument, table: str, row: dict[str, Any], names: Sequence[str]
    ) -> dict[str, Any]:
        """The rows that columns of a row name, as they are now."""
        named = {n: curated.row(other, row[n]) for n in names if (other := names_row(table, n)) and row[n]}
        return {"refers": {n: r for n, r in named.items() if r}} if any(named.values()) else {}

    def _unless_newer(self, curated: CuratedDocument, d: Decision) -> None:
        fact = curated.fact(d.table, d.row_id)
        if d.seen is None or fact is None:
            return
        newer = [x for x in fact.decisions if d.seen < x.number < self.before]
        if newer:
            raise Conflict(d, newer)
