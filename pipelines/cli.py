"""The command line: `casesift COMMAND`. The commands themselves are in `pipelines.commands`, by subject."""
# isort: skip_file

from __future__ import annotations

import sys

# each puts its commands into the app; the order is that of `--help`
from pipelines.commands import running, looking, curating, judging, upkeep  # noqa: F401
from pipelines.commands.frame import app

__all__ = ["app", "main"]


def main() -> None:
    """The `casesift` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()


if __name__ == "__main__":
    main()
