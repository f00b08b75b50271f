"""`connect`: the tables of an output folder of `casesift run` as data frames, read only, also while a run is writing.

Each frame is made from the store when it is asked for, so it holds every document that was done by then, and what curators decided.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from casesift.frames import frame
from casesift.report import Report
from casesift.tables import Tables
from extract import schema
from extract.errors import Code, PipelineError
from pipelines.curation import curated_rows
from pipelines.inputs.addresses import Address
from pipelines.store import Store


class Output(Tables):
    """An output folder, read only. The frames are those of `casesift.Result`, as curators left the rows: rejected ones are marked in
    `curation`, and are not in `records`."""

    def __init__(self, out: Path) -> None:
        self.out = out
        Store.open(out, reading=True).close()

    def frame(self, table: str) -> pd.DataFrame:
        """The frame of a table by its name, as the store has it now.

        Raises:
            CasesiftError: there is no such table; or the store cannot be read.
        """
        if table not in schema.TABLES:
            return frame(table, ())
        with Store.open(self.out, reading=True) as store:
            return frame(table, curated_rows(store, table))

    def report(self, file: str) -> Report:
        """The Report of one document, by its `file`, as curators left it; it shows the page while the file is where it was.

        Raises:
            CasesiftError: there is no such document.
        """
        with Store.open(self.out, reading=True) as store:
            known = next((k for k in store.known() if k.file == file), None)
            if known is None:
                raise PipelineError(
                    Code.USAGE, f"no document called {file!r}", mend="`.documents` lists them under `file`"
                )
            rows: dict[str, Any] = {
                table: tuple(kind.model_construct(**row) for row in curated_rows(store, table, known.doc_id))
                for table, kind in schema.TABLES.items()
            }
            rows["reasons"] = {row: tuple(lines) for row, lines in store.reasons(known.doc_id).items()}
        [document] = rows.pop("documents")
        path = None if isinstance(known.path, Address) else known.path
        return Report.of(schema.Report.model_construct(document=document, **rows), path)

    def __repr__(self) -> str:
        return super().__repr__().replace("<Output", f"<Output {self.out}", 1)


def connect(out: str | os.PathLike[str]) -> Output:
    """The tables of an output folder that `casesift run` writes.

    Nothing is written, and nobody is held up: a run may be going on, and frames asked for later hold what it has done by then.

    Raises:
        CasesiftError: it is no output folder, or its store is damaged or of a newer casesift.
    """
    return Output(Path(out))
