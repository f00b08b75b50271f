"""The tables of a document, made one after the other; one that breaks leaves the others.

In: the analysis of a document (see `assemble`) and the makers of its tables, ours and those of other packages (entry points,
see `extract.tables`). Out: the rows by table, and a reason for each table that could not be made: it is a bug, of casesift
or of that package, which costs the document that table and makes it `partial`. What concerns every document (a configuration
that is wrong, no memory) is no matter of one table and goes on up.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from spacy.tokens import Doc

from extract.errors import CasesiftError, Code
from extract.language.mention import Sentence
from extract.records.patients.assign import Cohort
from extract.schema import TABLES, Document, Row, extra
from extract.tables import Made, TableMaker

Result = TypeVar("Result")

_log = logging.getLogger(__name__)


class Analysis(Protocol):
    """What the makers of tables are given of a document.

    `sents` are its sentences with their mentions; `cohort` says whom each tells of; `shown` are the places in `cohort.people`
    of the patients that have rows; in `reasons` a maker may say why a row says what it says, by the row's identifier.
    """

    doc: Doc
    document: Document
    sents: Sequence[Sentence]
    cohort: Cohort
    shown: Sequence[int]
    reasons: dict[str, tuple[str, ...]]

    def case_id(self, person: int) -> str:
        """The identifier of a patient's case; empty for -1, nobody in particular."""

    def provenance(self, sentence: Sentence, start: int, end: int, confidence: float) -> dict[str, Any]:
        """The columns of `Evidence` for characters `start` to `end`, of a fact read in `sentence`."""


@dataclass(frozen=True)
class OwnTable:
    """A `TableMaker` of casesift: the model, and what makes the rows."""

    model: type[Row]
    rows: Callable[[Any, Made], Iterable[Row]]


@dataclass
class Broken:
    """The tables of a document that could not be made, each with what was raised."""

    errors: dict[str, Exception] = field(default_factory=dict)

    def attempt(self, table: str, make: Callable[[], Result]) -> Result | None:
        """What `make` gives; None when it breaks, and the table is noted."""
        try:
            return make()
        except (CasesiftError, MemoryError):
            raise
        except Exception as error:
            self.errors.setdefault(table, error)
            _log.debug("the table %s could not be made", table, exc_info=True)
            return None

    def without(self, model: type[Row]) -> bool:
        """Whether a table has no rows: it is broken, or one it is made from is."""
        return not self.errors.keys().isdisjoint({model.table.name, *model.table.made_from})

    def told(self, document: Document) -> Document:
        """The document's row: `partial`, with a reason that names the tables, if there are any."""
        if not self.errors:
            return document
        tables = [f"{table} ({_where(error)})" for table, error in self.errors.items()]
        tables += [n for n, model in TABLES.items() if n not in self.errors and self.without(model)]
        reason = f"{Code.BROKEN_TABLE.value}: no rows of {', '.join(tables)}; please report it with the file"
        reason = "; ".join(filter(None, [document.reason, reason]))
        return document.model_copy(update={"status": "partial", "reason": reason})


def make_tables(analysis: Any, own: Iterable[TableMaker], broken: Broken) -> dict[str, tuple[Row, ...]]:
    """The rows by table: `own` in their order, then those of other packages. A broken table has no rows."""
    made: dict[str, tuple[Row, ...]] = {}
    for maker in (*own, *TABLES.makers.values()):
        rows: tuple[Row, ...] = ()
        if not broken.without(maker.model):
            rows = broken.attempt(maker.model.table.name, partial(_rows, maker, analysis, made)) or ()
        made[maker.model.table.name] = _naming(rows, maker.model, broken)
    return made


def _naming(rows: tuple[Row, ...], model: type[Row], broken: Broken) -> tuple[Row, ...]:
    """The rows; when the cases are broken, of no case, so that none names one that is not there."""
    if "cases" not in broken.errors:
        return rows
    lost = [name for name in model.model_fields if extra(model, name).get("refers") == "cases"]
    return tuple(row.model_copy(update=dict.fromkeys(lost, "")) for row in rows) if lost else rows


def _rows(maker: TableMaker, analysis: Any, made: Made) -> tuple[Row, ...]:
    rows = tuple(maker.rows(analysis, made))
    if wrong := next((row for row in rows if not isinstance(row, maker.model)), None):
        raise TypeError(f"{type(wrong).__name__} is not a row of {maker.model.table.name}")
    return rows


def _where(error: Exception) -> str:
    """What was raised and in which line, for whoever mends it."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return " ".join(f"{type(error).__name__}: {error}{place}".split())[:200]
