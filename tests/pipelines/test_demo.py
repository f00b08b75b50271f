"""`casesift demo`, and what a shell completes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from extract.errors import PipelineError
from pipelines.cli import app
from pipelines.terminal import demo

CORPUS = Path(__file__).parents[2] / "corpus"


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_the_demo_copies_the_reports_and_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["demo"])
    assert done.exit_code == 0 and done.stdout == "casesift-demo\n"
    assert "casesift run casesift-demo/pdf --out casesift-demo/out" in done.stderr
    copied = names(tmp_path / "casesift-demo")
    assert {n for n in copied if n.startswith("pdf/")} == {f"pdf/{n}" for n in names(CORPUS / "pdf")}
    assert {"gold/urea-eucerin.json", "examples/first_hour.ipynb", "examples/vocabulary/my.cfg"} <= copied
    for name in ("pdf/urea-eucerin.pdf", "gold/urea-eucerin.json"):
        assert (tmp_path / "casesift-demo" / name).read_bytes() == (CORPUS / name).read_bytes()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = CliRunner().invoke(app, ["demo", str(tmp_path)])
    assert (
        done.exit_code == 2 and "there is something in it; give a folder that is empty or not there yet" in done.stderr
    )
    assert names(tmp_path) == {"mine.txt"}
    done = CliRunner().invoke(app, ["demo", str(tmp_path / "mine.txt")])
    assert done.exit_code == 2 and "cannot be written" in done.stderr


def test_what_an_installation_has_is_found_by_its_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pip writes it for a wheel: the files stand under share/ of the environment."""
    share = tmp_path / "share" / "casesift"
    for name in ("pdf", "gold", "examples"):
        (share / name).mkdir(parents=True)

    class Recorded(type(Path())):  # type: ignore[misc]
        def locate(self) -> Path:
            return share / "pdf" / "urea-eucerin.pdf"

    monkeypatch.setattr(demo, "files", lambda _: [Recorded("../../../share/casesift/pdf/urea-eucerin.pdf")])
    assert demo.demo_folders() == {name: share.resolve() / name for name in ("pdf", "gold", "examples")}
    (share / "examples").rmdir()
    assert demo.demo_folders()["pdf"] == CORPUS / "pdf", "not whole: that of the clone"
    monkeypatch.setattr(demo, "_FOLDERS", {"pdf": "nowhere"})
    monkeypatch.setattr(demo, "files", lambda _: None)
    with pytest.raises(PipelineError, match="reinstall casesift"):
        demo.demo_folders()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("casesift exp", {"export"}), ("casesift de", {"demo"}), ("casesift export out --to ph", {"phenopackets"}),
        ("casesift export out --to xl", {"xlsx"}), ("casesift run --work", {"--workers"}),
    ],
)  # fmt: skip
def test_a_shell_is_offered_commands_options_and_formats(words: str, offered: set[str]) -> None:
    assert set(told("complete_bash", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1)).split()) == offered


@pytest.mark.parametrize(
    ("shell", "line"),
    [("bash", "complete -o default -F"), ("zsh", "#compdef casesift"), ("fish", "complete --command casesift")],
)
def test_the_script_for_a_shell_is_printed(shell: str, line: str) -> None:
    assert line in told(f"source_{shell}")


def test_help_tells_how_to_install_it() -> None:
    assert "--install-completion" in CliRunner().invoke(app, ["--help"]).stdout


def told(what: str, **env: str) -> str:
    """What `casesift` prints when a shell asks it."""
    code = "import sys; sys.argv = ['casesift']; from pipelines.cli import main; main()"
    asked = {**os.environ, "_CASESIFT_COMPLETE": what, **env}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=asked, check=True).stdout
