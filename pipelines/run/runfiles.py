"""What a run leaves for other programs: a summary as JSON, and figures for Prometheus' textfile collector.

Both are written beside their place and renamed, so nobody reads half of one. They are written when a run fails as well,
but not when another run holds the output folder: that run will write them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.exits import exit_code
from pipelines.files.replacing import replacing
from pipelines.inputs.addresses import is_address
from pipelines.inputs.discover import printable
from pipelines.run.summary import Summary
from pipelines.store import Store, runs

#: name, labels and value of a figure
_Figure = tuple[str, str, float]

_HELP = {
    "casesift_last_run_timestamp_seconds": "When the last run ended.",
    "casesift_last_run_exit_code": "Exit code of the last run: 0 done, 1 some documents failed, 130 interrupted.",
    "casesift_last_run_duration_seconds": "How long the last run took.",
    "casesift_last_run_documents": "What the last run did with the files it found.",
    "casesift_last_success_timestamp_seconds": "When a run last came to its end, with all folders looked into (exit code 0 or 1).",
    "casesift_documents": "Documents of the output folder by status.",
    "casesift_rows": "Rows of each table.",
}


@dataclass(frozen=True)
class RunFiles:
    """Where to write them, if anywhere; `-` as the summary is standard output."""

    summary: Path | None = None
    metrics: Path | None = None

    def check(self) -> None:
        """PipelineError `usage` when a folder is not there: better told before the run than after it."""
        for path in (self.summary, self.metrics):
            if path is not None and not path.absolute().parent.is_dir():
                raise PipelineError(Code.USAGE, f"{path}: no such folder", mend="make it, or name another file")

    def write(self, summary: Summary) -> None:
        """After a run that came to an end."""
        self._write(summary.address or summary.out, summary.as_dict(), int(summary.exit_code), summary)

    def write_error(self, out: Path | str, error: CasesiftError) -> None:
        """After a run that could not go on; what stands in the way of writing is not told over the error itself."""
        if error.code is not Code.LOCKED:
            code = int(exit_code(error))
            with suppress(PipelineError):
                self._write(out, {"out": printable(out), "error": printable(error), "exit_code": code}, code, None)

    def _write(self, out: Path | str, figures: Mapping[str, object], code: int, summary: Summary | None) -> None:
        if self.summary is not None:
            text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
            if str(self.summary) == "-":
                sys.stdout.write(text)
            else:
                with replacing(self.summary) as stream:
                    stream.write(text)
        if self.metrics is not None:
            with replacing(self.metrics) as stream:
                stream.write(metrics(out, code, summary))


def metrics(out: Path | str, code: int, summary: Summary | None) -> str:
    """The figures in Prometheus' text format; `summary` is None after a run that could not go on."""
    lines: list[str] = []
    described = ""
    for name, labels, value in _figures(out, code, summary):
        if name != described:
            lines += [f"# HELP {name} {_HELP[name]}", f"# TYPE {name} gauge"]
            described = name
        lines.append(f"{name}{{{labels}}} {value:.15g}")
    return "\n".join(lines) + "\n"


def _figures(out: Path | str, code: int, summary: Summary | None) -> Iterator[_Figure]:
    where = f"out={_quoted(printable(out if is_address(out) else Path(out).absolute()))}"
    yield "casesift_last_run_timestamp_seconds", where, round(time.time())
    yield "casesift_last_run_exit_code", where, code
    folder = summary.out if summary else None if is_address(out) else Path(out)
    if folder is not None and (success := _last_success(folder)) is not None:
        yield "casesift_last_success_timestamp_seconds", where, success
    if summary is None:
        return
    yield "casesift_last_run_duration_seconds", where, round(summary.seconds, 3)
    counts = {
        "found": summary.found, "read": summary.read - len(summary.failures), "failed": len(summary.failures),
        "unchanged": summary.unchanged, "moved": summary.moved, "gone": len(summary.gone),
    }  # fmt: skip
    for result, number in counts.items():
        yield "casesift_last_run_documents", f'{where},result="{result}"', number
    for status, number in summary.statuses.items():
        yield "casesift_documents", f'{where},status="{status}"', number
    for table, number in summary.rows.items():
        yield "casesift_rows", f'{where},table="{table}"', number


def _last_success(out: Path) -> float | None:
    try:
        with Store.open(out) as store:
            ended = next((r.ended for r in runs.last(store, 1000) if r.came_to_its_end), "")
    except PipelineError:
        return None
    return datetime.fromisoformat(ended).timestamp() if ended else None


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
