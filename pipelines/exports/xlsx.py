"""Excel: one workbook, a sheet a table, to read, sort, filter and correct; `casesift apply` takes the corrections back.

The header is frozen and filtered and tells what its column means; coded columns have drop-downs, cells that identify a row
refuse typing, every fact links to the review page. Text that would run as a formula is defused as in CSV, so that it stays
defused when somebody saves the sheet as CSV; columns of text are formatted as text, so that "1:1" stays what it is. What a
sheet cannot hold is cut: control characters, cells over 32,767 characters; rows beyond a sheet's 1,048,576 go on in a
further sheet. Memory does not grow with the rows; programs that open such a book need plenty, so that of a large one is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from extract import schema
from pipelines.catalog.columns import cell_type
from pipelines.curation import CURATED, curated_rows
from pipelines.curation.decisions import last_number
from pipelines.curation.sheets import (
    ADDRESS,
    LINK,
    PORT,
    SEEN,
    WHY,
    choices,
    correctable,
    layout,
    seen_code,
    shown,
)
from pipelines.files.csv_cells import defused
from pipelines.store import Store
from pipelines.tables.writing import replacing_edited

HOW_TO = "how to"
LISTS = "lists"

_MAX_ROWS = 1_048_575  # without the header
#: rows above which a workbook is no pleasure
_LARGE = 250_000
#: Excel drops further links of a sheet
_MAX_LINKS = 60_000
#: empty rows under the table that have drop-downs too, for facts to add
_SPARE = 500

#: height of a line in points, and most lines of a row
_LINE, _MOST_LINES = 14.5, 8

#: column widths in characters, for what the kind of the column does not tell
_WIDTHS = {
    "evidence": 80, "title": 60, "reason": 60, "warnings": 40, "file": 30, "also": 30, "diagnosis": 30, "text": 26,
    "curation": 13, "page": 7, WHY: 30, LINK: 9, SEEN: 9,
}  # fmt: skip
_HIDDEN = {"start", "end", "x0", "top", "x1", "bottom", SEEN}

_HEAD = PatternFill("solid", fgColor="DDEBF7")
_FIXED_HEAD = PatternFill("solid", fgColor="E7E6E6")
_font = partial(Font, name="Calibri", size=11)  # that of cells without one of their own
_BOLD = _font(bold=True)
_GREY = _font(color="767676")
_BLUE = _font(color="0563C1", underline="single")
_WRAP = Alignment(wrap_text=True, vertical="top")
_TOP = Alignment(vertical="top")

_GUIDE = (
    ("Correct these tables here, and give them back to casesift.", True),
    ("", False),
    ("1. Correct cells under blue headers. The note at a header tells what its column means; drop-downs tell what is allowed.", False),
    ("2. Set `curation` to accepted when a row is right, to rejected when there is no such fact. A corrected row needs nothing.", False),
    ("3. A fact that is missing: write it into an empty row under the table, with `file` (and `case_id` where there are several patients); leave the identifier empty.", False),
    ("4. An empty cell means \"not told\". A row that is taken out of the sheet is not rejected: nothing happens to it.", False),
    ("5. `why` takes your reason. `review` opens the row beside its page, while `casesift review` runs.", False),
    ("6. Leave grey columns, the hidden ones and the headers as they are. Sorting and filtering do no harm.", False),
    ("7. Save as .xlsx, .ods or .csv, then look at what would change and write it:", False),
    ("      casesift apply OUT FILE --dry-run", False),
    ("      casesift apply OUT FILE --who NAME", False),
    ("", False),
    ("`records` is made from the other tables: correct it there.", False),
)  # fmt: skip


def export(store: Store, dest: Path, *, port: int = PORT, told: Callable[[str], object] = lambda _: None) -> list[Path]:
    """Write `casesift.xlsx`; links lead to the review page at `port`.

    Args:
        told: is told when there are more rows than spreadsheets are good for.
    """
    path = dest / "casesift.xlsx"
    if (many := sum(store.counts().values())) > _LARGE:
        told(
            f"{many:,} rows take minutes to write, and gigabytes to open in a spreadsheet; `--to edit-csv` holds the same to "
            "correct, `--to parquet` to analyse"
        )
    last = last_number(store)
    book = Workbook(write_only=True)
    _guide(book)
    lists = _Lists()
    for table in schema.TABLES:
        rows = curated_rows(store, table)
        part, first = 1, next(rows, None)
        while first is not None or part == 1:
            batch = islice(chain([first] if first else [], rows), _MAX_ROWS)
            _Sheet(book, table, part, port, lists).write(batch, last)
            part, first = part + 1, next(rows, None)
    lists.write(book)
    with replacing_edited(store, path, "wb") as stream:
        book.save(stream)
    return [path]


def _guide(book: Any) -> None:
    sheet = book.create_sheet(HOW_TO)
    sheet.column_dimensions["A"].width = 120
    for i, (text, bold) in enumerate(_GUIDE, 1):
        sheet.row_dimensions[i].height = _height(text, 120)
        cell = WriteOnlyCell(sheet, value=text)
        cell.font, cell.alignment = _font(bold=bold), _WRAP
        sheet.append([cell])


class _Lists:
    """The values to choose from, a column each of a hidden sheet: LibreOffice cuts lists in a rule at 255 characters when it saves."""

    def __init__(self) -> None:
        self.columns: list[tuple[str, ...]] = []

    def area(self, values: tuple[str, ...]) -> str:
        """Where the values stand, as a rule names it."""
        if values not in self.columns:
            self.columns.append(values)
        letter = get_column_letter(self.columns.index(values) + 1)
        return f"{LISTS}!${letter}$1:${letter}${len(values)}"

    def write(self, book: Any) -> None:
        """Add the sheet, the last of the book."""
        sheet = book.create_sheet(LISTS)
        sheet.sheet_state = "hidden"
        for values in zip_longest(*self.columns):
            sheet.append([{"TRUE": True, "FALSE": False}.get(v, v) for v in values])


class _Sheet:
    """One table, or a part of it."""

    def __init__(self, book: Any, table: str, part: int, port: int, lists: _Lists) -> None:
        self.lists, self.table, self.port, self.row_type = lists, table, port, schema.TABLES[table]
        self.key, self.curated = schema.KEYS[table], bool(correctable(table))
        self.linked = bool(self.row_type.table.form)  # the review page shows its rows
        self.names = [*layout(table), SEEN]
        self.kinds = {n: cell_type(self.row_type, n) if n in self.row_type.model_fields else str for n in self.names}
        self.open = {*correctable(table), WHY} | ({"curation"} if table in CURATED else set())
        self.cells: dict[tuple[str, bool], Any] = {}
        self.sheet = book.create_sheet(table if part == 1 else f"{table} ({part})")

    def write(self, rows: Iterable[dict[str, Any]], last: int) -> None:
        sheet = self.sheet
        sheet.freeze_panes = "B2" if self.curated else "A2"
        for i, name in enumerate(self.names, 1):
            column = sheet.column_dimensions[get_column_letter(i)]
            column.width, column.hidden = _width(name, self.kinds[name]), name in _HIDDEN
            if self.kinds[name] is str:
                column.number_format = "@"
        sheet.append([self._head(name) for name in self.names])
        count = 1
        for row in rows:
            count += 1
            sheet.row_dimensions[count].height = _height(str(row.get("evidence") or ""), _WIDTHS["evidence"])
            values = row | {WHY: "", LINK: "open", SEEN: seen_code(self.table, row, last)}
            sheet.append([self._cell(name, values, count) for name in self.names])
            del sheet.row_dimensions[count]  # it is written
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(self.names))}{count}"
        for rule in self._rules(count):
            sheet.data_validations.append(rule)

    def _head(self, name: str) -> Any:
        cell = WriteOnlyCell(self.sheet, value=name)
        cell.font, cell.fill = _BOLD, _HEAD if name in self.open else _FIXED_HEAD
        if note := self._note(name):
            cell.comment = Comment(note, "casesift", width=320, height=40 + 18 * (len(note) // 45 + 1))
        return cell

    def _note(self, name: str) -> str:
        if name in (WHY, LINK, SEEN):
            return {WHY: "Your reason, if you like.", LINK: "The row beside its page."}.get(name, "")
        field = self.row_type.model_fields[name]
        extra = schema.extra(self.row_type, name)
        parts = [field.description or "", f"Unit: {extra['unit']}." if "unit" in extra else ""]
        parts.append(f"Example: {extra['example']}" if "example" in extra else "")
        return "\n".join(filter(None, parts))

    def _cell(self, name: str, row: dict[str, Any], line: int) -> Any:
        value = row[name]
        if isinstance(value, str):
            value = shown(defused(value)) or None
        if value is None and self.kinds[name] is not str:
            return None
        link = name == LINK and self.linked and line <= _MAX_LINKS
        cell = self._styled(name, link)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
        if link:
            cell.hyperlink = ADDRESS.format(port=self.port, doc_id=row["doc_id"], row_id=row[self.key])
        return cell

    def _styled(self, name: str, link: bool) -> Any:
        """The cell of a column, the same for all its rows: each is written before the next is filled, and styles are dear."""
        if (name, link) not in self.cells:
            cell = self.cells[name, link] = WriteOnlyCell(self.sheet)
            if self.kinds[name] is str:
                cell.number_format = "@"
            cell.alignment = _WRAP if name == "evidence" else _TOP
            if link:
                cell.font = _BLUE
            elif self.curated and name not in self.open and name not in ("evidence", "file", "page"):
                cell.font = _GREY
        return self.cells[name, link]

    def _rules(self, lines: int) -> Iterator[DataValidation]:
        """Drop-downs, bounds, and columns that refuse typing."""
        for i, name in enumerate(self.names, 1):
            area = f"{get_column_letter(i)}2:{get_column_letter(i)}{min(lines + _SPARE, _MAX_ROWS + 1)}"
            rule = self._rule(name)
            if rule is not None:
                rule.add(area)
                yield rule

    def _rule(self, name: str) -> DataValidation | None:
        if not self.curated:
            return None
        if name == self.key:
            return DataValidation(
                type="custom", formula1="FALSE", allow_blank=True, showErrorMessage=True, errorTitle="Identifier",
                error="This identifies the row. Leave it as it is; leave it empty for a fact that you add.",
            )  # fmt: skip
        if values := choices(self.table, name):
            return DataValidation(
                type="list", formula1=self.lists.area(values), allow_blank=True, showErrorMessage=True,
                errorTitle=name, error=f"One of: {', '.join(values)}.",
            )  # fmt: skip
        if name not in self.open or self.kinds[name] is str:
            return None
        if self.kinds[name] is bool:
            area = self.lists.area(("TRUE", "FALSE"))
            return DataValidation(type="list", formula1=area, allow_blank=True, showErrorMessage=True)
        low = next((m.ge for m in self.row_type.model_fields[name].metadata if hasattr(m, "ge")), -1e9)
        return DataValidation(
            type="decimal", operator="between", formula1=f"{low:g}", formula2="1000000000", allow_blank=True,
            showErrorMessage=True, errorTitle=name, error=f"A number{f' from {low:g}' if low > -1e9 else ''}.",
        )  # fmt: skip


def _height(text: str, width: int) -> float:
    """The height in points of a row with a wrapped text; LibreOffice does not find it out by itself."""
    return _LINE * min(_MOST_LINES, 1 + len(text) // width)


def _width(name: str, kind: type) -> int:
    if name in _WIDTHS:
        return _WIDTHS[name]
    if name.endswith("_id") or name in ("sha256", "pipeline", "linked_to"):
        return 26
    return max(len(name) + 4, 16 if kind is str else 10)
