"""Done means decided: in a real browser, by keys, also held down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from review_asker import Folder, ids

pytest.importorskip("playwright")
from browser_steps import MARKS, cut_off, decided, go, hold, joined, ready, row
from playwright.sync_api import expect

from pipelines.curation import decisions, done_documents
from pipelines.store import Store

pytestmark = MARKS


@pytest.fixture
def pdf_folder(pdf_folder: Folder) -> Folder:
    """Six documents more."""
    for n in range(6):
        (pdf_folder.reports / f"more-{n}.txt").write_text(f"A woman with a fracture took bisoprolol {n + 1} mg.\n")
    pdf_folder.run()
    return pdf_folder


def done(folder: Folder) -> int:
    with Store.open(folder.out) as store:
        return len(done_documents(store))


def log(folder: Folder) -> list[str]:
    with Store.open(folder.out) as store:
        return [d.action for d in decisions(store)]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1920, True)])
def test_done_with_undecided_rows_asks(curator: Any, pdf_folder: Folder, width: int, dark: bool) -> None:
    page = curator("Anna", width=width, dark=dark)
    go(page, "more-1.txt")
    page.keyboard.press("a")
    expect(decided(page)).to_have_text("1 of 3 decided, about 1 min left")
    page.keyboard.press("d")
    expect(page.locator("#undecided")).to_contain_text("2 rows of this document are not decided.")
    page.keyboard.press("Escape")
    expect(page.locator("#undecided")).to_be_hidden()
    assert done(pdf_folder) == 0
    page.keyboard.press("d")
    expect(page.locator("#undecided")).to_be_visible()
    page.keyboard.press("a")
    page.wait_for_url(f"**/{ids(pdf_folder)['more-2.txt']}*")
    assert (done(pdf_folder), log(pdf_folder)) == (1, ["accept", "accept", "accept", "done"])
    ready(page)
    page.keyboard.press("d")
    expect(page.locator("#undecided")).to_be_visible()
    page.click("#undecided [data-choose=leave]")
    page.wait_for_url(f"**/{ids(pdf_folder)['more-3.txt']}*")
    assert (done(pdf_folder), log(pdf_folder)[4:]) == (2, ["done"])
    page.goto(page.url.replace(ids(pdf_folder)["more-3.txt"], ids(pdf_folder)["more-2.txt"]))
    ready(page)
    expect(page.locator(".notice.good")).to_contain_text(
        "3 of 3 rows are not decided: gold and training data leave them out."
    )
    expect(decided(page)).to_have_text("0 of 3 decided")


def test_a_key_that_is_held_down_decides_once(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "Awake Hip Fracture")
    hold(page, "a", 30)
    expect(page.locator(".row.accepted")).to_have_count(1)
    hold(page, "d", 30)  # asks; the repeats of the key do nothing there either
    expect(page.locator("#undecided")).to_be_visible()
    hold(page, "l", 30)
    page.wait_for_url(lambda url: ids(pdf_folder)["hip-blocks.pdf"] not in url)
    ready(page)
    for _ in range(40):  # the key is down already when the next document comes
        page.keyboard.down("d")
    page.wait_for_timeout(300)
    assert done(pdf_folder) == 1
    page.keyboard.up("d")
    hold(page, "j", 1)  # moving may be held down
    expect(page.locator('.row[aria-current="true"]')).to_have_count(1)


def test_a_server_that_stops_and_starts_loses_nothing(curator: Any, pdf_folder: Folder) -> None:
    page = curator("Anna")
    go(page, "more-1.txt")
    cut_off(page, "/decide")
    row(page, "bisoprolol").click()
    page.keyboard.press("a")
    expect(page.locator("#toast")).to_contain_text("No answer: is casesift review still running?")
    expect(row(page, "bisoprolol")).to_have_class(re.compile("undecided"))
    joined(page)
    page.keyboard.press("a")
    expect(row(page, "bisoprolol")).to_have_class(re.compile("accepted"))
