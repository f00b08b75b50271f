"""What a sheet is once it is read, whatever file it was in: a `Grid` of `Line`s of `Cell`s, each with its address.

Made by `grids` (workbooks of Excel, CSV) and `ods` (OpenDocument), judged by `comparison`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: kinds of cell beside plain values
VALUE, ERROR, FORMULA, PERCENT = "value", "error", "formula", "percent"

#: a cell of CSV: text, whatever it was in the program that wrote it
WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its value as the file holds it, and where it stands."""

    value: Any
    place: str
    kind: str = VALUE


@dataclass
class Line:
    """A row of a sheet; cells by header."""

    number: int
    cells: dict[str, Cell]
    #: cells beyond the header
    spare: list[Cell] = field(default_factory=list)
    #: fewer cells than the header has
    short: bool = False


@dataclass
class Grid:
    """A sheet, or a CSV file: its name, header and lines."""

    name: str
    header: list[str]
    lines: list[Line]
    #: kind and text of what is odd with the whole
    notes: list[tuple[str, str]] = field(default_factory=list)
    #: addresses of cells that are merged with others
    merged: set[str] = field(default_factory=set)
    #: what stands between the columns of a CSV file
    separator: str = ""
