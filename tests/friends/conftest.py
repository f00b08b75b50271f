"""What the tests of the package `casesift` share: a few reports of the corpus, read once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import casesift
from pipelines.run import Options, run

PDFS = Path(__file__).parents[2] / "corpus" / "pdf"


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reports of the corpus, one of them in a folder below, one with a password, and one that holds nothing."""
    folder = tmp_path_factory.mktemp("papers")
    (folder / "skin").mkdir()
    shutil.copy(PDFS / "urea-eucerin.pdf", folder / "skin")
    shutil.copy(PDFS / "trigeminal-two.pdf", folder)
    shutil.copy(PDFS / "amiodarone-sealed.pdf", folder)
    (folder / "nothing.txt").touch()
    return folder


@pytest.fixture(scope="session")
def result(papers: Path) -> casesift.Result:
    return casesift.read(papers, workers=0, progress=False)


@pytest.fixture(scope="session")
def corpus_out(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder of a run over `papers`."""
    folder = tmp_path_factory.mktemp("out")
    run([papers], folder, Options(workers=0))
    return folder
