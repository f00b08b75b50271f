"""The trained network as it reads: the scores of `network.py`, to rounding, in two thirds of the time.

Thinc's layers are made for training. Here the parameters are laid out once for reading: the pieces of a maxout layer
side by side, so that whole rows are compared, and a few hundred tokens at a time, which stay in the processor's cache.
A window of three tokens is convolved two tokens at a time by four products instead of six (Winograd's minimal filtering,
Lavin and Gray 2016).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from thinc.api import Model

from extract.language.model.features import Features

Floats = npt.NDArray[np.float32]
_PAIRS = 512  # of tokens that go through a layer at a time


def _node(part: Model[Any, Any], name: str) -> Model[Any, Any]:
    return next(node for node in part.walk() if node.name == name)


class _HashEmbeddings:
    """The embeddings of the attributes of words, side by side: `width` in all."""

    def __init__(self, part: Model[Any, Any]) -> None:
        nodes = [node for node in part.walk() if node.name == "hashembed"]
        self._tables: list[tuple[Any, int]] = [(node.get_param("E"), int(node.attrs["seed"])) for node in nodes]
        self._ops = nodes[0].ops
        self.width = sum(table.shape[1] for table, _ in self._tables)

    def __call__(self, hashes: npt.NDArray[np.uint64], out: Floats) -> None:
        """Write into `out` (forms, width) what attributes `hashes` (forms, tables) are embedded as."""
        start = 0
        for (table, seed), column in zip(self._tables, np.ascontiguousarray(hashes.T), strict=True):
            end = start + table.shape[1]
            out[:, start:end] = self._ops.gather_add(table, self._ops.hash(column, seed) % len(table))
            start = end


class _Maxout:
    """A maxout layer and the normalisation after it: `weights` (inputs, pieces * width), the pieces side by side."""

    def __init__(self, part: Model[Any, Any]) -> None:
        maxout, norm = _node(part, "maxout"), _node(part, "layernorm")
        w, b = np.asarray(maxout.get_param("W")), np.asarray(maxout.get_param("b"))
        self.width, self.pieces, inputs = w.shape
        self.weights = np.ascontiguousarray(w.transpose(2, 1, 0).reshape(inputs, -1))
        self.bias = np.ascontiguousarray(b.T.reshape(-1))
        self.scale, self.shift = np.asarray(norm.get_param("G")), np.asarray(norm.get_param("b"))
        self._mean = np.full(self.width, 1 / self.width, dtype=np.float32)

    def finish(self, sums: Floats) -> Floats:
        """(tokens, width) of (tokens, pieces * width) sums with the bias in them."""
        pieces = [sums[:, i * self.width : (i + 1) * self.width] for i in range(self.pieces)]
        best = pieces[0].copy()
        for piece in pieces[1:]:
            np.maximum(best, piece, out=best)
        best -= (best @ self._mean)[:, None]
        variance = np.einsum("ij,ij->i", best, best) / np.float32(self.width) + np.float32(1e-8)
        best *= (1 / np.sqrt(variance))[:, None]
        best *= self.scale
        best += self.shift
        return best


class _Convolution(_Maxout):
    """A maxout layer over windows of three tokens, added to its input."""

    def __init__(self, part: Model[Any, Any]) -> None:
        super().__init__(part)
        before, middle, after = self.weights.reshape(3, self.width, -1)
        self.filters = np.stack([before, (before + middle + after) / 2, (before - middle + after) / 2, after])

    def __call__(self, rows: Floats) -> Floats:
        """Of (2 * pairs + 2, width): the first row and the last are the neighbours of the first token and the last."""
        pairs = len(rows) // 2 - 1
        size = min(_PAIRS, pairs)
        inputs = np.empty((4, size, self.width), dtype=np.float32)
        products = np.empty((4, size, self.filters.shape[2]), dtype=np.float32)
        out = rows.copy()
        for start in range(0, pairs, size):
            n = min(size, pairs - start)
            window = rows[2 * start : 2 * (start + n + 1)]
            a, b, c, d = window[:-2:2], window[1:-2:2], window[2::2], window[3::2]
            x, m = inputs[:, :n], products[:, :n]
            np.subtract(a, c, out=x[0])
            np.add(b, c, out=x[1])
            np.subtract(c, b, out=x[2])
            np.subtract(b, d, out=x[3])
            np.matmul(x, self.filters, out=m)
            m[1] += self.bias
            m[0] += m[1]
            m[0] += m[2]
            m[1] -= m[2]
            m[1] -= m[3]
            first = 2 * start + 1
            out[first : first + 2 * n : 2] += self.finish(m[0])
            out[first + 1 : first + 2 * n : 2] += self.finish(m[1])
        return out


class Forward:
    """Scores of the tokens of a text by a network of `build_network`, whose parameters must not change any more."""

    def __init__(self, network: Model[list[Features], Any]) -> None:
        words, projection, mix, encoder, scorer = network.layers
        self._words, self._mix = _HashEmbeddings(words), _Maxout(mix)
        projecting = _node(projection, "linear")
        self._projection, self._shift = np.asarray(projecting.get_param("W")).T, np.asarray(projecting.get_param("b"))
        self._layers = [_Convolution(layer) for layer in encoder.layers]
        linear = _node(scorer, "linear")
        self._out = np.ascontiguousarray(np.asarray(linear.get_param("W")).T)
        self._bias = np.asarray(linear.get_param("b"))

    @property
    def depth(self) -> int:
        """Number of its convolutions, and of empty rows that keep two texts apart."""
        return len(self._layers)

    def embed(self, hashes: npt.NDArray[np.uint64], vectors: Floats, block: int = 0) -> Floats:
        """(forms, width) of words as they are alone, from their `Features`.

        Args:
            block: so many forms at a time, with empty ones behind the last; all at once when 0. The rounding of a product may depend on its
                size: in blocks what comes of a form does not depend on how many stand beside it.
        """
        n, split = len(hashes), self._words.width
        size = block or max(n, 1)
        whole = -(-n // size) * size
        rows = np.zeros((whole, len(self._mix.weights)), dtype=np.float32)
        padded = np.zeros((whole, vectors.shape[1]), dtype=np.float32)
        padded[:n] = vectors
        if n:
            self._words(hashes, rows[:n, :split])
        embedded = np.empty((whole, self._mix.width), dtype=np.float32)
        for start in range(0, whole, size):
            at = slice(start, start + size)
            np.add(padded[at] @ self._projection, self._shift, out=rows[at, split:])
            embedded[at] = self._mix.finish(rows[at] @ self._mix.weights + self._mix.bias)
        return embedded[:n]

    def scores(self, embedded: Floats) -> Floats:
        """(tokens, tags) of the embedded tokens of a text."""
        n, pad = len(embedded), len(self._layers)
        # as in training, empty rows stand round the text, one for each layer, and the layers change them
        inner = n + 2 * pad
        rows = np.zeros((inner + inner % 2 + 2, embedded.shape[1]), dtype=np.float32)
        rows[1 + pad : 1 + pad + n] = embedded
        for layer in self._layers:
            rows = layer(rows)
            rows[1 + inner :] = 0
        output: Floats = rows[1 + pad : 1 + pad + n] @ self._out
        output += self._bias
        return output
