"""Reads the vocabularies and rule files of this package: comma-separated, a header, '#' lines are comments."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path


def read_table(path: str) -> Iterator[dict[str, str]]:
    """The rows of `path` (relative to extract/language) as dictionaries, cells stripped, absent cells empty."""
    text = (Path(__file__).parent / path).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    for row in csv.DictReader(lines, strict=True):
        yield {key: (value or "").strip() for key, value in row.items() if key is not None}
