"""The tables of many reports, a data frame each: what `read` and `connect` give.

In: `frame(table)` of whoever knows the rows (`reading`, `output`). Out: an attribute a table, with what its columns hold.
"""

from __future__ import annotations

from typing import TypeVar

import pandas as pd

from casesift.frames import described
from casesift.report import Report
from extract import schema

_Class = TypeVar("_Class", bound=type)


def _with_columns(owner: _Class) -> _Class:
    """Write into the docstring of each table what its columns are, from the models."""
    for table in (name for name in schema.TABLES if name in vars(owner)):
        lines = [
            f"    {column} ({', '.join(filter(None, (dtype, unit)))}): {meaning}"
            for column, dtype, unit, meaning, _ in described(table)
        ]
        prop = vars(owner)[table]
        told = f"{prop.__doc__}\n\nShape: (rows, {len(lines)}). Columns, with dtype and unit:\n\n" + "\n".join(lines)
        setattr(owner, table, property(prop.fget, doc=told))
    return owner


@_with_columns
class Tables:
    """The tables of many reports as pandas data frames; what each column holds stands in the docstring of its table."""

    def frame(self, table: str) -> pd.DataFrame:
        """The frame of a table by its name."""
        raise NotImplementedError

    def report(self, file: str) -> Report:
        """The Report of one document, by its `file`."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> pd.DataFrame:
        """The frame of a table that another package brings (see CONTRIBUTING), by its name."""
        if name not in schema.TABLES.makers:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self.frame(name)

    @property
    def documents(self) -> pd.DataFrame:
        """One row for each input file: read, partly read, or failed and why."""
        return self.frame("documents")

    @property
    def cases(self) -> pd.DataFrame:
        """One row for each patient or group of patients; the authors' own have the role `index`."""
        return self.frame("cases")

    @property
    def diagnoses(self) -> pd.DataFrame:
        """One row for each diagnosis in a case, also absent, possible, past ones and those of the family."""
        return self.frame("diagnoses")

    @property
    def treatments(self) -> pd.DataFrame:
        """One row for each drug with one regimen, also declined and planned ones: look at `status`."""
        return self.frame("treatments")

    @property
    def pain_scores(self) -> pd.DataFrame:
        """One row for each rating of pain by the patient."""
        return self.frame("pain_scores")

    @property
    def therapies(self) -> pd.DataFrame:
        """One row for each treatment of a case that is no drug: operations, radiation, dialysis, laser ...; look at `status`."""
        return self.frame("therapies")

    @property
    def adverse_events(self) -> pd.DataFrame:
        """One row for each harm that a report ties to a drug; `link` says whether as its cause or only as later."""
        return self.frame("adverse_events")

    @property
    def records(self) -> pd.DataFrame:
        """The flat view: one row for each regimen of an index patient, with diagnosis and pain before and after."""
        return self.frame("records")

    @property
    def mentions(self) -> pd.DataFrame:
        """One row for each labelled span of the text."""
        return self.frame("mentions")

    @property
    def failed(self) -> dict[str, str]:
        """Why each document that could not be read could not, by its `file`; empty when all were read."""
        documents = self.documents
        failed = documents[documents["status"] == "failed"]
        return dict(zip(failed["file"], failed["reason"].fillna(""), strict=True))

    def __repr__(self) -> str:
        documents = self.documents
        failed = int((documents["status"] == "failed").sum())
        parts = [f"{len(documents):,} documents" + (f" ({failed:,} failed)" if failed else "")]
        parts += [
            f"{len(self.frame(t)):,} {t.replace('_', ' ')}"
            for t in (
                "cases",
                "diagnoses",
                "treatments",
                "pain_scores",
                "therapies",
                "adverse_events",
                *schema.TABLES.makers,
            )
        ]
        return f"<{type(self).__name__}: {', '.join(parts)}>"
