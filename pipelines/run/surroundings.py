"""What a run finds around it when cron or systemd starts it: perhaps no home, and a mask that lets everybody read what it writes.

Both are set for the process of the command and the workers it starts; nothing here is done for Python callers of `run`.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from pipelines.inputs.discover import printable

#: where in an output folder the index is kept that has no cache to be in
_NEAR = ("cache", "index")

#: what others than the owner may not do with outputs that hold patient data: the group may read, nobody else anything
_PRIVATE = 0o027


def keep_cache_near(out: Path) -> str:
    """Keep in the output folder what is slow to make, where there is no cache that can be written.

    Returns:
        What to tell of it, the first time; else an empty string.
    """
    from extract.cache_dir import root

    try:
        cache = root()
        if _writable(cache):
            return ""
        problem = f"the cache {printable(cache)} cannot be written"
    except RuntimeError:  # no HOME, and no such user
        problem = "there is no home folder for a cache"
    near = out.absolute().joinpath(*_NEAR)
    first = not near.exists()
    if not _writable(near):
        return ""
    os.environ["CASESIFT_CACHE"] = str(near)
    return f"{problem}: the index is kept in {printable(near)} (CASESIFT_CACHE names another place)" if first else ""


def keep_private(out: Path) -> None:
    """From now on others may read nothing that this process and its workers write, nor what is in the output folder already."""
    os.umask(os.umask(_PRIVATE) | _PRIVATE)
    for place in [out, *out.rglob("*")] if out.is_dir() else []:
        with suppress(OSError):
            if not place.is_symlink():
                place.chmod(stat.S_IMODE(place.stat().st_mode) & ~_PRIVATE)


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            return True
    except OSError:
        return False
