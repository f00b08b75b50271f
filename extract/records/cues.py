"""The cues of `rules/*.csv` by file and kind, see `rule_files`."""

from __future__ import annotations

import re

from extract.records.rule_files import PATTERNS


def cue(kind: str, name: str = "cues.csv") -> re.Pattern[str]:
    """All patterns of one kind as one expression. Raises KeyError for a kind the file does not have."""
    return PATTERNS[name].pattern(kind)
