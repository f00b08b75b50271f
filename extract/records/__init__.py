"""Records: the Doc becomes cases, diagnoses, treatments and pain scores. `assemble(doc, document) -> Report`."""

from extract.records.assemble import assemble

__all__ = ["assemble"]
