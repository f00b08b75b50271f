"""`SourceText`: the text of one document that remembers where it stood on the page.

The only thing that passes from reading to language. It stands on the ground floor: whoever reads or makes a `SourceText`
(language, records, the review page, a test) imports no PDF library for it. A PDF, a JATS XML or a plain text becomes the
same thing, the last two without boxes.

The text holds everything a stage may read, in reading order: title and front matter, body sections, then
what was lifted out of the running text so that sentences go on across pages, columns and figures (captions,
tables, footnotes), then back matter and references. Page furniture (running heads and feet, page numbers,
line numbers, watermarks) is not in the text but in `furniture`; citation marks lifted out of the running
text ("10 mg¹²" must not read "10 mg12") are in `citations`. So no word of a page is lost or doubled: the
multiset of words of a page is that of `text` plus `furniture` plus `citations`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["pdf", "jats", "text"]

#: canonical section names; `case` is the report proper, `front` authors and affiliations and licence boxes,
#: `back` acknowledgements, funding, conflicts, data availability, abbreviations lists; `body` unheaded text
SECTION_NAMES = (
    "title", "front", "abstract", "keywords", "introduction", "case", "methods", "results", "discussion",
    "conclusion", "body", "caption", "table", "footnote", "back", "references",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page. `page` counts from 1; points (1/72 inch) from the page's top left corner as displayed."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of text under one heading. `name` is one of SECTION_NAMES, `heading` the words on the page
    (which stand in the text at `start`, empty when unheaded); `case` is the label of a case subheading
    ("1", "2", "A") where a report numbers its patients, else empty."""

    name: str
    start: int
    end: int
    heading: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Furniture:
    """Text on a page that is not in `SourceText.text`. `kind`: head, foot, page_number, line_number, watermark, margin;
    hidden (no reader of the page sees it) or struck (crossed out)."""

    text: str
    kind: str
    box: Box


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference mark lifted out of (or standing in) the text: `offset` is where in the text it stood, `text` its
    marks as printed ("5,6", "[12]"). Marks in square brackets stay in the text; then `offset` is their start."""

    offset: int
    text: str
    lifted: bool = True


@dataclass(frozen=True, slots=True)
class PageWarning:
    """Something a reader of the tables should know about a page. `page` 0 is the whole document."""

    page: int
    message: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Characters start..end of the text hold a number that may not be what the page shows; `why` says what speaks against it."""

    start: int
    end: int
    why: str


@dataclass(frozen=True)
class CharBoxes:
    """For every character of the text its page (0: none, e.g. an inserted space) and its box; arrays of the text's length."""

    page: npt.NDArray[np.int32]
    x0: npt.NDArray[np.float32]
    top: npt.NDArray[np.float32]
    x1: npt.NDArray[np.float32]
    bottom: npt.NDArray[np.float32]

    def around(self, characters: npt.NDArray[np.int64]) -> Box:
        """The rectangle around characters of one page."""
        edges = (
            self.x0[characters].min(),
            self.top[characters].min(),
            self.x1[characters].max(),
            self.bottom[characters].max(),
        )
        return Box(int(self.page[characters[0]]), *(round(float(edge), 1) for edge in edges))


@dataclass(frozen=True)
class SourceText:
    """The text of one document and where it stood. See the module's docstring for what is in `text`.

    `unread` says, in words, which part of the document is not in it because it is too large; empty when all was read.
    """

    text: str
    kind: Kind
    sections: tuple[Section, ...] = ()
    boxes: CharBoxes | None = None
    furniture: tuple[Furniture, ...] = ()
    citations: tuple[Citation, ...] = ()
    warnings: tuple[PageWarning, ...] = ()
    pages: int = 0
    ocr_pages: int = 0
    title: str = ""
    doi: str = ""
    pmid: str = ""
    journal: str = ""
    year: int | None = None
    meta: dict[str, str] = field(default_factory=dict)
    unread: str = ""
    doubts: tuple[Doubt, ...] = ()

    @cached_property
    def _starts(self) -> list[int]:
        return [s.start for s in self.sections]

    def within(self, most: int) -> SourceText:
        """Itself when it has at most so many characters, else its paragraphs up to there; `unread` and a warning say so."""
        if len(self.text) <= most:
            return self
        end = max(self.text.rfind("\n\n", 0, most), 0) or max(self.text.rfind("\n", 0, most), 0)
        end = end or max(self.text.rfind(" ", 0, most), 0) or most
        unread = f"only the first {end:,} of {len(self.text):,} characters were read"
        boxes = self.boxes
        if boxes is not None:
            boxes = CharBoxes(boxes.page[:end], boxes.x0[:end], boxes.top[:end], boxes.x1[:end], boxes.bottom[:end])
        return replace(
            self, text=self.text[:end], boxes=boxes, unread="; ".join(filter(None, (self.unread, unread))),
            sections=tuple(replace(s, end=min(s.end, end)) for s in self.sections if s.start < end),
            citations=tuple(c for c in self.citations if c.offset < end),
            warnings=(*self.warnings, PageWarning(0, unread)), doubts=tuple(d for d in self.doubts if d.end <= end),
        )  # fmt: skip

    def section_at(self, offset: int) -> Section | None:
        """The section that holds the character at `offset`, or None between sections."""
        i = bisect_right(self._starts, offset) - 1
        return self.sections[i] if i >= 0 and offset < self.sections[i].end else None

    def doubt(self, start: int, end: int) -> str:
        """What speaks against a number among the characters start..end, with the number; "" when nothing does."""
        about = next((d for d in self.doubts if d.start < end and start < d.end), None)
        return f"{' '.join(self.text[about.start : about.end].split())!r} {about.why}" if about else ""

    def box(self, start: int, end: int) -> Box | None:
        """The rectangle around characters start..end on the page where they begin; None without boxes."""
        if self.boxes is None:
            return None
        pages = self.boxes.page[start:end]
        at = np.flatnonzero(pages > 0)
        if not at.size:
            return None
        elsewhere = pages[at] != pages[at[0]]
        return self.boxes.around(start + (at[: int(elsewhere.argmax())] if elsewhere.any() else at))

    def lines(self, start: int, end: int) -> Iterator[Box]:
        """The rectangles of characters start..end, one for each line of print."""
        if self.boxes is None:
            return
        b = self.boxes
        at = start + np.flatnonzero(b.page[start:end] > 0)
        if not at.size:
            return
        # a new line starts where the next character stands lower, or to the left on another column
        breaks = b.page[at[1:]] != b.page[at[:-1]]
        breaks |= (b.top[at[1:]] > b.bottom[at[:-1]]) | (b.bottom[at[1:]] < b.top[at[:-1]])
        for run in np.split(at, np.flatnonzero(breaks) + 1):
            yield b.around(run)
