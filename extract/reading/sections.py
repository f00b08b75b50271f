"""Blocks are sorted into sections: what opens one, what is lifted out of the running text, and in which order all stands.

blocks with a role -> **parts** -> paragraphs -> SourceText. Running text goes on across columns, pages and figures;
captions, tables and footnotes stand after it; back matter and references come last.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.reading.blocks import Block
from extract.reading.captions import caption_label
from extract.reading.fonts import is_bold
from extract.reading.headings import canonical, case_label
from extract.reading.layout import Layout
from extract.reading.lines import plain
from extract.reading.tables import Table
from extract.reading.text import ends_sentence

_LICENCE = re.compile(
    r"copyright|creative commons|open access article|©|received|accepted|correspond|academic editor|e-?mail|@|department of"
    r"|how to cite|citation:|published|doi",
    re.IGNORECASE,
)
_OF_A_PAPER = ("introduction", "case", "methods", "results", "discussion", "conclusion")
"""Sections of a paper that its structured abstract has too."""
_PROSE = 12
"""Fewest words of a block that tells in what print an abstract, or the text after it, is set."""
_FLOATS = ("caption", "table", "footnote", "figure")
"""What stands after the running text, in this order."""


@dataclass(slots=True)
class Part:
    """A run of blocks of one section."""

    name: str
    heading: Block | None = None
    case: str = ""
    run_in: str = ""
    """A heading printed at the beginning of the first paragraph."""
    blocks: list[Block] = field(default_factory=list)
    tables: dict[int, list[Table]] = field(default_factory=dict)
    """Ruled tables by the first line of their caption (its id); 0: without a caption."""


def parts(layout: Layout) -> list[Part]:
    """Blocks by section, in the order of the text."""
    sorter = _Sorter(layout)
    for i in range(len(layout.blocks)):
        sorter.take(i)
    if layout.tables:
        _attach_tables(layout, sorter.lifted("table"))
    floats = [sorter.floats[kind] for kind in _FLOATS if kind in sorter.floats]
    ordered = [sorter.title, sorter.front, *sorter.main, *floats, *sorter.back, *sorter.references]
    return [p for p in ordered if p.blocks or p.heading or p.tables]


class _Sorter:
    """Takes a document's blocks one by one, each to the part it belongs to."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.title, self.front = Part("title"), Part("front")
        self.main: list[Part] = []
        self.back: list[Part] = []
        self.references: list[Part] = []
        self.floats: dict[str, Part] = {}
        self.current: Part | None = None
        self.telling = _telling_panels(layout.blocks)
        self.any_abstract = any(b.role == "heading" and b.heading == "abstract" for b in layout.blocks)

    def lifted(self, kind: str) -> Part:
        """The part of what is lifted out of the running text, of this kind."""
        return self.floats.setdefault(kind, Part("caption" if kind == "figure" else kind))

    def take(self, i: int) -> None:
        """Put the document's block `i` where it belongs."""
        b = self.layout.blocks[i]
        if (part := self._apart(b)) is not None:
            part.blocks.append(b)
        elif b.role == "heading":
            self._heading(i)
        elif b.role in ("aside", "body"):
            self._text(i)
        else:
            self._go_on(b)

    def _apart(self, b: Block) -> Part | None:
        """The part of a block that is no running text, by its role alone."""
        if b.role == "title":
            return self.title
        if b.role == "front":
            return self.front
        if b.role == "panel":
            on_first = b.page == self.layout.blocks[0].page
            return self.front if on_first and id(b) not in self.telling else self.lifted("footnote")
        return self.lifted(b.role) if b.role in _FLOATS else None

    def _open(self, part: Part) -> Part:
        self.current = part
        {"back": self.back, "references": self.references}.get(part.name, self.main).append(part)
        return part

    def _heading(self, i: int) -> None:
        """A heading that names a section opens it; any other stands within the section before it."""
        b = self.layout.blocks[i]
        case = case_label(b.text)
        name = b.heading or ("case" if case else "")
        if self.current is not None:
            if self.current.name == "abstract" and name in _OF_A_PAPER and not self._leaves_abstract(i + 1):
                name = "" if _inside_abstract(self.layout, i) else name
            if not name:
                self.current.blocks.append(b)
                return
        self._open(Part(name or "body", b, case))

    def _text(self, i: int) -> None:
        """A paragraph opens a section by a run-in heading or as an abstract without one; else it goes on with the last."""
        b = self.layout.blocks[i]
        if self.current is None and not self.any_abstract and _is_abstract(self.layout, i):
            self._open(Part("abstract", blocks=[b]))
        elif (run_in := _run_in_heading(b)) and _may_open(self.current, canonical(run_in), b):
            self._open(Part(canonical(run_in), None, case_label(run_in), run_in, [b]))
        elif b.role == "aside" and self.current is None:
            self.front.blocks.append(b)
        elif self._leaves_abstract(i):
            self._open(Part("body", blocks=[b]))
        elif (
            b.role == "aside"
            and self.current is not None
            and self.current.name not in ("abstract", "back", "references", "keywords")
            and _interrupts(self.layout, i)
        ):
            self.lifted("footnote").blocks.append(b)
        else:
            self._go_on(b)

    def _leaves_abstract(self, i: int) -> bool:
        """Whether the document's block `i` (or the first after it that is no heading) is the paper's running text after an
        abstract in other print."""
        if self.current is None or self.current.name != "abstract":
            return False
        style = self.layout.style
        prose = [x for x in self.current.blocks if x.role != "heading" and len(x.text.split()) >= _PROSE]
        after = next((x for x in self.layout.blocks[i:] if x.role != "heading"), None)
        if not prose or after is None or after.role != "body" or not style.fits(after):
            return False
        return not any(style.fits(x) for x in prose) and len(after.text.split()) >= _PROSE

    def _go_on(self, b: Block) -> None:
        """Running text after references, or references after running text, begin a part without a heading."""
        name = "references" if b.role == "reference" else "body"
        current = self.current
        if current is None or (name == "references") != (current.name == "references"):
            current = self._open(Part(name))
        current.blocks.append(b)


def _run_in_heading(block: Block) -> str:
    """The words in bold (or in another font than the block's last) that a paragraph begins with, when they read like a
    section's heading, else ""."""
    first = block.lines[0]
    if first.bold > 0.95 and len(block.lines) == 1:
        return ""
    words, usual = first.words, block.lines[-1].words[-1].font
    led = list(itertools.takewhile(lambda w: is_bold(w.font) or w.font != usual, words[:10]))
    if not 0 < len(led) < len(words):
        return ""
    text = plain(led).strip()
    return text if len(text) < 60 and canonical(text) else ""


def _telling_panels(blocks: Sequence[Block]) -> set[int]:
    """The blocks (their ids) of boxes beside the text that hold sentences of the paper ("Key points", a recipe), not a
    licence or dates."""
    telling: set[int] = set()
    panels = (b for b in blocks if b.role == "panel")
    for _, group in itertools.groupby(panels, key=lambda b: (b.page, b.lines[0].column)):
        panel = list(group)
        text = " ".join(b.text for b in panel)
        words = text.split()
        is_prose = len(words) >= 8 and sum(w[0].islower() for w in words) >= 0.5 * len(words)
        if is_prose and ends_sentence(text) and not _LICENCE.search(text):
            telling.update(id(b) for b in panel)
    return telling


def _attach_tables(layout: Layout, part: Part) -> None:
    """Hang every ruled table on the nearest caption above (or below) it on its page."""
    captions = [b for b in part.blocks if b.role == "table" and caption_label(b.lines[0])]
    for table in layout.tables:
        near = [
            (min(abs(table.top - b.lines[-1].bottom), abs(b.lines[0].top - table.bottom)), k)
            for k, b in enumerate(captions)
            if b.page == table.page and b.lines[0].x0 < table.x1 and b.lines[0].x1 > table.x0
        ]
        distance, k = min(near, default=(1e9, -1))
        key = id(captions[k].lines[0]) if distance < 70 else 0
        part.tables.setdefault(key, []).append(table)


def _is_abstract(layout: Layout, i: int) -> bool:
    """Whether a paragraph on page one without a heading is the abstract: prose before the first heading."""
    b = layout.blocks[i]
    words = b.text.split()
    if b.page != layout.blocks[0].page or len(words) < 30 or _LICENCE.search(b.text[:120]):
        return False
    after = [x for x in layout.blocks[i + 1 : i + 8] if x.page == b.page]
    return any(
        x.role == "heading" and x.heading in ("introduction", "case", "methods", "body", "keywords") for x in after
    )


def _may_open(current: Part | None, name: str, b: Block) -> bool:
    """Whether a run-in heading opens a section: not the parts of a structured abstract, not small words in passing."""
    if current is None:
        return name in ("abstract", "keywords", "introduction", "case")
    if current.name == "abstract":
        return name in ("keywords", "back") or (
            name in ("introduction", "case")
            and b.role == "body"
            and current.blocks[:1] != []
            and current.blocks[0].role != "body"
        )
    if current.name == "references":
        return False
    return name not in ("abstract", "front")


def _inside_abstract(layout: Layout, i: int) -> bool:
    """A structured abstract's own headings: small, and the abstract's real successor comes later on the page."""
    b = layout.blocks[i]
    later = [x for x in layout.blocks[i + 1 :] if x.role == "heading" and x.heading == b.heading]
    return bool(later) and b.page == layout.blocks[0].page


def _interrupts(layout: Layout, i: int) -> bool:
    """Whether small print stands in the middle of a sentence of the running text."""
    before = next((b for b in reversed(layout.blocks[:i]) if b.role == "body"), None)
    after = next((b for b in layout.blocks[i + 1 :] if b.role in ("body", "heading")), None)
    if before is None or after is None or after.role != "body":
        return False
    return not ends_sentence(before.lines[-1].text) or after.text[:1].islower()
