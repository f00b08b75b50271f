"""Title, DOI, PMID, journal and year of a laid-out PDF, from page one and the file's own metadata."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_CITED = re.compile(
    r"(?:^|[.,] )(?P<name>[A-Z](?:[A-Za-z&\-]|(?<=[A-Za-z])\d+(?=[A-Za-z])|\.(?= ?[A-Z(])|:? )+[a-zA-Z])[.,]?\s+"
    r"(?:\((?:19|20)\d\d\)\s*\d{1,4}\s*[:(]\s*[\w(]"  # (2021) 22:43
    r"|(?:19|20)\d\d\s*[;,]\s*(?:Vol\.?\s*)?\d{1,4}\b)"  # 2021;11:e04   2021, Vol. 51   2014, 4, 932
)
"""A journal's name before year and volume, as running heads and "how to cite" lines have it."""
_AFTER_AUTHORS = re.compile(r"^[^\d]{2,40}\bet al\.?,?\s+(?P<name>[A-Z][A-Za-z&.: \-]{3,60}[a-zA-Z])$")
_SUBJECT = re.compile(
    r"^(?P<name>[A-Z][A-Za-z&:\- ]{2,70}(?:, [A-Z][A-Za-z ]{2,30})?),\s*(?:(?:19|20)\d\d\b|(?s:.*)\bdoi\b)",
    re.IGNORECASE,
)
"""What publishers write into the file's own field Subject: "BMC Surgery, https://doi.org/10...", "Medicine, 2021; 100"."""
_VOLUME = re.compile(r"\((?:19|20)\d\d\)\s*\d{1,4}\s*[:(]\s*\S+")
_NO_JOURNAL = re.compile(
    r"\b(?:received|accepted|published|copyright|page|vol|volume|et al|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|updated|doi|rights)\b|^(?:article|articles|open access|review|original)\b",
    re.IGNORECASE,
)
_REPOSITORY = ("10.17605/", "10.5281/", "10.6084/", "10.5061/", "10.7910/", "10.1186/isrctn", "10.17632/")
"""DOIs of data sets and registered protocols (OSF, Zenodo, figshare, Dryad, Dataverse, ISRCTN, Mendeley): not the paper's."""


def find_journal(subject: str, heads: Sequence[str], page_one: Sequence[str]) -> str:
    """The journal's name: from the file's own field Subject, a running head or foot, or a line of page one.

    >>> find_journal("", ["Wirth et al. Garden Med", "(2021) 3:12"], [])
    'Garden Med'
    """
    if (match := _SUBJECT.match(subject)) and not _NO_JOURNAL.search(match["name"]):
        return match["name"].strip()
    beside = any(_VOLUME.fullmatch(head) for head in heads)  # else what follows the authors may be a short title
    for line in (*heads, *page_one):
        match = _JOURNAL.fullmatch(re.sub(r"[\d(),.:;|]+.*$", "", line).strip())
        if match:
            return match.group().strip()
    for line in (*heads, *page_one):
        matches = list(_CITED.finditer(line))
        if beside:
            matches += _AFTER_AUTHORS.finditer(line)
        for match in matches:
            name = match["name"].strip()
            if len(name.split()) <= 9 and not _NO_JOURNAL.search(name):
                return name
    return ""


def tidy_doi(text: str) -> str:
    """The first DOI of a paper in the text without trailing punctuation, lower case; "" when there is none."""
    dois = [m.group().rstrip(".,;:)]'”").lower() for m in DOI.finditer(text)]
    return next((doi for doi in dois if not doi.startswith(_REPOSITORY)), "")


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
    heads = list(dict.fromkeys(f.text for f in layout.furniture if f.kind in ("head", "foot")))
    journal = find_journal(raw.meta.get("Subject", ""), heads, page_one[:8])
    return {
        "title": re.sub(r"\s+", " ", title).strip(),
        "doi": doi,
        "pmid": pmid.group(1) if pmid else "",
        "journal": journal,
        "year": year,
    }
