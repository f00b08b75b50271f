"""The commands of `casesift`, by subject. Each is a few lines over a function that Python callers can use as well.

Imports stand inside the commands, so that `--help` does not wait for spaCy. `app` holds them all; `frame` is what they share.
"""
# isort: skip_file

from __future__ import annotations

# each puts its commands into the app; the order is that of `--help`
from pipelines.commands import running, looking, curating, judging, upkeep  # noqa: F401
from pipelines.commands.frame import app

__all__ = ["app"]
