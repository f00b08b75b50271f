"""The names of ICD-10-CM codes: what diagnoses are compared with.

Under `icd_index`. In: the tabular list that simple-icd-10-cm brings (titles, inclusion terms, "includes"
notes) and our synonyms (`diagnoses_codes_extra.csv`). Out: `Concept`s with their aliases.

Left out: chapters and blocks, external causes (V to Y), encounter and seventh-character codes, factors that
are no diagnosis. A title is taken as it stands and shortened by the patterns of `diagnoses_codes_titles.csv`;
a code whose title was shortened by an "unspecified" is the general code of its disease and wins ties.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from types import ModuleType

from extract.language.rule_files import TITLES
from extract.language.tables import read_table
from extract.language.terms import diagnosis_names

PACKAGE = "simple-icd-10-cm"
FILES = (
    "diagnoses_codes_extra.csv", "diagnoses_codes_spelling.csv", "diagnoses_codes_titles.csv", "diagnoses_codes_words.csv",
)  # fmt: skip
_OMITTED_CHAPTERS = "VWXY"
_OMITTED_TITLES = re.compile(
    r"^(?:encounter|family history|personal history|presence of|acquired absence|contact with|exposure to|other\b.*\bexamination"
    r"|problems? related|dependence on|blood type|underdosing|procedure and treatment|persons encountering"
    r"|.*\bsequela\b|.*status$|.*carrier\b|adverse effect|.*in diseases classified elsewhere|.*due to diseases classified elsewhere)"
)


#: a title for one side is not the general one, whatever else it leaves open
_SIDED = re.compile(r"\b(?:right|left|bilateral|first|second|third)\b", re.IGNORECASE)


#: a title for one side whose sibling leaves the side open is left out
_SIDES = re.compile(r"\b(?:right|left|bilateral)\b")
#: what every pattern of diagnoses_codes_titles.csv needs
_MAY_SHORTEN = re.compile(r"[(\[]|unspecified|nos|not |without|uncomplicated|other and")


@dataclass(frozen=True, slots=True)
class Concept:
    """One code. `aliases` are its names in plain form (`diagnosis_names.plain`); `general` are those of them for
    which this is the unspecified code; `ours` those that our synonym file gives to it."""

    code: str
    title: str
    aliases: tuple[str, ...]
    general: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()

    @property
    def sided(self) -> bool:
        """Whether the title is for one side or one of several."""
        return bool(_SIDED.search(self.title))


def concepts() -> list[Concept]:
    """All concepts, in the order of the tabular list; about two seconds, so the index is cached (`icd_index`)."""
    tabular = _tabular()
    ours: dict[str, list[str]] = {}
    for row in read_table("vocabulary/diagnoses_codes_extra.csv"):
        ours.setdefault(row["code"], []).extend(part.strip() for part in row["names"].split(";") if part.strip())
    concepts = []
    titles = {code: tabular.get_description(code) for code in tabular.get_all_codes()}
    open_titles = {title.lower() for title in titles.values() if "unspecified" in title.lower()}
    for code, title in titles.items():
        if code not in ours and (not _kept(tabular, code, title) or _has_open_sibling(title, open_titles)):
            continue
        terms = [*tabular.get_inclusion_term(code), *tabular.get_includes(code)]
        aliases, general = _aliases(title, terms, tabular.is_leaf(code))
        extra = [diagnosis_names.plain(name) for name in ours.pop(code, ())]
        concepts.append(Concept(code, title, _unique([*extra, *aliases]), _unique(general), _unique(extra)))
    if ours:
        raise ValueError(f"diagnoses_codes_extra.csv names codes that {PACKAGE} does not know: {', '.join(ours)}")
    return concepts


def _tabular() -> ModuleType:
    with warnings.catch_warnings():
        # the package reads its data through a function that importlib.resources calls outdated
        warnings.simplefilter("ignore", DeprecationWarning)
        return importlib.import_module("simple_icd_10_cm")


def _kept(tabular: ModuleType, code: str, title: str) -> bool:
    if code[0] in _OMITTED_CHAPTERS or len(code) > 7 or not tabular.is_category_or_subcategory(code):
        return False
    return not tabular.is_extended_subcategory(code) and not _OMITTED_TITLES.match(title.lower())


def _has_open_sibling(title: str, open_titles: set[str]) -> bool:
    lower = title.lower()
    other = _SIDES.sub("unspecified", lower)
    return other != lower and other in open_titles


def _aliases(title: str, terms: list[str], leaf: bool) -> tuple[list[str], list[str]]:
    """Plain names from a title and its terms, and those for which the code is the unspecified one.

    Names of three letters or fewer ("PCP" among the hallucinogens) are abbreviations that mean too much.
    """
    aliases, general = [diagnosis_names.plain(title)], []
    short, shortened = _shorten(title)
    plain = diagnosis_names.plain(short)
    aliases.append(plain)
    if leaf and shortened and not _SIDED.search(title):
        general.append(plain)
    aliases += [diagnosis_names.plain(part) for part in _two_names(short)]
    for inside in re.findall(r"\[([^\]]+)\]", title):
        if " " in inside or len(inside) > 3:
            aliases.append(diagnosis_names.plain(inside))
    for term in terms:
        aliases.append(diagnosis_names.plain(term))
        short, _ = _shorten(term)
        plain = diagnosis_names.plain(short)
        aliases.append(plain)
        if re.search(r"\bnos\b", term.lower()):
            general.append(plain)
    return [a for a in aliases if len(a) > 3], [g for g in general if len(g) > 3]


def _two_names(title: str) -> tuple[str, ...]:
    """Both names of a title that is two long words: "syringomyelia and syringobulbia"."""
    two = re.fullmatch(r"([a-z-]{8,}) and ([a-z-]{8,})", title)
    return two.groups() if two else ()


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    return tuple((TITLES.compiled(row), row["replacement"], row["general"]) for row in TITLES)


def _shorten(title: str) -> tuple[str, bool]:
    """The plain disease of a title, and whether words such as "unspecified" or "without complications" went."""
    text, shortened = title.lower(), False
    if not _MAY_SHORTEN.search(text):
        return text, False
    for pattern, replacement, general in _patterns():
        shorter = pattern.sub(replacement, text)
        shortened = shortened or (general and shorter != text)
        text = shorter
    return text.strip(" ,"), shortened


def _unique(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def digest() -> str:
    """Hash of everything the aliases are made from: the package's version, our files, and this code."""
    sha = hashlib.sha256(f"{PACKAGE} {metadata.version(PACKAGE)}".encode())
    package = Path(__file__).parents[1]
    for path in (
        *(package / "vocabulary" / name for name in FILES),
        Path(__file__),
        package / "terms" / "diagnosis_names.py",
    ):
        sha.update(path.read_bytes())
    return sha.hexdigest()


def release() -> str:
    """The tabular list's release as its file is named, e.g. "April-2026"."""
    names = _data_files()
    return next((m.group(1) for n in names if (m := re.search(r"code-list-(.+)\.txt$", n))), "")


def _data_files() -> Iterator[str]:
    for file in metadata.files(PACKAGE) or ():
        yield file.name
