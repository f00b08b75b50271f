"""Misspelt drug names beside a dose."""

import pytest

from extract.language.resolve.candidates import Candidate
from extract.language.resolve.spelling import beside_doses


@pytest.mark.parametrize(
    ("text", "dose", "names"),
    [
        ("She was given ciplatin 50 mg in May.", "50 mg", ["ciplatin"]),
        ("She was given 1 g of methyprednisolone.", "1 g", ["methyprednisolone"]),
        ("She was given tracrolimus (5 mg).", "5 mg", ["tracrolimus"]),
        ("She had ciplatin before. She got tablets 50 mg then.", "50 mg", []),
        ("The hemoglobin 9 g was low.", "9 g", []),
    ],
)
def test_a_word_beside_a_dose_that_is_nearly_a_drug_is_one(text: str, dose: str, names: list[str]) -> None:
    at = text.index(dose)
    found = beside_doses(text, [Candidate(at, at + len(dose), "dose", 1.0, "rule", dose)], [])
    assert [text[c.start : c.end] for c in found] == names


def test_what_is_a_name_already_is_left_alone() -> None:
    text = "She was given ciplatin 50 mg."
    known = Candidate(14, 22, "drug", 0.9, "model")
    assert list(beside_doses(text, [Candidate(23, 28, "dose", 1.0, "rule", "50 mg")], [known])) == []
