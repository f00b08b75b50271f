"""BioC (Comeau 2013, http://bioc.sourceforge.net): one XML collection of all documents, written by the `bioc` library.

A document is one passage; mentions are annotations, and relations lead from a drug's dose, route ... to the drug.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extract.errors import Code, PipelineError, to_install
from pipelines.curation.annotated import Annotated, annotated
from pipelines.curation.sheets import UNWRITABLE
from pipelines.exports.left_out import tell
from pipelines.files.replacing import replacing
from pipelines.store import Store


def export(store: Store, dest: Path) -> list[Path]:
    """Write `bioc/casesift.xml` into `dest`.

    Raises:
        PipelineError: `usage`, when the library is not installed.
    """
    try:
        from bioc import biocxml
    except ModuleNotFoundError as error:
        raise PipelineError(
            Code.USAGE, "BioC is written by the package bioc, which is not installed", mend=to_install("casesift[bioc]")
        ) from error
    folder = dest / "bioc"
    folder.mkdir(parents=True, exist_ok=True)
    left_out: list[str] = []
    collection = _collection(annotated(store, left_out))
    with replacing(folder / "casesift.xml", "wb") as stream:
        stream.write(biocxml.dumps(collection).encode("utf-8"))
    return [folder / "casesift.xml", *tell(folder, left_out)]


def _collection(texts: Any) -> Any:
    import bioc

    collection = bioc.BioCCollection()
    collection.source, collection.key = "casesift", "casesift.key"
    for paper in texts:
        collection.add_document(_document(paper))
    return collection


def _document(paper: Annotated) -> Any:
    import bioc

    document, passage = bioc.BioCDocument(), bioc.BioCPassage()
    document.id = paper.known.doc_id
    document.infons = {"file": paper.known.file, "curated": str(paper.done).lower()}
    passage.offset = 0
    passage.text = UNWRITABLE.sub(" ", paper.text)  # as long as it was: offsets stay
    drugs: dict[str, str] = {}
    for i, span in enumerate(paper.spans):
        annotation = bioc.BioCAnnotation()
        annotation.id = f"T{i}"
        annotation.infons = {"type": span.label} | ({"assertion": span.assertion} if span.assertion else {})
        annotation.text = passage.text[span.start : span.end]
        annotation.add_location(bioc.BioCLocation(span.start, span.end - span.start))
        passage.add_annotation(annotation)
        if span.label == "drug" and span.linked_to:
            drugs.setdefault(span.linked_to, annotation.id)
    for i, span in enumerate(paper.spans):
        if span.label != "drug" and (drug := drugs.get(span.linked_to)):
            relation = bioc.BioCRelation()
            relation.id, relation.infons = f"R{i}", {"type": f"{span.label} of"}
            relation.add_node(bioc.BioCNode(f"T{i}", span.label))
            relation.add_node(bioc.BioCNode(drug, "drug"))
            passage.add_relation(relation)
    document.add_passage(passage)
    return document
