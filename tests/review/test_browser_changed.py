"""The paper changed: the old decision beside the new reading, one key to carry it over; in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from review_asker import Folder

pytest.importorskip("playwright")
from browser_steps import MARKS, decided, go, ready, row, save
from playwright.sync_api import expect

from pipelines.curation import curated_rows
from pipelines.store import Store

pytestmark = MARKS


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1920, True)])
def test_an_old_decision_is_carried_over_with_one_key(curator: Any, pdf_folder: Folder, width: int, dark: bool) -> None:
    page = curator("Anna", width=width, dark=dark)
    go(page, "note.txt")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    page.fill("form.edit [name=vehicle]", "water")
    save(page, "vehicle")
    expect(row(page, "bisoprolol")).to_have_class(re.compile("corrected"))
    (pdf_folder.reports / "note.txt").write_text(
        "Erratum: on day 2 she was given bisoprolol 7 mg; pain 3/10 remained.\n"
    )
    pdf_folder.run()
    page.goto(page.url.split("/d/")[0])
    ready(page, "queue")
    expect(page.locator(".notice.warn")).to_contain_text(
        "Files were changed: 1 decision is on sentences that are in them no more."
    )
    page.click("text=Show them")
    ready(page, "queue")
    go(page, "note.txt")
    expect(decided(page)).to_have_text(re.compile("^0 of"))
    page.keyboard.press("o")
    old = page.locator(".row.orphaned")
    expect(old).to_contain_text("It says now")
    expect(old).to_contain_text("7 mg")
    expect(old).to_contain_text("in water")
    expect(page.locator(".plain mark.chosen")).to_have_count(0)  # no box, no mark: its sentence is not there
    page.keyboard.press("c")
    expect(page.locator(".row.orphaned")).to_have_count(0)
    expect(row(page, "bisoprolol")).to_have_class(re.compile("corrected"))
    expect(row(page, "bisoprolol")).to_contain_text("7 mg")
    expect(row(page, "bisoprolol")).to_contain_text("carried over from")
    with Store.open(pdf_folder.out) as store:
        (now,) = [r for r in curated_rows(store, "treatments") if r["file"] == "note.txt"]
    assert (now["dose_value"], now["vehicle"], now["curation"]) == (7.0, "water", "corrected")
    page.keyboard.press("u")
    expect(page.locator(".row.orphaned")).to_have_count(1)


def test_a_renamed_and_changed_file_is_offered(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "note.txt")
    row(page, "bisoprolol").click()
    page.keyboard.press("a")
    expect(row(page, "bisoprolol")).to_have_class(re.compile("accepted"))
    text = (pdf_folder.reports / "note.txt").read_text()
    (pdf_folder.reports / "note.txt").unlink()
    (pdf_folder.reports / "new-name.txt").write_text(text + "A line more.\n")
    pdf_folder.run(allow_empty=True)
    page.goto(page.url.split("/d/")[0])
    ready(page, "queue")
    expect(page.locator(".notice.warn")).to_contain_text("note.txt is gone, and new-name.txt says the same")
    page.click("[data-do=succeed]")
    expect(page.locator("[data-do=succeed]")).to_have_count(0)
    page.goto(f"{page.url.split('?')[0]}?show=all")
    ready(page, "queue")
    go(page, "new-name.txt")
    expect(row(page, "bisoprolol")).to_have_class(re.compile("accepted"))
