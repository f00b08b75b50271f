"""Invariants: what is printed reads back; finders never leave the text, and never crash."""

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from extract.language.quantities import (
    Age,
    Dose,
    Duration,
    Frequency,
    Pain,
    Volume,
    parse_age,
    parse_dose,
    parse_duration,
    parse_frequency,
    parse_pain,
    parse_sex,
    parse_volume,
)
from extract.language.quantities.find import find_quantities

values = st.decimals(min_value="0.001", max_value="100000", places=3).map(float)
pairs = st.tuples(values, values).filter(lambda p: p[0] < p[1])
ends = st.one_of(st.tuples(values, st.none()), pairs)
units = st.sampled_from(
    ["mg", "g", "ug", "ng", "[IU]", "mmol", "meq", "mL", "L", "%", "mg/kg", "mg/kg/d", "mg/d", "mg/mL", "mg/m2",
     "ug/kg/min", "mL/h", "[IU]/d", "mg/(5.mL)", "mg/wk", "mg/mo", "mg/a", "mg/{dose}", "{tablet}", "[drp]", "[tsp_us]", "mg.min/mL"]
)  # fmt: skip


@given(ends, units, st.none() | values, st.none() | st.sampled_from([(2.0, "{tablet}"), (15.0, "mL")]))
def test_doses_read_their_print(value, unit, per_day, amount):
    if amount and (unit in ("mL", "L", "mg.min/mL") or unit.startswith(("{", "[", "mL"))):
        amount = None
    dose = Dose(value[0], unit, value[1], per_day, *(amount or ()))
    assert parse_dose(str(dose)) == dose


@given(values, values, st.sampled_from(["mg", "ug"]), st.none() | values, st.none() | st.just((2.0, "{tablet}")))
def test_strengths_of_combinations_read_their_print(first, second, unit, per_day, amount):
    assume(
        (first, second) not in {(1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 3), (3, 4)}
    )  # "1/2 mg" is half a milligram
    dose = Dose(first, unit, None, per_day, *(amount or (None, "")), second=second)
    assert parse_dose(str(dose)) == dose


@given(ends)
def test_volumes_read_their_print(value):
    assert parse_volume(str(Volume(*value))) == Volume(*value)


@given(
    st.one_of(st.just((None, None)), ends),
    st.sampled_from(["", "once", "continuous", "intermittent"]),
    st.lists(st.integers(1, 28), max_size=5, unique=True),
    st.booleans(),
)
def test_frequencies_read_their_print(rate, kind, days, prn):
    if rate[0] is not None and kind == "once":
        kind = ""
    frequency = Frequency(*rate, kind=kind, days=tuple(days), prn=prn)
    if str(frequency):
        assert parse_frequency(str(frequency)) == frequency


@given(st.one_of(ends, st.integers(1, 10**6).map(lambda s: (s / 86400, None))))
def test_durations_read_their_print(value):
    assert parse_duration(str(Duration(*value))) == Duration(*value)


@given(st.integers(1, 40))
def test_counted_and_open_durations_read_their_print(n):
    assert parse_duration(str(Duration(cycles=n))) == Duration(cycles=n)
    assert parse_duration(str(Duration(open=True))) == Duration(open=True)


@given(st.one_of(ends))
def test_ages_read_their_print(value):
    assert parse_age(str(Age(*value))) == Age(*(round(v, 4) if v is not None else None for v in value))


@given(ends, st.none() | st.sampled_from([10.0, 100.0]), st.sampled_from(["", "VAS", "NRS", "FLACC"]), st.booleans())
def test_pain_reads_its_print(value, top, scale, inferred):
    top = top if top and max(v or 0 for v in value) <= top else None
    pain = Pain(value[0], value[1], top, scale, inferred)
    assert parse_pain(str(pain)) == pain


words = st.sampled_from(
    [
        "pain",
        "8/10",
        "VAS",
        "from",
        "to",
        "7",
        "5",
        "mg",
        "10-20",
        "mL",
        "of",
        "2%",
        "BID",
        "every",
        "8",
        "h",
        "for",
        "3",
        "weeks",
        "a",
        "44-year-old",
        "woman",
        "aged",
        "67",
        "1:1",
        "with",
        ".",
        ",",
        "(",
        ")",
        "glucose",
        "mg/dL",
        "on",
        "days",
        "1,",
        "8",
        "and",
        "15",
        "x",
        "7",
        "d",
        "half",
        "½",
        "\u200b",
        "µg/kg/min",
        "AUC",
        "fell",
        "until",
        "2/52",
        "±",
        "–",
        "%",
    ]
)


@given(st.one_of(st.lists(words, max_size=40).map(" ".join), st.text(max_size=200)))
def test_finders_stay_inside_the_text(text):
    last = {}
    for f in sorted(find_quantities(text), key=lambda f: (f.label, f.start)):
        assert 0 <= f.start < f.end <= len(text)
        assert text[f.start : f.end] == text[f.start : f.end].strip()
        assert 0 < f.confidence < 1
        assert f.start >= last.get(f.label, 0)
        last[f.label] = f.end


@given(st.text(max_size=80))
def test_parsers_take_anything(text):
    for parse in (parse_dose, parse_volume, parse_frequency, parse_duration, parse_age, parse_sex, parse_pain):
        parse(text)


@given(st.lists(words, max_size=30).map(" ".join))
def test_a_dose_found_is_a_dose_parsed(text):
    for f in find_quantities(text):
        if f.label == "dose" and f.norm:
            assert str(parse_dose(text[f.start : f.end])) == f.norm
            assert re.search(r"\d|[a-z½]", text[f.start : f.end])
