"""`--max-failures`: a broken installation ends the run, and costs no document its turn."""

from __future__ import annotations

import pytest
from fake_extractor import FakeExtractor, MakeFake
from out_tables import table
from typer.testing import CliRunner

from pipelines import cli
from pipelines.commands import frame
from pipelines.engines import processing
from pipelines.run import Options, run


class Broken(FakeExtractor):
    def __call__(self, path, *, doc_id=None, file=""):
        raise ImportError("libpdfium.so: cannot open shared object file")


@pytest.fixture
def many(reports):
    for i in range(40):
        (reports / f"n{i:02}.txt").write_text(f"Drug{i} 1 mg\n")
    return reports


def test_a_run_that_fails_everywhere_is_given_up_and_keeps_no_failure(many, out, monkeypatch):
    monkeypatch.setattr(processing, "DefaultExtractor", lambda *settings: Broken)
    monkeypatch.setattr(frame.state, "debug", False)
    args = ["run", str(many), "--out", str(out), "--quiet", "--workers", "0", "--max-failures", "10"]
    night = CliRunner().invoke(cli.app, args)
    assert night.exit_code == 2
    assert night.stderr.splitlines()[-1] == (
        "given up: 10 documents failed one after the other, the last with 'internal: ImportError: libpdfium.so: cannot open "
        "shared object file; a bug of casesift: please report it with the file'; none of them is kept as failed: "
        "`casesift doctor --run` looks for what is broken, a higher --max-failures goes on"
    )
    assert table(out, "documents") == []
    assert "done, but not all: 43 found, 0 read, 10 failed" in CliRunner().invoke(cli.app, ["status", str(out)]).stdout
    assert run([many], out, make=MakeFake()).read == 43  # once it is mended, without --retry-failed


@pytest.mark.parametrize("workers", [0, 2])
def test_failures_between_documents_that_are_read_are_kept(many, out, workers):
    for i in range(0, 40, 2):
        (many / f"n{i:02}.txt").write_text("")
    summary = run([many], out, Options(workers=workers, max_failures=15), make=MakeFake())
    assert summary.exit_code == 1 and not summary.given_up
    assert sum(d["status"] == "failed" for d in table(out, "documents")) == 20


def test_failures_at_the_end_are_kept(many, out):
    for i in range(35, 40):
        (many / f"n{i:02}.txt").write_text("")
    assert run([many], out, Options(max_failures=10), make=MakeFake()).exit_code == 1
    assert sum(d["status"] == "failed" for d in table(out, "documents")) == 5
