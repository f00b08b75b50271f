"""Reading back what a run wrote, as a person's script would."""

from __future__ import annotations

import csv
from pathlib import Path


def table(out: Path, name: str) -> list[dict[str, str]]:
    with (out / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def facts(out: Path) -> dict[str, list[dict[str, str]]]:
    """All tables without what differs from run to run: the seconds."""
    names = ("documents", "cases", "diagnoses", "treatments", "pain_scores", "records", "mentions")
    return {n: [{k: v for k, v in row.items() if k != "seconds"} for row in table(out, n)] for n in names}
