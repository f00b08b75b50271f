"""One document for a person at a keyboard: an `extract` Report that knows its file, and so can show itself.

In: a path. Out: a `Report`, the same rows as everywhere, which a notebook displays as text with coloured mentions, rows, and the
page they stand on (see `casesift.notebook`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pydantic import PrivateAttr

import extract
from casesift.frames import frame
from extract import schema
from extract.document import SourceText
from extract.errors import Code, ReadingError
from extract.extractor import digest
from extract.settings import ReadingSettings, packaged


class Report(schema.Report):
    """What one report says: `document`, `cases`, `diagnoses`, `treatments`, `pain_scores`, `therapies`, `adverse_events`, `records`, `mentions`, each a tuple of rows.

    In a notebook it shows itself; `frame("treatments")` gives a table of it as a data frame.
    """

    _path: Path | None = PrivateAttr(default=None)
    _settings: ReadingSettings | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, report: schema.Report, path: Path | None, settings: ReadingSettings | None = None) -> Report:
        """The report with the place of its file; `settings`: how that was read."""
        made = cls.model_construct(**dict(report))
        made._path, made._settings = path, settings
        return made

    def __eq__(self, other: object) -> bool:
        """Whether the rows are the same, wherever the file stands; pydantic would count the place too."""
        return isinstance(other, schema.Report) and dict(self) == dict(other)

    @property
    def path(self) -> Path | None:
        """Where its file stood when it was read; None when nobody knows."""
        return self._path

    def source(self) -> SourceText:
        """The text the rows were made from, with the page and box of each character, read again from the file.

        Raises:
            ReadingError: the file is gone, was changed since, or cannot be read.
        """
        if self._path is None:
            raise ReadingError(Code.NOT_FOUND, "its file is not known", file=self.document.file, mend="read it again")
        if self.document.sha256 and digest(self._path) != self.document.sha256:
            raise ReadingError(Code.CHANGED, "it was changed since it was read", file=self._path, mend="read it again")
        return extract.read(self._path, self._settings or packaged().reading)

    def frame(self, table: str) -> pd.DataFrame:
        """A table of this report alone, as `casesift.Result` has it for all.

        Raises:
            CasesiftError: there is no such table.
        """
        return frame(table, [self.document] if table == "documents" else getattr(self, table, ()))

    def html(self, pages: Sequence[int] | None = None) -> str:
        """What a notebook shows: the text with coloured mentions, the rows, and pages with the mentions boxed.

        Args:
            pages: the pages to draw, counted from 1; the one with most facts if not told. Only a PDF has pages.
        """
        from casesift.notebook import page_of

        return page_of(self, pages)

    def _repr_html_(self) -> str:
        return self.html()


class Extractor(extract.Extractor):
    """Reads one report after the other in this process, as `extract.Extractor`; its reports show themselves in a notebook.

        extractor = casesift.Extractor()
        extractor("paper.pdf")                      # one report; raises where the file cannot be read
        for report in extractor.pipe(paths): ...    # many, in order; one that failed says so in `report.document`

    For many reports at once, in several processes and as data frames: `casesift.read`.
    """

    def __call__(self, path: str | Path, *, doc_id: str | None = None, file: str = "") -> Report:
        """The report of one file. Raises ReadingError when it cannot become text."""
        return Report.of(super().__call__(path, doc_id=doc_id, file=file), Path(path).absolute(), self.settings.reading)
