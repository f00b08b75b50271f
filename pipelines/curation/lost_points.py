"""Numbers whose decimal point a spreadsheet took for a thousands mark: "0.375" opened as German CSV is 375.

In: a sheet's lines and the rows they are of. A single number may be an edit (0.375 g, 375 mg); that points were lost is certain where cells
which nobody can edit, as `confidence`, lost theirs, or all numbers that can lose one. Then all numbers of the sheet that are what they were without the point get it back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pipelines.curation.cells import PERCENT, Line
from pipelines.curation.sheets import canonical, plain
from pipelines.files.csv_cells import undefused

#: digits with a mark before every three of them but the first, as thousands are written
_GROUPED = re.compile(r"([-+]?)(\d{1,3})((?:\.\d{3})+|(?:,\d{3})+)(\s?%)?")

#: cells without their points by which a sheet is recognised: such as nobody can edit; any, where all but this share of them are so
_FIXED, _ANY, _KEPT = 3, 4, 0.1


def ungrouped(text: str) -> str:
    """A number as a program has it that takes its point or comma for a thousands mark: "0.375%" is "375%"; empty when it would not."""
    match = _GROUPED.fullmatch(text)
    if not match:
        return ""
    digits = re.sub(r"\D", "", match[2] + match[3]).lstrip("0") or "0"
    return f"{match[1].lstrip('+')}{digits}{(match[4] or '').strip()}"


def put_back(lines: Mapping[str, Line], rows: Mapping[str, Mapping[str, Any]], fixed: Collection[str]) -> int:
    """Give numbers their points back; how many there were, 0 in a sheet whose points are as they were.

    Args:
        lines: by row identifier.
        fixed: the columns that nobody can edit.
    """
    grouped = [
        (line, name, rows[row_id][name])
        for row_id, line in lines.items()
        for name, cell in line.cells.items()
        if isinstance(rows[row_id].get(name), float | str)
        and cell.kind != PERCENT
        and ungrouped(canonical(rows[row_id][name]))
    ]
    lost = [
        (line, name, value)
        for line, name, value in grouped
        if _shown(line.cells[name].value) == ungrouped(canonical(value))
    ]
    if sum(name in fixed for _, name, _ in lost) < _FIXED and len(lost) < max(_ANY, (1 - _KEPT) * len(grouped)):
        return 0
    for line, name, value in lost:
        line.cells[name] = replace(line.cells[name], value=value)
    return len(lost)


def _shown(value: Any) -> str:
    return plain(undefused(value)) if isinstance(value, str) else canonical(value)
