"""Texts that finders could run away in are read to their end: tables, runs of numbers and spaces. One that runs away hangs here."""

import pytest

from extract.language.quantities.find import find_quantities


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 4000,
        "100 000 " * 2000,
        "5" + " " * 5000 + "mg",
        "5 mg/" * 2000,
        "one and a half " * 1000,
        "visual analog scale " * 500,
        "pain VAS 5 to " * 500,
        "days 1, " * 1500,
        "1:" * 4000,
        "a" * 20000,
        "5% " * 2000,
        "twenty-" * 2000,
    ],
    ids=lambda text: text[:12].strip(),
)
def test_hostile_texts_are_read_to_their_end(text):
    quantities = find_quantities(text)
    assert all(0 <= q.start < q.end <= len(text) for q in quantities)
