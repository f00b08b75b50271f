"""A rule set finds what trying every rule at every word finds: what rules out a rule beforehand rules out none that fits."""

from __future__ import annotations

import re

import pytest

from extract.language.context.patterns import match_slots
from extract.language.context.rules import TRIGGERS, RuleSet, rules_of
from extract.language.context.words import Words, words_of


def sentences() -> list[Words]:
    """The examples of all trigger rules, their targets once as diagnoses and once as drugs."""
    examples = {rule.example for file in TRIGGERS.values() for rule in rules_of(file)}
    cut = []
    for example in sorted(examples - {""}):
        text, places = "", []
        for i, part in enumerate(re.split(r"\[\[|\]\]", example)):
            places += [(len(text), len(text) + len(part))] if i % 2 else []
            text += part
        cut += [words_of(text, 0, [(*place, label) for place in places]) for label in ("diagnosis", "drug")]
    return cut


@pytest.mark.parametrize("name", sorted(TRIGGERS))
def test_no_rule_that_fits_is_left_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = RuleSet(rules_of(TRIGGERS[name]))
    monkeypatch.setattr(
        "extract.language.context.rules._longest", lambda found: found
    )  # what is found, before some hide others
    total = 0
    for words in sentences():
        tried = {
            (rule.row, i, match[0])
            for rule in rules.rules
            for i in range(len(words.text))
            if (match := match_slots(rule.slots, 0, i, words)) is not None
        }
        assert {(hit.rule.row, hit.start, hit.end) for hit in rules.hits(words)} == tried, words.text
        total += len(tried)
    assert total > 100


def test_it_does_not_matter_what_was_asked_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RuleSet, "REMEMBERED", 5)
    forgetful, fresh = (RuleSet(rules_of(TRIGGERS["assertion_drugs.csv"])) for _ in range(2))
    for words in sentences()[:200]:
        assert forgetful.hits(words) == fresh.hits(words) == RuleSet(fresh.rules).hits(words)
        assert len(forgetful._begun) <= 5
