"""The contract between reading and language: `extract.document`."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from extract import Extractor
from extract.reading import read
from extract.settings import packaged

CORPUS = Path(__file__).parents[2] / "corpus" / "pdf"

WHO_READS_FILES = ("pdfminer", "pdfplumber", "pypdfium2", "lxml", "pytesseract")


def test_knowing_what_a_document_is_imports_no_library_that_reads_files():
    code = "import sys, extract.document; print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not set(loaded) & set(WHO_READS_FILES)


def test_a_text_that_is_too_long_is_read_up_to_its_last_whole_paragraph(tmp_path):
    file = tmp_path / "long.txt"
    head = "Case report\n\nA 61-year-old man took aspirin 75 mg daily [3].\n\n"
    file.write_text(head + "He went home [4].\n\n" * 200, encoding="utf-8")
    settings = replace(packaged().reading, max_characters=len(head) + 25)
    whole, part = read(file), read(file, settings)
    assert part.text == head + "He went home [4]."
    assert part.unread == f"only the first {len(part.text)} of {len(whole.text):,} characters were read"
    assert [w.message for w in part.warnings] == [part.unread]
    assert (part.sections[0].start, part.sections[-1].end) == (0, len(part.text))
    assert [c.text for c in part.citations] == ["[3]", "[4]"]
    assert (whole.unread, whole.warnings) == ("", ())


def test_a_page_that_is_too_long_keeps_the_boxes_of_what_is_read():
    path = CORPUS / "hip-blocks.pdf"
    whole, part = read(path), read(path, replace(packaged().reading, max_characters=800))
    assert whole.text.startswith(part.text)
    assert part.boxes is not None
    assert part.boxes.page.size == len(part.text) <= 800
    assert part.box(0, 10) == whole.box(0, 10)


def test_a_document_read_in_part_says_so(tmp_path):
    file, config = tmp_path / "long.txt", tmp_path / "my.cfg"
    file.write_text("A 61-year-old man took aspirin 75 mg daily.\n\nHe took warfarin 5 mg.\n", encoding="utf-8")
    config.write_text("[reading]\nmax_characters = 50\n", encoding="utf-8")
    report = Extractor(config)(file)
    assert [(t.drug, t.dose_text) for t in report.treatments] == [("aspirin", "75 mg")]
    assert report.document.status == "partial"
    assert report.document.reason == (
        "too-large: only the first 43 of 68 characters were read; split it, or raise max_pages or max_characters in the configuration"
    )
