"""Title, DOI, PMID, journal and year of a laid-out PDF, from page one and the file's own metadata."""

from __future__ import annotations

import re
from typing import Any

from extract.reading.glyphs import RawDocument
from extract.reading.layout import Layout

DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|\\{}^\[\]`]+", re.IGNORECASE)
_PMID = re.compile(r"\bPMID:?\s*(\d{5,9})\b")
_YEAR = re.compile(r"\b(19[6-9]\d|20[0-4]\d)\b")


_JOURNAL = re.compile(
    r"(?:(?:The |International |American |British |European |Indian |World )?Journal of [A-Z][\w& ]{3,60}"
    r"|Case Reports in [A-Z][\w& ]{3,40}|[A-Z][\w&]+(?: [\w&]+){0,4} (?:Case Reports|Journal|Reports)"
    r"|BMC [A-Z][\w ]{3,40}|BMJ (?:Open|Case Reports)|PLOS ONE|Medicine|Cureus)"
)


def tidy_doi(text: str) -> str:
    """The first DOI in the text without trailing punctuation, lower case; "" when there is none."""
    match = DOI.search(text)
    if not match:
        return ""
    doi = match.group().rstrip(".,;:)]'”")
    return doi.lower()


def find_metadata(raw: RawDocument, layout: Layout, text: str) -> dict[str, Any]:
    """The keyword arguments `title`, `doi`, `pmid`, `journal`, `year` of a SourceText."""
    first = layout.blocks[0].page if layout.blocks else 1
    page_one = [b.text for b in layout.blocks if b.page == first and b.role != "reference"]
    top = [f.text for f in layout.furniture if f.box.page <= 2]
    near = "\n".join([*top, *page_one])
    title = " ".join(b.text for b in layout.blocks if b.role == "title")
    if not title:
        title = raw.meta.get("Title", "")
    doi = tidy_doi(near) or tidy_doi(" ".join(raw.meta.values()))
    pmid = _PMID.search(near)
    years = [int(y) for y in _YEAR.findall("\n".join([*top, *page_one[:12]]))]
    copyright_year = re.search(r"(?:©|copyright|\(c\))\s*(?:the author\S*\s*)?((?:19|20)\d\d)", near, re.IGNORECASE)
    year: int | None = int(copyright_year.group(1)) if copyright_year else (years[0] if years else None)
    if year is None:
        made = re.search(r"(19|20)\d\d", raw.meta.get("CreationDate", ""))
        year = int(made.group()) if made else None
    journal = ""
    for line in [*(f.text for f in layout.furniture if f.kind in ("head", "foot")), *page_one[:8]]:
        match = _JOURNAL.fullmatch(re.sub(r"[\d(),.:;|]+.*$", "", line).strip())
        if match:
            journal = match.group().strip()
            break
    return {
        "title": re.sub(r"\s+", " ", title).strip(),
        "doi": doi,
        "pmid": pmid.group(1) if pmid else "",
        "journal": journal,
        "year": year,
    }
