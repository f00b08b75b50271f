"""`--since`: a run over only those files that have changed lately."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import datetime

from extract.errors import Code, PipelineError
from pipelines.inputs.addresses import Address
from pipelines.inputs.discover import Found

_AGE = re.compile(r"(\d+)\s*([mhdw])")
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def parse_since(text: str) -> float:
    """Seconds since 1970 of a date (2026-11-01, 2026-11-01T20:00; local time) or an age (90m, 12h, 7d, 2w).

    Raises:
        PipelineError: `usage`, when it is neither.
    """
    if age := _AGE.fullmatch(text.strip()):
        return time.time() - int(age[1]) * _SECONDS[age[2]]
    try:
        return datetime.fromisoformat(text.strip()).timestamp()
    except (ValueError, OverflowError):
        raise PipelineError(
            Code.USAGE, f"--since {text}: neither a date nor an age", mend="write 2026-11-01, 2026-11-01T20:00, 12h, 7d or 2w"
        ) from None  # fmt: skip


def changed_since(documents: Sequence[Found], since: float) -> tuple[Found, ...]:
    """Those whose bytes, name or place changed then or later; one that cannot be looked at is kept, so that it is told.

    The change time counts beside the modification time: a file copied with its old date is new here.
    """
    return tuple(f for f in documents if _changed(f) >= since)


def _changed(f: Found) -> float:
    if isinstance(f.path, Address):
        return f.path.changed
    try:
        status = f.path.stat()
    except OSError:
        return float("inf")
    return max(status.st_mtime, status.st_ctime)
