"""`casesift apply`: takes a curator's spreadsheet back into the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.curation.decisions import Decision
from pipelines.curation.grids import read_grids
from pipelines.curation.proposal import Proposal, propose
from pipelines.curation.recording import record
from pipelines.store import Store

#: findings on what was typed and is not read
_UNREAD = ("unknown-column", "fixed-column")


@dataclass
class Applied:
    """What a file asked for and what became of it."""

    proposal: Proposal
    written: list[Decision]
    #: whether anything would be or was left out because something was refused
    held: bool = False
    dry_run: bool = False
    #: what to tell of other edited files that the tables took the place of
    kept: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "rows": self.proposal.rows,
            "changes": [c.as_dict() for c in self.proposal.changes],
            "findings": [f.as_dict() for f in self.proposal.findings],
            "written": len(self.written),
            "kept": self.kept,
        }


def apply_file(
    out: Path, path: Path, *, who: str, why: str = "", dry_run: bool = False, partial: bool = False
) -> Applied:
    """Compare a file with the tables of the output folder `out`, write its decisions and the tables again.

    Args:
        who: the curator's name.
        why: the reason of rows whose column `why` is empty.
        dry_run: only tell.
        partial: write what can be understood although something was refused; otherwise nothing is written then.

    Raises:
        Conflict: somebody decided on a row while the file was compared.
        PipelineError: `usage` (no such folder, not a file of tables), `locked` (a run holds the folder), `store`.
    """
    from pipelines.edited import keep_edited_tables, kept, kept_since, note_taken_in, seen_of, state_of
    from pipelines.locking import locked
    from pipelines.tables import refresh_tables

    state = state_of(path)
    grids = read_grids(path)
    with Store.open(out) as store:
        proposal = propose(store, grids, who=who, why=why, seen=seen_of(store, path))
        held = bool(proposal.refused) and not partial
        if dry_run or held:
            return Applied(proposal, [], held, dry_run)
        if not proposal.changes:
            if state and _whole(proposal):
                note_taken_in(store, path, state)
            return Applied(proposal, [])
        with locked(out):
            before = kept(store)
            if state and _whole(proposal):
                keep_edited_tables(store, out, but=path)
                note_taken_in(store, path, state)
            else:
                keep_edited_tables(store, out)
            written = record(store, (c.decision for c in proposal.changes))
            refresh_tables(store, out)
            return Applied(proposal, written, kept=kept_since(store, before, out))


def _whole(proposal: Proposal) -> bool:
    """Whether all that was typed into the file was read."""
    return not proposal.refused and not any(f.kind in _UNREAD for f in proposal.findings)
