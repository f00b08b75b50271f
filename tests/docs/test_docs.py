"""The pages say what there is: every command, option and exit code, and every link leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

from pipelines.cli import app
from pipelines.exits import ExitCode

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def commands(group, path: str = "casesift") -> Iterator[tuple[str, list[str]]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            options = [max(p.opts, key=len) for p in command.params if p.opts and p.opts[0].startswith("-")]
            yield f"{path} {name}", [o for o in options if o not in ("--help", "-h")]


ALL = sorted(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(("command", "options"), ALL, ids=[c for c, _ in ALL])
def test_every_command_and_option_stands_in_the_page_of_commands(command: str, options: list[str]) -> None:
    rows = [line for line in COMMANDS.splitlines() if line.startswith(f"| `{command}")]
    assert rows, command
    missing = [o for o in options if not any(re.search(rf"{re.escape(o)}\b", row) for row in rows)]
    assert not missing


def test_every_exit_code_stands_in_the_page_of_commands() -> None:
    assert [c.value for c in ExitCode if not re.search(rf"(?m)^\| {c.value} \|", COMMANDS)] == []


def test_the_first_page_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 170


@pytest.mark.parametrize("page", PAGES, ids=[p.name for p in PAGES])
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(((?!https?:|#|mailto:)[^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_file_that_is_named_is_there(name: str) -> None:
    named = re.findall(
        r"`((?:extract|pipelines|casesift|tests|docs|corpus)/[^`\s]*)`", (ROOT / name).read_text(encoding="utf-8")
    )
    assert len(named) > 5
    assert [path for path in named if not list(ROOT.glob(path))] == []


def test_every_target_of_make_that_is_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {t for page in PAGES for t in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(encoding="utf-8"), re.M)}
    assert "dev" in named
    assert [target for target in sorted(named) if not re.search(rf"(?m)^{target}:", makefile)] == []


def test_every_row_beside_other_tools_names_a_command_that_shows_ours() -> None:
    """`.ci/features` runs them."""
    page = (ROOT / "docs" / "features.md").read_text(encoding="utf-8").partition("\n## ")[0]
    rows = [line.split(" | ")[:2] for line in page.splitlines() if re.match(r"\| [a-z]", line)]
    assert len(rows) > 15
    assert [name for name, ours in rows if not re.search(r"`(?:casesift [a-z]|python -c )[^`]*`", ours)] == []
