"""Folders that were read, and somebody who reviews them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from review_asker import CORPUS, Asker, Folder, asking


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
