"""Every bad file has one clear reason that says what to do, and never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import BODY, Page, draw
from pypdf import PdfWriter
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extract.errors import Code, ReadingError
from extract.reading import READERS, read


def code(path: Path, **more: object) -> tuple[Code, str]:
    with pytest.raises(ReadingError) as caught:
        read(path, **more)  # type: ignore[arg-type]
    assert caught.value.file == str(path) and "\n" not in str(caught.value)
    return caught.value.code, str(caught.value)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_unknown_extension_lists_the_known(tmp_path: Path) -> None:
    kind, message = code(write(tmp_path / "a.docx", b"PK"))
    assert kind is Code.UNKNOWN_TYPE and all(known in message for known in READERS)


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.pdf", b"", Code.EMPTY_FILE),
        ("a.txt", b"", Code.EMPTY_FILE),
        ("a.txt", b" \n ", Code.EMPTY_FILE),
        ("a.pdf", b"<!DOCTYPE html><html>Sign in</html>", Code.NOT_A_PDF),
        ("a.pdf", b"%PDF-1.7\nnothing more", Code.BROKEN_PDF),
        ("a.xml", b"<article><front>", Code.BAD_XML),
        ("a.xml", b"<html><body/></html>", Code.BAD_XML),
        ("a.txt", b"\x00\x01\x02\x00", Code.BAD_ENCODING),
    ],
)
def test_bad_files(tmp_path: Path, name: str, data: bytes, expected: Code) -> None:
    assert code(write(tmp_path / name, data))[0] is expected


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert code(tmp_path / "none.pdf")[0] is Code.NOT_FOUND
    (tmp_path / "folder.pdf").mkdir()
    assert code(tmp_path / "folder.pdf")[0] is Code.NOT_READABLE


def encrypted(path: Path, user: str) -> Path:
    canvas = Canvas(str(path), encrypt=StandardEncryption(user, ownerPassword="owner", strength=128))
    canvas.drawString(72, 700, "A patient was seen at the clinic.")
    canvas.save()
    return path


@pytest.mark.parametrize("engine", ["pdfplumber", "pdfium"])
def test_encrypted(tmp_path: Path, engine: str) -> None:
    path = encrypted(tmp_path / "a.pdf", "secret")
    kind, message = code(path, engine=engine)
    assert kind is Code.ENCRYPTED_PDF and "password" in message
    assert code(path, password="wrong", engine=engine)[0] is Code.ENCRYPTED_PDF
    assert "A patient" in read(path, password="secret", engine=engine).text  # type: ignore[arg-type]
    assert "A patient" in read(encrypted(tmp_path / "b.pdf", ""), engine=engine).text  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ["pdfium", "pdfplumber"])
def test_a_pdf_without_pages_is_no_sealed_one(tmp_path: Path, engine: str) -> None:
    """PDFium tells of it the error of the file before it."""
    sealed = encrypted(tmp_path / "a.pdf", "secret")
    empty = tmp_path / "b.pdf"
    PdfWriter().write(empty)
    assert code(sealed, engine=engine)[0] is Code.ENCRYPTED_PDF
    assert code(empty, engine=engine)[0] is Code.BROKEN_PDF
    assert "no pages" in code(empty)[1]


def test_cut_off_pdf_is_read_or_refused_with_a_reason(tmp_path: Path) -> None:
    whole = draw(tmp_path / "a.pdf", lambda p: p.column(50, 80, 400, BODY.split()))
    data = whole.read_bytes()
    for share in (0.2, 0.5, 0.9):
        path = write(tmp_path / f"{share}.pdf", data[: int(len(data) * share)])
        try:
            read(path)
        except ReadingError as error:
            assert error.code in (Code.BROKEN_PDF, Code.NO_TEXT)


def scan(canvas: Canvas) -> None:
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 50, 50, 400, 600)
    canvas.showPage()


def test_a_scan_says_that_it_needs_ocr(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    scan(canvas)
    canvas.save()
    kind, message = code(tmp_path / "a.pdf")
    assert kind is Code.NO_TEXT and "OCR" in message


def test_a_scanned_page_among_others_is_a_warning(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"))
    Page(canvas).column(50, 80, 400, BODY.split())
    canvas.showPage()
    scan(canvas)
    canvas.save()
    source = read(tmp_path / "a.pdf")
    assert [w.page for w in source.warnings] == [2] and source.pages == 2


def test_page_limit(tmp_path: Path) -> None:
    path = draw(tmp_path / "a.pdf", *[lambda p: p.column(50, 80, 400, BODY.split())] * 4)
    source = read(path, max_pages=2)
    assert source.pages == 4 and source.boxes is not None and int(source.boxes.page.max()) == 2
    assert "2 of 4 pages" in source.warnings[0].message


def test_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract.reading.reader.MAX_BYTES", 10)
    assert code(write(tmp_path / "a.txt", b"x" * 11))[0] is Code.TOO_LARGE
