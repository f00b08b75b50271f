"""Label Studio (https://labelstud.io): tasks to import, with the labels there are.

Documents that curators finished come with annotations, others with predictions to correct. `config.xml` is the labeling
interface that the tasks belong to.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extract.schema import MENTION_LABELS
from pipelines.curation.annotated import Annotated, annotated
from pipelines.exports.left_out import tell
from pipelines.files.replacing import replacing
from pipelines.store import Store

#: told apart also by people who see colours differently (Okabe and Ito, then Tol's muted scheme)
_COLOURS = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#882255", "#117733", "#999933",
    "#44AA99", "#AA4499", "#332288", "#CC6677",
)  # fmt: skip


def export(store: Store, dest: Path) -> list[Path]:
    """Write `labelstudio/tasks.json` and `config.xml` into `dest`."""
    folder = dest / "labelstudio"
    folder.mkdir(parents=True, exist_ok=True)
    left_out: list[str] = []
    with replacing(folder / "tasks.json") as stream:
        stream.write("[")
        for i, paper in enumerate(annotated(store, left_out)):
            stream.write(",\n" if i else "\n")
            json.dump(task(paper), stream, ensure_ascii=False)
        stream.write("\n]\n")
    with replacing(folder / "config.xml") as stream:
        stream.write(config())
    return [folder / "tasks.json", folder / "config.xml", *tell(folder, left_out)]


def task(paper: Annotated) -> dict[str, Any]:
    """A document as a task."""
    result: list[dict[str, Any]] = []
    drugs: dict[str, str] = {}
    for i, span in enumerate(paper.spans):
        value = {
            "start": span.start,
            "end": span.end,
            "text": paper.text[span.start : span.end],
            "labels": [span.label],
        }
        result.append({"id": f"s{i}", "from_name": "label", "to_name": "text", "type": "labels", "value": value})
        if span.label == "drug" and span.linked_to:
            drugs.setdefault(span.linked_to, f"s{i}")
    for i, span in enumerate(paper.spans):
        if span.label != "drug" and (drug := drugs.get(span.linked_to)):
            result.append(
                {"type": "relation", "from_id": f"s{i}", "to_id": drug, "direction": "right", "labels": ["of"]}
            )
    data = {"text": paper.text, "doc_id": paper.known.doc_id, "file": paper.known.file}
    annotation: dict[str, Any] = (
        {"result": result} if paper.done else {"model_version": paper.known.pipeline, "result": result}
    )
    return {"data": data, "annotations" if paper.done else "predictions": [annotation]}


def config() -> str:
    """The labeling interface."""
    labels = "\n".join(
        f'    <Label value="{label}" background="{colour}"/>'
        for label, colour in zip(MENTION_LABELS, _COLOURS, strict=True)
    )
    return (
        "<View>\n"
        '  <Relations>\n    <Relation value="of"/>\n  </Relations>\n'
        f'  <Labels name="label" toName="text">\n{labels}\n  </Labels>\n'
        '  <Text name="text" value="$text"/>\n'
        "</View>\n"
    )
