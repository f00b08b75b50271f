"""Named parts the quantity patterns are built from: spaces, dashes, numbers, alternations of written words.

Below every parser of this package; reads the rule files. Patterns are plain strings (sources of regular
expressions) that do not capture unless they name their group.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from extract.language.tables import read_table

#: so many readings are kept of each parser: the same words are read by several stages, and again in the next report
KEPT = 4096
#: any Unicode space (thin spaces stand between number and unit) and zero-width ones
SPACE = "[\\s\u200b\u2060\ufeff]"
GAP = f"{SPACE}{{0,3}}"
DASH = "[-\u2010\u2011\u2012\u2013\u2014\u2212]"
#: between the ends of a range
RANGE = f"(?:{GAP}{DASH}{GAP}|{SPACE}(?:(?i:up){SPACE})?(?i:to|or){SPACE})"
#: "between 20 and 40" up to its second number
BETWEEN = rf"(?i:between){SPACE}"
_AND = re.compile(rf"(\b{BETWEEN}[^()]{{1,25}}?{SPACE})and(?={SPACE})", re.IGNORECASE)
#: raised digits
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@cache
def rules(name: str) -> tuple[dict[str, str], ...]:
    """The rows of rules/<name>.csv."""
    return tuple(read_table(f"rules/{name}.csv"))


def spellings(cell: str) -> list[str]:
    """The spellings of a cell, divided by |."""
    return [word.strip() for word in cell.split("|") if word.strip()]


def spaced(word: str) -> str:
    """`word` as a pattern whose spaces match any run of spaces or a hyphen, and whose apostrophes match any."""
    escaped = re.escape(word).replace(r"\ ", f"(?:{SPACE}{{1,3}}|{DASH})")
    return escaped.replace("'", "['’]")


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words in any case, the longest first."""
    return first_letters((word[0], spaced(word[1:])) for word in sorted(set(words), key=lambda w: (-len(w), w)))


def first_letters(parts: Iterable[tuple[str, str]]) -> str:
    """A pattern for any of the parts (first character, pattern of the rest) in any case, in their order per letter.

    First letters are matched by a set: the regular expression engine skips a branch whose set does not hold the next
    character, which makes long lists several times faster than under IGNORECASE alone.
    """
    groups: dict[str, dict[str, None]] = {}
    for first, rest in parts:
        groups.setdefault(first.lower() if first.isascii() else first, {})[rest] = None
    branches = []
    for first, rests in groups.items():
        head = f"(?-i:[{first}{first.upper()}])" if first.isascii() and first.isalpha() else re.escape(first)
        branches.append(f"{head}(?i:{'|'.join(rests)})")
    return f"(?:{'|'.join(branches)})"


def squeeze(text: str) -> str:
    """`text` with every run of spaces as one blank, stripped; invisible characters dropped, dashes as "-"."""
    text = re.sub("[\u200b\u2060\ufeff\u00ad]", "", text)
    return re.sub(DASH, "-", " ".join(text.split()))


def single_spaced(text: str) -> str:
    """`text` with every run of what counts as a space, invisible ones too, as one blank, stripped: the key of a spelling."""
    return re.sub(f"{SPACE}+", " ", text).strip()


def between_as_range(text: str) -> str:
    """`text`, as long as it was, with "between 20 and 40" as the range "between 20  -  40"."""
    return _AND.sub(r"\1 - ", text)


def plain(x: float) -> str:
    """The shortest decimal that reads back as `x`, without exponent or trailing ".0"."""
    text = repr(float(x))
    if "e" in text:
        from decimal import Decimal

        text = format(Decimal(text), "f")
    return text.removesuffix(".0")
