"""Who does the reading: engines take tasks and give back outcomes, in whatever order they finish.

An engine keeps nothing and writes nothing, so that the rows are the same whichever engine and however many workers.

`local` reads in worker processes of this machine (`pipelines.engines.workers`), or with 0 workers in this one. Another engine is
one function of the shape of `Engine` in `ENGINES`: it gets an extractor `ready` once in each place where it works, calls
`process(extractor, task)` of `pipelines.engines.processing` there, and yields what comes back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from extract.errors import Code, PipelineError, to_install
from pipelines.engines.processing import Limits, MakeExtractor, Outcomes, process, ready
from pipelines.engines.tasks import Task
from pipelines.stopping import Stop


class Engine(Protocol):
    """Reads the documents of `tasks`."""

    def __call__(self, tasks: Iterable[Task], make: MakeExtractor, limits: Limits, stop: Stop) -> Outcomes:
        """Yield an outcome for each task, in any order; fewer when `stop` is asked.

        Raises:
            LanguageError: the language pipeline itself cannot be built.
            PipelineError: no worker can be started.
        """


def local(tasks: Iterable[Task], make: MakeExtractor, limits: Limits, stop: Stop) -> Outcomes:
    """Read on this machine: in worker processes, or in this one (`workers` 0), where no limit is kept."""
    if limits.workers:
        from pipelines.engines.workers import pool

        yield from pool(tasks, make, limits, stop)
        return
    extractor = None
    for task in tasks:
        if stop.asked:
            return
        extractor = extractor or ready(make)
        yield process(extractor, task)


def dask(tasks: Iterable[Task], make: MakeExtractor, limits: Limits, stop: Stop) -> Outcomes:
    """Read on a Dask cluster, see `pipelines.engines.dask_engine`."""
    try:
        from pipelines.engines.dask_engine import dask_engine
    except ImportError as error:
        message = f"the dask engine needs dask.distributed ({error})"
        raise PipelineError(Code.USAGE, message, mend=to_install("casesift[dask]")) from error
    yield from dask_engine(tasks, make, limits, stop)


#: engines by the name they have on the command line
ENGINES: dict[str, Engine] = {"local": local, "dask": dask}


def engine(name: str) -> Engine:
    """The engine of that name; an unknown one is a usage error that lists the known."""
    if name not in ENGINES:
        raise PipelineError(Code.USAGE, f"no engine called {name!r}", mend=f"known: {', '.join(sorted(ENGINES))}")
    return ENGINES[name]
