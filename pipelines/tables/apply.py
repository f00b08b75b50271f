"""`casesift apply`: takes a curator's spreadsheet back into the store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines.curation.change_set import ChangeSet, changes_of
from pipelines.curation.decisions import Decision
from pipelines.curation.findings import Change
from pipelines.curation.grids import read_grids
from pipelines.curation.plausibility import overruled
from pipelines.curation.recording import record
from pipelines.store import Store

#: findings on what was typed and is not read
_UNREAD = ("unknown-column", "fixed-column")


@dataclass
class Applied:
    """What a file asked for and what became of it."""

    change_set: ChangeSet
    written: list[Decision]
    #: whether anything would be or was left out because something was refused
    held: bool = False
    dry_run: bool = False
    #: what to tell of other edited files that the tables took the place of
    kept: list[str] = field(default_factory=list)
    #: whether something doubtful was not written
    doubtful: bool = False

    @property
    def whole(self) -> bool:
        """Whether all that the file asks for is, or would be, written."""
        return not self.change_set.refused and not self.doubtful

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "rows": self.change_set.rows,
            "changes": [c.as_dict() for c in self.change_set.changes],
            "findings": [f.as_dict() for f in self.change_set.findings],
            "written": len(self.written),
            "kept": self.kept,
        }


def apply_file(
    out: Path,
    path: Path,
    *,
    who: str,
    why: str = "",
    dry_run: bool = False,
    partial: bool = False,
    overrule: bool = False,
) -> Applied:
    """Compare a file with the tables of the output folder `out`, write its decisions and the tables again.

    Args:
        who: the curator's name.
        why: the reason of rows whose column `why` is empty.
        dry_run: only tell.
        partial: write what can be understood although something was refused; otherwise nothing is written then.
        overrule: write what is doubtful too; the log says that it was overruled. Otherwise it counts as refused.

    Raises:
        Conflict: somebody decided on a row while the file was compared.
        PipelineError: `usage` (no such folder, not a file of tables), `locked` (a run holds the folder), `store`.
    """
    from pipelines.store.locking import locked
    from pipelines.tables.edited import keep_edited_tables, kept, kept_since, note_taken_in, seen_of, state_of
    from pipelines.tables.writing import refresh_tables

    state = state_of(path)
    grids = read_grids(path)
    with Store.open(out) as store:
        change_set = changes_of(store, grids, who=who, why=why, seen=seen_of(store, path))
        if overrule:
            change_set.changes = [_overruled(c) for c in change_set.changes]
        elif change_set.doubtful and partial:
            change_set.changes = [c for c in change_set.changes if not c.doubts]
        doubtful = bool(change_set.doubtful) and not overrule
        held = (bool(change_set.refused) or doubtful) and not partial
        if dry_run or held:
            return Applied(change_set, [], held, dry_run, doubtful=doubtful)
        if not change_set.changes:
            if state and _whole(change_set, doubtful):
                note_taken_in(store, path, state)
            return Applied(change_set, [], doubtful=doubtful)
        with locked(out):
            before = kept(store)
            if state and _whole(change_set, doubtful):
                keep_edited_tables(store, out, but=path)
                note_taken_in(store, path, state)
            else:
                keep_edited_tables(store, out)
            written = record(store, (c.decision for c in change_set.changes))
            refresh_tables(store, out)
            return Applied(change_set, written, kept=kept_since(store, before, out), doubtful=doubtful)


def _overruled(change: Change) -> Change:
    if not change.doubts:
        return change
    return replace(change, decision=replace(change.decision, why=overruled(change.decision.why, change.doubts)))


def _whole(change_set: ChangeSet, doubtful: bool) -> bool:
    """Whether all that was typed into the file was read."""
    return not change_set.refused and not doubtful and not any(f.kind in _UNREAD for f in change_set.findings)
