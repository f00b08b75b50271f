"""Gold records of the documents that curators finished: `casesift evaluate gold OUT` measures against them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from extract.errors import Code, PipelineError
from pipelines.curation import documents
from pipelines.curation.gold import decided_by_hand, gold_record
from pipelines.files.replacing import replacing
from pipelines.store import Store


def export(store: Store, dest: Path, *, told: Callable[[str], object] = lambda _: None) -> list[Path]:
    """Write `gold/NAME.json` for each document marked done that could be read, into `dest`.

    Args:
        told: is told how many rows of them were decided by hand.

    Raises:
        PipelineError: `usage`, when there is none.
    """
    folder = dest / "gold"
    stems = Counter(PurePosixPath(k.file).stem for k in store.known())
    failed = {k.doc_id for k in store.known() if k.status == "failed"}
    paths, decided, left = [], 0, 0
    for curated in documents(store):
        if not curated.done or curated.doc_id in failed:
            continue
        by_hand, undecided = decided_by_hand(curated)
        decided, left = decided + by_hand, left + undecided
        path = PurePosixPath(curated.file)
        name = path.stem if stems[path.stem] == 1 else curated.file
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '_', path.stem)[:80]}-{curated.doc_id}.json"
        with replacing(place) as stream:
            json.dump(gold_record(curated, name), stream, ensure_ascii=False, indent=1)
            stream.write("\n")
        paths.append(place)
    if not paths:
        raise PipelineError(
            Code.USAGE, f"{store.path.parent}: no document is marked done", mend="finish one with `casesift review`"
        )
    told(summary(len(paths), decided, left))
    return paths


def summary(documents: int, decided: int, left: int) -> str:
    """How much of what was exported was decided by hand, for people."""
    some = f"{documents} document{'' if documents == 1 else 's'} marked done"
    rest = f"; {left} that nobody decided on {'is' if left == 1 else 'are'} left out" if left else ""
    return f"{some}, {decided} rows decided by hand{rest}"
