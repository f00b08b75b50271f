"""How tables stand in spreadsheets that curators edit: which columns, in which order, and what marks a cell as untouched.

A sheet has all columns of its table, those a curator works with first, and three more: `why` (for the curator's reason),
`review` (a link to the page that shows the row) and `seen`: for each cell a short code of what it held. So `apply` tells a
cell that was edited from one that another run or another curator changed since, and an edit from what a spreadsheet did by
itself. `seen` outlives sorting, filtering and saving as CSV.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from extract import schema
from pipelines.catalog.datapackage import allowed
from pipelines.curation.fields import CURATED, PLACE, editable

WHY, LINK, SEEN = "why", "review", "seen"

#: where `casesift review` shows a row; the port is its usual one
ADDRESS = "http://127.0.0.1:{port}/d/{doc_id}#{row_id}"
PORT = 8765

#: the longest text a cell can hold, in Excel and in LibreOffice
LONGEST = 32_767

#: control characters that XML, and so a workbook, cannot hold
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff￾￿]")

_FIRST = ("file", "page", LINK, "curation", "evidence")
_LAST = ("section", "confidence", "doc_id", "start", "end", "x0", "top", "x1", "bottom")
_CODE = 4


@cache
def correctable(table: str) -> tuple[str, ...]:
    """The columns that may be edited in a sheet; where a fact stands is told, and moved on the review page."""
    return tuple(n for n in editable(table) if n not in PLACE)


@cache
def layout(table: str) -> tuple[str, ...]:
    """The columns of a table's sheet, in order."""
    names = schema.columns(schema.TABLES[table])
    if table not in CURATED:
        return tuple(names)
    key = schema.KEYS[table]
    first = [n for n in (key, *_FIRST) if n in names or n == LINK]
    last = [n for n in _LAST if n in names]
    middle = [n for n in names if n not in first and n not in last]
    return (*first, *middle, WHY, *last)


@cache
def choices(table: str, name: str) -> tuple[str, ...]:
    """The values a column may hold, in words; empty for free text and numbers."""
    if name == "curation":
        return ("accepted", "rejected")
    return tuple(allowed(schema.TABLES[table], name)) if name in correctable(table) else ()


def shown(text: str) -> str:
    """A text as a cell can hold it: without control characters, cut where it is too long."""
    text = UNWRITABLE.sub("", text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def canonical(value: Any) -> str:
    """A value as text, the same for all ways in which spreadsheets keep it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{value:.12g}"
        case _:
            return plain(shown(str(value)))


def plain(text: str) -> str:
    """A text with its line breaks and spaces in one form, without those at its ends."""
    return re.sub(r"\r\n?|_x000D_\n?", "\n", text).replace("\xa0", " ").strip()


def seen_code(table: str, row: Mapping[str, Any], last: int) -> str:
    """The cell of the column `seen`: number of the last decision the sheet holds, and a code of each value."""
    names = schema.columns(schema.TABLES[table])
    return f"s{last}.{code_of(' '.join(names))}." + "".join(code_of(canonical(row[n])) for n in names)


def seen_parts(table: str, text: str, columns: Sequence[str] = ()) -> tuple[int, dict[str, str]] | None:
    """Number and codes by column from such a cell; None when it is none, or was made of other columns.

    Args:
        columns: those it was made of, in the order of the table; all of today if not told.
    """
    names = columns or schema.columns(schema.TABLES[table])
    match = re.fullmatch(r"s(\d+)\.([\w-]{4})\.([\w-]*)", text.strip())
    if not match or match[2] != code_of(" ".join(names)) or len(match[3]) != _CODE * len(names):
        return None
    return int(match[1]), {n: match[3][_CODE * i : _CODE * (i + 1)] for i, n in enumerate(names)}


def same(value: Any, code: str) -> bool:
    """Whether a cell still holds what its code was made of."""
    return code_of(canonical(value)) == code


@lru_cache(4096)
def code_of(text: str) -> str:
    """A short code of a cell's canonical text."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:3]).decode()
