"""Where two curators differ: seen side by side, settled with one key; in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from review_asker import Folder, ids

pytest.importorskip("playwright")
from browser_steps import MARKS, ready
from playwright.sync_api import expect

from pipelines.curation import Decision, curated_rows, record
from pipelines.store import Store

pytestmark = MARKS


@pytest.fixture
def pdf_folder(pdf_folder: Folder) -> Folder:
    """Anna and Ben differ on two rows of one document."""
    with Store.open(pdf_folder.out) as store:
        first, second = [r for r in curated_rows(store, "treatments") if r["file"] == "hip-blocks.pdf"][:2]
        for who, dose in (("Anna", 3.0), ("Ben", 30.0)):
            at = {"who": who, "doc_id": first["doc_id"], "table": "treatments"}
            record(
                store, [Decision(**at, row_id=first["treatment_id"], action="correct", field="dose_value", new=dose)]
            )
            record(
                store, [Decision(**at, row_id=second["treatment_id"], action="accept" if who == "Anna" else "reject")]
            )
    return pdf_folder


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1920, True)])
def test_one_key_settles_a_row(curator: Any, pdf_folder: Folder, width: int, dark: bool) -> None:
    page = curator("Eve", width=width, dark=dark)
    page.click("text=Differences")
    ready(page, "differences")
    expect(page.locator(".meter")).to_contain_text("2 rows to settle")
    expect(page.locator(".difference").first).to_contain_text("bisoprolol")
    expect(page.locator(".difference tbody tr").first).to_have_text("Dose330")
    page.keyboard.press("1")
    expect(page.locator(".meter")).to_contain_text("1 row to settle")
    page.keyboard.press("2")
    expect(page.locator(".difference")).to_have_count(0)
    page.reload()
    ready(page, "differences")
    expect(page.locator(".empty")).to_contain_text(
        "Anna and Ben agree on all rows both judged, or their differences are settled."
    )
    with Store.open(pdf_folder.out) as store:
        first, second = list(curated_rows(store, "treatments", ids(pdf_folder)["hip-blocks.pdf"]))[:2]
    assert (first["dose_value"], second["curation"]) == (3.0, "rejected")
