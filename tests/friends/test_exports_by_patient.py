"""What the exports by patient make of rows that belong together, that contradict each other, or that are not sure."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from made_store import DOC, diagnosis, event, made, of_one_patient, treatment
from phenopackets import Phenopacket
from typer.testing import CliRunner

from extract.schema import Report
from pipelines.cli import app
from pipelines.curation import Decision, record
from pipelines.exports import export_store, patients
from pipelines.exports.phenopackets import read
from pipelines.store import Store

DENGUE = {"code_system": "ICD-10-CM", "code": "A90"}
CLOZAPINE = {"code_system": "DrugBank", "code": "DB00363"}


def packet(out: Path, told: Report, *flags: str) -> Phenopacket:
    done = CliRunner().invoke(app, ["export", str(made(out, told)), "--to", "phenopackets", *flags])
    assert done.exit_code == 0, done.output
    return read((out / "phenopackets" / f"{DOC}-c1.json").read_text(encoding="utf-8"))


def resources(out: Path, told: Report, kind: str) -> list[dict[str, Any]]:
    [path] = export_store(made(out, told), "fhir")
    bundle = json.loads(path.read_text(encoding="utf-8"))
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def test_one_code_is_one_disease_and_has_the_name_of_the_code(tmp_path: Path) -> None:
    told = of_one_patient(
        diagnosis(1, "dengue", **DENGUE), diagnosis(2, "dengue fever", **DENGUE), diagnosis(3, "numb thumb")
    )
    diseases = [(d.term.id, d.term.label) for d in packet(tmp_path / "p", told).diseases]
    assert diseases == [("ICD10CM:A90", "Dengue fever [classical dengue]"), ("casesift:numb-thumb", "numb thumb")]
    conditions = resources(tmp_path / "f", told, "Condition")
    assert [c["code"]["text"] for c in conditions] == ["dengue", "numb thumb"]
    assert conditions[0]["code"]["coding"][0]["display"] == "Dengue fever [classical dengue]"
    assert [n["text"].partition(";")[0] for n in conditions[0]["note"]] == ["dengue", "dengue fever"]


def test_what_is_present_is_not_excluded_too(tmp_path: Path) -> None:
    told = of_one_patient(diagnosis(1, "dengue", assertion="absent", **DENGUE), diagnosis(2, "dengue fever", **DENGUE))
    made_of = packet(tmp_path, told)
    assert [d.excluded for d in made_of.diseases] == [False]
    evidence = {r.id: r.description for r in made_of.meta_data.external_references}
    assert evidence[f"casesift:{DOC}-d-1"].startswith("dengue; assertion absent; page 2")


def test_since_when_is_an_age_a_year_or_words(tmp_path: Path) -> None:
    told = of_one_patient(
        diagnosis(1, "gout", onset_text="at the age of 20", onset_years=20.0), diagnosis(2, "lupus", onset_text="in 1999"),
        diagnosis(3, "asthma", onset_text="since childhood"), diagnosis(4, "cleft lip", onset_text="since birth", onset_years=0.0),
        diagnosis(5, "scurvy"), diagnosis(6, "croup", onset_text="at 7 months of age", onset_years=0.5833),
        diagnosis(7, "sepsis", assertion="absent", onset_text="in 2001"),
    )  # fmt: skip
    made_of = packet(tmp_path / "p", told)
    gout, lupus, asthma, cleft, scurvy, croup, sepsis = made_of.diseases
    assert gout.onset.age.iso8601duration == "P20Y" and croup.onset.age.iso8601duration == "P7M"
    assert lupus.onset.interval.start.ToJsonString() == "1999-01-01T00:00:00Z"
    assert lupus.onset.interval.end.ToJsonString() == "2000-01-01T00:00:00Z"
    assert asthma.onset.ontology_class.label == "since childhood"
    assert (cleft.onset.ontology_class.id, cleft.onset.ontology_class.label) == ("HP:0003577", "Congenital onset")
    assert not scurvy.HasField("onset") and not sepsis.HasField("onset")
    assert "HP" in {r.namespace_prefix for r in made_of.meta_data.resources}
    conditions = {c["code"]["text"]: c for c in resources(tmp_path / "f", told, "Condition")}
    assert conditions["gout"]["onsetAge"] == {
        "value": 20,
        "unit": "a",
        "system": "http://unitsofmeasure.org",
        "code": "a",
    }
    assert conditions["croup"]["onsetAge"]["code"] == "mo" and conditions["lupus"]["onsetDateTime"] == "1999"
    assert conditions["cleft lip"]["onsetString"] == "since birth" and "onsetString" not in conditions["scurvy"]


def test_a_drug_is_one_action_with_an_interval_for_each_regimen(tmp_path: Path) -> None:
    told = of_one_patient(
        diagnosis(1, "dengue", **DENGUE),
        treatment(1, "clozapine", **CLOZAPINE, dose_text="200 mg", dose_value=200.0, dose_unit="mg", frequency_text="daily", per_day=1.0),
        treatment(2, "clozapine", **CLOZAPINE, dose_text="250 mg per day", dose_value=250.0, dose_unit="mg/d", indication=f"{DOC}-d-1",
                  reason_stopped="adverse_event", reason_stopped_text="neutropenia", cycles=3),
        treatment(3, "zinc", indication_text="cough", route="oral"),
        treatment(4, "zinc", route="topical"),
        event(1, "neutropenia", treatment_id=f"{DOC}-t-1", link="cause"), event(2, "fever", treatment_id=f"{DOC}-t-1", link="time"),
    )  # fmt: skip
    made_of = packet(tmp_path / "p", told)
    clozapine, oral, topical = made_of.medical_actions
    assert [i.quantity.value for i in clozapine.treatment.dose_intervals] == [200, 250]
    assert clozapine.treatment_target.id == "ICD10CM:A90" and oral.treatment_target.id == "casesift:cough"
    assert clozapine.treatment_termination_reason.label == "adverse event"
    assert [e.label for e in clozapine.adverse_events] == ["neutropenia"]
    assert not topical.HasField("treatment_target")
    evidence = {r.id: r.description for r in made_of.meta_data.external_references}
    assert "cycles 3; ended because neutropenia" in evidence[f"casesift:{DOC}-t-2"]
    assert f"casesift:{DOC}-e-1" in evidence and f"casesift:{DOC}-e-2" not in evidence
    drugs = resources(tmp_path / "f", told, "MedicationStatement")
    assert drugs[1]["statusReason"] == [{"text": "neutropenia"}]
    assert drugs[2]["reasonCode"] == [{"text": "cough"}] and "reasonReference" in drugs[1]


def test_an_indication_leads_to_the_condition_that_stands_for_its_code(tmp_path: Path) -> None:
    told = of_one_patient(
        diagnosis(1, "dengue", **DENGUE), diagnosis(2, "dengue fever", **DENGUE), treatment(1, "zinc", indication=f"{DOC}-d-2")
    )  # fmt: skip
    [path] = export_store(made(tmp_path, told), "fhir")
    entries = json.loads(path.read_text(encoding="utf-8"))["entry"]
    [condition] = [e for e in entries if e["resource"]["resourceType"] == "Condition"]
    [drug] = [e["resource"] for e in entries if e["resource"]["resourceType"] == "MedicationStatement"]
    assert drug["reasonReference"] == [{"reference": condition["fullUrl"]}]


def test_a_strength_is_no_amount_its_volume_is(tmp_path: Path) -> None:
    told = of_one_patient(
        treatment(1, "lidocaine", dose_text="2%", dose_value=2.0, dose_unit="%", volume_text="20 mL", volume_ml=20.0),
        treatment(2, "urea", dose_text="10%", dose_value=10.0, dose_unit="%"),
        treatment(3, "morphine", dose_text="1 mg/mL", dose_value=1.0, dose_unit="mg/mL"),
    )
    made_of = packet(tmp_path / "p", told)
    lidocaine, urea, morphine = (a.treatment for a in made_of.medical_actions)
    assert [(i.quantity.value, i.quantity.unit.id) for i in lidocaine.dose_intervals] == [(20, "UCUM:mL")]
    assert not urea.dose_intervals and not morphine.dose_intervals
    evidence = {r.id: r.description for r in made_of.meta_data.external_references}
    assert "dose 2%; volume 20 mL" in evidence[f"casesift:{DOC}-t-1"] and "dose 10%" in evidence[f"casesift:{DOC}-t-2"]
    amounts = [d["dosage"][0].get("doseAndRate") for d in resources(tmp_path / "f", told, "MedicationStatement")]
    assert amounts[0][0]["doseQuantity"]["code"] == "mL" and amounts[1:] == [None, None]


def test_dates_make_an_interval_and_strict_keeps_only_whole_ones(tmp_path: Path) -> None:
    dose = {"dose_text": "5 mg", "dose_value": 5.0, "dose_unit": "mg", "frequency_text": "daily", "per_day": 1.0}
    told = of_one_patient(
        treatment(1, "zinc", **dose, started="On March 30, 2019", duration_text="two weeks", days=14.0),
        treatment(2, "urea", **dose, started="in March 2019", duration_text="two weeks", days=14.0),
        treatment(3, "gold", **dose),
    )
    zinc, urea, gold = (a.treatment.dose_intervals[0] for a in packet(tmp_path / "p", told).medical_actions)
    assert zinc.interval.start.ToJsonString() == "2019-03-30T00:00:00Z"
    assert zinc.interval.end.ToJsonString() == "2019-04-13T00:00:00Z"
    assert not urea.HasField("interval") and not gold.HasField("interval")
    strict = packet(tmp_path / "s", told, "--strict")
    assert [len(a.treatment.dose_intervals) for a in strict.medical_actions] == [1, 0, 0]
    drugs = resources(tmp_path / "f", told, "MedicationStatement")
    assert drugs[0]["effectivePeriod"] == {"start": "2019-03-30", "end": "2019-04-13"}
    assert "effectivePeriod" not in drugs[1]


@pytest.mark.parametrize(
    ("started", "date"),
    [
        ("on 5th of June 2020", datetime(2020, 6, 5, tzinfo=UTC)),
        ("Sept 1, 1998", datetime(1998, 9, 1, tzinfo=UTC)),
        ("31 June 2020", None),
        ("day 3 2020", None),
        ("two weeks later", None),
    ],
)
def test_only_a_whole_date_is_one(started: str, date: datetime | None) -> None:
    assert patients.begun_on({"started": started}) == date


def test_rows_less_sure_are_left_out_but_those_a_curator_looked_at(tmp_path: Path) -> None:
    told = of_one_patient(
        diagnosis(1, "gout", confidence=0.9), diagnosis(2, "lupus", confidence=0.4), treatment(1, "zinc", confidence=0.2),
        treatment(2, "gold", confidence=0.3),
    )  # fmt: skip
    with Store.open(made(tmp_path, told)) as store:
        look = Decision(who="Ada", doc_id=DOC, table="treatments", row_id=f"{DOC}-t-2", action="accept")
        record(store, [look])
    done = CliRunner().invoke(app, ["export", str(tmp_path), "--to", "phenopackets", "--confidence", "0.5"])
    assert done.exit_code == 0 and "2 rows are less sure than 0.5 and left out" in done.stderr
    made_of = read((tmp_path / "phenopackets" / f"{DOC}-c1.json").read_text(encoding="utf-8"))
    assert [d.term.label for d in made_of.diseases] == ["gout"]
    assert [a.treatment.agent.label for a in made_of.medical_actions] == ["gold"]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--to", "csv", "--strict"], "csv has no strict form; --strict is for phenopackets"),
        (["--to", "brat", "--confidence", "0.5"], "brat has no least confidence; --confidence is for phenopackets and fhir"),
        (["--to", "fhir", "--sep", ";"], "fhir has no separator; --sep is for csv and edit-csv"),
    ],
)  # fmt: skip
def test_an_option_of_another_format_is_refused(tmp_path: Path, flags: list[str], says: str) -> None:
    done = CliRunner().invoke(app, ["export", str(made(tmp_path)), *flags])
    assert done.exit_code == 2 and says in " ".join(done.stderr.split()), done.stderr
