"""Reading back what a run wrote, as a person's script would."""

from __future__ import annotations

import csv
import io
from pathlib import Path


def table(out: Path, name: str) -> list[dict[str, str]]:
    with (out / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def facts(out: Path) -> dict[str, list[dict[str, str]]]:
    """All tables without what differs from run to run: the seconds."""
    names = ("documents", "cases", "diagnoses", "treatments", "pain_scores", "records", "mentions")
    return {n: [{k: v for k, v in row.items() if k != "seconds"} for row in table(out, n)] for n in names}


def file_bytes(out: Path) -> dict[str, bytes]:
    """The bytes of every table; of documents.csv those without the seconds a document took."""
    told = {path.name: path.read_bytes() for path in out.glob("*.csv")}
    seconds = list(table(out, "documents")[0]).index("seconds")
    with (out / "documents.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row[:seconds] + row[seconds + 1 :] for row in csv.reader(stream)]
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return told | {"documents.csv": buffer.getvalue().encode()}
