"""Blocks become the SourceText: paragraphs, what is lifted out, sections.

layout -> **SourceText**. Running text goes on across columns, pages and figures; captions, tables and footnotes
stand after it; back matter and references come last.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from extract.reading.blocks import Block, Style, caption_label, run_in_heading
from extract.reading.glyphs import RawDocument
from extract.reading.headings import canonical, case_label
from extract.reading.layout import Layout
from extract.reading.lines import Line
from extract.reading.metadata import find_metadata
from extract.reading.source import Citation, PageWarning, Section, SourceText
from extract.reading.tables import Table
from extract.reading.text import HYPHENS, Builder, Vocabulary, ends_sentence

_LICENCE = re.compile(
    r"copyright|creative commons|open access article|©|received|accepted|correspond|academic editor|e-?mail|@|department of"
    r"|how to cite|citation:|published|doi",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"(?:\*\s*)?(?:correspond|address for|e-?mail|received|accepted)", re.IGNORECASE)
_BRACKETS = re.compile(r"\[\d{1,3}(?:\s*[,–—-]\s*\d{1,3})*\]")
_ENTRY = re.compile(r"^\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}\s*[.)]|\d{1,3}\s)\s*\S")
_BULLET = re.compile(r"^\s*(?:[•▪■●◦‣∙]|\ufffd\s+[^\W\d_]{3}|\d{1,2}[.)]\s|\([a-z\d]{1,2}\)\s|[–—]\s)")


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


def to_source(raw: RawDocument, layout: Layout, warnings: Sequence[PageWarning] = ()) -> SourceText:
    """Write the text of a laid-out document."""
    parts = _parts(layout)
    every = [line for b in layout.blocks for line in b.lines]
    marks = sum(len(_BRACKETS.findall(line.text)) for line in every)
    raised = sum(
        1
        for line in every
        for w in line.words
        if w.raised == 1 and re.fullmatch(r"[\d,–-]+", w.text) and w is not line.words[0]
    )
    builder = Builder(Vocabulary(every), superscripts_cite=marks < 4 or raised > 2 * marks)
    sections: list[Section] = []
    for part in parts:
        if builder.chars:
            builder.gap("\n\n")
        start = len(builder)
        heading = ""
        if part.heading is not None:
            builder.paragraph(part.heading.lines)
            heading = "".join(builder.chars[start:])
        for lines in _paragraphs(part, layout.style):
            if len(builder) > start:
                builder.gap("\n\n")
            builder.paragraph(lines, front=part.name in ("front", "title"))
            for table in part.tables.pop(id(lines[0]), ()):
                _write_table(builder, table)
        for table in [t for tables in part.tables.values() for t in tables]:
            _write_table(builder, table)
        builder.trim(" \n")
        if len(builder) > start:
            sections.append(Section(part.name, start, len(builder), heading or part.run_in, part.case))
    text = "".join(builder.chars)
    citations = builder.citations + [Citation(m.start(), m.group(), lifted=False) for m in _BRACKETS.finditer(text)]
    citations.sort(key=lambda c: c.offset)
    found = find_metadata(raw, layout, text)
    return SourceText(
        text, "pdf", tuple(sections), builder.boxes(), tuple(layout.furniture), tuple(citations), tuple(warnings),
        pages=raw.total, ocr_pages=sum(p.ocr for p in raw.pages), meta=dict(raw.meta), **found,
    )  # fmt: skip


def _parts(layout: Layout) -> list[Part]:
    """Blocks by section, in the order of the text."""
    title = Part("title")
    front = Part("front")
    main: list[Part] = []
    back: list[Part] = []
    references: list[Part] = []
    lifted: dict[str, Part] = {}
    current: Part | None = None
    telling = _telling_panels(layout.blocks)
    any_abstract = any(b.role == "heading" and b.heading == "abstract" for b in layout.blocks)
    for i, b in enumerate(layout.blocks):
        if b.role == "title":
            title.blocks.append(b)
        elif b.role == "front":
            front.blocks.append(b)
        elif b.role in ("caption", "figure"):
            lifted.setdefault(b.role, Part("caption")).blocks.append(b)
        elif b.role == "table":
            lifted.setdefault("table", Part("table")).blocks.append(b)
        elif b.role == "panel" and b.page == layout.blocks[0].page and id(b) not in telling:
            front.blocks.append(b)
        elif b.role in ("footnote", "panel"):
            lifted.setdefault("footnote", Part("footnote")).blocks.append(b)
        elif b.role == "heading":
            name, case = b.heading, case_label(b.text)
            if not name and case:
                name = "case"
            if (
                current is not None
                and current.name == "abstract"
                and name in ("introduction", "case", "methods", "results", "discussion", "conclusion")
                and _inside_abstract(layout, i)
            ):
                name = ""
            if not name and current is not None:
                current.blocks.append(b)
                continue
            current = Part(name or "body", b, case)
            {"back": back, "references": references}.get(current.name, main).append(current)
        elif (
            b.role in ("aside", "body")
            and current is None
            and not any_abstract
            and b.page == layout.blocks[0].page
            and _is_abstract(layout, i)
        ):
            current = Part("abstract")
            current.blocks.append(b)
            main.append(current)
        elif (
            b.role in ("aside", "body")
            and (run_in := run_in_heading(b))
            and _may_open(current, canonical(run_in), layout, i)
        ):
            name = canonical(run_in)
            current = Part(name, None, case_label(run_in), run_in)
            current.blocks.append(b)
            {"back": back, "references": references}.get(name, main).append(current)
        elif b.role == "aside" and current is None:
            front.blocks.append(b)
        elif (
            b.role == "aside"
            and current is not None
            and current.name not in ("abstract", "back", "references", "keywords")
            and _interrupts(layout, i)
        ):
            lifted.setdefault("footnote", Part("footnote")).blocks.append(b)
        else:
            if current is None or (b.role == "reference" and current.name != "references"):
                current = Part("references" if b.role == "reference" else "body")
                (references if b.role == "reference" else main).append(current)
            elif current.name in ("references",) and b.role != "reference":
                current = Part("body")
                main.append(current)
            current.blocks.append(b)
    _attach_tables(layout, lifted)
    floats = [lifted[k] for k in ("caption", "table", "footnote", "figure") if k in lifted]
    ordered = [title, front, *main, *floats, *back, *references]
    return [p for p in ordered if p.blocks or p.heading or p.tables]


def _write_table(builder: Builder, table: Table) -> None:
    """A table's header as a line, then "Header: cell; Header: cell" for every row. The repeated header words, and the name of
    a group that stands in the first of its rows only, are inserted: they have no box, their print stands elsewhere."""
    names = table.names or {cell.column: cell.text for cell in table.header}
    group, cells = "", 0
    for k, row in enumerate([table.header, *table.rows]):
        if not row:
            continue
        if builder.chars:
            builder.gap("\n\n")
        if k and row[0].column == 0:
            text = row[0].text
            group = text if len(row) > 2 and len(text) <= 60 and text[-1:] != "," else ""
            cells = len(row)
        elif k and group and len(row) >= cells - 1:  # with fewer cells it is a further line of the row over it
            builder.gap(f"{names[0]}: {group}; " if names.get(0) else f"{group}; ")
        for i, cell in enumerate(row):
            if i:
                builder.gap("; ")
            name = names.get(cell.column, "")
            if k and len(row) > 1 and name and len(name) <= 60:
                builder.gap(f"{name}: ")
            builder.paragraph([Line(words, table.page) for words in cell.lines])


def _telling_panels(blocks: Sequence[Block]) -> set[int]:
    """The blocks (their ids) of boxes beside the text that hold sentences of the paper ("Key points", a recipe), not a
    licence or dates."""
    found: set[int] = set()
    panels = (b for b in blocks if b.role == "panel")
    for _, group in itertools.groupby(panels, key=lambda b: (b.page, b.lines[0].column)):
        panel = list(group)
        text = " ".join(b.text for b in panel)
        words = text.split()
        told = len(words) >= 8 and sum(w[0].islower() for w in words) >= 0.5 * len(words)
        if told and ends_sentence(text) and not _LICENCE.search(text):
            found.update(id(b) for b in panel)
    return found


def _attach_tables(layout: Layout, lifted: dict[str, Part]) -> None:
    """Hang every ruled table on the nearest caption above (or below) it on its page."""
    if not layout.tables:
        return
    part = lifted.setdefault("table", Part("table"))
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
    if len(words) < 30 or _LICENCE.search(b.text[:120]):
        return False
    after = [x for x in layout.blocks[i + 1 : i + 8] if x.page == b.page]
    return any(
        x.role == "heading" and x.heading in ("introduction", "case", "methods", "body", "keywords") for x in after
    )


def _may_open(current: Part | None, name: str, layout: Layout, i: int) -> bool:
    """Whether a run-in heading opens a section: not the parts of a structured abstract, not small words in passing."""
    if current is None:
        return name in ("abstract", "keywords", "introduction", "case")
    if current.name == "abstract":
        return name in ("keywords", "back") or (
            name in ("introduction", "case")
            and layout.blocks[i].role == "body"
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


def _paragraphs(part: Part, style: Style) -> Iterator[list[Line]]:
    """The part's lines, paragraph by paragraph."""
    indented = _uses_indent(part)
    run: list[Line] = []
    previous: Block | None = None
    for b in part.blocks:
        alone = b.role in ("heading", "title", "caption", "table", "figure")
        for k, line in enumerate(b.lines):
            if run:
                if part.name == "front":
                    new = (
                        k == 0
                        or line.words[0].raised == 1
                        or bool(_CONTACT.match(line.text))
                        or _new_line(run[-1], line, part.name)
                    )
                elif k == 0:
                    new = (
                        alone
                        or previous is None
                        or previous.role != b.role
                        or _new_block(run[-1], line, style, indented, part.name)
                    )
                elif b.role in ("heading", "title", "caption"):
                    new = False
                elif b.role == "table" and id(b.lines[0]) not in part.tables:
                    new = True
                else:
                    new = _new_line(run[-1], line, part.name)
                if new:
                    yield run
                    run = []
            run.append(line)
        previous = b
    if run:
        yield run


def _uses_indent(part: Part) -> bool:
    body = [line for b in part.blocks if b.role == "body" for line in b.lines]
    return sum(line.x0 - line.left > 0.7 * line.size for line in body) >= 2


def _room(previous: Line, line: Line) -> float:
    """How much room was left at the end of the previous line after the next line's first word, in points."""
    first = line.words[0]
    end = first.x1
    for a, b in zip(line.words, line.words[1:], strict=False):
        if b.x0 - a.x1 > 0.1 * line.size:
            break
        end = b.x1
    return previous.right - previous.x1 - (end - first.x0) - 0.3 * line.size


def _new_line(previous: Line, line: Line, section: str) -> bool:
    """Whether a line begins a paragraph within its block."""
    text = previous.text
    if section == "references" and _ENTRY.match(line.text) and line.x0 <= line.left + 0.8 * line.size:
        return True
    if _BULLET.match(line.text) and (ends_sentence(text) or _BULLET.match(text) or text.endswith(",")):
        return True
    indent = line.x0 - line.left
    if 0.7 * line.size < indent < 6 * line.size and previous.x0 - previous.left < 0.4 * line.size:
        return section != "references" and (ends_sentence(text) or _room(previous, line) > 0)
    room = _room(previous, line)
    width = max(line.right - line.left, 1.0)
    if ends_sentence(text) and room > 0.02 * width:
        return True
    return room > 0.45 * width and not line.text[:1].islower() and not text.endswith(tuple(HYPHENS))


def _new_block(previous: Line, line: Line, style: Style, indented: bool, section: str) -> bool:
    """Whether a block begins a paragraph, or goes on with the one before (in the column before, over a figure)."""
    text = previous.text
    if section == "references":
        return bool(_ENTRY.match(line.text))
    same_column = previous.column == line.column and previous.page == line.page
    if not ends_sentence(text):
        if same_column and line.base - previous.base < 4 * line.size:
            return _room(previous, line) > 0.25 * (line.right - line.left) or (
                line.text[:1].isupper() and line.base - previous.base > 1.5 * style.pitch and _room(previous, line) > 0
            )
        return bool(_BULLET.match(line.text)) and line.text[:1] in "•▪■●\ufffd"
    if same_column:
        return True
    if line.text[:1].islower():
        return False
    if line.x0 - line.left > 0.7 * line.size:
        return True
    return not indented or _room(previous, line) > 0
