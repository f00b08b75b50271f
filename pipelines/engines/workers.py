"""Worker processes of the local engine: each loads the pipeline once and reads one document at a time (it is given several small ones).

A document that takes too long, takes too much memory or kills its worker costs itself and nothing else. Every worker has a
pipe of its own and no lock is shared, so a worker may be killed at any moment without holding up the others, and it is
always known which document it was at. Processes and not threads, because PDFium is not thread-safe; started afresh
(spawn) and not forked, because the libraries underneath have threads.

Memory is what the operating system counts as resident, looked at from outside several times a second. A limit on the
address space (RLIMIT_AS) would be kept by the system itself, but numpy and SQLite reserve far more than they use.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import connection, get_context
from typing import TYPE_CHECKING, Any

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.engines.batches import Batches
from pipelines.engines.fair_time import FairTime
from pipelines.engines.processing import REPORT_IT, Limits, MakeExtractor, Outcome, Outcomes, failed
from pipelines.engines.tasks import Task
from pipelines.engines.worker_process import CALLED_OFF, serve
from pipelines.stopping import Stop, signals_held

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

#: documents a worker reads before another takes its place, so that no leak grows for ever
_TASKS_A_WORKER = 500

#: seconds between looks at time and memory
_TICK = 0.1

#: seconds a worker may take to load the pipeline (the first time on a machine an index is built)
_LOADING = 900.0

#: workers in a row that may die before they are ready
_STILLBORN = 3

#: failures that are tried once more
_TWICE = (Code.CRASHED, Code.MEMORY)

_context = get_context("spawn")


def pool(tasks: Iterable[Task], make: MakeExtractor, limits: Limits, stop: Stop) -> Outcomes:
    """Read the documents of `tasks`, which are drawn one by one as workers come free.

    A document whose worker died, or was ended for its memory, is tried once more at the end: alone, in a new worker,
    because its neighbours may have taken the memory, or somebody else have killed the worker. One that took too long
    has had a processor all the time (see `fair_time`) and is not tried again in this run.
    """
    crew = _Crew(make, limits, stop)
    suspects: list[Task] = []
    try:
        for outcome in crew.work(tasks, limits.workers):
            if outcome.code in _TWICE and not outcome.task.unreadable:
                suspects.append(outcome.task)
            else:
                yield outcome
        for task in suspects:
            crew.dismiss()
            for outcome in crew.work([task], 1):
                yield _tried_twice(outcome)
    finally:
        crew.dismiss()


def alone(task: Task, make: MakeExtractor, limits: Limits) -> Outcome:
    """The outcome of one document, read once in a worker of its own."""
    crew = _Crew(make, limits, Stop())
    try:
        return next(crew.work([task], 1))
    finally:
        crew.dismiss()


def _tried_twice(outcome: Outcome) -> Outcome:
    if outcome.code not in _TWICE:
        return outcome
    problem, _, mend = outcome.reason.rpartition("; ")
    return replace(outcome, reason=f"{problem}, also when it was tried again alone; {mend}")


@dataclass(eq=False)
class _Worker:
    """A worker as its parent sees it."""

    process: Any
    pipe: Connection
    since: float  # when it was started
    time: FairTime | None = None  # of the document it is at, once it is ready
    waiting: deque[Task] = field(default_factory=deque)  # what it was given; the first is the one it is at
    ready: bool = False
    called_off: bool = False
    served: int = field(default=0)

    @property
    def task(self) -> Task | None:
        """The document it is at."""
        return self.waiting[0] if self.waiting else None

    def give(self, batch: list[Task]) -> bool:
        """Hand it documents; False when it is dead."""
        try:
            self.pipe.send(batch)
        except OSError:
            return False
        self.waiting.extend(batch)
        if self.ready:
            self.time = FairTime(self.process.pid)
        return True

    def call_off(self) -> None:
        """Have it begin none of the documents it was given and is not at; it says when it has heard."""
        if len(self.waiting) > 1 and not self.called_off:
            self.called_off = True
            with suppress(OSError):  # dead: that is heard too
                self.pipe.send([])

    def answered(self) -> None:
        """It is done with a document, and at the next it was given."""
        self.waiting.popleft()
        self.served += 1
        self.time = FairTime(self.process.pid)

    def end(self) -> int:
        """Kill it and what it has started; its exit code."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (OSError, AttributeError):  # no group of its own yet, dead already, or no such thing here
            self.process.kill()
        self.process.join()
        self.pipe.close()
        return int(self.process.exitcode)


class _Crew:
    """The workers there are just now."""

    def __init__(self, make: MakeExtractor, limits: Limits, stop: Stop) -> None:
        self.make, self.limits, self.stop = make, limits, stop
        self.workers: list[_Worker] = []
        self.stillborn = 0
        self.todo = Batches(())
        self.looked = time.monotonic()

    def work(self, tasks: Iterable[Task], size: int) -> Iterator[Outcome]:
        """An outcome for each task, `size` at a time; those in flight after the grace time of a stop have none."""
        todo = self.todo = Batches(tasks)
        while True:
            if not self.stop.asked:
                self._hand_out(todo, size)
            else:
                for worker in self.workers:
                    worker.call_off()
            busy = {w.pipe: w for w in self.workers if w.task}
            if not busy or self.stop.is_over(self.limits.grace):
                return
            outcomes = [self._heard(busy[pipe]) for pipe in connection.wait(list(busy), _TICK)]  # type: ignore[index]
            outcomes += self._overdue()
            if not self.stop.asked:
                self._hand_out(todo, size)  # before what came in is stored
            yield from (o for o in outcomes if o)

    def dismiss(self) -> None:
        """End all workers."""
        while self.workers:
            self.workers.pop().end()

    def _hand_out(self, todo: Batches, size: int) -> None:
        while sum(1 for w in self.workers if w.task) < size and (batch := todo.draw(size)):
            while not self._idle().give(batch):
                self._drop(next(w for w in self.workers if not w.task))

    def _idle(self) -> _Worker:
        for worker in self.workers:
            if not worker.task:
                return worker
        ours, theirs = _context.Pipe()
        process = _context.Process(target=serve, args=(theirs, self.make), name="casesift-worker", daemon=True)
        with signals_held(), nullcontext() if self.limits.import_main else _without_main():
            process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours, time.monotonic()))
        return self.workers[-1]

    def _drop(self, worker: _Worker) -> int:
        """End a worker; what it was given beside the document it is at, others get."""
        self.workers.remove(worker)
        self.todo.put_back(list(worker.waiting)[1:])
        return worker.end()

    def _heard(self, worker: _Worker) -> Outcome | None:
        """What a worker has sent: that it is ready, an outcome, or its death."""
        task = worker.task
        assert task is not None
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            return self._died(worker, task)
        except Exception as error:
            worker.answered()
            return failed(task, Code.INTERNAL, f"{type(error).__name__}: {error}"[:300], REPORT_IT)
        if isinstance(answer, CasesiftError):
            raise answer
        if answer is None:
            worker.ready, worker.time, self.stillborn = True, FairTime(worker.process.pid), 0
            return None
        if answer == CALLED_OFF:
            worker.waiting.clear()
            return None
        worker.answered()
        if worker.served >= _TASKS_A_WORKER and not worker.waiting:
            self._drop(worker)
        outcome: Outcome = answer
        return outcome

    def _died(self, worker: _Worker, task: Task) -> Outcome:
        ready = worker.ready
        how = _how(self._drop(worker))
        if not ready:
            self.stillborn += 1
            if self.stillborn >= _STILLBORN:
                mend = "see whether memory is short, then `casesift doctor`"
                raise PipelineError(Code.CRASHED, f"workers die as they start ({how})", mend=mend)
        return failed(task, Code.CRASHED, f"the worker reading it died ({how})", "take it out, or --retry-failed")

    def _overdue(self) -> Iterator[Outcome]:
        """End the workers that have taken too much."""
        now = time.monotonic()
        if now - self.looked < _TICK:
            return
        self.looked = now
        for worker in [w for w in self.workers if w.task]:
            task = worker.task
            assert task is not None
            if worker.time is None:
                if now - worker.since > _LOADING:
                    mend = "`casesift doctor` tells more"
                    raise PipelineError(
                        Code.TIMEOUT, f"a worker was not ready after {now - worker.since:.0f} s", mend=mend
                    )
                if self._too_large(worker):
                    message = f"the pipeline alone takes more than --memory {self.limits.memory} MB"
                    raise PipelineError(Code.USAGE, message, mend="give more; some 600 hold it")
            elif worker.time.taken() > self.limits.timeout > 0:
                self._drop(worker)
                what = f"took longer than {self.limits.timeout:g} seconds"
                yield failed(task, Code.TIMEOUT, what, "raise --timeout and --retry-failed")
                continue
            if self._too_large(worker):
                self._drop(worker)
                what = f"took more than {self.limits.memory} MB of memory"
                yield failed(task, Code.MEMORY, what, "raise --memory and --retry-failed")

    def _too_large(self, worker: _Worker) -> bool:
        return bool(self.limits.memory) and _resident(worker.process.pid) > self.limits.memory * 2**20


@contextmanager
def _without_main() -> Iterator[None]:
    """Processes started meanwhile do not run the person's program once more.

    One that is started afresh imports the program that started it; a script that reads without `if __name__ == "__main__"` would
    start workers from its workers. Casesift's own extractor needs nothing of it.
    """
    main = sys.modules["__main__"]
    kept: dict[str, Any] = {name: vars(main)[name] for name in ("__spec__", "__file__") if name in vars(main)}
    for name in kept:
        setattr(main, name, None)
    try:
        yield
    finally:
        vars(main).update(kept)


def _how(exit_code: int) -> str:
    try:
        return signal.Signals(-exit_code).name if exit_code < 0 else f"exit code {exit_code}"
    except ValueError:
        return f"signal {-exit_code}"


def _resident(pid: int) -> int:
    """Bytes of memory a process holds; 0 when it has just gone."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
