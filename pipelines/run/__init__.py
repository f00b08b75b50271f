"""A run: many documents into one output folder. `run` is the whole of it; `batch` says what happens in which order."""

from pipelines.run.batch import run
from pipelines.run.options import Options, Watcher

__all__ = ["Options", "Watcher", "run"]
