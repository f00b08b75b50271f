"""What a run tells, on standard error: a progress bar if that is a terminal, and a summary; or a log of JSON lines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from extract.errors import CasesiftError
from pipelines.engines.processing import Outcome
from pipelines.inputs.discover import PACKED, printable
from pipelines.run import Watcher
from pipelines.run.plan import Plan
from pipelines.run.summary import Failure, Summary
from pipelines.store.runs import now
from pipelines.unpack.packages import Unpacked

#: failures listed in the summary; all are in documents.csv
_LISTED = 20


class ProgressBar(Watcher):
    """A progress bar with the time left and the documents a second."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[rate]}"), TextColumn("{task.fields[file]}", markup=False),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task: Any = None

    def start(self, plan: Plan) -> None:
        """Show the bar if there is something to read."""
        if plan.tasks:
            self._task = self._bar.add_task("", total=len(plan.tasks), file="", rate="")
            self._bar.start()

    def done(self, outcome: Outcome) -> None:
        """One document further."""
        self._bar.update(self._task, advance=1, file=printable(outcome.task.file)[-40:])
        task = self._bar.tasks[self._task]
        if task.elapsed:
            self._bar.update(self._task, rate=f"{task.completed / task.elapsed:.2g}/s")

    def stop(self) -> None:
        """Take the bar away."""
        if self._task is not None:
            self._bar.stop()


class TextLog:
    """For a person: a bar, then what failed and what was done. `quiet`: only what went wrong."""

    def __init__(self, *, quiet: bool = False, debug: bool = False) -> None:
        self.quiet, self.debug = quiet, debug
        self.watcher: Watcher = ProgressBar() if sys.stderr.isatty() and not quiet else Watcher()

    def stopping(self, grace: float) -> None:
        """Told from within a signal handler, so past the buffers of `sys.stderr`."""
        _write_now(f"stopping: what is in flight may finish within {grace:g} s; once more stops at once")

    def tell(self, summary: Summary) -> None:
        """The end of a run."""
        for problem in summary.problems:
            _print(f"warning: {problem}")
        for folder in summary.unlisted:
            _print(f"not looked into: {folder}")
        _tell_failures(summary.failures, debug=self.debug)
        if not self.quiet:
            for line in _lines(summary):
                _print(line)
        if summary.given_up:
            _print(f"given up: {summary.given_up}")
        if summary.broken_off:
            _print(f"broken off: {summary.broken_off}")
        if summary.interrupted:
            _print("interrupted; what was done is kept, run again to go on")

    def error(self, error: CasesiftError) -> None:
        """The run cannot go on."""
        _print(f"casesift: {printable(error)}")

    def interrupted(self) -> None:
        """The run was stopped before it read anything, or at once."""
        _print("casesift: interrupted")


class JsonLog(Watcher):
    """For a log collector: one JSON object a line, with `time`, `level`, `event`. `quiet`: warnings and errors only."""

    def __init__(self, *, quiet: bool = False, debug: bool = False) -> None:
        self.quiet, self.debug = quiet, debug
        self.watcher: Watcher = self

    def start(self, plan: Plan) -> None:
        """How much there is to do."""
        self._log("info", "start", to_read=len(plan.tasks), unchanged=plan.done, moved=plan.moved)

    def done(self, outcome: Outcome) -> None:
        """A document was read, or failed."""
        fields: dict[str, Any] = {"file": outcome.task.file, "seconds": round(outcome.seconds, 3)}
        if outcome.report is not None:
            self._log("info", "document", **fields, doc_id=outcome.task.doc_id, status=outcome.report.document.status)
            return
        if self.debug and outcome.traceback:
            fields["traceback"] = outcome.traceback
        self._log("error", "failed", **fields, code=outcome.code, reason=outcome.reason)

    def stopping(self, grace: float) -> None:
        """The run was asked to stop."""
        _write_now(_line("warning", "stopping", grace=grace))

    def tell(self, summary: Summary) -> None:
        """The end of a run."""
        for problem in summary.problems:
            self._log("warning", "problem", reason=problem)
        for folder in summary.unlisted:
            self._log("error", "unlisted", reason=folder)
        if summary.given_up:
            self._log("error", "given-up", reason=summary.given_up)
        if summary.broken_off:
            self._log("error", "broken-off", reason=summary.broken_off)
        figures = summary.as_dict()
        counts = {key: len(v) if isinstance(v, list) else v for key, v in figures.items()}
        self._log("warning" if summary.interrupted else "info", "end", **counts)

    def error(self, error: CasesiftError) -> None:
        """The run cannot go on."""
        file = {} if error.file is None else {"file": printable(error.file)}
        self._log("error", "error", **file, code=error.code.value, reason=error.reason)

    def interrupted(self) -> None:
        """The run was stopped before it read anything, or at once."""
        self._log("warning", "interrupted")

    def _log(self, level: Literal["info", "warning", "error"], event: str, **fields: Any) -> None:
        if level != "info" or not self.quiet:
            sys.stderr.write(_line(level, event, **fields) + "\n")
            sys.stderr.flush()


def log(kind: str, *, quiet: bool = False, debug: bool = False) -> TextLog | JsonLog:
    """The log a person asked for: `text` or `json`."""
    return (JsonLog if kind == "json" else TextLog)(quiet=quiet, debug=debug)


def _line(level: str, event: str, **fields: Any) -> str:
    return json.dumps({"time": now(), "level": level, "event": event, **fields}, ensure_ascii=False)


def _listed(what: str, documents: list[Failure]) -> Iterator[str]:
    if documents:
        yield f"{_count(len(documents), 'document')} {what}:"
        yield from (f"  {printable(d.file)}: {printable(d.reason)}" for d in documents[:_LISTED])
    if len(documents) > _LISTED:
        yield f"  ... and {len(documents) - _LISTED} more: see documents.csv"


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
        older = f"{_count(summary.older, 'document')}, none changed since the time that --since tells"
        yield older if summary.older else "no .pdf, .xml or .txt documents found"
    if summary.others:
        yield f"left out: {_endings(summary.others)}"
    counts = {
        "read": summary.read - len(summary.failures), "unchanged": summary.unchanged, "moved": summary.moved,
        "failed": len(summary.failures),
    }  # fmt: skip
    parts = [f"{n:,} {what}" for what, n in counts.items() if n or what in ("read", "unchanged")]
    yield f"{_count(summary.found, 'document')}: {', '.join(parts)}; {summary.seconds:.1f} s"
    yield from _listed("read in part", summary.in_part)
    yield from _listed("without a patient", summary.no_patient)
    if summary.failed_before:
        yield f"{_count(len(summary.failed_before), 'document')} failed in an earlier run; --retry-failed tries again"
    if summary.orphaned:
        what = _count(summary.orphaned, "decision")
        yield f"{what} on sentences that changed files do not hold any more; `casesift review` shows what they say now"
    if summary.gone:
        yield f"{_count(len(summary.gone), 'document')} no longer there; the rows are kept, --prune takes them out"
    yield "rows: " + ", ".join(f"{table} {n:,}" for table, n in summary.rows.items())
    if summary.tables_written:
        yield f"tables: {printable(summary.address or summary.out)}"
    else:
        yield "the tables were not written; the next run does that"


def unpacked_lines(result: Unpacked, folder: Path) -> Iterator[str]:
    """What an unpacking did."""
    yield from result.problems
    there = len(result.files) - result.written
    before = f" ({there:,} there already)" if there else ""
    yield f"{_count(len(result.files), 'paper')} in {printable(folder)}{before}"
    if result.others:
        yield f"left out: {_endings(result.others, packed=False)}"


def _endings(others: Mapping[str, int], *, packed: bool = True) -> str:
    """Files of kinds that are not read: "3 .docx, 2 .tar.gz (packages of papers: see `casesift unpack`)"."""
    most = sorted(others.items(), key=lambda kind: (-kind[1], not kind[0], kind[0]))
    told = [f"{n:,} {printable(ending) or 'without an ending'}" for ending, n in most[:_LISTED]]
    rest = sum(n for _, n in most[_LISTED:])
    hint = " (packages of papers: see `casesift unpack`)" if packed and any(e in PACKED for e in others) else ""
    return ", ".join([*told, *([f"{rest:,} of other kinds"] if rest else [])]) + hint


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _print(line: str) -> None:
    sys.stderr.write(line + "\n")


def _write_now(line: str) -> None:
    os.write(2, f"{line}\n".encode("utf-8", "backslashreplace"))
