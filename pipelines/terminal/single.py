"""One document for the terminal, read in a process of its own under the limits of a run.

In: a file that anybody may have made. Out: its text or its report; or one error, whatever the file does to the process that
reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from extract.errors import CasesiftError, Code, PipelineError, ReadingError, to_install
from extract.schema import Report
from pipelines.engines.processing import Limits, MakeExtractor, Outcome
from pipelines.engines.tasks import Task
from pipelines.inputs.discover import is_there, printable, table_name

if TYPE_CHECKING:
    from pipelines.engines.processing import ExtractorLike

#: what to do about a document that took too much, where nobody keeps failures to be retried
_MENDS = {
    Code.TIMEOUT: "raise --timeout",
    Code.MEMORY: "raise --memory",
    Code.CRASHED: "try --pdf-engine pdfplumber, or leave it out",
}


@dataclass(frozen=True)
class Text:
    """The text of a document, ready to print."""

    text: str
    warnings: tuple[str, ...]  # one sentence each
    details: dict[str, Any]  # all that is known of it, for JSON


def report_of(path: Path, make: MakeExtractor, limits: Limits) -> Report:
    """What one document says.

    Raises:
        ReadingError: it cannot be read.
        PipelineError: `timeout`, `memory`, `crashed`: it took more than the limits, or killed its reader.
        LanguageError: the language pipeline cannot be built.
    """
    return cast(Report, _read(path, make, limits))


def text_of(path: Path, make: MakeExtractor, limits: Limits) -> Text:
    """The text of one document; the language pipeline is not loaded. Raises as `report_of`."""
    return cast(Text, _read(path, partial(_TextReader, make), limits))


def draw_page(path: Path, page: int, picture: Path) -> None:
    """Draw how a page of a PDF was read (columns, blocks in reading order with their roles, furniture, tables) into a PNG.

    Raises:
        ReadingError: it cannot be read, or has no such page.
        PipelineError: `usage`: it is no PDF, the picture cannot be written, or Pillow is missing.
    """
    if path.suffix.lower() != ".pdf":
        raise PipelineError(
            Code.USAGE, f"only pages of a PDF can be drawn, not {printable(path.name)}", mend="give a PDF"
        )
    try:
        from extract.reading.debug import debug_layout
    except ModuleNotFoundError as error:
        raise PipelineError(Code.USAGE, "drawing needs Pillow", mend=to_install("casesift[review]")) from error
    if not path.is_file():
        raise ReadingError(Code.NOT_FOUND, "there is no such file", file=path, mend="check the path")
    image = debug_layout(path, page)
    try:
        image.save(picture, format="PNG")
    except OSError as error:
        why = error.strerror or str(error)
        raise PipelineError(
            Code.USAGE, f"the picture {printable(picture)} cannot be written ({why})", mend="give another path"
        ) from error


class _TextReader:
    """Stands where an extractor would, and gives the text."""

    fingerprint = ""

    def __init__(self, make: MakeExtractor) -> None:
        self._extractor: ExtractorLike = make()

    def __call__(self, path: Path, *, doc_id: str | None = None, file: str = "") -> Text:
        from pipelines.terminal.show import source_json

        source = self._extractor.read(path)
        warnings = tuple(f"page {w.page}: {w.message}" if w.page else w.message for w in source.warnings)
        return Text(source.text, warnings, source_json(source))


def _read(path: Path, make: Any, limits: Limits) -> object:
    from pipelines.engines.workers import alone

    if not is_there(path):
        raise PipelineError(Code.NOT_FOUND, "there is no such file", file=printable(path), mend="check the path")
    if path.is_dir():
        raise PipelineError(
            Code.USAGE, "a folder", file=printable(path), mend="give a file; `casesift run` reads folders"
        )
    if not path.is_file():
        message = "neither a file nor a folder"
        raise PipelineError(Code.USAGE, message, file=printable(path), mend="write what it gives to a file first")
    outcome = alone(Task(path.absolute(), table_name(path.name), "", "", None), make, limits)
    if outcome.report is None:
        raise _error(outcome, path)
    return outcome.report


def _error(outcome: Outcome, path: Path) -> CasesiftError:
    code, problem = Code(outcome.code), outcome.reason.partition(": ")[2]
    if code in _MENDS:
        return PipelineError(code, problem.partition("; ")[0], file=path, mend=_MENDS[code])
    error = ReadingError(code, problem, file=path)
    if outcome.traceback:
        error.add_note(outcome.traceback)
    return error
