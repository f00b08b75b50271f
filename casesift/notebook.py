"""What a Report looks like in a notebook: its text with coloured mentions, its rows, and the page they stand on with boxes.

In: a `Report`, whose file is read again for the text and drawn by PDFium for the page. Out: HTML that needs nothing beside it: no
script, no style sheet, no file. All that a paper says is escaped. A file that is gone leaves the rows, and a line that says so.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from extract import schema
from extract.document import SourceText
from extract.errors import CasesiftError
from pipelines.review.pages import drawn, sizes

#: background of a mention of each label: dark letters are readable on all of them
COLOURS = {
    "diagnosis": "#ffc9c9", "drug": "#a5d8ff", "dose": "#b2f2bb", "volume": "#c3fae8", "ratio": "#d8f5a2", "form": "#e9ecef",
    "vehicle": "#eebefa", "route": "#99e9f2", "site": "#ffe8cc", "frequency": "#fff3bf", "duration": "#ffec99",
    "age": "#dee2e6", "sex": "#dee2e6", "pain_score": "#ffd8a8",
}  # fmt: skip

#: the tables that are shown, and the columns that are not: identifiers, places, and what another column says as it is written
_TABLES = ("cases", "diagnoses", "treatments", "pain_scores", "therapies", "adverse_events")
_HIDDEN = {
    "doc_id", "case_id", "file", "x0", "top", "x1", "bottom", "start", "end", "section", "evidence", "outcome_text", "code_score",
    "diagnosis_id", "treatment_id", "pain_id", "therapy_id", "also", "code_system", "dose_value", "dose_value_max", "dose_unit", "volume_ml", "route_text",
    "per_day", "days", "age_text", "dose_gy",
}  # fmt: skip

#: most characters of a cell, and pixels of a page's width
_CELL, _WIDTH = 90, 700

_BOX = "border:1px solid #ced4da;border-radius:4px;padding:.6em .8em;margin:.4em 0;background:#fff;color:#212529"


class Shown(Protocol):
    """A report that knows its file: what a `casesift.Report` is."""

    document: schema.Document
    mentions: tuple[schema.Mention, ...]

    @property
    def path(self) -> Path | None:
        """Where its file stood."""

    def source(self) -> SourceText:
        """The text of the file."""

    def rows(self, table: str) -> Sequence[Any]:
        """The rows of a table."""

    def frame(self, table: str) -> pd.DataFrame:
        """The same as a frame."""


def page_of(report: Shown, pages: Sequence[int] | None = None) -> str:
    """The whole of it as HTML; `pages` as for `Report.html`."""
    parts = [_heading(report)]
    try:
        source = report.source()
    except CasesiftError as error:
        parts.append(f'<p style="color:#c92a2a">The text cannot be shown: {escape(str(error))}</p>')
        source = None
    if source is not None:
        text = f'<pre style="white-space:pre-wrap;font:inherit;max-height:24em;overflow:auto;{_BOX}">{marked(source.text, report.mentions)}</pre>'
        parts += [_legend(report.mentions), text]
    parts += [_table(report, table) for table in _shown() if report.rows(table)]
    if source is not None and source.boxes is not None:
        wanted = list(pages) if pages is not None else _fullest(report)
        parts += [_page(report, source, page) for page in wanted]
    return f'<div class="casesift" style="font:14px/1.5 system-ui,sans-serif">{"".join(parts)}</div>'


def _heading(report: Shown) -> str:
    d = report.document
    where = ", ".join(
        escape(str(v)) for v in (d.journal, d.year, d.doi and f"doi:{d.doi}", d.pages and f"{d.pages} pages") if v
    )
    state = "" if d.status == "ok" else f'<br><b style="color:#c92a2a">{escape(d.status)}: {escape(d.reason)}</b>'
    return f"<p><b>{escape(d.title or d.file)}</b><br>{escape(d.file)}{', ' if where else ''}{where}{state}</p>"


def marked(text: str, mentions: Iterable[schema.Mention]) -> str:
    """The text, escaped, with each mention in the colour of its label; one that only partly overlaps an earlier one is not marked."""
    spans = sorted(
        {(m.start, m.end, m.label, m.assertion) for m in mentions if 0 <= m.start < m.end <= len(text)},
        key=lambda s: (s[0], -s[1], s[2]),
    )
    out: list[str] = []
    open_until: list[int] = []
    at = 0

    def go_to(place: int) -> None:
        nonlocal at
        while open_until and open_until[-1] <= place:
            end = open_until.pop()
            out.append(f"{escape(text[at:end])}</mark>")
            at = end
        out.append(escape(text[at:place]))
        at = place

    for start, end, label, assertion in spans:
        go_to(start)
        if open_until and end > open_until[-1]:
            continue
        title = escape(f"{label}: {assertion}" if assertion else label)
        out.append(f'<mark title="{title}" style="background:{_colour(label)};color:#212529;border-radius:2px">')
        open_until.append(end)
    go_to(len(text))
    return "".join(out)


def _colour(label: str) -> str:
    return COLOURS.get(label, "#e9ecef")


def _legend(mentions: Sequence[schema.Mention]) -> str:
    counts = Counter(m.label for m in mentions)
    marks = (
        f'<span style="background:{_colour(label)};color:#212529;border-radius:2px;padding:0 .3em">{escape(label)} {counts[label]}</span>'
        for label in COLOURS if counts[label]
    )  # fmt: skip
    return f"<p>{' '.join(marks)}</p>"


def _table(report: Shown, table: str) -> str:
    rows = report.frame(table)
    shown = [c for c in rows.columns if c not in {*_HIDDEN, schema.KEYS[table]} and not rows[c].isna().all()]
    body = rows[shown].astype(object).where(rows[shown].notna(), "").map(_cell)
    with pd.option_context("display.max_colwidth", None):
        html = body.to_html(index=False, border=0, escape=True, justify="left")
    return f'<p><b>{escape(table.replace("_", " "))}</b></p><div style="overflow-x:auto">{html}</div>'


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    told = f"{value:g}" if isinstance(value, float) else str(value)
    return told if len(told) <= _CELL else f"{told[: _CELL - 1]}…"


def _shown() -> tuple[str, ...]:
    return (*_TABLES, *schema.TABLES.makers)


def _facts(report: Shown) -> Iterator[schema.Evidence]:
    for table in _shown():
        yield from (row for row in report.rows(table) if isinstance(row, schema.Evidence))


def _fullest(report: Shown) -> list[int]:
    """The page with most facts, the earliest of several; the first one when there are none."""
    counts = Counter(fact.page for fact in _facts(report) if fact.page)
    return [min(counts, key=lambda page: (-counts[page], page)) if counts else 1]


def _page(report: Shown, source: SourceText, page: int) -> str:
    """A picture of a page with each mention on it boxed, a box for each line of print."""
    assert report.path is not None
    sha = report.document.sha256
    try:
        size = sizes(report.path, sha)[page - 1] if page > 0 else None
        picture = drawn(report.path, sha, page, _WIDTH)
    except (CasesiftError, IndexError) as error:
        return f"<p>Page {page} cannot be shown: {escape(str(error))}</p>"
    assert size is not None
    boxes = (
        f'<div title="{escape(f"{m.label}: {m.text}")}" style="position:absolute;box-sizing:border-box;background:{_colour(m.label)};'
        f"mix-blend-mode:multiply;outline:1px solid #868e96;left:{100 * b.x0 / size.width:.2f}%;top:{100 * b.top / size.height:.2f}%;"
        f'width:{100 * (b.x1 - b.x0) / size.width:.2f}%;height:{100 * (b.bottom - b.top) / size.height:.2f}%"></div>'
        for m in report.mentions if m.page is not None and m.start < m.end
        for b in source.lines(m.start, m.end) if b.page == page
    )  # fmt: skip
    data = base64.b64encode(picture).decode("ascii")
    return (
        f'<p><b>page {page}</b></p><div style="position:relative;width:{_WIDTH}px;max-width:100%;border:1px solid #ced4da">'
        f'<img alt="page {page}" style="display:block;width:100%" src="data:image/jpeg;base64,{data}">{"".join(boxes)}</div>'
    )
