"""Where things that are slow to make are kept between runs, and how they are written there.

In: the name of a thing and a function that writes it into an empty folder. Out: the folder, or None when
nothing can be kept (a read-only home): then the caller works from memory. Nothing in the cache is ever
needed: it may be removed at any time.

The place: `$CASESIFT_CACHE`, else `$XDG_CACHE_HOME/casesift`, else the platform's own (`~/.cache/casesift`,
`~/Library/Caches/casesift`, `%LOCALAPPDATA%\\casesift\\cache`).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


def root() -> Path:
    """The cache folder; it need not exist."""
    if own := os.environ.get("CASESIFT_CACHE"):
        return Path(own)
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg) / "casesift"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "casesift" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "casesift"
    return Path.home() / ".cache" / "casesift"


def keep(name: str, write: Callable[[Path], None]) -> Path | None:
    """The folder `name` of the cache, written by `write` if it is not there.

    It is written beside its place and moved there whole, so that another process sees all of it or nothing;
    when two write at once, the first to finish stays. Returns None when the folder cannot be written.
    """
    place = root() / name
    if place.is_dir():
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=place.parent))
    except OSError:
        return None
    try:
        write(work)
        work.rename(place)
    except OSError:
        return place if place.is_dir() else None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return place


def drop(name: str) -> None:
    """Remove the folder `name`; no failure if it cannot be removed."""
    shutil.rmtree(root() / name, ignore_errors=True)


def drop_others(prefix: str, name: str) -> None:
    """Remove older folders of the same kind: those that begin with `prefix`, but not `name`."""
    for old in root().glob(f"{prefix}*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
