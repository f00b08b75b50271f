"""Every rule row carries its own example, and the example comes out as the row declares."""

from __future__ import annotations

import pytest

from extract.language.assertion_rules import Rule, read_rules

from .marked import assert_marked

PAST = {"past": "historical", "history": "historical", "time": "historical"}
FILES = {"assertion_diagnoses.csv": "diagnosis", "assertion_drugs.csv": "drug"}
ROWS = [(label, rule) for name, label in FILES.items() for rule in read_rules(name)]


@pytest.mark.parametrize(("label", "rule"), ROWS, ids=[f"{label}-{r.row}" for label, r in ROWS])
def test_example_of_every_row_comes_out_as_declared(label: str, rule: Rule) -> None:
    assert rule.example, f"{rule.file}, line {rule.row}: a rule needs an example"
    found = assert_marked(rule.example, label)
    expected = (rule.expects or PAST.get(rule.category, rule.category)).split("|")
    if len(expected) == 1:
        expected *= len(found)
    assert [value for _, value, _ in found] == expected, found
