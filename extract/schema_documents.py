"""The record type of an input file, as `schema` has the others.

Ground floor, over `tables` (what a table is) and under `schema`, by which everybody else knows it.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from extract.tables import Row, Table, col

DocumentStatus = Literal["ok", "partial", "failed"]


class Document(Row):
    """One input file."""

    table: ClassVar[Table] = Table(
        name="documents", key="doc_id", title="Documents", one="Paper", identity=(("doc_id",),),
        editable=("title", "doi", "pmid", "journal", "year"), form={"Paper": ("title", "doi", "pmid", "journal", "year")},
        searched=("title", "file", "journal", "doi"),
    )  # fmt: skip
    doc_id: str = col("Identifier of the document, made from its bytes.", example="d3f1c09a2b71")
    file: str = col("Path relative to the input folder, with forward slashes.", example="2022/skin/paper.pdf")
    sha256: str = col("SHA-256 of the file's bytes.", example="9f86d081884c7d65...", default="")
    status: DocumentStatus = col("ok, partial (some pages unreadable) or failed.", example="ok", default="ok")
    reason: str = col(
        "Why it is partial or failed: `code: what; what to do`.",
        example="encrypted-pdf: it needs a password; save it without one",
        default="",
    )
    title: str = col(
        "Title of the paper.", example="Calcinosis cutis treated with topical sodium thiosulfate", default=""
    )
    doi: str = col("DOI.", example="10.1155/2016/1234567", default="")
    pmid: str = col("PubMed identifier.", example="27895945", default="")
    journal: str = col("Journal.", example="Case Reports in Dermatology", default="")
    year: int | None = col("Year of publication.", example=2016, default=None)
    pages: int = col("Pages of the PDF; 0 for XML and text.", example=5, default=0)
    words: int = col("Words of the text.", example=2846, default=0)
    ocr_pages: int = col("Pages read by optical character recognition.", example=0, default=0)
    warnings: str = col("What a reader should know, joined by `; `.", example="page 3: no text", default="")
    seconds: float | None = col("Time it took to process.", example=1.3, unit="s", default=None)
    pipeline: str = col(
        "Fingerprint of the code, configuration and vocabularies that made the rows.",
        example="4be1c0d2a9f3",
        default="",
    )
    code_lists: str = col(
        "Releases of the lists that codes are from.",
        example="ICD-10-CM April-2026; drug-named-entity-recognition 2.0.9",
        default="",
    )
