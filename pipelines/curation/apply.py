"""`casesift apply`: takes a curator's spreadsheet back into the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.curation.decisions import Decision
from pipelines.curation.grids import read_grids
from pipelines.curation.proposal import Proposal, propose
from pipelines.curation.recording import record
from pipelines.store import Store


@dataclass
class Applied:
    """What a file asked for and what became of it."""

    proposal: Proposal
    written: list[Decision]
    #: whether anything would be or was left out because something was refused
    held: bool = False
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "rows": self.proposal.rows,
            "changes": [c.as_dict() for c in self.proposal.changes],
            "findings": [f.as_dict() for f in self.proposal.findings],
            "written": len(self.written),
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
    from pipelines.run import locked
    from pipelines.tables import refresh_tables

    grids = read_grids(path)
    with Store.open(out) as store:
        proposal = propose(store, grids, who=who, why=why)
        held = bool(proposal.refused) and not partial
        if dry_run or held or not proposal.changes:
            return Applied(proposal, [], held, dry_run)
        with locked(out):
            written = record(store, (c.decision for c in proposal.changes))
            refresh_tables(store, out)
        return Applied(proposal, written)
