"""A curator's way through many rows: what is asked for is shown first, nothing typed is lost, what repeats itself is offered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from review_asker import Folder, ids

pytest.importorskip("playwright")
from browser_steps import MARKS, cut_off, decided, go, joined, ready, row, save
from playwright.sync_api import expect

from pipelines.curation import curated_rows, decisions
from pipelines.store import Store

pytestmark = MARKS


@pytest.fixture
def pdf_folder(pdf_folder: Folder) -> Folder:
    """Four documents more."""
    for n in range(4):
        (pdf_folder.reports / f"more-{n}.txt").write_text(
            f"A woman with a fracture took Vaseline {n + 1} g. Dr Müller gave bisoprolol {n + 1} mg.\n"
        )
    pdf_folder.run()
    return pdf_folder


def current(page: Any) -> Any:
    return page.locator('.row[aria-current="true"]')


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1920, True)])
def test_the_queue_opens_at_what_was_asked_for_and_s_goes_on_across_documents(
    curator: Any, pdf_folder: Folder, width: int, dark: bool
) -> None:
    page = curator("Anna", width=width, dark=dark)
    expect(page.locator(".meter")).to_contain_text(re.compile(r"\d+ rows left, about \d+ min"))
    page.fill("[name=q]", "muller")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=muller*")
    ready(page, "queue")
    expect(page.locator(".documents tbody tr")).to_have_count(4)  # accents do not matter
    page.goto(f"{page.url.split('?')[0]}?below=0.7")
    ready(page, "queue")
    go(page, "more-1.txt")
    expect(current(page)).to_have_attribute("data-name", "vaseline")  # 60% sure
    expect(decided(page)).to_have_text("0 of 4 decided, 1 unsure, about 1 min left")
    page.keyboard.press("s")  # no other one here
    page.wait_for_url(f"**/{ids(pdf_folder)['more-2.txt']}*")
    ready(page)
    expect(current(page)).to_have_attribute("data-name", "vaseline")


def test_nothing_typed_is_thrown_away_without_asking(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "more-1.txt")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    page.fill("form.edit [name=vehicle]", "water")
    for leaving in (
        lambda: page.keyboard.press("Escape"),
        lambda: page.click(".actions [data-do=next]"),
        lambda: page.click("[data-do=paper]"),
    ):
        leaving()
        expect(page.locator("#unsaved")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#unsaved")).to_be_hidden()
        expect(page.locator("form.edit [name=vehicle]")).to_have_value("water")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.click(".brand", no_wait_after=True)
    for _ in range(3000):  # what a busy machine may need for it
        if asked:
            break
        page.wait_for_timeout(100)
    assert asked == ["beforeunload"]
    expect(page.locator("form.edit [name=vehicle]")).to_have_value("water")
    page.locator("form.edit [name=vehicle]").press("Escape")
    page.keyboard.press("x")
    expect(page.locator("form.edit")).to_have_count(0)
    row(page, "bisoprolol").click()
    page.keyboard.press("e")  # and what was not typed is left without a word
    page.wait_for_selector("form.edit")
    page.keyboard.press("Escape")
    expect(page.locator("form.edit")).to_have_count(0)


def test_a_form_closed_right_after_typing_asks_nothing_more(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "more-1.txt")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/preview") else None)
    page.fill("form.edit [name=vehicle]", "water")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("form.edit")).to_have_count(0)
    before = len(asked)
    page.wait_for_timeout(1000)  # longer than a form waits for the next key
    assert len(asked) == before


def test_a_failed_undo_keeps_its_step(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "more-1.txt")
    row(page, "bisoprolol").click()
    page.keyboard.press("r")
    expect(row(page, "bisoprolol")).to_have_class(re.compile("rejected"))
    row(page, "fracture").click()
    page.keyboard.press("a")
    expect(row(page, "fracture")).to_have_class(re.compile("accepted"))
    cut_off(page, "/decide")
    page.keyboard.press("u")
    expect(page.locator("#toast")).to_contain_text("No answer")
    joined(page)
    page.keyboard.press("u")
    expect(row(page, "fracture")).to_have_class(re.compile("undecided"))
    expect(row(page, "bisoprolol")).to_have_class(re.compile("rejected"))


def test_a_correction_made_twice_is_offered_for_all_rows_of_its_kind(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    for name in ("more-0.txt", "more-1.txt"):
        go(page, name)
        row(page, "vaseline").click()
        page.keyboard.press("e")
        page.fill("form.edit [name=drug]", "petrolatum")
        expect(page.locator("[data-understood=drug]")).to_have_text(re.compile("^="))
        save(page, "drug")
        expect(row(page, "petrolatum")).to_have_class(re.compile("corrected"))
        if name == "more-0.txt":
            expect(page.locator("#offer")).to_be_hidden()
            page.keyboard.press("q")
            ready(page, "queue")
    expect(page.locator("#offer")).to_contain_text(
        "Drug: vaseline was corrected to petrolatum 2 times. 2 other rows say vaseline."
    )
    page.keyboard.press("y")
    expect(page.locator("#toast")).to_contain_text("Corrected 2 rows.")
    with Store.open(pdf_folder.out) as store:
        assert not [r for r in curated_rows(store, "treatments") if r["drug"] == "vaseline"]
        assert (
            sum(
                d.why.startswith("as on 2 other rows: vaseline is petrolatum") and d.field == "drug"
                for d in decisions(store)
            )
            == 2
        )


def test_a_double_click_takes_the_word_and_zoom_keeps_the_evidence(curator: Any) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    span = page.locator(".page .text span", has_text=re.compile(r"^hypertension and|^osteoporosis\\."))
    words = page.evaluate(
        """() => [...document.querySelectorAll(".page .text span")].map(s => s.textContent.trim()).filter(t => /^[a-z]{6,}[.,]$/.test(t))"""
    )
    span = page.locator(".page .text span", has_text=words[0]).first
    span.scroll_into_view_if_needed()
    span.dblclick()
    page.wait_for_function("word => getSelection().toString() === word", arg=words[0][:-1])
    page.keyboard.press("Escape")
    row(page, "enoxaparin").click()
    box = page.locator(".boxes .chosen").first
    expect(box).to_be_in_viewport()
    for key in ("+", "+", "+", "-"):
        page.keyboard.press(key)
        expect(box).to_be_in_viewport()
    page.keyboard.press("PageUp")
    expect(page.locator(".boxes .chosen").first).to_be_in_viewport()
