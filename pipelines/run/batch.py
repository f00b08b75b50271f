"""A run: many documents into one output folder.

discover -> plan -> engine -> store -> tables. Each document is committed as it is done; one that fails is kept with its
reason and stops no other; a run that is interrupted has lost nothing, and the next goes on from there. Two runs at once
into one folder are held apart by a lock.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.curation import orphaned, successors
from pipelines.engines.engine import engine
from pipelines.engines.processing import DefaultExtractor, MakeExtractor
from pipelines.exits import ExitCode, exit_code
from pipelines.inputs import addresses
from pipelines.inputs.discover import STORE_NAME, Discovery, discover, printable
from pipelines.inputs.known import Known
from pipelines.inputs.missing import refuse_missing
from pipelines.inputs.scratch import scratch
from pipelines.inputs.since import changed_since
from pipelines.run.options import DEFAULTS, Options, Watcher
from pipelines.run.plan import Plan, plan
from pipelines.run.reading import Reading
from pipelines.run.summary import Failure, Summary
from pipelines.run.twice import same_papers, told
from pipelines.stopping import Stop
from pipelines.store import Store, decision_log, runs
from pipelines.store.locking import locked
from pipelines.tables.edited import keep_edited_tables, kept, kept_since
from pipelines.tables.notes import note_inputs
from pipelines.tables.writing import refresh_tables


def run(
    inputs: Sequence[Path | str],
    out: Path | str,
    options: Options = DEFAULTS,
    *,
    make: MakeExtractor | None = None,
    watcher: Watcher | None = None,
    stop: Stop | None = None,
) -> Summary:
    """Read what is new or changed in `inputs` and bring the tables in `out` up to date.

    Args:
        inputs: files, folders, or addresses of either as text (`s3://bucket/papers`, see `addresses`).
        out: a folder, or the address of one as text; the tables are then made in a folder of this machine and put
            there (see `remote_output`).
        make: makes the extractor (see `engines`); by default casesift's own with its own configuration.
        watcher: is told of each document.
        stop: ends the run in good order when it is asked; see `stopping`.

    Raises:
        PipelineError: `usage` (no such input, no such engine), `missing-input` (an input folder is empty, or lost most of
            its documents), `not-readable` (an input folder cannot be listed), `locked` (another run holds `out`, or wrote to that
            address meanwhile), `store`.
        LanguageError: the language pipeline cannot be built.
    """
    began = time.perf_counter()
    make, watcher, stop = make or DefaultExtractor(), watcher or Watcher(), stop or Stop()
    engine(options.engine)
    if options.workers < 0:
        raise PipelineError(Code.USAGE, f"{options.workers} workers", mend="give 1 or more, or 0 for none")
    remote = None
    if addresses.is_address(out):
        from pipelines.run.remote_output import RemoteOutput  # a folder of this machine does not pay for it

        remote = RemoteOutput(str(out))
    folder = remote.folder if remote else Path(out)
    with scratch() if any(map(addresses.is_address, inputs)) else nullcontext("") as fetched:
        try:
            discovery = discover(
                inputs, include=options.include, exclude=options.exclude, skip=[folder, folder / "brat"],
                follow_links=options.follow_links, scratch=fetched,
            )  # fmt: skip
        except PipelineError as error:
            _note_in_book(folder, error)
            raise
        summary = Summary(
            folder, str(out) if remote else "", problems=list(discovery.problems), others=dict(discovery.others)
        )
        summary.inputs = [str(i) if addresses.is_address(i) else str(Path(i).absolute()) for i in inputs]
        summary.unlisted = [str(u) for u in discovery.unlisted]
        fingerprint = make().fingerprint
        with locked(folder):
            if remote:
                remote.pull()
            summary.seconds = time.perf_counter() - began
            _bring_up_to_date(discovery, inputs, options, make, fingerprint, summary, watcher, stop)
            if remote and summary.tables_written:
                remote.push()
    summary.seconds = time.perf_counter() - began
    return summary


def _bring_up_to_date(
    discovery: Discovery, inputs: Sequence[Path | str], options: Options, make: MakeExtractor, fingerprint: str,
    summary: Summary, watcher: Watcher, stop: Stop,
) -> None:  # fmt: skip
    """Plan, read, store and write the tables of the folder `summary.out`, which is held."""
    began, out = time.perf_counter(), summary.out
    documents = discovery.documents if options.since is None else changed_since(discovery.documents, options.since)
    summary.found, summary.older = len(documents), len(discovery.documents) - len(documents)
    with Store.open(out, create=True, check=True) as store:
        summary.problems += decision_log.agree(store)
        note_inputs(out, summary.inputs)
        known, kept_before, twice_before = store.known(), kept(store), same_papers(store)
        keep_edited_tables(store, out)
        number = runs.begin(store, fingerprint)
        try:
            if not options.allow_empty:
                refuse_missing(inputs, discovery, known, options.include, options.exclude)
            todo = plan(
                documents, known,
                fingerprint=fingerprint, force=options.force, retry_failed=options.retry_failed,
            )  # fmt: skip
            _note_files(store, todo, known, options, summary)
            reading = Reading(store, known, inputs, options, fingerprint, summary)
            reading.read(todo, make, watcher, stop)
            summary.failures.sort(key=lambda f: f.file)
            for listed in (summary.in_part, summary.no_patient):
                listed.sort(key=lambda f: f.file)
            if summary.tables_written:
                refresh_tables(store, out)
            summary.problems += kept_since(store, kept_before, out)
            summary.orphaned = orphaned.count(store)
            summary.problems += [o.told for o in successors.offers(store)]
            summary.problems += told(same_papers(store), twice_before)
            store.note_counts()
            summary.rows, summary.statuses = store.counts(), store.statuses()
        except CasesiftError as error:
            runs.end(store, number, exit_code(error), {"error": printable(error)})
            raise
        except KeyboardInterrupt:
            runs.end(store, number, ExitCode.INTERRUPTED, {"error": "interrupted"})
            raise
        except Exception as error:  # a bug of ours, or of an engine
            runs.end(store, number, ExitCode.FAILED, {"error": printable(f"{type(error).__name__}: {error}")})
            raise
        summary.seconds += time.perf_counter() - began
        runs.end(store, number, summary.exit_code, summary.as_dict())


def _note_in_book(folder: Path, error: PipelineError) -> None:
    """Have `status` say what ended a run before it came to its store; nothing in the way of that is worth a word."""
    if (folder / STORE_NAME).is_file():
        with suppress(PipelineError), locked(folder), Store.open(folder) as store:
            runs.end(store, runs.begin(store, ""), exit_code(error), {"error": printable(error)})


def _note_files(store: Store, todo: Plan, known: Sequence[Known], options: Options, summary: Summary) -> None:
    """Take in which files are where they were, moved or gone."""
    names = {k.doc_id: k.file for k in known}
    present = {s.doc_id for s in todo.seen} | todo.tasks.known
    vanished = [k.doc_id for k in known if k.gone and k.doc_id not in present]
    if options.prune:
        summary.problems += successors.leaving(store, [*todo.gone, *vanished])
    store.update_files(
        todo.seen,
        gone=() if options.prune else todo.gone,
        drop=[*todo.gone, *vanished] if options.prune else (),
    )
    summary.unchanged, summary.moved = todo.done, todo.moved
    summary.gone = [names[d] for d in todo.gone]
    summary.failed_before = [Failure(k.file, k.reason) for k in todo.failed_before]
