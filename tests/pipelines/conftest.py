"""A folder of little reports, an output folder, and runs with the fake extractor."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_extractor import FakeExtractor, MakeFake
from typer.testing import CliRunner

from pipelines import cli
from pipelines.commands import frame
from pipelines.engines import processing
from pipelines.run import Options, run
from pipelines.run.summary import Summary


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    (folder / "2022" / "skin").mkdir(parents=True)
    (folder / "a.txt").write_text("Colchicine 0.5 mg\npain 8/10\n")
    (folder / "b.TXT").write_text("Prednisone 20 mg\nAspirin\n")
    (folder / "2022" / "skin" / "c.txt").write_text("Lidocaine 2 %\n")
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def sift(reports: Path, out: Path):
    """Run over `reports` into `out`; `sift.read` lists the files the last run read."""

    def sift(*inputs: Path, fingerprint: str = "fake-1", **options) -> Summary:
        fake = FakeExtractor(fingerprint)
        summary = run(inputs or [reports], out, Options(**options), make=lambda: fake)
        sift.read = fake.read_files
        return summary

    return sift


@pytest.fixture
def casesift(monkeypatch):
    """Run a command with the fake extractor."""
    monkeypatch.setattr(processing, "DefaultExtractor", lambda *settings: MakeFake())
    monkeypatch.setattr(frame.state, "debug", False)
    return lambda *args: CliRunner().invoke(cli.app, [str(a) for a in args])
