"""Who does the reading: engines take tasks and give back outcomes, in whatever order they finish.

In: `Task`s and a way to make an extractor. Out: one `Outcome` for each task, a Report or the reason there is none. An
engine keeps nothing and writes nothing, so that the rows are the same whichever engine and however many workers.

`local` works in this process with one worker, and in worker processes with more: then a document that kills its worker
or takes too long costs itself and nothing else. Processes and not threads, because PDFium is not thread-safe.
"""

from __future__ import annotations

import logging
import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from extract.errors import CasesiftError, Code, LanguageError, PipelineError
from pipelines.plan import Task

if TYPE_CHECKING:
    from concurrent.futures import Future

    from extract.reading.source import SourceText
    from extract.schema import Report


_REPORT_IT = "a bug of casesift: please report it with the file"


class ExtractorLike(Protocol):
    """What a run needs of `extract.Extractor`."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the rows could."""

    def __call__(self, path: Path, *, doc_id: str | None = None, file: str = "") -> Report:
        """What one document says; CasesiftError when it cannot be read."""

    def read(self, path: Path) -> SourceText:
        """The text of one document."""


#: makes an extractor; it is sent to worker processes, so it must pickle
MakeExtractor = Callable[[], ExtractorLike]


@dataclass(frozen=True)
class DefaultExtractor:
    """Makes `extract.Extractor` with a configuration file, or the one that comes with it."""

    config: Path | None = None

    def __call__(self) -> ExtractorLike:
        """The extractor; loaded once in a process."""
        return _loaded(self.config)


@cache
def _loaded(config: Path | None) -> ExtractorLike:
    from extract import Extractor

    return Extractor(config)


@dataclass(frozen=True)
class Outcome:
    """What became of a task: a report, or the reason why not (`code: what; what to do`)."""

    task: Task
    report: Report | None
    reason: str = ""
    seconds: float = 0.0
    traceback: str = ""  # of a bug of ours


class Engine(Protocol):
    """Reads the documents of `tasks`."""

    def __call__(
        self, tasks: Sequence[Task], make: MakeExtractor, *, workers: int, timeout: float
    ) -> Iterator[Outcome]:
        """Yield one outcome for each task. LanguageError when the language pipeline itself cannot be built."""


def process(extractor: ExtractorLike, task: Task) -> Outcome:
    """Read one document; whatever goes wrong with it is told in the outcome."""
    began = time.perf_counter()
    report, reason, trace = None, task.unreadable, ""
    if not reason:
        try:
            report = extractor(task.path, doc_id=task.doc_id, file=task.file)
        except LanguageError:
            raise
        except CasesiftError as error:
            reason = error.reason
        except (Exception, RecursionError) as error:
            told = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            reason = PipelineError(Code.INTERNAL, told, mend=_REPORT_IT).reason
            trace = traceback.format_exc()
    return Outcome(task, report, reason, time.perf_counter() - began, trace)


def local(tasks: Sequence[Task], make: MakeExtractor, *, workers: int, timeout: float) -> Iterator[Outcome]:
    """Read on this machine, in this process (`workers` 1; `timeout` is not kept) or in that many others."""
    workers = min(workers, len(tasks))
    if workers <= 1:
        extractor = make()
        yield from (process(extractor, task) for task in tasks)
    else:
        yield from _pool(tasks, make, workers, timeout)


#: engines by the name they have on the command line
ENGINES: dict[str, Engine] = {"local": local}


def engine(name: str) -> Engine:
    """The engine of that name; an unknown one is a usage error that lists the known."""
    if name not in ENGINES:
        raise PipelineError(Code.USAGE, f"no engine called {name!r}", mend=f"known: {', '.join(sorted(ENGINES))}")
    return ENGINES[name]


# worker processes ------------------------------------------------------------------------------------------------

#: documents a worker reads before another takes its place, so that no leak grows for ever
_TASKS_A_WORKER = 500

_extractor: ExtractorLike | None = None


def _pool(tasks: Sequence[Task], make: MakeExtractor, workers: int, timeout: float) -> Iterator[Outcome]:
    from concurrent.futures import FIRST_COMPLETED, wait
    from multiprocessing import get_context

    from pebble import ProcessPool

    todo = iter(tasks)
    running: dict[Future[Any], Task] = {}
    with ProcessPool(
        max_workers=workers, max_tasks=_TASKS_A_WORKER, context=get_context("spawn"), initializer=_start
    ) as pool:

        def refill() -> None:
            while len(running) < 2 * workers and (task := next(todo, None)) is not None:
                running[pool.schedule(_work, args=[make, task], timeout=timeout)] = task

        try:
            refill()
            while running:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield _outcome(future, running.pop(future), timeout)
                    refill()
        except BaseException:
            pool.stop()
            raise


def _outcome(future: Future[Any], task: Task, timeout: float) -> Outcome:
    from concurrent.futures import TimeoutError

    from pebble import ProcessExpired

    try:
        outcome: Outcome = future.result()
    except TimeoutError:
        what, code = f"took longer than {timeout:g} seconds", Code.TIMEOUT
        mend = "raise --timeout and --retry-failed"
    except ProcessExpired as error:
        what, code = f"the worker reading it died (exit code {error.exitcode})", Code.CRASHED
        mend = "take it out, or --retry-failed when memory was short"
    except LanguageError:
        raise
    except Exception as error:
        what, code = f"{type(error).__name__}: {error}"[:300], Code.INTERNAL
        mend = _REPORT_IT
    else:
        return outcome
    return Outcome(task, None, PipelineError(code, what, mend=mend).reason)


def _start() -> None:
    """In a new worker: the parent alone answers Ctrl-C, and one worker is one thread; libraries keep quiet."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for library in ("OMP", "OPENBLAS", "MKL", "BLIS"):  # read when numpy is loaded, with the first document
        os.environ[f"{library}_NUM_THREADS"] = "1"
    quiet_libraries()


def _work(make: MakeExtractor, task: Task) -> Outcome:
    global _extractor
    if _extractor is None:
        _extractor = make()
    return process(_extractor, task)


def quiet_libraries() -> None:
    """Keep the warnings of libraries out of the person's terminal."""
    warnings.simplefilter("ignore")
    for name in ("pdfminer", "pdfplumber", "spacy", "scispacy"):
        logging.getLogger(name).setLevel(logging.ERROR)
