"""Curation: what people say about the rows, kept for ever, and the rows with it.

`record` takes decisions into the log of the store, `curated_rows` gives the rows as they are after them; pages, tables and
exports show nothing else. A new run changes rows, never decisions: `disagreements` and `orphans` tell where they part.
"""

from pipelines.curation.curated import CuratedDocument, Disagreement, Fact
from pipelines.curation.decisions import ACTIONS, Decision, decisions
from pipelines.curation.fields import CURATED, checked, editable
from pipelines.curation.recording import Conflict, record
from pipelines.curation.stored import (
    DocumentRows,
    curated_rows,
    disagreements,
    document,
    documents,
    done_documents,
    orphans,
)

__all__ = [
    "ACTIONS", "CURATED", "Conflict", "CuratedDocument", "Decision", "Disagreement", "DocumentRows", "Fact", "checked", "curated_rows",
    "decisions", "disagreements", "document", "documents", "done_documents", "editable", "orphans", "record",
]  # fmt: skip
