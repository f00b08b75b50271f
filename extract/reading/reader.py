"""The door of the room: a path in, a SourceText out.

`read` looks at the file (is it there, is it what its name says), calls the reader for its extension and turns
everything that can go wrong into one ReadingError with a code, a reason and what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from extract.document import PageWarning, SourceText
from extract.errors import Code, ReadingError
from extract.reading.bounds import bring_to_bounds
from extract.reading.choice import read_with
from extract.reading.flow import to_source
from extract.reading.glyphs import RawDocument
from extract.reading.jats import read_jats
from extract.reading.layout import lay_out
from extract.reading.legible import illegible, is_scan, unknown_in_numbers
from extract.reading.ocr import available, read_scans
from extract.reading.ocr_doubts import doubts
from extract.reading.plain import read_text
from extract.reading.tongue import not_english
from extract.reading.unseen import set_apart, unseen_print
from extract.settings import ReadingSettings, packaged

#: largest file read, in bytes
MAX_BYTES = 200_000_000


def read(
    path: str | Path,
    settings: ReadingSettings | None = None,
    *,
    engine: str = "",
    password: str | None = None,
    max_pages: int | None = None,
) -> SourceText:
    """Read a file: .pdf, .xml or .nxml (JATS), or .txt.

    Args:
        path: the file.
        settings: how; None is as packaged. `engine` and `max_pages` go before them. A text longer than their `max_characters` is
            read up to there.
        engine: what reads the characters of a PDF: `auto` (PDFium where nothing in the file speaks against it, else
            pdfplumber), `pdfium`, or `pdfplumber` (the reference, several times slower). The layout is one code.
        password: for an encrypted PDF; an empty user password needs none.
        max_pages: pages read of a PDF; further ones are left out with a warning.

    Raises:
        ReadingError: with its `code`; the message says what is wrong and what to do.
    """
    path, settings = Path(path), settings or packaged().reading
    settings = replace(
        settings,
        pdf_engine=engine or settings.pdf_engine,
        max_pages=settings.max_pages if max_pages is None else max_pages,
    )
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise ReadingError(
            Code.UNKNOWN_TYPE, f"no reader for {path.suffix or 'a file without extension'!r}", file=path,
            mend=f"known are {known}",
        )  # fmt: skip
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise ReadingError(Code.NOT_READABLE, "it is a folder", file=path, mend="give a file")
        if size == 0:
            raise ReadingError(Code.EMPTY_FILE, "the file is empty", file=path, mend="fetch it again")
        if size > MAX_BYTES:
            raise ReadingError(
                Code.TOO_LARGE, f"the file has {size // 1_000_000} MB, more than {MAX_BYTES // 1_000_000}", file=path,
                mend="split it, or reduce its pictures",
            )  # fmt: skip
        return _in_which_tongue(reader(path, settings, password).within(settings.max_characters))
    except FileNotFoundError as error:
        raise ReadingError(Code.NOT_FOUND, "there is no such file", file=path, mend="check the path") from error
    except PermissionError as error:
        raise ReadingError(Code.NOT_READABLE, "it may not be read", file=path, mend="check its permissions") from error
    except OSError as error:
        raise ReadingError(Code.NOT_READABLE, f"it cannot be read ({error.strerror or error})", file=path) from error


def _in_which_tongue(source: SourceText) -> SourceText:
    """The text, with a warning where it is not in English."""
    if tongue := not_english(source.text):
        warning = PageWarning(0, f"it is written in {tongue}, not in English: do not trust its rows")
        return replace(source, warnings=(*source.warnings, warning))
    return source


def _read_pdf(path: Path, settings: ReadingSettings, password: str | None) -> SourceText:
    with path.open("rb") as file:
        start = file.read(1024)
    if b"%PDF-" not in start:
        raise ReadingError(
            Code.NOT_A_PDF, f"it is not a PDF, although its name says so ({_looks_like(start)})", file=path,
            mend="give it its true extension, or fetch the PDF itself",
        )  # fmt: skip
    raw = glyphs_of(path, engine=settings.pdf_engine, password=password, max_pages=settings.max_pages)
    warnings = read_scans(raw, path, settings, password=password)
    warnings += _check(raw, path)
    hidden, about_hidden = unseen_print(raw.pages)
    layout = lay_out(raw)
    layout.furniture += hidden
    source = to_source(raw, layout, warnings + about_hidden)
    unsure, about_unsure = doubts(source, raw.pages)
    unknown, about_unknown = unknown_in_numbers(source)
    return replace(
        source, warnings=source.warnings + about_unknown + about_unsure, unread=_unread(raw),
        doubts=tuple(sorted(unknown + unsure, key=lambda d: d.start)),
    )  # fmt: skip


def glyphs_of(path: Path, *, engine: str = "auto", password: str | None = None, max_pages: int = 200) -> RawDocument:
    """A PDF's pages with the glyphs that a reader sees; the others are in each page's `unseen`.

    Raises:
        ReadingError: USAGE for an unknown engine; ENCRYPTED_PDF, BROKEN_PDF.
    """
    raw = read_with(engine, path, password=password, max_pages=max_pages)
    for page in raw.pages:
        bring_to_bounds(page)
        set_apart(page)
    return raw


def _check(raw: RawDocument, path: Path) -> list[PageWarning]:
    """Warnings about how the pages could be read.

    Raises:
        ReadingError: BROKEN_PDF or NO_TEXT when no page has text.
    """
    if raw.total == 0:
        raise ReadingError(Code.BROKEN_PDF, "it has no pages", file=path, mend="fetch it again")
    scans = [p for p in raw.pages if not p.ocr and is_scan(p)]
    bare = scans + [p for p in raw.pages if not p.problem and not p.images and p.glyphs.blank]
    if len(bare) + sum(bool(p.problem) for p in raw.pages) == len(raw.pages):
        raise _no_text(raw, path, scanned=bool(scans))
    warnings = [PageWarning(p.number, p.problem or p.note) for p in raw.pages if p.problem or p.note]
    warnings += [PageWarning(0, note) for note in raw.notes]
    doubtful = ((p.number, illegible(p)) for p in raw.pages if not p.ocr)
    warnings += [
        PageWarning(n, f"{why}: do not trust its values, or run OCR over the file") for n, why in doubtful if why
    ]
    for p in raw.pages:
        if p.filled:
            warnings.append(PageWarning(p.number, f"{_count(p.filled, 'filled form field')} read with the text"))
        if p.notes:
            warnings.append(
                PageWarning(p.number, f"{_count(len(p.notes), 'note')} written on the page read beside the text")
            )
    if unread := _unread(raw):
        warnings.append(PageWarning(0, unread))
    warnings += [PageWarning(p.number, "an image with no text; run OCR over the file to have it read") for p in scans]
    return warnings


def _unread(raw: RawDocument) -> str:
    """Which pages were left out because there are too many; empty when all were read."""
    return f"only the first {len(raw.pages)} of {raw.total} pages were read" if raw.total > len(raw.pages) else ""


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'s' if n > 1 else ''}"


def _no_text(raw: RawDocument, path: Path, *, scanned: bool) -> ReadingError:
    """Why none of a document's pages has text."""
    print_it = "open it in a viewer and print it to a new PDF"
    if all(p.problem for p in raw.pages):
        what = f"none of its {len(raw.pages)} pages can be read ({raw.pages[0].problem})"
        return ReadingError(Code.BROKEN_PDF, what, file=path, mend=print_it)
    notes = raw.notes + [p.note for p in raw.pages if p.note]
    if notes and not scanned:
        return ReadingError(Code.NO_TEXT, f"no text was found on its pages ({notes[0]})", file=path, mend=print_it)
    what = "its pages are images without text" if scanned else "its pages hold no text"
    missing = available()
    mend = f"to have it read here {missing}, or run OCR over it first (for example ocrmypdf)"
    return ReadingError(Code.NO_TEXT, what, file=path, mend=mend if missing else "look at it: OCR found no words")


def _looks_like(start: bytes) -> str:
    head = start.lstrip()[:200].lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "it looks like a web page"
    if head.startswith(b"<?xml"):
        return "it looks like XML"
    if head.startswith(b"pk\x03\x04"):
        return "it looks like a zip or Office file"
    if head.startswith((b"\xff\xd8", b"\x89png")):
        return "it looks like an image"
    if head.startswith(b"%!ps"):
        return "it looks like PostScript"
    return "it does not begin with %PDF"


def _read_xml(path: Path, settings: ReadingSettings, password: str | None) -> SourceText:
    return read_jats(path)


def _read_txt(path: Path, settings: ReadingSettings, password: str | None) -> SourceText:
    return read_text(path)


#: extension (lower case, with its dot) -> reader
READERS: dict[str, Callable[..., SourceText]] = {
    ".pdf": _read_pdf,
    ".txt": _read_txt,
    ".xml": _read_xml,
    ".nxml": _read_xml,
}
