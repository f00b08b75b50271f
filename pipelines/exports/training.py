"""Training data of the documents that curators finished, for `casesift train`.

    casesift export OUT --to training --dest DATA
    casesift train run DATA/training --config DATA/training/settings.cfg --out MODEL

Every fifth document is kept for development; which ones follows from their identifiers, so that it stays.
"""

from __future__ import annotations

import json
from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines.curation.annotated import Annotated, annotated
from pipelines.exports.left_out import tell
from pipelines.files.replacing import replacing
from pipelines.store import Store

SETTINGS = (
    '# laid over the recipe\'s own settings: one head, trained on the curated texts\n[corpora]\ncurated = "curated"\n'
)


def export(store: Store, dest: Path) -> list[Path]:
    """Write `training/curated/train.jsonl`, `dev.jsonl` and `training/settings.cfg` into `dest`.

    Raises:
        PipelineError: `usage`, when no document is marked done.
    """
    folder = dest / "training"
    left_out: list[str] = []
    texts = list(annotated(store, left_out, only_done=True))
    if not texts and not left_out:
        raise PipelineError(
            Code.USAGE, f"{store.path.parent}: no document is marked done", mend="finish one with `casesift review`"
        )
    (folder / "curated").mkdir(parents=True, exist_ok=True)
    paths = [folder / "curated" / "train.jsonl", folder / "curated" / "dev.jsonl", folder / "settings.cfg"]
    with replacing(paths[0]) as train, replacing(paths[1]) as dev, replacing(paths[2]) as settings:
        for one in texts:
            (dev if int(one.known.sha256[:8] or "0", 16) % 5 == 0 else train).write(line(one))
        settings.write(SETTINGS)
    return paths + tell(folder, left_out)


def line(one: Annotated) -> str:
    """A document as a line of `pipelines.train`'s format."""
    spans = [[s.start, s.end, s.label] for s in one.spans]
    return json.dumps({"id": one.known.doc_id, "text": one.text, "spans": spans}, ensure_ascii=False) + "\n"
