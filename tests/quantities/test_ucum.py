"""Every unit of doses that can be made is valid UCUM, by a parser that is not ours (ucumvert)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ucumvert import get_ucum_parser

from extract import schema
from extract.language.quantities import parse_dose
from extract.language.quantities.units import AUC_UNIT, ROLES, parse_unit, ucum

GOLD = Path(__file__).parents[2] / "corpus" / "gold"
UCUM = get_ucum_parser()
TOPS = [code for code, role in ROLES.items() if role != "base"]


def written() -> Iterator[str]:
    """All units the grammar takes: each alone, per each other, per so many and a part of it, and per kg or square metre and each."""
    for top in TOPS:
        yield top
        for below in ROLES:
            if below != "%" and top != "%":
                yield from (
                    f"{top}/{below}",
                    f"{top}/5 {below}",
                    f"{top}/0.1 {below}",
                    f"{top}/kg/{below}",
                    f"{top}/m2/{below}",
                )


def test_each_unit_the_rules_can_make_is_valid() -> None:
    made = {unit[0] for text in written() if (unit := parse_unit(text))} | {AUC_UNIT}
    assert len(made) > 4000 and {"mg/kg/d", "[IU]/m2/wk", "mg/(5.mL)", "{tablet}/d", "meq/L", "[drp]", "%"} <= made
    for unit in sorted(made):
        UCUM.parse(unit)  # raises where it is none


def test_the_doses_of_the_corpus_have_valid_units() -> None:
    texts = [
        regimen["dose"]
        for path in sorted(GOLD.glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
        for treatment in case["treatments"]
        for regimen in treatment["regimens"]
        if regimen.get("dose")
    ]
    units = {dose.unit for text in texts if (dose := parse_dose(text))}
    assert len(units) > 15 and {"mg", "mg/kg/d", "[IU]", "%"} <= units
    for unit in sorted(units):
        UCUM.parse(unit)


@pytest.mark.parametrize("unit", ["U", "mEq", "mg/day", "mg/5 mL", "{drop}", "[tsp]", "AUC"])
def test_what_was_no_ucum_or_meant_something_else_is_made_no_more(unit: str) -> None:
    assert unit not in ROLES and unit not in {made[0] for text in written() if (made := parse_unit(text))}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("insulin 10 units", "[IU]"), ("heparin 5000 IU", "[IU]"), ("20 mEq", "meq"), ("3 drops", "[drp]"), ("2 tsp", "[tsp_us]"),
        ("one tablespoon", "[tbs_us]"), ("4 mg per week", "mg/wk"), ("5 mg/year", "mg/a"), ("5 mg per month", "mg/mo"),
        ("10 mg/dose", "mg/{dose}"), ("125 mg/5 mL", "mg/(5.mL)"), ("50 ug/0.1 mL", "ug"), ("2 puffs", "{puff}"), ("AUC 5", "mg.min/mL"),
    ],
)  # fmt: skip
def test_units_as_printed_become_codes(text: str, unit: str) -> None:
    dose = parse_dose(text)
    assert dose is not None and dose.unit == unit
    assert parse_dose(str(dose)) == dose


def test_a_part_of_a_unit_that_no_finer_one_makes_whole_is_reckoned_to_one() -> None:
    dose = parse_dose("50 mg/1.73 m2")
    assert dose is not None and (round(dose.value, 2), dose.unit) == (28.9, "mg/m2")


def test_the_data_dictionary_shows_a_valid_unit() -> None:
    told = schema.Treatment.model_fields["dose_unit"].description or ""
    listed = told.rstrip(".").partition(": ")[2].split(", ")
    assert len(listed) == 10
    for unit in listed:
        UCUM.parse(unit)


@pytest.mark.parametrize(
    ("written_so", "code"),
    [
        ("mg/day", "mg/d"), ("U", "[IU]"), ("IU", "[IU]"), ("[IU]", "[IU]"), ("mEq", "meq"), ("mg/5 mL", "mg/(5.mL)"), ("AUC", "mg.min/mL"),
        ("mg.min/mL", "mg.min/mL"), ("drops", "[drp]"), ("%", "%"), ("{tablet}", "{tablet}"), ("MU", ""), ("mg/8 h", ""), ("spoons", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_unit_as_a_person_writes_it_becomes_its_code(written_so: str, code: str) -> None:
    assert ucum(written_so) == code
