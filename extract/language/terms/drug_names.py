"""The drug names that texts are searched with, chosen from all wordings of the dictionary.

Stands beside `terms`, which takes `names()` to find drugs; what a wording stands for is told by `drugs`. Wordings kept out and
added: `drugs_stop.csv`, `drugs_extra.csv`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from extract import cache_dir
from extract.language.tables import read_table
from extract.language.terms import drug_dictionary
from extract.language.terms.drug_dictionary import Dictionary, Substance

#: the cache folder of the names to search with, and the file in it
_NAMES, _FILE = "drug-names-1-", "names.txt"
#: a wording that may be searched for: letters, digits and the marks names are written with; six words at most
_SEARCHABLE = re.compile(r"^(?=.*[a-z]{3})[a-z0-9][a-z0-9α-ω '/+.()-]*$")
#: marks of systematic names
_SYSTEMATIC = re.compile(r"[\[\]{},]|\d.*\d.*\d.*\d")


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The wordings to search texts with, sorted.

    All lower case and to be matched in any case, except abbreviations, which have a capital ("HCQ", "5-FU")
    and are to be matched as they are. Wordings that mostly mean something else in a case report (laboratory
    values, stains, organisms, food, English words) and chemical names nobody writes are left out, as are
    classes of drugs. Kept in the cache, since choosing them from all names takes half a second.
    """
    code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    name = f"{_NAMES}{drug_dictionary.inputs()}-{code}"
    try:
        return tuple((cache_dir.root() / name / _FILE).read_text(encoding="utf-8").splitlines())
    except OSError:
        found = _chosen(drug_dictionary.load())
    if cache_dir.keep(name, lambda folder: _write(folder / _FILE, found)) is not None:
        cache_dir.drop_others(_NAMES, name)
    return found


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _chosen(book: Dictionary) -> tuple[str, ...]:
    stop: dict[str, set[str]] = {"never": set(), "text": set(), "substance": set(), "word": set()}
    for row in read_table("vocabulary/drugs_stop.csv"):
        stop[row["kind"]].add(row["wording"].lower())
    written = {wording.lower() for wording in book.abbreviations}
    found = set(book.abbreviations)
    for wording, name in book.wordings.items():
        substance = book.substances.get(name)
        if substance is None or wording in written or wording in stop["text"] or name in stop["substance"]:
            continue
        if _searchable(wording, substance, wording in book.listed) and stop["word"].isdisjoint(
            re.split(r"[\s-]", wording)
        ):
            found.add(wording)
    return tuple(sorted(found))


def _searchable(wording: str, substance: Substance, listed: bool) -> bool:
    if substance.drug_class or wording.count(" ") > 5:
        return False
    if listed:
        return len(wording) > 3 and not _SYSTEMATIC.search(wording)
    if not _SEARCHABLE.match(wording):
        return False
    if not (substance.code or substance.leaflet or substance.ours):
        return False
    letters = sum(c.isalpha() for c in wording)
    if letters < (4 if substance.leaflet else 5) or "(" in wording or "(" in substance.name:
        return False
    # systematic names: many digits, or a locant before the first letter of a name that goes on and on
    return sum(c.isdigit() for c in wording) <= 3 and wording.count("-") <= 3 and len(wording) <= 45
