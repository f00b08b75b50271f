"""What the libraries of PDFs do that our reading is built upon, asked of them directly, so that a new version that does otherwise is noticed.

Each fact with the versions it was seen in; what casesift makes of it is tested in `test_characters`, and of whole reports in
`tests/test_reported_kinds.py`.
"""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as c
from pdfminer.high_level import extract_text
from rawpdf import HELVETICA, shown, write_pdf

SOFT_HYPHEN = HELVETICA.replace(
    "/WinAnsiEncoding", "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /softhyphen] >>"
).replace(">> >>", ">> /ToUnicode 6 0 R >>")
TO_UNICODE = (
    "<< /Length 131 >>\nstream\n/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> "
    "endcodespacerange 1 beginbfchar <01> <00AD> endbfchar endcmap end\nendstream"
)
#: glyphs that no table of names has, at codes of white space and at one of no meaning
UNNAMED = HELVETICA.replace(
    "/WinAnsiEncoding", "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [9 /g9 /g10 13 /g13 20 /g20] >>"
)


def letters(path: Path) -> list[tuple[int, bool, tuple[float, float]]]:
    """Of each character PDFium tells: its code, whether it says that no letter is known, left and right of its box."""
    document = pdfium.PdfDocument(path)
    page = document[0]
    text = page.get_textpage()
    seen = [
        (
            c.FPDFText_GetUnicode(text, i),
            bool(c.FPDFText_HasUnicodeMapError(text, i)),
            text.get_charbox(i, loose=True)[::2],
        )
        for i in range(text.count_chars())
    ]
    document.close()
    return seen


def test_soft_hyphens_come_through_in_mid_line_from_both(tmp_path: Path) -> None:
    """pypdfium2 5.15.2, pdfminer.six 20260107: a character that nobody sees stands in the word, U+00AD."""
    path = write_pdf(tmp_path / "a.pdf", shown(72, 700, "lamo\\001trigine"), font=SOFT_HYPHEN, objects=(TO_UNICODE,))
    assert 0xAD in [code for code, _, _ in letters(path)]
    assert "lamo\u00adtrigine" in extract_text(path)


def test_replacement_text_comes_from_pdfium_in_slices_of_one_box_and_not_at_all_from_pdfminer(tmp_path: Path) -> None:
    """pypdfium2 5.15.2: ActualText longer than what is printed has its letters side by side, each as wide as the others, whatever
    letters they are. pdfminer.six 20260107 (so pdfplumber) tells what is printed."""
    path = write_pdf(tmp_path / "a.pdf", "BT /F1 10 Tf 72 700 Td /Span << /ActualText (Willi) >> BDC (mmmmm) Tj EMC ET")
    seen = letters(path)
    assert "".join(chr(code) for code, _, _ in seen) == "Willi"
    widths = [right - left for _, _, (left, right) in seen]
    assert max(widths) - min(widths) < 0.01 * max(widths)  # W and i alike
    assert extract_text(path).strip() == "mmmmm"


def test_glyphs_without_a_letter_come_as_bare_codes_with_a_mark_of_their_own(tmp_path: Path) -> None:
    """pypdfium2 5.15.2: code 9, 10, 13 of a font without a map look like white space; FPDFText_HasUnicodeMapError tells them from it."""
    path = write_pdf(tmp_path / "a.pdf", shown(72, 700, "A1\\0245 B\\0115 C"), font=UNNAMED)
    seen = letters(path)
    assert [(code, unknown) for code, unknown, _ in seen] == [
        (ord("A"), False), (ord("1"), False), (20, True), (ord("5"), False), (32, False), (ord("B"), False), (9, True), (ord("5"), False),
        (32, False), (ord("C"), False),
    ]  # fmt: skip
