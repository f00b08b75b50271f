"""The scores: each rule of matching on the smallest case that shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.errors import Code, PipelineError
from extract.schema import Case, Diagnosis, Document, PainScore, Report, Treatment
from pipelines.evaluation.evaluate import Scores, evaluate
from pipelines.evaluation.matching import Closeness, canonical_unit, close, closeness, same_name
from pipelines.store import Store
from pipelines.tables.writing import write_tables

AT = {"doc_id": "d1", "file": "x/R1.txt", "start": 0, "end": 1}


@pytest.fixture
def score(tmp_path):
    """Score rows of one report, R1, against gold."""

    def score(gold: dict, *, csv_only: bool = False, **rows) -> Scores:
        folder, out = tmp_path / "gold", tmp_path / "out"
        folder.mkdir(exist_ok=True)
        (folder / "R1.json").write_text(json.dumps({"doc": "R1"} | gold))
        rows.setdefault("cases", [Case(**AT, case_id="c1", sex="F", age_years=44)])
        with Store.open(out, create=True) as store:
            report = Report(document=Document(doc_id="d1", file="x/R1.txt"), **{k: tuple(v) for k, v in rows.items()})
            store.put(report, Path("R1.txt"), None)
            write_tables(store, out)
        if csv_only:
            (out / "casesift.sqlite").unlink()
        return evaluate(folder, out)

    return score


def figures(scores: Scores, field: str) -> tuple[int, int, int]:
    tally = scores.fields[field]
    return tally.tp, tally.fp, tally.fn


def drug(text: str, case_id: str = "c1", **told) -> Treatment:
    name = f"{text}-{len(told)}-{sorted(told.items())}"
    return Treatment(**AT, treatment_id=name, case_id=case_id, text=text, drug=text.lower(), **told)


def diagnosis(text: str, **told) -> Diagnosis:
    return Diagnosis(**AT, diagnosis_id=text, case_id="c1", text=text, diagnosis=text.lower(), **told)


def gold_drug(name: str, *regimens: dict, **told) -> dict:
    return {"drug": name, "status": "given", "regimens": list(regimens)} | told


def treated(*treatments: dict, **told) -> dict:
    return {"cases": [{"treatments": list(treatments)}]} | told


def test_age_sex_and_the_number_of_cases(score):
    scores = score({"cases": [{"age": {"years": 44}, "sex": "F"}]})
    assert [figures(scores, f) for f in ("case count", "age", "sex")] == [(1, 0, 0)] * 3
    scores = score({"cases": [{"age": {"years": 30}, "sex": "M"}, {"sex": "F"}]})
    assert [figures(scores, f) for f in ("case count", "age", "sex")] == [(0, 1, 1), (0, 0, 1), (0, 0, 2)]


def test_diagnoses_by_any_wording_and_their_assertion(score):
    gold = {"cases": [{"diagnoses": [
        {"text": "calcinosis cutis", "also": ["calcinosis"], "assertion": "present", "primary": True},
        {"text": "lupus", "assertion": "absent"},
        {"text": "anemia", "assertion": "present", "optional": True},
        {"text": "gout", "assertion": "historical"},
    ]}]}  # fmt: skip
    rows = [diagnosis("Calcinosis"), diagnosis("systemic lupus"), diagnosis("anemia"), diagnosis("asthma")]
    scores = score(gold, diagnoses=rows)
    assert figures(scores, "diagnosis") == (2, 1, 1)
    assert figures(scores, "primary diagnosis") == (1, 0, 0)
    assert figures(scores, "assertion") == (1, 0, 1)
    assert any("gout" in str(n) for n in scores.fields["diagnosis"].notes)


def test_a_dose_by_value_and_unit_or_by_the_amount_a_day(score):
    gold = treated(gold_drug("Lithium", {"dose": "900 mg/day", "value": 900, "unit": "mg/day"}))
    right = score(gold, treatments=[drug("lithium", dose_value=300.0, dose_unit="mg", per_day=3.0)])
    assert figures(right, "dose") == (1, 0, 0)
    assert "frequency" not in right.fields  # 300 mg three times is 900 mg/day: nothing extra is told
    wrong = score(gold, treatments=[drug("lithium", dose_value=300.0, dose_unit="mg")])
    assert figures(wrong, "dose") == (0, 1, 1)


def test_a_row_serves_one_regimen_a_field_and_extras_count_once(score):
    gold = treated(gold_drug("prednisone", {"value": 60, "unit": "mg"}, {"value": 60, "unit": "mg", "days": 7}))
    rows = [drug("prednisone", dose_value=60.0, dose_unit="mg", days=7.0)]
    assert figures(score(gold, treatments=rows), "dose") == (1, 0, 1)
    twice = [drug("prednisone", dose_value=5.0, dose_unit="mg", **more) for more in ({}, {"site": "arm"})]
    assert figures(score(gold, treatments=rows + twice), "dose") == (1, 1, 1)


def test_route_vehicle_ratio_and_status(score):
    gold = treated(
        gold_drug("sodium thiosulfate", {"vehicle": "petrolatum", "ratio": "1:1", "route": "topical"}, status="stopped")
    )
    rows = [drug("sodium thiosulfate", vehicle="white petrolatum", ratio="1 : 1", route="oral")]
    scores = score(gold, treatments=rows)
    assert figures(scores, "vehicle") == figures(scores, "ratio") == (1, 0, 0)
    assert figures(scores, "route") == (0, 1, 1) and figures(scores, "status") == (0, 0, 1)


def test_optional_gold_is_neither_rewarded_nor_punished(score):
    gold = treated(gold_drug("saline", {"value": 500, "unit": "mL"}, optional=True))
    scores = score(gold, treatments=[drug("saline", dose_value=250.0, dose_unit="mL")])
    assert "drug" not in scores.fields and "dose" not in scores.fields


def test_extra_drugs_count_once_and_cited_ones_are_leaks(score):
    gold = treated(gold_drug("aspirin"), cited_drugs=["warfarin"])
    rows = [drug("aspirin"), drug("Warfarin"), drug("warfarin", site="arm"), drug("heparin")]
    scores = score(gold, treatments=rows)
    assert figures(scores, "drug") == (1, 2, 0)
    assert figures(scores, "cited leak") == (1, 1, 0)


def test_a_name_speaks_of_the_nearest_gold_drug_only(score):
    gold = treated(gold_drug("interferon"), gold_drug("interferon beta"))
    scores = score(gold, treatments=[drug("interferon beta")])
    assert figures(scores, "drug") == (1, 0, 1)


def test_pain_scores_each_once_with_their_phase(score):
    gold = {"cases": [{"pain_scores": [
        {"text": "8/10", "value": 8, "max": 10, "phase": "baseline"}, {"text": "2/10", "value": 2, "max": 10},
    ]}]}  # fmt: skip
    rows = [
        PainScore(**AT, pain_id=f"p{i}", case_id="c1", text="8/10", value=8.0, scale_max=10.0, phase="followup")
        for i in range(2)
    ]
    scores = score(gold, pain_scores=rows)
    assert figures(scores, "pain score") == (1, 1, 1) and figures(scores, "pain phase") == (0, 0, 1)


def test_cited_cases_are_left_out_and_further_cases_count_with_the_last(score):
    gold = treated(gold_drug("aspirin"))
    cases = [Case(**AT, case_id=c, role=r) for c, r in (("c1", "index"), ("c2", "cited"), ("c3", "index"))]
    rows = [drug("aspirin"), drug("heparin", case_id="c2"), drug("warfarin", case_id="c3")]
    scores = score(gold, cases=cases, treatments=rows)
    assert figures(scores, "drug") == (1, 1, 0) and figures(scores, "case count") == (0, 1, 1)


def test_short_gold_holds_its_one_case_at_the_top(score):
    assert figures(score({"age_years": 44, "sex": "F", "treatments": [gold_drug("x")]}), "age") == (1, 0, 0)


def test_records_are_all_fields_of_a_record_together(score):
    gold = {"cases": [{"diagnoses": [{"text": "gout", "assertion": "present"}], "treatments": [gold_drug("aspirin")]}]}
    scores = score(gold, diagnoses=[diagnosis("gout")], treatments=[drug("heparin")])
    assert (scores.records.tp, scores.records.fp, scores.records.fn) == (1, 1, 1) and scores.records.f1 == 0.5


def test_tables_without_a_store_score_the_same(score):
    gold = treated(gold_drug("aspirin", {"value": 5, "unit": "mg"}))
    rows = [drug("aspirin", dose_value=5.0, dose_unit="mg", dose_text="=5 mg")]
    assert score(gold, treatments=rows).as_dict() == score(gold, treatments=rows, csv_only=True).as_dict()


def test_what_a_curator_rejected_is_no_claim_of_tables_without_a_store(score):
    gold = treated(gold_drug("heparin"))
    rows = [drug("Heparin"), drug("Aspirin", curation="rejected")]
    assert figures(score(gold, csv_only=True, treatments=rows), "drug") == (1, 0, 0)


def test_a_document_is_found_by_a_whole_word_of_its_file(score, tmp_path):
    score({"cases": [{}]})
    (tmp_path / "gold" / "R1.json").write_text(json.dumps({"doc": "R", "cases": [{"sex": "F"}]}))
    assert figures(evaluate(tmp_path / "gold", tmp_path / "out"), "sex") == (0, 0, 1)


@pytest.mark.parametrize("content", ["{", "[]", '{"cases": []}', '{"doc": 5}'])
def test_broken_gold_is_told_with_its_file(tmp_path, score, content):
    score({"cases": []})
    (tmp_path / "gold" / "bad.json").write_text(content)
    with pytest.raises(PipelineError, match=r"bad\.json") as error:
        evaluate(tmp_path / "gold", tmp_path / "out")
    assert error.value.code is Code.USAGE


def test_no_gold_or_no_tables_is_a_usage_error(tmp_path, score):
    score({"cases": []})
    with pytest.raises(PipelineError, match="no gold"):
        evaluate(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(PipelineError, match=r"treatments\.csv"):
        evaluate(tmp_path / "gold", tmp_path / "gold")


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Vaseline", "vaseline", True),
        ("myxomas", "myxoma", True),
        ("biatrial myxoma", "myxoma", True),
        ("topical", "topical lidocaine", False),  # a weak word alone
        ("iv", "iv iron", False),
        ("mass", "mas", False),
        ("", "x", False),
    ],
)
def test_names(a, b, same):
    assert same_name([a], [b]) is same


@pytest.mark.parametrize(
    ("a", "b"),
    [("gm", "g"), ("mcg/kg", "ug/kg"), ("µg", "ug"), ("IU", "u"), ("mg / day", "mg/day"), ("mg/24h", "mg/d")],
)
def test_units(a, b):
    assert canonical_unit(a) == canonical_unit(b)


def test_closeness():
    gold = ["sodium thiosulfate", "STS"]
    assert closeness(["STS"], gold) is Closeness.WORDING
    assert closeness(["x", "Sodium thiosulfate"], gold) is Closeness.NAME
    assert closeness(["thiosulfate"], gold) is Closeness.PART
    assert closeness(["sodium chloride"], gold) is Closeness.NONE


@given(st.text(), st.text())
def test_matching_of_names_is_symmetric(a, b):
    assert same_name([a], [b]) == same_name([b], [a])


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_closeness_of_numbers_is_symmetric(a, b):
    assert close(a, b) == close(b, a) and close(a, a)


def test_the_curve_tells_what_a_threshold_keeps(score):
    gold = treated(gold_drug("aspirin"), gold_drug("heparin"))
    rows = [drug("aspirin", confidence=0.9), drug("heparin", confidence=0.6), drug("zinc", confidence=0.3)]
    curve = {point["threshold"]: point["drug"] for point in score(gold, treatments=rows).as_dict()["curve"]}
    assert len(curve) == 20 and curve[0.0]["r"] == 1.0 and curve[0.0]["p"] == pytest.approx(2 / 3)
    assert (curve[0.5]["p"], curve[0.5]["r"]) == (1.0, 1.0)
    assert (curve[0.9]["p"], curve[0.9]["r"]) == (1.0, 0.5)
    assert (curve[0.95]["p"], curve[0.95]["r"]) == (None, 0.0)
