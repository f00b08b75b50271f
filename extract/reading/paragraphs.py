"""Where paragraphs begin: within a block by indents and short lines, between blocks by what ends a sentence.

parts -> **paragraphs** -> SourceText. A paragraph goes on over a column's or page's end, and over a figure between.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extract.reading.blocks import Block, Style
from extract.reading.lines import Line
from extract.reading.sections import Part
from extract.reading.text import HYPHENS, ends_sentence

_CONTACT = re.compile(r"(?:\*\s*)?(?:correspond|address for|e-?mail|received|accepted)", re.IGNORECASE)
_ENTRY = re.compile(r"^\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}\s*[.)]|\d{1,3}\s)\s*\S")
_BULLET = re.compile(r"^\s*(?:[•▪■●◦‣∙]|\ufffd\s+[^\W\d_]{3}|(?:\d{1,2}|[a-h])[.)]\s|\([a-z\d]{1,2}\)\s|[–—]\s)")


def paragraphs(part: Part, style: Style) -> Iterator[list[Line]]:
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
