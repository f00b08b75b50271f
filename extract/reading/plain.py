"""A plain text file becomes a SourceText: the text as read, offsets into that text.

Sections are guessed lightly from lines that read like headings. Soft hyphens (U+00AD) go: they only say where a word may be
divided, and nobody sees them; nothing else in the text is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from extract.document import Citation, PageWarning, Section, SourceText
from extract.errors import Code, ReadingError
from extract.reading.headings import canonical, case_label
from extract.reading.metadata import tidy_doi

_BRACKETS = re.compile(r"\[\d{1,3}(?:\s*[,;–—-]\s*\d{1,3})*\]")
_MID_LINE = re.compile(r"(?<=[.?!]) +(?P<heading>[A-Z][A-Za-z ]{3,30}):\s+(?=\S)")
_MARKUP = re.compile(r"^[\s#*_=<>/a-z0-9]*?(?=[A-Z\d])|[*_#\s:]+$")


#: the first line, where a blank one follows
_TITLE = re.compile(r"\s*(?P<line>\S[^\n]*?)[ \t\r]*\n[ \t\r]*(?:\n|$)")


def read_text(path: Path) -> SourceText:
    """Read a .txt file. A byte-order mark at its start is no part of the text.

    Raises:
        ReadingError: EMPTY_FILE, BAD_ENCODING (binary data).
    """
    data = path.read_bytes()
    text, warnings = decode(data, path)
    text = text.replace("\u00ad", "")
    if not text.strip():
        raise ReadingError(Code.EMPTY_FILE, "it holds no text", file=path, mend="check that the file was saved in full")
    sections = tuple(guess_sections(text))
    citations = tuple(Citation(m.start(), m.group(), lifted=False) for m in _BRACKETS.finditer(text))
    title = next((line.strip("#* ") for line in text.splitlines() if line.strip()), "")
    return SourceText(
        text, "text", sections, citations=citations, warnings=warnings, doi=tidy_doi(text[:3000]),
        title=title if _reads_like_a_title(title) else "",
    )  # fmt: skip


def decode(data: bytes, path: Path) -> tuple[str, tuple[PageWarning, ...]]:
    """Bytes to text: UTF-8, UTF-16 with a mark, else Windows-1252 with a warning."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(name), ()
            except UnicodeDecodeError:
                break
    if b"\0" in data[:4096]:
        raise ReadingError(Code.BAD_ENCODING, "it holds binary data, not text", file=path, mend="save it as UTF-8 text")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        note = "not UTF-8: read as Windows-1252; save it as UTF-8 if letters look wrong"
        return text, (PageWarning(0, note),)


def _more_in_line(line: str, at: int) -> Iterator[tuple[int, str, str, str]]:
    """The further headings of a structured abstract in one paragraph: "Background: ... Case: ... Results: ..."; it begins at `at`."""
    for m in _MID_LINE.finditer(line):
        heading = m["heading"]
        if name := canonical(heading):
            yield at + m.start("heading"), name, heading, case_label(heading)


def _reads_like_a_title(line: str) -> bool:
    return 3 <= len(line.split()) <= 40 and not line.endswith(".")


def _unheaded(text: str, end: int, *, headed: bool) -> list[Section]:
    """What stands before `end`, where the first heading of a text is: a title that stands alone, and `body`."""
    title = _TITLE.match(text, 0, end) if headed else None
    begin = title.end() if title and _reads_like_a_title(title["line"]) else 0
    sections = [Section("title", 0, begin)] if begin else []
    return [*sections, Section("body", begin, end)] if text[begin:end].strip() else sections


def guess_sections(text: str) -> list[Section]:
    """Sections by lines that stand alone and read like headings; text before the first is `body`, but for a title that stands alone."""
    starts: list[tuple[int, str, str, str]] = []
    at = 0
    lines = text.splitlines(keepends=True)
    for i, raw in enumerate(lines):
        line = raw.strip()
        bare = re.sub(r"[*_#]+", "", line).strip()
        alone = (i == 0 or not lines[i - 1].strip() or line.startswith("#")) or (
            i + 1 == len(lines) or not lines[i + 1].strip()
        )
        run_in = re.match(r"([A-Z][A-Za-z ]{3,30}):\s+\S", bare)
        if bare and len(bare) <= 80 and not bare.endswith((".", ",", ";")):
            name, case = canonical(bare), case_label(bare)
            if (name or case) and (alone or bare.isupper() or bare.endswith(":")):
                lead = len(raw) - len(raw.lstrip())
                starts.append((at + lead, name or "case", line, case))
        elif run_in and canonical(run_in.group(1)):
            lead = len(raw) - len(raw.lstrip())
            starts.append((at + lead, canonical(run_in.group(1)), run_in.group(1), case_label(run_in.group(1))))
            starts += _more_in_line(raw, at)
        at += len(raw)
    sections: list[Section] = []
    if not starts or starts[0][0] > 0:
        sections = _unheaded(text, starts[0][0] if starts else len(text), headed=bool(starts))
    for k, (start, name, heading, case) in enumerate(starts):
        end = starts[k + 1][0] if k + 1 < len(starts) else len(text)
        sections.append(Section(name, start, end, heading, case))
    return sections
