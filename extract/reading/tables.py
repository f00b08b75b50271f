"""Ruled tables: found by their rules and caption, cut out of the page, written row by row.

words and rules of a page -> **tables**, and the words without them. A table is a stack of horizontal rules of one
extent under (or over) a line that begins "Table 1", or a stack of four and more rules over words that are not in the
body's print. Its rows are written "Header: cell; Header: cell" so that a stage that reads sentences can read them.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.reading.fonts import family
from extract.reading.glyphs import RawPage
from extract.reading.lines import Word, plain, rows_of

_CAPTION = re.compile(r"(?:Table|TABLE|Tab\.)\s*(?:[A-Z]?\d{1,2}|[IVX]{1,4})\b")
_Rule = tuple[float, float, float]


@dataclass(slots=True)
class Cell:
    """One cell: its words line by line, and its column."""

    column: int
    lines: list[list[Word]]

    @property
    def text(self) -> str:
        """The cell's text, for rules."""
        return " ".join(plain(line) for line in self.lines)


@dataclass(slots=True)
class Table:
    """A ruled table on one page: header cells by column, then the rows."""

    page: int
    header: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    top: float = 0.0
    bottom: float = 0.0
    x0: float = 0.0
    x1: float = 0.0
    names: dict[int, str] = field(default_factory=dict)
    """What the columns are called, where the header stands on the page before."""


def take_tables(page: RawPage, words: list[Word], body: tuple[str, float], before: Table | None = None) -> list[Table]:
    """Cut the ruled tables of a page out of `words` (changed in place). `body` is the body's font family and size;
    `before` is the table that the page before ends with: this page may begin with more of it."""
    rules = horizontal_rules(page)
    if len(rules) < 2:
        return []
    captions = captions_of(words)
    start = min((w.top for w in words), default=0.0)
    if before is not None:
        captions.append((before.x0, before.x1, start - 10, start - 2))  # as if its caption stood here again
    found: list[Table] = []
    for x0, x1, top, bottom, stack in _stacks(rules, captions, words, body):
        inside = [
            w
            for w in words
            if x0 - 4 <= (w.x0 + w.x1) / 2 <= x1 + 4 and top - 1 <= (w.top + w.bottom) / 2 <= bottom + 1
        ]
        if len(inside) < 4:
            continue
        gone = {id(w) for w in inside}
        words[:] = [w for w in words if id(w) not in gone]
        table = read_table(inside, stack)
        table.page, table.x0, table.x1, table.top, table.bottom = page.number, x0, x1, top, bottom
        if before is not None and top < start + 4 and abs(x0 - before.x0) < 20 and abs(x1 - before.x1) < 20:
            _go_on(before, table, stack)
        found.append(table)
    return found


def _go_on(before: Table, table: Table, stack: Sequence[float]) -> None:
    """Name the columns of a table that goes on from the page before and does not repeat its header."""
    names = before.names or {c.column: c.text for c in before.header}
    if [c.text for c in table.header] == list(names.values()):
        return
    last = max((c.column for row in [table.header, *table.rows] for c in row), default=0)
    ruled_off = table.header and any(y > max(w.base for c in table.header for w in c.lines[-1]) for y in stack[1:-1])
    if last == max(names, default=0) and not ruled_off:
        table.rows.insert(0, table.header)
        table.header, table.names = [], names


def horizontal_rules(page: RawPage) -> list[_Rule]:
    """Horizontal rules as (x0, x1, y): pieces on one height joined; edges of wide filled boxes count."""
    pieces = [(x0, x1, (top + bottom) / 2) for x0, top, x1, bottom in page.rules if x1 - x0 > 3 * (bottom - top)]
    for x0, top, x1, bottom in page.boxes:
        if x1 - x0 > 60 and bottom - top < 0.75 * page.height:
            pieces += [(x0, x1, top), (x0, x1, bottom)]
    pieces.sort(key=lambda p: (round(p[2]), p[0]))
    joined: list[_Rule] = []
    for x0, x1, y in pieces:
        if joined and abs(joined[-1][2] - y) <= 1.6 and x0 - joined[-1][1] <= 8:
            a, b, c = joined[-1]
            joined[-1] = (min(a, x0), max(b, x1), c)
        else:
            joined.append((x0, x1, y))
    return [r for r in joined if r[1] - r[0] > 60]


def captions_of(words: Sequence[Word]) -> list[tuple[float, float, float, float]]:
    """Lines that begin "Table 1": (x0, x1, top, bottom) of the line's first stretch."""
    out = []
    for i, w in enumerate(words):
        if w.text[0] not in "tT" or (w.text[:3].lower() != "tab" and w.text != "T"):
            continue
        row = [w]
        for o in words[i + 1 : i + 40]:
            if abs(o.base - w.base) > 0.3 * w.size or not -2 < o.x0 - row[-1].x1 < 2.5 * w.size:
                break
            row.append(o)
        if not re.match(r"(?:Table|Tab\.)\s*(?:[A-Z]?\d{1,2}|[IVX]{1,4})\b", plain(row), re.IGNORECASE):
            continue
        leads = not any(
            o is not w and abs(o.base - w.base) < 0.3 * w.size and -1.2 * w.size < w.x0 - o.x1 < 1.2 * w.size
            for o in words
        )
        if leads:
            out.append((w.x0, row[-1].x1, w.top, w.bottom))
    return out


def _stacks(
    rules: list[_Rule],
    captions: list[tuple[float, float, float, float]],
    words: Sequence[Word],
    body: tuple[str, float],
) -> list[tuple[float, float, float, float, list[float]]]:
    """Stacks of rules that bound a table: (x0, x1, top, bottom, heights of the rules)."""
    used: set[int] = set()
    found = []
    order = sorted(range(len(rules)), key=lambda i: rules[i][2])
    for i in order:
        if i in used:
            continue
        x0, x1, y = rules[i]
        under = [c for c in captions if c[0] < x1 and c[1] > x0 - 2 and -14 < y - c[3] < 60]
        below = [c[2] for c in captions if c[2] > y + 2 and c[0] < x1 and c[1] > x0]
        limit = min(below, default=1e9)
        stack, members = [y], [i]
        beside: list[Word] | None = None
        for j in order:
            a, b, at = rules[j]
            if j == i or j in used or not y < at < limit + 2:
                continue
            if at <= y + 1 or a < x0 - 5 or b > x1 + 5:
                continue
            if b - a >= 0.9 * (x1 - x0):
                if beside is None:
                    beside = [w for w in words if x0 - 4 <= (w.x0 + w.x1) / 2 <= x1 + 4]
                between = [w for w in beside if stack[-1] < (w.top + w.bottom) / 2 < at]
                if _is_prose(between, body, x1 - x0):
                    break
                above = [w for w in words if x0 - 4 <= (w.x0 + w.x1) / 2 <= x1 + 4 and y < w.base < stack[-1]]
                if len(stack) >= 2 and _share(above, body) < 0.1 and _share(between, body) > 0.6 and len(between) > 8:
                    break  # the running text goes on under a table in other print
                members.append(j)
                stack.append(at)
        over = [c for c in captions if c[0] < x1 and c[1] > x0 and 0 <= c[2] - stack[-1] < 14]
        inside = [w for w in words if x0 - 4 <= (w.x0 + w.x1) / 2 <= x1 + 4 and y < (w.top + w.bottom) / 2 < stack[-1]]
        if len(stack) < 2 or not inside:
            continue
        foreign = sum(w.count for w in inside if not in_body_print(w, body)) / sum(w.count for w in inside)
        named = (under and (len(stack) >= 3 or foreign > 0.5)) or (over and len(stack) >= 3)
        if named or (len(stack) >= 4 and foreign > 0.8 and _is_grid(inside)):
            used.update(members)
            found.append((x0, x1, y, stack[-1], stack))
    return found


def in_body_print(w: Word, body: tuple[str, float]) -> bool:
    """Whether a word is printed like the running text."""
    return abs(w.size - body[1]) <= 0.04 * body[1] and family(w.font) == body[0]


def _share(words: Sequence[Word], body: tuple[str, float]) -> float:
    """Share of the words that are printed like the running text; 1 where there are none."""
    return sum(in_body_print(w, body) for w in words) / len(words) if words else 1.0


def _is_grid(words: Sequence[Word]) -> bool:
    """Whether most rows fall into several cells with little in each: a table that goes on from the page before."""
    size = statistics.median(w.size for w in words)
    split = [segments_of(sorted(r, key=lambda w: w.x0), size) for r in rows_of(words)]
    several = [row for row in split if len(row) >= 3 and sum(len(s) for s in row) <= 6 * len(row)]
    return len(several) >= 3 and len(several) >= 0.6 * len(split)


def _is_prose(words: Sequence[Word], body: tuple[str, float], width: float) -> bool:
    """Whether words read as running text: body print, and most rows filled from edge to edge."""
    if not words:
        return False
    rows = rows_of([w for w in words if in_body_print(w, body)])
    full = [r for r in rows if sum(w.x1 - w.x0 for w in r) > 0.6 * min(width, 260)]
    return len(full) >= 4 and len(full) >= 0.5 * len(rows) and sum(len(r) for r in rows) > 0.7 * len(words)


def read_table(words: list[Word], stack: list[float]) -> Table:
    """Header and rows of a table's words; `stack` are the heights of its rules, the first of them its upper edge."""
    rows = [sorted(r, key=lambda w: w.x0) for r in rows_of(words)]
    rows.sort(key=lambda r: statistics.median(w.base for w in r))
    size = statistics.median(w.size for w in words)
    split = [segments_of(r, size) for r in rows]
    columns = columns_of(split, size)
    table = Table(0)
    body_from = next((y for y in stack[1:] if any(_base(r) < y for r in rows)), None)
    if body_from is None or all(_base(r) < body_from for r in rows):
        body_from = None
    previous = -1e9
    for k, (row, segments) in enumerate(zip(rows, split, strict=True)):
        cells = _cells(segments, columns)
        base = _base(row)
        in_header = base < body_from if body_from is not None else k == 0
        if in_header:
            _merge(table.header, cells)
        elif (
            table.rows
            and base - previous < 1.45 * size
            and cells[0].column > 0
            and not any(previous < y < base for y in stack)
            and len(cells) < max(2, len(columns))
        ):
            _merge(table.rows[-1], cells)
        else:
            table.rows.append(cells)
        previous = base
    return table


def _base(row: Sequence[Word]) -> float:
    return statistics.median(w.base for w in row)


def segments_of(row: list[Word], size: float) -> list[list[Word]]:
    """A row's words cut at gaps wider than a space: what may be its cells."""
    out = [[row[0]]]
    for w in row[1:]:
        if w.x0 - out[-1][-1].x1 > max(0.75 * size, 5.0):
            out.append([w])
        else:
            out[-1].append(w)
    return out


def columns_of(split: list[list[list[Word]]], size: float) -> list[tuple[float, float]]:
    """The columns' extents: stretches of x that are covered, between strips that few rows cross."""
    several = [row for row in split if len(row) > 1] or split
    edges = [(s[0].x0, s[-1].x1) for row in several for s in row]
    lo, hi = min(e[0] for e in edges), max(e[1] for e in edges)
    counts = [0] * (int(hi - lo) + 2)
    for a, b in edges:
        for x in range(int(a - lo), int(b - lo) + 1):
            counts[x] += 1
    least = max(1 if len(several) >= 5 else 0, int(0.12 * len(several)))
    columns: list[tuple[float, float]] = []
    start: int | None = None
    for x, n in enumerate([*counts, 0]):
        if n > least and start is None:
            start = x
        elif n <= least and start is not None:
            columns.append((lo + start, lo + x))
            start = None
    return columns or [(lo, hi)]


def _cells(segments: list[list[Word]], columns: list[tuple[float, float]]) -> list[Cell]:
    cells: list[Cell] = []
    for s in _at_columns(segments, columns):
        middle = (s[0].x0 + s[-1].x1) / 2
        overlap = [min(s[-1].x1, b) - max(s[0].x0, a) for a, b in columns]
        best = max(range(len(columns)), key=lambda i: (overlap[i], -abs((columns[i][0] + columns[i][1]) / 2 - middle)))
        if cells and cells[-1].column == best:
            cells[-1].lines[-1].extend(s)
        else:
            cells.append(Cell(best, [list(s)]))
    return cells


def _at_columns(segments: list[list[Word]], columns: list[tuple[float, float]]) -> list[list[Word]]:
    """Segments that run over several columns, cut between words at the columns' edges."""
    out: list[list[Word]] = []
    for s in segments:
        touched = [i for i, (a, b) in enumerate(columns) if min(s[-1].x1, b) - max(s[0].x0, a) > 2]
        if len(touched) < 2 or len(s) < 2:
            out.append(s)
            continue
        edges = [(columns[i][1] + columns[j][0]) / 2 for i, j in itertools.pairwise(touched)]
        piece = [s[0]]
        for w in s[1:]:
            if any((piece[-1].x0 + piece[-1].x1) / 2 < e <= (w.x0 + w.x1) / 2 for e in edges):
                out.append(piece)
                piece = [w]
            else:
                piece.append(w)
        out.append(piece)
    return out


def _merge(into: list[Cell], cells: list[Cell]) -> None:
    for cell in cells:
        same = next((c for c in into if c.column == cell.column), None)
        if same is None:
            into.append(cell)
        else:
            same.lines += cell.lines
    into.sort(key=lambda c: c.column)
