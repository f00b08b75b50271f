"""The drug dictionary: wordings, substances and their identifiers, before any matching.

Stands under `drugs`. In: the dictionary file of the package drug-named-entity-recognition (MIT; DrugBank,
MeSH, MedlinePlus, NHS and Wikipedia names) and our own vocabulary files `drugs_*.csv`. Out: one `Dictionary`.

The package's own module is not imported: doing so reads a cache file from the user's home, pulls a network
client and builds an index nobody here uses. Its data file is read as what it is, dicts of lists of strings,
by an unpickler that refuses every class.

Two things of the source are put right here:

- Its MeSH identifiers are mostly those of the drug's *pharmacological action* (aspirin gets the one of
  antipyretics), so they are not used. MeSH identifiers come from `drugs_extra.csv` only.
- Titles of patient leaflets stand beside the substance ("isotretinoin capsules", "tolvaptan (kidney
  disease)"); they are folded into the substance of that name.
"""

from __future__ import annotations

import bz2
import hashlib
import importlib.util
import io
import json
import logging
import pickle
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from extract import cache_dir
from extract.errors import Code, LanguageError, to_install
from extract.language.tables import read_table

PACKAGE = "drug-named-entity-recognition"
_MODULE = "drug_named_entity_recognition"
_FILE = "drug_ner_dictionary.pkl.bz2"

log = logging.getLogger(__name__)

#: the cache folder's name begins so; the number is raised when the file's layout changes
PREFIX = "drugs-1-"
_KEPT = "dictionary.json"

#: title suffixes of patient leaflets: the form or the place, not the substance
_LEAFLET = re.compile(
    r"(?:\s*\([^()]*\)"
    r"|,$"
    r"|\s+(?:capsules?|tablets?|inhalers?|injections?|patch|gum|lozenges?|implant|gel|cream|for children|for adults"
    r"|otic|vaginal|buccal|sublingual(?: spray)?|nasal|viscous|intravesical|intrapleural|pyelocalyceal|inhalation"
    r"|(?:eye|ear|nasal) (?:drops|spray)(?: and drops)?|skin cream|nasal (?:powder|gel|solution)|urogenital|spray))+$"
)
#: the four letters that tell makes of one biological apart, as in "cemiplimab-rwlc"
_MAKE = re.compile(r"-(?!beta|acid)[a-z]{4}$")


@dataclass(frozen=True, slots=True)
class Substance:
    """One medicine. `name` is the lower-case generic name a clinician writes; `system` and `code` are "DrugBank"
    or "MeSH" and the identifier there, or empty; `ingredients` are the generic names of a fixed combination;
    `leaflet` tells that a patient leaflet exists for it, so that it is given to people; `drug_class` that it is
    a class of drugs; `ours` that it comes from `drugs_extra.csv`."""

    name: str
    system: str = ""
    code: str = ""
    ingredients: tuple[str, ...] = ()
    leaflet: bool = False
    drug_class: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All wordings (lower case) with the name of their substance, the substances by name, the wordings known to be
    brands (True) or known not to be (False), those that `drugs_extra.csv` lists, and its abbreviations in their case."""

    wordings: dict[str, str]
    substances: dict[str, Substance]
    brands: dict[str, bool]
    listed: frozenset[str]
    abbreviations: frozenset[str]
    version: str
    digest: str


def split_list(cell: str) -> list[str]:
    """The parts of a cell that holds a list joined by `;`."""
    return [part.strip() for part in cell.split(";") if part.strip()]


class _PlainUnpickler(pickle.Unpickler):
    """Reads containers, strings and numbers; anything that would run code is refused."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a dictionary of names")


def _source_path() -> Path:
    spec = importlib.util.find_spec(_MODULE)
    path = Path(spec.origin).parent / _FILE if spec is not None and spec.origin else None
    if path is None or not path.is_file():
        raise LanguageError(
            Code.MISSING_MODEL,
            f"the drug dictionary of {PACKAGE} is not installed",
            mend=to_install(f"{PACKAGE}>=2.0.9,<3"),
        )
    return path


def _read_source(path: Path) -> tuple[dict[str, list[str]], dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    try:
        data = _PlainUnpickler(io.BytesIO(bz2.decompress(path.read_bytes()))).load()
        return data["drug_variant_to_canonical"], data["drug_canonical_to_data"], data["drug_variant_to_variant_data"]
    except (OSError, EOFError, KeyError, TypeError, ValueError, pickle.UnpicklingError) as error:
        raise LanguageError(
            Code.MISSING_MODEL, f"the drug dictionary cannot be read ({error})", file=path, mend=f"reinstall {PACKAGE}"
        ) from error


def _is_class(data: dict[str, Any]) -> bool:
    """MeSH keeps the classes of drugs by action under tree D27, and nothing else."""
    trees = data.get("mesh_tree") or ()
    return bool(trees) and all(str(t).startswith("D27") for t in trees) and "drugbank_id" not in data


def _plain_title(key: str, known: dict[str, Any]) -> str:
    """`key` without the form or the purpose a leaflet's title adds, and with inverted names turned round."""
    plain = _LEAFLET.sub("", key).strip()
    if plain != key and (plain in known or plain.count(" ") == 0) and len(plain) > 3:
        return plain
    plain = _MAKE.sub("", key)
    if plain != key and plain in known:
        return plain
    head, comma, tail = key.partition(", ")
    if comma and "," not in tail and " and " not in tail and not re.search(r"\d", key):
        return f"{tail} {head}"
    return key


@lru_cache(maxsize=1)
def load() -> Dictionary:
    """The dictionary, read once a process: a tenth of a second from the cache, half a second from the source.

    Raises:
        LanguageError: (missing-model) the package's data file is not there or not readable.
    """
    path = _source_path()
    digest = inputs()
    name = f"{PREFIX}{digest}"
    kept = cache_dir.root() / name / _KEPT
    if kept.is_file():
        try:
            return _from_json(kept.read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("the cached drug dictionary in %s cannot be read (%s); it is built anew", kept, error)
            cache_dir.drop(name)
    book = _build(path, digest)
    if cache_dir.keep(name, lambda folder: _write(folder / _KEPT, book)) is not None:
        cache_dir.drop_others(PREFIX, name)
    return book


@lru_cache(maxsize=1)
def inputs() -> str:
    """Digest of all the dictionary is made from: the package's file, our tables, this code. LanguageError as for `load`."""
    digest = hashlib.sha256(_source_path().read_bytes())
    here = Path(__file__).parents[1]
    for name in ("drugs_extra.csv", "drugs_stop.csv", "drugs_salts.csv"):
        digest.update((here / "vocabulary" / name).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:16]


def _write(path: Path, book: Dictionary) -> None:
    substances = [
        (s.name, s.system, s.code, s.ingredients, s.leaflet, s.drug_class, s.ours) for s in book.substances.values()
    ]
    told = {
        "wordings": book.wordings, "keys": list(book.substances), "substances": substances, "brands": book.brands,
        "listed": sorted(book.listed), "abbreviations": sorted(book.abbreviations), "version": book.version,
        "digest": book.digest,
    }  # fmt: skip
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _from_json(text: str) -> Dictionary:
    told = json.loads(text)
    substances = {
        key: Substance(row[0], row[1], row[2], tuple(row[3]), *row[4:])
        for key, row in zip(told["keys"], told["substances"], strict=True)
    }
    return Dictionary(
        told["wordings"], substances, told["brands"], frozenset(told["listed"]), frozenset(told["abbreviations"]),
        told["version"], told["digest"],
    )  # fmt: skip


def _build(path: Path, digest: str) -> Dictionary:
    """The dictionary from its source and our tables."""
    variants, canonicals, flags = _read_source(path)
    substances: dict[str, Substance] = {}
    rename: dict[str, str] = {}
    for key, data in canonicals.items():
        name = _plain_title(key, canonicals)
        rename[key] = name
        code = str(data.get("drugbank_id") or "")
        leaflet = bool(data.get("medline_plus_id") or data.get("nhs_url"))
        old = substances.get(name)
        if old is not None and (old.code or not code):
            leaflet, code = leaflet or old.leaflet, old.code
        substances[name] = Substance(name, "DrugBank" if code else "", code, (), leaflet, _is_class(data))
    wordings = {key: name for key, name in rename.items() if "template:" not in key}
    wordings.update((name, name) for name in rename.values() if "template:" not in name)
    wordings.update((v.lower(), rename.get(c[0], c[0])) for v, c in variants.items() if c and "template:" not in c[0])
    brands = {v: bool(data["is_brand"]) for v, data in flags.items() if "is_brand" in data}
    listed: set[str] = set()
    abbreviations: set[str] = set()
    _fold_salts(wordings, substances)
    _drop_never(wordings)
    _add_ours(wordings, substances, brands, listed, abbreviations)
    _turn_round(wordings, substances, listed)
    for wording, name in wordings.items():  # a substance that is itself a wording of another
        if wordings.get(name, name) != name and wordings[name] in substances:
            wordings[wording] = wordings[name]
    _tell_ingredients(substances)
    return Dictionary(
        wordings,
        substances,
        brands,
        frozenset(listed),
        frozenset(abbreviations),
        metadata.version(PACKAGE),
        digest,
    )


def _fold_salts(wordings: dict[str, str], substances: dict[str, Substance]) -> None:
    """Salts the source keeps apart ("prednisone acetate") become wordings of the drug that has a leaflet.

    Salts of metals ("potassium chloride") are medicines of their own and stay.
    """
    salts = {row["salt"] for row in read_table("vocabulary/drugs_salts.csv")}
    fold: dict[str, str] = {}
    for name, substance in substances.items():
        base, _, salt = name.rpartition(" ")
        drug = substances.get(base)
        if drug and drug.leaflet and drug.code and salt in salts and base not in salts and not substance.leaflet:
            fold[name] = base
    for wording, name in wordings.items():
        if name in fold:
            wordings[wording] = fold[name]


def _tell_ingredients(substances: dict[str, Substance]) -> None:
    """Fixed combinations ("X and Y", "X, Y, and Z", "X/Y") get their ingredients where all of them are known.

    An identifier they may have in the source is that of one of them and is dropped.
    """
    for name, substance in substances.items():
        if substance.ours or not (" and " in name or "/" in name):
            continue
        parts = [part for part in re.split(r"\s*(?:/|,? and |, )\s*", name) if part]
        if len(parts) > 1 and all(part in substances and substances[part].code for part in parts):
            substances[name] = replace(substance, system="", code="", ingredients=tuple(parts))


def _turn_round(wordings: dict[str, str], substances: dict[str, Substance], listed: set[str]) -> None:
    """Combinations of two are written in either order: "sulbactam/ampicillin", "clavulanic acid-amoxicillin"."""
    for name, substance in substances.items():
        if not substance.ours or len(substance.ingredients) != 2:
            continue
        first, second = substance.ingredients
        for turned in (f"{second}/{first}", f"{second}-{first}"):
            if turned not in wordings:
                wordings[turned] = name
                listed.add(turned)


def _drop_never(wordings: dict[str, str]) -> None:
    for row in read_table("vocabulary/drugs_stop.csv"):
        if row["kind"] == "never":
            wordings.pop(row["wording"].lower(), None)


def _add_ours(
    wordings: dict[str, str],
    substances: dict[str, Substance],
    brands: dict[str, bool],
    listed: set[str],
    abbreviations: set[str],
) -> None:
    """`drugs_extra.csv` over the package's dictionary: what it names, it decides.

    A row whose substance the dictionary knows under another name (column `same_as`, or a synonym) renames it; all
    its wordings follow.
    """
    aliases: dict[str, str] = {}
    for row in read_table("vocabulary/drugs_extra.csv"):
        name, same_as = row["name"].lower(), row["same_as"].lower()
        same_as = _plain_title(same_as, substances)
        old = substances.get(same_as) or substances.get(name)
        system, code = row["system"], row["code"]
        if not code:
            code = next((s.code for s in (substances.get(same_as), substances.get(name)) if s and s.code), "")
            system = "DrugBank" if code else ""
        leaflet = True if old is None else old.leaflet
        substances[name] = Substance(
            name, system, code, tuple(p.lower() for p in split_list(row["ingredients"])), leaflet, False, True
        )
        if same_as and same_as != name:
            aliases[same_as] = name
            wordings[same_as] = name
        wordings[name] = name
        listed.add(name)
        for column, brand in (("synonyms", False), ("brands", True), ("abbreviations", False)):
            for wording in split_list(row[column]):
                plain = wording.lower()
                if column == "synonyms" and plain != name and plain in substances and not substances[plain].ours:
                    aliases[plain] = name
                wordings[plain] = name
                brands[plain] = brand
                listed.add(plain)
                if column == "abbreviations":
                    abbreviations.add(wording)
    if aliases:
        for wording, name in wordings.items():
            if name in aliases:
                wordings[wording] = aliases[name]
