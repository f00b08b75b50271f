"""The review page in a real browser, for scripts: keys are pressed, and the seconds are told until the page shows what they did."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: notes in the page when its first row is chosen and when its words are there, in milliseconds since it was asked for
_NOTE = """new MutationObserver(() => {
  if (!window.tChosen && document.querySelector('.row[aria-current="true"]')) window.tChosen = performance.now();
  if (!window.tReady && document.body?.dataset.ready) window.tReady = performance.now();
}).observe(document, {subtree: true, childList: true, attributes: true, attributeFilter: ["aria-current", "data-ready"]})"""


class Page:
    """A page as a curator has it before them."""

    def __init__(self, tab: Any, address: str) -> None:
        self.tab, self.address = tab, address

    def queue(self) -> None:
        """Open the queue."""
        self.tab.goto(self.address)
        self.tab.wait_for_selector("body.queue[data-ready]")

    def place_in_queue(self, wanted: Collection[str]) -> int:
        """The first line of the queue (from 0) with a document of these."""
        links = self.tab.eval_on_selector_all(
            ".documents td.title a", "links => links.map(a => a.pathname.split('/')[2])"
        )
        return next(i for i, doc in enumerate(links) if doc in wanted)

    def press(self, key: str, times: int = 1) -> int:
        """Press a key; how often."""
        for _ in range(times):
            self.tab.keyboard.press(key)
        return times

    def type(self, column: str, text: str) -> int:
        """Type into a field in place of what it holds, or choose from it by letters; how many keys."""
        if self.tab.evaluate("() => document.activeElement.matches('select')"):
            for n in range(1, len(text) + 1):
                self.tab.keyboard.press(text[n - 1])
                if self.tab.input_value(f"form.edit [name={column}]") == text:
                    return n
            raise SystemExit(f"{column} cannot be set to {text} by typing")
        self.tab.keyboard.press("Control+a")
        self.tab.keyboard.type(text)
        return len(text) + 1

    def click(self, column: str) -> None:
        """Click into a field."""
        self.tab.locator(f"form.edit [name={column}]").focus()  # a click on a select would open it

    def tabs_to(self, column: str) -> int:
        """How often Tab has to be pressed to come into a field."""
        return self.tab.evaluate(
            """name => {
              const inputs = [...document.querySelectorAll("form.edit :is(input, select, summary, button)")].filter((e) => e.checkVisibility());
              return inputs.findIndex((e) => e.name === name) - inputs.indexOf(document.activeElement);
            }""",
            column,
        )

    @property
    def doc_id(self) -> str:
        """The document that is shown."""
        return self.tab.url.split("/d/")[1].split("?")[0].split("#")[0]

    def chosen(self) -> str:
        """The row that is chosen; empty when none is."""
        return self.tab.evaluate("() => document.querySelector('.row[aria-current=\"true\"]')?.id ?? ''")

    def undecided(self, row: str) -> bool:
        """Whether nobody decided on a row."""
        return self.tab.evaluate("id => document.getElementById(id).classList.contains('undecided')", row)

    def until_open(self, after: str = "") -> float:
        """Seconds until another document can be decided on."""
        return self._until(
            "after => document.body.matches('.document') && !location.pathname.endsWith('/' + (after || ' ')) && document.querySelector('.row[aria-current=\"true\"]')",
            after,
        )

    def until_decided(self, row: str) -> float:
        """Seconds until the page shows a row as decided on, and the next one where there is one."""
        return self._until(
            "id => !document.getElementById(id).classList.contains('undecided') && !document.querySelector('form.edit')",
            row,
        )

    def until_form(self) -> float:
        """Seconds until the form is there."""
        return self._until("() => document.querySelector('form.edit')?.contains(document.activeElement)")

    def until_understood(self) -> float:
        """Seconds until the form shows what it understands."""
        return self._until("() => document.querySelector('form.edit')?.ariaBusy === 'false'")

    def settled(self) -> None:
        """Wait until the document is marked done."""
        self.tab.wait_for_function(
            "() => document.querySelector('.rows')?.dataset.done === 'true' || document.body.matches('.queue')"
        )

    def _until(self, condition: str, argument: str = "") -> float:
        began = time.perf_counter()
        self.tab.wait_for_function(condition, arg=argument, polling="raf")
        return time.perf_counter() - began

    def opening(self, doc_id: str) -> tuple[float, float]:
        """Seconds from asking for a document until its facts can be decided on, and until its words are there, as the browser tells them."""
        self.tab.goto(f"{self.address.split('/?')[0]}/d/{doc_id}")
        self.tab.wait_for_function("() => window.tReady")
        chosen, ready = self.tab.evaluate("() => [window.tChosen, window.tReady]")
        return chosen / 1000, ready / 1000


@contextmanager
def reviewing(out: Path, contexts: int = 1) -> Iterator[Any]:
    """A page on an output folder, in a window of 1280 by 800; or several, each in a browser that has nothing kept."""
    from playwright.sync_api import sync_playwright

    command = [
        sys.executable,
        "-m",
        "pipelines.cli",
        "review",
        str(out),
        "--no-browser",
        "--port",
        "0",
        "--who",
        "Anna",
    ]
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert serving.stdout is not None
        address = serving.stdout.readline().split()[-1]
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            pages = []
            for _ in range(contexts):
                tab = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
                tab.add_init_script(_NOTE)
                pages.append(Page(tab, address))
            yield pages[0] if contexts == 1 else pages
            browser.close()
    finally:
        serving.kill()
        serving.wait()
