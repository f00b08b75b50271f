"""A Doc made from a file can be stored and sent: `DocBin`, `doc.to_bytes`, `nlp.pipe(n_process=2)`.

spaCy writes `doc.user_data` with msgpack, which knows nothing of a `SourceText`. The two functions here tell it; they are entry points
of srsly (`srsly_msgpack_encoders`, `srsly_msgpack_decoders`), so they hold wherever this package is installed, imported or not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from extract import document

#: the key under which the name of the class stands
KEY = "casesift.document"
_CLASSES: dict[str, Callable[..., Any]] = {
    c.__name__: c
    for c in (
        document.SourceText, document.Section, document.Furniture, document.Citation, document.PageWarning, document.Box,
        document.CharBoxes, document.Doubt,
    )
}  # fmt: skip


def encode(obj: Any, chain: Callable[[Any], Any] | None = None) -> Any:
    """A dataclass of `extract.document` as a mapping; anything else as the next encoder has it."""
    name = type(obj).__name__
    if _CLASSES.get(name) is type(obj):
        return {KEY: name, **{f.name: getattr(obj, f.name) for f in fields(obj)}}
    return obj if chain is None else chain(obj)


def decode(obj: Any, chain: Callable[[Any], Any] | None = None) -> Any:
    """The dataclass that `encode` made a mapping of; anything else as the next decoder has it."""
    if isinstance(obj, Mapping) and KEY in obj:
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in obj.items() if k != KEY}
        return _CLASSES[obj[KEY]](**values)
    return obj if chain is None else chain(obj)
