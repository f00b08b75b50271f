"""The note beside an export on documents that are not in it, and why."""

from __future__ import annotations

from pathlib import Path

from pipelines.files.replacing import replacing

LEFT_OUT = "LEFT_OUT.txt"


def tell(folder: Path, left_out: list[str]) -> list[Path]:
    """Write `LEFT_OUT.txt`, or take an old one away when nothing was left out; return what was written."""
    path = folder / LEFT_OUT
    if not left_out:
        path.unlink(missing_ok=True)
        return []
    with replacing(path) as stream:
        stream.writelines(f"{line}\n" for line in left_out)
    return [path]
