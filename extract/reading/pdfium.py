"""The PDFium engine: the same glyphs as the pdfplumber engine, in less than half the time.

file -> **RawDocument** -> layout. Characters with their origins and boxes are read through pypdfium2's raw interface;
spaces and line ends that PDFium makes up are left out, for the layout finds its own. PDFium is not thread-safe: use
processes, never threads.
"""

from __future__ import annotations

import ctypes
import math
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as c

from extract.errors import Code, ReadingError
from extract.reading.glyphs import ASCENT, DESCENT, MAX_GLYPHS, Glyph, Glyphs, RawDocument, RawPage

_Place = tuple[float, float, float, float, int]
_MAX_SEGMENTS = 4000


def read_glyphs(path: Path, *, password: str | None = None, max_pages: int = 200) -> RawDocument:
    """The glyphs of the first `max_pages` pages.

    Raises:
        ReadingError: ENCRYPTED_PDF, BROKEN_PDF. A single bad page raises nothing: its `problem` tells.
    """
    try:
        document = pdfium.PdfDocument(path, password=password)
    except pdfium.PdfiumError as error:
        if c.FPDF_GetLastError() == c.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            what = "the password does not open it" if password else "it is encrypted and needs a password"
            raise ReadingError(
                Code.ENCRYPTED_PDF, what, file=path, mend="give the password, or save a copy without protection"
            ) from error
        raise ReadingError(
            Code.BROKEN_PDF, f"it cannot be parsed as a PDF ({str(error)[:120]})", file=path,
            mend="open it in a viewer and print it to a new PDF, or fetch it again",
        ) from error  # fmt: skip
    try:
        total = len(document)
        pages = [_read_page(document, i) for i in range(min(total, max_pages))]
        meta = {k: v.strip() for k, v in document.get_metadata_dict(skip_empty=True).items() if v.strip()}
        return RawDocument(pages, meta, total)
    finally:
        document.close()


def _read_page(document: pdfium.PdfDocument, index: int) -> RawPage:
    try:
        page = document[index]
    except pdfium.PdfiumError as error:
        return RawPage(index + 1, 0.0, 0.0, problem=f"the page cannot be read ({error})")
    text = None
    try:
        left, bottom, right, top = page.get_cropbox()
        place = (left, bottom, right, top, int(page.get_rotation()) % 360)
        width, height = (right - left, top - bottom) if place[4] in (0, 180) else (top - bottom, right - left)
        raw = RawPage(index + 1, float(width), float(height))
        text = c.FPDFText_LoadPage(page.raw)
        count = c.FPDFText_CountChars(text)
        if count > 3 * MAX_GLYPHS:
            raw.problem = f"the page has {count} characters, more than a page of print; it was left out"
        else:
            _characters(text, count, place, raw)
            for i in range(c.FPDFPage_CountObjects(page.raw)):
                _shape(c.FPDFPage_GetObject(page.raw, i), (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), place, raw, 0)
        return raw
    finally:
        if text is not None:
            c.FPDFText_ClosePage(text)
        page.close()


def _on_page(x: float, y: float, place: _Place) -> tuple[float, float]:
    """PDF coordinates to points from the top left corner of the page as displayed."""
    left, bottom, right, top, rotation = place
    if rotation == 90:
        return y - bottom, x - left
    if rotation == 180:
        return right - x, y - bottom
    if rotation == 270:
        return top - y, right - x
    return x - left, top - y


def _box_on_page(x0: float, y0: float, x1: float, y1: float, place: _Place) -> tuple[float, float, float, float]:
    a, b = _on_page(x0, y0, place), _on_page(x1, y1, place)
    return min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])


def _characters(text: Any, count: int, place: _Place, raw: RawPage) -> None:
    box = c.FS_RECTF()
    box_at = ctypes.byref(box)
    ox, oy = ctypes.c_double(), ctypes.c_double()
    ox_at, oy_at = ctypes.byref(ox), ctypes.byref(oy)
    rotation = place[4]
    styles: dict[int, tuple[str, float, int, int]] = {}
    glyphs: list[Glyph] = []
    widths: dict[tuple[int, int], float] = {}
    last: tuple[int, float, float] = (0, 1e9, 1e9)
    loose = 0.0
    void = ctypes.c_void_p
    for i in range(count):
        if c.FPDFText_IsGenerated(text, i) == 1:
            continue
        code = c.FPDFText_GetUnicode(text, i)
        thing = c.FPDFText_GetTextObject(text, i)
        key = ctypes.cast(thing, void).value or 0
        style = styles.get(key)
        if style is None:
            style = styles[key] = _style(text, i, thing, rotation)
        font, size, turn, font_key = style
        c.FPDFText_GetCharOrigin(text, i, ox_at, oy_at)
        char = "-" if code in (2, 0xFFFE) else chr(code) if code else "\ufffd"
        here = (key, ox.value, oy.value)
        if glyphs and here == last:
            # a ligature that stands for several characters, or the second half of a surrogate pair
            glyphs[-1].text = _joined(glyphs[-1].text + char)
            glyphs[-1].x1 = max(glyphs[-1].x1, loose)
            continue
        last = here
        c.FPDFText_GetLooseCharBox(text, i, box_at)
        x0, top, x1, bottom = _box_on_page(box.left, box.bottom, box.right, box.top, place)
        loose = x1
        if turn == 0:
            x0, base = _on_page(ox.value, oy.value, place)
            top, bottom = base - ASCENT * size, base + DESCENT * size
            # the loose box reaches over an overhang (the hook of an f): the gap to the next letter needs the advance
            width = widths.get((font_key, code))
            if width is None:
                width = widths[font_key, code] = _advance(thing, code)
            # (small capitals may be looked up as the letters they stand for, whose width is another)
            if (0.6 if char in "fj" else 0.85) * (x1 - x0) <= width * size <= x1 - x0 + 0.02 * size:
                x1 = x0 + width * size
        else:
            base = _on_page(ox.value, oy.value, place)[1]
        glyphs.append(Glyph(char, x0, top, x1, bottom, base, size, font, turn))
    raw.glyphs = Glyphs.of(glyphs)


def _joined(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if not text.isascii() else text


def _advance(thing: Any, code: int) -> float:
    """Width of a character in its font, in units of the type size; 0 when the font does not tell."""
    width = ctypes.c_float()
    font = c.FPDFTextObj_GetFont(thing)
    if not font or not c.FPDFFont_GetGlyphWidth(font, code, 1000.0, ctypes.byref(width)):
        return 0.0
    return width.value / 1000.0


def _style(text: Any, i: int, thing: Any, rotation: int) -> tuple[str, float, int, int]:
    """Font name, size on the page, writing direction and font key of a text object, from one of its characters."""
    matrix = c.FS_MATRIX()
    size = c.FPDFText_GetFontSize(text, i)
    turn = 0
    if c.FPDFText_GetMatrix(text, i, ctypes.byref(matrix)):
        size *= math.hypot(matrix.c, matrix.d)
        flat = matrix.a > 0 and abs(matrix.b) < 0.05 * matrix.a
        turn = 0 if flat else round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
    flags = ctypes.c_int()
    length = c.FPDFText_GetFontInfo(text, i, None, 0, ctypes.byref(flags))
    name = ""
    if length:
        buffer = ctypes.create_string_buffer(length)
        c.FPDFText_GetFontInfo(text, i, buffer, length, ctypes.byref(flags))
        name = buffer.value.decode("utf-8", errors="replace")
    font_key = ctypes.cast(c.FPDFTextObj_GetFont(thing), ctypes.c_void_p).value or 0
    return name, abs(size) or 1.0, (turn - rotation) % 360, font_key


_Matrix = tuple[float, float, float, float, float, float]


def _times(m: _Matrix, n: _Matrix) -> _Matrix:
    a, b, cc, d, e, f = m
    g, h, i, j, k, o = n
    return a * g + b * i, a * h + b * j, cc * g + d * i, cc * h + d * j, e * g + f * i + k, e * h + f * j + o


def _matrix(thing: Any) -> _Matrix:
    m = c.FS_MATRIX()
    if not c.FPDFPageObj_GetMatrix(thing, ctypes.byref(m)):
        return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
    return m.a, m.b, m.c, m.d, m.e, m.f


def _shape(thing: Any, outer: _Matrix, place: _Place, raw: RawPage, depth: int) -> None:
    """Rules, boxes and pictures of a page object, also within forms."""
    kind = c.FPDFPageObj_GetType(thing)
    if kind == c.FPDF_PAGEOBJ_FORM and depth < 8:
        inner = _times(_matrix(thing), outer)
        for i in range(c.FPDFFormObj_CountObjects(thing)):
            _shape(c.FPDFFormObj_GetObject(thing, i), inner, place, raw, depth + 1)
    elif kind == c.FPDF_PAGEOBJ_IMAGE:
        m = _times(_matrix(thing), outer)
        xs, ys = (m[4], m[4] + m[0] + m[2]), (m[5], m[5] + m[1] + m[3])
        raw.images.append(_box_on_page(min(xs), min(ys), max(xs), max(ys), place))
    elif kind == c.FPDF_PAGEOBJ_PATH:
        segments = c.FPDFPath_CountSegments(thing)
        if segments <= _MAX_SEGMENTS:
            _path(thing, segments, _times(_matrix(thing), outer), place, raw)


def _path(thing: Any, segments: int, m: _Matrix, place: _Place, raw: RawPage) -> None:
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    curved = False
    for i in range(segments + 1):
        segment = c.FPDFPath_GetPathSegment(thing, i) if i < segments else None
        kind = c.FPDFPathSegment_GetType(segment) if segment is not None else c.FPDF_SEGMENT_MOVETO
        if kind == c.FPDF_SEGMENT_MOVETO and len(points) > 1:
            _subpath(points, curved, place, raw)
        if kind == c.FPDF_SEGMENT_MOVETO:
            points, curved = [], False
        if segment is None:
            break
        curved = curved or kind == c.FPDF_SEGMENT_BEZIERTO
        c.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
        points.append((m[0] * x.value + m[2] * y.value + m[4], m[1] * x.value + m[3] * y.value + m[5]))


def _subpath(points: list[tuple[float, float]], curved: bool, place: _Place, raw: RawPage) -> None:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    rect = _box_on_page(min(xs), min(ys), max(xs), max(ys), place)
    wide, tall = rect[2] - rect[0], rect[3] - rect[1]
    if min(wide, tall) <= 3.0 and max(wide, tall) >= 12.0:
        raw.rules.append(rect)
    elif not curved and wide > 30 and tall > 12 and len(points) in (4, 5):
        corners = {(round(px), round(py)) for px, py in points}
        if len(corners) == 4 and len({p[0] for p in corners}) == 2 and len({p[1] for p in corners}) == 2:
            raw.boxes.append(rect)
