"""Headings by wording: which canonical section a heading opens, its number, the patient it names.

Used by the PDF, JATS and plain-text readers alike. The wordings are data: rules/headings.csv.
"""

from __future__ import annotations

import re
from functools import cache

from extract.reading.rule_files import HEADINGS

_NUMBER = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|[A-H]\.|\(\w\))\s+(?=\S)")
_CASE = re.compile(
    r"^(?:the\s+)?(?:clinical\s+)?(?:case|patient|pt)(?:\s+(?:report|presentation|description|no|number|history))?"
    r"\s*[.#:]?\s*(?:n[o°º]\.?\s*)?(?P<label>\d{1,2}|[IVX]{1,4}|[A-H]|one|two|three|four|five|six)\b(?!\s*(?:year|month|day|of\b))",
    re.IGNORECASE,
)
_ORDINAL_CASE = re.compile(
    r"^(?:the\s+)?(?P<label>first|second|third|fourth|fifth)\s+(?:case|patient)\b", re.IGNORECASE
)
#: the head of a table's column (or row) that is one patient's
PATIENT = re.compile(
    r"(?:patient|case|pt|subject|twin|proband)s?\W{0,2}\s*(?:no\.?\s*)?[\dA-HIVX]{1,4}\b", re.IGNORECASE
)
_SPELLED = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5",
}  # fmt: skip


@cache
def _wordings() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    exact = {row["wording"]: row["section"] for row in HEADINGS if not row["wording"].endswith("*")}
    starts = tuple((row["wording"][:-1], row["section"]) for row in HEADINGS if row["wording"].endswith("*"))
    return exact, starts


def strip_number(text: str) -> str:
    """The heading without its number ("2.1. Case 1" -> "Case 1")."""
    return _NUMBER.sub("", text, count=1).strip()


def normal(text: str) -> str:
    """Lower case, one space, no number, no final colon or stop; letter-spaced words closed."""
    text = strip_number(text.strip())
    if re.fullmatch(r"(?:\S ){3,}\S", text):
        text = text.replace(" ", "")
    return re.sub(r"\s+", " ", text).strip(" .:;-–—■▪●|").lower()


def canonical(text: str) -> str:
    """The section a heading opens, or "" when its wording tells nothing.

    >>> canonical("3. DISCUSSION:")
    'discussion'
    """
    words = normal(text)
    if not words or len(words) > 90:
        return ""
    return _section_of(words) or _section_of(words.replace("-", " ")) or _of_letter_spaced(words)


def _section_of(words: str) -> str:
    exact, starts = _wordings()
    if words in exact:
        return exact[words]
    for start, section in starts:
        if words.startswith(start) and len(words.split()) <= len(start.split()) + 5:
            return section
    return ""


def _of_letter_spaced(words: str) -> str:
    """The section of a heading whose letters stand apart, so that its words fall to pieces ("cas e pr e se ntatio n")."""
    pieces = words.split()
    if len(pieces) < 2 or sum(len(piece) == 1 for piece in pieces) < 0.25 * len(pieces):
        return ""
    exact, starts = _wordings()
    joined = "".join(pieces)
    for wording, section in exact.items():
        if wording.replace(" ", "") == joined:
            return section
    endings = ("", "report", "reports", "presentation", "presentations", "description", "history", "series")
    return next((s for start, s in starts for end in endings if f"{start.strip()}{end}".replace(" ", "") == joined), "")


def case_label(text: str) -> str:
    """The label of a case heading ("Case 2: a boy" -> "2", "Patient B" -> "B"), or ""."""
    words = strip_number(text.strip())
    match = _CASE.match(words) or _ORDINAL_CASE.match(words)
    if not match:
        return ""
    label = match["label"]
    return _SPELLED.get(label.lower(), label.upper())
