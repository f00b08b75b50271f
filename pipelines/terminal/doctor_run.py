"""`casesift doctor --run`: one report that comes with casesift is read from end to end, as a run reads it.

In: the bundled PDF. Out: findings like those of `doctor`: what was read, how long it took against the last time on this machine, and
how much memory the worker took. The last time is kept in the cache.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from extract.errors import CasesiftError, PipelineError
from pipelines.engines.processing import DefaultExtractor, Limits, MakeExtractor
from pipelines.terminal.doctor import Finding
from pipelines.terminal.single import report_of

SAMPLE = Path(__file__).with_name("doctor_sample.pdf")

#: what the sample says, and must be found in it
_DRUG = "colchicine"

#: times as long as the last time from which on it is told
_SLOWER = 2.0


def check_run(make: MakeExtractor | None = None) -> Iterator[Finding]:
    """Read the sample in a worker process."""
    began = time.perf_counter()
    try:
        report = report_of(SAMPLE, make or DefaultExtractor(), Limits(1, 900.0, 4096))
    except CasesiftError as error:
        yield Finding("fail", "run", f"the sample cannot be read ({error.what})", error.mend)
        return
    seconds = time.perf_counter() - began
    drugs = ", ".join(f"{t.drug} {t.dose_text}".strip() for t in report.treatments)
    if _DRUG in drugs:
        yield Finding("ok", "run", f"the sample was read from end to end: {drugs}")
    else:
        message = f"the sample was read, but not its drug (found: {drugs or 'nothing'})"
        yield Finding("fail", "run", message, "reinstall casesift: model or vocabularies are damaged")
    yield _speed(seconds)
    yield from _memory()


def _speed(seconds: float) -> Finding:
    """Seconds with starting, against the last time with the same casesift on this machine."""
    from extract.cache_dir import root

    message, now = f"{seconds:.1f} s with starting", version("casesift")
    with suppress(RuntimeError):
        notes = root() / "doctor.json"
        last = 0.0
        with suppress(OSError, ValueError, TypeError, KeyError):
            note = json.loads(notes.read_text("utf-8"))
            last = float(note["seconds"]) if note["version"] == now else 0.0
        with suppress(OSError):
            notes.parent.mkdir(parents=True, exist_ok=True)
            notes.write_text(json.dumps({"version": now, "seconds": round(seconds, 2)}), "utf-8")
        if last:
            message += f"; {last:.1f} s the last time"
            if seconds > last * _SLOWER:
                mend = "is the machine busy? the first time after an installation an index is built"
                return Finding("warn", "speed", message, mend)
    return Finding("ok", "speed", message)


def _memory() -> Iterator[Finding]:
    with suppress(ImportError, PipelineError):  # `resource` is not everywhere
        import resource
        import sys

        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        yield Finding(
            "ok", "memory", f"{peak / (2**20 if sys.platform == 'darwin' else 2**10):,.0f} MB at most in a worker"
        )
