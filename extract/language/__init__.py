"""Language: a `SourceText` becomes a spaCy `Doc` with labelled, asserted, coded spans.

    nlp = extract.language.load()
    doc = extract.language.analyse(nlp, source)
    for span in extract.language.mentions(doc, "drug"): ...

Each stage is a registered spaCy factory of its own file and can be used alone in anybody's pipeline; the
order and the settings stand in `pipeline.cfg`. What the stages write is told in `spans`.
"""

from __future__ import annotations

from extract.language.pipeline import analyse, fingerprint, load, pipe, read_config
from extract.language.spans import mentions

__all__ = ["analyse", "fingerprint", "load", "mentions", "pipe", "read_config"]
