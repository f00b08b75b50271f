"""Frequencies and durations."""

import pytest

from extract.language.quantities import Duration, Frequency, iso_duration, parse_duration, parse_frequency


@pytest.mark.parametrize(
    ("text", "per_day"),
    [
        ("once a day", 1),
        ("twice-a-day", 2),
        ("2x daily", 2),
        ("3 times per day", 3),
        ("OD", 1),
        ("nightly", 1),
        ("at bedtime", 1),
        ("b.i.d.", 2),
        ("B.D", 2),
        ("twice-daily", 2),
        ("TDS", 3),
        ("t.i.d.", 3),
        ("three times a day", 3),
        ("q8h", 3),
        ("x 2 per day", 2),
        ("1-0-1", 2),  # morning, noon, evening
        ("every 8 h", 3),
        ("8-hourly", 3),
        ("q.i.d.", 4),
        ("every six hours", 4),
        ("4 times/day", 4),
        ("in three divided doses", 3),
        ("every other day", 0.5),
        ("weekly", 1 / 7),
        ("once weekly", 1 / 7),
        ("twice weekly", 2 / 7),
        ("every 3 weeks", 1 / 21),
        ("q14 days", 1 / 14),
        ("monthly", 1 / 30),
        ("every two months", 1 / 60),
        ("5 days per week", 5 / 7),
        ("hourly", 24),
    ],
)
def test_doses_a_day(text, per_day):
    assert parse_frequency(text).per_day == pytest.approx(per_day, abs=5e-5)


def test_a_day_alone_is_once_a_day():
    assert [parse_frequency(x) for x in ("per day", "a day", "/day", "/ 24 h")] == [Frequency(1.0)] * 4
    assert parse_frequency("per week") is None


def test_ranges_of_frequency():
    assert parse_frequency("every 4 to 6 hours") == Frequency(4, 6)
    assert str(parse_frequency("2–3 times per week")) == "0.2857-0.4286/d"


def test_flags():
    assert parse_frequency("PRN") == Frequency(prn=True)
    assert parse_frequency("twice daily as needed") == Frequency(2, prn=True)
    assert parse_frequency("single dose") == Frequency(kind="once")
    assert parse_frequency("bolus") == Frequency(kind="once")
    assert parse_frequency("continuous infusion") == Frequency(kind="continuous")
    assert parse_frequency("once every 3 weeks").kind == ""


def test_days_of_a_cycle():
    assert parse_frequency("on days 1, 8 and 15").days == (1, 8, 15)
    assert parse_frequency("on day 1").days == (1,)
    assert parse_frequency("d1, d8").days == (1, 8)
    assert parse_frequency("on days 1 through 3").days == (1, 2, 3)


@pytest.mark.parametrize("text", ["", "7 days", "table", "the", "often", "bidder"])
def test_no_frequency(text):
    assert parse_frequency(text) is None


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("3 weeks", 21),
        ("two-week course", 14),
        ("two month", 60),
        ("x 7 d", 7),
        ("for 2/52", 14),
        ("3/7", 3),
        ("1/12", 30),
        ("5 consecutive days", 5),
        ("one year and 3 months", 455),
        ("1.5 years", 547.5),
        ("half a year", 182.5),
        ("a month", 30),
        ("six months'", 180),
        ("the past year", 365),
        ("2 h", 2 / 24),
        ("15 seconds", 15 / 86400),
    ],
)
def test_length_in_days(text, days):
    assert parse_duration(text).days == pytest.approx(days)


def test_other_durations():
    assert parse_duration("6-8 weeks") == Duration(42, 56)
    assert parse_duration("2 days to 3 weeks") == Duration(2, 21)
    assert parse_duration("until discharge") == Duration(open=True)
    assert parse_duration("for 3 cycles") == Duration(cycles=3)
    assert parse_duration("several weeks") is None
    assert parse_duration("long-term") is None
    assert parse_duration("7/10") is None


def test_durations_print_as_iso_8601():
    assert str(parse_duration("two weeks")) == "P14D"
    assert str(parse_duration("90 minutes")) == "PT90M"
    assert str(parse_duration("48 hours")) == "P2D"
    assert str(parse_duration("6-8 weeks")) == "P42D/P56D"
    assert parse_duration("P2W") == Duration(14)
    assert parse_duration("P1DT12H") == Duration(1.5)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("two months", "P2M"), ("6 weeks", "P6W"), ("a week", "P1W"), ("10 days", "P10D"), ("48 hours", "PT48H"), ("one year and 3 months", "P1Y3M"),
        ("3 years", "P3Y"), ("a fortnight", "P14D"), ("half a year", "P182.5D"), ("2/52", "P14D"), ("20 minutes", "PT20M"),
        ("6 to 8 weeks", ""), ("until discharge", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_duration_as_iso_keeps_the_units_of_the_text(text, iso):
    told = parse_duration(text)
    assert iso_duration(text, told.days if told else None) == iso


def test_a_duration_of_days_alone_is_days():
    assert iso_duration("from 3 to 10 May", 7.0) == "P7D"
    assert iso_duration("two months", 45.0) == "P45D"  # a curator knows better
