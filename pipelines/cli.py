"""The command line: `casesift COMMAND`. The commands themselves are in `pipelines.commands`, by subject.

Nothing but how to be stopped is imported before `main` begins, so that Ctrl-C ends even a command that is still starting
without a traceback.
"""

from __future__ import annotations

import gc
import os
import sys

from pipelines.stopping import quit_with

#: exit code of a command that was stopped before it had begun, see `pipelines.exits`
_INTERRUPTED = 130


def main() -> None:
    """The `casesift` command."""
    quit_with(_INTERRUPTED)
    for library in ("OMP", "OPENBLAS", "MKL", "BLIS"):  # read when numpy is loaded: more threads wait for one another
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    gc.set_threshold(50_000, 20, 20)  # starting makes a million objects that stay, and next to no garbage
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    from pipelines.commands import app

    try:
        app()
    except SystemExit as end:
        quit_with(end.code if isinstance(end.code, int) else 0)
        raise


def __getattr__(name: str) -> object:
    """The app, imported when first asked for."""
    if name == "app":
        from pipelines.commands import app

        return app
    raise AttributeError(f"module 'pipelines.cli' has no attribute {name!r}")


if __name__ == "__main__":
    main()
