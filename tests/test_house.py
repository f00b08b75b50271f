"""The measure of every module and function: what is longer or has more ways through it is not read by anybody."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(p for room in ("casesift", "extract", "pipelines") for p in (ROOT / room).rglob("*.py"))

#: all that the repository holds; what runs write, and texts and tables of others, are none of it
HELD = {
    ".ci", ".gitignore", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "benchmarks", "casesift", "constraints.txt",
    "corpus", "docs", "examples", "extract", "findings", "outputs", "pipelines", "pyproject.toml", "tests",
}  # fmt: skip

#: what opens a further way through a function; ruff's C901 counts no comprehension, no `x if y else z` and no `and`, `or`
FORKS = (ast.If, ast.For, ast.While, ast.ExceptHandler, ast.IfExp, ast.comprehension, ast.Assert)


def ways(function: ast.AST) -> int:
    nodes = list(ast.walk(function))
    joined = sum(len(n.values) - 1 for n in nodes if isinstance(n, ast.BoolOp))
    cases = sum(len(n.cases) for n in nodes if isinstance(n, ast.Match))
    return 1 + sum(isinstance(n, FORKS) for n in nodes) + joined + cases


def functions() -> Iterator[tuple[str, int]]:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", ways(node)


def test_no_function_has_more_than_25_ways_through_it():
    assert [(name, n) for name, n in functions() if n > 25] == []


def test_no_module_is_longer_than_350_lines():
    lengths = {str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {name: n for name, n in lengths.items() if n > 350} == {}


def test_ways_are_counted_as_a_reader_meets_them():
    code = "def f(x):\n    if x and x > 1 or not x:\n        return [y for y in x if y]\n    return 1 if x else 2"
    assert ways(ast.parse(code).body[0]) == 6


def test_nothing_is_in_the_repository_but_what_is_known():
    git = shutil.which("git")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True) if git else None
    if listed is None or listed.returncode:
        pytest.skip("no git, or no checkout of ours")
    assert {name.split("/")[0] for name in listed.stdout.split("\0") if name} <= HELD
