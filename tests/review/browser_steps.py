"""What a person does on the review page, for tests in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
try:
    from playwright.sync_api import Page
except ModuleNotFoundError:
    pytest.skip("playwright is not installed", allow_module_level=True)

#: for every module of such tests
MARKS = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt-get install chromium)"),
    pytest.mark.xdist_group("browser"),
]


def go(page: Page, title: str) -> None:
    page.click(f'.documents a:has-text("{title}")')
    ready(page)


def ready(page: Page, kind: str = "document") -> None:
    """Wait until the scripts of a page of this kind (queue, document) listen."""
    page.wait_for_selector(f"body.{kind}[data-ready]")


def row(page: Page, name: str) -> Any:
    return page.locator(f'.row[data-name="{name}"]').first


#: what the page asks of the server from now on, where the address holds a part, goes another way; what Playwright puts between them
#: (`page.route`) now and then lets the first one through
_ASKING = """([part, way]) => {
  window.asks ??= window.fetch;
  const later = () => new Promise((resolve) => setTimeout(resolve, 300));
  window.fetch = (url, options) => {
    if (!String(url).includes(part)) return window.asks(url, options);
    if (way === "cut off") return Promise.reject(new TypeError("no answer"));
    return way === "slow" ? later().then(() => window.asks(url, options)) : window.asks(url, options);
  };
}"""


def cut_off(page: Page, part: str) -> None:
    """Let nothing that this page asks of the server, where the address holds `part`, reach it, until it is joined again."""
    page.evaluate(_ASKING, [part, "cut off"])


def slowly(page: Page, part: str) -> None:
    """Let what this page asks of the server, where the address holds `part`, take its time."""
    page.evaluate(_ASKING, [part, "slow"])


def joined(page: Page) -> None:
    """Let the page ask the server as ever."""
    page.evaluate(_ASKING, ["", "as ever"])


def decided(page: Page) -> Any:
    return page.locator("#meter span")


def save(page: Page, field: str = "") -> None:
    """Press Enter in the form, in `field` or where the cursor is, after all that was typed is understood and shown."""
    page.wait_for_selector('form.edit[aria-busy="false"]')
    if field:
        page.locator(f"form.edit [name={field}]").press("Enter")
    else:
        page.keyboard.press("Enter")


def select(page: Page, words: str) -> None:
    """Select words on a page with the mouse, from the first to the last."""
    ends = page.evaluate(
        """words => {
          const spans = [...document.querySelectorAll(".page .text span")], wanted = words.split(" ");
          const at = spans.findIndex((_, i) => wanted.every((word, k) => spans[i + k]?.textContent.trim() === word));
          const first = spans[at], last = spans[at + wanted.length - 1];
          first.scrollIntoView({block: "center", behavior: "instant"});
          const range = document.createRange();
          range.selectNodeContents(last);
          range.setEnd(last.firstChild, last.textContent.trimEnd().length);
          const a = first.getBoundingClientRect(), b = range.getBoundingClientRect();
          return [a.left + 1, a.top + a.height / 2, b.right - 1, b.top + b.height / 2];
        }""",
        words,
    )
    page.mouse.move(ends[0], ends[1])
    page.mouse.down()
    page.mouse.move((ends[0] + ends[2]) / 2, ends[3], steps=3)
    page.mouse.move(ends[2], ends[3])
    page.mouse.up()


def hold(page: Page, key: str, times: int) -> None:
    """Hold a key down: the first press, then `times` repeats by themselves."""
    for _ in range(times + 1):
        page.keyboard.down(key)
    page.keyboard.up(key)
