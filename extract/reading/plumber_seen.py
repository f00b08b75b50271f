"""What of a PDF page's print a reader can see, as pdfminer tells it: layers that are off, text without ink, paint under it.

PDF -> **layers that are off; characters marked as unseen** -> plumber. The counterpart of pdfium_paint.py; of layers PDFium
tells nothing, so a file with layers that are off is read by pdfplumber (see choice.py).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from pdfminer.pdftypes import PDFObjRef, dict_value, resolve1

from extract.reading.glyphs import Glyphs

INVISIBLE_MODES = (3, 7)
"""Text render modes that put no ink on the page: invisible, and clipping only."""
_STROKED_MODES = (1, 5)
_WHITE = 0.98
_STREAM = re.compile(rb"/ObjStm\b.{0,300}?stream\r?\n", re.DOTALL)
_MOST_BYTES = 4_000_000


def may_have_layers(data: bytes) -> bool:
    """Whether a PDF file names layers that can be off: in the open, or in an object stream (those are unpacked)."""
    if b"/OCProperties" in data:
        return True
    for start in _STREAM.finditer(data):
        try:
            if b"/OCProperties" in zlib.decompressobj().decompress(data[start.end() :], _MOST_BYTES):
                return True
        except zlib.error:
            continue
    return False


def layers_off(catalog: Mapping[str, Any]) -> frozenset[int]:
    """The object numbers of the layers (optional content groups) that a viewer does not show at first."""
    properties = _mapping(catalog.get("OCProperties"))
    default = _mapping(properties.get("D"))
    off = _numbers(default.get("OFF"))
    if getattr(resolve1(default.get("BaseState")), "name", "") == "OFF":
        off = _numbers(properties.get("OCGs")) - _numbers(default.get("ON"))
    return frozenset(off)


def is_off(layer: Any, off: frozenset[int]) -> bool:
    """Whether a layer, or a membership of layers (shown when any of them is, ISO 32000-1, 8.11.2.2), is off."""
    if isinstance(layer, PDFObjRef) and layer.objid in off:
        return True
    members = _mapping(layer).get("OCGs")
    if members is None:
        return False
    every = _members(members)
    policy = getattr(resolve1(_mapping(layer).get("P")), "name", "AnyOn")
    shown = [number not in off for number in every]
    if not shown:
        return False
    return not {
        "AllOn": all(shown), "AnyOff": not all(shown), "AllOff": not any(shown),
    }.get(str(policy), any(shown))  # fmt: skip


def _mapping(value: Any) -> Mapping[str, Any]:
    resolved = resolve1(value)
    return dict_value(resolved) if isinstance(resolved, dict) else {}


def _numbers(value: Any) -> set[int]:
    return set(_members(value))


def _members(value: Any) -> list[int]:
    """The object numbers of a reference to a layer or of a list of them."""
    if isinstance(value, PDFObjRef) and not isinstance(resolve1(value), list):
        return [value.objid]
    listed = resolve1(value)
    return [v.objid for v in listed if isinstance(v, PDFObjRef)] if isinstance(listed, list) else []


def without_ink(mode: int, filled: Any, stroked: Any) -> bool:
    """Whether text of this render mode and these colours (as pdfminer has them) leaves white paper white."""
    return mode in INVISIBLE_MODES or is_white(stroked if mode in _STROKED_MODES else filled)


def is_white(colour: Any) -> bool:
    """Whether a colour of pdfminer (a number, or 1, 3 or 4 of them) is white; False of patterns and named colours."""
    parts = colour if isinstance(colour, (tuple, list)) else (colour,)
    if not all(isinstance(p, (int, float)) for p in parts):
        return False
    if len(parts) == 4:
        return max(parts) <= 1 - _WHITE
    return len(parts) in (1, 3) and min(parts) >= _WHITE


def painted(glyphs: Glyphs, boxes: Iterable[tuple[float, float, float, float]]) -> npt.NDArray[np.bool_]:
    """Which glyphs have their middle in one of these boxes (x0, top, x1, bottom), where the page is not white."""
    x, y = (glyphs.x0 + glyphs.x1) / 2, (glyphs.top + glyphs.bottom) / 2
    out = np.zeros(len(glyphs), dtype=bool)
    for x0, top, x1, bottom in boxes:
        out |= (x0 <= x) & (x <= x1) & (top <= y) & (y <= bottom)
    return out
