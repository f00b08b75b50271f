"""The `dask` engine: the same reading on a Dask cluster, for more documents than one machine can take.

In: tasks, as every engine. Out: outcomes, streamed back and stored by the one run that asked; a few more tasks (small documents together)
than there are workers are on their way at any time, so neither side fills its memory. Without an address a cluster of this machine is
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
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

import dask
from distributed import Client, Future, LocalCluster
from distributed.comm import CommClosedError, resolve_address
from distributed.scheduler import KilledWorker

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.engines.batches import Batches
from pipelines.engines.dask_worker import TOPIC, BlindWorkerError, Pipeline, blind, read
from pipelines.engines.processing import (
    REPORT_IT,
    Limits,
    MakeExtractor,
    Outcome,
    Outcomes,
    failed,
    one_line,
)
from pipelines.engines.tasks import Task
from pipelines.stopping import Stop, signals_held

#: tasks on their way for each worker: the one it reads and the next
_AHEAD = 2

#: seconds between looks at whether the run was asked to stop
_TICK = 0.2

#: seconds to wait for a scheduler, and for its first worker
_CONNECT, _WORKERS = 10.0, 60.0

#: seconds without a sign of life after which a worker is taken to be frozen (they give one every second or so)
_SILENT = 60.0

#: times a document may cost a worker before it is given up, less one
_ALLOWED_FAILURES = 1

#: what a terminal sends to all processes of a command
_TERMINAL = ("SIGINT", "SIGHUP")

_DIED = "the worker reading it died, also when it was tried again (a crash, or --memory)"
_DIED_MEND = "raise --memory or take it out, and --retry-failed"


def dask_engine(tasks: Iterable[Task], make: MakeExtractor, limits: Limits, stop: Stop) -> Outcomes:
    """Read on a Dask cluster: the one at `limits.scheduler`, or one of `limits.workers` processes on this machine.

    Raises:
        PipelineError: `usage`, no scheduler answers or its workers are of another casesift; `crashed`, the scheduler is gone.
        LanguageError: the language pipeline cannot be built.
    """
    todo = Batches(tasks)
    first = todo.draw(1)
    if not first:
        return
    with ExitStack() as stack:
        client = stack.enter_context(_client(limits))
        fingerprint = make().fingerprint
        home = socket.gethostname(), os.getpid()
        _install(client, Pipeline(make, fingerprint, limits.timeout, home, None if first[0].unreadable else first[0]))
        flight = _Flight(client, limits, todo)
        flight.leave_out_blind()
        stack.callback(flight.cancel)
        client.subscribe_topic(TOPIC, flight.overdue)
        flight.send(first)
        while flight.tasks and not stop.is_over(limits.grace):
            if not stop.asked:
                flight.fill()
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
        for name in [n for n in logging.root.manager.loggerDict if n.partition(".")[0] == "distributed"]:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # some have a level of their own
        try:
            if limits.scheduler:
                resolve_address(limits.scheduler)  # a client of no address leaves a trace of itself when it goes
                client = stack.enter_context(Client(limits.scheduler, timeout=_CONNECT, set_as_default=False))
            else:
                scratch = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
                with signals_held(_TERMINAL):  # its processes and threads would hear them too
                    cluster = LocalCluster(
                        n_workers=max(1, limits.workers), threads_per_worker=1, processes=True, host="127.0.0.1",
                        dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},
                        memory_limit=limits.memory * 2**20 or None, local_directory=scratch,
                        silence_logs=logging.CRITICAL,
                    )  # fmt: skip
                stack.enter_context(cluster)
                client = stack.enter_context(Client(cluster, set_as_default=False))
            client.wait_for_workers(1, timeout=_WORKERS)
        except (OSError, RuntimeError, TimeoutError, ValueError) as error:
            what = f"no Dask scheduler with workers at {limits.scheduler or 'this machine'} ({one_line(error)})"
            raise PipelineError(Code.USAGE, what, mend="start one: `dask scheduler`, `dask worker ADDRESS`") from error
        yield client


def _install(client: Client, plugin: Pipeline) -> None:
    """Have the pipeline loaded in every worker there is, and in every one that comes."""
    try:
        answers = client.register_plugin(plugin, name=Pipeline.name)
    except CasesiftError:
        raise
    except CommClosedError as error:
        raise _gone(client) from error
    except Exception as error:
        message = f"Dask's workers cannot load casesift: {type(error).__name__}: {one_line(error)}"
        raise PipelineError(Code.USAGE, message, mend="install the same casesift on them as here") from error
    for answer in answers.values() if isinstance(answers, dict) else ():
        if isinstance(answer, dict) and isinstance(raised := answer.get("exception"), bytes):
            raise pickle.loads(raised)


def _gone(client: Client) -> PipelineError:
    message = f"the Dask scheduler at {client.scheduler.address if client.scheduler else 'this machine'} is gone"
    return PipelineError(Code.CRASHED, message, mend="run again: what was done is kept")


class _Flight:
    """What is on its way."""

    def __init__(self, client: Client, limits: Limits, todo: Batches) -> None:
        self.client, self.limits, self._todo = client, limits, todo
        self.tasks: dict[str, tuple[Future, list[Task]]] = {}
        self._done: queue.Queue[str] = queue.Queue()
        self._late: queue.Queue[tuple[str, str]] = queue.Queue()
        self._aside: set[str] = set()  # addresses of workers that do not see the files
        self._workers: list[str] = []  # the others, once there is one aside
        self._signs: dict[str, tuple[float, float]] = {}  # by address the last sign of life, and when it was new here
        self._sent_to: dict[str, set[str]] = {}
        self._lost: list[Outcome] = []
        self._sent_again: Counter[str] = Counter()
        self._room = 0
        self._looked = 0.0

    def send(self, batch: list[Task]) -> None:
        """Send tasks; their rows do not depend on which worker gets them."""
        key = f"casesift-{batch[0].doc_id}-{time.monotonic_ns()}"
        to = {"workers": self._workers} if self._aside else {}
        future = self.client.submit(read, batch, key=key, pure=False, retries=0, **to)
        self._sent_to[key] = set(self._workers)
        self.tasks[key] = future, batch
        future.add_done_callback(lambda f: self._done.put(f.key))

    def fill(self) -> None:
        """Send as many as the workers there are now can use."""
        now = time.monotonic()
        if now - self._looked > 1 or not self._looked:
            workers = self.client.scheduler_info(n_workers=-1)["workers"]
            self._restart_frozen({address: w["last_seen"] for address, w in workers.items()}, now)
            threads = {address: w["nthreads"] for address, w in workers.items() if address not in self._aside}
            self._room, self._looked, self._workers = _AHEAD * max(1, sum(threads.values())), now, list(threads)
            self._send_stranded()
        while len(self.tasks) < self._room and (batch := self._todo.draw(self._room // _AHEAD)):
            self.send(batch)

    def leave_out_blind(self) -> None:
        """Ask the workers whether they see the first document.

        Raises:
            PipelineError: `usage`, none of them does.
        """
        try:
            answers = self.client.sync(self.client._run, blind, callback_timeout=_CONNECT)
        except TimeoutError:
            return  # one that does not answer now is nobody's reason to wait; it tells when it gets a document
        self._workers = [address for address, why in answers.items() if not why]
        for address, why in answers.items():
            if why:
                self._set_aside(address, why)
        if not self._workers:
            address, why = next(iter(answers.items()))
            raise PipelineError(
                Code.USAGE, f"no Dask worker sees the documents ({address}: {why})",
                mend="mount them there under the same path, or give an address such as s3://bucket/papers",
            )  # fmt: skip

    def _set_aside(self, address: str, why: str) -> None:
        if address not in self._aside:
            self._aside.add(address)
            self._workers = [w for w in self._workers if w != address]
            self.limits.problems.append(
                f"the Dask worker at {address} does not see the documents ({why}); it was left out: mount them there"
            )

    def _restart_frozen(self, signs: dict[str, float], now: float) -> None:
        """Have workers started anew that give no sign of life: stopped, swapped out, on a machine that hangs. Dask waits five minutes
        for them, and a frozen process keeps no time limit itself. Its nanny ends it; where that is gone too, Dask does without.
        What was on its way there is read by another.

        Args:
            signs: by address when a worker last gave one, by its scheduler's clock.
        """
        self._signs = {
            address: old if (old := self._signs.get(address, (0.0, 0.0)))[0] == sign else (sign, now)
            for address, sign in signs.items()
        }
        frozen = [address for address, (_, since) in self._signs.items() if now - since > _SILENT]
        if frozen:
            results = self.client.restart_workers(frozen, timeout=_CONNECT, raise_for_error=False)
            for address in frozen:
                done = "it was started anew" if results.get(address) == "OK" else "it was left out: look at its machine"
                self.limits.problems.append(
                    f"the Dask worker at {address} gave no sign of life for {_SILENT:g} seconds; {done}"
                )

    def _send_stranded(self) -> None:
        """Send again what only workers that are gone may read."""
        for key in [
            k for k in self.tasks if self._aside and self._workers and not self._sent_to[k] & set(self._workers)
        ]:
            future, batch = self.tasks.pop(key)
            future.cancel()
            for task in batch:
                self._sent_again[task.doc_id] += 1
                if self._sent_again[task.doc_id] > _ALLOWED_FAILURES + 1:
                    self._lost.append(failed(task, Code.CRASHED, _DIED, _DIED_MEND))
                else:
                    self.send([task])

    def overdue(self, event: tuple[float, dict[str, str]]) -> None:
        """A worker tells that it ends itself over a document (in another thread)."""
        self._late.put((event[1]["key"], event[1]["doc_id"]))

    def landed(self) -> Iterator[Outcome]:
        """What has come in; waits a moment for something to."""
        while self._lost:
            yield self._lost.pop()
        while not self._late.empty():
            key, doc_id = self._late.get()
            future, batch = self.tasks.pop(key, (None, []))
            if future:
                future.cancel()
            for task in batch:
                if task.doc_id == doc_id:
                    what = f"took longer than {self.limits.timeout:g} seconds"
                    yield failed(task, Code.TIMEOUT, what, "raise --timeout and --retry-failed")
                else:
                    self.send([task])
        try:
            key = self._done.get(timeout=_TICK)
        except queue.Empty:
            if self.client.status not in ("running", "connecting"):
                message = f"the Dask scheduler at {self.limits.scheduler or 'this machine'} is gone"
                raise PipelineError(Code.CRASHED, message, mend="run again: what was done is kept") from None
            return
        if key in self.tasks and self._late.empty():
            future, batch = self.tasks.pop(key)
            error = _error(future)
            if isinstance(error, BlindWorkerError):
                self._set_aside(error.address, error.why)
            if error and not isinstance(error, (BlindWorkerError, CasesiftError)) and len(batch) > 1:
                for task in batch:  # which of them it was, they tell alone
                    self.send([task])
                return
            outcomes = None if isinstance(error, BlindWorkerError) else _outcomes(future, batch, _SILENT)
            if outcomes is None:
                self.send(batch)
            else:
                yield from outcomes
        elif key in self.tasks:
            self._done.put(key)

    def cancel(self) -> None:
        """Call back what is still on its way."""
        self.client.cancel([future for future, _ in self.tasks.values()], force=True)


def _error(future: Future) -> BaseException | None:
    return future.exception() if future.status == "error" else None


def _outcomes(future: Future, batch: list[Task], wait: float) -> list[Outcome] | None:
    """What came of tasks; None when they were read, and lost with the workers that held what they gave, or that do not give it in
    `wait` seconds."""
    status = future.status
    if status == "finished":
        try:
            outcomes: list[Outcome] = future.result(timeout=wait)
        except (KilledWorker, TimeoutError):
            return None
        return outcomes
    if status in ("pending", "lost"):  # it had been read; a lost scheduler leaves "cancelled"
        return None
    error = future.exception() if status == "error" else None
    if isinstance(error, CasesiftError):
        raise error
    if isinstance(error, KilledWorker):
        return [failed(task, Code.CRASHED, _DIED, _DIED_MEND) for task in batch]
    if error is None:
        raise PipelineError(Code.CRASHED, "Dask has lost its scheduler", mend="run again: what was done is kept")
    what = f"{type(error).__name__}: {one_line(error)}"
    return [failed(task, Code.INTERNAL, what, REPORT_IT) for task in batch]
