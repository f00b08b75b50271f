"""Exports: the tables in other formats, made from the store.

Each format is one function `(store, dest) -> paths written` in a module of its own. Other distributions add theirs
through the entry point group `casesift.exports`; one of theirs with the name of ours takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from inspect import signature
from pathlib import Path
from typing import cast

from extract.errors import Code, PipelineError
from pipelines.store import Store
from pipelines.store.locking import locked
from pipelines.tables.edited import kept, kept_since

#: (store, folder to write to) -> what was written; one that takes `told` is given a function for messages to the person
Exporter = Callable[..., list[Path]]

#: entry point group of further formats
GROUP = "casesift.exports"

#: what comes with casesift: the name of a format and where its function is, imported only when asked for
_OURS = {
    "csv": "pipelines.exports.csv:export",
    "parquet": "pipelines.exports.parquet:export",
    "jsonl": "pipelines.exports.jsonl:export",
    "edit-csv": "pipelines.exports.edit_csv:export",
    "xlsx": "pipelines.exports.xlsx:export",
    "gold": "pipelines.exports.gold:export",
    "training": "pipelines.exports.training:export",
    "brat": "pipelines.exports.brat:export",
    "labelstudio": "pipelines.exports.labelstudio:export",
    "bioc": "pipelines.exports.bioc:export",
    "phenopackets": "pipelines.exports.phenopackets:export",
    "fhir": "pipelines.exports.fhir:export",
}

#: options that only some formats have: in words, and which formats have them
OPTIONS = {
    "separator": ("separator", "--sep is for csv and edit-csv"),
    "confidence": ("least confidence", "--confidence is for phenopackets and fhir"),
    "strict": ("strict form", "--strict is for phenopackets"),
    "partition": ("partitions", "--partition is for parquet"),
}


def formats() -> list[str]:
    """The names of all formats there are."""
    return sorted({*_OURS, *entry_points(group=GROUP).names})


def exporter(name: str) -> Exporter:
    """The function of a format.

    Raises:
        PipelineError: `usage`, for an unknown one; it lists the known.
    """
    theirs = [e for e in entry_points(group=GROUP) if e.name == name]
    if theirs:
        return cast(Exporter, theirs[0].load())
    if name not in _OURS:
        raise PipelineError(Code.USAGE, f"no export format called {name!r}", mend=f"known: {', '.join(formats())}")
    module, _, function = _OURS[name].partition(":")
    return cast(Exporter, getattr(import_module(module), function))


def export_store(
    out: Path,
    name: str,
    dest: Path | None = None,
    *,
    told: Callable[[str], object] = lambda _: None,
    **options: object,
) -> list[Path]:
    """Write the store of the output folder `out` in the format `name` into `dest` (or `out`).

    Args:
        told: is told of files that somebody had edited and that were kept (see `pipelines.tables.edited`), and what the format
            has to say.
        options: what only some formats have, see `OPTIONS`: `separator` (between the columns of CSV), `confidence` (the least of a
            row), `strict`, `partition` (a file for each run).

    Raises:
        PipelineError: `usage` (no such format, no store), `locked`, `store`.
    """
    write = exporter(name)
    with Store.open(out) as store, locked(dest or out):
        before = kept(store)
        takes = signature(write).parameters
        for option in options:
            if option not in takes:
                what, mend = OPTIONS[option]
                raise PipelineError(Code.USAGE, f"{name} has no {what}", mend=mend)
        paths = write(store, dest or out, **options, **({"told": told} if "told" in takes else {}))
        for line in kept_since(store, before, out):
            told(line)
    return paths
