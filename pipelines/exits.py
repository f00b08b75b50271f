"""What a command's exit code means, and which error has which."""

from __future__ import annotations

from enum import IntEnum

from extract.errors import CasesiftError, Code


class ExitCode(IntEnum):
    """What a command's exit code means."""

    OK = 0
    FAILED = 1  # finished, but some documents failed; or the one document asked for did
    USAGE = 2
    LOCKED = 75  # EX_TEMPFAIL: another run holds the output folder
    INTERRUPTED = 130


_BY_CODE = {
    Code.USAGE: ExitCode.USAGE,
    Code.NOT_FOUND: ExitCode.USAGE,
    Code.BAD_CONFIG: ExitCode.USAGE,
    Code.MISSING_MODEL: ExitCode.USAGE,
    Code.LOCKED: ExitCode.LOCKED,
}


def exit_code(error: CasesiftError) -> ExitCode:
    """The exit code of a command that ends with this error."""
    return _BY_CODE.get(error.code, ExitCode.FAILED)
