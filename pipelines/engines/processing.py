"""How one document is read, whoever reads it: the extractor, a task, and the outcome that comes of them.

In: a `Task` and an extractor that is `ready`. Out: its `Outcome`, a Report or the reason there is none. Called by the
engines (`pipelines.engines.engine`) in each place where they read: this process, a worker process, a Dask worker.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import time
import traceback
import warnings
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from extract.errors import CasesiftError, Code, LanguageError, PipelineError
from pipelines.engines.tasks import Task
from pipelines.inputs.addresses import Address, at_hand
from pipelines.inputs.known import Stamp

if TYPE_CHECKING:
    from extract.document import SourceText
    from extract.schema import Report
    from extract.settings import Settings


REPORT_IT = "a bug of casesift: please report it with the file"

_NEXT_TIME = "the next run tries again"


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
    """Makes `extract.Extractor` with settings that were read before, so that every process has the same.

    `settings` None: the packaged ones. `pdf_engine`: before the setting of that name.
    """

    settings: Settings | None = None
    pdf_engine: str = ""

    def __call__(self) -> ExtractorLike:
        """The extractor; loaded once in a process."""
        return _loaded(self.settings, self.pdf_engine)


@cache
def _loaded(settings: Settings | None, pdf_engine: str) -> ExtractorLike:
    from extract import Extractor

    return Extractor(settings, pdf_engine=pdf_engine)


@dataclass(frozen=True)
class Outcome:
    """What became of a task: a report, or the reason why not (`code: what; what to do`)."""

    task: Task
    report: Report | None
    reason: str = ""
    seconds: float = 0.0
    traceback: str = ""  # of a bug of ours

    @property
    def code(self) -> str:
        """What kind of failure, see `extract.errors.Code`; empty for a document that was read."""
        return self.reason.partition(":")[0]


def completed(outcome: Outcome, fingerprint: str) -> Report:
    """The report of an outcome as it is kept: with what is known of its document, or the reason why nothing could be read."""
    from extract.schema import Document, Report

    task, seconds = outcome.task, round(outcome.seconds, 3)
    report = outcome.report
    if report is None:
        report = Report(document=Document(doc_id=task.doc_id, file=task.file, status="failed", reason=outcome.reason))
    elif report.document.seconds is not None:
        seconds = report.document.seconds
    known = {
        "doc_id": task.doc_id,
        "file": task.file,
        "sha256": task.sha256,
        "pipeline": fingerprint,
        "seconds": seconds,
    }
    return report.model_copy(update={"document": report.document.model_copy(update=known)})


#: what an engine gives; closed early when the run breaks off
Outcomes = Generator[Outcome, None, None]


@dataclass(frozen=True)
class Limits:
    """How much an engine may take."""

    workers: int = 0  # processes that read; 0: this one, which keeps no limits
    timeout: float = 300.0  # seconds a document may take
    memory: int = 4096  # MB a worker may hold; 0: as much as there is
    grace: float = 10.0  # seconds to finish what is in flight when asked to stop
    import_main: bool = True  # workers import the program that started them, as Python has it
    scheduler: str = ""  # address of a Dask scheduler; empty: a cluster of this machine
    problems: list[str] = field(default_factory=list, compare=False)  # what an engine has to tell of its workers


def ready(make: MakeExtractor) -> ExtractorLike:
    """Make an extractor and load its pipeline now, not in the time of the first document.

    Raises:
        LanguageError: its configuration is wrong.
        PipelineError: `internal`, it cannot be loaded, so no document could be read.
    """
    try:
        extractor = make()
        getattr(extractor, "nlp", None)
        gc.freeze()  # the pipeline stays as it is: a million objects that need not be looked through for garbage again and again
    except CasesiftError:
        raise
    except Exception as error:
        message = f"the pipeline cannot be loaded: {one_line(f'{type(error).__name__}: {error}')}"
        raise PipelineError(Code.INTERNAL, message, mend="`casesift doctor` tells more") from error
    return extractor


def process(extractor: ExtractorLike, task: Task) -> Outcome:
    """Read one document; whatever goes wrong with it is told in the outcome."""
    began = time.perf_counter()
    report, reason, trace = None, task.unreadable, ""
    if not reason:
        try:
            with at_hand(task.path, task.sha256) as path:
                report = extractor(path, doc_id=task.doc_id, file=task.file)
        except LanguageError:
            raise
        except CasesiftError as error:
            reason = error.reason
        except MemoryError:
            mend = "raise --memory, or take it out; --retry-failed tries again"
            reason = PipelineError(Code.MEMORY, "needs more memory than there is", mend=mend).reason
        except OSError as error:  # a network share that is gone, no room for a temporary file
            message = one_line(error.strerror or error)
            reason = PipelineError(Code.NOT_READABLE, f"cannot be read ({message})", mend=_NEXT_TIME).reason
        except (Exception, RecursionError) as error:
            message = one_line(f"{type(error).__name__}: {error}")
            reason = PipelineError(Code.INTERNAL, message, mend=REPORT_IT).reason
            trace = traceback.format_exc()
        if _changed(task):
            report, trace = None, ""
            reason = PipelineError(Code.CHANGED, "the file changed while it was read", mend=_NEXT_TIME).reason
    return Outcome(task, report, reason, time.perf_counter() - began, trace)


def _changed(task: Task) -> bool:
    """Whether the file holds other bytes than those that were hashed: still being copied, or just replaced."""
    if task.stamp is None or not task.sha256 or isinstance(task.path, Address):  # `at_hand` has looked
        return False
    try:
        if Stamp.of(task.path) == task.stamp:
            return False
        with task.path.open("rb") as stream:  # touched, linked or given away: only other bytes count
            return hashlib.file_digest(stream, "sha256").hexdigest() != task.sha256
    except OSError:
        return False  # gone: the reading has told, or had it all


def one_line(error: object) -> str:
    """What an error says, on one line of bounded length."""
    return " ".join(str(error).split())[:300]


def failed(task: Task, code: Code, what: str, mend: str) -> Outcome:
    """The outcome of a document that its worker could not tell of."""
    return Outcome(task, None, PipelineError(code, what, mend=mend).reason)


def quiet_libraries() -> None:
    """Keep the warnings of libraries out of the person's terminal."""
    warnings.simplefilter("ignore")
    for name in ("pdfminer", "pdfplumber", "spacy", "scispacy"):
        logging.getLogger(name).setLevel(logging.ERROR)
