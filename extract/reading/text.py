"""Lines of print become running text: spaces, hyphens, superscripts, odd glyphs.

blocks -> **text with a box for every character** -> SourceText. The builder writes characters and remembers each
one's glyph; citation marks printed as superscripts are lifted out, exponents stay; a hyphen at a line's end goes
only where the joined word is known (from the document itself or from the rules in rules/hyphens.csv).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from extract.document import CharBoxes, Citation
from extract.reading.glyphs import Glyphs
from extract.reading.lines import Line, Word, gap_is_space, spaces
from extract.reading.rule_files import COMPOUND_PARTS, ISOTOPES

HYPHENS = "-\u2010\u00ad\u2011"
_SOFT = "\u00ad"
_LETTERS = re.compile(r"[^\W\d_]+")
_TERMINAL = re.compile(r"[.!?:;][\"'”’)\]]*$")
_CITATION = re.compile(r"[\[(]?\s*\d{1,3}[a-z]?(?:\s*[,;–—\-‐−]\s*\d{1,3}[a-z]?)*\s*[,;.]?\s*[\])]?")
_AUTHOR_MARK = re.compile(r"[\d,;\sa-z*†‡§¶‖#∥✉&⁎∗]{1,12}", re.IGNORECASE)
_SYMBOL_MARK = re.compile(r"[*†‡§¶‖#∥⁎∗✉,\s]+")
_LENGTH_UNIT = re.compile(r"(?:^|[\s\d/.(×x])(?:[kcdmµμn]?m|ft|in)$")
_AREA = re.compile(r"(?:g|U|L|l|mol|Gy|Bq|Ci)\s?/\s?m$")
"""The end of a dose for the body's surface, before its exponent."""
_ANY_UNIT = re.compile(
    r"(?:[kcdmµμnp]?(?:m|g|s|l|L|M|mol|U|IU|Hz|V|eq|Eq)|min|h|hr|sec|day|days|week|month|kg|year|dl|dL|ml|mL)$"
)
_RINGS = ("o", "O", "0", "º", "˚")
_DEGREES = re.compile(r"[CFNSEW](?![^\W_])")
"""What follows a degree sign: a raised letter o or nought before it is one ("38.5" + "o" + "C")."""
_ORDINAL = re.compile(r"st|nd|rd|th|TM|SM|®|™|©|o|°|º|[+−–-]|\d?[+−–]|\+\+|er|ème|me", re.IGNORECASE)


@cache
def _parts(rule: str) -> frozenset[str]:
    """The parts of words with this rule in rules/hyphens.csv."""
    return frozenset(row["part"] for row in COMPOUND_PARTS if row["rule"] == rule)


@cache
def _isotopes() -> frozenset[tuple[str, str]]:
    """Mass number and sign of nuclides: rules/isotopes.csv."""
    return frozenset((row["mass"], row["sign"]) for row in ISOTOPES)


def _is_mass_number(raised: str, following: str) -> bool:
    """Whether a raised number belongs to the nuclide after it ("131" before "I therapy", "177" before "Lu-DOTATATE")."""
    sign = re.match(r"\[?([A-Z][a-z]?)(?![a-z])", following)
    return sign is not None and (raised.strip(" ["), sign[1]) in _isotopes()


class Vocabulary:
    """The document's own words, for the question whether a hyphen at a line's end belongs to the word."""

    def __init__(self, lines: Iterable[Line]) -> None:
        plain: list[str] = []
        compounds: list[str] = []
        for line in lines:
            tokens = line.text.split()
            if tokens and tokens[-1].endswith(tuple(HYPHENS)):
                tokens.pop()
            for token in tokens:
                (compounds if "-" in token else plain).append(token.strip(".,;:()[]\"'“”’").lower())
        self.words = Counter(plain)
        self.compounds = Counter(compounds)

    def keeps_hyphen(self, left: str, right: str) -> bool:
        """Whether "left-" at a line's end and "right" on the next are a compound ("long-term") or one broken word."""
        low_left, low_right = left.lower(), right.lower()
        joined = low_left + low_right
        if self.words[joined] > 0:
            return False
        if self.compounds[f"{low_left}-{low_right}"] > 0:
            return True
        if not low_left or not low_right or not right[0].isalpha() or not left[-1].isalpha():
            return True
        if right[0].isupper() or len(low_left) == 1 or (left.isupper() and len(left) > 1):
            return True
        low_left = low_left.rsplit("-", 1)[-1]
        if low_left in _parts("keeps before") or low_right in _parts("keeps after"):
            return True
        if low_left in _parts("joins"):
            return False
        if low_left in _parts("partner") and low_right in _parts("partner"):
            return True
        return self.words[low_left] > 0 and self.words[low_right] > 0 and len(low_left) > 3 and len(low_right) > 3


class Builder:
    """Writes text and remembers where every character stood."""

    def __init__(self, vocabulary: Vocabulary, *, superscripts_cite: bool = True) -> None:
        self.vocabulary = vocabulary
        self.superscripts_cite = superscripts_cite
        self.chars: list[str] = []
        self.glyphs: list[int] = []
        """For every character its glyph's place in all the columns of `_columns` set end to end; -1: none."""
        self.citations: list[Citation] = []
        self._front = False
        self._columns: list[tuple[Glyphs, int]] = []
        self._offsets: dict[int, int] = {}
        self._total = 0

    def __len__(self) -> int:
        return len(self.chars)

    def gap(self, text: str) -> None:
        """Inserted whitespace, without a box."""
        self.chars.extend(text)
        self.glyphs.extend([-1] * len(text))

    def trim(self, white: str = " ") -> None:
        """Take back what stands at the end of these characters."""
        while self.chars and self.chars[-1] in white:
            del self.chars[-1], self.glyphs[-1]

    def _offset(self, columns: Glyphs, page: int) -> int:
        """Where the places of a page's columns begin, in all of them set end to end."""
        offset = self._offsets.get(id(columns))
        if offset is None:
            offset = self._offsets[id(columns)] = self._total
            self._columns.append((columns, page))
            self._total += len(columns)
        return offset

    def _word(self, word: Word, page: int, *, count: int | None = None, last: bool = False) -> None:
        """A word, or its first `count` glyphs; soft hyphens within a line print nothing, one at its end (`last`) is a hyphen."""
        columns = word.page_glyphs
        offset = self._offset(columns, page)
        start, stop = word.start, word.stop if count is None else word.start + count
        if count is None and len(word.text) == word.count and _SOFT not in word.text:
            self.chars.extend(word.text)
            self.glyphs.extend(range(offset + start, offset + stop))
            return
        for i in range(start, stop):
            if columns.text[i] == _SOFT and not (last and i + 1 == stop):
                continue
            n = len(columns.text[i])
            self.chars.extend(columns.text[i])
            self.glyphs.extend([offset + i] * n)

    def paragraph(self, lines: Sequence[Line], *, front: bool = False) -> None:
        """Lines joined into one paragraph; in front matter all superscripts after a name are author marks."""
        self._front = front
        for i, line in enumerate(lines):
            if i:
                self._join(line)
            self._line(line)
        self.trim()

    def _join(self, line: Line) -> None:
        """The end of a line: a space, nothing, or a hyphen taken away."""
        if not self.chars:
            return
        last = self.chars[-1]
        following = line.text[:40]
        if last in HYPHENS and len(self.chars) > 1 and self.chars[-2].isalnum():
            left = "".join(self.chars[-40:-1]).split()[-1].lstrip("([\"'“‘")
            match = re.match(r"[^\W\d_]+", following)
            right = match.group() if match else following[:1]
            if last == "\u00ad" or (right and not self.vocabulary.keeps_hyphen(left.rsplit("/", 1)[-1], right)):
                del self.chars[-1], self.glyphs[-1]
            return
        if last in "–/" and len(self.chars) > 1 and not self.chars[-2].isspace() and following[:1].isalnum():
            return
        self.gap(" ")

    def _line(self, line: Line) -> None:
        words = line.words
        chars, glyphs = self.chars, self.glyphs
        columns = words[0].page_glyphs
        offset = self._offset(columns, line.page)
        spaced = spaces(words)
        i = 0
        while i < len(words):
            w = words[i]
            if spaced[i] and chars and not chars[-1].isspace():
                chars.append(" ")
                glyphs.append(-1)
            if w.raised == 1:
                j = i + 1
                while j < len(words) and words[j].raised == 1 and words[j].x0 - words[j - 1].x1 < 0.6 * line.size:
                    j += 1
                near = j < len(words) and words[j].x0 - words[j - 1].x1 < 0.5 * line.size
                following = words[j].text if j < len(words) else ""
                if near and _is_mass_number("".join(w.text for w in words[i:j]), following):
                    for w in words[i:j]:
                        self._word(w, line.page)
                else:
                    self._script(words[i:j], line, i == 0, following)
                i = j
                continue
            if _SOFT in w.text:
                self._word(w, line.page, last=i + 1 == len(words))
            elif len(w.text) == w.count and w.page_glyphs is columns:
                chars.extend(w.text)
                glyphs.extend(range(offset + w.start, offset + w.stop))
            else:
                self._word(w, line.page)
            i += 1

    def _script(self, group: list[Word], line: Line, first: bool, following: str) -> None:
        """A superscript: lifted out as a citation mark, or kept as an exponent, ordinal or mark."""
        text = "".join(w.text for w in group).strip()
        before = "".join(self.chars[-12:]).rstrip(" ")
        word = re.split(r"[\s(/×·*]", before)[-1] if before else ""
        what = _superscript(text, before, word, first, self.superscripts_cite or self._front, self._front)
        if (
            what == "lift"
            and _AREA.search(before)
            and re.match(r"[23],?\d", text)
            and len(group[0].glyphs.text[0]) == 1
        ):
            self._word(group[0], line.page, count=1)  # an exponent and a citation mark in one: "mg/m" + "2" + "3"
            text = text[1:].lstrip(",")
        if text in _RINGS and before[-1:].isdigit() and _DEGREES.match(following):
            self._word(group[0], line.page)
            self.chars[-1] = "°"
            return
        if what == "lift":
            self.citations.append(Citation(len(self.chars), text))
            return
        if what == "power":
            self.gap("^")
        for k, w in enumerate(group):
            if k and gap_is_space(group[k - 1], w):
                self.gap(" ")
            self._word(w, line.page)
        if first and what == "mark":
            self.gap(" ")

    def boxes(self) -> CharBoxes:
        """The boxes of all characters written."""
        at = np.array(self.glyphs, dtype=np.intp)
        nowhere = np.zeros((4, 1), dtype=np.float32)  # (the place -1)
        shown = np.concatenate([*(c.shown.astype(np.float32) for c, _ in self._columns), nowhere], axis=1)
        pages = [np.full(len(c), page, dtype=np.int32) for c, page in self._columns]
        return CharBoxes(np.concatenate([*pages, np.zeros(1, dtype=np.int32)])[at], *shown[:, at])


def _superscript(text: str, before: str, word: str, first: bool, cite: bool, front: bool = False) -> str:
    """What a superscript is: "lift" (a citation or author mark), "power" (10^9), "mark" (before an affiliation), "keep"."""
    if first or not before:
        return "mark"
    digits = text.replace("−", "-").replace("–", "-")
    if re.fullmatch(r"[+-]?\d{1,2}", digits):
        if re.search(r"(?:^|[×x·*\s(<>≥≤~])10$", before):
            return "power"
        if digits in ("2", "3") and _LENGTH_UNIT.search(" " + before[-6:]):
            return "keep"
        if digits.startswith("-") and _ANY_UNIT.search(word):
            return "keep"
        if word[-1:].isdigit() and not cite:
            return "power"
    if front and re.fullmatch(r"[a-z](?:\s*,\s*[a-z\d*†‡§])*", text) and re.search(r"[^\W\d_][.,]?$", word):
        return "lift"
    if _ORDINAL.fullmatch(text):
        return "keep"
    if _SYMBOL_MARK.fullmatch(text):
        return "lift" if re.search(r"[^\W\d_]$", word) else "keep"
    if _CITATION.fullmatch(text):
        if cite or before[-1:] in '.,;:)”’"':
            return "lift"
        return "keep"
    if _AUTHOR_MARK.fullmatch(text) and any(c.isdigit() or c in "*†‡§¶" for c in text):
        return "lift"
    return "keep"


def ends_sentence(text: str) -> bool:
    """Whether a paragraph's text so far could be its end."""
    return bool(_TERMINAL.search(text.rstrip()))
