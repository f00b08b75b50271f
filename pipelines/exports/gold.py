"""Gold records of the documents that curators finished: `casesift evaluate gold OUT` measures against them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path, PurePosixPath

from extract.errors import Code, PipelineError
from pipelines.curation import documents
from pipelines.curation.gold import gold_record
from pipelines.files.replacing import replacing
from pipelines.store import Store


def export(store: Store, dest: Path) -> list[Path]:
    """Write `gold/NAME.json` for each document marked done, into `dest`.

    Raises:
        PipelineError: `usage`, when none is.
    """
    folder = dest / "gold"
    stems = Counter(PurePosixPath(k.file).stem for k in store.known())
    paths = []
    for one in documents(store):
        if not one.done:
            continue
        path = PurePosixPath(one.file)
        name = path.stem if stems[path.stem] == 1 else one.file
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / f"{re.sub(r'[^A-Za-z0-9._-]+', '_', path.stem)[:80]}-{one.doc_id}.json"
        with replacing(place) as stream:
            json.dump(gold_record(one, name), stream, ensure_ascii=False, indent=1)
            stream.write("\n")
        paths.append(place)
    if not paths:
        raise PipelineError(
            Code.USAGE, f"{store.path.parent}: no document is marked done", mend="finish one with `casesift review`"
        )
    return paths
