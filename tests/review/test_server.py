"""What the review page shows and does, asked as a browser asks."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from paper_extractor import PaperExtractor
from review_asker import Asker, Folder, asking, ids

from pipelines.exports import export_store
from pipelines.store import Store


def table(folder: Folder, name: str) -> list[dict[str, str]]:
    export_store(folder.out, "csv")
    with (folder.out / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def titles(answer) -> list[str]:
    page = html.fromstring(answer.text)
    return [a.text_content() for a in page.xpath('//table[@class="documents"]//td[@class="title"]/a')]


# the queue --------------------------------------------------------------------------------------------------------


def test_the_queue_lists_what_is_left_and_counts(ask: Asker, folder: Folder) -> None:
    page = ask.get("/")
    assert titles(page) == ["a.txt", "b.txt"]
    assert "0</b> of 3 done" in page.text
    doc_id = ids(folder)["b.txt"]
    asked = ask.post(f"/d/{doc_id}/decide", {"action": "done"})
    assert (asked.status_code, asked.json()["undecided"]) == (422, 3), "what becomes of the rest?"
    assert ask.post(f"/d/{doc_id}/decide", {"action": "done", "rest": "leave"}).status_code == 200
    page = ask.get("/")
    assert titles(page) == ["a.txt"] and "1</b> of 3 done" in page.text
    assert titles(ask.get("/?show=done")) == ["b.txt"]
    failed = ask.get("/?show=failed")
    assert titles(failed) == ["empty.txt"] and "the file is empty" in failed.text
    assert titles(ask.get("/?show=all")) == ["a.txt", "b.txt", "empty.txt"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("drug=furo", ["b.txt"]), ("drug=BISOPROLOL", ["a.txt"]), ("q=stenosis", ["b.txt"]), ("q=woman+fracture", ["a.txt"]),
        ("q=woman+stenosis", []), ("field=pain", ["a.txt"]), ("field=dose", ["a.txt", "b.txt"]), ("field=vehicle", []),
        ("below=0.7", ["a.txt", "b.txt"]), ("below=0.5", []), ("q=100%25", []), ("q=_", []), ("q=b.txt", ["b.txt"]),
        ("sort=open", ["a.txt", "b.txt"]), ("page=99", ["a.txt", "b.txt"]), ("page=x&below=y&sort=z&field=w", ["a.txt", "b.txt"]),
    ],
)  # fmt: skip
def test_the_queue_is_narrowed(ask: Asker, query: str, found: list[str]) -> None:
    assert titles(ask.get(f"/?{query}")) == found


def test_what_a_curator_wrote_is_found_too(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["b.txt"]
    body = {"action": "correct", **ask.about(doc_id, "furosemide"), "fields": {"drug": "torasemide"}}
    assert ask.post(f"/d/{doc_id}/decide", body).status_code == 200
    assert titles(ask.get("/?drug=torasemide")) == ["b.txt"]
    assert titles(ask.get("/?show=begun")) == ["b.txt"]


def test_a_thousand_documents_come_in_pages(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.reports.mkdir()
    for n in range(120):
        (folder.reports / f"{n:04}.txt").write_text(f"She took aspirin {n + 1} mg.\n")
    folder.run()
    for ask in asking(folder):
        first, last = ask.get("/"), ask.get("/?page=3")
        assert (len(titles(first)), titles(first)[0], len(titles(last)), titles(last)[-1]) == (
            50,
            "0000.txt",
            20,
            "0119.txt",
        )
        assert "page 1 of 3" in first.text and 'rel="next" href="/?page=2"' in first.text
        assert 'rel="prev" href="/?page=2"' in last.text and 'rel="next"' not in last.text
        here = html.fromstring(ask.get(f"/d/{ids(folder)['0050.txt']}?sort=open").text)
        assert here.xpath('//a[@id="after"]/@href') == [f"/d/{ids(folder)['0051.txt']}?sort=open"]


# a document -------------------------------------------------------------------------------------------------------


def test_a_document_shows_its_pages_and_facts(ask_pdf: Asker, pdf_folder: Folder) -> None:
    doc_id = ids(pdf_folder)["hip-blocks.pdf"]
    page = html.fromstring(ask_pdf.get(f"/d/{doc_id}").text)
    assert len(page.xpath('//figure[@class="page"]')) == 3
    assert ask_pdf.rows(doc_id)["bisoprolol"]["text"] == "bisoprolol · given · 2.5 mg".replace(" · ", " ")
    image = ask_pdf.get(f"/d/{doc_id}/page/1/700")
    assert image.headers["content-type"] == "image/jpeg" and image.content.startswith(b"\xff\xd8")
    assert (pdf_folder.out / "cache" / "pages").is_dir()
    assert ask_pdf.get(f"/d/{doc_id}/page/1/700").content == image.content


def test_what_is_read_in_no_time_is_read_ahead_and_of_a_scan_the_pages_come_first(
    ask_pdf: Asker, pdf_folder: Folder
) -> None:
    doc_id, note = ids(pdf_folder)["hip-blocks.pdf"], ids(pdf_folder)["note.txt"]
    assert html.fromstring(ask_pdf.get("/").text).xpath("//body/@data-ahead") == [f"/d/{doc_id}"]
    page = html.fromstring(ask_pdf.get(f"/d/{doc_id}").text)
    assert page.xpath('//a[@id="after"]/@href') == [f"/d/{note}"] and page.xpath("//body/@data-ahead") == []
    with sqlite3.connect(pdf_folder.out / "casesift.sqlite") as db:
        db.execute("UPDATE documents SET ocr_pages = 3 WHERE doc_id = ?", [doc_id])
    assert html.fromstring(ask_pdf.get("/").text).xpath("//body/@data-ahead") == []
    page = html.fromstring(ask_pdf.get(f"/d/{doc_id}").text)
    assert page.xpath("//body/@data-scan") == ["yes"]


def test_words_of_a_page_are_where_the_text_says(ask_pdf: Asker, pdf_folder: Folder) -> None:
    told = ask_pdf.get(f"/d/{ids(pdf_folder)['hip-blocks.pdf']}/text").json()
    words = [told["text"][start:end] for _, start, end, *_ in told["words"]]
    assert told["fits"] and words[:3] == ["Awake", "Hip", "Fracture"]
    assert not any(w != w.strip() or not w for w in words)
    for _, _, _, x0, top, x1, bottom in told["words"]:
        assert x0 < x1 and top < bottom


def test_a_text_is_shown_whole_with_its_marks(ask_pdf: Asker, pdf_folder: Folder) -> None:
    doc_id = ids(pdf_folder)["note.txt"]
    page = html.fromstring(ask_pdf.get(f"/d/{doc_id}").text)
    (article,) = page.xpath('//article[@class="plain"]')
    assert article.text_content() == (pdf_folder.reports / "note.txt").read_text()
    assert [m.text_content() for m in article.xpath(".//mark")][-2:] == ["bisoprolol", "pain 3/10"]


def test_a_file_that_is_gone_is_told_and_its_facts_stay(ask_pdf: Asker, pdf_folder: Folder) -> None:
    doc_id = ids(pdf_folder)["hip-blocks.pdf"]
    (pdf_folder.reports / "hip-blocks.pdf").unlink()
    page = ask_pdf.get(f"/d/{doc_id}")
    assert page.status_code == 200 and "no longer where it was read" in page.text
    assert ask_pdf.get(f"/d/{doc_id}/page/1/700").status_code == 404
    answer = ask_pdf.post(f"/d/{doc_id}/decide", {"action": "accept", **ask_pdf.about(doc_id, "bisoprolol")})
    assert answer.status_code == 200


def test_a_document_that_is_not_there(ask: Asker) -> None:
    answer = ask.get("/d/d404", headers={"accept": "text/html"})
    assert answer.status_code == 404 and "no document" in answer.text and "Back to the queue" in answer.text


# decisions --------------------------------------------------------------------------------------------------------


def test_accepting_correcting_rejecting_and_undoing(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    url = f"/d/{doc_id}/decide"
    assert ask.post(url, {"action": "accept", **ask.about(doc_id, "fracture")}).status_code == 200
    assert ask.post(url, {"action": "reject", "why": "not hers", **ask.about(doc_id, "aspirin")}).status_code == 200
    body = {"action": "correct", **ask.about(doc_id, "bisoprolol"), "fields": {"dose_value": "2,5", "dose_unit": "mg"}, "shown": {"dose_value": "5", "dose_unit": "mg"}}  # fmt: skip
    answer = ask.post(url, body)
    assert answer.status_code == 200 and len(answer.json()["numbers"]) == 1
    rows = ask.rows(doc_id)
    assert {n: rows[n]["state"] for n in ("fracture", "aspirin", "bisoprolol", "3/10")} == {
        "fracture": "accepted", "aspirin": "rejected", "bisoprolol": "corrected", "3/10": "undecided",
    }  # fmt: skip
    assert "2.5 mg" in rows["bisoprolol"]["text"]
    told = {t["drug"]: (t["dose_value"], t["curation"]) for t in table(folder, "treatments") if t["file"] == "a.txt"}
    assert told == {"bisoprolol": ("2.5", "corrected"), "aspirin": ("75", "rejected")}
    assert {r["drug"] for r in table(folder, "records") if r["file"] == "a.txt"} == {"bisoprolol"}

    assert ask.post(url, {"action": "undo", "numbers": answer.json()["numbers"]}).status_code == 200
    assert ask.rows(doc_id)["bisoprolol"]["state"] == "undecided"
    assert ask.post(url, {"action": "undo"}).status_code == 200  # the last one that counts: the rejection
    assert ask.rows(doc_id)["aspirin"]["state"] == "undecided"
    nothing = ask.post(url, {"action": "undo", "who": "Ben"})
    assert nothing.status_code == 422 and "nothing of yours" in nothing.json()["errors"][""]


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"dose_value": "much"}, "dose_value", "Dose: 'much' is not a number"), ({"status": "gven"}, "status", "did you mean 'given'"),
        ({"doc_id": "x"}, "doc_id", "cannot be changed"), ({"start": "0"}, "start", "cannot be changed"),
        ({"case_id": "d0-c9"}, "", "no row 'd0-c9'"), ({"drug": "aspirin"}, "", "Nothing was changed"),
    ],
)  # fmt: skip
def test_what_a_field_cannot_hold_is_told_there(
    ask: Asker, folder: Folder, fields: dict, field: str, told: str
) -> None:
    doc_id = ids(folder)["a.txt"]
    body = {"action": "correct", **ask.about(doc_id, "aspirin"), "fields": fields, "shown": {"drug": "aspirin"}}
    answer = ask.post(f"/d/{doc_id}/decide", body)
    assert answer.status_code == 422 and told in answer.json()["errors"][field]
    assert ask.rows(doc_id)["aspirin"]["state"] == "undecided"


@pytest.mark.parametrize(
    "body",
    [
        {"who": ""}, {"who": "  "}, {"action": "drop"}, {"table": "documents"}, {"row": "nothing"}, {"seen": "0"}, {"seen": True},
        {"rows": ["x"]}, {"rows": []}, {"action": "correct"}, {"action": "correct", "fields": {"drug": 5}}, {"action": "undo", "numbers": ["1"]},
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(ask: Asker, folder: Folder, body: dict) -> None:
    doc_id = ids(folder)["a.txt"]
    answer = ask.post(f"/d/{doc_id}/decide", {"action": "accept", **ask.about(doc_id, "aspirin")} | body)
    assert answer.status_code == 422 and all(answer.json()["errors"].values())


def test_two_curators_on_one_row(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    url, seen_by_both = f"/d/{doc_id}/decide", ask.about(doc_id, "aspirin")
    assert (
        ask.post(url, {"action": "correct", "who": "Ben", **seen_by_both, "fields": {"dose_value": "100"}}).status_code
        == 200
    )
    mine = {"action": "correct", "who": "Anna", **seen_by_both, "fields": {"dose_value": "81"}}
    answer = ask.post(url, mine)
    assert answer.status_code == 409
    conflict = answer.json()["conflict"]
    assert [(n["who"], n["what"]) for n in conflict["newer"]] == [("Ben", "Ben changed Dose: 75 → 100")]
    assert conflict["newer"][0]["when"] and conflict["now"]["dose_value"] == "100"
    assert "100 mg" in ask.rows(doc_id)["aspirin"]["text"]
    assert ask.post(url, {"action": "reject", **seen_by_both}).status_code == 409
    assert ask.post(url, mine | {"seen": conflict["seen"]}).status_code == 200
    assert "81 mg" in ask.rows(doc_id)["aspirin"]["text"]
    undo = ask.post(url, {"action": "undo", "who": "Ben"})
    assert undo.status_code == 409 and undo.json()["conflict"]["newer"][0]["who"] == "Anna"


def test_all_open_rows_of_a_patient_at_once(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    rows = [ask.about(doc_id, name) for name in ask.rows(doc_id)]
    answer = ask.post(f"/d/{doc_id}/decide", {"action": "accept", "rows": rows})
    assert answer.status_code == 200 and len(answer.json()["numbers"]) == len(rows) == 5
    assert {r["state"] for r in ask.rows(doc_id).values()} == {"accepted"}
    ask.post(f"/d/{doc_id}/decide", {"action": "undo", "numbers": answer.json()["numbers"]})
    assert {r["state"] for r in ask.rows(doc_id).values()} == {"undecided"}


def test_the_page_hears_of_what_others_decide(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    state = ask.get(f"/d/{doc_id}/rows").headers["x-last"]
    assert ask.get(f"/d/{doc_id}/rows?last={state}").status_code == 204
    ask.post(f"/d/{doc_id}/decide", {"action": "done", "rest": "leave", "who": "Ben"})
    answer = ask.get(f"/d/{doc_id}/rows?last={state}")
    assert answer.status_code == 200 and "Marked done by Ben" in answer.text


# forms ------------------------------------------------------------------------------------------------------------


def inputs(answer) -> dict[str, str]:
    form = html.fromstring(answer.text)
    return {e.get("name"): e.get("data-shown") for e in form.xpath(".//*[@data-shown]")}


def test_a_form_holds_the_row_and_suggests(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    row = ask.about(doc_id, "aspirin")["row"]
    answer = ask.get(f"/d/{doc_id}/form?table=treatments&row={row}")
    told = inputs(answer)
    assert (told["drug"], told["dose_value"], told["dose_unit"], told["status"]) == ("aspirin", "75", "mg", "given")
    assert "confidence" not in told and "start" not in told and "doc_id" not in told
    form = html.fromstring(answer.text)
    assert {"bisoprolol", "furosemide"} <= set(form.xpath('.//datalist[@id="l-drug"]/option/@value'))
    assert {"mg/kg", "[IU]"} <= set(form.xpath('.//datalist[@id="l-dose_unit"]/option/@value'))
    assert "declined" in form.xpath('.//select[@name="status"]/option/@value')
    assert ask.get(f"/d/{doc_id}/form?table=mentions&row=x").status_code == 404
    assert ask.get(f"/d/{doc_id}/form?table=treatments&row=x").status_code == 422


def test_adding_what_was_selected(ask_pdf: Asker, pdf_folder: Folder) -> None:
    doc_id = ids(pdf_folder)["note.txt"]
    text = (pdf_folder.reports / "note.txt").read_text()
    start = text.index("<b>")
    place = {"start": start, "end": start + 3}
    form = inputs(ask_pdf.get(f"/d/{doc_id}/form?table=diagnoses&start={start}&end={start + 3}&case={doc_id}-c1"))
    assert form["diagnosis"] == "<b>" and form["case_id"] == f"{doc_id}-c1"
    body = {"table": "diagnoses", **place, "selected": "<b>", "fields": {"diagnosis": "boldness", "assertion": "present", "case_id": f"{doc_id}-c1", "text": "<b>"}}  # fmt: skip
    answer = ask_pdf.post(f"/d/{doc_id}/add", body)
    assert answer.status_code == 200
    (row,) = [d for d in table(pdf_folder, "diagnoses") if d["diagnosis"] == "boldness"]
    assert row["curation"] == "added" and text[int(row["start"]) : int(row["end"])] == "<b>"
    assert row["evidence"] == "It was <b>bold</b>."
    wrong = ask_pdf.post(f"/d/{doc_id}/add", body | {"selected": "other words"})
    assert wrong.status_code == 422 and "has changed" in wrong.json()["errors"][""]
    for bad in (
        {"start": -1},
        {"end": 10**9},
        {"start": "0"},
        {"end": start},
        {"table": "records"},
        {"table": "mentions"},
    ):
        assert ask_pdf.post(f"/d/{doc_id}/add", body | bad).status_code == 422
    empty = ask_pdf.post(f"/d/{doc_id}/add", body | {"table": "pain_scores", "fields": {"value": ""}})
    assert "is not a number" in empty.json()["errors"]["value"]


def test_a_selection_fills_the_form(ask_pdf: Asker, pdf_folder: Folder) -> None:
    doc_id = ids(pdf_folder)["hip-blocks.pdf"]
    text = ask_pdf.get(f"/d/{doc_id}/text").json()["text"]
    start = text.index("furosemide 40 mg daily")
    told = inputs(ask_pdf.get(f"/d/{doc_id}/form?table=treatments&start={start}&end={start + 22}"))
    assert {n: told[n] for n in ("drug", "dose_text", "dose_value", "dose_unit", "frequency_text", "per_day")} == {
        "drug": "furosemide", "dose_text": "40 mg", "dose_value": "40", "dose_unit": "mg", "frequency_text": "daily", "per_day": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("dose_text", "5 to 10 mg/kg", {"dose_value": "5", "dose_value_max": "10", "dose_unit": "mg/kg"}),
        ("duration_text", "two months", {"days": "60"}), ("frequency_text", "twice daily", {"per_day": "2"}),
        ("age_text", "3-month-old", {"age_years": "0.25"}), ("text", "VAS 65 mm", {"value": "65", "value_max": "", "scale_max": "100", "scale": "VAS"}),
        ("dose_text", "a little", {"dose_value": "", "dose_value_max": "", "dose_unit": ""}),
        ("drug", "ketamine", {"code_system": "DrugBank", "code": "DB01221"}), ("drug", "the blue pill", {"code_system": "", "code": ""}),
    ],
)  # fmt: skip
def test_what_follows_from_a_wording_is_shown_before_it_is_saved(
    ask: Asker, folder: Folder, field: str, text: str, told: dict[str, str]
) -> None:
    table = {"age_text": "cases", "text": "pain_scores"}.get(field, "treatments")
    sent = {"table": table, "row": "", "fields": {field: text}, "shown": {field: "-"}}
    assert ask.post(f"/d/{ids(folder)['a.txt']}/preview", sent).json()["values"] == told


# another run ------------------------------------------------------------------------------------------------------


def test_another_run_keeps_what_was_decided_and_shows_where_it_differs(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    ask.post(
        f"/d/{doc_id}/decide", {"action": "correct", **ask.about(doc_id, "aspirin"), "fields": {"dose_value": "100"}}
    )
    folder.run(PaperExtractor("paper-2", factor=10), force=True)
    rows = ask.rows(doc_id)
    assert "100 mg" in rows["aspirin"]["text"] and "50 mg" in rows["bisoprolol"]["text"]
    assert "casesift now reads" in ask.get(f"/d/{doc_id}").text
    with Store.open(folder.out) as store:
        assert store.select("SELECT count(*) FROM decisions") == [(1,)]


def test_title_and_year_of_a_document_are_corrected_and_stand(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    form = f"/d/{doc_id}/form?table=documents&row={doc_id}"
    assert set(inputs(ask.get(form))) >= {"title", "doi", "pmid", "journal", "year"}
    said = {"action": "correct", "table": "documents", "row": doc_id, "seen": 0}
    wrong = ask.post(f"/d/{doc_id}/decide", said | {"fields": {"year": "last year"}})
    assert wrong.status_code == 422 and "Year" in wrong.json()["errors"]["year"]
    answer = ask.post(f"/d/{doc_id}/decide", said | {"fields": {"title": "A <b>fall</b>", "year": "2019"}})
    assert answer.status_code == 200 and 'data-title="A &lt;b&gt;fall&lt;/b&gt;"' in answer.json()["rows"]
    assert "A &lt;b&gt;fall" in ask.get("/?show=all").text and "2019" in ask.get(f"/d/{doc_id}").text
    folder.run(PaperExtractor("paper-2"), force=True)
    export_store(folder.out, "csv")
    with (folder.out / "documents.csv").open(newline="", encoding="utf-8") as stream:
        (row,) = [r for r in csv.DictReader(stream) if r["doc_id"] == doc_id]
    assert (row["title"], row["year"]) == ("A <b>fall</b>", "2019")
    assert inputs(ask.get(form))["title"] == "A <b>fall</b>"


def test_a_number_that_no_longer_fits_its_words_is_pointed_out(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    about = ask.about(doc_id, "aspirin")
    told = ask.post(f"/d/{doc_id}/decide", {"action": "correct", "fields": {"dose_value": "750"}, **about}).json()
    assert "Look again: Dose as written says" in html.fromstring(told["rows"]).text_content()


def test_documents_a_newer_run_disagrees_with_are_found(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    ask.post(f"/d/{doc_id}/decide", {"action": "accept", **ask.about(doc_id, "aspirin")})
    assert "No document fits" in ask.get("/?show=all&field=differs").text
    folder.run(PaperExtractor("paper-2", factor=2), force=True)
    found = ask.get("/?show=all&field=differs").text
    assert f"/d/{doc_id}" in found and f"/d/{ids(folder)['b.txt']}" not in found


def test_a_patient_is_done_by_the_page(ask: Asker, folder: Folder) -> None:
    doc_id = ids(folder)["a.txt"]
    url = f"/d/{doc_id}/decide"
    assert ask.post(url, {"action": "done", "row": "nobody"}).status_code == 422
    assert (
        'data-done="true"' in ask.post(url, {"action": "done", "row": f"{doc_id}-c1", "rest": "leave"}).json()["rows"]
    )
    assert 'data-done="false"' in ask.post(url, {"action": "reopen"}).json()["rows"]


def test_a_row_tells_why_it_says_what_it_says(ask: Asker, folder: Folder) -> None:
    class Reasoning(PaperExtractor):
        def __call__(self, path: Any, *, doc_id: str | None = None, file: str = "") -> Any:
            report = super().__call__(path, doc_id=doc_id, file=file)
            reasons = {t.treatment_id: ("status: given: <took> speaks for it",) for t in report.treatments}
            return report.model_copy(update={"reasons": reasons})

    doc_id = ids(folder)["a.txt"]
    assert "Why casesift says so" not in ask.get(f"/d/{doc_id}/rows").text
    folder.run(Reasoning("paper-3"))
    page = html.fromstring(ask.get(f"/d/{doc_id}/rows").text)
    assert [li.text for li in page.xpath('//details[@class="reasons"]//li')] == [
        "status: given: <took> speaks for it"
    ] * 2
    ask.post(f"/d/{doc_id}/decide", {"action": "accept", **ask.about(doc_id, "aspirin")})
    assert ask.get(f"/d/{doc_id}/rows").text.count("Why casesift says so") == 2, "also of what was decided on"
