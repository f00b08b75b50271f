"""The component `casesift_quantities`: quantities in a Doc, by rule.

Between the model and the resolver: reads `doc.text` and, where earlier stages wrote them, the drugs in
`doc.spans["model"]` and `doc.spans["terms"]` (none is required); writes `doc.spans["quantities"]`
with the labels dose, volume, ratio, frequency, duration, age, sex and pain_score. Each span has origin "rule", its
value printed in `span._.norm` (read it back with `extract.language.quantities`; empty where words tell no
number, as in "high dose") and a confidence that is lower where only the surroundings told what it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.errors import Code, LanguageError
from extract.language import spans
from extract.language.quantities.find import find_quantities
from extract.settings import defaults

GROUP = "quantities"
FINDERS = ("model", "terms")
LABELS = ("dose", "volume", "ratio", "frequency", "duration", "age", "sex", "pain_score")

#: between two paragraphs: a number at the end of one (of an axis, say) has nothing to do with the next one's first word
_PARAGRAPHS = re.compile(r"\n\s*\n")


class Quantities:
    """Finds quantities; see the module's docstring. `labels` are the ones to write, `skipped` the sections not to read."""

    def __init__(self, labels: Collection[str], skipped: Collection[str]) -> None:
        if unknown := sorted(set(labels) - set(LABELS)):
            raise LanguageError(
                Code.BAD_CONFIG,
                f"casesift_quantities has no labels {', '.join(unknown)}",
                mend=f"choose from {', '.join(LABELS)}",
            )
        self.labels, self.skipped = frozenset(labels), frozenset(skipped)
        spans.register()

    def __call__(self, doc: Doc) -> Doc:
        """Writes doc.spans["quantities"], in document order; two of one label never overlap."""
        group: list[Span] = []
        last: dict[str, int] = {}
        named = [s for key in FINDERS for s in doc.spans.get(key, ()) if s.label_ in ("drug", "vehicle")]
        drugs = [(s.start_char, s.end_char) for s in named]
        vehicles = [(s.start_char, s.end_char) for s in named if s.label_ == "vehicle"]
        text = spans.text_of(doc)
        for start, end in spans.in_sections(doc, self.skipped):
            text = text[:start] + " " * (end - start) + text[end:]
        for quantity in find_quantities(text, drugs):
            if quantity.label not in self.labels or _PARAGRAPHS.search(text, quantity.start, quantity.end):
                continue
            if quantity.label == "dose" and any(a <= quantity.start and quantity.end <= b for a, b in vehicles):
                continue  # "in glucose 5%": how strong the vehicle is
            span = doc.char_span(quantity.start, quantity.end, label=quantity.label, alignment_mode="expand")
            if span is None or span.start < last.get(quantity.label, 0):
                continue
            last[quantity.label] = span.end
            span._.origin = "rule"
            span._.norm = quantity.norm
            span._.confidence = quantity.confidence
            group.append(span)
        doc.spans[GROUP] = group
        return doc


@Language.factory("casesift_quantities", default_config=defaults("casesift_quantities"), assigns=["doc.spans"])
def make_quantities(nlp: Language, name: str, labels: list[str], skipped_sections: list[str]) -> Quantities:
    """The component for `nlp`; `labels` are those of LABELS to be written, `skipped_sections` are not read."""
    return Quantities(labels, skipped_sections)
