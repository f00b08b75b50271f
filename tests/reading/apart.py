"""Reads files in processes of their own, each with a limit of time and memory, and tells how every one ended.

Run as a program it takes a line of JSON for every file ({"path", "engine", "seconds", "megabytes"}) on standard input
and answers with a line for each. Every file is read by a fork of it, so what a bad file does harms no other.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ending:
    """How a reading ended. `kind`: ok, reason (a CasesiftError), hang, crash; `told`: the text's beginning and the page
    warnings, or the reason, or what broke."""

    kind: str
    told: str = ""
    warnings: tuple[str, ...] = ()
    characters: int = 0
    megabytes: int = 0
    """Most memory the process held."""


def read_apart(
    paths: Iterable[Path], *, engine: str = "pdfplumber", seconds: int = 60, megabytes: int = 1500
) -> Iterator[Ending]:
    """Read files through the public reader, each in a process with these limits of processor time and address space."""
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(root), "OPENBLAS_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1"}
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as worker:
        assert worker.stdin is not None and worker.stdout is not None
        for path in paths:
            asked = {"path": str(path), "engine": engine, "seconds": seconds, "megabytes": megabytes}
            print(json.dumps(asked), file=worker.stdin, flush=True)
            answer = json.loads(worker.stdout.readline())
            yield Ending(**{**answer, "warnings": tuple(answer.get("warnings", ()))})
        worker.stdin.close()


def _answer(path: str, engine: str) -> dict[str, object]:
    from extract.errors import CasesiftError
    from extract.reading import ocr, read

    ocr.find_spec = lambda name: None  # the same answers where OCR is installed
    try:
        source = read(path, engine=engine)
    except CasesiftError as error:
        return {"kind": "reason", "told": str(error)}
    except BaseException as error:
        return {"kind": "crash", "told": f"{type(error).__name__}: {error}"[:300]}
    assert source.boxes is None or len(source.boxes.page) == len(source.text)
    warnings = [f"page {w.page}: {w.message}" for w in source.warnings]
    return {"kind": "ok", "told": source.text[:200], "characters": len(source.text), "warnings": warnings[:50]}


def _child(end: int, path: str, engine: str, seconds: int, megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    answer = _answer(path, engine)
    answer["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    with os.fdopen(end, "w") as out:
        out.write(json.dumps(answer))


def _one(path: str, engine: str, seconds: int, megabytes: int) -> dict[str, object]:
    mine, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(mine)
        try:
            _child(theirs, path, engine, seconds, megabytes)
        finally:
            os._exit(0)
    os.close(theirs)
    ready, _, _ = select.select([mine], [], [], 8 * seconds)  # processor time is limited; this is for one that sleeps
    if not ready:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(mine) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if said:
        return dict(json.loads(said))
    signalled = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    hang = signalled in (signal.SIGKILL, signal.SIGXCPU)
    return {"kind": "hang" if hang else "crash", "told": f"signal {signalled}, status {status}"}


def _main() -> None:
    import extract.reading.pdfium  # noqa: F401  (what every fork would import)

    for line in sys.stdin:
        sys.stdout.write(json.dumps(_one(**json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
