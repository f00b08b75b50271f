"""What is hardly ever meant is doubted, what is meant is not."""

from __future__ import annotations

from typing import Any

import pytest

from extract import schema
from pipelines.curation.plausibility import doubts, rules

EMPTY: dict[str, Any] = {
    "case_id": "c1", "drug": "aspirin", "diagnosis": "gout", "dose_text": "", "dose_value": None, "dose_value_max": None,
    "dose_unit": "", "route": "", "per_day": None, "days": None, "frequency_text": "", "duration_text": "", "value": 1.0,
    "value_max": None, "scale_max": None, "age_years": None, "primary": False, "role": "", "year": None, "cycles": None, "onset_years": None,
    "therapy": "surgery", "dose_gy": None, "fractions": None, "sessions": None, "event": "rash",
}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "typed", "names"),
    [
        ("treatments", {"dose_value": -5.0}, ["dose-negative"]), ("treatments", {"dose_value": 0.0}, ["dose-negative"]),
        ("treatments", {"dose_text": "-5 mg"}, ["dose-text-negative"]),
        ("treatments", {"dose_text": "20-10 mg", "dose_value": 10.0, "dose_value_max": 20.0}, ["dose-text-reversed"]),
        ("treatments", {"dose_value": 20.0, "dose_value_max": 10.0}, ["dose-reversed"]),
        ("treatments", {"dose_unit": "mgs/moon"}, ["dose-unit-unknown"]), ("treatments", {"route": "by pigeon"}, ["route-unknown"]),
        ("treatments", {"per_day": 0.0}, ["per-day-zero"]), ("treatments", {"per_day": 400.0}, ["per-day-many"]),
        ("treatments", {"days": 99999999.0}, ["days-many"]), ("treatments", {"days": 0.0}, ["days-zero"]),
        ("treatments", {"drug": ""}, ["drug-empty"]), ("diagnoses", {"diagnosis": ""}, ["diagnosis-empty"]),
        ("pain_scores", {"value": 12.0, "scale_max": 10.0}, ["pain-above-scale"]), ("pain_scores", {"value": -1.0}, ["pain-negative"]),
        ("cases", {"age_years": 580.0}, ["age-high"]), ("diagnoses", {"onset_years": 200.0}, ["onset-high"]), ("documents", {"year": 201}, ["year-early"]),
        ("treatments", {"dose_text": "44 mg", "dose_value": 44.0, "dose_unit": "%"}, ["words-differ"]),
        ("treatments", {"cycles": 600}, ["cycles-many"]), ("therapies", {"dose_gy": 6000.0}, ["gray-many"]), ("therapies", {"dose_gy": 0.0}, ["gray-zero"]),
        ("therapies", {"fractions": 300}, ["fractions-many"]), ("therapies", {"sessions": 20000}, ["sessions-many"]), ("therapies", {"therapy": ""}, ["therapy-empty"]),
        ("adverse_events", {"event": ""}, ["event-empty"]), ("adverse_events", {"drug": ""}, ["event-drug-empty"]),
        # what is meant
        ("therapies", {"dose_gy": 79.2, "fractions": 44}, []), ("therapies", {"sessions": 36}, []), ("treatments", {"cycles": 12}, []),
        ("treatments", {"dose_value": 0.01, "dose_value_max": 0.02, "dose_unit": "ug/kg/min"}, []),
        ("treatments", {"dose_text": "10-20 mg", "dose_value": 10.0, "dose_value_max": 20.0, "dose_unit": "mg"}, []),
        ("treatments", {"dose_unit": "mg/(5.mL)", "route": "intravenous"}, []), ("treatments", {"dose_unit": "mg.min/mL"}, []),
        ("treatments", {"per_day": 0.0333, "days": 3650.0}, []), ("cases", {"age_years": 0.25}, []),
        ("pain_scores", {"value": 65.0, "scale_max": 100.0}, []), ("pain_scores", {"value": 0.0, "scale_max": 10.0}, []),
    ],
)  # fmt: skip
def test_doubts(table: str, typed: dict[str, Any], names: list[str]) -> None:
    assert [d.name for d in doubts(table, EMPTY | typed, set(typed))] == names


def test_only_what_changes_is_doubted() -> None:
    assert doubts("treatments", EMPTY | {"days": 99999999.0}, {"route"}) == []


@pytest.mark.parametrize(("value", "doubted"), [(500.0, True), (5.0, False), (60.0, False), (0.4, True), (50.0, True)])
def test_a_tenfold_jump_against_the_other_regimens_of_the_drug(value: float, doubted: bool) -> None:
    others = [
        EMPTY | {"dose_value": 5.0, "dose_unit": "mg"}, EMPTY | {"dose_value": 10.0, "dose_unit": "mg", "drug": "x"},
        EMPTY | {"dose_value": 4.9, "dose_unit": "mg"}, EMPTY | {"dose_value": 600.0, "dose_unit": "ug"},
    ]  # fmt: skip
    others += [EMPTY | {"dose_value": 10.0, "dose_unit": "mg"}] if value == 60.0 else []
    told = doubts("treatments", EMPTY | {"dose_value": value, "dose_unit": "mg"}, {"dose_value"}, others)
    assert bool(told) is doubted
    if value == 500.0:
        assert told[0].says == "500 is ten times the drug's other doses, or a tenth of them (nearest: 5)"


def test_every_rule_names_columns_that_are_there() -> None:
    for rule in rules():
        columns = schema.TABLES[rule.table].model_fields
        assert {rule.column, *([rule.other] if rule.other else []), *rule.same} <= set(columns), rule.name
        assert rule.kind in ("empty", "least", "most", "pattern", "order", "vocabulary", "jump"), rule.name
