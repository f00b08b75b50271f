"""The page itself: the template filled, the style, the script and the data put into it.

The data stand in the page as JSON and come to the screen as text nodes only, so nothing in a PDF or a file name can run; a
Content-Security-Policy with the script's own hash lets no other script run and loads nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from extract import schema
from pipelines.report.frames import SHOWN, rows_of
from pipelines.report.gather import Findings
from pipelines.report.plots import Plot
from pipelines.report.texts import Text
from pipelines.store import Store

#: columns that come with each row beside those of the page's tables: to filter by, and where its evidence is
_BESIDE = ("doc_id", "page", "start", "end", "section", "evidence", "title", "dose_unit", "span", "vehicle_name")

#: where `casesift review` answers unless it is told otherwise; it lets a link from this page in where the browser has been let in before
REVIEW = "http://127.0.0.1:8765"

#: rows of a table that are in the page, in document order: a browser still sorts and filters them at once
MOST_ROWS = 30_000

_TITLES = {name: row.table.title for name, row in schema.TABLES.items()}


def render(store: Store, findings: Findings, plots: Sequence[Plot], texts: dict[str, Text]) -> str:
    """The page as HTML."""
    script = asset("report.js")
    documents = len(findings.frames["documents"])
    return (
        environment()
        .get_template("report.html")
        .render(
            name=store.path.parent.resolve().name,
            made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            version=version("casesift"),
            pipelines=sorted({p for p in findings.frames["documents"]["pipeline"] if p}),
            findings=findings,
            plots=[{"name": p.name, "told": p.description, "svg": Markup(p.svg)} for p in plots],
            left_out=documents - len(texts),
            cut=[
                (_TITLES[n].lower(), n, len(findings.frames[n])) for n in SHOWN if len(findings.frames[n]) > MOST_ROWS
            ],
            most_rows=MOST_ROWS,
            data=_data(findings, texts),
            style=Markup(asset("report.css")),
            script=Markup(script),
            script_hash="sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def in_page(value: Any) -> Markup:
    """JSON that can stand in a <script> element: no character of it ends the element or opens a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def environment() -> Environment:
    """Templates of this room: every value is escaped, and one that is not given is an error."""
    made = Environment(
        loader=PackageLoader("pipelines.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.filters["json"] = in_page
    return made


def asset(name: str) -> str:
    """The style or the script of a page."""
    return (files("pipelines.report") / "templates" / name).read_text(encoding="utf-8")


def _data(findings: Findings, texts: dict[str, Text]) -> dict[str, Any]:
    tables = {}
    for name, shown in SHOWN.items():
        frame = findings.frames[name]
        row_id = schema.columns(schema.TABLES[name])[0]
        columns = [*shown, *(c for c in (row_id, *_BESIDE) if c in frame.columns and c not in shown)]
        columns = list(dict.fromkeys(columns))
        rows = [_row(row, texts) for row in rows_of(frame[columns].head(MOST_ROWS))]
        tables[name] = {
            "title": _TITLES[name], "shown": list(shown), "columns": columns, "id": row_id,
            "rows": [[row[c] for c in columns] for row in rows],
        }  # fmt: skip
    documents = {
        doc_id: {"text": t.text, "missing": t.missing, "marks": [list(m) for m in t.marks]}
        for doc_id, t in texts.items()
    }
    return {"tables": tables, "texts": documents, "review": REVIEW}


def _row(row: dict[str, Any], texts: dict[str, Text]) -> dict[str, Any]:
    plain = {column: _plain(value) for column, value in row.items()}
    text = texts.get(plain["doc_id"])
    for edge in ("start", "end"):
        if text is not None and plain.get(edge) is not None:
            plain[edge] = text.units(plain[edge])
    return plain


def _plain(value: Any) -> Any:
    """A value of a frame as JSON has it; numbers whole where they are."""
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 4)
    return value
