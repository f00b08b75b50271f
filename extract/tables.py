"""What a table is: a row's columns, what else is known of a table, and which tables there are.

Ground floor. A table is a model of its rows (`Row`, with columns made by `col`) that carries its `Table`: key, titles, what
makes two rows one fact, the form in which it is corrected. SQL, CSV, data package, dictionary, workbooks and the review page
are made from that; none of them spells out what stands here.

A table of somebody else's comes in by the entry point group `casesift.tables`: each entry is a `TableMaker`, which has the
model of the rows and makes them. It then stands in the store, the tables, the exports and the dictionary like our own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from extract.errors import Code, PipelineError

#: the entry point group in which other packages name their tables
GROUP = "casesift.tables"

#: what stands beside the tables in a store, so that no table can be called so
RESERVED = ("decisions", "files", "meta", "replaced", "runs")

Curation = Literal["", "accepted", "corrected", "rejected", "added", "orphaned"]


@dataclass(frozen=True, kw_only=True)
class Table:
    """What is known of a table beside its columns; columns are named as in the model of its rows.

    Args:
        name: of the table, its file and its place in a `Report`.
        key: the column that identifies a row.
        title: heading above several rows.
        one: what a person calls one row.
        curated: curators accept, correct, reject and add rows.
        made_from: the tables it is made from, if it holds nothing they do not; it follows what curators say of those.
        identity: columns that tell what a row is about. Two rows are one fact where one of these groups agrees.
        apart: columns that make two facts of such rows when both have them, and differently.
        beside: the column whose value rows have in common that stand together; empty when the whole table does.
        editable: the only columns that can be corrected; None: all but those casesift fills itself.
        form: columns by group of the form in which a row is corrected; what is not named comes under "More".
        searched: columns in which the review page searches.
        addable: place among what can be added by selecting text on the review page, from 1; 0: it cannot.
    """

    name: str
    key: str
    title: str
    one: str
    curated: bool = False
    made_from: tuple[str, ...] = ()
    identity: tuple[tuple[str, ...], ...] = ()
    apart: tuple[str, ...] = ()
    beside: str = "case_id"
    editable: tuple[str, ...] | None = None
    form: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    searched: tuple[str, ...] = ()
    addable: int = 0

    def named(self) -> set[str]:
        """All columns that are named here."""
        groups = (*self.identity, self.apart, self.editable or (), *self.form.values(), self.searched)
        beside = {self.beside} if self.curated and self.beside else set()
        return {self.key, *beside, *(name for group in groups for name in group)}


def col(
    description: str, *, unit: str = "", example: Any = None, refers: str = "", label: str = "",
    suggested: Sequence[str] = (), **more: Any,
) -> Any:  # fmt: skip
    """A column.

    Args:
        description: its meaning.
        unit, example: its unit; a value it might have.
        refers: the table of which it names a row, of the same document.
        label: what its words are labelled as in the text, see `schema.MENTION_LABELS`.
        suggested: values that are offered where one is typed; others are allowed.
        more: goes to pydantic's Field (default, ge, le ...).
    """
    attributes = {"unit": unit, "example": example, "refers": refers, "label": label, "suggested": list(suggested)}
    extra = {k: v for k, v in attributes.items() if v not in ("", None, [])}
    return Field(description=description, json_schema_extra=extra or None, **more)


class Row(BaseModel):
    """Base of every table row: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: ClassVar[Table]

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Check that what the table names are its columns."""
        facts = cls.__dict__.get("table")
        if not isinstance(facts, Table):
            return
        if unknown := sorted(facts.named() - set(cls.model_fields)):
            raise TypeError(f"the table {facts.name!r} names columns that {cls.__name__} has not: {', '.join(unknown)}")


class Evidence(Row):
    """Where a fact stands and how sure it is: the provenance columns, last in every fact table."""

    page: int | None = col("Page of the PDF, counted from 1.", example=2, default=None)
    x0: float | None = col("Left edge of the evidence on the page.", unit="points", example=72.0, default=None)
    top: float | None = col("Upper edge, from the page's top.", unit="points", example=310.5, default=None)
    x1: float | None = col("Right edge.", unit="points", example=140.2, default=None)
    bottom: float | None = col("Lower edge, from the page's top.", unit="points", example=322.5, default=None)
    start: int = col("First character in the document's text (for a .txt input, in the file as read).", example=1042)
    end: int = col("One past the last character.", example=1059)
    section: str = col("Canonical section the evidence stands in.", example="case", default="")
    evidence: str = col(
        "The sentence the fact was read from.",
        example="She applied sodium thiosulfate 1:1 with petrolatum once a day.",
        default="",
    )
    confidence: float = col(
        "How sure casesift is that the row is right as it stands, from 0 to 1; how it is made and used as a threshold is told above.",
        example=0.87, default=1.0, ge=0, le=1,
    )  # fmt: skip
    curation: Curation = col(
        "What a curator said: empty, accepted, corrected, rejected, added; orphaned: it was decided on, and then the file was changed and "
        "its sentence is in it no more (`records` leaves it out until somebody confirms it).",
        example="corrected",
        default="",
    )


def columns(row: type[Row]) -> list[str]:
    """The columns of a table: its own first, then the provenance columns."""
    own = [f for f in row.model_fields if f not in Evidence.model_fields]
    shared = [f for f in Evidence.model_fields if f in row.model_fields]
    return own + shared


def extra(row: type[Row], column: str) -> dict[str, Any]:
    """What `col` was told of a column beside its description, by argument; what it was not told is absent."""
    attributes = row.model_fields[column].json_schema_extra
    return dict(attributes) if isinstance(attributes, dict) else {}


def labels(row: type[Row]) -> dict[str, str]:
    """The columns whose words are labelled in the text, with the label."""
    return {name: label for name in row.model_fields if (label := extra(row, name).get("label"))}


#: the rows of the tables made so far, by table
Made = Mapping[str, Sequence[Row]]


class TableMaker(Protocol):
    """Makes a table of one document; what the entry points of the group `casesift.tables` are."""

    @property
    def model(self) -> type[Row]:
        """The model of its rows, with their `table`."""

    def rows(self, analysis: Any, made: Made) -> Iterable[Row]:
        """The rows of a document, in document order.

        Args:
            analysis: what is known of the document, see `extract.records.tables.Analysis`. A table that is made from others
                (`Table.made_from`) must do without: it is made again, with None, when those were corrected.
            made: the tables that stand before this one; those of casesift stand before those of others.
        """


class Tables(Mapping[str, type[Row]]):
    """The tables by name, in the order they are written: `own`, then those of other packages, by name.

    Other packages are looked for, and loaded, when first asked for a table. Raises PipelineError (`bad-config`) when one cannot
    be loaded, or makes a table that cannot be.
    """

    def __init__(self, *own: type[Row]) -> None:
        self.own = own

    @cached_property
    def makers(self) -> dict[str, TableMaker]:
        """What other packages bring, by name of the table."""
        made: dict[str, TableMaker] = {}
        taken = {row.table.name for row in self.own} | set(RESERVED)
        for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
            maker = _loaded(entry)
            name = maker.model.table.name
            if name in taken or not re.fullmatch("[a-z][a-z0-9_]*", name):
                raise _broken(entry, f"a table cannot be called {name!r}, or there is one already")
            taken.add(name)
            made[name] = maker
        return made

    @cached_property
    def digest(self) -> str:
        """Changes when another package with a table is installed, changed or taken away; empty when there is none."""
        lines = []
        for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
            file = Path(getattr(import_module(entry.module), "__file__", None) or ".")
            code = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
            lines.append(f"{entry.name} {entry.value} {entry.dist.version if entry.dist else ''} {code}")
        return hashlib.sha256("\n".join(lines).encode()).hexdigest() if lines else ""

    @cached_property
    def _rows(self) -> dict[str, type[Row]]:
        return {row.table.name: row for row in (*self.own, *(m.model for m in self.makers.values()))}

    def __getitem__(self, name: str) -> type[Row]:
        return self._rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class Keys(Mapping[str, str]):
    """The identifier column of each table."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def __getitem__(self, table: str) -> str:
        return self.tables[table].table.key

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)


def _loaded(entry: EntryPoint) -> TableMaker:
    try:
        made = entry.load()
    except Exception as error:
        raise _broken(entry, f"{type(error).__name__}: {error}") from error
    model = getattr(made, "model", None)
    if not isinstance(model, type) or not issubclass(model, Row) or not callable(getattr(made, "rows", None)):
        raise _broken(entry, f"{entry.value} has not `model` (rows of a table) and `rows` (makes them)")
    if not isinstance(getattr(model, "table", None), Table):
        raise _broken(entry, f"{model.__name__} has no `table`")
    if lacking := [name for name in ("doc_id", "file") if name not in model.model_fields]:
        raise _broken(entry, f"{model.__name__} has no column {lacking[0]!r}")
    if model.table.curated and not issubclass(model, Evidence):
        raise _broken(entry, f"{model.__name__} is curated, so it must be Evidence")
    maker: TableMaker = made() if isinstance(made, type) else made
    return maker


def _broken(entry: EntryPoint, what: str) -> PipelineError:
    package = f" of {entry.dist.name}" if entry.dist else ""
    message = " ".join(f"the table plug-in {entry.name!r}{package} cannot be used ({what})".split())
    return PipelineError(Code.BAD_CONFIG, message, mend="mend that package, or uninstall it")
