"""Ages, sexes and numbers."""

import pytest

from extract.language.quantities import Age, parse_age, parse_number, parse_range, parse_sex
from extract.language.quantities.find import find_quantities


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("44-year-old", 44),
        ("3.5-year-old", 3.5),
        ("4(1/2)-year-old", 4.5),
        ("3 1/2 year old", 3.5),
        ("18-month-old", 1.5),
        ("28-day-old", 28 / 365),
        ("6-week-old", 42 / 365),
        ("aged 67", 67),
        ("aged 67 years", 67),
        ("67 y/o", 67),
        ("67yo", 67),
        ("45 yr", 45),
        ("sixty-year-old", 60),
        ("70–year–old", 70),
        ("33 - year old", 33),
        ("twenty-five-year-old", 25),
        ("2 years and 6 months old", 2.5),
        ("newborn", 0),
    ],
)
def test_age_in_years(text, years):
    assert parse_age(text).years == pytest.approx(years, abs=1e-4)


def test_age_ranges_and_no_ages():
    assert parse_age("aged 25 and 45") == Age(25, 45)
    assert parse_age("10-15 years") == Age(10, 15)
    assert parse_age("in her sixties") is None
    assert parse_age("34 weeks' gestation") is None
    assert parse_age("elderly") is None


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("woman", "F"),
        ("44-year-old boy", "M"),
        ("Gentleman", "M"),
        ("primigravida", "F"),
        ("F", "F"),
        ("patient", None),
        ("human", None),
    ],
)
def test_sex(text, sex):
    assert parse_sex(text) == sex


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,500", 1500),
        ("50 000", 50000),
        ("0,125", 0.125),
        ("0,5", 0.5),
        ("2 1/2", 2.5),
        ("4½", 4.5),
        ("1.5 million", 1.5e6),
        ("twenty-five", 25),
        ("one and a half", 1.5),
        ("two hundred", 200),
        ("a", 1),
        ("few", None),
        ("", None),
    ],
)
def test_numbers(text, value):
    assert parse_number(text) == value


def test_ranges_are_in_order():
    assert str(parse_range("5 to 10")) == "5-10"
    assert parse_range("10-5") == parse_range("5–10")
    assert parse_range("7") == parse_range("seven")
    assert parse_range("1 2 3") is None


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("A 23-year-old pregnant woman came.", ["23 years"]),
        ("A pregnant 23-year-old came.", ["23 years"]),
        ("A 17-year-old girl of 20 weeks gestation came.", ["17 years"]),
        ("An 8-week-old pregnancy was seen.", []),
        ("At 32 weeks of gestation she came.", []),
    ],
)  # fmt: skip
def test_a_pregnant_womans_age_is_hers(text, ages):
    assert [m.norm for m in find_quantities(text) if m.label == "age"] == ages
