"""`casesift_model`: the trained mention model. Placeholder until its weights are there: proposes nothing."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

import extract.language.tokenizer  # noqa: F401  (registers the tokenizer)


@Language.factory("casesift_model", assigns=["doc.spans"])
def make_model(nlp: Language, name: str) -> MentionModel:
    """The component."""
    return MentionModel()


class MentionModel:
    """Writes `doc.spans["model"]`."""

    def __call__(self, doc: Doc) -> Doc:
        """Proposes nothing yet."""
        doc.spans["model"] = SpanGroup(doc, name="model", spans=[])
        return doc
