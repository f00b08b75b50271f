"""A JATS table becomes sentences: "Header: cell; Header: cell" for every row, or for every patient where patients are columns.

<table> -> **a grid with every cell where it spans, the columns' names** -> rows of text -> jats. Rows that share their first cell
(a patient with several drugs) are told as one, the cells they share once; a head of several rows gives each column one name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from lxml import etree

from extract.reading.headings import PATIENT

MOST_SPANNED = 200
"""Most rows or columns that a cell is taken to span."""

Words = Callable[[etree._Element], str]


class Row(list[str]):
    """A row's cells, one for each column of the table."""

    def __init__(self, cells: Iterable[str] = ()) -> None:
        super().__init__(cells)
        self.shared: set[int] = set()
        """The columns whose cell reaches down from the row above."""

    @property
    def goes_on(self) -> bool:
        """Whether the row is about the same as the one above: they share their first cell."""
        return 0 in self.shared


def table_rows(table: etree._Element, words: Words) -> Iterator[str]:
    """The rows of a table as text. `words` gives the text of a cell."""
    head, body = _grid(table, words)
    if not body:
        yield from (_listed(row) for row in head if any(row))
        return
    names = _names(head)
    if _patients_are_columns(names, body):
        names, body = [names[0], *(row[0] for row in body)], _turned(names, body)
    parts: list[str] = []
    for row in body:
        if row.goes_on and parts:
            parts += _named(row, names)
            continue
        if parts:
            yield "; ".join(parts)
        spans = len(set(filter(None, row))) == 1 and len(row) > 1  # a line across the table
        parts = [next(filter(None, row))] if spans else _named(row, names)
    yield "; ".join(parts)


def _named(row: Row, names: Sequence[str]) -> list[str]:
    """A row's cells with the names of their columns, without those that the rows above have told."""
    cells = []
    for k, cell in enumerate(row):
        name = names[k] if k < len(names) else ""
        if cell and k not in row.shared:
            cells.append(f"{name}: {cell}" if name and name != cell else cell)
    return cells


def _listed(row: Row) -> str:
    return "; ".join(dict.fromkeys(cell for cell in row if cell))


def _grid(table: etree._Element, words: Words) -> tuple[list[Row], list[Row]]:
    """The head's rows and the other rows, all as wide as the table. Without a <thead> the first row is the head."""
    over = [r for part in table.iter("{*}thead") for r in part.iter("{*}tr")]
    head, body = _expanded(over, words), _expanded([r for r in table.iter("{*}tr") if r not in over], words)
    head, body = [r for r in head if any(r)], [r for r in body if any(r)]
    if not head and body:
        head, body = body[:1], body[1:]
    width = max((len(r) for r in head + body), default=0)
    for row in head + body:
        row.extend([""] * (width - len(row)))
    return head, body


def _expanded(rows: Sequence[etree._Element], words: Words) -> list[Row]:
    """Rows with the text of every cell in all the places that it spans."""
    grid: list[Row] = []
    above: dict[int, tuple[str, int]] = {}  # by column: a cell that reaches down, and into how many rows more
    for row in rows:
        cells = Row()
        below: dict[int, tuple[str, int]] = {}
        for cell in [c for c in row if isinstance(c.tag, str) and etree.QName(c).localname in ("td", "th")]:
            _go_down(cells, above, below)
            text, tall = words(cell), _span(cell, "rowspan")
            for _ in range(_span(cell, "colspan")):
                if tall > 1:
                    below[len(cells)] = (text, tall - 1)
                cells.append(text)
        _go_down(cells, above, below)
        grid.append(cells)
        above = below
    return grid


def _go_down(cells: Row, above: dict[int, tuple[str, int]], below: dict[int, tuple[str, int]]) -> None:
    """Fill in the cells that reach down from the rows above and stand next."""
    while (column := len(cells)) in above:
        text, more = above[column]
        cells.shared.add(column)
        cells.append(text)
        if more > 1:
            below[column] = (text, more - 1)


def _span(cell: etree._Element, attribute: str) -> int:
    value = (cell.get(attribute) or "1").strip()
    return min(int(value), MOST_SPANNED) if value.isdigit() and int(value) > 0 else 1


def _names(head: Sequence[Row]) -> list[str]:
    """One name for every column: that of the head's last row, with its group where several columns are called alike."""
    columns = [list(dict.fromkeys(cell for cell in column if cell)) for column in zip(*head, strict=True)]
    last = Counter(column[-1] for column in columns if column)
    return [
        "" if not column else column[-1] if last[column[-1]] == 1 or len(column) == 1 else f"{column[-2]}, {column[-1]}"
        for column in columns
    ]


def _patients_are_columns(names: Sequence[str], body: Sequence[Row]) -> bool:
    others = [name for name in names[1:] if name]
    return (
        len(others) >= 1 and len(body) >= 2 and all(PATIENT.match(name) for name in others) and all(r[0] for r in body)
    )


def _turned(names: Sequence[str], body: Sequence[Row]) -> list[Row]:
    """A row for every column but the first."""
    return [Row([name, *(row[k] for row in body)]) for k, name in enumerate(names) if k and name]
