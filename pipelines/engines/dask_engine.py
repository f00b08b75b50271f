"""The `dask` engine: the same reading on a Dask cluster, for more documents than one machine can take.

In: tasks, as every engine. Out: outcomes, streamed back and stored by the one run that asked; a few more tasks than there
are workers are on their way at any time, so neither side fills its memory. Without an address a cluster of this machine is
made for the run; with one (`tcp://host:8786`) the workers that are there, or come later, do the work. They must have
casesift installed as it is here and see the files under the same paths.

A plugin loads the pipeline once in each worker process. Dask cannot end a task that hangs, so a thread of the plugin ends the
worker process instead, having told why; Dask's nanny starts another. A document whose worker died is tried again by Dask, and
kept as failed when it happens again. One document at a time is read in a process, because PDFium is not thread-safe.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

import dask
from distributed import Client, Future, LocalCluster
from distributed.diagnostics.plugin import WorkerPlugin
from distributed.scheduler import KilledWorker

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.engines.processing import (
    REPORT_IT,
    ExtractorLike,
    Limits,
    MakeExtractor,
    Outcome,
    Outcomes,
    failed,
    one_line,
    process,
    quiet_libraries,
    ready,
)
from pipelines.engines.tasks import Task
from pipelines.stopping import Stop, signals_held

if TYPE_CHECKING:
    from distributed import Worker

#: tasks on their way for each worker: the one it reads and the next
_AHEAD = 2

#: seconds between looks at whether the run was asked to stop
_TICK = 0.2

#: seconds to wait for a scheduler, and for its first worker
_CONNECT, _WORKERS = 10.0, 60.0

#: times a document may cost a worker before it is given up, less one
_ALLOWED_FAILURES = 1

#: what a terminal sends to all processes of a command
_TERMINAL = ("SIGINT", "SIGHUP")

#: where workers tell why they end themselves
_TOPIC = "casesift"

#: seconds a worker has to tell it
_LAST_WORDS = 1.0


def dask_engine(tasks: Iterable[Task], make: MakeExtractor, limits: Limits, stop: Stop) -> Outcomes:
    """Read on a Dask cluster: the one at `limits.scheduler`, or one of `limits.workers` processes on this machine.

    Raises:
        PipelineError: `usage`, no scheduler answers or its workers are of another casesift; `crashed`, the scheduler is gone.
        LanguageError: the language pipeline cannot be built.
    """
    todo = iter(tasks)
    first = next(todo, None)
    if first is None:
        return
    with ExitStack() as stack:
        client = stack.enter_context(_client(limits))
        fingerprint = make().fingerprint
        _install(client, _Pipeline(make, fingerprint, limits.timeout, (socket.gethostname(), os.getpid())))
        flight = _Flight(client, limits)
        stack.callback(flight.cancel)
        client.subscribe_topic(_TOPIC, flight.overdue)
        flight.send(first)
        while flight.tasks and not stop.is_over(limits.grace):
            if not stop.asked:
                flight.fill(todo)
            yield from flight.landed()


@contextmanager
def _client(limits: Limits) -> Iterator[Client]:
    """A client of the cluster, with at least one worker there."""
    settings = {
        "distributed.scheduler.allowed-failures": _ALLOWED_FAILURES,
        "distributed.comm.timeouts.connect": _CONNECT,
        "distributed.admin.log-format": "%(message)s",
    }
    with dask.config.set(settings), ExitStack() as stack:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        try:
            if limits.scheduler:
                client = stack.enter_context(Client(limits.scheduler, timeout=_CONNECT, set_as_default=False))
            else:
                scratch = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
                with signals_held(_TERMINAL):  # its processes and threads would hear them too
                    cluster = LocalCluster(
                        n_workers=max(1, limits.workers), threads_per_worker=1, processes=True, dashboard_address=":0",
                        memory_limit=limits.memory * 2**20 or None, local_directory=scratch, silence_logs=logging.CRITICAL,
                    )  # fmt: skip
                stack.enter_context(cluster)
                client = stack.enter_context(Client(cluster, set_as_default=False))
            client.wait_for_workers(1, timeout=_WORKERS)
        except (OSError, RuntimeError, TimeoutError, ValueError) as error:
            what = f"no Dask scheduler with workers at {limits.scheduler or 'this machine'} ({one_line(error)})"
            raise PipelineError(Code.USAGE, what, mend="start one: `dask scheduler`, `dask worker ADDRESS`") from error
        yield client


def _install(client: Client, plugin: _Pipeline) -> None:
    """Have the pipeline loaded in every worker there is, and in every one that comes."""
    try:
        answers = client.register_plugin(plugin, name=_Pipeline.name)
    except CasesiftError:
        raise
    except Exception as error:
        told = f"Dask's workers cannot load casesift: {type(error).__name__}: {one_line(error)}"
        raise PipelineError(Code.USAGE, told, mend="install the same casesift on them as here") from error
    for answer in answers.values() if isinstance(answers, dict) else ():
        if isinstance(answer, dict) and isinstance(raised := answer.get("exception"), bytes):
            raise pickle.loads(raised)


class _Flight:
    """What is on its way."""

    def __init__(self, client: Client, limits: Limits) -> None:
        self.client, self.limits = client, limits
        self.tasks: dict[str, tuple[Future, Task]] = {}
        self._done: queue.Queue[str] = queue.Queue()
        self._late: queue.Queue[str] = queue.Queue()
        self._room = 0
        self._looked = 0.0

    def send(self, task: Task) -> None:
        """Send a task; its rows do not depend on which worker gets it."""
        key = f"casesift-{task.doc_id}-{time.monotonic_ns()}"
        future = self.client.submit(_read, task, key=key, pure=False, retries=0)
        self.tasks[key] = future, task
        future.add_done_callback(lambda f: self._done.put(f.key))

    def fill(self, todo: Iterator[Task]) -> None:
        """Send as many as the workers there are now can use."""
        now = time.monotonic()
        if now - self._looked > 1 or not self._looked:
            workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
            self._room, self._looked = _AHEAD * max(1, sum(w["nthreads"] for w in workers)), now
        while len(self.tasks) < self._room and (task := next(todo, None)) is not None:
            self.send(task)

    def overdue(self, event: tuple[float, dict[str, str]]) -> None:
        """A worker tells that it ends itself over a document (in another thread)."""
        self._late.put(event[1]["key"])

    def landed(self) -> Iterator[Outcome]:
        """What has come in; waits a moment for something to."""
        while not self._late.empty():
            if self.tasks.get(key := self._late.get()):
                future, task = self.tasks.pop(key)
                future.cancel()
                what = f"took longer than {self.limits.timeout:g} seconds"
                yield failed(task, Code.TIMEOUT, what, "raise --timeout and --retry-failed")
        try:
            key = self._done.get(timeout=_TICK)
        except queue.Empty:
            if self.client.status not in ("running", "connecting"):
                told = f"the Dask scheduler at {self.limits.scheduler or 'this machine'} is gone"
                raise PipelineError(Code.CRASHED, told, mend="run again: what was done is kept") from None
            return
        if key in self.tasks and self._late.empty():
            future, task = self.tasks.pop(key)
            outcome = _outcome(future, task)
            if outcome is None:
                self.send(task)
            else:
                yield outcome
        elif key in self.tasks:
            self._done.put(key)

    def cancel(self) -> None:
        """Call back what is still on its way."""
        self.client.cancel([future for future, _ in self.tasks.values()], force=True)


def _outcome(future: Future, task: Task) -> Outcome | None:
    """What came of a task; None when it was read, and lost with the workers that held what it gave."""
    status = future.status
    if status == "finished":
        try:
            outcome: Outcome = future.result()
        except KilledWorker:
            return None
        return outcome
    if status in ("pending", "lost"):  # it had been read; a lost scheduler leaves "cancelled"
        return None
    error = future.exception() if status == "error" else None
    if isinstance(error, CasesiftError):
        raise error
    if isinstance(error, KilledWorker):
        what = "the worker reading it died, also when it was tried again (a crash, or --memory)"
        return failed(task, Code.CRASHED, what, "raise --memory or take it out, and --retry-failed")
    if error is None:
        raise PipelineError(Code.CRASHED, "Dask has lost its scheduler", mend="run again: what was done is kept")
    return failed(task, Code.INTERNAL, f"{type(error).__name__}: {one_line(error)}", REPORT_IT)


# in the worker ---------------------------------------------------------------------------------------------------


class _Pipeline(WorkerPlugin):
    """The pipeline of a worker process, and who ends the process when a document takes too long.

    Args:
        fingerprint: what the run's own pipeline is; a worker with another would make other rows.
        home: host and process of the run; a worker inside it is never ended.
    """

    name = "casesift"

    def __init__(self, make: MakeExtractor, fingerprint: str, timeout: float, home: tuple[str, int]) -> None:
        self.make, self.fingerprint, self.timeout, self.home = make, fingerprint, timeout, home

    def setup(self, worker: Worker) -> None:
        """Load the pipeline."""
        if os.getpid() != self.home[1]:
            quiet_libraries()
        self.worker, self.one_at_a_time = worker, Lock()
        self.extractor: ExtractorLike = ready(self.make)
        if self.extractor.fingerprint != self.fingerprint:
            told = f"the Dask worker at {worker.address} has another casesift or configuration than this machine"
            raise PipelineError(Code.USAGE, told, mend="install the same on all")

    def read(self, task: Task, key: str) -> Outcome:
        """Read a document within the time it may take."""
        with self.one_at_a_time:
            inside = (socket.gethostname(), os.getpid()) == self.home
            if self.timeout <= 0 or inside:
                return process(self.extractor, task)
            alarm = Timer(self.timeout, self._end, [key])
            alarm.daemon = True
            alarm.start()
            try:
                return process(self.extractor, task)
            finally:
                alarm.cancel()

    def _end(self, key: str) -> None:
        self.worker.loop.add_callback(self.worker.log_event, _TOPIC, {"key": key})
        time.sleep(_LAST_WORDS)
        os._exit(1)


def _read(task: Task) -> Outcome:
    """The task as Dask runs it."""
    from distributed import get_worker
    from distributed.worker import thread_state

    plugin: Any = get_worker().plugins[_Pipeline.name]
    outcome: Outcome = plugin.read(task, thread_state.key)
    return outcome
