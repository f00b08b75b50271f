"""What a run tells the person at the terminal, on standard error: a progress bar if it is one, and a summary."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from pipelines.discover import printable
from pipelines.engines import Outcome
from pipelines.plan import Plan
from pipelines.run import Failure, Summary, Watcher

#: failures listed in the summary; all are in documents.csv
_LISTED = 20


class ProgressBar(Watcher):
    """A progress bar with the time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[file]}", markup=False),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task: Any = None

    def start(self, plan: Plan) -> None:
        """Show the bar if there is something to read."""
        if plan.tasks:
            self._task = self._bar.add_task("", total=len(plan.tasks), file="")
            self._bar.start()

    def done(self, outcome: Outcome) -> None:
        """One document further."""
        self._bar.update(self._task, advance=1, file=printable(outcome.task.file)[-40:])

    def stop(self) -> None:
        """Take the bar away."""
        if self._task is not None:
            self._bar.stop()


def progress(*, quiet: bool) -> Watcher:
    """A progress bar on a terminal, else nothing."""
    return ProgressBar() if sys.stderr.isatty() and not quiet else Watcher()


@contextmanager
def terminable() -> Iterator[None]:
    """Let a polite kill (SIGTERM, as cron and systemd send it) end a run as Ctrl-C does."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def tell(summary: Summary, *, quiet: bool = False, debug: bool = False) -> None:
    """Print the summary; `quiet`: only what went wrong."""
    for problem in summary.problems:
        _print(f"warning: {problem}")
    _tell_failures(summary.failures, debug=debug)
    if not quiet:
        for line in _lines(summary):
            _print(line)
    if summary.interrupted:
        _print("interrupted; what was done is kept, run again to go on")


def _tell_failures(failures: list[Failure], *, debug: bool) -> None:
    if failures:
        _print(f"{_count(len(failures), 'document')} failed:")
    for failure in failures[:_LISTED]:
        _print(f"  {printable(failure.file)}: {printable(failure.reason)}")
        if debug and failure.traceback:
            _print(failure.traceback)
    if len(failures) > _LISTED:
        _print(f"  ... and {len(failures) - _LISTED} more: see documents.csv")


def _lines(summary: Summary) -> Iterator[str]:
    if not summary.found:
        yield "no .pdf, .xml or .txt documents found"
    parts = [f"{summary.read - len(summary.failures)} read", f"{summary.unchanged} unchanged"]
    if summary.moved:
        parts.append(f"{summary.moved} moved")
    if summary.failures:
        parts.append(f"{len(summary.failures)} failed")
    yield f"{_count(summary.found, 'document')}: {', '.join(parts)}; {summary.seconds:.1f} s"
    if summary.failed_before:
        yield f"{_count(len(summary.failed_before), 'document')} failed in an earlier run; --retry-failed tries again"
    if summary.gone:
        yield f"{_count(len(summary.gone), 'document')} no longer there; the rows are kept, --prune takes them out"
    yield "rows: " + ", ".join(f"{table} {n:,}" for table, n in summary.rows.items())
    yield f"tables: {printable(summary.out)}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _print(line: str) -> None:
    sys.stderr.write(line + "\n")
