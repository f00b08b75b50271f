"""The `dask` engine: the same reading on a Dask cluster, for more documents than one machine can take.

In: tasks, as every engine. Out: outcomes, streamed back and stored by the one run that asked; a few more tasks (small documents together)
than there are workers are on their way at any time, so neither side fills its memory. Without an address a cluster of this machine is
made for the run; with one (`tcp://host:8786`) the workers that are there, or come later, do the work. They must have
casesift installed as it is here and see the files under the same paths.

A plugin loads the pipeline once in each worker process. Dask cannot end a task that hangs, so a thread of the plugin ends the
worker process instead, having told why; Dask's nanny starts another. One document at a time is read in a process, because PDFium is not
thread-safe.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

import dask
from distributed import Client, LocalCluster
from distributed.comm import CommClosedError, resolve_address

from extract.errors import CasesiftError, Code, PipelineError
from pipelines.engines.batches import Batches
from pipelines.engines.dask_flight import ALLOWED_FAILURES, Flight
from pipelines.engines.dask_worker import TOPIC, Pipeline
from pipelines.engines.processing import (
    Limits,
    MakeExtractor,
    Outcomes,
    one_line,
)
from pipelines.engines.tasks import Task
from pipelines.stopping import Stop, signals_held

#: seconds to wait for a scheduler, and for its first worker
_CONNECT, _WORKERS = 10.0, 60.0

#: seconds after which a worker that died and did not come back is given up
_LOST = 30.0

#: what a terminal sends to all processes of a command
_TERMINAL = ("SIGINT", "SIGHUP")


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
        client, cluster = stack.enter_context(_client(limits))
        fingerprint = make().fingerprint
        home = socket.gethostname(), os.getpid()
        _install(client, Pipeline(make, fingerprint, limits.timeout, home, None if first[0].unreadable else first[0]))
        flight = Flight(client, cluster, limits, todo)
        flight.leave_out_blind()
        stack.callback(flight.cancel)
        client.subscribe_topic(TOPIC, flight.overdue)
        flight.send(first)
        while flight.more(stop.asked) and not stop.is_over(limits.grace):
            if not stop.asked:
                flight.fill()
            yield from flight.landed()


@contextmanager
def _client(limits: Limits) -> Iterator[tuple[Client, LocalCluster | None]]:
    """A client of the cluster, with at least one worker there; and the cluster, when it is the run's own."""
    cluster = None
    settings = {
        "distributed.deploy.lost-worker-timeout": _LOST,
        "distributed.scheduler.allowed-failures": ALLOWED_FAILURES,
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
        yield client, cluster


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
