"""Folders that were read, and somebody who reviews them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from review_asker import CORPUS, Asker, Folder, asking

from extract.language.codes import icd_index


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Three little reports, read."""
    made = Folder(tmp_path)
    made.reports.mkdir()
    (made.reports / "a.txt").write_text(
        "A woman with a fracture took bisoprolol 5 mg and aspirin 75 mg. Later pain 3/10.\n"
    )
    (made.reports / "b.txt").write_text("A man with aortic stenosis took furosemide 40 mg.\n")
    (made.reports / "empty.txt").write_text("")
    made.run()
    return made


@pytest.fixture
def pdf_folder(tmp_path: Path) -> Folder:
    """A PDF of the corpus and a text, read."""
    made = Folder(tmp_path)
    made.reports.mkdir()
    shutil.copy(CORPUS / "hip-blocks.pdf", made.reports)
    (made.reports / "note.txt").write_text("She took bisoprolol 5 mg; 𝛽 pain 3/10 remained. It was <b>bold</b>.\n")
    made.run()
    return made


@pytest.fixture
def ask(folder: Folder) -> Iterator[Asker]:
    yield from asking(folder)


@pytest.fixture
def ask_pdf(pdf_folder: Folder) -> Iterator[Asker]:
    yield from asking(pdf_folder)


@pytest.fixture(scope="session")
def codes() -> None:
    """The index that diagnoses are looked up in, built once for all tests: the page would take seconds for it."""
    icd_index.load()


@pytest.fixture
def address(pdf_folder: Folder) -> Iterator[str]:
    """The address that `casesift review` prints."""
    command = [sys.executable, "-m", "pipelines.cli", "review", str(pdf_folder.out), "--no-browser", "--port", "0"]
    serving = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2], env=os.environ
    )
    assert serving.stdout is not None
    yield serving.stdout.readline().split()[-1]
    serving.stdout.close()
    serving.kill()  # as good as any other end: every decision is committed as it is made
    serving.wait()


@pytest.fixture
def curator(chromium: Any, codes: None, address: str) -> Iterator[Any]:
    """Opens the page as a curator of some name, each in a browser of their own."""
    from browser_steps import ready
    from playwright.sync_api import expect

    contexts, told = [], []

    def open_(name: str, width: int = 1280, dark: bool = False) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, reduced_motion="reduce", color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(300_000)
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on(
            "console", lambda message: told.append(message.text) if "Content Security Policy" in message.text else None
        )
        page.goto(address)
        ready(page, "queue")
        page.click('[data-do="who"]')
        page.fill("#who-dialog input", name)
        page.keyboard.press("Enter")
        expect(page.locator('[data-do="who"]')).to_have_text(name)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert told == []
