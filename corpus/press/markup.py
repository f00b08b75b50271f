"""Reports as they are written: a TOML header and a body in a light markup.

A file starts with a header between two lines of `+++` (id, layout, title, authors ..., see README), then:

    ## Heading          a section; the one called "Abstract" is set apart by most layouts
    ### Heading         a subsection, for instance "Case 1"
    1. Author A. ...    under "References": one entry a paragraph
    ::: table wide      a table: first line the caption, then rows in pipes, the first of them the head
    ::: figure ecg      a figure drawn by `press.figures`, the lines below are the caption
    ::: sidebar Title   a box beside the text
    :::                 the end of any of the three

Within a line: `*italic*`, `**bold**`, `^12^` a raised citation mark (not part of the wording),
`<sup>2</sup>` and `<sub>2</sub>` raised and lowered text that is part of the wording.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

INLINE = re.compile(
    r"\*\*(?P<bold>.+?)\*\*|\*(?P<italic>.+?)\*|\^(?P<cite>[^^ ]+)\^|<sup>(?P<sup>.+?)</sup>|<sub>(?P<sub>.+?)</sub>"
)


@dataclass(frozen=True)
class Run:
    """A stretch of text in one style: plain, bold, italic, cite, sup or sub."""

    text: str
    style: str = "plain"


@dataclass
class Block:
    """A heading, paragraph, reference, table, figure or sidebar."""

    kind: Literal["heading", "para", "reference", "table", "figure", "sidebar"]
    text: str = ""  # heading, paragraph or reference; caption of a table or figure; title of a sidebar
    level: int = 0
    name: str = ""  # which figure
    options: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)
    inside: list[Block] = field(default_factory=list)


@dataclass
class Report:
    """One report: header and blocks."""

    meta: dict[str, Any]
    blocks: list[Block]

    @property
    def id(self) -> str:
        return str(self.meta["id"])

    def split_abstract(self) -> tuple[list[Block], list[Block]]:
        """The paragraphs under "Abstract", and everything else."""
        inside, abstract, rest = False, [], []
        for block in self.blocks:
            if block.kind == "heading" and block.level == 1:
                inside = block.text.lower() in ("abstract", "summary")
                if inside:
                    continue
            (abstract if inside else rest).append(block)
        return abstract, rest


def runs(text: str) -> list[Run]:
    """Inline markup taken apart."""
    out, at = [], 0
    for m in INLINE.finditer(text):
        if m.start() > at:
            out.append(Run(text[at : m.start()]))
        out.append(Run(m[m.lastgroup or 0], m.lastgroup or "plain"))
        at = m.end()
    if at < len(text):
        out.append(Run(text[at:]))
    return out


def plain(text: str) -> str:
    """The wording alone: no marks, no citations."""
    return "".join(r.text for r in runs(text) if r.style != "cite")


def wording(report: Report) -> str:
    """Everything the report says, for checking that a gold wording stands in it; white space is single."""
    parts = [report.meta["title"]]
    for b in report.blocks:
        for block in [b, *b.inside]:
            parts.append(plain(block.text))
            parts += ["  ".join(plain(cell) for cell in row) for row in block.rows]
    return re.sub(r"\s+", " ", " ".join(parts))


def read(path: Path) -> Report:
    """A report file taken apart; ValueError names the line that cannot be read."""
    _, header, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    meta = tomllib.loads(header)
    meta.setdefault("id", path.stem)
    if meta["id"] != path.stem:
        raise ValueError(f"{path.name}: id {meta['id']} is not the file's name")
    blocks: list[Block] = []
    section = ""
    for piece in _pieces(body):
        if piece[0].startswith(":::"):
            blocks.append(_fenced(piece, path))
        elif m := re.match(r"(#{2,3}) (.+)", piece[0]):
            section = m[2] if len(m[1]) == 2 else section
            blocks.append(Block("heading", m[2], level=len(m[1]) - 1))
        else:
            kind: Literal["reference", "para"] = "reference" if section == "References" else "para"
            blocks.append(Block(kind, " ".join(piece)))
    return Report(meta, blocks)


def _pieces(body: str) -> list[list[str]]:
    """Paragraphs (lines between blank lines) and fenced blocks."""
    out: list[list[str]] = []
    current: list[str] = []
    fenced = False
    for line in body.splitlines():
        if line.startswith(":::"):
            if not fenced and current:
                out.append(current)
                current = []
            current.append(line)
            if fenced:
                out.append(current)
                current = []
            fenced = not fenced
        elif not fenced and not line.strip():
            if current:
                out.append(current)
            current = []
        else:
            current.append(line.strip())
    if current:
        out.append(current)
    return out


def _fenced(lines: list[str], path: Path) -> Block:
    kind, *words = lines[0].removeprefix(":::").split()
    body = lines[1:-1]
    if kind == "table":
        caption = " ".join(x for x in body if x and not x.startswith("|"))
        rows = [[c.strip() for c in x.strip("|").split("|")] for x in body if x.startswith("|")]
        if len({len(r) for r in rows}) != 1:
            raise ValueError(f"{path.name}: the rows of a table differ in length: {caption}")
        return Block("table", caption, options=tuple(words), rows=rows)
    if kind == "figure":
        return Block("figure", " ".join(body), name=words[0], options=tuple(words[1:]))
    if kind == "sidebar":
        inside = [Block("para", " ".join(p)) for p in _pieces("\n".join(body))]
        return Block("sidebar", " ".join(words), inside=inside)
    raise ValueError(f"{path.name}: no such block: {lines[0]}")
