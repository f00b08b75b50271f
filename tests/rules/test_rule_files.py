"""Every rule file of the package: read by the one loader, its patterns short, its examples true."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import extract
from extract.rules import RuleFile, declared
from extract.rules.columns import Kinds, Pattern
from extract.rules.examples import LONGEST, failures


def _all() -> list[RuleFile]:
    for module in pkgutil.walk_packages(extract.__path__, "extract."):
        if "ocr" not in module.name:
            importlib.import_module(module.name)
    return list(declared().values())


FILES = _all()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
class TestEveryFile:
    """One test for all files."""

    def test_is_read_and_compiled(self, file: RuleFile) -> None:
        file.check()
        assert file.rows

    def test_each_example_is_matched_by_its_row_and_no_not_example(self, file: RuleFile) -> None:
        assert list(failures(file)) == []

    def test_each_kind_declared_has_rows(self, file: RuleFile) -> None:
        column = file.columns.get("kind")
        kinds = column.values if isinstance(column, Kinds) else ()
        assert [kind for kind in kinds if not file.of(kind)] == []

    def test_no_pattern_is_longer_than_a_person_reads(self, file: RuleFile) -> None:
        columns = [name for name, column in file.columns.items() if isinstance(column, Pattern)]
        cells = [(row.line, name, row.written.get(name, "")) for row in file for name in columns]
        assert [(line, name) for line, name, cell in cells if len(cell) > LONGEST] == []
