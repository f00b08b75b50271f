"""Blocks become the SourceText: sections with their paragraphs and tables, citation marks, metadata.

layout -> parts -> paragraphs -> **SourceText**.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.document import Citation, PageWarning, Section, SourceText
from extract.reading.glyphs import RawDocument
from extract.reading.layout import Layout
from extract.reading.lines import Line
from extract.reading.metadata import find_metadata
from extract.reading.paragraphs import paragraphs
from extract.reading.sections import Part, parts
from extract.reading.tables import Cell, Table
from extract.reading.text import Builder, Vocabulary

_BRACKETS = re.compile(r"\[\d{1,3}(?:\s*[,–—-]\s*\d{1,3})*\]")


_RAISED = re.compile(r"[\d,–-]+")


def to_source(raw: RawDocument, layout: Layout, warnings: Sequence[PageWarning] = ()) -> SourceText:
    """Write the text of a laid-out document."""
    every = [line for b in layout.blocks for line in b.lines]
    builder = Builder(Vocabulary(every), superscripts_cite=_superscripts_cite(every))
    sections: list[Section] = []
    for part in parts(layout):
        if builder.chars:
            builder.gap("\n\n")
        start = len(builder)
        heading = _write_part(builder, part, layout)
        if len(builder) > start:
            sections.append(Section(part.name, start, len(builder), heading, part.case))
    text = "".join(builder.chars)
    citations = builder.citations + [Citation(m.start(), m.group(), lifted=False) for m in _BRACKETS.finditer(text)]
    citations.sort(key=lambda c: c.offset)
    return SourceText(
        text, "pdf", tuple(sections), builder.boxes(), tuple(layout.furniture), tuple(citations), tuple(warnings),
        pages=raw.total, ocr_pages=sum(p.ocr for p in raw.pages), meta=dict(raw.meta), **find_metadata(raw, layout, text),
    )  # fmt: skip


def _superscripts_cite(lines: Sequence[Line]) -> bool:
    """Whether a document's raised numbers are citation marks: not where it cites in square brackets."""
    marks = sum(len(_BRACKETS.findall(line.text)) for line in lines if "[" in line.text)
    if marks < 4:
        return True
    raised = (w for line in lines for w in line.words[1:] if w.raised == 1)
    return sum(bool(_RAISED.fullmatch(w.text)) for w in raised) > 2 * marks


def _write_part(builder: Builder, part: Part, layout: Layout) -> str:
    """Write a section; returns its heading as written."""
    start = len(builder)
    heading = part.run_in
    if part.heading is not None:
        builder.paragraph(part.heading.lines)
        heading = "".join(builder.chars[start:]) or heading
    for lines in paragraphs(part, layout.style):
        if len(builder) > start:
            builder.gap("\n\n")
        builder.paragraph(lines, front=part.name in ("front", "title"))
        for table in part.tables.get(id(lines[0]), ()):
            _write_table(builder, table)
    written = {id(b.lines[0]) for b in part.blocks}
    for table in [t for key, tables in part.tables.items() if key not in written for t in tables]:
        _write_table(builder, table)
    builder.trim(" \n")
    return heading


def _write_table(builder: Builder, table: Table) -> None:
    """A table's header as a line, then "Header: cell; Header: cell" for every row. The repeated header words, and the name of
    a group that stands in the first of its rows only, are inserted: they have no box, their print stands elsewhere."""
    if table.patients_are_columns:
        _write_patients(builder, table)
        return
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


def _write_patients(builder: Builder, table: Table) -> None:
    """A table whose columns are patients, a line for each: "Case 1; Age: 34; Drug: urea". The words of the first column are printed once and
    stand with the first patient; for the others they are inserted."""
    heads = {cell.column: cell for cell in table.header}
    columns = sorted({cell.column for row in [table.header, *table.rows] for cell in row} - {0})
    for k, column in enumerate(columns):
        if builder.chars:
            builder.gap("\n\n")
        if 0 in heads and not k:
            _write_cell(builder, table, heads[0], after=": ")
        if column in heads:
            _write_cell(builder, table, heads[column])
        else:
            builder.gap(table.names.get(column, ""))
        for row in table.rows:
            name, cell = row[0], next((c for c in row if c.column == column), None)
            if cell is None and k:
                continue
            if name.column == 0 and not k:
                _write_cell(builder, table, name, before="; ")
            elif name.column == 0:
                builder.gap(f"; {name.text}")
            if cell is not None:
                _write_cell(builder, table, cell, before=": " if name.column == 0 else "; ")


def _write_cell(builder: Builder, table: Table, cell: Cell, *, before: str = "", after: str = "") -> None:
    """The words of a cell as they are printed, and what is put between them and other cells."""
    if before:
        builder.gap(before)
    builder.paragraph([Line(words, table.page) for words in cell.lines])
    if after:
        builder.gap(after)
