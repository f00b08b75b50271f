"""scispaCy's entity linkers, where a person has them: codes of UMLS for drugs and diagnoses that have none of ours.

Used by the component `codes` when its setting `linkers` names some. In: names. Out: for each the concept whose name is nearly the same, or None. A
linker is a name of scispaCy's ("rxnorm", "umls" ...; its files were fetched by scispaCy before) or a folder with the files of one. Nothing is fetched
here: scispaCy's own way to its cache asks the network even for what is there, so the files are looked up by their names. The concepts
are UMLS's in all of them (scispaCy's "rxnorm" is the part of UMLS that RxNorm has).
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from extract.errors import Code, LanguageError

SYSTEM = "UMLS"
#: what a folder of one's own must hold, as scispaCy names the files, and the concepts beside them
FILES = ("nmslib_index.bin", "tfidf_vectorizer.joblib", "tfidf_vectors_sparse.npz", "concept_aliases.json")
CONCEPTS = "kb.jsonl"
#: neighbours looked at
NEAREST = 10


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept for a name; `score`: how alike they are, 1 for the same letters."""

    code: str
    name: str
    score: float


class Linker:
    """One linker of scispaCy's, opened at its first look-up.

    Raises:
        LanguageError: BAD_CONFIG, when its files are not here.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._paths, self._concepts = _files(name)
        self._generator: Any = None

    def look_up(self, names: Sequence[str], threshold: float) -> list[Concept | None]:
        """The concept of each name, of several equally near the one that UMLS numbers first; None below the threshold."""
        if not names:
            return []
        generator = self._opened()
        return [_best(candidates, generator.kb, threshold) for candidates in generator(list(names), NEAREST)]

    def _opened(self) -> Any:
        if self._generator is None:
            from scispacy.candidate_generation import CandidateGenerator
            from scispacy.linking_utils import KnowledgeBase

            aliases, vectorizer, index = self._paths.load()
            self._generator = CandidateGenerator(index, vectorizer, aliases, KnowledgeBase(str(self._concepts)))
        return self._generator


@lru_cache(maxsize=4)
def linker(name: str) -> Linker:
    """The linker of a name, or of a folder; one for the whole process."""
    return Linker(name)


def at_hand() -> list[str]:
    """The names of scispaCy's linkers whose files are on this machine."""
    from scispacy.candidate_generation import DEFAULT_PATHS

    return [name for name in DEFAULT_PATHS if _in_cache(name) is not None]


def release(name: str) -> str:
    """Which concepts a linker has: of scispaCy's the day they were made, of a folder its name."""
    from scispacy.candidate_generation import DEFAULT_PATHS

    if name not in DEFAULT_PATHS:
        return f"{SYSTEM} of {Path(name).name}"
    day = re.search(r"\d{4}-\d\d-\d\d", DEFAULT_PATHS[name].ann_index)
    return f"{SYSTEM} of scispaCy's {name}{f' {day[0]}' if day else ''}"


def describe() -> str:
    """What `casesift doctor` tells of them."""
    names = at_hand()
    return f"scispaCy's at hand: {', '.join(names)}" if names else "none of scispaCy's at hand; codes do without"


def _best(candidates: Sequence[Any], kb: Any, threshold: float) -> Concept | None:
    near = [(max(c.similarities), c.concept_id) for c in candidates]
    if not near:
        return None
    score, code = min(near, key=lambda c: (-round(c[0], 4), c[1]))
    return (
        Concept(code, kb.cui_to_entity[code].canonical_name, round(min(score, 1.0), 3)) if score >= threshold else None
    )


def _files(name: str) -> tuple[Any, Path]:
    from scispacy.candidate_generation import DEFAULT_PATHS, LinkerPaths

    folder = Path(name).expanduser()
    if folder.is_dir():
        missing = [file for file in (*FILES, CONCEPTS) if not (folder / file).is_file()]
        if missing:
            raise _bad(f"the linker {name} lacks {', '.join(missing)}", "a folder has all files of one linker")
        return LinkerPaths.from_directory(folder), folder / CONCEPTS
    if name not in DEFAULT_PATHS:
        known = ", ".join(sorted(DEFAULT_PATHS))
        raise _bad(f"there is no linker {name!r}", f"scispaCy's are {known}; or give a folder")
    if (cached := _in_cache(name)) is None:
        fetch = f"python -c \"from scispacy.candidate_generation import CandidateGenerator; CandidateGenerator(name='{name}')\""
        raise _bad(f"scispaCy's linker {name!r} is not on this machine", f"fetch it once, with the network: {fetch}")
    return cached


def _in_cache(name: str) -> tuple[Any, Path] | None:
    """The files of one of scispaCy's linkers in its cache, by the names it gives them; None when one is missing."""
    from scispacy.candidate_generation import DEFAULT_KNOWLEDGE_BASES, DEFAULT_PATHS, LinkerPaths

    paths = [_cached(url) for url in DEFAULT_PATHS[name]]
    knowledge = inspect.signature(DEFAULT_KNOWLEDGE_BASES[name].__init__).parameters["file_path"].default
    concepts = _cached(str(knowledge))
    if concepts is None or any(path is None for path in paths):
        return None
    return LinkerPaths(*(str(path) for path in paths)), concepts


def _cached(url: str) -> Path | None:
    """A file that scispaCy fetched: named by the digest of its address, that of its version, and the end of its address."""
    from scispacy import file_cache

    last = url.rpartition("/")[2]
    found = sorted(Path(file_cache.DATASET_CACHE).glob(f"{sha256(url.encode()).hexdigest()}*.{last}"))
    return found[-1] if found else None


def _bad(what: str, mend: str) -> LanguageError:
    return LanguageError(Code.BAD_CONFIG, what, mend=mend)
