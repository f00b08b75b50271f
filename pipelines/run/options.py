"""What a run is asked, and who is told how it goes: `Options` and `Watcher`. Made by the command line or a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.engines.processing import Limits, Outcome
from pipelines.run.plan import Plan


@dataclass(frozen=True)
class Options:
    """How to run; the command line's options, under the same names."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    workers: int = 0  # processes that read; 0: this one, without limits
    engine: str = "local"
    scheduler: str = ""  # address of a Dask scheduler, for the engine `dask`
    force: bool = False  # read everything again
    retry_failed: bool = False  # read again what failed before
    prune: bool = False  # take documents out whose file is gone
    max_failures: int = 0  # documents that may fail one after the other, 0: as many as there are
    timeout: float = 300.0  # seconds a document may take
    memory: int = 4096  # MB a worker may hold, 0: no limit
    grace: float = 10.0  # seconds to finish what is in flight when asked to stop
    allow_empty: bool = False  # an input folder that is empty, or lost most of its documents, is meant to be so
    follow_links: bool = False  # links that lead out of an input folder too
    since: float | None = None  # only files changed at or after this time (seconds since 1970)

    @property
    def limits(self) -> Limits:
        """What the engine is told."""
        return Limits(self.workers, self.timeout, self.memory, self.grace, scheduler=self.scheduler)


#: nothing asked for
DEFAULTS = Options()


class Watcher:
    """Is told how a run goes on; this one does nothing. The command line draws a progress bar."""

    def start(self, plan: Plan) -> None:
        """Before the first document."""

    def done(self, outcome: Outcome) -> None:
        """After each document."""

    def stop(self) -> None:
        """After the last document, or when the run breaks off."""
