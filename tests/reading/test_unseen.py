"""Only what a reader of the page can see is told; what is written on it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from rawpdf import shown, write_pdf

from extract.document import SourceText
from extract.reading import read

TOLD = shown(72, 700, "A gardener of 54 had a rash and took prednisone 30 mg once daily.")
UNTOLD = "She took warfarin 3 mg for a clot."
BOTH = ("auto", "pdfium", "pdfplumber")


def set_apart(source: SourceText) -> tuple[str, list[str]]:
    kinds = {f.kind for f in source.furniture}
    assert "warfarin" not in source.text and "prednisone 30 mg" in source.text
    assert any("warfarin 3 mg" in f.text for f in source.furniture)
    return "".join(kinds), [w.message for w in source.warnings]


@pytest.mark.parametrize("engine", BOTH)
def test_text_beyond_the_crop_box(tmp_path: Path, engine: str) -> None:
    path = write_pdf(
        tmp_path / "a.pdf", TOLD + shown(72, 20, UNTOLD), page="/MediaBox [0 0 595 842] /CropBox [50 50 545 792]"
    )
    assert set_apart(read(path, engine=engine)) == ("hidden", ["8 words outside the page not read as text"])


@pytest.mark.parametrize("engine", BOTH)
def test_a_line_that_runs_off_the_page_is_told_whole(tmp_path: Path, engine: str) -> None:
    path = write_pdf(
        tmp_path / "a.pdf", TOLD + shown(72, 660, "Then it was lowered to 150 mg."), page="/MediaBox [0 0 170 842]"
    )
    source = read(path, engine=engine)
    assert "lowered to 150 mg." in source.text and not source.warnings


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize("operators", ["3 Tr", "1 g", "1 1 1 rg", "0 0 0 0 k"])
def test_text_without_ink(tmp_path: Path, engine: str, operators: str) -> None:
    path = write_pdf(tmp_path / "a.pdf", TOLD + shown(72, 680, UNTOLD, before=operators))
    assert set_apart(read(path, engine=engine)) == ("hidden", ["8 words invisible not read as text"])


@pytest.mark.parametrize("engine", BOTH)
def test_white_letters_on_a_coloured_bar_are_seen(tmp_path: Path, engine: str) -> None:
    bar = "q 0 0.3 0.6 rg 60 672 400 24 re f Q\n"
    path = write_pdf(tmp_path / "a.pdf", TOLD + bar + shown(72, 680, UNTOLD, before="1 g"))
    source = read(path, engine=engine)
    assert "warfarin 3 mg" in source.text and not source.warnings


@pytest.mark.parametrize("engine", BOTH)
def test_invisible_text_over_a_picture_is_the_pictures(tmp_path: Path, engine: str) -> None:
    picture = (
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\n"
        "stream\n\xff\nendstream"
    )
    content = shown(72, 800, "Copy for study.") + "q 595 0 0 780 0 0 cm /P Do Q\n"
    content += TOLD.replace("72 700", "3 Tr 72 700")
    content += "".join(
        shown(72, 600 - 12 * k, f"Line {k} of the scan, of the same rash.", before="3 Tr") for k in range(12)
    )
    path = write_pdf(tmp_path / "a.pdf", content, resources="/XObject << /P 6 0 R >>", objects=(picture,))
    assert "prednisone 30 mg" in read(path, engine=engine).text


@pytest.mark.parametrize("engine", ["auto", "pdfplumber"])
@pytest.mark.parametrize(
    ("catalog", "layer"),
    [
        ("/OFF [6 0 R]", "6 0 R"),
        ("/BaseState /OFF /ON [7 0 R]", "6 0 R"),
        ("/OFF [6 0 R]", "<< /Type /OCMD /OCGs [6 0 R] >>"),
    ],
)
def test_layers_that_are_off(tmp_path: Path, engine: str, catalog: str, layer: str) -> None:
    content = "/OC /B BDC\n" + TOLD + "EMC\n/OC /A BDC /Span << /MCID 0 >> BDC\n" + shown(72, 680, UNTOLD) + "EMC EMC\n"
    path = write_pdf(
        tmp_path / "a.pdf", content, resources=f"/Properties << /A {layer} /B 7 0 R >>",
        catalog=f"/OCProperties << /OCGs [6 0 R 7 0 R] /D << {catalog} >> >>",
        objects=("<< /Type /OCG /Name (draft) >>", "<< /Type /OCG /Name (text) >>"),
    )  # fmt: skip
    assert set_apart(read(path, engine=engine)) == ("hidden", ["8 words in a layer that is off not read as text"])


@pytest.mark.parametrize("engine", BOTH)
def test_struck_out_text_is_not_told(tmp_path: Path, engine: str) -> None:
    line = "0.6 w 72 683 m 226 683 l S\n"
    path = write_pdf(tmp_path / "a.pdf", TOLD + shown(72, 680, UNTOLD) + line)
    assert set_apart(read(path, engine=engine)) == ("struck", ["8 words struck out not read as text"])


def test_underlined_text_is_told(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "a.pdf", TOLD + shown(72, 680, UNTOLD) + "0.6 w 72 678 m 226 678 l S\n")
    assert "warfarin 3 mg" in read(path).text


def test_text_that_a_mark_strikes_out_is_not_told(tmp_path: Path) -> None:
    mark = "<< /Type /Annot /Subtype /StrikeOut /Rect [72 677 226 689] /QuadPoints [72 689 226 689 72 677 226 677] >>"
    path = write_pdf(
        tmp_path / "a.pdf", TOLD + shown(72, 680, UNTOLD), page="/MediaBox [0 0 595 842] /Annots [6 0 R]",
        objects=(mark,),
    )  # fmt: skip
    assert set_apart(read(path)) == ("struck", ["8 words struck out not read as text"])


def test_a_filled_field_is_read_on_the_line_of_its_label(tmp_path: Path) -> None:
    content = TOLD + shown(72, 600, "Further treatment:")
    field = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (t) /V (cetirizine 10 mg at night) /Rect [170 594 500 612] /P 3 0 R >>"
    empty = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (u) /Rect [170 560 500 580] /P 3 0 R >>"
    path = write_pdf(
        tmp_path / "a.pdf", content, page="/MediaBox [0 0 595 842] /Annots [6 0 R 7 0 R]",
        catalog="/AcroForm << /Fields [6 0 R 7 0 R] >>", objects=(field, empty),
    )  # fmt: skip
    source = read(path)
    assert "Further treatment: cetirizine 10 mg at night" in source.text
    assert [w.message for w in source.warnings] == ["1 filled form field read with the text"]
    at = source.text.index("cetirizine")
    box = source.box(at, at + 10)
    assert box is not None and 168 < box.x0 < 180 and 230 < box.top < 250


def test_a_note_is_read_beside_the_text(tmp_path: Path) -> None:
    note = (
        "<< /Type /Annot /Subtype /FreeText /Contents (Seen again in May: no pain at all.) /Rect [300 690 500 720] >>"
    )
    path = write_pdf(tmp_path / "a.pdf", TOLD, page="/MediaBox [0 0 595 842] /Annots [6 0 R]", objects=(note,))
    source = read(path)
    assert "rash and took prednisone 30 mg once daily." in source.text
    assert "Seen again in May: no pain at all." in " ".join(source.text.split())
    assert [w.message for w in source.warnings] == ["1 note written on the page read beside the text"]


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize("box", ["[0 0 595 842]", "[595 842 0 0]", "[0 842 595 0]"])
def test_a_page_box_may_name_its_corners_in_any_order(tmp_path: Path, engine: str, box: str) -> None:
    source = read(write_pdf(tmp_path / "a.pdf", TOLD, page=f"/MediaBox {box}"), engine=engine)
    at = source.text.index("A gardener")
    place = source.box(at, at + 10)
    assert place is not None and not source.warnings
    assert 71 < place.x0 < 73 and 132 < place.top < 136
