"""Every rule row carries its own example, and the example comes out as the row declares."""

from __future__ import annotations

import pytest

from extract.language.context.rules import TRIGGERS, Rule, load, rules_of
from extract.language.context.words import words_of

from .marked import assert_marked

PAST = {"past": "historical", "history": "historical", "time": "historical"}
FILES = {"assertion_diagnoses.csv": "diagnosis", "assertion_drugs.csv": "drug"}
ROWS = [(label, rule) for name, label in FILES.items() for rule in rules_of(TRIGGERS[name])]


@pytest.mark.parametrize(("label", "rule"), ROWS, ids=[f"{label}-{r.row}" for label, r in ROWS])
def test_example_of_every_row_comes_out_as_declared(label: str, rule: Rule) -> None:
    assert rule.example, f"{rule.file}, line {rule.row}: a rule needs an example"
    found = assert_marked(rule.example, label)
    expected = (rule.expects or PAST.get(rule.category, rule.category)).split("|")
    if len(expected) == 1:
        expected *= len(found)
    assert [value for _, value, _ in found] == expected, found


CONTEXT = rules_of(TRIGGERS["assertion_context.csv"])


@pytest.mark.parametrize("rule", CONTEXT, ids=[f"context-{r.row}" for r in CONTEXT])
def test_example_of_every_context_row_is_told_by_that_row(rule: Rule) -> None:
    hits = load("assertion_context.csv").hits(words_of(rule.example))
    assert rule.pattern in {h.rule.pattern for h in hits}, [h.rule.name for h in hits]
