"""`read`: files and folders in, a `Result` with data frames out. Nothing is written; for a store and nightly runs there is `casesift run`.

discover -> engine -> reports -> frames: the same engine, workers and limits as a run, so a document that hangs, eats the memory or
kills its worker costs itself and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import closing, nullcontext
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from casesift.frames import frame
from casesift.report import Report
from casesift.tables import Tables
from extract import schema
from extract.errors import Code, PipelineError
from extract.settings import Settings, read_settings
from pipelines.engines.engine import local
from pipelines.engines.processing import DefaultExtractor, Limits, Outcome, completed
from pipelines.inputs import addresses
from pipelines.inputs.addresses import Address
from pipelines.inputs.discover import discover
from pipelines.inputs.scratch import scratch
from pipelines.run.plan import plan
from pipelines.stopping import Stop


class Result(Tables):
    """What `read` gives: the reports, and their tables as data frames.

    Attributes:
        reports: one for each document that was read, in the order of `file`; in a notebook each shows itself.
        problems: what a reader should know of the inputs, a sentence each: folders that cannot be listed, links to nothing.
    """

    def __init__(
        self, reports: Sequence[Report], failures: Sequence[schema.Document] = (), problems: Sequence[str] = ()
    ) -> None:
        self.reports, self.problems = tuple(reports), tuple(problems)
        self._failures = tuple(failures)
        self._frames: dict[str, pd.DataFrame] = {}

    def frame(self, table: str) -> pd.DataFrame:
        """The frame of a table by its name; made once, so that a column you add stays.

        Raises:
            CasesiftError: there is no such table.
        """
        if table not in self._frames:
            rows: list[schema.Row] = [row for report in self.reports for row in getattr(report, table, ())]
            if table == "documents":
                documents = [*(report.document for report in self.reports), *self._failures]
                rows = [*sorted(documents, key=lambda d: d.file)]
            self._frames[table] = frame(table, rows)
        return self._frames[table]

    def report(self, file: str) -> Report:
        """The Report of one document, by its `file` (or its name alone, where only one has it).

        Raises:
            CasesiftError: none was read under that name; the reason when it failed.
        """
        if file in self.failed:
            raise PipelineError(Code.USAGE, f"{file} could not be read ({self.failed[file]})")
        named = [r for r in self.reports if r.document.file == file] or [
            r for r in self.reports if r.document.file.rpartition("/")[2] == file
        ]
        if len(named) != 1:
            raise PipelineError(
                Code.USAGE, f"{len(named)} documents are called {file!r}", mend="`.documents` lists them under `file`"
            )
        return named[0]


def read(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    workers: int = 2,
    progress: bool = True,
    config: Settings | str | os.PathLike[str] | None = None,
    timeout: float = 300.0,
    memory: int = 4096,
) -> Result:
    """Read case reports: PDFs, JATS XML and plain text become records.

    A document that cannot be read ends nothing: it stands in `.failed` with its reason, and in `.documents`.

    Args:
        paths: a file or a folder (searched for .pdf, .xml and .txt with all its subfolders), or an address of either as text
            (`s3://bucket/papers`, with the extra `remote`), or several of them.
        workers: processes that read, each with some 600 MB; 0: this process reads, which keeps no limits.
        progress: show a bar on standard error.
        config: a file with the settings to change, see docs/configuration.md.
        timeout: seconds a document may take, 0: no limit.
        memory: megabytes a worker may hold, 0: no limit.

    Returns:
        The reports and their tables.

    Raises:
        CasesiftError: a path does not exist, the configuration is wrong, or no worker can be started.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    inputs = [str(p) if addresses.is_address(p) else Path(p) for p in given]
    if workers < 0:
        raise PipelineError(Code.USAGE, f"{workers} workers", mend="give 1 or more, or 0 for none")
    settings = config if isinstance(config, Settings) else read_settings(None if config is None else Path(config))
    make = DefaultExtractor(settings)
    fingerprint = make().fingerprint
    limits = Limits(workers, timeout, memory, import_main=False)
    outcomes: list[Outcome] = []
    with scratch() if any(map(addresses.is_address, inputs)) else nullcontext("") as fetched:
        found = discover(inputs, scratch=fetched)
        tasks = plan(found.documents, [], fingerprint=fingerprint).tasks
        with (
            tqdm(total=len(tasks), desc="reading", unit="doc", disable=not progress) as bar,
            closing(local(tasks, make, limits, Stop())) as made,
        ):
            for outcome in made:
                outcomes.append(outcome)
                bar.update()
    outcomes.sort(key=lambda o: o.task.file)
    reports = [(o, completed(o, fingerprint)) for o in outcomes]
    return Result(
        [Report.of(r, _place(o), settings.reading) for o, r in reports if o.report is not None],
        [r.document for o, r in reports if o.report is None],
        [*found.problems, *map(str, found.unlisted), *limits.problems],
    )


def _place(outcome: Outcome) -> Path | None:
    """Where a document's file stands; a copy of what stands at an address is gone by now."""
    path = outcome.task.path
    return None if isinstance(path, Address) else path
