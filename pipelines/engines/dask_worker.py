"""What runs in a Dask worker: the pipeline, loaded once, and who ends the process when a document takes too long.

The other end is `pipelines.engines.dask_engine`, which sends the plugin and the documents.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Lock, Timer
from typing import TYPE_CHECKING, Any

from distributed.diagnostics.plugin import WorkerPlugin

from extract.errors import Code, PipelineError
from pipelines.engines.processing import (
    ExtractorLike,
    MakeExtractor,
    Outcome,
    one_line,
    process,
    quiet_libraries,
    ready,
)
from pipelines.engines.tasks import Task

if TYPE_CHECKING:
    from distributed import Worker

#: where workers tell why they end themselves
TOPIC = "casesift"

#: seconds a worker has to tell it, and for what it told to leave
_LAST_WORDS, _ON_ITS_WAY = 10.0, 1.0


class BlindWorkerError(Exception):
    """A worker that does not see the documents was given one."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(address, why)
        self.address, self.why = address, why


class Pipeline(WorkerPlugin):
    """The pipeline of a worker process, and who ends the process when a document takes too long.

    Args:
        fingerprint: what the run's own pipeline is; a worker with another would make other rows.
        home: host and process of the run; a worker inside it is never ended.
        probe: a document of the run, which a worker must see as it is there.
    """

    name = "casesift"

    def __init__(
        self, make: MakeExtractor, fingerprint: str, timeout: float, home: tuple[str, int], probe: Task | None
    ) -> None:
        self.make, self.fingerprint, self.timeout, self.home, self.probe = make, fingerprint, timeout, home, probe

    def setup(self, worker: Worker) -> None:
        """Load the pipeline."""
        if os.getpid() != self.home[1]:
            quiet_libraries()
        self.worker, self.one_at_a_time = worker, Lock()
        self.extractor: ExtractorLike = ready(self.make)
        if self.extractor.fingerprint != self.fingerprint:
            message = f"the Dask worker at {worker.address} has another casesift or configuration than this machine"
            raise PipelineError(Code.USAGE, message, mend="install the same on all")
        self.blind = _why_unseen(self.probe)

    def read(self, batch: Sequence[Task], key: str) -> list[Outcome]:
        """Read documents, each within the time it may take."""
        if self.blind:
            raise BlindWorkerError(self.worker.address, self.blind)
        with self.one_at_a_time:
            return [self._read(task, key) for task in batch]

    def _read(self, task: Task, key: str) -> Outcome:
        inside = (socket.gethostname(), os.getpid()) == self.home
        if self.timeout <= 0 or inside:
            return process(self.extractor, task)
        alarm = Timer(self.timeout, self._end, [key, task.doc_id])
        alarm.daemon = True
        alarm.start()
        try:
            return process(self.extractor, task)
        finally:
            alarm.cancel()

    def _end(self, key: str, doc_id: str) -> None:
        told = Event()

        def tell() -> None:
            self.worker.log_event(TOPIC, {"key": key, "doc_id": doc_id})
            told.set()

        self.worker.loop.add_callback(tell)
        told.wait(_LAST_WORDS)  # a busy machine may come to it late
        time.sleep(_ON_ITS_WAY)
        os._exit(1)


def _why_unseen(task: Task | None) -> str:
    """Why a document cannot be read where this runs; empty when it can."""
    if task is None:
        return ""
    try:
        with task.path.open("rb") as stream:
            stream.read(1)
        if isinstance(task.path, Path) and task.stamp and task.path.stat().st_size != task.stamp.size:
            return f"{task.path}: another file than here"
    except (OSError, PipelineError) as error:
        return f"{task.path}: {one_line(getattr(error, 'strerror', '') or error)}"
    return ""


def blind(dask_worker: Worker) -> str:
    """Why the worker that runs this does not see the documents; empty when it does."""
    plugin: Any = dask_worker.plugins[Pipeline.name]
    return str(plugin.blind)


def read(batch: list[Task]) -> list[Outcome]:
    """Documents as Dask runs them: one, or several small ones."""
    from distributed import get_worker
    from distributed.worker import thread_state

    plugin: Any = get_worker().plugins[Pipeline.name]
    outcomes: list[Outcome] = plugin.read(batch, thread_state.key)
    return outcomes
