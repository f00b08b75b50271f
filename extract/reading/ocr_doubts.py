"""Numbers on a scanned page that a person should look at: Tesseract was not sure of them, or has no sign for what they may be.

words of a line (`ocr`) -> the boxes of doubtful ones with a reason (`RawPage.unsure`) -> **doubts**: places of the text, and a warning
for each page. A row whose number stands in such a place is less sure (`records`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from extract.document import Doubt, PageWarning, SourceText
from extract.reading.glyphs import RawPage
from extract.reading.rule_files import OCR_CONFUSIONS

SURE = 90.0
"""A word with a figure that Tesseract is less sure of than this (of 100) is doubtful: of 240 numbers on drawn pages at 150 to 300 dpi
all that were read right had 92 or more, and three in four of those that were not had less."""
_SHOWN = 3
_NO_VALUES = frozenset(("title", "front", "keywords", "back", "references"))

Box = tuple[float, float, float, float]
Word = tuple[str, Box, float]


def doubtful(words: Sequence[Word]) -> list[tuple[Box, str]]:
    """The boxes, on the page, of a line's words that hold a doubtful number, each with what is doubtful about it."""
    reasons: dict[int, str] = {
        i: "read by OCR without certainty"
        for i, (text, _, sure) in enumerate(words)
        if sure < SURE and any(map(str.isdigit, text))
    }
    starts = np.cumsum([0, *(len(text) + 1 for text, _, _ in words)])
    line = " ".join(text for text, _, _ in words)
    for row in OCR_CONFUSIONS:
        for match in OCR_CONFUSIONS.compiled(row).finditer(line):
            first, last = np.searchsorted(starts, [match.start(), match.end() - 1], side="right") - 1
            reasons |= dict.fromkeys(range(int(first), int(last) + 1), row["why"])
    return [(words[i][1], why) for i, why in sorted(reasons.items())]


def doubts(source: SourceText, pages: Iterable[RawPage]) -> tuple[tuple[Doubt, ...], tuple[PageWarning, ...]]:
    """The places of the text where doubtful numbers stand, in order, and a warning for each page that has any."""
    places: list[Doubt] = []
    warnings: list[PageWarning] = []
    boxes = source.boxes
    for page in pages:
        if not page.unsure or boxes is None:
            continue
        here = np.flatnonzero(boxes.page == page.number)
        across, down = (boxes.x0[here] + boxes.x1[here]) / 2, (boxes.top[here] + boxes.bottom[here]) / 2
        on_page: dict[int, Doubt] = {}
        for (x0, top, x1, bottom), why in page.unsure:
            inside = here[(across >= x0) & (across <= x1) & (down >= top) & (down <= bottom)]
            section = source.section_at(int(inside[0])) if inside.size else None
            if inside.size and (section is None or section.name not in _NO_VALUES):
                on_page[int(inside[0])] = Doubt(int(inside[0]), int(inside[-1]) + 1, why)
        found = _joined(on_page[start] for start in sorted(on_page))
        if found:
            places += found
            warnings.append(PageWarning(page.number, _warning(found, source.text)))
    return tuple(places), tuple(warnings)


def _joined(found: Iterable[Doubt]) -> list[Doubt]:
    """Words that stand beside each other and are doubtful for one reason are one place."""
    joined: list[Doubt] = []
    for doubt in found:
        if joined and joined[-1].why == doubt.why and doubt.start - joined[-1].end <= 1:
            joined[-1] = Doubt(joined[-1].start, doubt.end, doubt.why)
        else:
            joined.append(doubt)
    return joined


def _warning(found: Sequence[Doubt], text: str) -> str:
    shown = ", ".join(f"{' '.join(text[d.start : d.end].split())!r} {d.why}" for d in found[:_SHOWN])
    rest = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"numbers read by OCR to check on the page: {shown}{rest}"
