"""The rows of the rule and vocabulary files of this room, as they are written; the columns are declared in `rule_files`."""

from __future__ import annotations

from collections.abc import Iterator

import extract.language.rule_files  # noqa: F401  (declares the files)
from extract.rules import declared


def read_table(path: str) -> Iterator[dict[str, str]]:
    """The rows of `path` (relative to extract/language), checked; cells stripped, absent cells empty.

    Raises:
        LanguageError: a row is broken; with file, line and what is allowed.
    """
    file = declared()[f"language/{path}"]
    for row in file:
        yield {name: row.written.get(name, "").strip() for name in file.columns}
