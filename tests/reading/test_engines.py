"""Both engines read the same: the project's own corpus, turned print, rises, spacing, unknown letters."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
from pages import Page, draw, two_columns
from reportlab.pdfbase.pdfmetrics import stringWidth

from extract import Extractor
from extract.errors import Code, ReadingError
from extract.reading import read
from extract.reading.bounds import MAX_STREAM_BYTES, too_much_for_pdfium
from extract.reading.choice import PDF_ENGINES, doubtful_pages
from extract.reading.glyphs import Glyph, Glyphs, RawDocument, RawPage

CORPUS = sorted((Path(__file__).parents[2] / "corpus" / "pdf").glob("*.pdf"))


def same(path: Path, *, tolerance: float = 1.0) -> str:
    """The text, after making sure that both engines give it, with the same boxes to within `tolerance` points."""
    slow, fast = (read(path, engine=engine) for engine in ("pdfplumber", "pdfium"))
    assert fast.text == slow.text
    assert fast.sections == slow.sections and fast.citations == slow.citations and fast.title == slow.title
    assert [(f.text, f.kind) for f in fast.furniture] == [(f.text, f.kind) for f in slow.furniture]
    assert fast.boxes is not None and slow.boxes is not None
    assert np.array_equal(fast.boxes.page, slow.boxes.page)
    for edge in ("x0", "top", "x1", "bottom"):
        assert abs(getattr(fast.boxes, edge) - getattr(slow.boxes, edge)).max() <= tolerance
    assert read(path, engine="auto").text == fast.text
    return fast.text


def same_or_refused(path: Path) -> None:
    """Both engines give the same, or refuse the file for the same reason, and so does `auto`."""
    try:
        read(path, engine="pdfplumber")
    except ReadingError as error:
        for engine in ("pdfium", "auto"):
            with pytest.raises(ReadingError) as told:
                read(path, engine=engine)
            assert str(told.value) == str(error)
    else:
        same(path, tolerance=2.0)


@pytest.mark.parametrize("path", CORPUS[1::4], ids=lambda p: p.stem)
def test_the_same_text_of_reports(path: Path) -> None:
    same_or_refused(path)


@pytest.mark.slow
@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.stem)
def test_the_same_text_of_every_report(path: Path) -> None:
    same_or_refused(path)


def test_print_turned_to_the_side(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.line(72, 100, "The curve shows how the rash went down over the weeks of treatment.")
        for angle, x, y in ((90, 60, 300), (-90, 500, 500)):
            p.canvas.saveState()
            p.canvas.translate(x, y)
            p.canvas.rotate(angle)
            p.canvas.drawString(0, 0, "Area of the rash in percent")
            p.canvas.restoreState()

    assert same(draw(tmp_path / "a.pdf", page)).count("Area of the rash in percent") == 2


def test_letters_shown_one_by_one_with_character_spacing(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        text = p.canvas.beginText(72, 700)
        text.setFont("Helvetica", 10)
        text.setCharSpace(0.8)
        for letter in "Prednisone was tapered":  # a show operator each, moved on by width and spacing
            text.textOut(letter)
        p.canvas.drawText(text)
        p.line(72, 300, "She was well at the last visit.")

    assert "Prednisone was tapered" in same(draw(tmp_path / "a.pdf", page))


def test_a_text_rise_makes_a_superscript_in_both(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        text = p.canvas.beginText(72, 700)
        text.setFont("Times-Roman", 10)
        text.textOut("She was given methotrexate 10 mg/m")
        text.setFont("Times-Roman", 6)
        text.setRise(4)
        text.textOut("2")
        text.setRise(0)
        text.setFont("Times-Roman", 10)
        text.textOut(" once a week.")
        p.canvas.drawText(text)

    assert "10 mg/m2 once a week." in same(draw(tmp_path / "a.pdf", page))


def test_a_space_that_is_a_string_of_its_own(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        font, size = "Helvetica", 10.0
        p.line(72, 100, "seen within 4", font, size)
        end = 72 + stringWidth("seen within 4", font, size)
        p.line(end, 100, " ", font, size)
        p.line(end + 0.075 * size, 100, "months of the first dose", font, size)

    assert "within 4 months of" in same(draw(tmp_path / "a.pdf", page))


@pytest.mark.parametrize("length", ["9 0 R", "9 0 R /D << /Length 5 >>", "{}"])
def test_a_stream_that_hides_its_end_is_not_given_to_pdfium(tmp_path: Path, length: str) -> None:
    packer = zlib.compressobj(0)
    start = packer.compress(b"endstream") + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, wbits=-15)
    body = start + packer.compress(bytes(MAX_STREAM_BYTES + 1)) + packer.flush()
    head = f"<< /Length {length.format(len(body))} /Filter /FlateDecode >>"
    path = tmp_path / "a.pdf"
    path.write_bytes(f"%PDF-1.4\n1 0 obj\n{head}\nstream\n".encode() + body + b"\nendstream\nendobj\n")
    assert "unpacks to more than" in too_much_for_pdfium(path)


def test_rows_tell_which_engine_read_them() -> None:
    prints = {engine: Extractor(pdf_engine=engine).fingerprint for engine in PDF_ENGINES}
    assert len(set(prints.values())) == 3
    assert Extractor().fingerprint == prints["auto"]


def test_columns(tmp_path: Path) -> None:
    words = ("The rash came back on the fourth day and " * 80).split()
    assert "fourth day" in same(two_columns(tmp_path / "a.pdf", words))


def test_an_unknown_engine_is_told(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.pdf", lambda p: p.line(72, 100, "Text."))
    with pytest.raises(ReadingError, match="pdfplumber, pdfium, auto") as told:
        read(path, engine="acrobat")
    assert told.value.code is Code.USAGE


def test_auto_asks_pdfplumber_about_pages_with_letters_that_pdfium_cannot_tell() -> None:
    def document(text: str) -> RawDocument:
        row = [Glyph(c, 5.0 * i, 90, 5.0 * i + 5, 100, 98, 10, "F") for i, c in enumerate(text)]
        return RawDocument([RawPage(1, 595, 842, Glyphs.of(row))], total=1)

    assert not doubtful_pages(document("A rash of both hands."))
    assert doubtful_pages(document("A \ufffd\ufffd\ufffd\ufffd of both hands.")) == {1}
    assert doubtful_pages(RawDocument([RawPage(1, 0, 0, problem="the page cannot be read")], total=1)) == {1}


def test_auto_gives_pdfplumbers_reason_for_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.4\nno objects at all\n%%EOF\n")
    with pytest.raises(ReadingError) as told:
        read(path, engine="auto")
    assert told.value.code is Code.BROKEN_PDF
