"""Scanned pages: an image becomes glyphs through Tesseract, and goes the way of all pages from there.

PDF page without text -> image (PDFium, 300 dpi) -> words with boxes (Tesseract) -> **glyphs** -> layout. Optional:
`pip install casesift[ocr]` and the `tesseract` program; without either, `available` tells why not and nothing changes.

Tesseract tells a word's box and how sure it is, not its type size, weight or baseline. Size and baseline are told from the
boxes of a line's words (which of its letters rise and fall is known); sizes that are nearly one are made one; a scan laid
askew is set straight for the layout, while every glyph keeps its real place on the page. Headings are known by wording.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from extract.document import PageWarning
from extract.errors import to_install
from extract.reading.bounds import drawing_scale
from extract.reading.glyphs import ASCENT, DESCENT, Glyph, Glyphs, RawDocument, RawPage
from extract.reading.headings import canonical
from extract.reading.legible import illegible, is_scan
from extract.reading.ocr_doubts import doubtful
from extract.settings import ReadingSettings

MAX_SIDE = 1500.0
"""Longest side, in points, of a page with a text layer that is read again."""
UNSURE = 75.0
"""A page whose words Tesseract is less sure of than this on average (of 100) gets a warning."""
_NOISE = 25.0
"""Words less sure than this, of one or two characters, are specks."""
_TALL = frozenset("bdfhijkltABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()[]/%ßäöüé|{}'\"“”’‘!?&")
_DEEP = frozenset("gjpqy,;()[]{}|/Q")
_UNITS = frozenset(
    ("g", "mg", "kg", "ml", "mL", "l", "L", "cm", "mm", "m", "h", "IU", "U", "microgram", "drop", "tablet", "hour", "day",
     "week", "month", "year")
)  # fmt: skip
"""What may follow a lone figure 1."""
_MICRO = re.compile(r"(?P<number>(?:\d[\d.,]*)?)[pyjw]g(?P<rest>(?:/(?:kg|h|hr|hour|min|day|d|dose|m2)\b\S*)?[.,;)]*)")
_TOP, _MIDDLE, _BOTTOM = 0.68, 0.45, 0.20
"""How far tall and small letters rise over the baseline, and deep ones fall under it, in units of the type size (Times)."""

_SPACE = 0.15
"""Least space between two words, in units of the type size."""

_Box = tuple[float, float, float, float]


@dataclass(slots=True)
class _Line:
    """A line as Tesseract found it: words with their boxes (points, as on the page) and how sure it is of them."""

    words: list[tuple[str, _Box, float]] = field(default_factory=list)
    size: float = 0.0
    base: float = 0.0


def available() -> str:
    """Why there is no OCR here, or "" when there is."""
    if find_spec("pytesseract") is None:
        return to_install("casesift[ocr]")
    if shutil.which("tesseract") is None:
        return "install the tesseract program"
    return ""


def read_scans(
    raw: RawDocument, path: Path, settings: ReadingSettings, *, password: str | None = None
) -> list[PageWarning]:
    """Fill the pages that are pictures of print, or whose text is not what they show (see `legible`), in place
    (`RawPage.ocr` is set), and return warnings about them.

    Nothing happens where `available` says no. A page that takes longer than `ocr_timeout` of the settings stays empty, with a warning.
    """
    scans = [
        p for p in raw.pages
        if is_scan(p) or (not p.problem and illegible(p) and max(p.width, p.height) <= MAX_SIDE)
    ]  # fmt: skip
    if not scans or available():
        return []
    warnings: list[PageWarning] = []
    lines_by_page: dict[int, list[_Line]] = {}
    document = pdfium.PdfDocument(path, password=password)
    try:
        for page in scans:
            try:
                lines_by_page[page.number] = _recognise(document[page.number - 1], settings)
            except RuntimeError as error:  # pytesseract's word for a time-out, and its base for Tesseract's failures
                warnings.append(PageWarning(page.number, f"OCR failed on the page ({str(error)[:80]})"))
    finally:
        document.close()
    for lines in lines_by_page.values():
        for line in lines:
            _measure(line)
    _settle([line for lines in lines_by_page.values() for line in lines])
    for page in scans:
        lines = lines_by_page.get(page.number, [])
        if not lines:
            continue
        _print(lines, page)
        page.ocr = True
        page.unsure = [doubt for line in lines for doubt in doubtful(line.words)]
        sure = statistics.mean(c for line in lines for _, _, c in line.words)
        if sure < UNSURE:
            warnings.append(
                PageWarning(page.number, f"read by OCR, which is unsure of it ({sure:.0f} of 100): check its values")
            )
    return warnings


def _recognise(page: Any, settings: ReadingSettings) -> list[_Line]:
    import pytesseract

    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # a worker is one thread; Tesseract has no other switch for it
    scale = drawing_scale(page.get_size(), settings.ocr_resolution / 72)
    image = page.render(scale=scale, grayscale=True).to_pil()
    data = pytesseract.image_to_data(
        image, lang="eng", output_type=pytesseract.Output.DICT, timeout=settings.ocr_timeout, config="--psm 3"
    )
    lines: dict[tuple[int, int, int], _Line] = defaultdict(_Line)
    point = 1 / scale
    for i, text in enumerate(data["text"]):
        sure, text = float(data["conf"][i]), text.strip()
        if not text or sure < 0 or (sure < _NOISE and len(text) <= 2):
            continue
        left, top = data["left"][i] * point, data["top"][i] * point
        box = (left, top, left + data["width"][i] * point, top + data["height"][i] * point)
        lines[data["block_num"][i], data["par_num"][i], data["line_num"][i]].words.append((text, box, sure))
    for line in lines.values():
        _mend(line)
    return [line for line in lines.values() if line.words]


def _mend(line: _Line) -> None:
    """Letters read where only a figure or sign makes sense: a stroke before a unit ("| g" is 1 g), a capital i for litres, a dose in
    pg for one in µg (of which Tesseract's English model has no sign; what is measured in pg is told by volume or cell)."""
    for i, (text, box, sure) in enumerate(line.words):
        following = line.words[i + 1][0].strip(".,;)") if i + 1 < len(line.words) else ""
        if text in ("|", "l", "I") and following in _UNITS:
            line.words[i] = ("1", box, sure)
        elif text.rstrip(".,;)").endswith("l/I") or text.rstrip(".,;)").endswith(("g/I", "U/I")):
            line.words[i] = (text.replace("/I", "/l"), box, sure)
        elif (unit := _MICRO.fullmatch(text)) and (unit["number"] or (i and line.words[i - 1][0][-1:].isdigit())):
            line.words[i] = (f"{unit['number']}µg{unit['rest']}", box, sure)


def _measure(line: _Line) -> None:
    """The line's type size and baseline, from its words' boxes and letters."""
    sizes: list[float] = []
    bases: list[float] = []
    for text, (_, top, _, bottom), _ in line.words:
        rise = _TOP if _TALL & set(text) else _MIDDLE
        fall = _BOTTOM if _DEEP & set(text) else 0.0
        if not any(c.isalnum() for c in text):
            continue
        size = (bottom - top) / (rise + fall)
        sizes += [size] * len(text)
        bases += [bottom - fall * size] * len(text)
    if sizes:
        line.size, line.base = statistics.median(sizes), statistics.median(bases)
    else:
        line.size, line.base = 10.0, line.words[0][1][3]


def _settle(lines: list[_Line]) -> None:
    """Sizes that differ by what measuring does become one: the commonest first, and all that are near it."""
    votes: Counter[float] = Counter()
    for line in lines:
        votes[round(line.size * 4) / 4] += sum(len(text) for text, _, _ in line.words)
    kinds: list[float] = []
    for size, _ in votes.most_common():
        if all(abs(size - k) > 0.15 * k for k in kinds):
            kinds.append(size)
    for line in lines:
        line.size = min(kinds, key=lambda k: abs(k - line.size))


def _slope(lines: list[_Line]) -> float:
    """How much a line falls for each point to the right: the scan's skew."""
    slopes: list[float] = []
    for line in lines:
        flat = [((b[0] + b[2]) / 2, b[3]) for text, b, _ in line.words if not _DEEP & set(text)]
        if len(flat) >= 3 and flat[-1][0] - flat[0][0] > 100:
            slopes.append((flat[-1][1] - flat[0][1]) / (flat[-1][0] - flat[0][0]))
    return statistics.median(slopes) if len(slopes) >= 3 else 0.0


def _print(lines: list[_Line], page: RawPage) -> None:
    """The page's glyphs, set straight."""
    slope = _slope(lines)
    tilt = math.atan(slope)
    cos, sin = math.cos(-tilt), math.sin(-tilt)

    def straight(x: float, y: float) -> tuple[float, float]:
        dx, dy = x - page.width / 2, y - page.height / 2
        return page.width / 2 + dx * cos - dy * sin, page.height / 2 + dx * sin + dy * cos

    glyphs: list[Glyph] = []
    for line in lines:
        middle = statistics.mean((b[0] + b[2]) / 2 for _, b, _ in line.words)
        base = straight(middle, line.base)[1]
        text = " ".join(t for t, _, _ in line.words)
        font = "ocr-Bold" if canonical(text) and len(line.words) <= 6 and text[-1] not in ".,;" else "ocr"
        top, bottom = base - ASCENT * line.size, base + DESCENT * line.size
        end: float | None = None
        for word, box, _ in line.words:
            x0, _ = straight(box[0], line.base)
            x1, _ = straight(box[2], line.base)
            if end is not None:
                x0 = max(x0, end + _SPACE * line.size)  # the boxes of two words may touch
                x1 = max(x1, x0 + 0.1 * line.size)
                glyphs.append(Glyph(" ", end, top, max(x0, end), bottom, base, line.size, font))
            step, real_step = (x1 - x0) / len(word), (box[2] - box[0]) / len(word)
            for i, c in enumerate(word):
                real = Glyph(
                    c, box[0] + i * real_step, box[1], box[0] + (i + 1) * real_step, box[3], box[3], line.size, font
                )
                glyphs.append(
                    Glyph(c, x0 + i * step, top, x0 + (i + 1) * step, bottom, base, line.size, font, real=real)
                )
            end = x1
    page.glyphs = Glyphs.of(glyphs)
