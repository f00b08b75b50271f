"""`casesift.questions`: drugs by indication, response of pain, what failed before what helped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import casesift
from casesift.report import Report
from extract import schema
from pipelines.report.questions import mg_per_day

PLACE = {"file": "a.pdf", "start": 0, "end": 1}


def patient(
    n: int, diagnosis: tuple[str, str], *treatments: dict[str, Any], role: Any = "index", pain: Any = ()
) -> Report:
    """A report of one patient; treatments in the order they are told."""
    place = {**PLACE, "file": f"{n}.pdf", "doc_id": f"d{n}", "case_id": f"d{n}-c1"}
    name, code = diagnosis
    given = tuple(
        schema.Treatment(
            **{**place, "treatment_id": f"d{n}-t-{i}", "text": t["drug"], "start": 10 * i, "end": 10 * i + 5, **t}
        )
        for i, t in enumerate(treatments)
    )
    return Report.of(
        schema.Report(
            document=schema.Document(doc_id=f"d{n}", file=f"{n}.pdf"), cases=(schema.Case(**place, role=role),),
            diagnoses=(schema.Diagnosis(**place, diagnosis_id=f"d{n}-d-1", text=name, diagnosis=name, code=code, primary=True),),
            treatments=given,
            records=tuple(
                schema.FlatRecord(**place, record_id=f"d{n}-t-{i}", drug=drug, vehicle=vehicle, pain_before=before, pain_after=after)
                for i, (drug, vehicle, before, after) in enumerate(pain)
            ),
        ),
        None,
    )  # fmt: skip


def drug(
    name: str, dose: str = "", value: float | None = None, unit: str = "", per_day: float | None = None, **more: Any
) -> dict[str, Any]:
    return {"drug": name, "dose_text": dose, "dose_value": value, "dose_unit": unit, "per_day": per_day, **more}


@pytest.fixture
def result() -> casesift.Result:
    dengue, fever, gout = ("dengue", "A90"), ("dengue fever", "A90"), ("gout", "")
    return casesift.Result([
        patient(1, dengue, drug("paracetamol", "1 g", 1.0, "g", 4.0, days=5.0, frequency_text="every 6 h"), drug("aspirin", status="avoided")),
        patient(2, fever, drug("paracetamol", "500 mg", 500.0, "mg", 2.0, days=3.0), drug("paracetamol", "15 mg/kg", 15.0, "mg/kg", 3.0)),
        patient(3, dengue, drug("paracetamol", "40 mg/d", 40.0, "mg/d")),
        patient(4, gout, drug("allopurinol", status="failed"), drug("colchicine", outcome="unchanged"), drug("steroid", outcome="resolved"),
                drug("allopurinol", outcome="improved"), pain=[("steroid", "", 8.0, 2.0), ("gel", "Eucerin", 6.0, 5.0)]),
        patient(5, ("Gout", ""), drug("steroid", confidence=0.2), pain=[("steroid", "", 6.0, 4.0)]),
        patient(6, gout, drug("steroid", "99 g", 99.0, "g", 1.0), role="cited"),
    ])  # fmt: skip


def test_drugs_by_indication_are_one_row_for_a_code_with_doses_in_mg_a_day(result: casesift.Result) -> None:
    rows = casesift.questions.by_indication(result)
    first = rows.iloc[0]
    assert (first.indication, first.code, first.drug, first.patients) == ("dengue", "A90", "paracetamol", 3)
    assert (first.mg_per_day_least, first.mg_per_day, first.mg_per_day_most) == (40.0, 1000.0, 4000.0)
    assert (first.other_doses, first.days, first.with_duration) == ("15 mg/kg", 4.0, 2)
    assert first.files == "1.pdf; 2.pdf; 3.pdf"
    assert list(zip(rows.indication, rows.drug, rows.patients, strict=True))[1:] == [
        ("gout", "steroid", 2), ("gout", "allopurinol", 1), ("gout", "colchicine", 1),
    ]  # fmt: skip
    assert pd.isna(rows.mg_per_day[1]) and rows.other_doses[1] == ""


def test_a_drug_counts_for_what_the_report_says_it_was_given_for() -> None:
    gout = ("gout", "M10.9")
    told = casesift.Result([
        patient(1, gout, drug("colchicine", indication="d1-d-1"), drug("ondansetron", indication_text="Nausea"), drug("zinc")),
        patient(2, ("lupus", "M32.9"), drug("colchicine")),
    ])  # fmt: skip
    rows = casesift.questions.by_indication(told)
    assert set(zip(rows.indication, rows.code, rows.drug, strict=True)) == {
        ("gout", "M10.9", "colchicine"), ("nausea", "", "ondansetron"), ("gout", "M10.9", "zinc"), ("lupus", "M32.9", "colchicine"),
    }  # fmt: skip


def test_rows_that_are_not_sure_enough_are_left_out(result: casesift.Result) -> None:
    rows = casesift.questions.by_indication(result, confidence=0.5)
    assert rows.set_index(["indication", "drug"]).patients["gout", "steroid"] == 1


def test_the_response_of_pain_is_a_median_of_changes(result: casesift.Result) -> None:
    rows = casesift.questions.pain_response(result)
    assert [tuple(r) for r in rows.drop(columns="files").itertuples(index=False)] == [
        ("steroid", "", 2, 7.0, 3.0, -4.0), ("gel", "eucerin", 1, 6.0, 5.0, -1.0),
    ]  # fmt: skip


def test_what_failed_before_what_helped_goes_by_the_order_of_the_report(result: casesift.Result) -> None:
    rows = casesift.questions.failed_then_helped(result)
    assert list(zip(rows.failed, rows.helped, rows.patients, strict=True)) == [
        ("allopurinol", "steroid", 1), ("colchicine", "allopurinol", 1), ("colchicine", "steroid", 1),
    ]  # fmt: skip


def test_the_response_can_be_drawn(result: casesift.Result) -> None:
    import matplotlib

    matplotlib.use("agg")
    axes = casesift.questions.plot_pain(casesift.questions.pain_response(result))
    assert [t.get_text() for t in axes.get_yticklabels()] == ["steroid (n=2)", "gel in eucerin (n=1)"]
    assert [list(line.get_xdata()) for line in axes.lines] == [[7.0, 3.0], [6.0, 5.0]]


def test_nothing_gives_empty_answers(tmp_path: Path) -> None:
    empty = casesift.read(tmp_path, progress=False)
    for answer in (
        casesift.questions.by_indication,
        casesift.questions.pain_response,
        casesift.questions.failed_then_helped,
    ):
        assert len(answer(empty)) == 0 and "patients" in answer(empty).columns


@pytest.mark.parametrize(
    ("dose", "mg"),
    [
        ((5.0, None, "mg", 2.0), 10.0), ((1.0, 2.0, "g", 1.0), 1500.0), ((70.0, None, "mg", 0.1429), 10.0), ((250.0, None, "ug", 4.0), 1.0),
        ((300.0, None, "mg/d", None), 300.0), ((5.0, None, "mg", None), None), ((5.0, None, "mg/kg", 1.0), None), ((2.0, None, "%", 2.0), None),
        ((10.0, None, "[IU]", 1.0), None), ((None, None, "", None), None), ((5.0, None, "mg/kg/d", 1.0), None),
    ],
)  # fmt: skip
def test_doses_in_mg_a_day(dose: tuple[Any, ...], mg: float | None) -> None:
    assert mg_per_day(*dose) == mg
