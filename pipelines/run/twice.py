"""Papers that stand in the input more than once, in other bytes: as PDF and as JATS, or with another cover page.

In: the store. Out: their files by DOI, and a line for a person. A run tells of those that it has found; their rows all stay, for nobody
but the person knows which of the files is the better.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.inputs.discover import printable
from pipelines.store import Store

#: papers named in the line
_NAMED = 3


def same_papers(store: Store) -> dict[str, tuple[str, ...]]:
    """The files of each DOI that more than one document of the input has."""
    rows = store.select(
        "SELECT doc_id, lower(doi), file FROM documents WHERE status != 'failed' AND lower(doi) IN "
        "(SELECT lower(doi) FROM documents WHERE doi != '' AND status != 'failed' GROUP BY lower(doi) HAVING count(*) > 1) ORDER BY file"
    )
    if not rows:
        return {}
    present = {k.doc_id for k in store.known() if not k.gone}
    files: dict[str, list[str]] = {}
    for doc_id, doi, file in rows:
        if doc_id in present:
            files.setdefault(doi, []).append(file)
    return {doi: tuple(names) for doi, names in files.items() if len(names) > 1}


def told(now: Mapping[str, tuple[str, ...]], before: Mapping[str, tuple[str, ...]]) -> list[str]:
    """A line on the papers that are there more than once and were not before; none for none."""
    new = [names for doi, names in now.items() if before.get(doi) != names]
    if not new:
        return []
    which = "; ".join(" and ".join(printable(name) for name in names) for names in new[:_NAMED])
    more = f"; and {len(new) - _NAMED} more" if len(new) > _NAMED else ""
    what = "1 paper is" if len(new) == 1 else f"{len(new)} papers are"
    mend = "leave one out with --exclude, or let `casesift unpack` take one of each"
    return [f"{what} there more than once, so the facts are: {which}{more}; {mend}"]
