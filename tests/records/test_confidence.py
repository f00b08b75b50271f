"""Confidence: what the numbers are made of, and what is taken for right when they are fitted."""

import pytest

from extract.records.assemble import assemble_with_features
from extract.records.confidence import FEATURES, confidence, weights
from extract.records.rule_files import WEIGHTS
from extract.schema import Document, Treatment

TEXT = """## title
Topical thiosulfate for [diagnosis:calcinosis cutis|present]

## case
A [age:44-year-old] [sex:woman] was diagnosed with [diagnosis:calcinosis cutis|present]. Pain was [pain_score:8/10].
She was given [drug:STS] [dose:1.5 g] [frequency:daily]. [drug:Aspirin|declined] was declined.
"""


def test_every_fact_row_has_a_confidence_made_of_its_features(marked):
    report, features = assemble_with_features(marked(TEXT), Document(doc_id="d1", file="a.txt"))
    facts = {
        "cases": [(r.case_id, r) for r in report.cases],
        "diagnoses": [(r.diagnosis_id, r) for r in report.diagnoses],
        "treatments": [(r.treatment_id, r) for r in report.treatments],
        "pain_scores": [(r.pain_id, r) for r in report.pain_scores],
    }
    for table, told in facts.items():
        assert told
        for key, row in told:
            assert tuple(features[key]) == FEATURES[table]
            assert row.confidence == round(confidence(table, features[key]), 3)
            assert 0 < row.confidence < 1
    records = {r.record_id: r.confidence for r in report.records}
    assert records == {key: row.confidence for key, row in facts["treatments"]}


def test_the_weights_file_has_all_features_and_no_others():
    for table, names in FEATURES.items():
        assert set(weights(table)) - {"threshold"} == set(names)
    assert {r["table"] for r in WEIGHTS} == set(FEATURES)


def test_a_case_told_with_age_is_surer():
    known = {"bias": 1.0, "aged": 1.0, "sexed": 1.0, "several": 0.0, "case": 1.0}
    assert confidence("cases", known) > confidence("cases", known | {"aged": 0.0})


# --- fitting -----------------------------------------------------------------------------------------------------------

train = pytest.importorskip("pipelines.train.confidence", reason="training wants the train extra")


@pytest.mark.parametrize(
    ("told", "right"),
    [
        ({}, True),
        ({"dose_value": 20.0, "dose_unit": "mg"}, True),
        ({"dose_value": 40.0, "dose_unit": "mg"}, False),
        ({"route": "oral"}, True),
        ({"route": "topical"}, False),
        ({"days": 14.0}, False),
        ({"drug": "zinc", "text": "zinc"}, False),
        ({"drug": "saline", "text": "saline"}, None),
    ],
)
def test_when_a_treatment_is_right(told, right):
    gold = [
        {"drug": "prednisone", "regimens": [{"value": 20, "unit": "mg", "route": "oral"}]},
        {"drug": "saline", "optional": True},
    ]
    row = Treatment(
        **(
            {"treatment_id": "t", "doc_id": "d", "start": 0, "end": 1, "text": "prednisone", "drug": "prednisone"}
            | told
        )
    )
    assert train.treatment_is_right(row, gold) is right


def test_the_fit_says_what_is_so():
    told = train.Examples()
    names = FEATURES["cases"]
    for i in range(400):
        good = i % 2
        features = dict.fromkeys(names, 0.0) | {"bias": 1.0, "aged": float(good)}
        told.add(features, "cases", bool(i % 10) if good else not i % 4, i)
    fitted = train.fit_table("cases", told)
    assert fitted.weights["aged"] > 0 and fitted.error < 0.1 and fitted.rows == 400
    assert sum(b.rows for b in fitted.reliability) == 400
    assert "cases: " in train.reliability_table([fitted])


def test_a_table_without_errors_is_sure_and_not_certain(tmp_path):
    told = train.Examples()
    for i in range(50):
        told.add(dict.fromkeys(FEATURES["pain_scores"], 1.0), "pain_scores", True, i)
    fitted = train.fit_table("pain_scores", told)
    assert all(0.9 < b.said < 1.0 for b in fitted.reliability)
    train.write([fitted], tmp_path / "w.csv")
    lines = (tmp_path / "w.csv").read_text().splitlines()
    assert "table,feature,weight,comment" in lines and any(x.startswith("pain_scores,bias,") for x in lines)
