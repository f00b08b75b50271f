"""Scanned pages: read where Tesseract is, told clearly where it is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from pages import BODY, Page, draw
from PIL.Image import Image, new
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extract.errors import Code, ReadingError
from extract.reading import ocr, read
from extract.reading.bounds import MAX_PIXELS

needs_ocr = pytest.mark.skipif(bool(ocr.available()), reason=f"no OCR here: {ocr.available()}")


def scanned(tmp_path: Path, *, askew: float = 0.0) -> Path:
    """A page of two columns with headings as an image, and a second page of print."""

    def page(p: Page) -> None:
        p.line(50, 80, "Case report", "Times-Bold", 12)
        p.column(50, 98, 230, BODY.split(), bottom=700)
        p.line(315, 80, "Discussion", "Times-Bold", 12)
        p.column(315, 101, 230, BODY.replace("gardener", "sailor").split(), bottom=700)

    document = pdfium.PdfDocument(draw(tmp_path / "printed.pdf", page))
    image = document[0].render(scale=300 / 72).to_pil().rotate(askew, fillcolor="white")
    document.close()
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(595, 842))
    canvas.drawImage(ImageReader(image), 0, 0, 595, 842)
    canvas.showPage()
    Page(canvas).column(50, 80, 400, BODY.split())
    canvas.save()
    return tmp_path / "scan.pdf"


def letters(text: str) -> str:
    return re.sub(r"\W", "", text)


@needs_ocr
@pytest.mark.parametrize("askew", [0.0, 0.8])
def test_a_scanned_page_is_read_in_order_with_sections_and_places(tmp_path: Path, askew: float) -> None:
    source = read(scanned(tmp_path, askew=askew))
    assert source.ocr_pages == 1 and not source.warnings
    assert [s.name for s in source.sections][:2] == ["case", "discussion"]
    text = letters(source.text)
    assert (
        letters("We cleaned the lesions with saline and dressed them with petrolatum. Oral prednisone 30 mg once")
        in text
    )
    assert text.index("gardener") < text.index("sailor")
    at = source.text.index("sailor")
    box = source.box(at, at + len("sailor"))
    assert box is not None and box.page == 1 and 310 < box.x0 < 560 and 90 < box.top < 120
    assert box.bottom - box.top < 14


def stamped(tmp_path: Path, layer: str) -> Path:
    """A scan with a stamp, a scan with `layer` as its invisible text, and a page of print with a picture."""
    document = pdfium.PdfDocument(scanned(tmp_path))
    image = document[0].render(scale=300 / 72).to_pil()
    document.close()
    canvas = Canvas(str(tmp_path / "stamped.pdf"), pagesize=(595, 842))
    canvas.drawImage(ImageReader(image), 0, 0, 595, 842)
    Page(canvas).line(40, 830, "Fetched from garden.example on 12 May 2021 by a reader, for personal use only", size=7)
    canvas.showPage()
    canvas.drawImage(ImageReader(image), 0, 0, 595, 842)
    words = canvas.beginText(50, 744)
    words.setTextRenderMode(3)
    words.setFont("Times-Roman", 10)
    for k in range(0, len(layer), 80):
        words.textLine(layer[k : k + 80])
    canvas.drawText(words)
    canvas.showPage()
    canvas.drawImage(ImageReader(image), 0, 442, 595, 400)
    Page(canvas).column(50, 480, 400, BODY.replace("gardener", "miller").split())
    canvas.save()
    return tmp_path / "stamped.pdf"


@needs_ocr
@pytest.mark.parametrize("engine", ["pdfplumber", "pdfium"])
def test_only_the_pages_that_need_it_are_read_again(tmp_path: Path, engine: str) -> None:
    codes = str.maketrans("abcdefghijklmnopqrstuvwxyz", "eiansotruhyldcgfmwpbvkjxzq")  # a font that tells other letters
    nonsense = BODY.translate(codes)
    source = read(stamped(tmp_path, nonsense), engine=engine)
    assert source.ocr_pages == 2 and not source.warnings
    assert nonsense[:40] not in source.text
    assert letters(source.text).count(letters("Oral prednisone 30 mg once daily was begun and tapered")) == 5
    assert "pruned a fig" in source.text  # words stay apart where their boxes touch
    good = read(stamped(tmp_path, BODY.replace("gardener", "fisher")), engine=engine)
    assert good.ocr_pages == 1 and "fisher" in good.text  # an invisible layer that reads well is trusted


def test_a_stamp_on_a_scan_is_not_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.reading.ocr.find_spec", lambda name: None)
    path = stamped(tmp_path, "")
    assert [w.page for w in read(path).warnings] == [1, 2]
    with pytest.raises(ReadingError) as caught:
        read(path, max_pages=1)
    assert caught.value.code is Code.NO_TEXT


def test_without_ocr_a_scan_has_its_reason_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.reading.ocr.find_spec", lambda name: None)
    path = scanned(tmp_path)
    source = read(path)
    assert source.ocr_pages == 0 and [w.page for w in source.warnings] == [1]
    with pytest.raises(ReadingError, match=re.escape("casesift[ocr]")) as caught:
        read(path, max_pages=1)
    assert caught.value.code is Code.NO_TEXT


def test_a_page_that_ocr_is_unsure_of_has_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = ocr._Line([("prednisone", (50, 90, 100, 100), 41.0), ("30", (104, 90, 114, 98), 44.0)])
    monkeypatch.setattr(ocr, "available", lambda: "")
    monkeypatch.setattr(ocr, "_recognise", lambda page, settings: [line])
    source = read(scanned(tmp_path))
    assert "prednisone 30" in source.text and source.ocr_pages == 1
    assert [w.page for w in source.warnings] == [1] and "unsure" in source.warnings[0].message


def test_a_scan_of_a_wall_chart_is_drawn_within_bounds_and_its_words_stand_where_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pytesseract")
    side, drawn = 14_400, []

    def seen(image: Image, **_: object) -> dict[str, list[Any]]:
        drawn.append(image.size)
        middle = image.width // 2
        names = ("block_num", "par_num", "line_num")
        return {
            "text": ["prednisone"],
            "conf": [90],
            "left": [middle],
            "top": [middle],
            "width": [middle // 2],
            "height": [20],
        } | {name: [1] for name in names}

    monkeypatch.setattr(ocr, "available", lambda: "")
    monkeypatch.setattr("pytesseract.image_to_data", seen)
    canvas = Canvas(str(tmp_path / "chart.pdf"), pagesize=(side, side))
    canvas.drawImage(ImageReader(new("L", (60, 60), 255)), 0, 0, side, side)
    canvas.save()
    source = read(tmp_path / "chart.pdf")
    ((width, height),) = drawn
    assert width * height == pytest.approx(MAX_PIXELS, rel=0.01)
    box = source.box(0, 4)
    assert box is not None
    assert box.x0 == pytest.approx(side / 2, rel=0.01)


def test_a_page_that_takes_too_long_is_told_and_the_rest_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(page: object, settings: object) -> None:
        raise RuntimeError("Tesseract process timeout")

    monkeypatch.setattr(ocr, "available", lambda: "")
    monkeypatch.setattr(ocr, "_recognise", late)
    source = read(scanned(tmp_path))
    assert "gardener" in source.text and source.ocr_pages == 0
    assert any("timeout" in w.message for w in source.warnings)


def test_a_stroke_before_a_unit_is_a_one() -> None:
    box = (0.0, 0.0, 1.0, 1.0)
    line = ocr._Line([(w, box, 90.0) for w in ("cefotaxime", "|", "g", "and", "96", "micromol/I.")])
    ocr._mend(line)
    assert [w for w, _, _ in line.words] == ["cefotaxime", "1", "g", "and", "96", "micromol/l."]


def ocr_line(text: str, top: float, **unsure: float) -> ocr._Line:
    """A line of words with boxes side by side; `unsure`: by word (a figure as n114) how sure Tesseract was."""
    words, x = [], 50.0
    for word in text.split():
        words.append((word, (x, top, x + 5 * len(word), top + 8), unsure.get(f"n{word}", 96.0)))
        x += 5 * len(word) + 4
    return ocr._Line(words)


@pytest.mark.parametrize(
    ("line", "unsure", "doubted"),
    [
        ("She took 1% tablets twice", {}, [("1% tablets", "may be a fraction such as ½ or ¼")]),
        ("then 114 tablets of it", {}, [("114 tablets", "may be a fraction such as ½ or ¼")]),
        ("and 2/2 ampoules of it", {}, [("2/2 ampoules", "may be a fraction such as ½ or ¼")]),
        ("prednisone 122 mg daily", {"n122": 77.0}, [("122", "read by OCR without certainty")]),
        ("levothyroxine 50 pg daily", {}, [("50 µg", "has a unit that was read as pg or yg")]),
        ("clonidine 2.5 pg/kg once", {}, [("2.5 µg/kg", "has a unit that was read as pg or yg")]),
        ("NT-proBNP was 340 pg/ml then", {}, []),
        ("methotrexate 7.5 mg once weekly", {}, []),
        ("a 5% cream was begun", {}, []),
        ("some 14 patients", {}, []),
    ],
)  # fmt: skip
def test_numbers_that_ocr_may_have_misread_are_doubted_where_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, unsure: dict[str, float], doubted: list[tuple[str, str]]
) -> None:
    def seen(page: object, settings: object) -> list[ocr._Line]:
        read_line = ocr_line(line, 132.0, **unsure)
        ocr._mend(read_line)
        before = [
            "A gardener came to our clinic with a burning rash",
            "on both hands that had begun a few weeks before.",
        ]
        return [ocr_line(text, 90.0 + 14 * i) for i, text in enumerate(["Case report", *before])] + [read_line]

    monkeypatch.setattr(ocr, "available", lambda: "")
    monkeypatch.setattr(ocr, "_recognise", seen)
    source = read(scanned(tmp_path), max_pages=1)
    assert [(source.text[d.start : d.end], d.why) for d in source.doubts] == doubted
    told = [w.message for w in source.warnings if w.page == 1]
    assert len(told) == len(doubted) and all(f"{text!r} {why}" in told[0] for text, why in doubted)


@needs_ocr
def test_what_a_scan_really_gives_of_signs_tesseract_lacks_is_doubted(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.line(60, 100, "She took 1½ tablets of colchicine twice daily, and prednisone 20 mg once daily.", size=11)

    document = pdfium.PdfDocument(draw(tmp_path / "printed.pdf", page))
    image = document[0].render(scale=300 / 72).to_pil()
    document.close()
    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(595, 842))
    canvas.drawImage(ImageReader(image), 0, 0, 595, 842)
    canvas.save()
    source = read(tmp_path / "scan.pdf")
    at = source.text.index("tablets")
    assert source.doubt(at - 2, at) and not source.doubt(source.text.index("20 mg"), source.text.index("20 mg") + 5)
