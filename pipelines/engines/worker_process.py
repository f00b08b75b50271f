"""What runs in a worker process of the local engine: it loads the pipeline once and reads what its parent sends it.

The other end of the pipe is `pipelines.engines.workers`, which starts and ends these processes and keeps the limits.
"""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from contextlib import suppress
from multiprocessing import connection, parent_process
from threading import Thread
from typing import TYPE_CHECKING

from extract.errors import CasesiftError, Code
from pipelines.engines.processing import (
    REPORT_IT,
    ExtractorLike,
    MakeExtractor,
    Outcome,
    failed,
    process,
    quiet_libraries,
    ready,
)
from pipelines.engines.tasks import Task

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


#: what a worker says when it has heard that it is to begin nothing more
CALLED_OFF = "called off"


def serve(pipe: Connection, make: MakeExtractor) -> None:
    """Load the pipeline, say so, and read documents until the parent hangs up."""
    _settle()
    with suppress(EOFError, OSError):  # the parent is gone
        try:
            extractor = ready(make)
        except CasesiftError as error:
            pipe.send(error)
            return
        pipe.send(None)
        waiting: deque[Task] = deque()
        while True:
            if not waiting or pipe.poll():
                if batch := pipe.recv():
                    waiting.extend(batch)
                else:
                    waiting.clear()
                    pipe.send(CALLED_OFF)
                continue
            _send(pipe, *_answer(extractor, waiting.popleft()))


def _answer(extractor: ExtractorLike, task: Task) -> tuple[Task, Outcome | CasesiftError]:
    try:
        return task, process(extractor, task)
    except CasesiftError as error:
        return task, error


def _send(pipe: Connection, task: Task, answer: Outcome | CasesiftError) -> None:
    try:
        pipe.send(answer)
    except OSError:
        raise
    except Exception as error:  # a report that does not pickle
        pipe.send(failed(task, Code.INTERNAL, f"{type(error).__name__}: {error}"[:300], REPORT_IT))


def _settle() -> None:
    """The parent alone answers signals, and its death is the worker's; one worker is one thread; libraries keep quiet."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    for library in ("OMP", "OPENBLAS", "MKL", "BLIS"):  # read when numpy is loaded, with the pipeline
        os.environ[f"{library}_NUM_THREADS"] = "1"
    gc.set_threshold(50_000, 20, 20)  # as in the parent
    quiet_libraries()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
