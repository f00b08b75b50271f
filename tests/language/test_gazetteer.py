from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extract.language.gazetteer import Gazetteer, fold, key


def hits(names: dict[str, str], text: str) -> list[tuple[str, str]]:
    return [(text[a:b], payload) for a, b, payload in Gazetteer(names).find(text)]


def test_spelling_does_not_matter_and_the_longest_wins() -> None:
    names = {"beta blocker": "class", "blocker": "no", "Galen's cerate": "cerate"}
    text = "A Beta-blocker, beta\nblockers and Galen’s cerate"
    assert [t for t, _ in hits(names, text)] == ["Beta-blocker", "beta\nblockers", "Galen’s cerate"]


def test_names_end_at_words() -> None:
    assert hits({"gel": "form"}, "gelatin, hydrogel, gel") == [("gel", "form")]


def test_no_name_runs_over_a_blank_line_or_a_comma() -> None:
    assert hits({"sodium thiosulfate": "x"}, "sodium\n\nthiosulfate, sodium, thiosulfate") == []


def test_get_takes_a_plural() -> None:
    names = Gazetteer({"ACE inhibitor": 1})
    assert names.get("ACE-inhibitors") == 1
    assert names.get("inhibitor") is None
    assert "ace inhibitor" in names


@given(st.text(max_size=60))
def test_fold_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.lists(st.from_regex(r"[a-z]{2,6}( [a-z]{2,6})?", fullmatch=True), min_size=1, max_size=5))
def test_every_name_is_found_in_itself(names: list[str]) -> None:
    gazetteer = Gazetteer({name: name for name in names})
    for name in names:
        found = list(gazetteer.find(f"({name})"))
        assert found
        assert found[0][:2] == (1, 1 + len(name))
        assert key(found[0][2]) == key(name)
