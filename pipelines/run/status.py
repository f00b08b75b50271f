"""`casesift status OUT`: how the last runs went, how much is done, what failed and why.

In: an output folder; it is only looked at, also while a run is writing to it. Out: a `Status`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.curation import orphaned, successors
from pipelines.inputs.discover import printable
from pipelines.run.summary import Failure
from pipelines.store import Store, runs
from pipelines.store.locking import is_held
from pipelines.store.runs import RunRecord
from pipelines.tables.edited import kept

#: what became of a run, by its exit code
_ENDS = {0: "done", 1: "done, documents failed", 2: "not started: usage", 130: "interrupted"}

#: failed files that are listed for each reason
_LISTED = 20


@dataclass(frozen=True)
class Status:
    """What there is to know about an output folder."""

    out: Path
    running: bool  # a run holds it now
    runs: tuple[RunRecord, ...]  # newest first
    documents: dict[str, int]  # by status
    gone: int
    rows: dict[str, int]
    failures: tuple[Failure, ...]
    kept: tuple[str, ...] = ()  # on edited tables that were kept and are not taken in
    orphaned: int = 0  # decisions whose sentence a changed file does not hold any more
    offers: tuple[str, ...] = ()  # on files that were renamed and saved anew

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "out": printable(self.out),
            "running": self.running,
            "documents": self.documents,
            "gone": self.gone,
            "rows": self.rows,
            "failures": [{"file": f.file, "reason": f.reason} for f in self.failures],
            "kept": list(self.kept),
            "orphaned": self.orphaned,
            "offers": list(self.offers),
            "runs": [r.as_dict() for r in self.runs],
        }


def status(out: Path, *, last: int = 5) -> Status:
    """Look at an output folder.

    Args:
        last: runs to tell of.

    Raises:
        PipelineError: `usage`, when it is none.
    """
    with Store.open(out) as store:
        known = store.known()
        return Status(
            out, is_held(out), tuple(runs.last(store, last)), store.statuses(), sum(k.gone for k in known), store.counts(),
            tuple(Failure(k.file, k.reason) for k in known if k.status == "failed"),
            tuple(k.told(out) for k in kept(store)), orphaned.count(store), tuple(o.told for o in successors.offers(store)),
        )  # fmt: skip


def lines(state: Status) -> Iterator[str]:
    """A status for a person."""
    total = sum(state.documents.values())
    parts = [f"{n:,} {name}" for name, n in state.documents.items() if n]
    if state.gone:
        parts.append(f"{state.gone:,} no longer in their folder")
    yield f"{total:,} document{'' if total == 1 else 's'}" + (f": {', '.join(parts)}" if parts else "")
    yield "rows: " + ", ".join(f"{table} {n:,}" for table, n in state.rows.items())
    yield ""
    yield "last runs (times are UTC):"
    for i, run in enumerate(state.runs):
        yield f"  {run.started}  {_end(run, running=state.running and i == 0)}"
    if state.orphaned or state.offers:
        yield ""
        yield "files that were changed:"
        if state.orphaned:
            yield f"  {state.orphaned:,} decisions on sentences that are in them no more; `casesift review` shows what they say now"
        yield from (f"  {printable(line)}" for line in state.offers)
    if state.kept:
        yield ""
        yield "edited by hand:"
        yield from (f"  {printable(line)}" for line in state.kept)
    if state.failures:
        yield ""
        yield "failed (--retry-failed reads them again):"
    by_reason = sorted(state.failures, key=lambda f: (f.reason, f.file))
    for reason, group in groupby(by_reason, key=lambda f: f.reason):
        files = [printable(f.file) for f in group]
        yield f"  {printable(reason)}"
        yield from (f"    {file}" for file in files[:_LISTED])
        if len(files) > _LISTED:
            yield f"    ... and {len(files) - _LISTED} more"


def _end(run: RunRecord, *, running: bool) -> str:
    if not run.ended:
        return f"running on {run.host}, process {run.pid}" if running else "killed: it could not note its end"
    summary = run.told
    if "error" in summary:
        return f"{_ENDS.get(run.exit_code or 0, 'ended')}: {printable(summary['error'])}" if run.exit_code != 1 else (
            f"could not go on: {printable(summary['error'])}"
        )  # fmt: skip
    failed = summary.get("failed", 0)
    counts = f"{summary.get('found', 0):,} found, {summary.get('read', 0) - failed:,} read, {failed:,} failed"
    cut = [summary[key] for key in ("given_up", "broken_off") if summary.get(key)]
    cut += summary.get("unlisted") or []
    end = "done, but not all" if cut else _ENDS.get(run.exit_code or 0, "ended")
    return "; ".join([f"{end}: {counts}, {summary.get('seconds', 0):,.1f} s", *map(printable, cut)])
