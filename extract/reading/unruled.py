"""Tables without rules, or with a single one: found by their caption and by cells that stand in columns.

words of a page -> **tables**, and the words without them. Under a line that begins "Table 1" the rows are taken as long
as most of them fall into short cells; what reads as running text ends the table. The column of the page a caption stands
in bounds its table, unless the table's rows go on across the gutter.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from extract.reading.columns import cut
from extract.reading.glyphs import RawPage
from extract.reading.lines import Word, rows_of, segments_of
from extract.reading.table_rules import captions_of, horizontal_rules, in_body_print
from extract.reading.tables import Table, columns_of, read_table

_Row = list[list[Word]]

CELL_WORDS = 6.0
"""Most words a cell holds on the average: running text in columns has more."""
LEAST_ROWS = 3
"""Fewest rows of several cells."""


def take_unruled(page: RawPage, words: list[Word], body: tuple[str, float], ruled: Sequence[Table]) -> list[Table]:
    """Cut tables without rules out of `words` (changed in place). `ruled` are the page's tables that were found by rules."""
    tables: list[Table] = []
    captions = captions_of(words)
    for x0, _, top, bottom in captions:
        if any(t.x0 - 5 <= x0 <= t.x1 and (-14 < t.top - bottom < 70 or 0 <= top - t.bottom < 20) for t in ruled):
            continue
        limit = min((c[2] for c in captions if c[2] > bottom), default=page.height)
        columns = _columns_of_text(words, body)
        for left, right in _bounds(page, columns, x0):
            rows = _rows_under(words, left, right, bottom, limit, body, page.width, columns)
            if rows is not None:
                table = _table(page, rows)
                gone = {id(w) for row in rows for segment in row for w in segment}
                words[:] = [w for w in words if id(w) not in gone]
                tables.append(table)
                break
    return tables


def _columns_of_text(words: list[Word], body: tuple[str, float]) -> list[tuple[float, float]]:
    """Where the page's columns of running text begin and end (x)."""
    return [(r.x0, r.x1) for r in cut(words) if sum(in_body_print(w, body) for w in r.words) > 40 and r.x1 - r.x0 > 100]


def _bounds(page: RawPage, columns: list[tuple[float, float]], x0: float) -> list[tuple[float, float]]:
    """Where a table whose caption begins at `x0` may stand: across the page, or in the column of running text there."""
    out = [(0.0, page.width)]
    for a, b in columns:
        beside = [c for c in columns if c[0] > b or c[1] < a]
        if beside and a - 8 <= x0 <= b:
            out.append((a - 8, min((c[0] for c in beside if c[0] > b), default=page.width) - 1))
    return sorted(set(out), key=lambda span: span[0] - span[1])


def _rows_under(
    words: Sequence[Word],
    left: float,
    right: float,
    top: float,
    limit: float,
    body: tuple[str, float],
    page_width: float,
    columns: list[tuple[float, float]],
) -> list[_Row] | None:
    """The rows of a table that begins under `top`, each as its cells' words; None when what stands there is no table."""
    under = [w for w in words if left <= (w.x0 + w.x1) / 2 <= right and top - 1 <= (w.top + w.bottom) / 2 < limit]
    rows = [sorted(r, key=lambda w: w.x0) for r in rows_of(under)]
    rows.sort(key=_base)
    begun = False
    taken: list[_Row] = []
    previous = top
    for row in rows:
        size = statistics.median(w.size for w in row)
        segments = segments_of(row, size)
        apart = _base(row) - previous
        if apart > (3.2 if begun else 5.0) * size:
            break
        previous = _base(row)
        if len(segments) > 1:
            begun = True
        elif not begun:  # the caption's further lines
            if len(taken) + 1 > 6:
                return None
            continue
        elif _is_line_of_text(segments[0], right - left, body):
            break
        first = taken[0][0] if taken else segments[0]
        if _holds_text(segments, first, page_width, columns, body):
            break
        taken.append(segments)
    while taken and len(taken[-1]) < 2 and not _ends_cell(taken):
        taken.pop()
    return taken if _falls_into_cells(taken) else None


def _ends_cell(rows: Sequence[_Row]) -> bool:
    """Whether the last row is the end of a cell of the row above: set close under it and no wider than its column."""
    if len(rows) < 2 or len(rows[-2]) < 2:
        return False
    (last,), above = rows[-1], rows[-2]
    close = _base(last) - _base(above[0]) < 1.25 * last[0].size
    nearest = min(range(len(above)), key=lambda k: abs(above[k][0].x0 - last[0].x0))
    right = above[nearest + 1][0].x0 if nearest + 1 < len(above) else above[nearest][-1].x1 + 2 * last[0].size
    return close and abs(above[nearest][0].x0 - last[0].x0) < last[0].size and last[-1].x1 < right


def _holds_text(
    segments: _Row,
    first: Sequence[Word],
    page_width: float,
    columns: list[tuple[float, float]],
    body: tuple[str, float],
) -> bool:
    """Whether a row has a line of running text in it; `first` is the table's first cell."""
    return any(
        (len(s) > CELL_WORDS and _is_column_line(s, page_width, body))
        or (len(s) > 2 and (_fills_column(s, columns, body) or _stands_beside(s, first, columns, body)))
        for s in segments
    )


def _falls_into_cells(rows: Sequence[_Row]) -> bool:
    """Whether most of these rows have several short cells, which stand in columns."""
    several = [row for row in rows if len(row) > 1]
    if len(several) < LEAST_ROWS or len(several) < 0.5 * len(rows):
        return False
    cells = [segment for row in several for segment in row]
    if sum(len(c) for c in cells) > CELL_WORDS * len(cells):
        return False
    columns = columns_of(list(rows), statistics.median(w.size for c in cells for w in c))
    return len(columns) >= 2 and sum(len(row) == len(columns) for row in rows) >= 0.4 * len(rows)


def _is_line_of_text(segment: Sequence[Word], width: float, body: tuple[str, float]) -> bool:
    wide = segment[-1].x1 - segment[0].x0 > 0.55 * min(width, 500)
    return wide or (len(segment) > 8 and all(in_body_print(w, body) for w in segment))


def _is_column_line(segment: Sequence[Word], page_width: float, body: tuple[str, float]) -> bool:
    """Whether a segment is a line of running text in one of the page's columns."""
    return segment[-1].x1 - segment[0].x0 > 0.28 * page_width and all(in_body_print(w, body) for w in segment)


def _fills_column(segment: Sequence[Word], columns: list[tuple[float, float]], body: tuple[str, float]) -> bool:
    """Whether a segment is a line of running text that reaches from edge to edge of a column that stands beside others."""
    x0, x1, size = segment[0].x0, segment[-1].x1, segment[0].size
    return len(columns) > 1 and any(
        abs(x0 - a) < 0.5 * size
        and x1 > b - 3 * size
        and x1 < b + size
        and all(in_body_print(w, body) for w in segment)
        for a, b in columns
    )


def _stands_beside(
    segment: Sequence[Word], first: Sequence[Word], columns: list[tuple[float, float]], body: tuple[str, float]
) -> bool:
    """Whether a segment is a line of running text at the edge of a column, beside a table that begins in another, in print of its own."""
    size = segment[0].size
    at_edge = any(abs(segment[0].x0 - a) < 0.5 * size and first[0].x0 < a - size for a, _ in columns[1:])
    return at_edge and all(in_body_print(w, body) for w in segment) and not any(in_body_print(w, body) for w in first)


def _table(page: RawPage, rows: Sequence[_Row]) -> Table:
    every = [w for row in rows for segment in row for w in segment]
    x0, x1 = min(w.x0 for w in every), max(w.x1 for w in every)
    top, bottom = min(w.top for w in every), max(w.bottom for w in every)
    rules = [y for a, b, y in horizontal_rules(page) if a < x1 and b > x0 and top < y < bottom]
    table = read_table(every, [top, *sorted(rules)])
    table.page, table.x0, table.x1, table.top, table.bottom = page.number, x0, x1, top, bottom
    return table


def _base(row: Sequence[Word]) -> float:
    return statistics.median(w.base for w in row)
