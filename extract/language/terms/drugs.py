"""Drug names: the way from any wording to one generic name.

Stands beside `terms` (which finds drugs by `drug_names`) and under `codes` (which takes `normalise()` to
name and code what was found). In: a wording, as written. Out: a `DrugName`.

Three rules of caution:

- a wording is never moved to another substance: what is not known keeps its own words, without a code;
- spelling is mended only for long names, when exactly one known name is that near (`drug_spelling`);
- a fixed combination keeps its name and tells its ingredients; it gets a code only if the dictionary has one.

Words taken off around a name: `drugs_modifiers.csv`, `drugs_salts.csv`; names of classes: `drugs_class_words.csv`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache

from extract.language.tables import read_table
from extract.language.terms import drug_dictionary, drug_spelling
from extract.language.terms.drug_dictionary import Dictionary, Substance
from extract.language.terms.drug_names import names

_AMOUNT = re.compile(
    r"(?<![\w.,-])\d+(?:[.,]\d+)?\s*(?:-\s*\d+(?:[.,]\d+)?\s*)?"
    r"(?:%|mg|g|mcg|ug|μg|µg|ml|cc|iu|u|units?|meq|mmol|mcg/ml|mg/ml|mg/kg|mg/day|mg/d|mg/m2)(?![\w/])"
    r"(?:\s*/\s*(?:ml|kg|day|d|h|m2))?"
)
_SPLIT = re.compile(r"\s*(?:/|\+|\bplus\b|\band\b|\bwith\b|&|,)\s*")
_HYPHENS = str.maketrans(
    dict.fromkeys("‐‑‒–—−\xad", "-") | dict.fromkeys("’‘`´", "'") | dict.fromkeys("®™\xa0\u2009\u2005", " ")
)


@dataclass(frozen=True, slots=True)
class DrugName:
    """What a wording stands for.

    Attributes:
        name: the generic name in lower case, as a clinician writes it; the cleaned wording when unknown.
        system: "DrugBank", "MeSH", or "" when there is no identifier.
        code: the identifier in that system.
        ingredients: generic names of a combination's parts; empty for a single substance.
        is_brand: the wording was a brand name.
        is_class: a class of drugs ("antibiotics"), not a substance.
        score: 1 known as written, 0.95 after words around it were taken off, less after mending the
            spelling, 0 not known.
    """

    name: str
    system: str = ""
    code: str = ""
    ingredients: tuple[str, ...] = ()
    is_brand: bool = False
    is_class: bool = False
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class _Words:
    """The phrases taken off around a name, longest first, each as a tuple of its words."""

    before: frozenset[tuple[str, ...]]
    after: frozenset[tuple[str, ...]]
    salts: frozenset[tuple[str, ...]]
    class_endings: tuple[str, ...]
    class_last: frozenset[str]
    class_whole: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    modifiers = [(tuple(r["phrase"].split()), r["where"]) for r in read_table("vocabulary/drugs_modifiers.csv")]
    classes = list(read_table("vocabulary/drugs_class_words.csv"))
    return _Words(
        frozenset(p for p, where in modifiers if where in ("before", "both")),
        frozenset(p for p, where in modifiers if where in ("after", "both")),
        frozenset(tuple(r["salt"].split()) for r in read_table("vocabulary/drugs_salts.csv")),
        tuple(r["word"] for r in classes if r["where"] == "ending"),
        frozenset(r["word"] for r in classes if r["where"] == "last"),
        frozenset(r["word"] for r in classes if r["where"] == "whole"),
    )


def normalise(text: str, long_form: str = "") -> DrugName:
    """The drug a wording stands for.

    Args:
        text: the drug as written: "Plaquenil", "IV methylprednisolone", "amoxicillin/clavulanate 1 g".
        long_form: the phrase it abbreviates in this document, if any; it is looked up first.

    Returns:
        A `DrugName`; `score` is 0 and `code` empty when nothing known was found. Never raises for odd text.
    """
    if long_form:
        whole = _normalise(long_form)
        if whole.score > 0 or whole.is_class:
            return whole
        short = _normalise(text)
        return short if short.score >= 1 and len(text) > 5 else whole
    return _normalise(text)


@lru_cache(maxsize=16384)
def _normalise(text: str) -> DrugName:
    book = drug_dictionary.load()
    plain = clean(text)
    if not plain:
        return DrugName("")
    whole = _look_up(book, plain)
    if whole is not None:
        return whole
    bare = _strip_around(plain, book)
    found = _look_up(book, bare) or _without_salt(book, bare)
    if found is not None:
        return replace(found, score=min(found.score, 0.95))
    if is_class(bare) or is_class(plain):
        return DrugName(bare or plain, is_class=True)
    combined = _combination(book, bare)
    if combined is not None:
        return combined
    near = drug_spelling.nearest(bare, _spellable())
    if near:
        found = _look_up(book, near)
        if found is not None:
            return replace(found, score=round(0.9 * SequenceMatcher(None, bare, near).ratio(), 3))
    return DrugName(bare or plain)


def clean(text: str) -> str:
    """`text` in lower case with plain hyphens and quotes, without amounts, brackets at the end and outer marks."""
    plain = unicodedata.normalize("NFC", text).translate(_HYPHENS).lower()
    if plain in drug_dictionary.load().wordings:
        return plain
    plain = _AMOUNT.sub(" ", plain)
    plain = re.sub(r"\s*-\s*", "-", re.sub(r"\s+", " ", plain)).strip(" .,;:-\"'/*")
    without = re.sub(r"\s*[(\[][^()\[\]]*[)\]]\s*$", "", plain).strip()
    if without and plain not in drug_dictionary.load().wordings:
        plain = without
    plain = plain.strip(" .,;:-\"'([/*")
    return plain if any(c.isalnum() for c in plain) else ""


def is_class(name: str) -> bool:
    """Whether `name` (lower case) is the name of a class of drugs: "antibiotics", "proton pump inhibitors"."""
    book = drug_dictionary.load()
    substance = book.substances.get(book.wordings.get(name, ""))
    return (substance is not None and substance.drug_class) or _class_word(name)


def _class_word(name: str) -> bool:
    words = _words()
    parts = name.split()
    if not parts:
        return False
    last = parts[-1]
    singular = last[:-1] if last.endswith("s") and not last.endswith("ss") else last
    if last.endswith("ies"):
        singular = last[:-3] + "y"
    if singular.endswith(words.class_endings) or singular in words.class_last:
        return True
    return " ".join([*parts[:-1], singular]) in words.class_whole


def _look_up(book: Dictionary, wording: str) -> DrugName | None:
    """`wording` in the dictionary: as it is, without a plural s, with hyphens as blanks or the other way."""
    for form in _forms(wording):
        name = book.wordings.get(form)
        if name is None:
            continue
        substance = book.substances.get(name)
        if substance is None:
            continue
        if substance.drug_class:
            return DrugName(wording, is_class=True)
        if not (substance.code or substance.leaflet or substance.ours or substance.ingredients):
            # a group heading of MeSH or a name without an identifier: known, but not to be renamed
            return DrugName(wording, is_class=_class_word(wording), score=0.0 if _class_word(wording) else 1.0)
        return DrugName(
            substance.name, substance.system, substance.code, substance.ingredients, _is_brand(book, form, substance),
            False, 1.0,
        )  # fmt: skip
    return None


def _forms(wording: str) -> Iterable[str]:
    yield wording
    if wording.endswith("s") and not wording.endswith("ss") and len(wording) > 5:
        yield wording[:-1]
    if "-" in wording:
        yield wording.replace("-", " ")
        yield wording.replace("-", "/")
        yield wording.replace("-", "")
    if " " in wording:
        yield wording.replace(" ", "-")
    if "/" in wording and " " in wording:
        yield re.sub(r"\s*/\s*", "/", wording)
    plain = "".join(c for c in unicodedata.normalize("NFD", wording) if not unicodedata.combining(c))
    if plain != wording:
        yield plain


def _is_brand(book: Dictionary, wording: str, substance: Substance) -> bool:
    """Told by the dictionary, else guessed: one word of letters that has nothing of the generic name."""
    told = book.brands.get(wording)
    if told is not None:
        return told
    if not substance.leaflet or not wording.isalpha() or wording == substance.name:
        return False
    return SequenceMatcher(None, wording, substance.name).ratio() < 0.5


def _strip_around(plain: str, book: Dictionary) -> str:
    """`plain` without the modifiers before and after it, one after the other, until a known name is left."""
    words, parts = _words(), plain.split()
    moved = True
    while moved and len(parts) > 1 and " ".join(parts) not in book.wordings:
        moved = False
        for size in (3, 2, 1):
            if len(parts) > size and tuple(parts[:size]) in words.before:
                parts, moved = parts[size:], True
                break
            if len(parts) > size and tuple(parts[-size:]) in words.after:
                parts, moved = parts[:-size], True
                break
    return " ".join(parts).strip(" .,;:-")


def _without_salt(book: Dictionary, bare: str) -> DrugName | None:
    """`bare` without the salt at its end, or at its front ("sodium valproate"), where the rest is a known drug."""
    salts, parts = _words().salts, bare.split()
    for size in (2, 1):
        if len(parts) > size and tuple(parts[-size:]) in salts:
            found = _look_up(book, " ".join(parts[:-size])) or _without_salt(book, " ".join(parts[:-size]))
            if found is not None:
                return found
    if len(parts) > 1 and tuple(parts[:1]) in salts and parts[0] not in ("lysine", "arginine"):
        return _look_up(book, " ".join(parts[1:]))
    return None


def _combination(book: Dictionary, bare: str) -> DrugName | None:
    """A combination of known drugs ("X/Y", "X and Y", "X-Y"); every part must be known."""
    parts = [p for p in _SPLIT.split(bare) if p]
    if len(parts) < 2 and "-" in bare:
        parts = bare.split("-")
    if not 2 <= len(parts) <= 5:
        return None
    found = []
    for part in parts:
        part = _strip_around(part, book)
        one = _look_up(book, part) or _without_salt(book, part)
        if one is None or one.is_class or len(part) < 4:
            return None
        found.append(one)
    ingredients = tuple(dict.fromkeys(i for one in found for i in (one.ingredients or (one.name,))))
    if len(ingredients) == 1:
        return replace(found[0], score=0.9)
    name = "/".join(one.name for one in found)
    whole = _look_up(book, name)
    return whole or DrugName(name, "", "", ingredients, False, False, 0.95)


@lru_cache(maxsize=1)
def _spellable() -> drug_spelling.Names:
    """The names a misspelling may be mended to: generic names of one word that have an identifier.

    Brands are not among them: English words are too near to some ("anesthesia" to a name of benzocaine).
    """
    book = drug_dictionary.load()
    return drug_spelling.Names(
        name
        for name, substance in book.substances.items()
        if substance.code and name.isalpha() and len(name) >= drug_spelling.SHORTEST and not substance.drug_class
    )


def describe() -> dict[str, str]:
    """What `casesift doctor` tells of the drug names: package, version, sizes, digest of the inputs."""
    book = drug_dictionary.load()
    return {
        "package": drug_dictionary.PACKAGE,
        "version": book.version,
        "substances": str(len(book.substances)),
        "wordings": str(len(book.wordings)),
        "searched": str(len(names())),
        "digest": book.digest,
    }
