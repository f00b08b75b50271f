"""Sentences of case reports with ratings of pain, and the pain scores of the patient they make: `pain_sentences.csv`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from extract.extractor import Extractor
from extract.schema import PainScore


@cache
def extractor() -> Extractor:
    return Extractor()


def sentences() -> list[dict[str, str]]:
    with (Path(__file__).parent / "pain_sentences.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(line for line in f if not line.startswith("#")))


def written(score: PainScore) -> str:
    """A score as the file has it."""
    top = f"-{score.value_max:g}" if score.value_max is not None else ""
    return " ".join(filter(None, (f"{score.value:g}{top} of {score.scale_max:g}", score.phase, score.when_text)))


@pytest.mark.parametrize("row", sentences(), ids=lambda row: row["sentence"][:60])
def test_a_sentence_makes_its_scores(row: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "case.txt"
    path.write_text(f"A 54-year-old woman was seen in our clinic. {row['sentence']}\n", encoding="utf-8")
    scores = " + ".join(written(score) for score in extractor()(path).pain_scores)
    assert (scores or "none") == row["scores"]
