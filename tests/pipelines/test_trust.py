"""How far confidence can be trusted, and the benchmark that tells it for two groups of documents side by side."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from pipelines.evaluation.trust import auroc, trust
from pipelines.evaluation.whole import gold_of_case


def test_auroc_counts_ties_half():
    assert auroc([0.9, 0.8, 0.1], [True, True, False]) == 1.0
    assert auroc([0.1, 0.9], [True, False]) == 0.0
    assert auroc([0.5, 0.5, 0.5, 0.5], [True, False, True, False]) == 0.5
    assert auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == 0.875
    assert auroc([0.9, 0.8], [True, True]) is None


def test_trust_compares_what_is_said_with_what_is_so():
    told = trust([0.95, 0.95, 0.55, 0.55], [True, True, True, False])
    assert told is not None
    assert told.right == 0.75 and told.surer_half == 1.0
    assert told.error == pytest.approx((2 * 0.05 + 2 * 0.05) / 4)
    assert [(b.low, b.rows) for b in told.bins] == [(0.5, 2), (0.9, 2)]
    assert trust([], []) is None


def test_further_cases_are_judged_by_the_last_of_gold():
    assert [ids for _, ids in gold_of_case([{}, {}], ["a", "b", "c"])] == [{"a"}, {"b", "c"}]
    assert [ids for _, ids in gold_of_case([{}, {}], ["a"])] == [{"a"}, set()]


def test_the_benchmark_shows_two_groups_side_by_side(tmp_path, capsys, monkeypatch):
    path = Path(__file__).parents[2] / "benchmarks" / "accuracy.py"
    spec = importlib.util.spec_from_file_location("accuracy", path)
    assert spec and spec.loader
    accuracy = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "accuracy", accuracy)
    spec.loader.exec_module(accuracy)
    (tmp_path / "root/notes/gold").mkdir(parents=True)
    (tmp_path / "root/notes/texts").mkdir()
    told = "A 60-year-old man with gout was given oral colchicine 0.5 mg twice daily for 10 days."
    treated = {"value": 0.5, "unit": "mg", "per_day": 2, "days": 10, "route": "oral"}
    for name in ("seen", "unseen"):
        gold = {
            "doc": name, "age_years": 60, "sex": "M", "diagnoses": [{"text": "gout", "assertion": "present"}],
            "treatments": [{"drug": "colchicine", "status": "given", "regimens": [treated]}], "pain_scores": [],
        }  # fmt: skip
        (tmp_path / f"root/notes/gold/{name}.json").write_text(json.dumps(gold))
        (tmp_path / f"root/notes/texts/{name}.txt").write_text(f"Case {name}. {told}")
    figures = accuracy.measure_all(tmp_path / "root", tmp_path / "out", frozenset({"unseen"}), ())
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].split() == ["notes", "work", "blind", "distance"]
    assert figures["notes"]["blind"]["documents"] == figures["notes"]["work"]["documents"] == 1
    assert figures["all"]["work"]["whole treatment F1"] == 1.0
    assert next(x for x in shown if "whole treatment F1" in x).split()[-1] == "+0.000"
