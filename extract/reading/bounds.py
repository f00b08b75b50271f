"""What a page may cost: bounds that keep a hostile or broken file from taking all time and memory.

Stands beside the engines: pdfminer's interpreter and device with a budget, its streams unpacked up to a size, and pages
brought to sane numbers before the layout sees them. A bound that is met is told: the page keeps what was read of it
and has a `note`, or is left out with a `problem`. The bounds count work, not time, so that a file reads alike everywhere.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from pdfminer import pdftypes
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdftypes import PDFStream, resolve1, stream_value
from pdfplumber.page import PDFPageAggregatorWithMarkedContent
from pdfplumber.utils.exceptions import PdfminerException

from extract.reading.glyphs import MAX_GLYPHS, NO_SIZE, RawPage
from extract.reading.plumber_seen import is_off, layers_off, without_ink
from extract.reading.unseen import INVISIBLE, LAYER

MAX_STREAM_BYTES = 64_000_000
"""Most bytes one stream is unpacked to; what comes after is not read. The largest honest ones are fonts, of some 20 MB."""
MAX_DRAWING_BYTES = 4_000_000
"""Most bytes of drawing instructions of a page that pdfminer follows, forms counted each time they are drawn: some twenty
seconds of its time. Pages of print have 5 to 500 thousand, dense vector figures up to some millions."""
FORM_FEE = 500
"""What drawing a form costs of MAX_DRAWING_BYTES beside its own bytes."""
MAX_FORM_DEPTH = 28
"""How deep forms may stand within forms (PDF/A's limit for nested graphics states; PDFium stops at 40)."""
MAX_PIXELS = 40_000_000
"""Most pixels of a page's picture: A2 at 300 dots per inch; a larger page is drawn coarser (20,000 x 20,000 points took 1.6 GB)."""
MAX_RULES = 4_000
"""Most rules and boxes of a page that are looked at when tables are searched; a page with more is a drawing."""
MAX_EXTENT = 14_400.0
"""Farthest from the page's corner, in points, that print is looked for: the largest page that Acrobat makes (200 inches)."""
MAX_SIZE = 2_000.0
"""Largest type size in points."""
MAX_EXPANSION = 200_000
"""Most forms that may be drawn, as a file's forms multiply each other, before PDFium is not asked to draw it."""


class PageBudgetError(Exception):
    """A page asked for more work than a page may."""


class _Device(PDFPageAggregatorWithMarkedContent):
    """pdfplumber's device, which stops at MAX_GLYPHS characters.

    It leaves every character's text rise with it (`rise`), and it moves on after a string's last character as after the
    others (ISO 32000-1, 9.4.4), where pdfminer forgets the character spacing: letters shown one by one would run together.
    """

    glyphs = 0
    off_depth = 0
    """How many layers that are off the print stands in."""
    inkless = False

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self.inkless = without_ink(textstate.render, graphicstate.ncolor, graphicstate.scolor)
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(self, matrix: Any, font: Any, fontsize: float, scaling: float, rise: float, *rest: Any) -> float:
        self.glyphs += 1
        if self.glyphs > MAX_GLYPHS:
            raise PageBudgetError(f"the page has more than {MAX_GLYPHS} characters, no page of print; it was left out")
        advance = float(super().render_char(matrix, font, fontsize, scaling, rise, *rest))
        char: Any = self.cur_item._objs[-1]
        if rise:
            char.rise = rise
        if self.off_depth or self.inkless:
            char.unseen = LAYER if self.off_depth else INVISIBLE
        return advance

    def render_string_horizontal(
        self, seq: Any, matrix: Any, pos: Any, font: Any, fontsize: float, scaling: float, charspace: float, *rest: Any
    ) -> Any:
        first = next((k for k, obj in enumerate(seq) if isinstance(obj, bytes) and obj), None)
        if not charspace or first is None:
            return super().render_string_horizontal(seq, matrix, pos, font, fontsize, scaling, charspace, *rest)
        if any(
            isinstance(obj, (int, float)) for obj in seq[:first]
        ):  # then pdfminer has one before the first character
            pos = pos[0] - charspace, pos[1]
        x, y = super().render_string_horizontal(seq, matrix, pos, font, fontsize, scaling, charspace, *rest)
        return x + charspace, y


class _Interpreter(PDFPageInterpreter):
    """pdfminer's interpreter with a budget of bytes, shared by the forms that a page draws."""

    depth = 0
    spent: SimpleNamespace
    layers_off: frozenset[int] = frozenset()
    """The object numbers of the file's layers that are off."""

    def subinterp(self) -> _Interpreter:
        inner: _Interpreter = super().subinterp()  # type: ignore[assignment]
        inner.spent, inner.depth, inner.layers_off = self.spent, self.depth + 1, self.layers_off
        return inner

    def init_resources(self, resources: Any) -> None:
        super().init_resources(resources)
        self.open_marks: list[int] = []

    def do_BMC(self, tag: Any) -> None:
        self.open_marks.append(0)
        super().do_BMC(tag)

    def do_BDC(self, tag: Any, props: Any) -> None:
        off = 0
        if self.layers_off and getattr(tag, "name", "") == "OC":
            properties = resolve1(self.resources.get("Properties")) or {}
            off = int(is_off(properties.get(getattr(props, "name", "")), self.layers_off))
        self.open_marks.append(off)
        self.device.off_depth += off  # type: ignore[attr-defined]
        super().do_BDC(tag, props)

    def do_EMC(self) -> None:
        if self.open_marks:
            self.device.off_depth -= self.open_marks.pop()  # type: ignore[attr-defined]
        super().do_EMC()

    def do_Do(self, xobjid_arg: Any) -> None:
        thing = resolve1(self.xobjmap.get(getattr(xobjid_arg, "name", "")))
        off = bool(self.layers_off) and isinstance(thing, PDFStream) and is_off(thing.get("OC"), self.layers_off)
        self.device.off_depth += off  # type: ignore[attr-defined]
        super().do_Do(xobjid_arg)
        self.device.off_depth -= off  # type: ignore[attr-defined]

    def execute(self, streams: Sequence[object]) -> None:
        if self.depth > MAX_FORM_DEPTH:
            self.spent.deep = True
            return
        within: list[object] = []
        for obj in streams:
            stream = stream_value(obj)
            size = FORM_FEE + len(stream.get_data())
            left = MAX_DRAWING_BYTES - self.spent.bytes
            if size > left:
                self.spent.over, self.spent.bytes = True, MAX_DRAWING_BYTES
                if left > FORM_FEE and stream.objid is not None:
                    part = PDFStream({}, stream.get_data()[:left])
                    part.set_objid(stream.objid, stream.genno or 0)
                    within.append(part)
                break
            self.spent.bytes += size
            within.append(obj)
        super().execute(within)


def lay_out_bounded(page: Any) -> tuple[Any, str]:
    """What pdfplumber's `page.layout` gives, within the budget, and a note on what was left out.

    Raises:
        PageBudgetError: the page has more characters than a page of print.
        PdfminerException: pdfminer cannot read the page.
    """
    device = _Device(page.pdf.rsrcmgr, pageno=page.page_number, laparams=page.pdf.laparams)
    interpreter = _Interpreter(page.pdf.rsrcmgr, device)
    interpreter.spent = SimpleNamespace(bytes=0, over=False, deep=False)
    interpreter.layers_off = layers_off(page.pdf.doc.catalog)
    try:
        interpreter.process_page(page.page_obj)
    except PageBudgetError:
        raise
    except Exception as error:  # a broken page can break pdfminer anywhere
        raise PdfminerException(error) from error
    note = ""
    if interpreter.spent.over:
        note = f"it draws more than {MAX_DRAWING_BYTES // 1_000_000} MB of instructions; part of it was not read"
    elif interpreter.spent.deep:
        note = f"forms stand more than {MAX_FORM_DEPTH} deep within it; the deeper ones were not read"
    return device.get_result(), note


def _unpack(data: bytes) -> bytes:
    """`zlib.decompress` up to MAX_STREAM_BYTES; a stream with a broken end gives what comes before."""
    unpacker = zlib.decompressobj()
    out = unpacker.decompress(data, MAX_STREAM_BYTES)
    if not unpacker.eof and len(out) < MAX_STREAM_BYTES:
        raise zlib.error("incomplete")  # as zlib.decompress says; pdfminer then takes it piece by piece
    return out


def _unpack_broken(data: bytes) -> bytes:
    """pdfminer's `decompress_corrupted` within MAX_STREAM_BYTES: what can be unpacked before the fault."""
    unpacker = zlib.decompressobj()
    sure = max(0, len(data) - 64)
    out = bytearray(unpacker.decompress(data[:sure], MAX_STREAM_BYTES))
    for at in range(sure, len(data)):
        if len(out) >= MAX_STREAM_BYTES or unpacker.eof:
            break
        try:
            out += unpacker.decompress(data[at : at + 1])
        except zlib.error:
            if at < len(data) - 4:  # else it is the checksum
                raise
            break
    return bytes(out)


@contextmanager
def bounded_streams() -> Iterator[None]:
    """Within it pdfminer unpacks no stream beyond MAX_STREAM_BYTES (it has no setting for that)."""
    before = pdftypes.zlib, pdftypes.decompress_corrupted
    pdftypes.zlib = SimpleNamespace(decompress=_unpack, decompressobj=zlib.decompressobj, error=zlib.error)  # type: ignore[assignment]
    pdftypes.decompress_corrupted = _unpack_broken
    try:
        yield
    finally:
        pdftypes.zlib, pdftypes.decompress_corrupted = before


MAX_RATIO = 1_100
"""What deflate unpacks a byte to at most (its own limit is 1,032)."""
_LENGTH = re.compile(rb"/Length\s+(\d+)(?!\d|\s+\d+\s+R)")
_LENGTHS = re.compile(rb"/Length(?!\d)")
_STREAM = re.compile(rb"stream\r?\n")
_DRAWN = re.compile(rb"/[^\s/<>\[\]()]+\s+Do\b")


def _packed(data: bytes, start: int, head: bytes) -> int:
    """The most bytes that a stream can have in its file: to `endstream`, or as many as it says itself."""
    end = data.find(b"endstream", start)
    lengths = [int(n) for n in _LENGTH.findall(head)]
    elsewhere = not lengths or len(lengths) < len(_LENGTHS.findall(head)) or b"#" in head  # its length may stand there
    if end < 0 or elsewhere:
        return len(data) - start
    return max(end - start, *lengths)


def too_much_for_pdfium(path: Path) -> str:
    """Why PDFium, which takes no bounds, must not read this file ("" when it may): streams that unpack to more than
    MAX_STREAM_BYTES, or forms that draw each other so often that a page never ends."""
    data = path.read_bytes()
    expansion = 1
    for start in _STREAM.finditer(data):
        head = data[max(data.rfind(b" obj", 0, start.start()), start.start() - 2000) : start.start()]
        if data[start.start() - 3 : start.start()] == b"end" or b"/Image" in head:
            continue
        layers = head.count(b"/FlateDecode") + len(re.findall(rb"/Fl\b", head))
        if layers == 1 and b"/Form" not in head and _packed(data, start.end(), head) * MAX_RATIO < MAX_STREAM_BYTES:
            continue
        body = memoryview(data)[start.end() :]
        for layer in range(min(layers, 4)):
            unpacker = zlib.decompressobj()
            try:
                body = memoryview(unpacker.decompress(body, MAX_STREAM_BYTES))
            except zlib.error:
                break
            if len(body) >= MAX_STREAM_BYTES:
                return f"a stream unpacks to more than {MAX_STREAM_BYTES // 1_000_000} MB"
            if layer == layers - 1 and b"/Form" in head:
                expansion *= max(1, len(_DRAWN.findall(body)))
        if expansion > MAX_EXPANSION:
            return "its forms draw each other too often"
    return ""


def bring_to_bounds(page: RawPage) -> None:
    """Leave out, in place, what no page of print has: glyphs without a place, far outside or of absurd sizes; rules past
    MAX_RULES. A page without a size is measured by its print."""
    for boxes in (page.rules, page.boxes, page.images):
        boxes[:] = [b for b in boxes if all(-MAX_EXTENT <= v <= 2 * MAX_EXTENT for v in b)]
    if len(page.rules) + len(page.boxes) > MAX_RULES:
        page.note = (
            page.note or f"it has {len(page.rules) + len(page.boxes)} rules and boxes; tables were not looked for"
        )
        page.rules.clear()
        page.boxes.clear()
    glyphs = page.glyphs
    if len(glyphs):
        numbers = np.nan_to_num(glyphs.numbers, nan=np.inf)
        places = np.vstack([numbers[:5], glyphs.shown])
        good = (abs(places) <= MAX_EXTENT).all(axis=0) & (numbers[5] > 0.01) & (numbers[5] <= MAX_SIZE)
        if not good.all():
            lost = int((~good).sum())
            page.note = page.note or f"{lost} of its characters stand outside of any page or have an absurd size"
            page.glyphs = glyphs.where(good)
    if not (0 < page.width < np.inf and 0 < page.height < np.inf) and not page.problem:
        has = len(page.glyphs) > 0
        page.width = max(float(page.glyphs.shown[2].max()), 1.0) if has else 1.0
        page.height = max(float(page.glyphs.shown[3].max()), 1.0) if has else 1.0
        page.note = page.note or NO_SIZE


def drawing_scale(size: tuple[float, float], scale: float) -> float:
    """`scale` (pixels a point) for a picture of a page of this width and height in points, less where it would have more than
    MAX_PIXELS."""
    return min(scale, (MAX_PIXELS / max(size[0] * size[1], 1.0)) ** 0.5)
