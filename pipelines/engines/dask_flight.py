"""What is on its way to Dask's workers: what is sent, what comes back, and what becomes of documents whose worker died.

In: batches of tasks, drawn as workers can use them. Out: outcomes, in the order they come in. `pipelines.engines.dask_engine` makes the
cluster and asks; `pipelines.engines.dask_worker` is the other end.

A document whose worker died is tried again by Dask. When that costs another worker it is a suspect only, since Dask counts a death
against all that waited for the same worker: suspects are read at the end, one at a time with nothing beside them, and what costs a worker
twice then is kept as failed.
"""

from __future__ import annotations

import queue
import time
from collections import Counter
from collections.abc import Collection, Iterator

from distributed import Client, Future, LocalCluster
from distributed.scheduler import KilledWorker

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.engines.batches import Batches
from pipelines.engines.dask_worker import BlindWorkerError, blind, read
from pipelines.engines.processing import REPORT_IT, Limits, Outcome, failed, one_line
from pipelines.engines.tasks import Task

#: tasks on their way for each worker: the one it reads and the next
_AHEAD = 2

#: seconds between looks at whether the run was asked to stop
_TICK = 0.2

#: seconds without a sign of life after which a worker is taken to be frozen (they give one every second or so)
_SILENT = 60.0

#: seconds without any worker after which the run is given up
_DESERTED = 300.0

#: seconds to wait for an answer of workers
_ANSWER = 10.0

#: times a document may cost a worker before it is given up, less one
ALLOWED_FAILURES = 1

_DIED = "the worker reading it died, also when it was tried again (a crash, or --memory)"
_DIED_MEND = "raise --memory or take it out, and --retry-failed"


class Flight:
    """What is on its way."""

    def __init__(self, client: Client, cluster: LocalCluster | None, limits: Limits, todo: Batches) -> None:
        self.client, self._cluster, self.limits, self._todo = client, cluster, limits, todo
        self.tasks: dict[str, tuple[Future, list[Task]]] = {}
        self._done: queue.Queue[str] = queue.Queue()
        self._late: queue.Queue[tuple[str, str]] = queue.Queue()
        self._aside: set[str] = set()  # addresses of workers that do not see the files
        self._workers: list[str] = []  # the others, once there is one aside
        self._signs: dict[str, tuple[float, float]] = {}  # by address the last sign of life, and when it was new here
        self._sent_to: dict[str, set[str]] = {}
        self._lost: list[Outcome] = []
        self._suspects: dict[str, Task] = {}  # by document, those that may have cost workers
        self._tried: str | None = None  # the suspect that is read now, alone
        self._sent_again: Counter[str] = Counter()
        self._room = 0
        self._looked = 0.0
        self._worked = time.monotonic()  # when there was a worker last

    def more(self, stopping: bool) -> bool:
        """Whether something is on its way, or, unless the run is `stopping`, waits to be sent."""
        return bool(self.tasks or self._lost or (self._suspects and not stopping))

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
            self._mind_deserted(workers, now)
            self._restart_frozen({address: w["last_seen"] for address, w in workers.items()}, now)
            threads = {address: w["nthreads"] for address, w in workers.items() if address not in self._aside}
            self._room, self._looked, self._workers = _AHEAD * max(1, sum(threads.values())), now, list(threads)
            self._send_stranded()
        while len(self.tasks) < self._room and (batch := self._todo.draw(self._room // _AHEAD)):
            self.send(batch)
        if not self.tasks and not self._lost and self._suspects:
            self._tried = next(iter(self._suspects))
            self.send([self._suspects.pop(self._tried)])

    def _mind_deserted(self, workers: Collection[str], now: float) -> None:
        """See to it that there are workers. A nanny gives up on one that dies before it is seen to have started, and the cluster on
        the nanny: in one of ours the place is filled again.

        Raises:
            PipelineError: `crashed`, there is none, and none has come.
        """
        if workers:
            self._worked = now
        if self._cluster and len(workers) < (wanted := max(1, self.limits.workers)):
            self._cluster.scale(wanted)  # opens what it has closed
        if now - self._worked > _DESERTED:
            message = f"the Dask scheduler at {self.limits.scheduler or 'this machine'} has had no worker for {_DESERTED:g} seconds"
            raise PipelineError(Code.CRASHED, message, mend="start workers and run again: what was done is kept")

    def leave_out_blind(self) -> None:
        """Ask the workers whether they see the first document.

        Raises:
            PipelineError: `usage`, none of them does.
        """
        try:
            answers = self.client.sync(self.client._run, blind, callback_timeout=_ANSWER)
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
            results = self.client.restart_workers(frozen, timeout=_ANSWER, raise_for_error=False)
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
                if self._sent_again[task.doc_id] > ALLOWED_FAILURES + 1:
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
            if doc_id in self._suspects:  # its worker's end was heard of first
                batch = [self._suspects.pop(doc_id)]
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
            if isinstance(error, KilledWorker) and batch[0].doc_id != self._tried:
                self._suspects[batch[0].doc_id] = batch[0]
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
