"""Doses, volumes and ratios as pharmacists write them."""

import pytest

from extract.language.quantities import Dose, parse_dose, parse_ratio, parse_volume


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("40 mg", 40, "mg"),
        ("1.5 gm", 1.5, "g"),
        ("40\u2009mg", 40, "mg"),  # thin space
        ("1·5 mg", 1.5, "mg"),  # raised point
        ("0,05ml", 0.05, "mL"),  # decimal comma
        ("7 \u200b½ mg", 7.5, "mg"),  # a space of no width
        ("10 mg12", 10, "mg"),  # a citation fused to the unit
        ("60 mg/m2", 60, "mg/m2"),
        ("80 mg/m(2)", 80, "mg/m2"),
        ("1 g/day", 1, "g/d"),
        ("100 mg/d", 100, "mg/d"),
        ("200 mg per day", 200, "mg/d"),
        ("225-mg/day", 225, "mg/d"),
        ("25%", 25, "%"),
        ("0.1 %", 0.1, "%"),
        ("50 000 IU", 50000, "[IU]"),
        ("100,000 units", 100000, "[IU]"),
        ("1 million units", 1e6, "[IU]"),
        ("4 MU", 4e6, "[IU]"),
        ("5UI", 5, "[IU]"),
        ("250 mg/5 mL", 250, "mg/(5.mL)"),
        ("10 mg / kg / hour", 10, "mg/kg/h"),
        ("5 μg·kg−1·min−1", 5, "ug/kg/min"),
        ("0.1 µg/kg/min", 0.1, "ug/kg/min"),
        ("20 mL/h", 20, "mL/h"),
        ("AUC 5", 5, "mg.min/mL"),
        ("two drops", 2, "[drp]"),
        ("half a tablet", 0.5, "{tablet}"),
        ("loading dose of 400 mg followed by 200 mg", 400, "mg"),
        ("3 x 106 U", 3e6, "[IU]"),  # an exponent that came down
        ("5 × 10 6 IU", 5e6, "[IU]"),
        ("2 x 105 mg", 105, "mg"),  # and none
        ("80 mgiv", 80, "mg"),  # a space that was lost
        ("45 mg/dayfor a week", 45, "mg/d"),
        ("600 mg/mq", 600, "mg/m2"),
        ("1G", 1, "g"),
    ],
)
def test_value_and_unit(text, value, unit):
    dose = parse_dose(text)
    assert dose is not None
    assert (dose.value, dose.unit) == (value, unit)


@pytest.mark.parametrize("text", ["0.5-1 mg", "0.5 to 1 mg", "0.5 mg to 1 mg", "0.5–1 mg"])
def test_ranges(text):
    assert parse_dose(text) == Dose(0.5, "mg", 1)


def test_the_power_of_a_range_is_that_of_both_ends():
    assert parse_dose("3 to 6 × 10^6 U") == Dose(3e6, "[IU]", 6e6)


def test_a_daily_amount_is_a_unit_but_daily_is_a_frequency():
    assert parse_dose("200 mg per day") == Dose(200, "mg/d")
    assert parse_dose("200 mg daily") == Dose(200, "mg", per_day=1)
    assert parse_dose("40 mg/kg/day in 3 divided doses") == Dose(40, "mg/kg/d", per_day=3)
    assert parse_dose("500 mg/8 h") == Dose(500, "mg", per_day=3)
    assert parse_dose("3 x 100 mg/day") == Dose(100, "mg", per_day=3)


def test_amount_of_a_strength():
    assert parse_dose("2 tablets of 250 mg") == Dose(250, "mg", amount=2, amount_unit="{tablet}")
    assert parse_dose("15 mL of 2% lidocaine") == Dose(2, "%", amount=15, amount_unit="mL")


@pytest.mark.parametrize("text", ["", "mg", "high dose", "12", "L5", "five", "3 x", "/kg"])
def test_no_dose(text):
    assert parse_dose(text) is None


def test_volumes_are_millilitres():
    assert str(parse_volume("15 cc")) == "15 mL"
    assert parse_volume("0.5 L").ml == 500
    assert (parse_volume("10-20 mL").ml, parse_volume("10-20 mL").ml_max) == (10, 20)
    assert parse_volume("15 mL of 2%").ml == 15
    assert parse_volume("15 mg") is None


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("1:1", "1:1"),
        ("1 : 2", "1:2"),
        ("1:1:1", "1:1:1"),
        ("equal parts", "1:1"),
        ("1:200,000", "1:200000"),
        ("1:1 with", "1:1"),
        ("one-to-one", "1:1"),
        ("1-to-1", "1:1"),
        ("half", None),
    ],
)
def test_ratios(text, ratio):
    told = parse_ratio(text)
    assert (str(told) if told else None) == ratio


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("160/800 mg", "160/800 mg"),
        ("50 mg/12.5 mg", "50/12.5 mg"),
        ("160/4.5 mcg", "160/4.5 ug"),
        ("2 tablets of 875/125 mg", "2 {tablet} of 875/125 mg"),
        ("1/2 mg", "0.5 mg"),  # half of one, not one and two
        ("5 mg/2 mL", "5 mg/(2.mL)"),
    ],
)
def test_both_strengths_of_a_combination_are_told(text, told):
    assert str(parse_dose(text)) == told
