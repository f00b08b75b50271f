"""Glyphs that do not say what they print: accents set beside their letter, symbol fonts, private-use and unknown codes.

glyphs -> **glyphs with readable text** -> words. Nothing is added.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from importlib.resources import files

from extract.reading.glyphs import Glyph

#: accents printed as characters of their own (LaTeX and old Type 1 fonts), and the combining character of each
_ACCENTS = {
    "´": "\u0301", "`": "\u0300", "¨": "\u0308", "^": "\u0302", "ˆ": "\u0302", "˜": "\u0303", "~": "\u0303",
    "¸": "\u0327", "ˇ": "\u030c", "˚": "\u030a", "¯": "\u0304", "˘": "\u0306", "˙": "\u0307", "˝": "\u030b", "˛": "\u0328",
}  # fmt: skip
_DOTLESS = {"ı": "i", "ȷ": "j"}

#: printed look-alikes of one plain character
_PLAIN = {
    "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\ufeff": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
    "\u03bc": "µ", "\u2126": "Ω", "\ufffe": "", "\uffff": "", "\u2212": "−",
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


def repair(glyphs: list[Glyph]) -> list[Glyph]:
    """The glyphs with their text cleaned, symbol fonts read, accents put on their letters, and doubles left out."""
    out: list[Glyph] = []
    accents: list[int] = []
    seen: set[tuple[str, int, int]] = set()
    special = {font: _pi_font(font) for font in {g.font for g in glyphs}}
    special = {font: table for font, table in special.items() if table}
    for glyph in glyphs:
        text = glyph.text
        if not text.isascii() or len(text) > 1 or text < " ":
            glyph.text = text = clean(text)
            if not text:
                continue
        if special and glyph.font in special:
            glyph.text = text = special[glyph.font].get(text, text)
        if glyph.turn == 0 and text != " ":
            # shadows and false bold: the same glyph printed twice on (nearly) the same spot
            key = (text, int(glyph.x0 * 2 + 0.5), int(glyph.base * 2 + 0.5))
            if key in seen:
                continue
            seen.add(key)
        if text in _ACCENTS:
            accents.append(len(out))
        out.append(glyph)
    gone: set[int] = set()
    for i in accents:
        # the letter is printed just before or after its accent, or (PDFium moves accents) somewhere on the page
        near = [out[k] for k in (i + 1, i - 1) if 0 <= k < len(out)]
        letter = next((g for g in near if _over(out[i], g)), None) or next((g for g in out if _over(out[i], g)), None)
        if letter is not None and letter.text[:1].isalpha():
            letter.text = _accented(letter.text, out[i].text)
            gone.add(i)
    return [g for i, g in enumerate(out) if i not in gone] if gone else out


def _over(accent: Glyph, letter: Glyph) -> bool:
    """Whether an accent stands on (or under) a letter rather than beside it."""
    if letter.text in _ACCENTS or not letter.text[:1].isalpha() or abs(accent.base - letter.base) > 0.6 * letter.size:
        return False
    shared = min(accent.x1, letter.x1) - max(accent.x0, letter.x0)
    return shared > 0.5 * min(accent.x1 - accent.x0, letter.x1 - letter.x0)


def _accented(text: str, accent: str) -> str:
    letter = _DOTLESS.get(text[0], text[0])
    composed = unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    return (composed if len(composed) == 1 else text[0]) + text[1:]
