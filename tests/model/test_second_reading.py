"""Fitting the second reading of mentions: `casesift train mentions`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extract.errors import PipelineError
from extract.language.annotation.decide import FILE, read_guidelines
from extract.language.model import DEFAULT_PATH
from pipelines.train.commands import app
from pipelines.train.mentions import fit_mentions

SHIPPED = Path(__file__).parents[2] / "extract" / "language" / "model" / DEFAULT_PATH
DRUGS = ("aspirin", "lithium", "morphine", "warfarin", "ketamine", "heparin", "clozapine", "digoxin")


def corpus(folder: Path) -> Path:
    """Abstracts in which drugs are marked, and every disease is left unmarked."""
    (folder / "bc5cdr").mkdir(parents=True)
    with (folder / "bc5cdr" / "dev.jsonl").open("w", encoding="utf-8") as out:
        for i, drug in enumerate(DRUGS):
            text = f"Seizures after {drug}. The effect of {drug} on epilepsy was studied in rats. Three doses were given. No rat died."
            starts = [k for k in range(len(text)) if text.startswith(drug, k)]
            spans = [[k, k + len(drug), "drug"] for k in starts]
            out.write(json.dumps({"id": str(i), "text": text, "spans": spans}) + "\n")
    return folder


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


def test_it_follows_the_annotators_of_the_texts_it_is_given(model: Path, tmp_path: Path) -> None:
    before = read_guidelines(model / FILE)
    result = CliRunner().invoke(app, ["mentions", str(model), str(corpus(tmp_path / "data"))])
    assert result.exit_code == 0, result.output
    assert "abstract, on texts left out" in result.output and "confidence" in result.output
    after = read_guidelines(model / FILE)
    assert set(after) == set(before)  # guidelines whose texts were not given stay
    assert after["report"] == before["report"] and after["abstract"] != before["abstract"]
    left_out = json.loads((model / FILE).read_text("utf-8"))["left_out"]["abstract"]
    assert left_out["scores"]["drug"][2] > 0.9
    assert all(low <= mean <= high and 0 <= right <= 1 for low, high, _, mean, right in left_out["reliability"])


def test_a_folder_without_texts_is_told(model: Path, tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="no development texts"):
        fit_mentions(model, tmp_path)
