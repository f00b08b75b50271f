"""Therapies, adverse events and the course of a treatment on the page: in a real browser, by typing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from paper_extractor import PaperExtractor
from review_asker import Folder, ids

pytest.importorskip("playwright")
from browser_steps import MARKS, decided, go, ready, row, save
from playwright.sync_api import expect

from pipelines.curation import curated_rows
from pipelines.store import Store

pytestmark = MARKS

NOTE = "A woman with a fracture took bisoprolol 5 mg and had a debridement. She had a rash from bisoprolol. Later came nausea.\n"


@pytest.fixture
def pdf_folder(pdf_folder: Folder) -> Folder:
    """A document with a therapy and a harm more."""
    (pdf_folder.reports / "harm.txt").write_text(NOTE)
    pdf_folder.run()
    return pdf_folder


def rows(folder: Folder, table: str) -> list[dict[str, Any]]:
    with Store.open(folder.out) as store:
        return list(curated_rows(store, table, ids(folder)["harm.txt"]))


def select(page: Any, word: str) -> None:
    """Select a word of a text without pages."""
    page.locator(".plain").evaluate(
        """(plain, word) => {
          const node = [...plain.childNodes].map((n) => n.firstChild).find((n) => n?.data.includes(word));
          const at = node.data.indexOf(word);
          getSelection().setBaseAndExtent(node, at, node, at + word.length);
        }""",
        word,
    )
    page.locator(".plain").dispatch_event("pointerup")
    expect(page.locator("#picked")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1920, True)])
def test_a_therapy_and_a_harm_are_corrected_and_stand_after_a_run(
    curator: Any, pdf_folder: Folder, width: int, dark: bool
) -> None:
    page = curator("Anna", width=width, dark=dark)
    go(page, "harm.txt")
    row(page, "debridement").click()
    page.keyboard.press("e")
    page.fill("form.edit [name=therapy]", "plasma exchange")
    expect(page.locator("[data-understood=therapy]")).to_have_text("= Kind apheresis")
    expect(page.locator("form.edit [name=kind]")).to_have_value("apheresis")
    save(page, "therapy")
    expect(row(page, "plasma exchange")).to_contain_text("Kind: surgery → apheresis")
    row(page, "rash").click()
    page.keyboard.press("e")
    page.select_option("form.edit [name=action_taken]", "stopped")
    page.select_option("form.edit [name=diagnosis_id]", label="fracture")
    save(page, "diagnosis_id")  # Enter in a choice saves too
    expect(row(page, "rash")).to_contain_text("drug stopped")
    pdf_folder.run(PaperExtractor("paper-2", factor=2), force=True)
    (therapy,), (harm,) = rows(pdf_folder, "therapies"), rows(pdf_folder, "adverse_events")
    assert (therapy["therapy"], therapy["kind"], therapy["curation"]) == ("plasma exchange", "apheresis", "corrected")
    (fracture,) = rows(pdf_folder, "diagnoses")
    assert (harm["action_taken"], harm["diagnosis_id"]) == ("stopped", fracture["diagnosis_id"])


def test_a_harm_and_a_therapy_are_added_with_a_key(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "harm.txt")
    select(page, "nausea")
    page.keyboard.press("6")
    expect(page.locator("form.edit [name=event]")).to_have_value("nausea")
    expect(page.locator("form.edit [name=drug]")).to_have_value("")  # its sentence names none
    save(page, "event")
    expect(page.locator(".doubtful")).to_be_visible()
    expect(page.locator(".doubts")).to_contain_text("An adverse event without the drug that did it.")
    page.fill("form.edit [name=drug]", "bisoprolol")
    save(page, "drug")
    expect(row(page, "nausea")).to_have_class(re.compile("added"))
    row(page, "rash").click()
    page.keyboard.press("6")  # where the chosen fact stands: another harm of the drug that its sentence names
    expect(page.locator("form.edit [name=drug]")).to_have_value("bisoprolol")
    page.keyboard.press("Escape")
    select(page, "debridement")
    page.keyboard.press("5")
    expect(page.locator("form.edit [name=kind]")).to_have_value("surgery")
    page.fill("form.edit [name=therapy]", "radiotherapy")
    page.fill("form.edit [name=dose_text]", "60 Gy in 30 fractions")
    expect(page.locator("form.edit [name=dose_gy]")).to_have_value("60")
    save(page, "dose_text")
    expect(row(page, "radiotherapy")).to_have_class(re.compile("added"))
    harm = next(r for r in rows(pdf_folder, "adverse_events") if r["event"] == "nausea")
    assert (harm["drug"], harm["link"], harm["evidence"]) == ("bisoprolol", "cause", "Later came nausea.")
    therapy = next(r for r in rows(pdf_folder, "therapies") if r["curation"] == "added")
    assert (therapy["kind"], therapy["dose_gy"], therapy["fractions"]) == ("radiotherapy", 60.0, 30)


def test_what_a_drug_was_given_for_is_chosen_by_name(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "harm.txt")
    row(page, "bisoprolol").click()
    expect(row(page, "bisoprolol")).to_contain_text("Dose as written 5 mg")  # who accepts it accepts this too
    page.keyboard.press("e")
    page.select_option("form.edit [name=indication]", label="fracture")
    page.fill("form.edit [name=indication_text]", "a fracture")
    page.fill("form.edit [name=started]", "that day")
    page.fill("form.edit [name=cycles]", "600")
    save(page, "cycles")
    expect(page.locator(".doubtful")).to_be_visible()
    expect(page.locator(".doubts")).to_contain_text("600 cycles.")
    page.fill("form.edit [name=cycles]", "6")
    save(page, "cycles")
    expect(row(page, "bisoprolol")).to_contain_text("begun that day 6 cycles for a fracture")
    expect(row(page, "bisoprolol")).to_contain_text("Given for: empty → fracture")
    (drug,), (fracture,) = rows(pdf_folder, "treatments"), rows(pdf_folder, "diagnoses")
    assert (drug["indication"], drug["cycles"]) == (fracture["diagnosis_id"], 6)


def test_what_is_unsure_comes_first_and_the_rest_after_it(curator: Any, pdf_folder: Folder) -> None:
    (pdf_folder.reports / "long.txt").write_text(
        "A woman with a fracture took bisoprolol 5 mg, aspirin 75 mg, furosemide 40 mg and metformin 850 mg.\n"
    )
    pdf_folder.run()
    page = curator("Anna")
    expect(page.locator("[name=sort]")).to_have_value("unsure")
    titles = page.locator(".documents td.title a").all_text_contents()
    assert titles.index("long.txt") < titles.index("harm.txt"), "two unsure rows before one"
    go(page, "long.txt")
    chosen = page.locator('.row[aria-current="true"]')
    expect(decided(page)).to_have_text(re.compile("^0 of 6 decided, 2 unsure, about"))
    order = []
    for left in range(5, -1, -1):
        order.append(chosen.get_attribute("data-name"))
        page.keyboard.press("a")
        expect(page.locator(".row.undecided")).to_have_count(left)
    assert order == ["bisoprolol", "furosemide", "metformin", "91-year-old, female", "fracture", "aspirin"]
    page.goto(f"{page.url.split('/d/')[0]}/?sort=file")
    ready(page, "queue")
    go(page, "harm.txt")
    expect(chosen).to_have_attribute("data-name", "91-year-old, female")  # in the order of the paper
