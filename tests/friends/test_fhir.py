"""`casesift export --to fhir`: bundles of R4B whose shape fhir.resources reads and whose codes are those of the value sets."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from made_store import DOC, made
from typer.testing import CliRunner
from ucumvert import get_ucum_parser

from pipelines.cli import app
from pipelines.exports import export_store
from pipelines.exports.fhir import _often, written
from pipelines.exports.fhir_codes import check


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = made(tmp_path_factory.mktemp("made"))
    done = CliRunner().invoke(app, ["export", str(out), "--to", "fhir"])
    assert done.exit_code == 0, done.output
    return out / "fhir"


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    return json.loads((folder / f"{DOC}-c1.json").read_text(encoding="utf-8"))


def resources(told: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [e["resource"] for e in told["entry"] if e["resource"]["resourceType"] == kind]


def codes(concept: dict[str, Any]) -> list[str]:
    return [c["code"] for c in concept.get("coding", ())]


def test_what_the_models_read_is_what_was_written(folder: Path, told: dict[str, Any]) -> None:
    assert sorted(p.name for p in folder.iterdir()) == ["LEFT_OUT.txt", f"{DOC}-c1.json", f"{DOC}-c2.json"]
    again = json.loads(Bundle.model_validate(told).model_dump_json())
    again["timestamp"] = told["timestamp"]  # Z for +00:00
    assert again == told


def test_every_reference_leads_to_the_patient(told: dict[str, Any]) -> None:
    [person] = [e["fullUrl"] for e in told["entry"] if e["resource"]["resourceType"] == "Patient"]
    subjects = {
        e["resource"]["subject"]["reference"] for e in told["entry"] if e["resource"]["resourceType"] != "Patient"
    }
    assert subjects == {person} and len({e["fullUrl"] for e in told["entry"]}) == len(told["entry"])
    assert {e["resource"]["meta"]["source"] for e in told["entry"]} == {"https://doi.org/10.5555/gout.1"}


def test_the_patient_has_a_sex_and_an_age(told: dict[str, Any], folder: Path) -> None:
    assert resources(told, "Patient")[0]["gender"] == "female"
    age = resources(told, "Observation")[0]
    assert codes(age["code"]) == ["30525-0"] and (age["valueQuantity"]["value"], age["valueQuantity"]["code"]) == (
        7,
        "mo",
    )
    untold = json.loads((folder / f"{DOC}-c2.json").read_text(encoding="utf-8"))
    [only] = untold["entry"]
    assert set(only["resource"]) == {"resourceType", "id", "meta"}


def test_diagnoses_say_how_far_they_are_sure(told: dict[str, Any]) -> None:
    found = [
        (c["code"]["text"], codes(c["code"]), codes(c.get("clinicalStatus", {})), codes(c["verificationStatus"]))
        for c in resources(told, "Condition")
    ]
    assert found == [
        ("gout", ["M10.9"], ["active"], ["confirmed"]), ("sepsis", [], [], ["refuted"]), ("asthma", [], ["inactive"], ["confirmed"]),
        ("lupus", [], [], ["provisional"]),
    ]  # fmt: skip


def test_drugs_say_what_became_of_them(told: dict[str, Any]) -> None:
    drugs = {m["medicationCodeableConcept"]["text"]: m for m in resources(told, "MedicationStatement")}
    assert {name: m["status"] for name, m in drugs.items()} == {
        "colchicine": "stopped", "prednisone": "unknown", "urea": "stopped", "aspirin": "not-taken", "ibuprofen": "intended",
        "vancomycin": "unknown",
    }  # fmt: skip
    assert drugs["aspirin"]["statusReason"] == [{"text": "declined"}]
    [dosage] = drugs["colchicine"]["dosage"]
    assert dosage["text"] == "0.5 mg, twice daily, two months" and codes(dosage["route"]) == ["C38288"]
    assert dosage["doseAndRate"] == [
        {"doseQuantity": {"value": 0.5, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}}
    ]
    repeat = dosage["timing"]["repeat"]
    assert (repeat["frequency"], repeat["period"], repeat["periodUnit"]) == (2, 1, "d")
    assert (repeat["boundsDuration"]["value"], repeat["boundsDuration"]["code"]) == (2, "mo")
    [span] = drugs["prednisone"]["dosage"][0]["doseAndRate"]
    assert (span["doseRange"]["low"]["value"], span["doseRange"]["high"]["value"]) == (20, 40)
    [rate] = drugs["vancomycin"]["dosage"][0]["doseAndRate"]
    assert rate["rateQuantity"]["code"] == "mg/kg/d" and "repeat" not in drugs["vancomycin"]["dosage"][0]["timing"]
    assert drugs["urea"]["dosage"][0]["route"] == {"text": "intraneural"}
    assert (
        drugs["urea"]["note"][0]["text"] == 'urea; vehicle petrolatum; ratio 1:1; page 2; confidence 0.8; "It says so."'
    )


def test_ratings_keep_0_and_ranges(told: dict[str, Any]) -> None:
    ratings = resources(told, "Observation")[1:]
    assert [r.get("valueQuantity", {}).get("value") for r in ratings] == [8, 0, 65, None]
    assert (ratings[3]["valueRange"]["low"]["value"], ratings[3]["valueRange"]["high"]["value"]) == (2, 3)
    assert [codes(r["code"]) for r in ratings] == [["72514-3"], ["38208-5"], ["38214-3"], ["38208-5"]]
    assert all(codes(r["category"][0]) == ["survey"] for r in ratings)


@pytest.mark.parametrize(
    ("kind", "path", "value", "says"),
    [
        ("Patient", ("gender",), "F", "Patient.gender: 'F' is not one of female, male, other, unknown"),
        ("MedicationStatement", ("status",), "declined", "MedicationStatement.status: 'declined' is not one of active"),
        ("Observation", ("status",), "done", "Observation.status: 'done'"),
        ("Condition", ("clinicalStatus", "coding", 0, "code"), "present", "Condition.clinicalStatus.coding.code: 'present'"),
        ("Condition", ("clinicalStatus", "coding", 0, "system"), "http://snomed.info/sct", "'active' is of http://snomed.info/sct, not of"),
        ("MedicationStatement", ("dosage", 0, "timing", "repeat", "periodUnit"), "day", "periodUnit: 'day' is not one of"),
    ],
)  # fmt: skip
def test_a_code_that_is_of_no_value_set_is_refused(
    told: dict[str, Any], kind: str, path: tuple[Any, ...], value: str, says: str
) -> None:
    spoilt = json.loads(json.dumps(told))
    at: Any = resources(spoilt, kind)[0]
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    Bundle.model_validate(spoilt)  # which looks at no codes
    with pytest.raises(ValueError, match=re.escape(says)):
        check(spoilt)


def test_a_shape_that_is_not_fhir_is_refused(told: dict[str, Any]) -> None:
    spoilt = json.loads(json.dumps(told))
    spoilt["entry"][0]["resource"]["shoeSize"] = 42
    with pytest.raises(ValueError, match="shoeSize"):
        written(spoilt)


def test_the_corpus_goes_through_with_ucum_codes(corpus_out: Path, tmp_path: Path) -> None:
    paths = [p for p in export_store(corpus_out, "fhir", tmp_path) if p.suffix == ".json"]
    assert len(paths) == 3
    ucum = get_ucum_parser()

    def units(value: Any) -> set[str]:
        if isinstance(value, list):
            return {u for one in value for u in units(one)}
        if not isinstance(value, dict):
            return set()
        own = {value["code"]} if value.get("system") == "http://unitsofmeasure.org" else set()
        return own | {u for one in value.values() for u in units(one)}

    found = {u for p in paths for u in units(json.loads(p.read_text(encoding="utf-8")))}
    assert {"mg", "d", "{score}"} <= found
    for unit in found:
        ucum.parse(unit)


@pytest.mark.parametrize(
    ("per_day", "times", "days"),
    [(1, 1, 1), (3, 3, 1), (0.1429, 1, 7), (0.2857, 2, 7), (0.0476, 1, 21), (0.5, 1, 2), (0.0333, 1, 30)],
)
def test_doses_a_day_become_so_many_in_so_many_days(per_day: float, times: int, days: int) -> None:
    assert _often(per_day) == {"frequency": times, "period": days, "periodUnit": "d"}


def test_without_the_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fhir.resources", None)
    done = CliRunner().invoke(app, ["export", str(made(tmp_path)), "--to", "fhir"])
    assert done.exit_code == 2 and "pip install 'casesift[fhir]'" in done.output
