"""One network of the model with its word vectors, kept in one `.npz` file.

`tagger.py` averages the scores of several members trained alike from different seeds: what one of them got
wrong by chance the others outvote, at the price of their time. Tables (word vectors, hash embeddings) are
kept as 8-bit integers with a scale a row, everything else as float16: a quarter of the size, and scores that
differ in the third decimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from thinc.api import Model

from extract.language.model.features import Extractor, Features, Kept, Lexicon
from extract.language.model.forward import Forward
from extract.language.model.network import build_network

_BATCH_TOKENS = 6000  # tokens the encoder sees at once: bounds memory on long documents
_EMBED = 32  # forms embedded at a time: a short text has some twenty that no earlier one had
_TABLE_ROWS = 500  # arrays of two dimensions and so many rows are tables


class _Embedded:
    """The embedded forms among those that an extractor has kept."""

    def __init__(self, kept: Kept, width: int) -> None:
        self.kept = kept
        self.there = np.zeros(len(kept.vectors), dtype=bool)
        self.values = np.empty((len(kept.vectors), width), dtype=np.float32)


class Member:
    """A network and what makes its features.

    Args:
        tags: columns of its output.
        settings: arguments of `build_network` but `tags` and `vector_width`.
        fresh: whether its parameters are random ones; else they must be set.
    """

    def __init__(self, tags: int, extractor: Extractor, settings: dict[str, Any], *, fresh: bool = True) -> None:
        self.extractor, self.tags = extractor, tags
        self.settings = {**settings, "rows": tuple(settings["rows"])}
        self.network: Model[list[Features], Any] = build_network(
            tags=tags, vector_width=extractor.width, fresh=fresh, **self.settings
        )
        self._forward: Forward | None = None
        self._embedded: _Embedded | None = None

    def scores(self, features: Features, stretches: Sequence[tuple[int, int]] | None = None) -> npt.NDArray[np.float32]:
        """(tokens, tags) scores of a document's features; long documents are read in overlapping windows, which changes nothing.

        Args:
            stretches: the token ranges that are wanted, the whole document when None; the scores of others are 0.
        """
        n, margin = len(features), self.settings["depth"]
        scores = np.zeros((n, self.tags), dtype=np.float32)
        windows = [
            (start, min(start + _BATCH_TOKENS, last))
            for first, last in ([(0, n)] if stretches is None else stretches)
            for start in range(first, last, _BATCH_TOKENS)
        ]
        read = np.zeros(n, dtype=bool)
        for start, end in windows:
            read[max(start - margin, 0) : end + margin] = True
        used, forms = np.unique(features.forms[read], return_inverse=True)
        places = np.cumsum(read) - 1
        forward = self._forward or Forward(self.network)
        embedded = self._embed(forward, features, used)
        for start, end in windows:
            low, high = max(start - margin, 0), min(end + margin, n)
            part = forward.scores(embedded[forms[places[low] : places[high - 1] + 1]])
            scores[start:end] = part[start - low : end - low]
        return scores

    def _embed(self, forward: Forward, features: Features, used: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """(used, width) of these forms; remembered as long as the parameters are sure not to change."""
        if self._forward is None or features.kept is None or features.places is None:
            return forward.embed(features.hashes[used], features.vectors[used])
        if self._embedded is None or self._embedded.kept is not features.kept:
            self._embedded = _Embedded(features.kept, self.settings["width"])
        rows, places = self._embedded, features.places[used]
        new = used[~rows.there[places]]
        if len(new):
            at = features.places[new]
            rows.there[at] = True
            rows.values[at] = forward.embed(features.hashes[new], features.vectors[new], _EMBED)
        embedded: npt.NDArray[np.float32] = rows.values[places]
        return embedded

    def parameters(self) -> Iterator[tuple[str, Model[Any, Any], str]]:
        """Name, layer and name in the layer of every parameter, in a fixed order."""
        for i, node in enumerate(self.network.walk()):
            for name in node.param_names:
                yield f"{i:03d}.{node.name}.{name}", node, name

    @property
    def about(self) -> dict[str, Any]:
        """Its settings, for `meta.json`."""
        return {"network": {**self.settings, "rows": list(self.settings["rows"])}, "vectors": self.extractor.settings}

    def to_disk(self, path: Path) -> None:
        """Write the `.npz`."""
        arrays = {key: np.asarray(node.get_param(name)) for key, node, name in self.parameters()}
        lexicon = self.extractor.lexicon
        packed: dict[str, npt.NDArray[Any]] = {"lexicon:keys": lexicon.keys, "lexicon:classes": lexicon.classes}
        for key, array in (("vectors", self.extractor.table), *arrays.items()):
            if array.ndim == 2 and len(array) >= _TABLE_ROWS:
                scale = np.maximum(np.abs(array).max(axis=1), 1e-12) / 127
                packed[f"{key}:scale"] = scale.astype(np.float32)
                packed[key] = np.round(array / scale[:, None]).astype(np.int8)
            else:
                packed[key] = array.astype(np.float16)
        np.savez_compressed(path, allow_pickle=False, **packed)

    @classmethod
    def from_disk(cls, path: Path, tags: int, about: dict[str, Any], beside: Sequence[Member] = ()) -> Member:
        """Read what `to_disk` wrote; `about` as it was then. Its parameters must not change any more.

        Args:
            beside: members already read; the word vectors of one of them are shared where they are the same.
        """
        with np.load(path, allow_pickle=False) as packed:
            lexicon = Lexicon(packed["lexicon:keys"], packed["lexicon:classes"])
            arrays = {k: packed[k].astype(np.float32) for k in packed.files if not k.startswith("lexicon:")}
        for key in [key for key in arrays if not key.endswith(":scale")]:
            if f"{key}:scale" in arrays:
                arrays[key] *= arrays[f"{key}:scale"][:, None]
        extractor = Extractor(arrays["vectors"], **about["vectors"], lexicon=lexicon)
        extractor = next((m.extractor for m in beside if m.extractor.same_as(extractor)), extractor)
        member = cls(tags, extractor, about["network"], fresh=False)
        for key, node, name in member.parameters():
            node.set_param(name, arrays[key])
        member._forward = Forward(member.network)
        return member
