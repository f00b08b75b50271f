"""A paper that stands in the folder as PDF and as JATS, as in a package of PubMed Central."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from pipelines.cli import app

BODY = (
    "Case report\n\nA {age}-year-old woman with gout was given colchicine 0.5 mg daily. https://doi.org/10.5555/{doi}\n"
)


def run(*args: object) -> str:
    done = CliRunner().invoke(app, ["run", *map(str, args), "--workers", "0"])
    assert done.exit_code == 0, done.output
    return done.stderr


def test_a_run_tells_once_of_a_paper_that_is_there_twice(tmp_path: Path) -> None:
    papers, out = tmp_path / "papers", tmp_path / "out"
    papers.mkdir()
    (papers / "a.txt").write_text(BODY.format(age=40, doi="Gout.1"))
    assert "more than once" not in run(papers, "--out", out)
    (papers / "b.txt").write_text(BODY.format(age=40, doi="gout.1") + "\nA cover page.\n")
    (papers / "c.txt").write_text(BODY.format(age=50, doi="gout.2"))
    said = run(papers, "--out", out)
    assert (
        "warning: 1 paper is there more than once, so the facts are: a.txt and b.txt; leave one out with --exclude"
        in said
    )
    assert "more than once" not in run(papers, "--out", out)
    (papers / "b.txt").unlink()
    assert "more than once" not in run(papers, "--out", out)
