"""The pdfplumber engine: a PDF's pages as glyphs.

file -> **RawDocument** -> layout. Takes pdfplumber's `Page.layout` (the objects before they are turned into
dictionaries, a third of the time) and closes every page after use, so memory stays flat.
"""

from __future__ import annotations

import logging
import math
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pdfplumber
from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage, LTLine, LTRect
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from extract.errors import Code, ReadingError
from extract.reading.bounds import PageBudgetError, bounded_streams, lay_out_bounded
from extract.reading.glyphs import ASCENT, DESCENT, Glyphs, RawDocument, RawPage, across
from extract.reading.plumber_seen import is_white, layers_off, may_have_layers, painted
from extract.reading.unseen import INVISIBLE, LAYER


def read_glyphs(
    path: Path, *, password: str | None = None, max_pages: int = 200, only: frozenset[int] | None = None
) -> RawDocument:
    """The glyphs of the first `max_pages` pages, or of those of them whose numbers are in `only`.

    Raises:
        ReadingError: ENCRYPTED_PDF, BROKEN_PDF. A single bad page raises nothing: its `problem` tells.
    """
    for name in ("pdfminer", "pdfplumber"):  # what they tell of broken files, the reasons and warnings tell
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with (
                bounded_streams(),
                pdfplumber.open(path, password=password or "", raise_unicode_errors=False) as pdf,
            ):
                pages, total = _read_pages(pdf, max_pages, only)
                return RawDocument(pages, _metadata(pdf.metadata), total)
        except PdfminerException as error:
            raise _reason(error, path, password) from error
        except (OSError, ReadingError):
            raise
        except Exception as error:  # a broken file can break pdfminer anywhere
            raise _reason(error, path, password) from error


def has_layers_off(path: Path, password: str | None = None) -> bool:
    """Whether a PDF has layers that a viewer does not show; False of a file that cannot be opened."""
    if not may_have_layers(path.read_bytes()):
        return False
    try:
        with path.open("rb") as file:
            return bool(layers_off(PDFDocument(PDFParser(file), password=password or "").catalog))
    except Exception:  # a broken file can break pdfminer anywhere; whoever reads the file says why
        return False


def _reason(error: BaseException, path: Path, password: str | None) -> ReadingError:
    cause = error.args[0] if isinstance(error, PdfminerException) and error.args else error
    if isinstance(cause, (PDFPasswordIncorrect, PDFEncryptionError)):
        what = "the password does not open it" if password else "it is encrypted and needs a password"
        return ReadingError(Code.ENCRYPTED_PDF, what, file=path, mend="save a copy without protection")
    detail = f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__
    return ReadingError(
        Code.BROKEN_PDF,
        f"it cannot be parsed as a PDF ({detail[:120]})",
        file=path,
        mend="open it in a viewer and print it to a new PDF, or fetch it again",
    )


def _metadata(raw: dict[str, Any]) -> dict[str, str]:
    return {str(k): str(v).strip() for k, v in raw.items() if isinstance(v, str) and str(v).strip()}


def _read_pages(pdf: Any, max_pages: int, only: frozenset[int] | None) -> tuple[list[RawPage], int]:
    """The first pages, and how many there are; further ones are counted, not looked at."""
    pages: list[RawPage] = []
    for number, entry in enumerate(PDFPage.create_pages(pdf.doc), 1):
        if number > max_pages:
            count = resolve1(resolve1(pdf.doc.catalog.get("Pages", {})).get("Count", 0))
            return pages, max(number, count if isinstance(count, int) else 0)
        if only is not None and number not in only:
            continue
        try:
            page = Page(pdf, entry, page_number=number, initial_doctop=0)
        except (PdfminerException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            problem = f"the page cannot be read ({type(error).__name__})"
        except MalformedPDFException:
            problem = "the page has no box"
        else:
            pages.append(_read_page(page))
            continue
        pages.append(RawPage(number, 0.0, 0.0, problem=problem))
    return pages, len(pages)


def _read_page(page: Any) -> RawPage:
    try:
        media, crop = page.mediabox, page.cropbox
        page.page_obj.mediabox = _in_order(page.page_obj.mediabox)
        raw = RawPage(page.page_number, float(crop[2] - crop[0]), float(crop[3] - crop[1]))
        # pdfminer counts from the media box, a viewer shows the crop box
        layout, raw.note = lay_out_bounded(page)
        _collect(layout, raw, float(page.height), float(media[0] - crop[0]), float(media[1] - crop[1]))
    except PageBudgetError as error:
        return RawPage(page.page_number, 0.0, 0.0, problem=str(error))
    except PdfminerException as error:
        cause = error.args[0] if error.args else error
        return RawPage(page.page_number, 0.0, 0.0, problem=f"the page cannot be read ({type(cause).__name__})")
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, AttributeError, RecursionError) as error:
        return RawPage(page.page_number, 0.0, 0.0, problem=f"the page cannot be read ({type(error).__name__})")
    finally:
        page.close()
    return raw


def _in_order(box: Sequence[float]) -> tuple[float, float, float, float]:
    """A box whose corners the file may name the other way round, as pdfminer needs it."""
    return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])


def _objects(container: Iterable[Any], depth: int = 0) -> Iterable[Any]:
    for thing in container:
        if isinstance(thing, LTContainer):
            if depth < 20:
                yield from _objects(thing, depth + 1)
        else:
            yield thing


def _collect(layout: Any, raw: RawPage, height: float, shift_x: float, shift_top: float) -> None:
    chars: list[LTChar] = []
    paints: list[tuple[float, float, float, float]] = []
    for thing in _objects(layout):
        if isinstance(thing, LTChar):
            chars.append(thing)
            continue
        if not isinstance(thing, (LTLine, LTRect, LTCurve, LTImage)):
            continue
        rect = (thing.x0 + shift_x, height - thing.y1 + shift_top, thing.x1 + shift_x, height - thing.y0 + shift_top)
        wide, tall = rect[2] - rect[0], rect[3] - rect[1]
        if isinstance(thing, LTImage) or (thing.fill and not is_white(thing.non_stroking_color)):
            paints.append(rect)
        if isinstance(thing, LTImage):
            raw.images.append(rect)
        elif min(wide, tall) <= 3.0 and max(wide, tall) >= 12.0:
            raw.rules.append(rect)
        elif isinstance(thing, LTRect) and wide > 30 and tall > 12:
            raw.boxes.append(rect)
    fonts: dict[str, int] = {}
    text, numbers, font, turns = [], [], [], []
    for char in chars:
        a, b, c, d, e, f = char.matrix
        rise = getattr(char, "rise", 0.0)
        base = height - (f + rise * d) + shift_top
        x0, x1 = char.x0 + shift_x, char.x1 + shift_x
        turn = 0 if a > 0 and abs(b) < 0.05 * a else round(math.degrees(math.atan2(b, a))) % 360
        name = char.fontname
        if turn == 0:
            size = (char.y1 - char.y0) or abs(char.adv) or 1.0
            top, bottom = base - ASCENT * size, base + DESCENT * size
        else:
            size = (math.hypot(c, d) and (char.size if abs(b) < abs(a) else char.x1 - char.x0)) or 1.0
            top, bottom = height - char.y1 + shift_top, height - char.y0 + shift_top
            if turn in (90, 180, 270):
                x0, top, x1, bottom = across((x0, top, x1, bottom), e + rise * c + shift_x, base, size, turn)
        text.append(char.get_text())
        numbers.append((x0, top, x1, bottom, base, size))
        font.append(fonts.setdefault(name, len(fonts)))
        turns.append(turn)
    columns = np.array(numbers, dtype=float).reshape(-1, 6).T.copy()
    raw.glyphs = Glyphs(text, columns, np.array(font, dtype=np.intp), list(fonts), np.array(turns, dtype=np.intp))
    _mark_unseen(raw, [getattr(char, "unseen", "") for char in chars], paints)


def _mark_unseen(raw: RawPage, unseen: list[str], paints: list[tuple[float, float, float, float]]) -> None:
    """Set apart what stands in layers that are off; tell which other glyphs are without ink. `unseen` says it of each."""
    if not any(unseen):
        return
    off = np.array([why == LAYER for why in unseen])
    pale = np.array([why == INVISIBLE for why in unseen]) & ~painted(raw.glyphs, paints)
    raw.glyphs.seen = ~pale
    if off.any():
        raw.unseen.append((LAYER, raw.glyphs.where(off)))
        raw.glyphs = raw.glyphs.where(~off)
