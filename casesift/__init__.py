"""casesift from Python: one import.

    import casesift

    result = casesift.read("papers/")           # files, folders, or a list of them
    result.treatments                           # a pandas data frame; `casesift.columns("treatments")` tells each column
    result.failed                               # {file: reason}; one bad file never ends the others
    result.report("paper.pdf")                  # in a notebook it shows itself: text, rows, the page

`casesift.questions` answers what people ask of the tables: drugs by indication, response of pain, what failed before what helped.
`casesift.load()` gives the language pipeline as a spaCy `Language`, `casesift.connect(OUT)` the tables of an output folder that
`casesift run` writes. This package only joins what stands in `extract` (one document) and `pipelines` (many).
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casesift.frames import columns
    from casesift.output import Output, connect
    from casesift.reading import Result, read
    from casesift.report import Extractor, Report
    from casesift.tables import Tables
    from extract.errors import CasesiftError
    from extract.language import load

__all__ = [
    "CasesiftError", "Extractor", "Output", "Report", "Result", "Tables", "columns", "connect", "load", "read",
]  # fmt: skip

_PLACES = {
    "CasesiftError": "extract.errors",
    "Extractor": "casesift.report",
    "Output": "casesift.output",
    "Report": "casesift.report",
    "Result": "casesift.reading",
    "Tables": "casesift.tables",
    "columns": "casesift.frames",
    "connect": "casesift.output",
    "load": "extract.language",
    "read": "casesift.reading",
}


def __getattr__(name: str) -> Any:
    """Import what needs pandas, spaCy or PDFium only when first asked for."""
    if name == "__version__":
        return version("casesift")
    if name == "questions":
        return import_module("casesift.questions")
    if name not in _PLACES:
        raise AttributeError(f"module 'casesift' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__", "questions"])
