"""Every error casesift raises on purpose, each with its code.

Ground floor: imports nothing of ours. A message says what is wrong, in which file, and what to do; the
command line prints it as one line and turns it into an exit code, the batch run keeps it as the document's
`reason`. Bad input never shows a traceback.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path


class Code(StrEnum):
    """What went wrong, stable across versions: written to the `reason` column as `CODE: message`."""

    # reading
    NOT_FOUND = "not-found"
    NOT_READABLE = "not-readable"  # permission, I/O
    UNKNOWN_TYPE = "unknown-type"  # the file's extension or its first bytes are not .pdf, .xml, .txt
    EMPTY_FILE = "empty-file"
    NOT_A_PDF = "not-a-pdf"
    BROKEN_PDF = "broken-pdf"
    ENCRYPTED_PDF = "encrypted-pdf"
    NO_TEXT = "no-text"  # image-only scan and no OCR at hand
    TOO_LARGE = "too-large"
    BAD_XML = "bad-xml"
    BAD_ENCODING = "bad-encoding"
    # language
    BAD_CONFIG = "bad-config"
    MISSING_MODEL = "missing-model"
    # records
    BROKEN_TABLE = "broken-table"  # a table of the document could not be made; its other tables are there
    # pipelines
    USAGE = "usage"
    LOCKED = "locked"
    STORE = "store"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    MISSING_INPUT = "missing-input"  # an input folder that is empty, or lost most of its documents
    CHANGED = "changed"  # while it was read: still being copied, or just replaced
    CONFLICT = "conflict"  # somebody else decided on the same row meanwhile
    INTERNAL = "internal"  # a bug of ours: the message names the exception


class CasesiftError(Exception):
    """Base of all our errors.

    Args:
        code: what kind of failure, see `Code`.
        what: one sentence, what is wrong.
        file: the file it concerns, if any.
        mend: one sentence, what the person can do about it.
    """

    def __init__(self, code: Code, what: str, *, file: object = None, mend: str = "") -> None:
        self.code, self.what, self.file, self.mend = code, what, None if file is None else str(file), mend
        super().__init__(str(self))

    def __str__(self) -> str:
        where = f"{self.file}: " if self.file is not None else ""
        return f"{where}{self.reason}"

    @property
    def reason(self) -> str:
        """`CODE: what. mend` without the file's name, for the `reason` column."""
        text = f"{self.code.value}: {self.what}"
        return f"{text}; {self.mend}" if self.mend else text

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.code, self.what, self.file, self.mend)


def _rebuild(kind: type[CasesiftError], code: Code, what: str, file: str | None, mend: str) -> CasesiftError:
    return kind(code, what, file=file, mend=mend)


def to_install(package: str) -> str:
    """The command that installs a package, or an extra of casesift ("casesift[review]"), where casesift is installed: with pip, or with pipx."""
    pipx = (Path(sys.prefix) / "pipx_metadata.json").is_file()
    return f"{'pipx runpip casesift' if pipx else 'pip'} install '{package}'"


class ReadingError(CasesiftError):
    """A file that cannot become text."""


class LanguageError(CasesiftError):
    """A language pipeline that cannot be built from its configuration."""


class PipelineError(CasesiftError):
    """A run, store or export that cannot go on."""
