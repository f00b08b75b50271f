"""What a file that comes back asks for: changes, each with its cell, and findings on cells that were odd.

A finding is *told* (read otherwise than it stands there), *doubtful* (understood, but hardly ever meant; see `plausibility`) or
*refused* (not understood).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from pipelines.curation.decisions import Decision
from pipelines.curation.plausibility import Doubt

TOLD, DOUBTFUL, REFUSED = "told", "doubtful", "refused"


@dataclass(frozen=True)
class Change:
    """A decision that a cell or a row of the file means."""

    place: str
    decision: Decision
    old: Any = None
    #: what is hardly ever meant in its row, unless it is overruled
    doubts: tuple[Doubt, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        d = self.decision
        columns = {"place": self.place, "table": d.table, "row_id": d.row_id, "doc_id": d.doc_id, "action": d.action}
        return columns | {"field": d.field, "old": self.old, "new": d.new, "why": d.why}


@dataclass(frozen=True)
class Finding:
    """Something odd about a cell, a row or the whole: `level` is told, doubtful or refused, `kind` a word for what it is."""

    level: str
    kind: str
    place: str
    what: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return asdict(self)


@dataclass
class ChangeSet:
    """What a file asks for."""

    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    rows: int = 0

    @property
    def refused(self) -> list[Finding]:
        """What could not be understood."""
        return [f for f in self.findings if f.level == REFUSED]

    @property
    def doubtful(self) -> list[Finding]:
        """What is hardly ever meant."""
        return [f for f in self.findings if f.level == DOUBTFUL]
