"""What a person installs: the versions in constraints.txt, and the command that a message names for what is missing."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from extract.errors import to_install

ROOT = Path(__file__).parents[1]


def requirements() -> list[Requirement]:
    """All that pyproject.toml asks for, every extra included; casesift's own extras are named there by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return [r for r in map(Requirement, lines) if r.name != "casesift"]


def test_every_requirement_has_a_tested_version_within_its_range() -> None:
    pins = {
        name: version
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
        for name, _, version in [line.partition("==")]
    }
    wanted = {canonicalize_name(r.name): r for r in requirements()}
    assert set(wanted) - set(pins) == set()
    assert [str(r) for name, r in wanted.items() if not r.specifier.contains(pins[name])] == []
    assert "casesift" not in pins and "setuptools" not in pins and all(pins.values())


@pytest.mark.parametrize(
    ("file", "says"),
    [("", "pip install 'casesift[review]'"), ("pipx_metadata.json", "pipx runpip casesift install 'casesift[review]'")],
)
def test_a_message_names_what_installs_into_this_environment(
    file: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if file:
        (tmp_path / file).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert to_install("casesift[review]") == says
