"""Diagnoses to ICD-10-CM: the nearest name of a code, or nothing when none is near enough.

Used by `codes`. In: names of diagnoses as written or with abbreviations written out. Out: for each an
`IcdMatch` or None. The way: plain form (`diagnosis_names`); the same words are a match as they are; else
the nearest names by character 3-grams, as scispaCy's candidate generation finds them, of which one is taken only if words agree, not just letters:

- most of the weight of the name's words is found again in the candidate's, and the other way round;
- the rarest word of the name is found again ("heart attack" is no "panic attack");
- the word that says what kind of thing it is, is found again ("carcinoma of the lung" is no "lung abscess");
- neither says "without" or "history" where the other does not, and they do not tell two organs;
- the code goes with what the name says (`icd_families`): nobody is born with what is traumatic.

A name that finds nothing is shortened to the known disease at its core ("osteomyelitis of the tibia", "native
valve endocarditis"), which scores less. Ties go to our synonyms, then to the code that the tabular list calls unspecified, then to the shortest code.
The index is read, or built, when the first name is looked up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extract import cache_dir
from extract.language.codes import icd_families, icd_index, icd_knowledge
from extract.language.tables import read_table
from extract.language.terms import diagnosis_names
from extract.settings import defaults

#: candidates looked at for a name
CANDIDATES = 60
#: lowest score of a match; chosen on the names of tests/codes/icd_cases.csv and on names of published reports
THRESHOLD: float = defaults("casesift_codes")["icd_threshold"]
#: how much of the weight of a name's words the other must have
COVER_NAME, COVER_ALIAS = 0.74, 0.76

#: words that turn the meaning: both names have one, or neither
_TURNING = frozenset(
    {
        "without",
        "not",
        "no",
        "history",
        "sequela",
        "fear",
        "screening",
        "benign",
        "fetal",
        "newborn",
        "maternal",
        "secondary",
    }
)
#: what is always inborn: its code's name may say so where the report's does not
_INBORN = frozenset({"agenesis", "aplasia", "atresia", "malformation", "anomaly", "cleft", "absence", "duplication"})
#: a name with one of these is not shortened: the rest is not what the patient has
_UNSHORTENED = frozenset((
    "family", "history", "risk", "fear", "no", "not", "non", "without", "negative", "absence", "resembling",
    "mimicking", "like", "suspicious", "versus", "vs", "or", "pseudo", "vaccine", "vaccination", "prophylaxis",
    "screening", "donor", "carrier", "contact", "exposure",
))  # fmt: skip
#: how far a tumour has come: no code depends on it
_STAGE = re.compile(
    r"\b(?:stage|grade) (?:[0-4]|iv|i{1,3})[abc]? (?=.*(?:cancer|carcinom|tumou?r|lymphom|sarcom|melanom))"
)
#: characters that words of one stem share at least
_STEM = 5
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")


@dataclass(frozen=True, slots=True)
class IcdMatch:
    """A code for a name. `score` is 1 for the same words, else the similarity between 0 and 1."""

    code: str
    title: str
    score: float


def link(names: Sequence[str], threshold: float = THRESHOLD) -> list[IcdMatch | None]:
    """The code of each name, or None; one pass for all names that were not looked up before.

    Args:
        names: diagnoses as written; abbreviations should be written out by the caller.
        threshold: lowest score of an answer, 0 to 1.
    """
    bare = [_BRACKETS.sub(" ", name).strip().lower() for name in names]
    matches = _linker().look_up(list(dict.fromkeys(name for name in bare if name)))
    return [m if (m := matches.get(name)) and m.score >= threshold else None for name in bare]


def candidates(name: str, most: int) -> list[IcdMatch]:
    """The codes whose names are nearest to a diagnosis, the best first, however near they are: for a person to choose from."""
    bare = _BRACKETS.sub(" ", name).strip().lower()
    return _linker().nearest(bare, most) if bare else []


def title(code: str) -> str:
    """The name a code has in ICD-10-CM; empty for one that casesift gives no diagnosis."""
    return _linker().titles.get(code, "")


@lru_cache(maxsize=1)
def _linker() -> _Linker:
    return _Linker(icd_index.load())


class _Linker:
    """Looks names up in an index and remembers what it found."""

    #: names remembered; a report has some tens, so a run over thousands keeps all its common ones
    REMEMBERED = 20_000

    def __init__(self, index: icd_index.Index) -> None:
        self._index = index
        self._known: dict[str, IcdMatch | None] = {}
        self._weights: dict[str, float] = {}
        self._total = len(index.names)
        self.titles: Mapping[str, str] = index.titles

    def look_up(self, names: Sequence[str]) -> dict[str, IcdMatch | None]:
        """A match or None for each name (lower case, without brackets)."""
        if len(self._known) > self.REMEMBERED:
            self._known.clear()
            self._weights.clear()
        missing: dict[str, str] = {}
        for name in names:
            plain = diagnosis_names.plain(name)
            if name in self._known:
                continue
            if icd_families.is_two(name):
                self._known[name] = None
            elif plain in self._index.codes:
                self._known[name] = self._match(plain, 1.0)
            elif plain:
                missing[name] = plain
            else:
                self._known[name] = None
        for name, plain in missing.items():
            aliases = self._index.nearest(plain, CANDIDATES)
            self._known[name] = self._best(name, plain, aliases) or self._shorter(name)
        return {name: self._known[name] for name in names}

    def nearest(self, name: str, most: int) -> list[IcdMatch]:
        """The `most` nearest codes, each once; those that `look_up` would take come first, the others by similarity."""
        plain = diagnosis_names.plain(name)
        if not plain:
            return []
        aliases = self._index.nearest(plain, CANDIDATES)
        best = self.look_up([name])[name]
        matches = {best.code: best} if best else {}
        for alias, cosine in sorted(aliases.items(), key=lambda x: (-x[1], x[0])):
            for code in self._index.codes[alias]:
                matches.setdefault(code, IcdMatch(code, self._index.titles[code], round(min(0.99, cosine), 3)))
        return list(matches.values())[:most]

    def _shorter(self, name: str) -> IcdMatch | None:
        """The name without what is told of it: what follows "of" or "due to" off, then word by word from the front.

        Only to a name that is known as it stands, that is a disease of its own (`diagnoses_codes_broad.csv`),
        and only if what is taken off does not turn the meaning ("type 2 ...", "family history of ...").
        """
        name = _STAGE.sub("", name)
        everything = diagnosis_names.plain_words(name)
        core = next(iter(diagnosis_names.phrases(name)), "")
        if _UNSHORTENED.intersection(name.split()) or icd_families.is_whole(name):
            return None
        words = core.split()
        for start in range(len(words)):
            rest = " ".join(words[start:])
            kept = diagnosis_names.plain_words(rest)
            plain = diagnosis_names.plain(rest)
            off = [w for w in everything if w not in kept]
            if not kept or any(c.isdigit() for w in off for c in w) or not _disease(kept):
                continue
            turning = _TURNING - {"secondary"} if "metastatic" in name.split() else _TURNING
            if plain in self._index.codes and not turning.intersection(off):
                covered = sum(map(self._weight, kept)) / sum(map(self._weight, everything))
                match = self._match(plain, THRESHOLD + 0.2 * covered)
                return match if icd_families.goes_with(name, match.code, match.title) else None
        return None

    def _match(self, alias: str, score: float) -> IcdMatch:
        code = self._index.codes[alias][0]
        return IcdMatch(code, self._index.titles[code], round(min(score, 1.0), 3))

    def _best(self, name: str, plain: str, aliases: dict[str, float]) -> IcdMatch | None:
        """The alias that agrees in words with `name` (`plain` in plain form), goes with it, and has the highest score."""
        best: tuple[float, float, int, str] | None = None
        words = plain.split()
        needed = {max(words, key=self._weight), *({diagnosis_names.head_word(name)} & {*words})}
        for alias, cosine in aliases.items():
            score = self._agreement(words, needed, alias.split(), cosine)
            if score is None:
                continue
            rank = (round(score, 2), -len(self._index.codes[alias][0]), -len(alias), alias)
            code = self._index.codes[alias][0]
            if (best is None or rank > best) and icd_families.goes_with(name, code, self._index.titles[code]):
                best = rank
        return None if best is None else self._match(best[3], best[0])

    def _agreement(self, name: list[str], needed: set[str], alias: list[str], cosine: float) -> float | None:
        """The score of a candidate, or None if its words do not agree: those that are `needed`, the rarest and the head, above all."""
        if not all(word in alias or _nearest_of(word, alias) >= 0.7 for word in needed):
            return None
        if _TURNING.intersection(name) != _TURNING.intersection(alias):
            return None
        if "congenital" in alias and not {"congenital", *_INBORN}.intersection(name):
            return None
        if _other_organ(name, alias) and _other_organ(alias, name):
            return None
        weights = {word: self._weight(word) for word in {*name, *alias}}
        in_alias = {word: 1.0 if word in alias else _nearest_of(word, alias) for word in name}
        in_name = {word: 1.0 if word in name else _nearest_of(word, name) for word in alias}
        cover_name = sum(weights[w] * in_alias[w] for w in name) / sum(weights[w] for w in name)
        cover_alias = sum(weights[w] * in_name[w] for w in alias) / sum(weights[w] for w in alias)
        if cover_name < COVER_NAME or cover_alias < COVER_ALIAS:
            return None
        return 0.4 * cosine + 0.35 * cover_name + 0.25 * cover_alias

    def _weight(self, word: str) -> float:
        """How much a word tells: the logarithm of its rarity among the names; unknown words tell most."""
        weight = self._weights.get(word)
        if weight is None:
            rarity = math.log(1 + self._total / (1 + self._index.document_frequency.get(word, 0)))
            weight = self._weights[word] = rarity
        return weight


def _nearest_of(word: str, others: Iterable[str]) -> float:
    """How much the likest of the other words is the same as a word that is not among them: only words that begin alike are."""
    stem = word[:_STEM]
    return max((_same(word, other) for other in others if other.startswith(stem)), default=0.0)


@lru_cache(maxsize=200_000)
def _same(a: str, b: str) -> float:
    """1 for the same word, less for words of one stem ("diverticular", "diverticulitis": 0.7), 0 for others."""
    if a == b:
        return 1.0
    if min(len(a), len(b)) < _STEM or re.search(r"\d", a + b):
        return 0.0
    shared = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        shared += 1
    if shared >= _STEM and shared >= 0.6 * max(len(a), len(b)) and not _other_kind(a, b):
        return 0.7 + 0.25 * (shared / max(len(a), len(b)) - 0.6) / 0.4
    return 0.0


def _other_kind(a: str, b: str) -> bool:
    """Words of one organ and another disease: "pancreatitis" and "pancreatoblastoma", "keratitis" and "keratosis"."""
    endings = ("itis", "osis", "oma", "emia", "uria", "pathy", "algia", "ectomy", "megaly", "plasia", "trophy", "lysis")
    kinds = [next((e for e in endings if w.endswith(e)), "") for w in (a, b)]
    return kinds[0] != kinds[1] and all(kinds)


def _other_organ(name: list[str], alias: list[str]) -> bool:
    """Whether the code's name tells an organ that the report's does not."""
    organs = _organs()
    return any(word in organs and word not in name and not _nearest_of(word, name) for word in alias)


@lru_cache(maxsize=1)
def _organs() -> frozenset[str]:
    """The plain words for organs and places of the body."""
    names = (row["name"] for file in ("organs", "sites") for row in read_table(f"vocabulary/{file}.csv"))
    return frozenset(words[0] for name in names if len(words := diagnosis_names.plain_words(name)) == 1)


@lru_cache(maxsize=1)
def _broad() -> tuple[frozenset[str], frozenset[str]]:
    rows = list(read_table("vocabulary/diagnoses_codes_broad.csv"))
    return (
        frozenset(r["word"] for r in rows if r["where"] == "alone"),
        frozenset(r["word"] for r in rows if r["where"] == "last"),
    )


def _disease(words: Sequence[str]) -> bool:
    """Whether a shortened name (plain words in order) still is one disease and not a kind of them."""
    alone, last = _broad()
    return bool(set(words) - alone) and words[-1] not in last


def describe() -> dict[str, str]:
    """What `casesift doctor` tells of the codes: package, version, release, and where the cache stands. Builds nothing."""
    from importlib import metadata

    place = cache_dir.root() / (icd_index.PREFIX + icd_index.digest())
    size = sum(f.stat().st_size for f in place.iterdir()) if place.is_dir() else 0
    return {
        "package": icd_knowledge.PACKAGE,
        "version": metadata.version(icd_knowledge.PACKAGE),
        "release": icd_knowledge.release(),
        "cache": str(place),
        "cached": f"yes, {size / 1e6:.1f} MB" if size else "no: built at first use, about three seconds",
        "digest": icd_index.digest(),
    }


def codes_of(matches: Iterable[IcdMatch | None]) -> list[str]:
    """The codes of `matches`, "" for None."""
    return [m.code if m else "" for m in matches]
