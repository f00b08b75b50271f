"""Expressions compiled once and kept between runs. Ground floor of the rules.

`re` needs two seconds to compile the large expressions of this package, at every start of every process. What it makes of one is
a list of whole numbers for its matching engine; those lists are kept in a file of the cache folder, and handed to the engine
again. The engine checks such a list before it takes it. The file holds numbers and names alone (no pickle), begins with the
hash of the rest, and belongs to one build of Python; where it is missing, broken or of another Python, `re` compiles as ever.

    pattern = compiled(source, re.IGNORECASE)  # equals re.compile(source, re.IGNORECASE)
    keep()                                     # after loading: writes what was new, does nothing where nothing was

Other things that are slow to make of a source are kept beside them (`derived`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import sys
import tempfile
from array import array
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from extract import cache_dir

Derived = TypeVar("Derived")

log = logging.getLogger(__name__)

#: 4: the layout of the file; which engine the numbers are of, its `MAGIC` in the file tells
_NAME = f"expressions-4-{sys.implementation.cache_tag}-{sys.hexversion:x}-{sys.byteorder}"
#: below this many characters `re` compiles quicker than the cache is asked
_LARGE = 200
#: kept of what this process may not have asked for: of another version, or of a user's vocabulary
_UNUSED = 1000

#: what makes an expression again: flags, numbers of the engine, how many groups, names and numbers of groups
_Entry = tuple[int, "array[int]", int, dict[str, int]]
_used: dict[str, _Entry] = {}
_derived: dict[str, Any] = {}
_new: set[str] = set()


def compiled(source: str, flags: int = 0) -> re.Pattern[str]:
    """The same as `re.compile(source, flags)`, quicker where it was compiled in an earlier run. Raises re.error."""
    if len(source) < _LARGE:
        return re.compile(source, flags)
    flags = int(flags)
    key = _key(source, flags)
    engine = _engine()
    if engine is None:
        return re.compile(source, flags)
    entry = _used.get(key) or _kept()[0].get(key)
    try:
        if entry is None:
            entry = _compile(source, flags)
            _new.add(key)
        _used[key] = entry
        all_flags, code, groups, numbers = entry
        names: list[str | None] = [None] * (groups + 1)
        for name, number in numbers.items():
            names[number] = name
        pattern: re.Pattern[str] = engine.compile(source, all_flags, code.tolist(), groups, dict(numbers), tuple(names))
    except (AttributeError, TypeError, ValueError, IndexError, OverflowError, RuntimeError) as error:
        log.debug("an expression is compiled anew (%s)", error)
        _used.pop(key, None)
        _new.discard(key)
        return re.compile(source, flags)
    return pattern


def derived(kind: str, source: str, make: Callable[[], Derived]) -> Derived:
    """What `make` makes of a source, kept like the expressions: text, numbers, and lists of them. `kind` names what it is."""
    key = f"{kind} {_key(source, 0)}"
    if key not in _derived:
        kept = _kept()[1]
        _derived[key] = kept[key] if key in kept else make()
        if key not in kept:
            _new.add(key)
    value: Derived = _derived[key]
    return value


def keep() -> None:
    """Write the expressions that were compiled since, with those of the file; no failure where nothing can be written."""
    if not _new:
        return
    kept, kept_derived = _kept()
    entries = dict(list(kept.items())[:_UNUSED]) | _used
    values = dict(list(kept_derived.items())[:_UNUSED]) | _derived
    _new.clear()
    place = _place()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{_NAME}-", dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(_written(entries, values))
        Path(name).replace(place)
    except OSError as error:
        log.debug("compiled expressions cannot be kept (%s)", error)


def forget() -> None:
    """As in a fresh process: nothing read, nothing compiled."""
    _used.clear()
    _derived.clear()
    _new.clear()
    _kept.cache_clear()


def _key(source: str, flags: int) -> str:
    return hashlib.sha256(f"{flags} {source}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


@cache
def _engine() -> Any:
    """The matching engine of `re`; None where this Python has another."""
    try:
        engine = import_module("_sre")
        return engine if array("I").itemsize == engine.CODESIZE else None
    except (ImportError, AttributeError):
        return None


def _compile(source: str, flags: int) -> _Entry:
    """What `re` makes of a source. Raises re.error; AttributeError where this Python's `re` is built otherwise."""
    parsed = import_module("re._parser").parse(source, flags)
    numbers = import_module("re._compiler")._code(parsed, flags)
    state = parsed.state
    return int(flags | state.flags), array("I", map(int, numbers)), state.groups - 1, dict(state.groupdict)


def _place() -> Path:
    return cache_dir.root() / _NAME


@cache
def _kept() -> tuple[dict[str, _Entry], dict[str, Any]]:
    """The expressions of the file, and what was derived from sources; none where there is no whole file of this Python."""
    try:
        return _read(_place().read_bytes())
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.debug("no compiled expressions are kept (%s)", error)
        return {}, {}


def _written(entries: dict[str, _Entry], values: dict[str, Any]) -> bytes:
    """The file of some expressions: the hash of the rest, an index in JSON, the numbers of all."""
    index, numbers = [], array("I")
    for key, (flags, code, groups, names) in entries.items():
        index.append([key, flags, len(code), groups, names])
        numbers.extend(code)
    head = json.dumps({"engine": _engine().MAGIC, "index": index, "derived": values}).encode()
    rest = head + b"\n" + numbers.tobytes()
    return hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest


def _read(content: bytes) -> tuple[dict[str, _Entry], dict[str, Any]]:
    """What stands in a file. Raises ValueError where it is not whole."""
    digest, _, rest = content.partition(b"\n")
    if hashlib.sha256(rest).hexdigest().encode() != digest:
        raise ValueError("the file is not whole")
    head, _, codes = rest.partition(b"\n")
    contents = json.loads(head)
    if contents["engine"] != _engine().MAGIC:
        raise ValueError("the file is of another engine")
    numbers = array("I")
    numbers.frombytes(codes)
    entries, at = {}, 0
    for key, flags, length, groups, names in contents["index"]:
        entries[key] = (flags, numbers[at : at + length], groups, names)
        at += length
    return entries, contents["derived"]
