"""Word vectors for the mention model: floret vectors learnt from unannotated text.

Second step of the recipe. Raw text comes in, in files of plain text (also .gz, one text a line) or JSON
lines with a "text"; a table of `rows` x `width` numbers goes out, from which the vector of any word is summed
up out of its pieces. Needs the package `floret` (extra `casesift[train]`).
"""

from __future__ import annotations

import gzip
import importlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language

from extract.errors import Code, PipelineError, to_install
from extract.language.model.features import Extractor, Lexicon, vector_key


@dataclass(frozen=True)
class VectorSettings:
    """Settings of floret: table size, pieces of `shortest` to `longest` characters, each in `hashes` rows; words seen
    fewer than `least` times teach nothing."""

    width: int = 128
    rows: int = 20_000
    shortest: int = 4
    longest: int = 5
    hashes: int = 2
    epochs: int = 20
    least: int = 2
    rate: float = 0.05
    threads: int = 1


def read_texts(paths: Iterable[Path]) -> Iterator[str]:
    """Texts of the files, and of all .txt, .gz and .jsonl files in the folders, in name order."""
    for path in paths:
        if path.is_dir():
            yield from read_texts(sorted(p for p in path.iterdir() if p.suffix in {".txt", ".gz", ".jsonl"}))
            continue
        for line in _lines(path):
            if line.strip():
                yield json.loads(line)["text"] if path.suffix == ".jsonl" else line.strip()


def _lines(path: Path) -> Iterator[str]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as packed:
            yield from packed
    else:
        with path.open(encoding="utf-8") as plain:
            yield from plain


def learn(nlp: Language, texts: Iterable[str], settings: VectorSettings, lexicon: Lexicon | None = None) -> Extractor:
    """Vectors of `texts` as tokenised by `nlp`, in an `Extractor` with the word list `lexicon`. With one thread the same texts give the same vectors.

    Raises:
        PipelineError: USAGE when `floret` is not installed or there is too little text.
    """
    try:
        floret: Any = importlib.import_module("floret")
    except ImportError as error:
        raise PipelineError(
            Code.USAGE, "making word vectors needs the package floret", mend=to_install("casesift[train]")
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        raw, saved = Path(folder) / "raw.txt", Path(folder) / "vectors.floret"
        words = 0
        with raw.open("w", encoding="utf-8") as out:
            for text in texts:
                for paragraph in text.split("\n"):
                    keys = [vector_key(t.text) for t in nlp.make_doc(paragraph) if not t.is_space]
                    words += len(keys)
                    if keys:
                        out.write(" ".join(keys) + "\n")
        if not words:
            raise PipelineError(
                Code.USAGE, "there is no raw text to make word vectors from", mend="name files with --raw"
            )
        try:
            model = floret.train_unsupervised(
                str(raw), model="skipgram", mode="floret", hashCount=settings.hashes, bucket=settings.rows,
                minn=settings.shortest, maxn=settings.longest, minCount=settings.least, dim=settings.width,
                epoch=settings.epochs, lr=settings.rate, thread=settings.threads, verbose=0,
            )  # fmt: skip
        except ValueError as error:  # "Empty vocabulary"
            raise PipelineError(
                Code.USAGE, f"too little text to make word vectors from: no word stands {settings.least} times in it",
                mend="give more texts, or name files of plain text with --raw",
            ) from error  # fmt: skip
        model.save_floret_vectors(str(saved))
        return read_floret(saved, lexicon)


def read_floret(path: Path, lexicon: Lexicon | None = None) -> Extractor:
    """A `.floret` file as an `Extractor`."""
    with path.open(encoding="utf-8") as lines:
        head = lines.readline().split()
        table = np.loadtxt(lines, comments=None, usecols=range(1, int(head[1]) + 1), dtype=np.float32, delimiter=" ")
    return Extractor(table, hashes=int(head[4]), shortest=int(head[2]), longest=int(head[3]), lexicon=lexicon)
