"""Characters that a PDF tells in roundabout ways: by glyph names, by replacement text, letter-spaced, raised, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import BODY, Page, draw
from rawpdf import HELVETICA, shown, write_pdf
from reportlab.pdfbase.pdfmetrics import stringWidth

from extract.reading import read

ENGINES = ("auto", "pdfium", "pdfplumber")
LIGATURES = HELVETICA.replace(
    "/WinAnsiEncoding", "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /f_i /f_l /g231 /g232] >>"
)


def test_ligatures_that_a_font_tells_by_their_names_alone(tmp_path: Path) -> None:
    content = shown(72, 700, "A \\001broma of the heel was treated with \\002uconazole 150 mg once weekly.")
    source = read(write_pdf(tmp_path / "a.pdf", content, font=LIGATURES))
    assert source.text == "A fibroma of the heel was treated with fluconazole 150 mg once weekly."


def test_letters_that_no_font_tells_stay_unknown_and_numbers_beside_them_are_doubted(tmp_path: Path) -> None:
    content = shown(72, 700, "She took prednisone 2\\0035 mg once daily and slept well.")
    source = read(write_pdf(tmp_path / "a.pdf", content, font=LIGATURES))
    assert "prednisone 2\ufffd5 mg" in source.text
    assert [w.message for w in source.warnings] == [
        "1 character whose font does not tell its letter stands in or beside a number (2\ufffd5): check the values"
    ]


@pytest.mark.parametrize("code", ["\\011", "\\012", "\\015"])
def test_an_unknown_letter_with_the_code_of_white_space_is_no_white_space(tmp_path: Path, code: str) -> None:
    font = LIGATURES.replace("[1 /f_i", "[9 /g9 /g10 11 /g11 13 /g13 1 /f_i")
    source = read(write_pdf(tmp_path / "a.pdf", shown(72, 700, f"He took 1{code}5 mg at night."), font=font))
    assert "1\ufffd5 mg" in source.text


def test_replacement_text_is_read_as_part_of_its_word(tmp_path: Path) -> None:
    content = (
        "BT /F1 10 Tf 72 700 Td (He had ) Tj /Span << /ActualText (fi) >> BDC (x) Tj EMC (brosis and took 5 ) Tj "
        "/Span << /ActualText <FEFF00B5> >> BDC (m) Tj EMC (g daily.) Tj ET"
    )
    source = read(write_pdf(tmp_path / "a.pdf", content, font=LIGATURES), engine="pdfium")
    assert source.text == "He had fibrosis and took 5 µg daily."


@pytest.mark.parametrize("engine", ENGINES)
def test_letter_spaced_print_has_words(tmp_path: Path, engine: str) -> None:
    def page(p: Page) -> None:
        p.canvas.setFont("Helvetica", 10)
        p.canvas.drawString(72, 700, "He took colchicine 0.5 mg twice daily for ten days.", charSpace=2.5)
        p.canvas.drawString(72, 680, "The next line is set as usual and goes on.")

    text = read(draw(tmp_path / "a.pdf", page), engine=engine).text
    assert "He took colchicine 0.5 mg twice daily for ten days." in text
    assert "The next line is set as usual and goes on." in text


def test_a_mass_number_belongs_to_its_nuclide(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.column(50, 80, 480, (BODY * 2).split(), bottom=300)
        p.superscript(50, 400, "She was treated with ", "131", "I at home and no cream.")
        p.superscript(50, 424, "It hurt less.", "131", " In winter it came back.")

    source = read(draw(tmp_path / "a.pdf", page))
    assert "She was treated with 131I at home" in source.text
    assert "It hurt less. In winter" in source.text
    assert [c.text for c in source.citations] == ["131"]


def test_soft_hyphens_within_a_line_are_not_printed(tmp_path: Path) -> None:
    font = HELVETICA.replace(
        "/WinAnsiEncoding", "<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [1 /softhyphen] >>"
    )
    to_unicode = (
        "<< /Length 131 >>\nstream\n/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> "
        "endcodespacerange 1 beginbfchar <01> <00AD> endbfchar endcmap end\nendstream"
    )
    font = font.replace(">> >>", ">> /ToUnicode 6 0 R >>")
    content = shown(72, 700, "They gave predni\\001sone and later pred\\001") + shown(72, 688, "nisolone by mouth.")
    source = read(write_pdf(tmp_path / "a.pdf", content, font=font, objects=(to_unicode,)))
    assert source.text == "They gave prednisone and later prednisolone by mouth."


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        ("amoxicillin", "clavulanate", "amoxicillin-clavulanate"),
        ("levodopa", "carbidopa", "levodopa-carbidopa"),
        ("methyl", "prednisolone", "methylprednisolone"),
        ("hydroxy", "chloroquine", "hydroxychloroquine"),
    ],
)
def test_the_hyphen_of_a_combination_stays_at_a_lines_end(tmp_path: Path, left: str, right: str, joined: str) -> None:
    def page(p: Page) -> None:
        first = f"For the burning of his hands at night he was given {left}-"
        p.line(50, 100, first)
        p.column(50, 112, stringWidth(first, p.font, p.size), f"{right} 500 mg twice daily. {BODY}".split())

    assert f"given {joined} 500 mg" in read(draw(tmp_path / "a.pdf", page)).text
