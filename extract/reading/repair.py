"""Glyphs that do not say what they print: accents set beside their letter, symbol fonts, private-use and unknown codes.

glyphs -> **glyphs with readable text** -> words. Nothing is added.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib.resources import files

import numpy as np

from extract.reading.glyphs import Glyphs

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
def _table(name: str) -> tuple[dict[str, str], ...]:
    text = (files("extract.reading") / "rules" / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("# ")))


@cache
def _symbols() -> dict[str, str]:
    return {chr(int(r["code"], 16)): chr(int(r["shown"], 16)) for r in _table("symbol_font.csv")}


@cache
def _pi_font(font: str) -> dict[str, str]:
    return {r["code"]: r["shown"] for r in _table("pi_fonts.csv") if r["font"] in font}


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
    joined = "".join(text)
    if len(joined) == len(text):
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        for i in np.flatnonzero((codes < 32) | (codes > 0x7F)).tolist():
            text[i] = clean(text[i])
    else:
        for i, t in enumerate(text):
            if len(t) != 1 or not " " <= t <= "\x7f":
                text[i] = clean(t)
    special = {k: table for k, name in enumerate(glyphs.fonts) if (table := _pi_font(name))}
    for k, table in special.items():
        for i in np.flatnonzero(glyphs.font == k):
            text[i] = table.get(text[i], text[i])
    kept = Glyphs(text, glyphs.numbers, glyphs.font, glyphs.fonts, glyphs.turn, glyphs.real)
    keep = _first_prints(kept)
    if not keep.all():
        kept = kept.where(keep)
    return kept if _ACCENTS.keys().isdisjoint(set(kept.text)) else _with_accents(kept)


def _first_prints(glyphs: Glyphs) -> np.ndarray:
    """Which glyphs print something that is not there yet: shadows and false bold print a glyph twice on (nearly) the
    same spot."""
    joined = "".join(glyphs.text)
    if len(joined) == len(glyphs):
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
        keep = np.ones(len(glyphs), dtype=bool)
    else:
        number = {t: k for k, t in enumerate(dict.fromkeys([" ", *glyphs.text]), 32)}  # (any numbers, 32 for the space)
        codes = np.array([number[t] for t in glyphs.text], dtype=np.uint64)
        keep = np.array([t != "" for t in glyphs.text], dtype=bool)
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
    x0, x1, base, size = glyphs.x0, glyphs.x1, glyphs.base, glyphs.size
    letters = np.array([t[:1].isalpha() and t not in _ACCENTS for t in text], dtype=bool)
    keep = np.ones(len(text), dtype=bool)
    for i in [i for i, t in enumerate(text) if t in _ACCENTS]:
        # whether the accent stands on (or under) a letter rather than beside it
        shared = np.minimum(x1[i], x1) - np.maximum(x0[i], x0)
        over = letters & (abs(base[i] - base) <= 0.6 * size) & (shared > 0.5 * np.minimum(x1[i] - x0[i], x1 - x0))
        # the letter is printed just before or after its accent, or (PDFium moves accents) somewhere on the page
        near = [k for k in (i + 1, i - 1) if 0 <= k < len(text) and over[k]]
        letter = near[0] if near else int(over.argmax())
        if over[letter]:
            text[letter] = _accented(text[letter], text[i])
            keep[i] = False
    return glyphs.where(keep)


def _accented(text: str, accent: str) -> str:
    letter = _DOTLESS.get(text[0], text[0])
    composed = unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    return (composed if len(composed) == 1 else text[0]) + text[1:]
