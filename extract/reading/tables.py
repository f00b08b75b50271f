"""Ruled tables: found by their rules and caption, cut out of the page, written row by row.

words and rules of a page -> stacks of rules (table_rules.py) -> **tables**, and the words without them. Its rows are
written "Header: cell; Header: cell" so that a stage that reads sentences can read them.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.reading.glyphs import RawPage
from extract.reading.headings import PATIENT
from extract.reading.lines import Word, plain, rows_of, segments_of
from extract.reading.table_rules import beside, between, captions_of, horizontal_rules, stacks


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

    @property
    def patients_are_columns(self) -> bool:
        """Whether each column but the first is one patient's: its rows are then read downwards."""
        over = [(cell.column, cell.text) for cell in self.header] or list(self.names.items())
        heads = [text for column, text in over if column]
        told = [row for row in self.rows if len(row) > 1]
        return bool(heads) and len(told) >= 2 and all(map(PATIENT.match, heads)) and all(r[0].column == 0 for r in told)


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
    tables: list[Table] = []
    for stack in stacks(rules, captions, words, body):
        x0, x1, top, bottom = stack.x0, stack.x1, stack.top, stack.bottom
        inside = between(beside(words, x0, x1), top - 1, bottom + 1, ends_count=True)
        if len(inside) < 4:
            continue
        gone = {id(w) for w in inside}
        words[:] = [w for w in words if id(w) not in gone]
        table = read_table(inside, stack.heights)
        table.page, table.x0, table.x1, table.top, table.bottom = page.number, x0, x1, top, bottom
        if before is not None and top < start + 4 and abs(x0 - before.x0) < 20 and abs(x1 - before.x1) < 20:
            _go_on(before, table, stack.heights)
        tables.append(table)
    return tables


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
    first = next((k for k, r in enumerate(rows) if k and (body_from is None or _base(r) >= body_from)), len(rows))
    wrapped = _wrapped([_base(r) for r in rows], split, columns, stack, first, size)
    for k, (row, segments) in enumerate(zip(rows, split, strict=True)):
        cells = _cells(segments, columns)
        base = _base(row)
        in_header = base < body_from if body_from is not None else k == 0
        if in_header:
            _merge(table.header, cells)
        elif table.rows and (
            k in wrapped
            or (
                base - previous < 1.45 * size
                and cells[0].column > 0
                and not any(previous < y < base for y in stack)
                and len(cells) < max(2, len(columns))
            )
        ):
            _merge(table.rows[-1], cells)
        else:
            table.rows.append(cells)
        previous = base
    return table


def _wrapped(
    bases: list[float],
    split: list[list[list[Word]]],
    columns: list[tuple[float, float]],
    stack: list[float],
    first: int,
    size: float,
) -> set[int]:
    """The lines from the body's `first` on that go on with cells of the line above, whichever column they begin in: no rule parts them
    where rules part the rows, and else they are set closer than the rows. None, where such a line fills every column, as the rows of a
    group do, or runs over its column, as a note does."""
    after = range(first + 1, len(bases))
    parted = {k for k in after if any(bases[k - 1] < y < bases[k] for y in stack)}
    apart = {k: bases[k] - bases[k - 1] for k in after}
    near = set(after) - parted
    if not parted:
        close = 1.12 * min(apart.values(), default=0.0)
        near = {k for k in near if apart[k] < close} if max(apart.values(), default=0.0) > 1.1 * close else set()
    fits = all(any(a - size < s[0].x0 and s[-1].x1 < b + 2 * size for a, b in columns) for k in near for s in split[k])
    return near if fits and all(len(split[k]) < len(columns) for k in near) else set()


def _base(row: Sequence[Word]) -> float:
    return statistics.median(w.base for w in row)


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
