"""Values move together, and what is hardly ever meant asks first: in a real browser, by typing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from review_asker import Folder, ids

pytest.importorskip("playwright")
from browser_steps import MARKS, go, hold, row, save, select
from playwright.sync_api import expect

from pipelines.curation import curated_rows, decisions
from pipelines.store import Store

pytestmark = MARKS


def treatment(folder: Folder, drug: str) -> dict[str, Any]:
    with Store.open(folder.out) as store:
        rows = curated_rows(store, "treatments", ids(folder)["hip-blocks.pdf"])
        return next(r for r in rows if r["drug"] == drug)


def whys(folder: Folder) -> list[str]:
    with Store.open(folder.out) as store:
        return [d.why for d in decisions(store)]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1920, True)])
def test_a_dose_typed_as_text_and_saved_with_enter_takes_its_numbers_along(
    curator: Any, pdf_folder: Folder, width: int, dark: bool
) -> None:
    page = curator("Anna", width=width, dark=dark)
    go(page, "Awake Hip Fracture")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    field = page.locator("form.edit [name=dose_text]")
    field.fill("44 mg/kg")
    field.press("Enter")  # at once: what was understood is shown first
    expect(page.locator("[data-understood=dose_text]")).to_have_text("= Dose 44, Unit mg/kg")
    expect(page.locator("form.edit [name=dose_value]")).to_have_value("44")
    assert treatment(pdf_folder, "bisoprolol")["dose_value"] == 2.5, "nothing is written before it was seen"
    save(page)
    expect(row(page, "bisoprolol")).to_contain_text("44 mg/kg")
    now = treatment(pdf_folder, "bisoprolol")
    assert (now["dose_text"], now["dose_value"], now["dose_unit"]) == ("44 mg/kg", 44.0, "mg/kg")


def test_what_was_understood_may_be_corrected_and_what_was_not_is_emptied(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    page.fill("form.edit [name=dose_text]", "half of what he had")
    expect(page.locator("[data-understood=dose_text]")).to_contain_text("not understood")
    expect(page.locator("form.edit [name=dose_value]")).to_have_value("")
    page.fill("form.edit [name=dose_value]", "1.25")
    page.fill("form.edit [name=dose_unit]", "mg")
    save(page)
    expect(row(page, "bisoprolol")).to_contain_text("1.25 mg")
    now = treatment(pdf_folder, "bisoprolol")
    assert (now["dose_text"], now["dose_value"], now["dose_unit"]) == ("half of what he had", 1.25, "mg")


def test_a_changed_drug_takes_its_own_code_and_others_are_offered(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    page.fill("form.edit [name=drug]", "colchicin")
    expect(page.locator("[data-understood=drug]")).to_have_text("= DrugBank DB01394")
    page.click('[data-offers=drug] >> text="colchicine (DrugBank DB01394)"')
    expect(page.locator("form.edit [name=drug]")).to_have_value("colchicine")
    save(page, "drug")
    expect(row(page, "colchicine")).to_have_class(re.compile("corrected"))
    now = treatment(pdf_folder, "colchicine")
    assert (now["code_system"], now["code"]) == ("DrugBank", "DB01394")


def test_an_added_dose_is_read_too(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    select(page, "3/10")
    page.keyboard.press("2")
    page.fill("form.edit [name=drug]", "paracetamol")
    page.fill("form.edit [name=dose_text]", "1 g")
    page.fill("form.edit [name=frequency_text]", "every 8 h")
    expect(page.locator("form.edit [name=per_day]")).to_have_value("3")
    save(page, "frequency_text")
    expect(row(page, "paracetamol")).to_have_class(re.compile("added"))
    now = treatment(pdf_folder, "paracetamol")
    assert (now["dose_value"], now["dose_unit"], now["per_day"], now["code"]) == (1.0, "g", 3.0, "DB00316")
    assert now["page"] and now["x0"]


def test_what_is_hardly_ever_meant_asks_and_one_key_overrules_it(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    page.fill("form.edit [name=days]", "99999999")
    expect(page.locator(".doubts")).to_contain_text("99999999 days is longer than 100 years.")
    save(page, "days")
    expect(page.locator(".doubtful button")).to_be_focused()
    hold(page, "Enter", 5)  # the key is still held from saving: that overrules nothing twice
    expect(row(page, "bisoprolol")).to_have_class(re.compile("corrected"))
    assert treatment(pdf_folder, "bisoprolol")["days"] == 99999999
    assert whys(pdf_folder) == ["overruled: 99999999 days is longer than 100 years"]
    expect(row(page, "bisoprolol")).to_contain_text("overruled: 99999999 days")


def test_enter_held_down_overrules_nothing(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    page.fill("form.edit [name=per_day]", "0")
    expect(page.locator(".doubts")).to_contain_text("0 doses a day")
    page.keyboard.down("Enter")
    expect(page.locator(".doubtful button")).to_be_focused()
    for _ in range(20):
        page.keyboard.down("Enter")  # repeats by itself
    page.keyboard.up("Enter")
    page.wait_for_timeout(300)
    assert treatment(pdf_folder, "bisoprolol")["per_day"] is None
    expect(page.locator("form.edit")).to_have_count(1)


def test_a_drug_without_a_name_is_refused(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    row(page, "bisoprolol").click()
    page.keyboard.press("e")
    page.fill("form.edit [name=drug]", "")
    expect(page.locator(".doubts")).to_contain_text("needs the name of its drug")
    save(page)
    expect(page.locator('[data-error="drug"]')).to_contain_text("A treatment needs the name of its drug")
    assert treatment(pdf_folder, "bisoprolol")["drug"] == "bisoprolol"
