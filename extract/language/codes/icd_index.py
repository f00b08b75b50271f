"""The index that diagnoses are looked up in: all names of ICD-10-CM as rows of character 3-grams.

Under `icd`. In: the concepts of `icd_knowledge`. Out: for a name its nearest names. The vectors are scispaCy's: tf-idf
over character 3-grams within words, float32, unit length, made by the libraries it uses. scispaCy looks them up with HNSW
(approximate, built in 22 s); at this size the exact product is built in a second, answers in a millisecond and never misses
a neighbour.

Once the index is kept, a lookup needs NumPy alone (`Nearest`): the libraries take a second to import. `Index.generator` is
scispaCy's own `CandidateGenerator` over the same index, with which the lookup agrees candidate by candidate (a test).

Kept in the cache folder as plain arrays and JSON, named by the hash of all it is made from.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from extract import cache_dir
from extract.language.codes import icd_knowledge

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from scispacy.candidate_generation import CandidateGenerator

log = logging.getLogger(__name__)

#: the folder's name begins so; the number is raised when the files' layout changes
PREFIX = "icd10cm-2-"
#: the nearest names are looked for among those with more than this cosine first
_NEAR = np.float32(0.25)
_ARRAYS = ("data", "indices", "indptr", "idf")


class Nearest:
    """The nearest names of a name by the cosine of their 3-grams.

    Args:
        arrays: the rows of 3-grams x names (`data`, `indices`, `indptr`), the names' unit vectors as columns; `idf` of each 3-gram.
        grams: the row of each 3-gram.
        names: the names, by column.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], grams: Mapping[str, int], names: Sequence[str]) -> None:
        self._data, self._columns, self._starts, self._idf = (arrays[key] for key in _ARRAYS)
        self._grams, self._names = grams, names

    def __call__(self, name: str, k: int) -> dict[str, float]:
        """The `k` nearest names and their cosines, nearest first; none where no 3-gram is known."""
        counts = Counter(self._grams[gram] for gram in _trigrams(name.lower()) if gram in self._grams)
        rows = sorted(counts)
        weights = np.array([counts[row] for row in rows], dtype=np.float32) * self._idf[rows]
        weights = (weights / np.sqrt(np.sum(weights.astype(np.float64) ** 2))).astype(np.float32)
        cosines = np.zeros(len(self._names), dtype=np.float32)
        for row, weight in zip(rows, weights, strict=True):
            part = slice(self._starts[row], self._starts[row + 1])
            cosines[self._columns[part]] += weight * self._data[part]
        ids = np.flatnonzero(cosines > _NEAR)  # few; all of those that count, where there are enough of them
        if len(ids) < k:
            ids = np.flatnonzero(cosines)
        if len(ids) > k:
            ids = ids[np.argpartition(-cosines[ids], k - 1)[:k]]
        ids = ids[np.lexsort((ids, -cosines[ids]))]
        near = 1.0 - (np.float32(1) - cosines[ids]).astype(np.float64)
        return dict(zip((self._names[i] for i in ids.tolist()), near.tolist(), strict=True))


def _trigrams(text: str) -> Iterator[str]:
    """The 3-grams of each word with a space at both its ends."""
    for word in text.split():
        padded = f" {word} "
        yield from (padded[i : i + 3] for i in range(len(padded) - 2))


class _Codes(Mapping[str, list[str]]):
    """The codes of each name, cut apart when they are asked for: a run asks for some hundred of fifty thousand."""

    def __init__(self, joined: dict[str, str]) -> None:
        self._joined = joined

    def __getitem__(self, name: str) -> list[str]:
        return self._joined[name].split(" ")

    def __contains__(self, name: object) -> bool:
        return name in self._joined

    def __iter__(self) -> Iterator[str]:
        return iter(self._joined)

    def __len__(self) -> int:
        return len(self._joined)


@dataclass(frozen=True)
class Index:
    """Everything a lookup needs.

    Attributes:
        names: all names in plain form, by the index's ids.
        codes: for each name its codes, the best first (ours, then the unspecified code, then the shortest).
        titles: the title of each code.
        nearest: finds the nearest of `names`.
        document_frequency: in how many names each word occurs.
        place: the cache folder it was read from or kept in; None when it lives in memory only.
    """

    names: list[str]
    codes: Mapping[str, list[str]]
    titles: dict[str, str]
    nearest: Nearest
    document_frequency: dict[str, int]
    place: Path | None
    _grams: Mapping[str, int]
    _arrays: Mapping[str, np.ndarray]

    def generator(self) -> CandidateGenerator:
        """scispaCy's candidate generator over the same names and vectors."""
        from scipy.sparse import csr_matrix
        from scispacy.candidate_generation import CandidateGenerator
        from scispacy.linking_utils import Entity, KnowledgeBase
        from sklearn.feature_extraction.text import TfidfVectorizer

        class IcdKnowledgeBase(KnowledgeBase):
            """ICD-10-CM as scispaCy's knowledge base; the aliases come with it, so none are made again."""

            def __init__(self, index: Index) -> None:
                self.cui_to_entity = {code: Entity(code, title, []) for code, title in index.titles.items()}
                self.alias_to_cuis = index.codes

        vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32, vocabulary=self._grams)
        vectorizer.idf_ = np.asarray(self._arrays["idf"])
        data, columns, starts = (self._arrays[key] for key in ("data", "indices", "indptr"))
        grams = csr_matrix((data, columns, starts), shape=(len(self._grams), len(self.names)), copy=False)
        return CandidateGenerator(
            ann_index=SparseIndex(grams),
            tfidf_vectorizer=vectorizer,
            ann_concept_aliases_list=self.names,
            kb=IcdKnowledgeBase(self),
        )


class SparseIndex:
    """Exact nearest neighbours by cosine, with the one method of an nmslib index that scispaCy calls.

    Args:
        grams: 3-grams x names, the names' unit vectors as columns.
    """

    def __init__(self, grams: csr_matrix) -> None:
        self._grams = grams

    def knnQueryBatch(self, vectors: csr_matrix, k: int, num_threads: int = 1) -> list[tuple[np.ndarray, np.ndarray]]:
        """For each row of `vectors` the ids of its `k` nearest names and their distances (1 - cosine), nearest first.

        One product for the whole batch. `num_threads` is nmslib's and not used.
        """
        product = (vectors @ self._grams).tocsr()
        neighbours = []
        for row in range(product.shape[0]):
            start, end = product.indptr[row], product.indptr[row + 1]
            ids, cosines = product.indices[start:end], product.data[start:end]
            if len(ids) > k:
                best = np.argpartition(-cosines, k - 1)[:k]
                ids, cosines = ids[best], cosines[best]
            order = np.lexsort((ids, -cosines))
            neighbours.append((ids[order], 1.0 - cosines[order]))
        return neighbours


@lru_cache(maxsize=1)
def digest() -> str:
    """Hash of the index's inputs: the knowledge base, this code, and the libraries that make vectors."""
    from importlib import metadata

    sha = hashlib.sha256(icd_knowledge.digest().encode())
    sha.update(Path(__file__).read_bytes())
    sha.update(metadata.version("scikit-learn").encode())
    return sha.hexdigest()[:16]


@lru_cache(maxsize=1)
def load() -> Index:
    """The index, from the cache or built (about three seconds) and kept there."""
    name = PREFIX + digest()
    place = cache_dir.root() / name
    if place.is_dir():
        try:
            return _read(place)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("the cached ICD-10-CM index in %s cannot be read (%s); it is built anew", place, error)
            cache_dir.drop(name)
    arrays, texts = _build()
    kept = cache_dir.keep(name, lambda folder: _write(folder, arrays, texts))
    if kept is not None:
        cache_dir.drop_others(PREFIX, name)
    return _assemble(arrays, texts, kept)


def _build() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays and texts of the index, made from the knowledge base."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    concepts = icd_knowledge.concepts()
    ranked: dict[str, list[tuple[int, int, str]]] = {}
    for concept in concepts:
        for alias in concept.aliases:
            rank = 0 if alias in concept.ours else 1 if alias in concept.general else 3 if concept.sided else 2
            ranked.setdefault(alias, []).append((rank, len(concept.code), concept.code))
    codes = {alias: [code for _, _, code in sorted(entries)] for alias, entries in ranked.items()}
    names = list(codes)
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    grams = vectorizer.fit_transform(names).T.tocsr()
    arrays = {"data": grams.data, "indices": grams.indices, "indptr": grams.indptr, "idf": vectorizer.idf_}
    grams_of = {gram: int(i) for gram, i in vectorizer.vocabulary_.items()}
    titles = {concept.code: concept.title for concept in concepts}
    return arrays, {"names": names, "codes": codes, "titles": titles, "grams": grams_of}


def _write(folder: Path, arrays: dict[str, np.ndarray], texts: dict[str, Any]) -> None:
    for key, array in arrays.items():
        np.save(folder / f"{key}.npy", array, allow_pickle=False)
    (folder / "texts.json").write_text(json.dumps(_packed(texts), ensure_ascii=False), encoding="utf-8")


def _read(place: Path) -> Index:
    arrays = {key: np.asarray(np.load(place / f"{key}.npy", mmap_mode="r", allow_pickle=False)) for key in _ARRAYS}
    return _assemble(arrays, _unpacked(json.loads((place / "texts.json").read_text(encoding="utf-8"))), place)


def _packed(texts: Mapping[str, Any]) -> dict[str, Any]:
    """The texts as a few long ones, a line an entry: they are read five times as fast as a hundred thousand short ones."""
    words = _frequency(texts["names"])
    grams = sorted(texts["grams"], key=texts["grams"].__getitem__)
    lists = {
        "names": texts["names"], "codes": [" ".join(texts["codes"][name]) for name in texts["names"]],
        "titled": texts["titles"], "titles": texts["titles"].values(), "grams": grams, "words": words,
    }  # fmt: skip
    return {**{key: "\n".join(lines) for key, lines in lists.items()}, "counts": list(words.values())}


def _unpacked(packed: Mapping[str, Any]) -> dict[str, Any]:
    """What `_packed` packed. Raises KeyError or ValueError where it did not."""
    lists = {key: text.split("\n") for key, text in packed.items() if key != "counts"}
    names = lists["names"]
    return {
        "names": names,
        "codes": _Codes(dict(zip(names, lists["codes"], strict=True))),
        "titles": dict(zip(lists["titled"], lists["titles"], strict=True)),
        "grams": {gram: row for row, gram in enumerate(lists["grams"])},
        "frequency": dict(zip(lists["words"], packed["counts"], strict=True)),
    }


def _frequency(names: Sequence[str]) -> dict[str, int]:
    """In how many of the names each word occurs."""
    frequency: dict[str, int] = {}
    for name in names:
        for word in set(name.split()):
            frequency[word] = frequency.get(word, 0) + 1
    return frequency


def _assemble(arrays: dict[str, np.ndarray], texts: dict[str, Any], place: Path | None) -> Index:
    names: list[str] = texts["names"]
    frequency = texts.get("frequency") or _frequency(names)
    nearest = Nearest(arrays, texts["grams"], names)
    return Index(names, texts["codes"], texts["titles"], nearest, frequency, place, texts["grams"], arrays)
