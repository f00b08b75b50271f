"""Lines become blocks with a role: heading, running text, caption, table, footnote, front matter, reference.

regions -> lines -> **blocks** -> flow. A block is a stretch of lines of one region with one style and an even
pitch. Roles come from style against the body's style, wording and place; nothing is specific to a publisher.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from extract.reading.headings import canonical, case_label, strip_number
from extract.reading.lines import Line, family, is_bold, plain

CAPTION = re.compile(
    r"(?P<label>(?:suppl\w*\s+|extended\s+data\s+)?(?P<kind>fig(?:ure|s|\.)?|table|tab\.|scheme|chart|box|plate|image|panel|video|graph|algorithm)"
    r"(?:\s*[A-Z]?\d{1,3}[a-z]?|\s+(?-i:[IVX]{1,5}|[A-Z]))\b)(?P<rest>\s*[.:|–—-]|\s+|$)",
    re.IGNORECASE,
)


@dataclass(slots=True, eq=False)
class Block:
    """Lines of one region, one style. `role`: title, front, heading, body, caption, table, footnote, aside,
    figure (words in a figure), panel (print set beside the text), reference."""

    lines: list[Line]
    role: str = "body"
    heading: str = ""
    """Canonical section a heading opens, empty for other blocks and for headings of subsections."""

    @property
    def page(self) -> int:
        """Page of the first line."""
        return self.lines[0].page

    @property
    def size(self) -> float:
        """Size of most characters."""
        votes: Counter[float] = Counter()
        for line in self.lines:
            votes[round(line.size, 1)] += line.characters
        return votes.most_common(1)[0][0]

    @property
    def family(self) -> str:
        """Font family of most characters."""
        votes: Counter[str] = Counter()
        for line in self.lines:
            votes[family(line.font)] += line.characters
        return votes.most_common(1)[0][0]

    @property
    def text(self) -> str:
        """Lines joined by spaces, for rules."""
        return " ".join(line.text for line in self.lines)

    @property
    def characters(self) -> int:
        """Number of glyphs."""
        return sum(line.characters for line in self.lines)


@dataclass(frozen=True, slots=True)
class Style:
    """The running text's font family, size in points and usual distance of baselines."""

    family: str
    size: float
    pitch: float

    def fits(self, block: Block) -> bool:
        """Whether a block is printed in this style."""
        return block.family == self.family and abs(block.size - self.size) <= 0.04 * self.size


def body_style(lines: Sequence[Line]) -> Style:
    """The style of most characters that stand in lines of a paragraph (a line above or below in the same style)."""
    votes: Counter[tuple[str, float]] = Counter()
    ends = [i for i, line in enumerate(lines) if len(line.text) < 30 and canonical(line.text) == "references"]
    if ends and ends[-1] > 0.25 * len(lines):  # a long reference list would outvote a short report
        lines = lines[: ends[-1]]
    for before, line in itertools.pairwise(lines):
        if before.column == line.column and abs(before.size - line.size) < 0.2 and len(line.words) > 3:
            votes[family(line.font), round(line.size, 1)] += line.characters
    if not votes:
        for line in lines:
            votes[family(line.font), round(line.size, 1)] += line.characters
    if not votes:
        return Style("", 10.0, 12.0)
    merged: Counter[tuple[str, float]] = Counter()
    for (fam, size), n in votes.items():  # sizes that differ by rounding are one
        near = max((k for k in votes if k[0] == fam and abs(k[1] - size) <= 0.15), key=lambda k: votes[k])
        merged[near] += n
    (fam, size), _ = merged.most_common(1)[0]
    pitches = [
        b.base - a.base
        for a, b in itertools.pairwise(lines)
        if a.column == b.column and abs(b.size - size) < 0.2 and 0.8 * size < b.base - a.base < 2.6 * size
    ]
    return Style(fam, size, statistics.median(pitches) if pitches else 1.2 * size)


def make_blocks(lines: Sequence[Line], style: Style) -> list[Block]:
    """Lines in reading order, split into blocks."""
    blocks: list[Block] = []
    for line in lines:
        if blocks and _same_block(blocks[-1], line):
            blocks[-1].lines.append(line)
        else:
            blocks.append(Block([line]))
    return blocks


def _same_block(block: Block, line: Line) -> bool:
    last = block.lines[-1]
    if last.column != line.column or last.page != line.page or last.apart != line.apart:
        return False
    size = min(last.size, line.size)
    if abs(last.size - line.size) > 0.05 * size:
        return False
    pitch = line.base - last.base
    if len(block.lines) > 1:
        usual = statistics.median(b.base - a.base for a, b in zip(block.lines, block.lines[1:], strict=False))
        limit = max(1.38 * usual, usual + 0.35 * size)
    else:
        limit = 1.75 * size
    if pitch > limit or pitch < -0.3 * size:
        return False
    if (last.bold > 0.9) != (line.bold > 0.9) and (
        (last.bold > 0.9 and line.bold < 0.6) or (line.bold > 0.9 and last.bold < 0.6)
    ):
        return False
    if family(last.font) != family(line.font) and min(last.characters, line.characters) > 3:
        # a line mostly in another font may be a phrase in italics; a short one without a stop is a heading
        full = last.x1 - last.x0 > 0.8 * (last.right - last.left) and pitch < 1.3 * size
        if not full or (line.text[:1].isupper() and _short_heading(line)):
            return False
    if (
        _italics(last) and last.x1 - last.x0 < 0.75 * (last.right - last.left) and not _italic(line.words[0].font)
    ) and (last.text[-1:] not in ".,;" and line.text[:1].isupper()):
        return False  # a heading in italics over its paragraph
    if _italics(line) and _short_heading(line) and line.text[:1].isupper() and _STOP.search(last.text):
        return False
    if is_bold(line.words[0].font) and not is_bold(last.words[0].font) and _opens(line) == "keywords":
        return False
    return not caption_label(line, strict=True)


def _opens(line: Line) -> str:
    """The section that the bold words at a line's beginning name, or ""."""
    bold = list(itertools.takewhile(lambda w: is_bold(w.font), line.words[:10]))
    return canonical(plain(bold)) if bold else ""


def _italics(line: Line) -> bool:
    return all(_italic(w.font) for w in line.words) and any(c.isalpha() for c in line.text)


def _short_heading(line: Line) -> bool:
    return line.x1 - line.x0 < 0.75 * (line.right - line.left) and line.text[-1:] not in ".,;"


def caption_label(line: Line, *, strict: bool = False) -> str:
    """ "figure" or "table" when the line begins a caption, else "". `strict`: only when its print sets the label off."""
    text = line.text
    match = CAPTION.match(text)
    if not match:
        return ""
    kind = "table" if match["kind"].lower().startswith("tab") else "figure"
    rest = match["rest"].strip()
    after = text[match.end() :].lstrip()
    length = len(match["label"].replace(" ", ""))
    glyphs = [g for w in line.words for g in w.glyphs]
    label_font = {g.font for g in glyphs[:length]}
    body = glyphs[length + 1 :]
    set_off = bool(body) and not (label_font & {g.font for g in body[:12]})
    if match["kind"].isupper() and len(match["kind"]) > 2 and not (after[:1].islower()):
        set_off = True
    if rest or set_off or not after:
        return kind
    return "" if strict or after[:1].islower() or after[:1] in "(,;)" else kind


def assign_roles(blocks: list[Block], style: Style) -> None:
    """Give every block its role, in place."""
    in_references = False
    for i, block in enumerate(blocks):
        first = block.lines[0]
        if first.apart:
            kind = caption_label(first, strict=True)
            sideways = first.words[0].glyphs[0].real is not None
            label = (sideways and len(block.text.split()) < 8) or not any(c.isalpha() for c in block.text)  # of an axis
            block.role = "table" if kind == "table" else "caption" if kind else "figure" if label else "panel"
            continue
        if in_references and not _leaves_references(block, style):
            block.role = "reference"
            continue
        in_references = False
        kind = caption_label(first, strict=style.fits(block) and first.bold < 0.5)
        if kind:
            block.role = "table" if kind == "table" else "caption"
            continue
        if _is_heading(blocks, i, style):
            if _interrupted(blocks, i, style):
                block.role = "figure"
                continue
            block.role = "heading"
            block.heading = canonical(block.text)
            in_references = block.heading == "references"
            continue
        if not style.fits(block) and _is_reference_list(block):
            block.role, in_references = "reference", True
            continue
        block.role = "body" if style.fits(block) else "aside"
    _title_and_front(blocks, style)
    _asides(blocks, style)


def _interrupted(blocks: list[Block], i: int, style: Style) -> bool:
    """Whether the running text before ends within a sentence and goes on after: then this is no heading but a figure's
    or a table's words."""
    before = next((b for b in reversed(blocks[:i]) if b.role in ("body", "heading", "reference")), None)
    if before is None or before.role != "body" or _STOP.search(before.lines[-1].text):
        return False
    after = next(
        (b for b in blocks[i + 1 :] if style.fits(b) and b.lines[0].bold < 0.5 and len(b.text.split()) > 3), None
    )
    return after is not None and after.text.lstrip()[:1].islower()


_STOP = re.compile(r"[.!?:;][\"'”’)\]\d,–]*$")


def _leaves_references(block: Block, style: Style) -> bool:
    """A known heading of another section, or a caption, ends the reference list."""
    if caption_label(block.lines[0], strict=True):
        return True
    if len(block.lines) > 2:
        return False
    name = canonical(block.text)
    first = block.lines[0]
    strong = first.bold > 0.9 or block.size > 1.05 * style.size or block.text.isupper()
    return bool(name) and name != "references" and strong


def _is_heading(blocks: list[Block], i: int, style: Style) -> bool:
    block = blocks[i]
    first = block.lines[0]
    text = block.text.strip()
    if len(block.lines) > 4 or not 2 < len(text) < 220 or not any(c.isalpha() for c in text):
        return False
    words = text.split()
    known = canonical(text)
    if known and len(words) <= 8 and not text.endswith("."):
        return True
    if len(block.lines) > 3 or (text[-1] in ".,;" and strip_number(text) == text):
        return False
    if text[0].islower() or len(words) > 22:
        return False
    bold = statistics.mean(line.bold for line in block.lines) > 0.9
    larger = block.size > 1.06 * style.size
    upper = text.isupper() and sum(c.isalpha() for c in text) > 4
    italic = all(_italic(line.font) for line in block.lines)
    numbered = strip_number(text) != text
    near = 0.94 * style.size <= block.size
    if case_label(text) and len(words) <= 6 and (bold or larger or upper or italic or numbered):
        return True
    if near and (bold or larger or upper) and (i + 1 < len(blocks)):
        return True
    if len(block.lines) > 2 or len(words) > 14 or i + 1 >= len(blocks):
        return False
    after = blocks[i + 1].lines[0]
    if bold and block.size >= 0.85 * style.size and style.fits(blocks[i + 1]) and _stands_over(block, after, style):
        return True
    if not near and not (block.size >= 0.9 * style.size and len(words) <= 8 and _stands_over(block, after, style)):
        return False
    leads = after.column == first.column and after.base - block.lines[-1].base < 2.6 * style.pitch
    if numbered and (italic or block.family != style.family) and (leads or blocks[i + 1].page != block.page):
        return True
    return leads and len(words) <= 10 and (italic or block.family != style.family) and not _LOOSE.search(text)


def _stands_over(block: Block, after: Line, style: Style) -> bool:
    """Whether a block begins where its column does, with the running text close under it."""
    first, last = block.lines[0], block.lines[-1]
    return (
        after.column == first.column
        and 0 < after.base - last.base < 1.8 * style.pitch
        and first.x0 - first.left < 0.5 * style.size
    )


_LOOSE = re.compile(r"[@©]|https?:|\d{4}|\bet al\b", re.IGNORECASE)


def _italic(font: str) -> bool:
    name = font.lower()
    return "ital" in name or "obliq" in name or name.endswith(("-it", "-i"))


def _title_and_front(blocks: list[Block], style: Style) -> None:
    """The largest print of page one is the title; what stands before the abstract or the first body is front matter."""
    first_page = blocks[0].page if blocks else 1
    page_one = [b for b in blocks if b.page == first_page]
    candidates = [
        b for b in page_one
        if b.role in ("heading", "aside", "body") and not canonical(b.text) and b.size > 1.12 * style.size
        and len(b.text.split()) >= 3
    ]  # fmt: skip
    prose = min((b.lines[0].top for b in page_one if b.role == "body" and len(b.text.split()) > 25), default=1e9)
    candidates = [b for b in candidates if b.lines[0].top < prose]
    title = max(candidates, key=lambda b: (round(b.size), min(len(b.text), 60)), default=None)
    if title is None:
        return
    title.role = "title"
    for b in page_one:  # a title may be set in several blocks
        if (
            abs(b.size - title.size) < 0.3
            and b.family == title.family
            and b.role in ("heading", "aside", "body")
            and not b.heading
        ):
            b.role = "title"
    at = max(blocks.index(b) for b in page_one if b.role == "title")
    for b in blocks[:at]:
        if b.page == first_page and (b.role in ("aside", "body") or (b.role == "heading" and b.heading != "abstract")):
            b.role, b.heading = "front", ""
    for b in blocks[at + 1 :]:
        if b.page != first_page:
            break
        if b.role == "title":
            continue
        if b.heading or _is_prose(b):
            break
        if b.role in ("heading", "aside", "body"):
            b.role = "front"


_FRONT_MATTER = re.compile(
    r"copyright|creative commons|open access|©|received|accepted|correspond|editor|e-?mail|@|how to cite|citation:|published",
    re.IGNORECASE,
)


def _is_prose(block: Block) -> bool:
    """Whether a block reads as sentences (an abstract, an introduction), not as names, addresses or a licence."""
    words = block.text.split()
    if len(words) < 30 or _FRONT_MATTER.search(block.text[:160]):
        return False
    return sum(w[0].islower() for w in words) >= 0.55 * len(words)


def run_in_heading(block: Block) -> str:
    """The bold (or small-capital) words a paragraph begins with, when they read like a section's heading, else ""."""
    first = block.lines[0]
    if first.bold > 0.95 and len(block.lines) == 1:
        return ""
    words = first.words
    n = 0
    while (
        n < len(words)
        and n < 10
        and (is_bold(words[n].font) or (not is_bold(words[n].font) and words[n].font != block.lines[-1].words[-1].font))
    ):
        n += 1
    if not 0 < n < len(words):
        return ""
    text = plain(words[:n]).strip()
    return text if canonical(text) and len(text) < 60 else ""


_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBERED = re.compile(r"^\s*(?:\[\d{1,3}\]|\d{1,3}[.)]?\s)\s*[^\W\d]")


def _is_reference_list(block: Block) -> bool:
    """Whether a block without a heading is a list of references: numbered entries with years."""
    entries = [line for line in block.lines if _NUMBERED.match(line.text)]
    return len(entries) >= 3 and sum(bool(_YEAR.search(line.text)) for line in block.lines) >= 0.6 * len(entries)


def _asides(blocks: list[Block], style: Style) -> None:
    """Small print: part of a table after its caption, else a footnote, figure words or front matter."""
    first_page = blocks[0].page if blocks else 1
    table: Block | None = None
    for i, b in enumerate(blocks):
        if b.role == "table":
            table = b
            continue
        if b.role == "aside" and table is not None and b.page == table.page and b.size <= style.size * 1.02:
            if b.lines[0].base > table.lines[0].base:
                b.role = "table"
                continue
            table = None  # over the caption: it stands in the next column of text
        if b.role in ("body", "heading", "reference", "caption"):
            table = None
        if b.role != "aside":
            continue
        words = b.text.split()
        if len(words) >= 20 or _opens(b.lines[0]) == "keywords" or _within_text(blocks, i, style):
            continue
        before = blocks[i - 1] if i else None
        if b.page == first_page and before is not None and before.role == "front":
            b.role = "front"
        elif b.size < 0.97 * style.size:
            b.role = "footnote" if len(words) >= 6 else "figure"


def _within_text(blocks: list[Block], i: int, style: Style) -> bool:
    """Whether small print stands close between two paragraphs of its column, as a list or a quotation does."""
    if not 0 < i < len(blocks) - 1:
        return False
    before, b, after = blocks[i - 1 : i + 2]
    return (
        before.role == after.role == "body"
        and before.lines[-1].column == b.lines[0].column == after.lines[0].column
        and b.lines[0].base - before.lines[-1].base < 2.5 * style.pitch
        and after.lines[0].base - b.lines[-1].base < 2.5 * style.pitch
        and bool(_STOP.search(before.lines[-1].text))
    )
