"""`Extractor`: a path in, a `Report` out. The three rooms in a row: reading, language, records.

    from extract import Extractor
    report = Extractor()("paper.pdf")

It writes no file, prints nothing and keeps no state between documents but the loaded pipeline.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from extract.errors import Code, LanguageError, ReadingError
from extract.schema import TABLES, Document, Report
from extract.settings import Settings, read_settings

if TYPE_CHECKING:
    from spacy.language import Language

    from extract.document import SourceText


class Extractor:
    """Reads case reports. The first call loads the pipeline, which takes a few seconds; then one path after the other.

        extractor = Extractor()
        report = extractor("paper.pdf")              # one; raises ReadingError where it cannot be read
        for report in extractor.pipe(paths): ...     # many; one that failed says so in `report.document`

    Args:
        config: a configuration file that holds what it changes of `extract/pipeline.cfg`, or what `read_settings` gave; it is
            read now, and never again.
        pdf_engine: before the setting of that name: `auto` (PDFium where nothing speaks against it), `pdfium` or `pdfplumber`
            (the reference, slower); see `extract.reading.choice`.
        nlp: a pipeline already loaded, instead of the one of the settings.

    Raises:
        LanguageError: `config` is no configuration, the file is absent, or something in it is no setting.
    """

    def __init__(
        self, config: Path | str | Settings | None = None, *, pdf_engine: str = "", nlp: Language | None = None
    ) -> None:
        if not isinstance(config, Settings | str | Path | None):
            raise LanguageError(
                Code.USAGE, f"Extractor takes a configuration file, not a {type(config).__name__}",
                mend="give the papers to it afterwards: Extractor()(path), or Extractor().pipe(paths)",
            )  # fmt: skip
        settings = config if isinstance(config, Settings) else read_settings(config)
        self.settings = settings.with_reading(pdf_engine=pdf_engine) if pdf_engine else settings
        self._given = self._nlp = nlp

    @property
    def nlp(self) -> Language:
        """The language pipeline, loaded when first asked for. Raises LanguageError when it cannot be built."""
        if self._nlp is None:
            from extract.language.importing import import_spacy

            import_spacy()  # before any of the following does
            import extract.reading.rule_files
            import extract.records  # noqa: F401 -- the rule files of both are checked with the others
            from extract.language import load
            from extract.rules import check_all
            from extract.rules.compiling import keep

            self._nlp = load(self.settings)
            check_all()
            keep()
        return self._nlp

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of all that decides what is extracted: code, settings, vocabularies, weights, PDF engine, tables of others.

        It needs no pipeline loaded, so a run finds out quickly that there is nothing to do.
        """
        from extract.language import fingerprint

        known = fingerprint(self.settings, self._given)
        return hashlib.sha256(f"{known} {others}".encode()).hexdigest()[:12] if (others := TABLES.digest) else known

    @cached_property
    def code_lists(self) -> str:
        """Which releases of the lists the codes are from: "ICD-10-CM April-2026; ..."."""
        from extract.language.codes import releases

        codes = self.settings.language["components"].get("casesift_codes", {})
        return releases(codes.get("linkers", ()))

    def read(self, path: str | Path) -> SourceText:
        """The text of a file. Raises ReadingError with the reason when it cannot be read."""
        from extract.reading import read

        return read(Path(path), self.settings.reading)

    def __call__(self, path: str | Path, *, doc_id: str | None = None, file: str = "") -> Report:
        """One report. `doc_id` and `file` go into the rows; by default made from the bytes and the file's name.

        Raises:
            ReadingError: the file cannot become text, or `path` is not one path.
        """
        if not isinstance(path, str | Path):
            raise ReadingError(
                Code.USAGE, f"one path is read at a time, not a {type(path).__name__}", mend="`pipe` takes many paths"
            )
        path = Path(path)
        sha = digest(path)
        return self.extract(self.read(path), doc_id=doc_id or f"d{sha[:12]}", file=file or path.name, sha256=sha)

    def extract(self, source: SourceText, *, doc_id: str = "d0", file: str = "", sha256: str = "") -> Report:
        """The records of a text already read."""
        from extract.language import analyse
        from extract.language.mention import sentences
        from extract.records import assemble
        from extract.records.mentions import with_mentions
        from extract.rules.compiling import keep

        reason = _read_in_part(source)
        document = Document(
            doc_id=doc_id,
            file=file,
            sha256=sha256,
            status="partial" if reason else "ok",
            reason=reason,
            title=source.title,
            doi=source.doi,
            pmid=source.pmid,
            journal=source.journal,
            year=source.year,
            pages=source.pages,
            words=len(source.text.split()),
            ocr_pages=source.ocr_pages,
            warnings="; ".join(f"page {w.page}: {w.message}" if w.page else w.message for w in source.warnings),
            pipeline=self.fingerprint,
            code_lists=self.code_lists,
        )
        doc = analyse(self.nlp, source)
        records = self.settings.records
        sents = sentences(doc)
        report = with_mentions(doc, assemble(doc, document, records, sents), records, sents)
        keep()  # expressions that were first needed for this document
        return report

    def pipe(self, paths: Iterable[str | Path]) -> Iterator[Report]:
        """A report for each path, one after the other, in order.

        A file that cannot be read ends nothing: its report has no rows, and its `document` the status `failed` and the reason.

        Raises:
            LanguageError: the pipeline cannot be built.
        """
        for path in paths:
            try:
                yield self(path)
            except ReadingError as error:
                yield Report(document=_unread(path, error, self.fingerprint))


def _unread(path: str | Path, error: ReadingError, fingerprint: str) -> Document:
    """The row of a file that cannot be read; its identifier is made from its bytes, or where there are none from its path."""
    try:
        sha = digest(Path(path))
    except ReadingError:
        sha = ""
    key = sha or hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()
    return Document(
        doc_id=f"d{key[:12]}",
        file=Path(path).name,
        sha256=sha,
        status="failed",
        reason=error.reason,
        pipeline=fingerprint,
    )


def _read_in_part(source: SourceText) -> str:
    """Why a document is only read in part, with the code and what to do; empty when all of it was read."""
    bare = sum(bool(w.page and "no text" in w.message) for w in source.warnings)
    if bare:
        return f"{Code.NO_TEXT.value}: {bare} of {source.pages} pages have no text layer; install OCR to read them"
    if source.unread:
        return f"{Code.TOO_LARGE.value}: {source.unread}; split it, or raise max_pages or max_characters in the configuration"
    return ""


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes. Raises ReadingError when it cannot be opened."""
    try:
        with path.open("rb") as f:
            return hashlib.file_digest(f, "sha256").hexdigest()
    except FileNotFoundError as e:
        raise ReadingError(Code.NOT_FOUND, "no such file", file=path, mend="check the path") from e
    except OSError as e:
        raise ReadingError(
            Code.NOT_READABLE, f"cannot be opened ({e.strerror or e})", file=path, mend="check its permissions"
        ) from e
