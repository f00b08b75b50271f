"""Language: a `SourceText` becomes a spaCy `Doc` with labelled, asserted, coded spans.

    nlp = extract.language.load()
    doc = extract.language.analyse(nlp, source)
    for span in extract.language.mentions(doc, "drug"): ...

Each stage is a registered spaCy factory of its own file and can be used alone in anybody's pipeline; the
order and the settings stand in `extract/pipeline.cfg`. What the stages write is told in `spans`. spaCy is imported when a pipeline
is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from extract.language.digest import fingerprint

if TYPE_CHECKING:
    from extract.language.pipeline import analyse, load, pipe
    from extract.language.spans import mentions

__all__ = ["analyse", "fingerprint", "load", "mentions", "pipe"]

_PLACES = {
    "analyse": "pipeline",
    "load": "pipeline",
    "pipe": "pipeline",
    "mentions": "spans",
}


def __getattr__(name: str) -> Any:
    """Import what needs spaCy only when first asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module 'extract.language' has no attribute {name!r}")
    return getattr(import_module(f"extract.language.{_PLACES[name]}"), name)
