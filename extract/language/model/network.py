"""The network: features of tokens in, tag scores out. Thinc layers, spaCy's own kind of encoder.

Each token's attributes are looked up in hash embeddings, its word vector is projected, a maxout layer mixes
them, and residual convolutions let every token see its neighbours (Strubell 2017; `MaxoutWindowEncoder` in
spaCy). One linear layer on top scores the tags of all heads at once, so that the encoder runs once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from thinc.api import (
    Dropout,
    HashEmbed,
    LayerNorm,
    Linear,
    Maxout,
    Model,
    chain,
    clone,
    concatenate,
    expand_window,
    residual,
)  # fmt: skip
from thinc.backends import NumpyOps
from thinc.types import Floats2d

from extract.language.model.features import COLUMNS, Features


class BlasOps(NumpyOps):
    """Thinc's operations on the CPU, with NumPy's matrix product: three times as fast as the one Thinc brings
    where the processor has AVX-512, and as exact."""

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        """Matrix product, of the transposed where asked."""
        return np.matmul(x.T if trans1 else x, y.T if trans2 else y, out=out)


def build_network(
    *,
    tags: int,
    vector_width: int,
    width: int,
    depth: int,
    rows: tuple[int, ...],
    pieces: int = 3,
    dropout: float = 0.2,
    fresh: bool = True,
) -> Model[list[Features], Floats2d]:
    """A network.

    Args:
        tags: columns of the output, the tags of all heads together.
        width, depth, pieces: of the encoder: hidden width, number of convolutions, maxout pieces.
        rows: rows of the hash embedding of each attribute in `features.ATTRIBUTES` and of the word-list class.
        fresh: give it random parameters, to begin training with; else it has none yet.

    The output has one row a token, the inputs' tokens one after the other; neighbours of another input are
    never seen.
    """
    embeddings: list[Model[Any, Any]] = [
        HashEmbed(width, n, column=i, seed=7 + i, dropout=dropout) for i, n in enumerate(rows)
    ]
    if len(embeddings) != COLUMNS:
        raise ValueError(f"need {COLUMNS} numbers of rows, got {len(rows)}")
    words: Model[Any, Any] = concatenate(*embeddings)
    projection: Model[Any, Any] = chain(Dropout(dropout), Linear(width, vector_width))
    mix: Model[Any, Any] = chain(
        Maxout(width, width * (len(rows) + 1), nP=pieces, dropout=dropout), LayerNorm(width)
    )  # fmt: skip
    layer: Model[Any, Any] = residual(
        chain(expand_window(1), Maxout(width, width * 3, nP=pieces, dropout=dropout), LayerNorm(width))
    )
    encoder: Model[Any, Any] = clone(layer, depth)
    scorer: Model[Any, Any] = chain(Dropout(dropout), Linear(tags, width))
    network: Model[list[Features], Floats2d] = Model(
        "casesift_network", _forward, layers=[words, projection, mix, encoder, scorer], attrs={"pad": depth}
    )
    ops = BlasOps()
    for node in network.walk():
        node.ops = ops
    if fresh:
        for part in network.layers:
            part.initialize()
    return network


def _forward(
    model: Model[list[Features], Floats2d], inputs: list[Features], is_train: bool
) -> tuple[Floats2d, Callable[[Floats2d], list[Features]]]:
    words, projection, mix, encoder, scorer = model.layers
    pad = model.attrs["pad"]
    lengths = [len(f) for f in inputs]
    if is_train:  # every token is dropped out on its own
        hashes = np.concatenate([f.hashes[f.forms] for f in inputs])
        vectors = np.concatenate([f.vectors[f.forms] for f in inputs])
    else:
        hashes, vectors = np.concatenate([f.hashes for f in inputs]), np.concatenate([f.vectors for f in inputs])
    embedded, back_words = words(hashes, is_train)
    projected, back_projection = projection(vectors, is_train)
    mixed, back_mix = mix(np.hstack([embedded, projected]), is_train)
    if not is_train:
        firsts = np.cumsum([0, *(len(f.hashes) for f in inputs)])
        mixed = mixed[np.concatenate([f.forms + first for f, first in zip(inputs, firsts, strict=False)])]
    # rows of zeros between the inputs keep the convolutions apart
    places = np.concatenate([np.arange(n) for n in lengths]) if lengths else np.zeros(0, dtype=int)
    places = (places + np.repeat(np.cumsum([0, *(n + pad for n in lengths[:-1])]) + pad, lengths)).astype(np.int64)
    padded = np.zeros((sum(lengths) + pad * (len(lengths) + 1), mixed.shape[1]), dtype=np.float32)
    padded[places] = mixed
    encoded, back_encoder = encoder(padded, is_train)
    scores, back_scorer = scorer(encoded[places], is_train)

    def backprop(d_scores: Floats2d) -> list[Features]:
        d_encoded = np.zeros_like(padded)
        d_encoded[places] = back_scorer(d_scores)
        d_mixed = back_mix(np.ascontiguousarray(back_encoder(d_encoded)[places]))
        split = embedded.shape[1]
        back_words(np.ascontiguousarray(d_mixed[:, :split]))
        back_projection(np.ascontiguousarray(d_mixed[:, split:]))
        return []

    return scores, backprop
