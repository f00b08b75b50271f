"""Training data of the documents that curators finished, for `casesift train`.

    casesift export OUT --to training --dest DATA
    casesift train run DATA/training --config DATA/training/settings.cfg --out MODEL

Every fifth document is kept for development; which ones follows from their identifiers, so that it stays. Only what somebody
decided on is in it: a paragraph with a row or a mention that nobody decided on is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines.curation import document
from pipelines.curation.annotated import Annotated, annotated, decided
from pipelines.curation.gold import decided_by_hand
from pipelines.exports.gold import summary
from pipelines.exports.left_out import tell
from pipelines.files.replacing import replacing
from pipelines.store import Store

#: documents below which a model learns next to nothing
LEAST = 10

SETTINGS = (
    '# laid over the recipe\'s own settings: one head, trained on the curated texts\n[corpora]\ncurated = "curated"\n'
)


def export(store: Store, dest: Path, *, told: Callable[[str], object] = lambda _: None) -> list[Path]:
    """Write `training/curated/train.jsonl`, `dev.jsonl` and `training/settings.cfg` into `dest`.

    Args:
        told: is told how many rows were decided by hand, and what is missing.

    Raises:
        PipelineError: `usage`, when no document is marked done.
    """
    folder = dest / "training"
    left_out: list[str] = []
    texts, rows, open_rows, passages = list[Annotated](), 0, 0, 0
    for whole in annotated(store, left_out, only_done=True):
        curated = document(store, whole.known.doc_id)
        text, skipped = decided(curated, whole)
        by_hand, undecided = decided_by_hand(curated)
        rows, open_rows, passages = rows + by_hand, open_rows + undecided, passages + skipped
        if text.text.strip():
            texts.append(text)
        else:
            left_out.append(f"{whole.known.file}: nothing is left of it: in every paragraph stands something undecided")
    if not texts and not left_out:
        raise PipelineError(
            Code.USAGE, f"{store.path.parent}: no document is marked done", mend="finish one with `casesift review`"
        )
    (folder / "curated").mkdir(parents=True, exist_ok=True)
    paths = [folder / "curated" / "train.jsonl", folder / "curated" / "dev.jsonl", folder / "settings.cfg"]
    develop = _develop(texts)
    with replacing(paths[0]) as train, replacing(paths[1]) as dev, replacing(paths[2]) as settings:
        for text in texts:
            (dev if text.known.doc_id in develop else train).write(line(text))
        settings.write(SETTINGS)
    paragraphs = f" with {passages} paragraphs in which they stand" if passages else ""
    told(summary(len(texts), rows, open_rows) + paragraphs)
    if (missing := LEAST - len(texts)) > 0:
        told(f"a model needs some {LEAST} documents and more to learn anything: mark {missing} more done")
    if not develop:
        told("no document is kept for development: mark another one done")
    return paths + tell(folder, left_out)


def _develop(texts: Sequence[Annotated]) -> set[str]:
    """The documents for development: every fifth by its identifier; at least one where there are two, and never all."""
    order = sorted(texts, key=lambda t: (_number(t) % 5, _number(t)))
    fifth = [t for t in order if _number(t) % 5 == 0]
    return {t.known.doc_id for t in (fifth or order[:1])[: max(0, len(order) - 1)]}


def _number(text: Annotated) -> int:
    return int(text.known.sha256[:8] or "0", 16)


def line(paper: Annotated) -> str:
    """A document as a line of `pipelines.train`'s format."""
    spans = [[s.start, s.end, s.label] for s in paper.spans]
    return json.dumps({"id": paper.known.doc_id, "text": paper.text, "spans": spans}, ensure_ascii=False) + "\n"
