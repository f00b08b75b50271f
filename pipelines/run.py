"""A run: many documents into one output folder.

discover -> plan -> engine -> store -> tables. Each document is committed as it is done; one that fails is kept with its
reason and stops no other; a run that is interrupted has lost nothing, and the next goes on from there. Two runs at once
into one folder are held apart by a lock.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from extract import schema
from extract.errors import Code, PipelineError
from extract.schema import Document, Report
from pipelines.discover import discover
from pipelines.engines import DefaultExtractor, MakeExtractor, Outcome, engine
from pipelines.plan import Plan, Task, plan
from pipelines.store import Store
from pipelines.tables import refresh_tables

LOCK_NAME = ".casesift.lock"


@dataclass(frozen=True)
class Options:
    """How to run; the command line's options, under the same names."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    workers: int = 1
    engine: str = "local"
    force: bool = False  # read everything again
    retry_failed: bool = False  # read again what failed before
    prune: bool = False  # take documents out whose file is gone
    timeout: float = 300.0  # seconds a document may take, with more than one worker


@dataclass(frozen=True)
class Failure:
    """A document that failed."""

    file: str
    reason: str
    traceback: str = ""


@dataclass
class Summary:
    """What a run did."""

    out: Path
    found: int = 0
    read: int = 0  # documents read in this run, failed ones too
    unchanged: int = 0
    moved: int = 0
    gone: list[str] = field(default_factory=list)  # files that are no longer there
    failures: list[Failure] = field(default_factory=list)
    failed_before: list[Failure] = field(default_factory=list)  # in an earlier run, and not tried again
    problems: list[str] = field(default_factory=list)  # folders that could not be listed, dead links
    rows: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False

    @property
    def ok(self) -> bool:
        """Whether every document of this run was read."""
        return not self.failures and not self.interrupted


class Watcher:
    """Is told how a run goes on; this one does nothing. The command line draws a progress bar."""

    def start(self, plan: Plan) -> None:
        """Before the first document."""

    def done(self, outcome: Outcome) -> None:
        """After each document."""

    def stop(self) -> None:
        """After the last document, or when the run breaks off."""


def run(
    inputs: Sequence[Path | str],
    out: Path,
    options: Options = Options(),
    *,
    make: MakeExtractor | None = None,
    watcher: Watcher | None = None,
) -> Summary:
    """Read what is new or changed in `inputs` and bring the tables in `out` up to date.

    Args:
        make: makes the extractor (see `engines`); by default casesift's own with its own configuration.
        watcher: is told of each document.

    Raises:
        PipelineError: `usage` (no such input, no such engine), `locked` (another run holds `out`), `store`.
        LanguageError: the language pipeline cannot be built.
    """
    began = time.perf_counter()
    make, watcher = make or DefaultExtractor(), watcher or Watcher()
    work = engine(options.engine)
    if options.workers < 1:
        raise PipelineError(Code.USAGE, f"{options.workers} workers", mend="give 1 or more")
    found = discover(inputs, include=options.include, exclude=options.exclude, skip=[out, out / "brat"])
    summary = Summary(out, found=len(found.documents), problems=list(found.problems))
    fingerprint = make().fingerprint
    with locked(out), Store.open(out, create=True) as store:
        known = store.known()
        todo = plan(
            found.documents, known,
            fingerprint=fingerprint, force=options.force, retry_failed=options.retry_failed,
        )  # fmt: skip
        names = {k.doc_id: k.file for k in known}
        here = {s.doc_id for s in todo.seen} | {t.doc_id for t in todo.tasks}
        vanished = [k.doc_id for k in known if k.gone and k.doc_id not in here]
        store.update_files(
            todo.seen,
            gone=() if options.prune else todo.gone,
            drop=[*todo.gone, *vanished] if options.prune else (),
        )
        summary.unchanged, summary.moved = todo.done, todo.moved
        summary.gone = [names[d] for d in todo.gone]
        summary.failed_before = [Failure(k.file, k.reason) for k in todo.failed_before]
        watcher.start(todo)
        try:
            for outcome in work(todo.tasks, make, workers=options.workers, timeout=options.timeout):
                _keep(store, outcome, fingerprint)
                summary.read += 1
                if outcome.report is None:
                    summary.failures.append(Failure(outcome.task.file, outcome.reason, outcome.traceback))
                watcher.done(outcome)
        except KeyboardInterrupt:
            summary.interrupted = True
        finally:
            watcher.stop()
        summary.failures.sort(key=lambda f: f.file)
        refresh_tables(store, out)
        summary.rows = store.counts()
    summary.seconds = time.perf_counter() - began
    return summary


def _keep(store: Store, outcome: Outcome, fingerprint: str) -> None:
    task = outcome.task
    if task.keeps_rows:
        return
    if outcome.report is None:
        report = Report(document=_document(task, status="failed", reason=outcome.reason))
    else:
        report = outcome.report
    told = {"doc_id": task.doc_id, "file": task.file, "sha256": task.sha256, "pipeline": fingerprint}
    seconds = report.document.seconds if report.document.seconds is not None else round(outcome.seconds, 3)
    document = report.document.model_copy(update={**told, "seconds": seconds})
    store.put(report.model_copy(update={"document": document}), task.path, task.stamp, replaces=task.replaces)


def _document(task: Task, *, status: schema.DocumentStatus, reason: str) -> Document:
    return Document(doc_id=task.doc_id, file=task.file, status=status, reason=reason)


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the output folder; `locked` at once when somebody else does. The lock goes with the process that took it."""
    from filelock import FileLock, Timeout

    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / LOCK_NAME)
        lock.acquire(timeout=0)
    except Timeout:
        raise PipelineError(
            Code.LOCKED, f"another run holds {out}", mend="wait until it is done, or give another --out"
        ) from None
    except OSError as error:
        raise PipelineError(
            Code.USAGE, f"{out}: cannot be written ({error.strerror})", mend="choose another --out"
        ) from error
    try:
        yield
    finally:
        lock.release()
