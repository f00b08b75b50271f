"""Glyphs that do not say what they print: accents set beside their letter, symbol fonts, private-use and unknown codes.

glyphs -> **glyphs with readable text** -> words. Nothing is added.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from extract.reading.glyphs import Glyphs
from extract.reading.rule_files import PI_FONTS, SYMBOL_FONT

#: accents printed as characters of their own (LaTeX and old Type 1 fonts), and the combining character of each
_ACCENTS = {
    "´": "\u0301", "`": "\u0300", "¨": "\u0308", "^": "\u0302", "ˆ": "\u0302", "˜": "\u0303", "~": "\u0303",
    "¸": "\u0327", "ˇ": "\u030c", "˚": "\u030a", "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "˝": "\u030b", "˛": "\u0328",
}  # fmt: skip
_DOTLESS = {"ı": "i", "ȷ": "j"}

#: printed look-alikes of one plain character
_PLAIN = {
    "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\ufeff": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
    "\u03bc": "µ", "\u2126": "Ω", "\ufffe": "", "\uffff": "", "\u2212": "−", "\u2218": "°",
}  # fmt: skip


@cache
def _symbols() -> dict[str, str]:
    return {row["code"]: row["shown"] for row in SYMBOL_FONT}


@cache
def _pi_font(font: str) -> dict[str, str]:
    return {row["code"]: row["shown"] for row in PI_FONTS if row["font"] in font}


@cache
def clean(text: str) -> str:
    """A glyph's text as it should read: ligatures written out, odd spaces and hyphens plain, unknown glyphs U+FFFD.

    >>> clean("ﬁ"), clean("(cid:12)")
    ('fi', '�')
    """
    if text.startswith("(cid:"):
        return "\ufffd"
    return "".join(_clean(c) for c in unicodedata.normalize("NFC", text))


def _clean(c: str) -> str:
    if c in _PLAIN:
        return _PLAIN[c]
    if "\ufb00" <= c <= "\ufb06" or "\uff01" <= c <= "\uff5e" or "\U0001d400" <= c <= "\U0001d7ff":
        return "".join(_PLAIN.get(x, x) for x in unicodedata.normalize("NFKC", c))
    if "\ue000" <= c <= "\uf8ff":
        return _symbols().get(c, "\ufffd")
    kind = unicodedata.category(c)
    if kind == "Zs":
        return " "
    return "" if kind in ("Cc", "Cn", "Cs") and not c.isspace() else c


def clean_text(text: str) -> str:
    """`clean` for a whole string."""
    return "".join(clean(c) for c in text)


def repair(glyphs: Glyphs) -> Glyphs:
    """The glyphs with their text cleaned, symbol fonts read, accents put on their letters, and doubles left out."""
    text = list(glyphs.text)
    codes = _codes(text)
    for i in np.flatnonzero((codes < 32) | (codes > 0x7F)).tolist():
        text[i] = clean(text[i])
    special = {k: table for k, name in enumerate(glyphs.fonts) if (table := _pi_font(name))}
    for k, table in special.items():
        for i in np.flatnonzero(glyphs.font == k):
            text[i] = table.get(text[i], text[i])
    kept = Glyphs(text, glyphs.numbers, glyphs.font, glyphs.fonts, glyphs.turn, glyphs.real)
    keep = _first_prints(kept)
    if not keep.all():
        kept = kept.where(keep)
    return kept if _ACCENTS.keys().isdisjoint(kept.text) else _with_accents(kept)


def _codes(text: list[str]) -> npt.NDArray[np.uint64]:
    """A number for every glyph's text: the code point of a single character, a number above them all for others."""
    joined = "".join(text)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(joined) == len(text) and "" not in text:
        return points
    lengths = np.fromiter(map(len, text), dtype=np.intp, count=len(text))
    codes = np.empty(len(text), dtype=np.uint64)
    codes[lengths == 1] = points[np.repeat(lengths, lengths) == 1]
    others: dict[str, int] = {}
    for i in np.flatnonzero(lengths != 1).tolist():
        codes[i] = others.setdefault(text[i], 0x110000 + len(others))
    return codes


def _first_prints(glyphs: Glyphs) -> np.ndarray:
    """Which glyphs print something that is not there yet: shadows and false bold print a glyph twice on (nearly) the
    same spot."""
    codes = _codes(glyphs.text)
    keep = np.ones(len(glyphs), dtype=bool)
    for i in np.flatnonzero(codes >= 0x110000).tolist():
        keep[i] = glyphs.text[i] != ""
    x, y = ((v * 2 + 0.5).astype(np.int64).astype(np.uint64) & np.uint64(0x1FFFFF) for v in (glyphs.x0, glyphs.base))
    upright = np.flatnonzero(keep & (glyphs.turn == 0) & (codes != 32))
    spots = ((codes << np.uint64(42)) | (x << np.uint64(21)) | y)[upright]
    ordered = np.sort(spots)
    if (ordered[1:] == ordered[:-1]).any():
        _, first = np.unique(spots, return_index=True)
        again = np.ones(upright.size, dtype=bool)
        again[first] = False
        keep[upright[again]] = False
    return keep


def _with_accents(glyphs: Glyphs) -> Glyphs:
    """The glyphs, accents that are printed on their own put on their letters."""
    text = glyphs.text
    keep = np.ones(len(text), dtype=bool)
    for i in [i for i, t in enumerate(text) if t in _ACCENTS]:
        # the letter is printed just before or after its accent, or (PDFium moves accents) somewhere on the page
        near = [k for k in (i + 1, i - 1) if 0 <= k < len(text)]
        letter = _letter_under(glyphs, i, near)
        if letter is None:
            around = np.flatnonzero(abs(glyphs.base - glyphs.base[i]) <= 0.6 * glyphs.size)
            letter = _letter_under(glyphs, i, around.tolist())
        if letter is not None:
            text[letter] = _accented(text[letter], text[i])
            keep[i] = False
    return glyphs.where(keep)


def _letter_under(glyphs: Glyphs, accent: int, among: list[int]) -> int | None:
    """The first of these glyphs that is a letter on (or under) which an accent stands rather than beside it."""
    x0, x1, base = (float(column[accent]) for column in (glyphs.x0, glyphs.x1, glyphs.base))
    for k in among:
        a, b = float(glyphs.x0[k]), float(glyphs.x1[k])
        level = abs(base - float(glyphs.base[k])) <= 0.6 * float(glyphs.size[k])
        if level and min(x1, b) - max(x0, a) > 0.5 * min(x1 - x0, b - a):
            text = glyphs.text[k]
            if text[:1].isalpha() and text not in _ACCENTS:
                return k
    return None


def _accented(text: str, accent: str) -> str:
    letter = _DOTLESS.get(text[0], text[0])
    composed = unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    return (composed if len(composed) == 1 else text[0]) + text[1:]
