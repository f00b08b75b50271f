"""Rows joined to one expression: what matches stays the same, shared ends are written once."""

from __future__ import annotations

import re

import pytest

from extract.rules.joining import alternation
from pipelines.catalog.rule_reference import rule_files


@pytest.mark.parametrize(
    ("rows", "joined"),
    [
        (["in (?:May)", "in (?:June|July)"], "in (?:May|June|July)"),
        (["we (?:gave|took)", "we did not", "they"], "we (?:gave|took|did not)|they"),
        (["(?:begun|ended) (?:early|late)$", "stopped (?:early|late)$"], "(?:begun|ended|stopped) (?:early|late)$"),
        (["(?:(?:a|b)|(?:c))+ [^]|)(]x", "a{2,3}b|c"], "(?:a|b|c)+ [^]|)(]x|a{2,3}b|c"),
        (["started", "stopped"], "started|stopped"),
        (["eased\\b", "healed\\b"], "eased\\b|healed\\b"),
        ([r"\u2009x", r"\u200ax"], r"\u2009x|\u200ax"),
        (["(a", "b"], "(?:(a)|(?:b)"),
    ],
)
def test_neighbours_share_their_ends(rows: list[str], joined: str) -> None:
    assert alternation(rows) == joined


def test_joined_rows_match_as_they_do_in_groups_of_their_own() -> None:
    for file in rule_files():
        column = file.expression
        if column is None or not column.tried or column.alone:
            continue
        sentences = [sentence for row in file for sentence in row.get("example", "").split(" || ")]
        for kind in file.kinds or ("",):
            groups = "|".join(f"(?:{source})" for source in file.sources(kind))
            in_groups = re.compile(f"{column.prefix}(?:{groups}){column.suffix}", column.flags)
            for sentence in sentences:
                expected, match = in_groups.search(sentence), file.pattern(kind).search(sentence)
                assert (match and match.span()) == (expected and expected.span()), (file.name, kind, sentence)
