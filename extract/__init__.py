"""What one case report says. `Extractor()(path)` gives a `Report`; `read(path)` the text with its places on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extract.errors import CasesiftError, Code
from extract.schema import Report

if TYPE_CHECKING:
    from extract.extractor import Extractor
    from extract.reading import read

__all__ = ["CasesiftError", "Code", "Extractor", "Report", "read"]


def __getattr__(name: str) -> Any:
    """Load the heavy parts (spaCy, pdfplumber) only when first asked for."""
    if name == "Extractor":
        from extract.extractor import Extractor

        return Extractor
    if name == "read":
        from extract.reading import read

        return read
    raise AttributeError(f"module 'extract' has no attribute {name!r}")
