"""Every rule file of the package: read by the one loader, its patterns short, its examples true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from extract.rules import WORD_CLASSES, RuleFile
from extract.rules.columns import Compiled, Kinds, Pattern
from extract.rules.examples import LONGEST, failures
from pipelines.catalog.rule_reference import choices, head, markdown, meaning, rule_files, values

ROOT = Path(__file__).parents[2]
FILES = rule_files()


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
        columns = [name for name, column in file.columns.items() if isinstance(column, Pattern | Compiled)]
        cells = [(row.line, name, row.written.get(name, "")) for row in file for name in columns]
        assert [(line, name) for line, name, cell in cells if len(cell) > LONGEST] == []

    def test_no_list_of_words_is_longer_either(self, file: RuleFile) -> None:
        cells = ((row.line, name, cell) for row in file for name, cell in row.written.items() if name != "comment")
        assert [(line, name) for line, name, cell in cells if "example" not in name and len(cell) > LONGEST] == []

    def test_each_column_and_value_is_explained_and_the_head_says_who_reads_it(self, file: RuleFile) -> None:
        said, meanings = head(file)
        assert [column for column in file.columns if not meaning(file, column)] == []
        assert [value for column in choices(file) for value in values(file, column) if not meanings.get(value)] == []
        assert re.search(r"[Rr]ead by (?:\S+ and )?extract/", " ".join(said)), "the head does not say who reads it"
        paths = re.findall(r"extract/[\w/]+(?:\.py)?", " ".join(said))
        assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_csv_of_the_package_is_declared() -> None:
    folder = ROOT / "extract"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")} == {file.name for file in FILES}


def test_each_word_class_is_described_and_used() -> None:
    described = re.findall(r"^# (\w+): ", WORD_CLASSES.path.read_text(encoding="utf-8"), re.MULTILINE)
    assert described == list(dict.fromkeys(row["name"] for row in WORD_CLASSES))
    patterns = " ".join(row.written.get("pattern", "") for file in FILES for row in file)
    code = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "extract").rglob("*.py"))
    used = {*re.findall(r"\{!?([a-z_]+)\}", patterns), *re.findall(r"word_class\('([a-z_]+)'\)", code)}
    assert sorted(set(described) - used) == []


def test_the_reference_of_rule_files_is_up_to_date() -> None:
    path = ROOT / "docs" / "rules.md"
    assert path.read_text(encoding="utf-8") == markdown(), "run: casesift dictionary --rules > docs/rules.md"
