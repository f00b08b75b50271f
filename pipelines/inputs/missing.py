"""Whether tonight's inputs are what they were: a share that is not mounted is an empty folder, and no reason to forget anything.

In: the inputs as a person named them, the documents found in them, and those the store knows. Out: nothing, or the error that
ends the run before it changes anything. Looked at by `run.batch` before anything is planned.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from extract.errors import Code, PipelineError
from pipelines.inputs.addresses import Address, canonical, is_address
from pipelines.inputs.discover import Discovery, printable, table_name, wanted
from pipelines.inputs.known import Known, absolute

#: an input folder that holds less than this share of what it held is taken for one that is not all there
_LEAST = 0.5


def refuse_missing(
    inputs: Iterable[Path | str], discovery: Discovery, known: Collection[Known],
    include: Sequence[str] = (), exclude: Sequence[str] = (),
) -> None:  # fmt: skip
    """Do not go on when an input folder is empty, or lost more than half of its documents, since the store knew it.

    Args:
        include, exclude: those of this run: what they leave out is not missed.

    Raises:
        PipelineError: `missing-input`.
    """
    present = [str(absolute(f.path)) for f in discovery.documents]
    unknown = [_below(u.folder) for u in discovery.unlisted]
    for root in inputs:
        below = _below(root)
        before = [
            name for k in known
            if not k.gone and (name := str(k.path)).startswith(below) and not any(name.startswith(u) for u in unknown)
            and wanted(table_name(name[len(below) :]), include, exclude)
        ]  # fmt: skip
        now = sum(name.startswith(below) and not any(name.startswith(u) for u in unknown) for name in present)
        if before and now < len(before) * _LEAST:
            raise _missing(root, now, len(before))


def _missing(root: Path | str, now: int, before: int) -> PipelineError:
    holds = f"it holds {_count(now)}" if now else "it is empty"
    return PipelineError(
        Code.MISSING_INPUT, f"{holds}, but {_count(before)} of it {'is' if before == 1 else 'are'} in the tables",
        file=printable(root),
        mend="is the share mounted? run again when it is, or with --allow-empty when they were taken out on purpose",
    )  # fmt: skip


def _count(number: int) -> str:
    return f"{number:,} document{'' if number == 1 else 's'}"


def _below(folder: Path | str | Address) -> str:
    """What the path of everything in a folder begins with."""
    if is_address(folder):
        return f"{canonical(str(folder))}/"
    return os.path.join(os.path.abspath(str(folder)), "")  # noqa: PTH100, PTH118 - with the last slash
