"""`casesift export --to phenopackets`: what the official protobuf package reads back is what the rows say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseError
from made_store import DOC, made
from phenopackets import FEMALE, Phenopacket
from typer.testing import CliRunner
from ucumvert import get_ucum_parser

from extract.language.tables import read_table
from pipelines.cli import app
from pipelines.curation import Decision, record
from pipelines.exports import export_store, patients
from pipelines.exports.phenopackets import read
from pipelines.store import Store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = made(tmp_path_factory.mktemp("made"))
    (out / "phenopackets").mkdir()
    (out / "phenopackets" / "of-a-patient-that-is-no-more.json").touch()
    done = CliRunner().invoke(app, ["export", str(out), "--to", "phenopackets"])
    assert done.exit_code == 0, done.output
    return out / "phenopackets"


@pytest.fixture(scope="module")
def packet(folder: Path) -> Any:
    return read((folder / f"{DOC}-c1.json").read_text(encoding="utf-8"))


def evidence(packet: Any) -> dict[str, str]:
    return {r.id: r.description for r in packet.meta_data.external_references}


def test_each_index_patient_has_a_file_and_groups_are_named(folder: Path) -> None:
    assert sorted(p.name for p in folder.iterdir()) == ["LEFT_OUT.txt", f"{DOC}-c1.json", f"{DOC}-c2.json"]
    assert (folder / "LEFT_OUT.txt").read_text() == f"a.pdf: a group of 5 patients told as one ({DOC}-c3)\n"


def test_the_subject_has_age_and_sex_and_nothing_that_is_not_told(folder: Path, packet: Any) -> None:
    assert packet.subject.time_at_last_encounter.age.iso8601duration == "P7M" and packet.subject.sex == FEMALE
    untold = json.loads((folder / f"{DOC}-c2.json").read_text(encoding="utf-8"))
    assert untold["subject"] == {"id": f"{DOC}-c2", "taxonomy": {"id": "NCBITaxon:9606", "label": "Homo sapiens"}}
    assert set(untold) == {"id", "subject", "metaData"}


def test_diseases_are_present_past_or_excluded(packet: Any) -> None:
    assert [(d.term.id, d.term.label, d.excluded) for d in packet.diseases] == [
        ("ICD10CM:M10.9", "Gout, unspecified", False), ("casesift:sepsis", "sepsis", True), ("casesift:asthma", "asthma", False),
    ]  # fmt: skip
    assert "assertion historical" in evidence(packet)[f"casesift:{DOC}-d-3"]


def test_drugs_that_were_given_have_one_dose_or_none(packet: Any) -> None:
    colchicine, prednisone, urea, vancomycin = (a.treatment for a in packet.medical_actions)
    assert (colchicine.agent.id, colchicine.agent.label) == ("DrugBank:DB01394", "colchicine")
    assert colchicine.route_of_administration.id == "NCIT:C38288"
    [interval] = colchicine.dose_intervals
    assert (interval.quantity.value, interval.quantity.unit.id, interval.schedule_frequency.id) == (
        0.5,
        "UCUM:mg",
        "NCIT:C64496",
    )
    [night] = prednisone.dose_intervals  # a range is no dose, and "at night" more than once daily
    assert not night.HasField("quantity") and night.schedule_frequency.label == "at night"
    assert not urea.dose_intervals and urea.route_of_administration.id == "casesift:intraneural"
    [daily] = vancomycin.dose_intervals  # an amount a day is not given twice
    assert daily.quantity.unit.id == "UCUM:mg/kg/d" and not daily.HasField("schedule_frequency")
    assert not any(i.HasField("interval") for t in (colchicine, vancomycin) for i in t.dose_intervals)
    assert [a.response_to_treatment.label for a in packet.medical_actions] == ["unchanged", "", "", ""]


def test_what_has_no_place_stands_with_the_evidence(packet: Any) -> None:
    told = evidence(packet)
    assert told[f"casesift:{DOC}-t-1"] == (
        'colchicine; status failed; frequency twice daily; duration P2M (two months); outcome It did not help.; page 2; confidence 0.8; "It says so."'
    )
    assert "dose 20-40 mg" in told[f"casesift:{DOC}-t-2"]
    assert "ratio 1:1; vehicle petrolatum" in told[f"casesift:{DOC}-t-3"]
    assert told["DOI:10.5555/gout.1"] == told["PMID:1234567"] == "A <case> of gout"
    references = {r.id: r.reference for r in packet.meta_data.external_references}
    assert references["PMID:1234567"] == "https://pubmed.ncbi.nlm.nih.gov/1234567/"
    assert references[f"casesift:{DOC}-t-1"] == references["DOI:10.5555/gout.1"] == "https://doi.org/10.5555/gout.1"


def test_a_rating_of_0_is_kept_and_a_range_is_none(folder: Path, packet: Any) -> None:
    ratings = [(m.assay.id, m.value.quantity.value, m.value.quantity.unit.label) for m in packet.measurements]
    assert ratings == [
        ("LOINC:72514-3", 8.0, "of 10"),
        ("LOINC:38208-5", 0.0, "of 10"),
        ("LOINC:38214-3", 65.0, "of 100"),
    ]
    assert packet.measurements[1].description == "pain-free; followup; read from words"
    told = json.loads((folder / f"{DOC}-c1.json").read_text(encoding="utf-8"))
    assert told["measurements"][1]["value"]["quantity"]["value"] == 0.0


def test_every_code_system_used_is_a_resource(packet: Any) -> None:
    resources = {r.namespace_prefix: r for r in packet.meta_data.resources}
    assert set(resources) == {"casesift", "DrugBank", "ICD10CM", "LOINC", "NCBITaxon", "NCIT", "UCUM"}
    assert all(r.id and r.name and r.url and r.version and r.iri_prefix for r in resources.values())
    assert packet.meta_data.created_by.startswith("casesift ") and packet.meta_data.created.seconds > 0


def test_nothing_is_read_back_that_the_schema_does_not_know(folder: Path) -> None:
    told = json.loads((folder / f"{DOC}-c1.json").read_text(encoding="utf-8"))
    told["subject"]["shoeSize"] = 42
    with pytest.raises(ParseError, match="shoeSize"):
        read(json.dumps(told))


def test_the_corpus_goes_through(corpus_out: Path, tmp_path: Path) -> None:
    paths = [p for p in export_store(corpus_out, "phenopackets", tmp_path) if p.suffix == ".json"]
    packets = [read(p.read_text(encoding="utf-8")) for p in paths]
    assert len(packets) == 3 and all(isinstance(p, Phenopacket) and p.diseases and p.medical_actions for p in packets)
    ucum = get_ucum_parser()
    for quantity in (
        i.quantity
        for p in packets
        for a in p.medical_actions
        for i in a.treatment.dose_intervals
        if i.HasField("quantity")
    ):
        ucum.parse(quantity.unit.id.removeprefix("UCUM:"))


@pytest.mark.parametrize(
    ("years", "iso"),
    [(58.0, "P58Y"), (1.0, "P1Y"), (0.5833, "P7M"), (1.5, "P18M"), (4.5, "P4Y6M"), (0.0055, "P2D"), (0.0575, "P21D"), (0.0, "P0D"), (61.3, "P61Y4M")],
)  # fmt: skip
def test_ages_are_iso_durations(years: float, iso: str) -> None:
    assert patients.iso_age(years) == iso


def test_every_route_has_a_class_or_is_said_to_have_none() -> None:
    routes = {row["norm"] for row in read_table("vocabulary/routes.csv") if row["norm"]}
    named = {r for r in routes if (term := patients.route({"route": r})) and term.system == "NCIT"}
    assert routes - named == {"caudal", "intracystic", "intraligamentary", "intraneural", "peribulbar", "periocular"}


def test_without_the_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "phenopackets", None)
    done = CliRunner().invoke(app, ["export", str(made(tmp_path)), "--to", "phenopackets"])
    assert done.exit_code == 2 and "pip install 'casesift[phenopackets]'" in done.output


def test_what_curators_said_goes_in_and_a_unit_that_is_none_stays_text(tmp_path: Path) -> None:
    """Rows that were added have no page and no sentence; a unit of an older log is no UCUM."""
    out = made(tmp_path)
    with Store.open(out) as store:
        for row, field, value in ((f"{DOC}-t-1", "dose_unit", "spoons"), (f"{DOC}-t-2", "status", "declined")):
            decision = Decision(
                who="Ada", doc_id=DOC, table="treatments", row_id=row, action="correct", field=field, new=value
            )
            record(store, [decision])
        record(store, [Decision(who="Ada", doc_id=DOC, table="treatments", row_id=f"{DOC}-t-3", action="reject")])
        new = {"case_id": f"{DOC}-c1", "text": "Zinc", "drug": "zinc"}
        record(store, [Decision(who="Ada", doc_id=DOC, table="treatments", row_id="", action="add", new=new)])
    [path] = [p for p in export_store(out, "phenopackets") if p.name.endswith("c1.json")]
    packet = read(path.read_text(encoding="utf-8"))
    assert sorted(a.treatment.agent.label for a in packet.medical_actions) == ["colchicine", "vancomycin", "zinc"]
    colchicine = next(a.treatment for a in packet.medical_actions if a.treatment.agent.label == "colchicine")
    assert not colchicine.dose_intervals[0].HasField("quantity")
    assert "dose 0.5 mg" in evidence(packet)[f"casesift:{DOC}-t-1"]
    assert "Zinc; confidence 1" in evidence(packet).values()
    bundles = [p for p in export_store(out, "fhir") if p.name.endswith("c1.json")]
    assert len(bundles) == 1 and '"code": "spoons"' not in bundles[0].read_text(encoding="utf-8")
