"""The report page: its figures, and what it does in a browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from report_folder import BURN, EVIL, EVIL_NAME
from starlette.testclient import TestClient
from typer.testing import CliRunner

from extract.schema import Case, Diagnosis, Document
from extract.schema import Report as SchemaReport
from pipelines.cli import app
from pipelines.curation import Decision, record
from pipelines.report import write_report
from pipelines.report.gather import Findings, gather
from pipelines.report.plots import plots
from pipelines.review import server
from pipelines.review.app import create_app
from pipelines.store import Store


def _gathered(out: Path) -> Findings:
    with Store.open(out) as store:
        return gather(store)


def _lines(findings: Findings, name: str) -> list[tuple]:
    return [line.cells for line in findings.counts[name].lines]


def test_drugs_are_counted_by_case_and_by_what_became_of_them(out: Path) -> None:
    drugs = _lines(_gathered(out), "drugs")
    assert ("lidocaine", 1, 2, "", "") in drugs, "two regimens of one case"
    assert ("tramadol", 0, 0, "declined 1", "") in drugs
    assert "gold" not in [name for name, *_ in drugs], "that patient is somebody else's"


def test_diagnoses_of_one_code_are_one_line_that_leads_to_all_of_them(tmp_path: Path) -> None:
    """ "dengue" and "dengue fever"; the commonest name stands for both, and a case counts once."""
    with Store.open(tmp_path, create=True) as store:
        for n, names in enumerate((["dengue fever", "dengue"], ["dengue"], ["numb thumb"])):
            place = {"doc_id": f"d{n}", "file": f"{n}.pdf", "start": 0, "end": 1, "case_id": f"d{n}-c1"}
            rows = tuple(
                Diagnosis(
                    **place, diagnosis_id=f"d{n}-d-{i}", text=name, diagnosis=name, code="A90" if "dengue" in name else "", primary=True
                )
                for i, name in enumerate(names)
            )  # fmt: skip
            document = Document(doc_id=f"d{n}", file=f"{n}.pdf", sha256=str(n) * 64)
            store.put(
                SchemaReport(document=document, cases=(Case(**place),), diagnoses=rows), tmp_path / f"{n}.pdf", None
            )
        count = gather(store).counts["diagnoses"]
    assert [line.cells for line in count.lines] == [
        ("dengue", 2, 2, "A90"),
        ("numb thumb", 1, 1, ""),
    ] and count.whole == 2
    assert [line.only for line in count.lines] == [
        {"code": "A90", "assertion": "present"}, {"diagnosis": "numb thumb", "assertion": "present"},
    ]  # fmt: skip


def test_doses_are_counted_by_drug_and_unit(out: Path) -> None:
    assert ("lidocaine", 1, "2", "3.5", "5", "%") in _lines(_gathered(out), "doses")


def test_durations_and_vehicles_are_counted(out: Path) -> None:
    findings = _gathered(out)
    assert _lines(findings, "durations") == [("up to a month", 1)]
    assert _lines(findings, "vehicles") == [("petrolatum", 1)]


def test_what_was_done_and_what_harm_drugs_did_are_counted(out: Path) -> None:
    findings = _gathered(out)
    assert _lines(findings, "therapies") == [("skin graft", 1)]  # the one that was declined was not done
    assert _lines(findings, "harms") == [("lidocaine", "rash", 1, 1)]
    amounts = dict(zip(findings.frames["therapies"]["therapy"], findings.frames["therapies"]["amount"], strict=True))
    assert amounts == {"skin graft": "", "radiotherapy": "20 Gy; 10 fractions"}
    assert {("therapies", 1, "1 kind, done", "therapies"), ("adverse events", 1, "1 drug", "adverse_events")} <= set(
        findings.tiles
    )


def test_rows_to_check_are_those_less_sure_that_nobody_decided_on(out: Path) -> None:
    def to_check() -> int:
        return next(number for name, number, *_ in _gathered(out).tiles if name == "rows to check")

    before = to_check()
    with Store.open(out) as store:
        row = next(r for r in store.rows("treatments") if r["drug"] == "lidocaine")
        with store.transaction() as db:
            db.execute("UPDATE treatments SET confidence = 0.3 WHERE treatment_id = ?", (row["treatment_id"],))
    assert to_check() == before + (row["confidence"] >= 0.7)
    with Store.open(out) as store:
        about = {"who": "Ada", "doc_id": row["doc_id"], "table": "treatments", "row_id": row["treatment_id"]}
        record(store, [Decision(action="accept", **about)])
    assert to_check() == before - (row["confidence"] < 0.7)


def test_what_a_curator_rejected_is_not_counted(out: Path) -> None:
    with Store.open(out) as store:
        doc_id = next(r["doc_id"] for r in store.rows("treatments") if r["drug"] == "lidocaine")
        record(
            store,
            [Decision(who="Ada", doc_id=doc_id, table="treatments", row_id="burn.txt-treatments-1", action="reject")],
        )
    assert ("lidocaine", 1, "5", "5", "5", "%") in _lines(_gathered(out), "doses")


def test_where_a_later_run_and_a_curator_part_is_told(out: Path) -> None:
    assert "disagreements with curators" not in [name for name, *_ in _gathered(out).tiles]
    with Store.open(out) as store:
        row = next(r for r in store.rows("treatments") if r["drug"] == "lidocaine")
        about = {"who": "Ada", "doc_id": row["doc_id"], "table": "treatments", "row_id": row["treatment_id"]}
        record(store, [Decision(action="correct", field="dose_value", new=4.0, **about)])
        with store.transaction() as db:  # a later run reads another dose
            db.execute("UPDATE treatments SET dose_value = 6 WHERE treatment_id = ?", (row["treatment_id"],))
    assert ("disagreements with curators", 1, "a later run reads otherwise", "") in _gathered(out).tiles


def test_a_page_of_very_many_rows_holds_the_first_and_says_so(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.report.page.MOST_ROWS", 2)
    page = write_report(out).read_text(encoding="utf-8")
    assert "The first 2 of 4 treatments are among the rows of this page" in page
    assert page.count('"burn.txt-treatments-1"') <= 1 and ("lidocaine", 1, 2, "", "") in _lines(_gathered(out), "drugs")


def test_every_count_leads_to_as_many_cases_as_it_tells(out: Path) -> None:
    findings = _gathered(out)
    for name in ("routes", "vehicles", "durations"):
        for line in findings.counts[name].lines:
            rows = findings.frames[line.table]
            for column, value in line.only.items():
                rows = rows[rows[column].astype(str) == value]
            assert rows["case_id"].nunique() == line.cells[1], (name, line)


def test_plots_are_the_same_each_time_and_keep_their_text(out: Path) -> None:
    first, second = plots(_gathered(out)), plots(_gathered(out))
    assert first == second
    pain = next(p for p in first if p.name == "Pain before and after")
    assert "lidocaine" in pain.svg and "currentColor" in pain.svg and "<script" not in pain.svg


def test_the_page_loads_nothing_and_no_text_ends_its_data(out: Path) -> None:
    page = write_report(out).read_text(encoding="utf-8")
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert page.count("<script") == 2 and page.count("</script>") == 2
    assert "<img" not in page
    assert "src=" not in page.replace("src=x onerror", "")


def test_a_document_whose_file_is_gone_keeps_its_rows(out: Path) -> None:
    (out.parent / "in" / "burn.txt").unlink()
    page = write_report(out).read_text(encoding="utf-8")
    assert "lidocaine" in page and "not-found" in page


def test_the_command_tells_where_the_page_is(out: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["report", str(out), "--to", str(tmp_path / "page.html"), "--texts", "0"])
    assert told.exit_code == 0, told.output
    assert told.stdout.strip() == str(tmp_path / "page.html")
    assert "The text of 2 documents is not in this page" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_without_a_run_or_without_matplotlib_one_line_says_so(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = CliRunner().invoke(app, ["report", str(tmp_path)])
    assert told.exit_code == 2 and "no casesift output folder" in told.stderr
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    told = CliRunner().invoke(app, ["report", str(out)])
    assert told.exit_code == 2 and "pip install 'casesift[report]'" in told.stderr


# in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(chromium, out: Path) -> Iterator:
    """The page, opened; whatever it complains of or asks for over a network fails the test."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(300_000)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
    page.goto(write_report(out).as_uri())
    yield page
    assert page.evaluate("window.ran") is None, "text of a document ran as a script"
    page.close()
    assert not wrong


def _rows(page) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator("#table tr.row").all()]


def test_a_number_leads_to_its_rows_and_a_row_to_its_sentence(page) -> None:
    page.locator("section.count", has=page.get_by_role("heading", name="Vehicles")).get_by_role("link").click()
    assert [row[3] for row in _rows(page)] == ["lidocaine"]
    page.get_by_role("button", name="burn.txt").click()
    assert page.locator(".evidence mark").inner_text() == "lidocaine"
    page.get_by_role("button", name="Read it in the text").click()
    assert page.locator("#text").inner_text() == BURN
    assert page.locator("#text mark").inner_text() == "lidocaine"
    assert page.locator("#text .l-dose").inner_text() == "5%"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="vehicle: petrolatum").click()
    assert len(_rows(page)) == 4, "without the filter"


def test_a_row_leads_to_itself_in_the_review_page(page, out: Path) -> None:
    page.get_by_label("Find").fill("topical lidocaine")
    page.get_by_role("button", name="burn.txt").click()
    link = page.get_by_role("link", name="Review it").get_attribute("href")
    place, _, row = link.partition("#")
    assert link.startswith(f"http://127.0.0.1:{server.PORT}/d/")
    with TestClient(create_app(out, token="t"), base_url=f"http://127.0.0.1:{server.PORT}") as client:
        assert (
            client.get(place, headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200
        )
        shown = client.get(f"{place}?token=t").text
    assert f'id="{row}"' in shown and "lidocaine" in shown


def test_no_column_is_out_of_sight_on_a_small_screen(page) -> None:
    for tab in page.locator("#tabs button").all():
        tab.click()
        wide, seen = page.evaluate(
            "[document.getElementById('table').scrollWidth, document.getElementById('table').parentElement.clientWidth]"
        )
        assert wide <= seen, tab.inner_text()


def test_rows_are_found_and_sorted(page) -> None:
    page.get_by_label("Find").fill("TOPICAL lidocaine")
    assert [row[3] for row in _rows(page)] == ["lidocaine"]
    page.get_by_label("Find").fill("")
    page.get_by_role("button", name="dose", exact=True).click()
    assert [row[5] for row in _rows(page)] == ["2%", "5%", "", ""], "what is not told comes last"
    page.get_by_role("button", name="dose ▴").click()
    assert [row[5] for row in _rows(page)] == ["5%", "2%", "", ""]
    page.get_by_role("tab", name="Documents (2)").click()
    assert {row[0] for row in _rows(page)} == {"burn.txt", EVIL_NAME}


def test_hostile_text_is_text(page) -> None:
    page.get_by_label("Find").fill("colchicine")
    assert [row[3] for row in _rows(page)] == ["colchicine</script>"]
    page.locator("#table button.open").click()
    page.get_by_role("button", name="Read it in the text").click()
    assert page.locator("#text").inner_text() == EVIL
    assert page.locator("#text mark").inner_text() == "colchicine", "characters beyond the basic plane count once"


def test_what_people_ask_is_answered_and_leads_to_the_rows(out: Path) -> None:
    findings = _gathered(out)
    assert _lines(findings, "indications") == [("burn", "lidocaine", 1, "5%; 2%", "14")]
    assert _lines(findings, "responses") == [("lidocaine", "", 1, "8", "2", "-6")]
    assert _lines(findings, "helped") == []
    assert findings.counts["responses"].lines[0].only == {"drug": "lidocaine"}
