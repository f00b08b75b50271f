"""Confidence: what the numbers are made of, that they are what the stored trees say, and what is taken for right when they are fitted."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from extract.records.assemble import assemble_with_features
from extract.records.confidence import FEATURES, confidence, weights
from extract.records.confidence.trees import models
from extract.records.rule_files import WEIGHTS
from extract.schema import Document, Treatment

TEXT = """## title
Topical thiosulfate for [diagnosis:calcinosis cutis|present]

## case
A [age:44-year-old] [sex:woman] was diagnosed with [diagnosis:calcinosis cutis|present]. Pain was [pain_score:8/10].
She was given [drug:STS] [dose:1.5 g] [frequency:daily]. [drug:Aspirin|declined] was declined.
"""
STORED = Path(__file__).parent / "confidence_rows.json"


def test_every_fact_row_has_a_confidence_made_of_its_features(marked):
    report, features = assemble_with_features(marked(TEXT), Document(doc_id="d1", file="a.txt"), threshold=False)
    facts = {
        "cases": [(r.case_id, r) for r in report.cases],
        "diagnoses": [(r.diagnosis_id, r) for r in report.diagnoses],
        "treatments": [(r.treatment_id, r) for r in report.treatments],
        "pain_scores": [(r.pain_id, r) for r in report.pain_scores],
    }
    for table, told in facts.items():
        names = set(models()[table].names) if table in models() else set(FEATURES[table])
        assert told
        for key, row in told:
            assert set(features[key]) <= names
            assert row.confidence == round(confidence(table, features[key]), 3)
            assert 0 < row.confidence < 1
    records = {r.record_id: r.confidence for r in report.records}
    assert records == {key: row.confidence for key, row in facts["treatments"]}


def test_stored_rows_have_the_confidence_they_had():
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    assert {table: round(confidence(table, row), 4) for table, row in stored["features"].items()} == stored[
        "confidence"
    ]


def test_a_dearer_link_and_a_nearer_rival_make_a_dose_no_surer():
    """Over many trees: on the stored row, and not on each."""
    row = json.loads(STORED.read_text(encoding="utf-8"))["features"]["treatments"]
    near = row | {"link_cost": 0.3, "link_cost_mean": 0.3, "link_margin": 8.0, "link_confidence": 0.98}
    far = row | {"link_cost": 6.0, "link_cost_mean": 6.0, "link_margin": 0.2, "link_confidence": 0.5}
    assert confidence("treatments", far) < confidence("treatments", near)


def test_the_probability_of_a_row_rises_with_that_of_each_part():
    model = models()["treatments"]
    assert set(model.parts) == {"drug", "status", "duration", "dosing"} and model.slope > 0
    assert models()["diagnoses"].slope > 0


def test_the_weights_file_has_all_features_and_no_others():
    for table, names in FEATURES.items():
        assert set(weights(table)) == set(names)
    assert set(weights("diagnoses")) == {"threshold"}
    assert {row["table"] for row in WEIGHTS} == {*FEATURES, "diagnoses"}


def test_a_case_told_with_age_is_surer():
    known = {"bias": 1.0, "aged": 1.0, "sexed": 1.0, "several": 0.0, "case": 1.0}
    assert confidence("cases", known) > confidence("cases", known | {"aged": 0.0})


# --- fitting -----------------------------------------------------------------------------------------------------------

train = pytest.importorskip("pipelines.train.confidence", reason="training wants the train extra")
trees = pytest.importorskip("pipelines.train.confidence_trees")
from pipelines.evaluation.whole import judge_treatments  # noqa: E402
from pipelines.train.confidence_rows import Examples, _parts, add_document  # noqa: E402


def treatment(**told):
    return Treatment(
        **(
            {"treatment_id": "t", "doc_id": "d", "start": 0, "end": 1, "text": "prednisone", "drug": "prednisone"}
            | told
        )
    )


GOLD = [
    {"drug": "prednisone", "status": "given", "regimens": [{"value": 20, "unit": "mg", "route": "oral"}]},
    {"drug": "saline", "status": "given", "optional": True},
]
TAKEN = {"dose_value": 20.0, "dose_unit": "mg"}


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (TAKEN, [True]),
        ({}, [False]),
        ({"dose_value": 40.0, "dose_unit": "mg"}, [False]),
        (TAKEN | {"route": "oral"}, [True]),
        (TAKEN | {"route": "topical"}, [False]),
        (TAKEN | {"days": 14.0}, [False]),
        (TAKEN | {"status": "failed"}, [False]),
        ({"drug": "zinc", "text": "zinc"}, [False]),
        ({"drug": "saline", "text": "saline"}, []),
    ],
)
def test_when_a_treatment_is_right(told, right):
    assert [ok for _, ok in judge_treatments(GOLD, [treatment(**told)]).rows] == right


def test_a_wrong_row_is_judged_in_parts():
    late = treatment(**TAKEN, status="failed", days=14.0)
    assert _parts(late, GOLD, False) == {"drug": True, "status": False, "duration": False, "dosing": True}
    assert _parts(treatment(drug="zinc", text="zinc"), GOLD, False) == {"drug": False}


def test_what_a_gold_record_does_not_have_is_not_judged(marked):
    drugs = [{"drug": "STS", "status": "given", "regimens": [{"value": 1.5, "unit": "g", "per_day": 1}]}]
    add_document(judged := defaultdict(Examples), {"cases": [{"treatments": drugs}]}, marked(TEXT), 1)
    assert list(judged) == ["treatments"] and judged["treatments"].right == [True, False]
    whole = {"sex": "F", "age": {"years": 44}, "treatments": drugs, "diagnoses": [], "pain_scores": []}
    add_document(judged := defaultdict(Examples), {"cases": [whole]}, marked(TEXT), 1)
    assert {table: rows.right for table, rows in judged.items()} == {
        "treatments": [True, False], "diagnoses": [False], "pain_scores": [False], "cases": [True],
    }  # fmt: skip


def test_the_fit_says_what_is_so():
    told = Examples()
    for i in range(400):
        good = i % 2
        features = dict.fromkeys(FEATURES["cases"], 0.0) | {"bias": 1.0, "aged": float(good)}
        told.add(features, bool(i % 10) if good else not i % 4, i)
    fitted = train.fit_table("cases", told)
    assert fitted.weights["aged"] > 0 and fitted.trust.error < 0.1 and fitted.trust.rows == 400
    assert "cases: " in train.reliability_table({"cases": fitted.trust})


@pytest.fixture(scope="module", params=["diagnoses", "treatments"])
def grown(request):
    """Trees for rows that are right where `sharp` is above a half, nearly always: boosted ones, and averaged ones."""
    chance = np.random.default_rng(3)
    told = Examples()
    for i in range(300):
        sharp = float(chance.random())
        told.add({"sharp": sharp, "noise": float(chance.random())}, bool((sharp > 0.5) != (i % 12 == 0)), i)
    return told, trees.fit_trees(request.param, told)


def test_trees_read_as_arrays_say_what_scikit_learn_says(grown, tmp_path):
    told, fitted = grown
    trees.write_trees([fitted], tmp_path / "trees.npz")
    model = trees.loads((tmp_path / "trees.npz").read_bytes())[fitted.table]
    x = np.array([[row[name] for name in model.names] for row in told.features], dtype=np.float32)
    grower = trees._grow(fitted.table, x, np.array(told.right), np.array(told.weight))
    mine = [model.probabilities(row)["whole"] for row in told.features]
    assert np.allclose(mine, grower.predict_proba(x)[:, 1], atol=1e-5)


def test_trees_rank_rows_of_reports_they_have_not_seen(grown):
    _, fitted = grown
    assert fitted.trust.auroc > 0.8 and fitted.importances["whole"]["sharp"] > fitted.importances["whole"]["noise"]
    assert trees.best_threshold(fitted)[1] >= trees.best_threshold(fitted)[2] - trees.NEARLY


def test_confidences_tell_the_share_that_fresh_reports_have_and_rank_as_before(grown):
    told, fitted = grown
    moved = trees.fit_trees(fitted.table, told, fresh=0.4)
    assert moved.held.mean() == pytest.approx(0.4, abs=0.001) and fitted.held.mean() > 0.45
    assert moved.trust.auroc == pytest.approx(fitted.trust.auroc)
    line = f"{fitted.table}/line"
    assert moved.arrays[line][0] == fitted.arrays[line][0]


def test_what_is_written_can_be_read_and_has_a_card(grown, tmp_path):
    _, fitted = grown
    cases = Examples()
    for i in range(50):
        cases.add(dict.fromkeys(FEATURES["cases"], 1.0), True, i)
    linear = train.fit_table("cases", cases)
    assert all(0.9 < b.mean <= 1.0 for b in linear.trust.bins)
    train.write(train.Fitted([fitted], [linear], 300), tmp_path)
    lines = (tmp_path / "confidence.csv").read_text(encoding="utf-8").splitlines()
    assert "table,feature,weight,comment" in lines and any(x.startswith("cases,bias,") for x in lines)
    card = (tmp_path / "confidence_trees.md").read_text(encoding="utf-8")
    assert "300 documents" in card and "sharp" in card


def test_card_and_weights_agree():
    from importlib.resources import files

    card = files("extract.records").joinpath("rules", "confidence_trees.md").read_text(encoding="utf-8")
    for table, model in models().items():
        assert f"## {table}\n\n{len(model.names)} features." in card
        assert all(f"- {part}: " in card for part in model.parts)
