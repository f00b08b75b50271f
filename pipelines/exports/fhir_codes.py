"""Whether the codes of a FHIR resource are those its elements are bound to: the Python models of FHIR check shapes and no codes.

In: a resource as a dictionary. Out: nothing, or a ValueError that names the element and the code. The value sets stand in
`rules/fhir_codes.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def check(resource: Mapping[str, Any]) -> None:
    """Look at each bound element of a resource, and of those in a bundle.

    Raises:
        ValueError: a code is not in the value set of its element, or is told with another system.
    """
    kind = resource["resourceType"]
    for path, codes, system in _bindings():
        head, *names = path.split(".")
        if head != kind:
            continue
        for code, its_system in _at(resource, names):
            if code not in codes:
                raise ValueError(f"{path}: {code!r} is not one of {', '.join(sorted(codes))}")
            if system and its_system != system:
                raise ValueError(f"{path}: {code!r} is of {its_system}, not of {system}")
    for entry in resource.get("entry", ()):
        check(entry["resource"])


@cache
def _bindings() -> tuple[tuple[str, frozenset[str], str], ...]:
    text = files("pipelines.exports").joinpath("rules", "fhir_codes.toml").read_text(encoding="utf-8")
    return tuple((b["path"], frozenset(b["codes"]), b.get("system", "")) for b in tomllib.loads(text)["binding"])


def _at(value: Any, names: list[str]) -> Iterator[tuple[Any, str]]:
    """The values at a path below an element, each with the `system` beside it; a list stands for each of its items."""
    if isinstance(value, list):
        for item in value:
            yield from _at(item, names)
    elif isinstance(value, Mapping) and names[0] in value:
        below = value[names[0]]
        if len(names) > 1:
            yield from _at(below, names[1:])
        else:
            yield below, str(value.get("system", ""))
