"""Mixing and dilution ratios in running text, told from titres, scales, times and proportions of patients."""

from __future__ import annotations

import re

from extract.language.finders.found import Found, after, before
from extract.language.quantities.mixing import EQUAL_PARTS, NUMERIC_RATIO, parse_ratio
from extract.language.quantities.parts import rules

_RATIO = re.compile(rf"(?<![\w:.,/]){NUMERIC_RATIO}|{EQUAL_PARTS}|(?i:\bone[-\s](?:to|is\sto)[-\s]one\b)")
#: "1:20, 1:40 and 1:80" is a series of dilutions of a test
_SERIAL = re.compile(r"\s*(?:,|and|or|to)\s*(?:and\s)?1\s?:\s?\d")
_RATIO_WORD = re.compile(r"[-\s]*(?:\([^)]*\)\s*)?(?:ratio|mixture|mix\b|dilution|solution|with\b|\(?[vw]/[vw])")
_PARTS_OF = re.compile(r"equal\s(?:parts?|volumes?)", re.IGNORECASE)
_KIND = {
    kind: re.compile("|".join(rf"(?<!\w)(?:{row['pattern']})" for row in rules("ratio_words") if row["kind"] == kind))
    for kind in ("mix", "other")
}


def find_ratios(text: str) -> list[Found]:
    """Mentions of ratios in which something is mixed or diluted, in order."""
    found = []
    for match in _RATIO.finditer(text):
        start, end = match.span()
        ratio = parse_ratio(match[0])
        if ratio is None:
            continue
        lead, rest = before(text, start, 60), after(text, end, 50)
        if _KIND["other"].search(lead[-35:]) or _KIND["other"].match(rest.lstrip()):
            continue
        if text[:start].rstrip().endswith(":") or _SERIAL.match(text, end):
            continue
        terms = [float(t) for t in ratio.split(":")]
        dilution = terms[0] == 1 and terms[-1] >= 1000
        dilution = dilution or bool(_PARTS_OF.fullmatch(match[0]) and rest.lstrip().startswith(("of ", "with ")))
        if dilution or _RATIO_WORD.match(rest) or _KIND["mix"].search(lead) or _KIND["mix"].search(rest):
            found.append(Found("ratio", start, end, ratio, 0.95 if not dilution else 0.9))
    return found
