"""Whether a page's text layer can be what the page shows: or it is a scan, or a font that does not tell its letters made
nonsense of it.

glyphs of a page -> a reason for distrust, or "". Two ways of it: characters that no letter is known for, and letters that
stand for others (a font with codes of its own and no map), which give text that reads like no language.
"""

from __future__ import annotations

import re
from collections import Counter

from extract.document import Doubt, PageWarning, SourceText
from extract.reading.glyphs import UNKNOWN, RawPage

LEAST = 300
"""Fewest characters of a page that can be judged."""
UNKNOWN_SHARE = 0.3
"""Share of characters without a letter from which a page cannot be used."""
_SYLLABLES = re.compile(
    "the|and|ing|ion|ent|ati|ter|con|pat|for|was|ith|est|res|pro|ver|que|les|des|der|die|ein|und|sch|del|los|par|ado"
)
"""Commonest runs of three letters of English, French, German and Spanish. English prose has some 90 in 1,000 letters, a list
of references 40, letters by chance 2."""
_IN_NUMBER = re.compile(rf"\d[\d.,]*\s?{UNKNOWN}+[\d.,]*|{UNKNOWN}+\s?[\d.,]*\d")
LEAST_SYLLABLES = 5.0
"""Fewest of them in 1,000 characters of a text in one of these languages."""

STAMP = 400
"""Most characters printed over a scanned page (who fetched it, when, the licence)."""
COVERED = 0.75
"""Share of a page its pictures cover when it is a scan; a page with a large figure has margins and a caption."""


def is_scan(page: RawPage) -> bool:
    """Whether a page is a picture of print: it has pictures and no text, or a picture of all of it and a stamp."""
    if page.problem or not page.images:
        return False
    if page.glyphs.blank:
        return True
    if len("".join(page.glyphs.text)) > STAMP:
        return False
    covered = sum(
        max(0.0, min(x1, page.width) - max(x0, 0.0)) * max(0.0, min(bottom, page.height) - max(top, 0.0))
        for x0, top, x1, bottom in page.images
    )
    return covered >= COVERED * page.width * page.height


def illegible(page: RawPage) -> str:
    """Why the page's text layer is not what it shows, or ""; looked for once."""
    if page.doubt is None:
        page.doubt = _doubt("".join("".join(page.glyphs.text).split()))
    return page.doubt


def _doubt(text: str) -> str:
    """Why these characters, without spaces, are not what a page shows, or ""."""
    if len(text) < LEAST:
        return ""
    counts = Counter(text)
    unknown = 6 * text.count("(cid:")
    unknown += sum(n for c, n in counts.items() if c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or c < " ")
    if unknown > UNKNOWN_SHARE * len(text):
        return "its font does not tell which letters it prints"
    plain = sum(n for c, n in counts.items() if c.isascii())
    if plain < 0.7 * len(text):  # another script
        return ""
    syllables = 1000 * len(_SYLLABLES.findall(text.lower())) / len(text)
    letters = sum(n for c, n in counts.items() if c.isalpha())
    digits = sum(n for c, n in counts.items() if c.isdigit())
    figures = digits + sum(counts[c] for c in ".,-−–()%±/<>=")
    numeric = figures > 0.6 * len(text) and digits > 0.4 * len(text)
    if syllables < LEAST_SYLLABLES and not numeric and letters > 20:
        return "its text reads as no English, its font may not tell its letters"
    return ""


def unknown_in_numbers(source: SourceText) -> tuple[tuple[Doubt, ...], tuple[PageWarning, ...]]:
    """The numbers with an unknown character in them, or between them and their unit, and a warning for every page that has any."""
    if source.boxes is None or UNKNOWN not in source.text:
        return (), ()
    places: list[Doubt] = []
    by_page: dict[int, list[re.Match[str]]] = {}
    for match in _IN_NUMBER.finditer(source.text):
        page = int(source.boxes.page[match.start() : match.end()].max())
        by_page.setdefault(page, []).append(match)
        places.append(Doubt(match.start(), match.end(), "holds a character whose font does not tell its letter"))
    warnings: list[PageWarning] = []
    for page, matches in sorted(by_page.items()):
        count = sum(match.group().count(UNKNOWN) for match in matches)
        what = (
            "1 character whose font does not tell its letter stands"
            if count == 1
            else (f"{count} characters whose font does not tell their letters stand")
        )
        warnings.append(PageWarning(page, f"{what} in or beside a number ({matches[0].group()}): check the values"))
    return tuple(places), tuple(warnings)
