"""The cues of `rules/*.csv`, compiled once.

A cue file has a `kind` and a `pattern` column and comment lines that begin with "#". All patterns of one kind become one
regular expression, case ignored, matched at word starts.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a rule file of this package, comments left out."""
    text = files("extract.records").joinpath("rules", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if line.strip() and not line.startswith("#")))


@cache
def cue(kind: str, name: str = "cues.csv") -> re.Pattern[str]:
    """All patterns of one kind as one expression. Raises KeyError for a kind the file does not have."""
    patterns = [r["pattern"] for r in rows(name) if r["kind"] == kind]
    if not patterns:
        raise KeyError(kind)
    return re.compile(r"(?<![\w-])(?:" + "|".join(f"(?:{p})" for p in patterns) + ")", re.IGNORECASE)
