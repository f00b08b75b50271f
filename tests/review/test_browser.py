"""The review page in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from paper_extractor import PaperExtractor
from review_asker import Folder, ids

pytest.importorskip("playwright")
from browser_steps import MARKS, decided, go, ready, row, save, select, slowly
from playwright.sync_api import expect

from pipelines.exports import export_store

pytestmark = MARKS


def table(folder: Folder, name: str) -> list[dict[str, str]]:
    export_store(folder.out, "csv")
    with (folder.out / f"{name}.csv").open(newline="", encoding="utf-8") as stream:
        return [r for r in csv.DictReader(stream) if r["file"] == "hip-blocks.pdf"]


def test_a_curators_hour(curator: Any, pdf_folder: Folder) -> None:
    """Corrects a dose, rejects a drug, adds a pain score, undoes, reloads; finds it in the CSV, and after another run."""
    page = curator("Anna")
    go(page, "Awake Hip Fracture")

    row(page, "bisoprolol").click()
    expect(page.locator(".boxes .chosen").first).to_be_visible()
    page.keyboard.press("e")
    page.fill("[name=dose_text]", "3.75 mg")
    page.keyboard.press("Tab")
    expect(page.locator("[name=dose_value]")).to_have_value("3.75")  # the wording, in numbers
    save(page)
    expect(row(page, "bisoprolol")).to_contain_text("3.75 mg")
    expect(row(page, "bisoprolol")).to_contain_text("Anna Dose: 2.5 → 3.75")

    row(page, "furosemide").click()
    page.keyboard.press("r")
    expect(row(page, "furosemide")).to_have_class(re.compile("rejected"))
    page.keyboard.press("a")  # the next fact: it was chosen by itself
    expect(page.locator(".row.accepted")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator(".row.accepted")).to_have_count(0)

    select(page, "3/10")
    page.keyboard.press("3")
    expect(page.locator("form.edit [name=value]")).to_have_value("3")
    expect(page.locator("form.edit [name=scale_max]")).to_have_value("10")
    page.select_option("form.edit [name=phase]", "followup")
    save(page, "value")
    expect(row(page, "3/10")).to_have_class(re.compile("added"))
    expect(decided(page)).to_have_text(re.compile("^3 of"))

    page.reload()
    ready(page)
    expect(row(page, "bisoprolol")).to_contain_text("3.75 mg")
    expect(row(page, "3/10")).to_have_class(re.compile("added"))

    found(pdf_folder, bisoprolol="3.75")
    pdf_folder.run(PaperExtractor("paper-2", factor=2), force=True)
    found(pdf_folder, bisoprolol="3.75")
    expect(row(page, "bisoprolol")).to_contain_text("casesift now reads Dose: 5")  # the page hears of it by itself


def found(folder: Folder, bisoprolol: str) -> None:
    treatments = {t["drug"]: t for t in table(folder, "treatments")}
    assert (treatments["bisoprolol"]["dose_value"], treatments["bisoprolol"]["curation"]) == (bisoprolol, "corrected")
    assert treatments["furosemide"]["curation"] == "rejected"
    assert "furosemide" not in {r["drug"] for r in table(folder, "records")}
    (pain,) = [p for p in table(folder, "pain_scores") if p["curation"] == "added"]
    assert (pain["value"], pain["scale_max"], pain["phase"], pain["text"]) == ("3", "10", "followup", "3/10")
    assert "3/10" in pain["evidence"] and pain["page"] and float(pain["x0"]) > 0


def test_a_box_chooses_its_row_and_a_row_its_box(curator: Any) -> None:
    page = curator("Anna", width=1920)
    go(page, "Awake Hip Fracture")
    row(page, "furosemide").click()
    box = page.locator(".boxes .chosen").first
    expect(box).to_be_in_viewport()
    there = box.bounding_box()
    row(page, "fracture").click()
    expect(row(page, "furosemide")).not_to_have_attribute("aria-current", "true")
    box = page.locator(f'.boxes [data-row="{row(page, "furosemide").get_attribute("id")}"]').first
    box.evaluate("box => box.scrollIntoView({block: 'center', behavior: 'instant'})")
    there = box.bounding_box()
    page.mouse.click(there["x"] + there["width"] / 2, there["y"] + there["height"] / 2)
    expect(row(page, "furosemide")).to_have_attribute("aria-current", "true")
    assert page.url.endswith("#" + row(page, "furosemide").get_attribute("id"))


def test_two_curators_are_told_of_each_other(curator: Any) -> None:
    anna, ben = curator("Anna"), curator("Ben")
    for page in (anna, ben):
        go(page, "Awake Hip Fracture")
        row(page, "bisoprolol").click()
        page.keyboard.press("e")
        page.wait_for_selector("form.edit")
    ben.fill("[name=dose_value]", "4")
    save(ben)
    expect(row(ben, "bisoprolol")).to_contain_text("4 mg")
    anna.fill("[name=dose_value]", "6")
    save(anna)
    dialog = anna.locator("#conflict")
    expect(dialog).to_contain_text("Ben changed Dose: 2.5 → 4")
    anna.keyboard.press("Escape")  # what Anna wrote is still there
    expect(anna.locator("[name=dose_value]")).to_have_value("6")
    save(anna, "dose_value")
    dialog.get_by_text("Save mine over it").click()
    expect(row(anna, "bisoprolol")).to_contain_text("6 mg")
    expect(row(ben, "bisoprolol")).to_contain_text("6 mg")  # within a few seconds


def test_a_text_without_pages(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "note.txt")
    page.click(".plain mark >> text=pain 3/10")
    expect(row(page, "3/10")).to_have_attribute("aria-current", "true")
    mark = page.locator(".plain span", has_text="remained").bounding_box()
    page.locator(".plain").evaluate(
        """plain => {
          const node = [...plain.querySelectorAll("span")].find(s => s.textContent.includes("remained")).firstChild;
          const at = node.data.indexOf("remained");
          getSelection().setBaseAndExtent(node, at, node, at + 8);
        }"""
    )
    assert mark
    page.dispatch_event(".plain", "pointerup")
    page.click("#picked >> text=Diagnosis")
    save(page, "diagnosis")
    expect(row(page, "remained")).to_have_class(re.compile("added"))
    text = (pdf_folder.reports / "note.txt").read_text()
    export_store(pdf_folder.out, "csv")
    with (pdf_folder.out / "diagnoses.csv").open(newline="", encoding="utf-8") as stream:
        (added,) = [d for d in csv.DictReader(stream) if d["curation"] == "added"]
    assert (
        text[int(added["start"]) : int(added["end"])] == "remained"
    )  # though a character before it counts twice in JavaScript


def test_the_queue_by_keys(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    ready(page)
    assert ids(pdf_folder)["hip-blocks.pdf"] in page.url
    page.keyboard.press("d")  # done, and on to the next; what nobody decided on is asked about
    expect(page.locator("#undecided")).to_contain_text("rows of this document are not decided.")
    page.keyboard.press("l")
    page.wait_for_url(f"**/{ids(pdf_folder)['note.txt']}*")
    ready(page)
    page.keyboard.press("2")  # nothing is selected: where the chosen fact stands
    expect(page.locator("form.edit [name=drug]")).to_have_value("bisoprolol")  # the unsure one
    page.keyboard.press("Escape")
    expect(page.locator("form.edit")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.evaluate(  # a key pressed so soon after closing that the closed dialog still has the focus counts too
        """() => {
          const help = document.getElementById("help");
          help.showModal();
          help.close();
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "q", bubbles: true}));
        }"""
    )
    expect(page.locator(".bar")).to_contain_text("1 of 2 done")
    ready(page, "queue")
    page.keyboard.press("/")
    page.keyboard.type("nothing like this")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_contain_text("No document fits")


def test_keys_pressed_while_an_answer_is_under_way_count_for_what_it_shows(curator: Any) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    slowly(page, "/decide")
    row(page, "fracture").click()
    unsure = page.locator(".row.undecided:has(.sure.low)").first.get_attribute("data-name")
    page.evaluate(
        """() => { for (const _ of "aa") document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "a", bubbles: true})); }"""
    )
    expect(page.locator(".row.accepted")).to_have_count(
        2
    )  # the second key accepts the next one, not the same one again
    accepted = page.locator(".row.accepted").evaluate_all("rows => rows.map(r => r.dataset.name)")
    assert set(accepted) == {"fracture", unsure}
    expect(page.locator("#conflict")).to_be_hidden()


def test_what_is_typed_before_the_form_is_there_is_no_command(curator: Any) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    slowly(page, "/form")
    row(page, "bisoprolol").click()
    page.evaluate(
        """() => { for (const key of "ear3") document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true})); }"""
    )
    expect(page.locator("form.edit")).to_have_count(1)
    expect(page.locator("form.edit [name=drug]")).to_have_value("bisoprolol")
    expect(page.locator(".row.accepted, .row.rejected")).to_have_count(0)


def test_what_is_pressed_before_a_question_is_seen_is_no_command(curator: Any) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    slowly(page, "/decide")
    row(page, "bisoprolol").click()
    page.evaluate(
        """() => { for (const key of "adr") document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true})); }"""
    )
    expect(page.locator("#undecided")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#undecided")).to_be_hidden()
    page.keyboard.press("t")  # comes after all that was pressed before
    expect(page.locator("form.edit")).to_have_count(1)
    expect(row(page, "bisoprolol")).to_have_class(re.compile("accepted"))
    expect(page.locator(".row.rejected")).to_have_count(0)


def test_a_form_stays_when_something_else_is_decided(curator: Any) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    page.fill("[name=dose_text]", "7 mg")
    page.click(".actions [data-do=accept]")
    expect(row(page, "bisoprolol")).to_have_class(re.compile("accepted"))
    expect(page.locator("form.edit [name=dose_text]")).to_have_value("7 mg")


def test_title_and_year_are_corrected_and_one_enter_too_many_does_no_harm(curator: Any) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    page.keyboard.press("t")
    page.fill("form.edit [name=title]", "Three hips, awake")
    slowly(page, "/decide")
    page.evaluate(
        """() => { const form = document.querySelector("form.edit"); form.requestSubmit(); form.requestSubmit(); }"""
    )
    expect(page.locator(".bar h1")).to_have_text("Three hips, awake")
    expect(page.locator("form.edit")).to_have_count(0)
    expect(page.locator("#conflict")).to_be_hidden()
    page.keyboard.press("q")
    ready(page, "queue")
    expect(page.locator(".documents")).to_contain_text("Three hips, awake")


def test_one_of_two_patients_is_done(curator: Any) -> None:
    page = curator("Anna")
    go(page, "note.txt")
    page.locator(".plain span", has_text="It was").evaluate(
        """span => {
          const node = span.firstChild, at = node.data.indexOf("It was");
          getSelection().setBaseAndExtent(node, at, node, at + 2);
          span.closest(".plain").dispatchEvent(new PointerEvent("pointerup", {bubbles: true}));
        }"""
    )
    page.click("#picked >> text=Patient")
    save(page, "age_text")
    expect(page.locator("details.patient")).to_have_count(2)
    page.locator("details.patient").first.locator("[data-do=done-case]").click()
    page.click("#undecided [data-choose=accept]")
    expect(page.locator("details.patient.finished")).to_have_count(1)
    expect(decided(page)).to_have_text(re.compile(r"^(\d+) of \1 decided"))  # the added one is; the rest was accepted
    page.locator("details.patient").nth(1).locator("[data-do=done-case]").click()
    expect(page.locator(".notice.good")).to_contain_text("Marked done by Anna")
