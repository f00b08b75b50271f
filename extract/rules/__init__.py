"""Rule and vocabulary files: one loader for all of them. Ground floor: imports nothing of ours but the errors.

A rule file is a CSV with a header; lines that begin with "#" are comments, and the comment at its head says what the file is
and what its kinds mean. The module that uses it declares its columns:

    OUTCOMES = RuleFile(
        "records/rules/outcomes.csv",
        kind=Kinds(none=Place.ANYWHERE, despite=Place.BEHIND),
        pattern=Pattern(prefix=WORD_START),
        example=Text(required=True), not_example=Text(), comment=Text(),
    )
    OUTCOMES.pattern("none").search(text)

The file is read, checked and compiled once, when it is first needed or by `check_all`, which the extractor calls as it loads. A
broken row raises LanguageError (bad-config) with the file, the line, what is wrong and what is allowed. A file of the user's is
read by the same declaration: `OUTCOMES.at(path)`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from extract.errors import Code, LanguageError
from extract.rules.columns import (
    WORD_START,
    Character,
    Choice,
    Column,
    Compiled,
    Flag,
    Kinds,
    Number,
    Pattern,
    Place,
    Text,
    Word,
    Words,
    nearest,
)
from extract.rules.joining import alternation

__all__ = [
    "WORD_CLASSES", "WORD_START", "Character", "Choice", "Column", "Compiled", "Flag", "Kinds", "Number", "Pattern", "Place", "Row", "RuleFile", "Text",
    "Word", "Words", "check_all", "declared", "nearest", "word_class",
]  # fmt: skip

_PACKAGE = Path(__file__).parents[1]
_CLASS = re.compile(r"\{(?P<unless>!?)(?P<name>[a-z][a-z_]*)\}")
_DECLARED: dict[str, RuleFile] = {}


class Row(dict[str, Any]):
    """A row: the values of its cells by column. `line` is its line in the file, `written` its cells as they stand there."""

    def __init__(self, values: Mapping[str, Any], line: int, written: Mapping[str, str]) -> None:
        super().__init__(values)
        self.line, self.written = line, written


class RuleFile:
    """A rule or vocabulary file and the columns it must have.

    Args:
        path: relative to the package `extract`.
        classes: word classes that code provides, beside those of `rules/word_classes.csv`: name -> source of a pattern.
        columns: name of each column -> what it holds.
    """

    def __init__(self, path: str, /, classes: Mapping[str, Callable[[], str]] | None = None, **columns: Column) -> None:
        self.name, self.path, self.columns = path, _PACKAGE / path, columns
        self._text: str | None = None
        self._classes = dict(classes or {})
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._alone: dict[int, re.Pattern[str]] = {}
        _DECLARED.setdefault(path, self)

    def at(self, path: Path, text: str | None = None) -> RuleFile:
        """A file of the same columns somewhere else: one of the user's. `text`: what it holds, where it was read before."""
        other = object.__new__(RuleFile)
        other._text = text
        other.name, other.path, other.columns = str(path), path, self.columns
        other._classes, other._patterns, other._alone = self._classes, {}, {}
        return other

    @classmethod
    def of_users(cls, /, **columns: Column) -> RuleFile:
        """The columns of a file outside this package: of a kind that users have, or of another package. To be read with `at`."""
        file = object.__new__(cls)
        file.name, file.path, file.columns, file._text = "", Path(), columns, None
        file._classes, file._patterns, file._alone = {}, {}, {}
        return file

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows, in the order of the file. Raises LanguageError that names the line at fault."""
        return tuple(self._read())

    def of(self, kind: str) -> list[Row]:
        """The rows of one kind. Raises KeyError for a kind the file does not declare."""
        if kind not in self.kinds:
            raise KeyError(kind)
        return [row for row in self.rows if row["kind"] == kind]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of rows, where the file has any."""
        column = self.columns.get("kind")
        return column.values if isinstance(column, Choice) else ()

    @property
    def expression(self) -> Pattern | None:
        """The column of patterns, if the file has one."""
        column = self.columns.get("pattern")
        return column if isinstance(column, Pattern) else None

    def place(self, kind: str = "") -> Place:
        """Where in a sentence the patterns of a kind are looked for."""
        column = self.columns.get("kind")
        if isinstance(column, Kinds):
            return column.places[kind]
        assert self.expression is not None
        return self.expression.place

    def sources(self, kind: str = "") -> list[str]:
        """The patterns of one kind (of all rows in a file without kinds), word classes filled in."""
        return [row["pattern"] for row in (self.of(kind) if kind else self.rows)]

    def source(self, kind: str = "") -> str:
        """All patterns of one kind as the source of one group, to stand inside a larger expression."""
        return f"(?:{alternation(self.sources(kind))})"

    def pattern(self, kind: str = "") -> re.Pattern[str]:
        """All patterns of one kind as one expression, compiled once. A kind without rows matches nothing.

        Raises:
            LanguageError: a pattern is broken.
            KeyError: the file declares no such kind.
        """
        if kind not in self._patterns:
            self._patterns[kind] = self.any_of(self.of(kind) if kind else self.rows)
        return self._patterns[kind]

    def any_of(self, rows: Sequence[Row]) -> re.Pattern[str]:
        """The patterns of some rows as one expression; of no rows one that matches nothing. Raises LanguageError."""
        column = self.columns["pattern"]
        assert isinstance(column, Pattern), self.name
        if not rows:
            return re.compile(r"(?!)")
        try:
            return column.compile(row["pattern"] for row in rows)
        except re.error as error:
            for row in rows:
                self._row_compiled(row, "pattern", column)
            raise self.error(rows[0].line, f"the patterns from here on cannot be joined: {error}") from error

    def check(self) -> None:
        """Read and compile all of it. Raises LanguageError for the first row at fault."""
        rows = self.rows
        for name, column in self.columns.items():
            if isinstance(column, Pattern) and (name != "pattern" or self.name not in _DECLARED):
                for row in rows:  # the tests try each row of our own files; one of the user's must stand by itself, too
                    self._row_compiled(row, name, column)
        if self.expression is None or not self.expression.tried:
            return
        if self.expression.alone:
            for row in rows:
                self.compiled(row)
            return
        for kind in self.kinds or ("",):
            self.pattern(kind)

    def compiled(self, row: Row) -> re.Pattern[str]:
        """The pattern of one row by itself, compiled once. Raises LanguageError."""
        if row.line not in self._alone:
            self._alone[row.line] = self.any_of([row])
        return self._alone[row.line]

    def error(self, line: int, what: str, allowed: str = "") -> LanguageError:
        """The error of a line: the file, the line, what is wrong, what is allowed."""
        mend = f"allowed: {allowed}" if allowed else ""
        return LanguageError(Code.BAD_CONFIG, f"line {line}: {what}", file=self._shown, mend=mend)

    @property
    def _shown(self) -> str:
        return f"extract/{self.name}" if self.name in _DECLARED else self.name

    def _row_compiled(self, row: Row, name: str, column: Pattern) -> None:
        """Try the pattern of one row. Raises LanguageError."""
        try:
            column.compile([row[name]])
        except re.error as error:
            what = f"{name}: {row[name]!r} is no regular expression: {error.msg}"
            raise self.error(row.line, what, column.allowed) from error

    def _read(self) -> Iterator[Row]:
        header: list[str] = []
        remarks = [name for name, column in self.columns.items() if type(column) is Text and not column.required]
        checked = [(name, column) for name, column in self.columns.items() if name not in remarks]
        for line, cells in self._lines():
            if not header:
                header = self._header(line, cells)
                continue
            if len(cells) > len(header):
                what = f"{len(cells)} cells under {len(header)} columns"
                raise self.error(line, what, 'a comma inside a cell only between quotation marks: "a, b"')
            given = dict(zip(header, cells, strict=False))
            values: dict[str, Any] = {name: given.get(name, "").strip() for name in remarks}  # half of all cells
            values |= {name: self._value(line, name, column, given) for name, column in checked}
            yield Row(values, line, given)

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        try:
            text = self.path.read_text(encoding="utf-8") if self._text is None else self._text
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise LanguageError(
                Code.BAD_CONFIG,
                f"the file cannot be read ({reason})",
                file=self._shown,
                mend="a CSV in UTF-8 is needed",
            ) from error
        for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                yield number, next(csv.reader([line], strict=True))
            except csv.Error as error:
                allowed = "cells between quotation marks end on their line; a mark inside is doubled"
                raise self.error(number, f"cannot be split into cells ({error})", allowed) from error

    def _header(self, line: int, cells: list[str]) -> list[str]:
        names = [cell.strip() for cell in cells]
        allowed = f"the columns {', '.join(self.columns)}"
        if len(names) == 1 and not {";", "\t"}.isdisjoint(names[0]):  # as a European Excel saves it
            raise self.error(line, "the columns are not separated by commas", f"commas, and {allowed}")
        for name in names:
            if name not in self.columns:
                raise self.error(line, f"there is no column {name!r}{nearest(name, self.columns)}", allowed)
            if names.count(name) > 1:
                raise self.error(line, f"the column {name!r} stands twice", allowed)
        for name, column in self.columns.items():
            if column.required and name not in names:
                raise self.error(line, f"the column {name!r} is missing", allowed)
        return names

    def _value(self, line: int, name: str, column: Column, given: Mapping[str, str]) -> Any:
        cell = given.get(name, "")
        if not cell.strip():
            if column.required:
                raise self.error(line, f"the cell of {name!r} is empty", column.allowed)
            return column.empty()
        if isinstance(column, Compiled):
            cell = self._filled(line, cell, "{}")
        try:
            value = column.read(cell)
        except ValueError as error:
            raise self.error(
                line, f"{name}: {error}", "" if column.allowed in str(error) else column.allowed
            ) from error
        return self._filled(line, value) if isinstance(column, Pattern) and column.tried else value

    def _filled(self, line: int, source: str, group: str = "(?:{})") -> str:
        """A pattern with its word classes filled in, the words of each in a group."""
        if "{" not in source:
            return source

        def words(match: re.Match[str]) -> str:
            name = match["name"]
            if name in self._classes:
                return self._classes[name]()
            classes = _word_classes()
            if name not in classes:
                known = sorted({*classes, *self._classes})
                what = f"there is no word class {{{name}}}{nearest(name, known)}"
                raise self.error(line, what, "the classes of rules/word_classes.csv; docs/rules.md lists them")
            if match["unless"]:
                return "".join(f"(?<!{word} )" for word in classes[name])
            return group.format("|".join(classes[name]))

        return _CLASS.sub(words, source)


WORD_CLASSES = RuleFile("rules/word_classes.csv", name=Word(), pattern=Pattern(tried=False), comment=Text())


@cache
def _word_classes() -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for row in WORD_CLASSES:
        members.setdefault(row["name"], []).append(row["pattern"])
    return members


def word_class(name: str) -> str:
    """The words of a class of `rules/word_classes.csv` as the source of a pattern. Raises KeyError."""
    return f"(?:{'|'.join(_word_classes()[name])})"


def declared() -> dict[str, RuleFile]:
    """The rule files of all modules imported so far, by their paths."""
    return dict(sorted(_DECLARED.items()))


def check_all() -> None:
    """Read, check and compile the rule files of all modules imported so far. Raises LanguageError for the first row at fault."""
    for file in _DECLARED.values():
        file.check()
