"""A row that was decided on, through all runs: what of the decisions counts, and what the row is with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from extract import schema
from pipelines.curation.decisions import ACCEPT, ADD, CORRECT, DONE, REJECT, REOPEN, UNDO, Decision
from pipelines.curation.fields import PLACE

Row = dict[str, Any]


@dataclass
class Fact:
    """A row that was decided on, through all runs."""

    table: str
    #: its first identifier
    key: str
    decisions: list[Decision] = field(default_factory=list)
    #: the row as the newest run has it; None when it does not find it
    extracted: Row | None = None
    #: the document of today, where it could be read; of a row that no run finds, a row of it that has the same sentence
    today: str = ""
    beside: Row | None = None

    @property
    def ids(self) -> set[str]:
        """All identifiers it ever had."""
        return {self.key, *(d.row_id for d in self.decisions)}

    @property
    def last(self) -> int:
        """Number of the last decision on it, undone ones and undoing ones too."""
        return max((d.number for d in self.decisions), default=0)

    @property
    def undone(self) -> set[int]:
        """The numbers of the decisions that do not count, undoing ones among them."""
        undone: set[int] = set()
        for d in reversed(self.decisions):
            if d.action == UNDO and d.number not in undone:
                undone.add(d.new)
        return undone

    @property
    def standing(self) -> list[Decision]:
        """The decisions that count: not undone, and no `undo`."""
        undone = self.undone
        return [d for d in self.decisions if d.action != UNDO and d.number not in undone]

    @property
    def about_row(self) -> list[Decision]:
        """The decisions that count and say something of the row itself."""
        return [d for d in self.standing if d.action not in (DONE, REOPEN)]

    @property
    def done(self) -> Decision | None:
        """The decision that the curation of the document, or of the patient, is finished; None when it is not."""
        states = [d for d in self.standing if d.action in (DONE, REOPEN)]
        return states[-1] if states and states[-1].action == DONE else None

    @property
    def seen(self) -> Row:
        """The row as it was extracted when it was last decided on; of an added one as it was added."""
        return self._whole(next(d.anchor["row"] for d in reversed(self.decisions) if "row" in d.anchor))

    @property
    def base(self) -> Row:
        """The values the curator saw and let stand, or wrote; of a document's row only the corrections are theirs."""
        if self.table != "documents":
            for d in self.standing:
                if d.action in (ADD, ACCEPT, CORRECT):
                    return self._whole(d.anchor["row"])
        return dict(self.extracted or self.seen)

    def _whole(self, row: Row) -> Row:
        """A row of the log with the columns that its table has got since: as the newest run has them, else as "not told"."""
        model = schema.TABLES[self.table]
        since = (n for n in schema.columns(model) if n not in row)
        return row | {n: self.extracted[n] if self.extracted else model.model_fields[n].get_default() for n in since}

    @property
    def corrections(self) -> dict[str, Decision]:
        """The last correction of each column."""
        return {d.field: d for d in self.standing if d.action == CORRECT}

    @property
    def curation(self) -> str:
        """How the row came to be as it is: the column `curation`."""
        actions = [d.action for d in self.about_row]
        if not actions:
            return ""
        if actions[-1] == REJECT:
            return "rejected"
        if ADD in actions:
            return "added"
        base = self.base
        changed = any(base[name] != d.new for name, d in self.corrections.items())
        return "corrected" if changed else "accepted"

    @property
    def orphan(self) -> bool:
        """Whether the newest run does not find what was decided on."""
        decided = self.about_row
        return bool(decided) and self.extracted is None and not any(d.action == ADD for d in decided)

    @property
    def moved(self) -> bool:
        """Whether the file held other bytes when it was last extracted, so that its place is not known today."""
        return bool(self.today) and self.seen["doc_id"] != self.today

    @property
    def orphaned(self) -> bool:
        """Whether it would stand in the tables though the file was changed and nothing in it says so any more.

        A decision on it after the change confirms it.
        """
        decided = self.about_row
        if not decided or decided[-1].action == REJECT or self.extracted is not None or not self.moved:
            return False
        if self.was_added and (self.beside is not None or not self.seen["evidence"]):
            return False  # its sentence is there, or it never had one
        return decided[-1].doc_id != self.today

    @property
    def stands(self) -> bool:
        """Whether it has a row in the tables."""
        return self.extracted is not None or self.curation in ("accepted", "corrected", "added") or self.was_added

    @property
    def was_added(self) -> bool:
        """Whether a curator added it."""
        return any(d.action == ADD for d in self.standing)

    def row(self) -> Row:
        """The row as the tables show it, references and document still as they were said."""
        base = self.base
        if self.extracted is not None:
            base |= {name: self.extracted[name] for name in PLACE if name in base}
            base[schema.KEYS[self.table]] = self.extracted[schema.KEYS[self.table]]
        base |= {name: d.new for name, d in self.corrections.items()}
        if "curation" in base:
            base["curation"] = "orphaned" if self.orphaned else self.curation
        if self.extracted is None and self.moved and self.table != "documents":
            base |= self._place_today(base)
        return base

    def _place_today(self, row: Row) -> Row:
        """The place of a row in a file that was changed: that of a row with its sentence, else none on any page."""
        names = ("page", "section", "start", "end")
        known = {n: self.beside[n] for n in names} if self.beside is not None else {"page": None}
        nowhere: Row = dict.fromkeys(("x0", "top", "x1", "bottom"), None)
        place = nowhere | known
        return place | {"end": place.get("start", row["start"])}
