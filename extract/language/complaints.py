"""`casesift_complaints`: symptoms and findings told beside a drug, which are no diagnoses and may be harm done by it.

Behind `casesift_context`: it changes no mention. In: a Doc with sentences, mentions and what the model proposed. Out: in `doc.user_data`,
given back by `complaints`, the proposals of the model for diagnoses that made none ("rash", "nausea"), in sentences that name a drug and in
those next to them, each with its assertion, decided where that of a diagnosis is. Read by `extract.records.adverse_events`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from spacy.language import Language
from spacy.tokens import Doc, Span

from extract.language import spans
from extract.language.context.assertion import Assertion
from extract.language.mention import Mention
from extract.language.sections import NO_FACTS

KEY = "casesift.complaints"


class Complaints:
    """The component. It keeps no state: one instance may serve any number of documents."""

    def __init__(self) -> None:
        self.assertion = Assertion()

    def __call__(self, doc: Doc) -> Doc:
        """Write what complaints `doc` tells beside drugs."""
        told = self.assertion.verdicts(doc, list(_beside_drugs(doc)))
        doc.user_data[KEY] = [
            (span.start_char, span.end_char, span.text, verdict.value, verdict.why) for span, verdict in told
        ]
        return doc


def complaints(doc: Doc) -> list[Mention]:
    """The complaints that the stage found in `doc`, in order, as mentions of diagnoses; none where it has not run."""
    return [
        Mention(start, end, "diagnosis", text, text.lower(), assertion, why, origin="model")
        for start, end, text, assertion, why in doc.user_data.get(KEY, ())
    ]


def _beside_drugs(doc: Doc) -> Iterator[Span]:
    """The proposals of the model in sentences with a drug or next to one, none over a mention or over another."""
    taken = [(m.start, m.end) for m in spans.mentions(doc, "diagnosis", "drug")]
    starts = [sentence.start for sentence in doc.sents] if doc.has_annotation("SENT_START") else [0]
    with_drug = {bisect_right(starts, m.start) - 1 for m in spans.mentions(doc, "drug")}
    near = {i + k for i in with_drug for k in (-1, 0, 1)}
    proposed = [
        s for s in doc.spans.get("model", ()) if s.label_ == "diagnosis" and bisect_right(starts, s.start) - 1 in near
    ]
    for span in sorted(proposed, key=lambda s: (s.start, -s.end)):
        if any(span.start < end and start < span.end for start, end in taken):
            continue
        if spans.section_name(doc, span.start_char) in NO_FACTS:
            continue
        taken.append((span.start, span.end))
        yield span


@Language.factory("casesift_complaints", requires=["doc.spans"])
def make_complaints(nlp: Language, name: str) -> Complaints:
    """Factory of the component `casesift_complaints`; it has no settings."""
    spans.register()
    return Complaints()
