"""The evaluation as a page."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from pipelines.cli import app


def _gold(folder: Path) -> Path:
    folder.mkdir()
    case = {
        "age": {"years": 61}, "sex": "F",
        "diagnoses": [{"text": "burn", "assertion": "present", "primary": True}],
        "treatments": [
            {"drug": "lidocaine", "status": "given", "regimens": [{"dose": {"value": 5, "unit": "%"}}]},
            {"drug": "silver <sulfadiazine>", "status": "given", "regimens": []},
        ],
        "pain_scores": [],
    }  # fmt: skip
    (folder / "burn.json").write_text(json.dumps({"doc": "burn", "cases": [case], "cited_drugs": []}))
    return folder


def test_the_page_tells_figures_misses_and_evidence(out: Path, tmp_path: Path) -> None:
    page = tmp_path / "evaluation.html"
    told = CliRunner().invoke(app, ["evaluate", str(_gold(tmp_path / "gold")), str(out), "--html", str(page), "--json"])
    assert told.exit_code == 0, told.output
    html = page.read_text(encoding="utf-8")
    assert "missed drug silver &lt;sulfadiazine&gt;" in html
    assert "extra drug Tramadol" in html and "Tramadol was declined." in html, "an extra has its sentence"
    assert "<script" not in html and "default-src 'none'" in html
    drug = json.loads(told.stdout)["drug"]
    assert (drug["tp"], drug["fp"], drug["fn"]) == (1, 1, 1)
    assert f"{drug['f1']:.3f}" in html


def test_misses_are_data_as_well(out: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["evaluate", str(_gold(tmp_path / "gold")), str(out), "--json", "--show"])
    scores = json.loads(told.stdout)
    extra = next(m for m in scores["drug"]["misses"] if m["extra"])
    assert extra["doc"] == "burn" and "Tramadol was declined." in extra["evidence"]
    assert scores["reports"]["burn"] == scores["records"]
    assert [p["threshold"] for p in scores["curve"]][:3] == [0.0, 0.05, 0.1]
