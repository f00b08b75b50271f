"""Damaged copies of the corpus: each is read, or refused with a reason; none hangs, none breaks the reader."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
from apart import read_apart
from mutate import mutants

CORPUS = sorted((Path(__file__).parents[2] / "corpus" / "pdf").glob("*.pdf"))


def check(folder: Path, count: int, engine: str) -> Counter[str]:
    """Read `count` damaged files and tell how they ended."""
    damaged = mutants([p.read_bytes() for p in CORPUS], count)
    paths = []
    for name, data in damaged:
        paths.append(folder / f"{name}.pdf")
        paths[-1].write_bytes(data)
    counts: Counter[str] = Counter()
    bad = []
    for path, ending in zip(paths, read_apart(paths, engine=engine), strict=True):
        counts[ending.kind] += 1
        if ending.kind not in ("ok", "reason") or ("\n" in ending.told and ending.kind == "reason"):
            bad.append((path.name, ending))
        elif ending.kind == "reason":
            assert ending.told.startswith(f"{path}: ") and len(ending.told) < len(str(path)) + 400, ending
            assert ": internal:" not in ending.told, ending
    sys.stdout.write(f"{engine}: {count} damaged files: {dict(counts)}\n")
    assert not bad
    return counts


@pytest.mark.parametrize("engine", ["pdfplumber", "pdfium"])
def test_damaged_files(tmp_path: Path, engine: str) -> None:
    counts = check(tmp_path, 27, engine)
    assert counts["ok"] >= 9  # most damage leaves something to read


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["pdfplumber", "pdfium"])
def test_five_hundred_damaged_files(tmp_path: Path, engine: str) -> None:
    counts = check(tmp_path, 504, engine)
    assert counts["ok"] >= 168 and counts["reason"]
