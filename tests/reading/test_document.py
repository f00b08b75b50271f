"""The contract between reading and language: `extract.document`."""

import subprocess
import sys

WHO_READS_FILES = ("pdfminer", "pdfplumber", "pypdfium2", "lxml", "pytesseract")


def test_knowing_what_a_document_is_imports_no_library_that_reads_files():
    code = "import sys, extract.document; print(*{m.partition('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not set(loaded) & set(WHO_READS_FILES)
