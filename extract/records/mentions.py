"""The rows of the table of mentions: what annotators would mark, and which of it went into the records.

In: a Doc with `doc.spans["annotated"]` (see `extract.language.annotation`), and the `Report` assembled from it, whose
mentions are those the records use. Out: the rows of the table. A mention that the records have, in these words or in
others that overlap, keeps the case and the row they linked it to; any other belongs to the case its sentence tells of.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from spacy.tokens import Doc, Span

from extract.language.annotation import CONFIDENCES
from extract.language.mention import Mention as Weighed
from extract.language.mention import Sentence, sentences
from extract.language.sections import NO_FACTS
from extract.language.spans import ANNOTATED
from extract.records.evidence import provenance, row_id
from extract.records.tables import Broken
from extract.schema import Mention, Report
from extract.settings import RecordsSettings, packaged


def with_mentions(
    doc: Doc, report: Report, settings: RecordsSettings | None = None, sents: list[Sentence] | None = None
) -> Report:
    """`report` with the table of mentions by the guideline that the language pipeline followed; `sents` as for `assemble`."""
    if ANNOTATED not in doc.spans:
        return report
    broken, records = Broken(), settings or packaged().records
    rows = broken.attempt(Mention.table.name, lambda: tuple(_rows(doc, report, records, sents))) or ()
    return report.model_copy(update={"mentions": rows, "document": broken.told(report.document)})


def _rows(doc: Doc, report: Report, settings: RecordsSettings, sents: list[Sentence] | None) -> Iterator[Mention]:
    sents = sentences(doc) if sents is None else sents
    starts = [s.start for s in sents]
    weighed = {(m.start, m.end): m for s in sents for m in s.mentions}
    used: dict[int, list[Mention]] = {}
    for row in report.mentions:
        used.setdefault(bisect_right(starts, row.start) - 1, []).append(row)
    confidences = {(start, end, label): sure for start, end, label, sure in doc.user_data.get(CONFIDENCES, ())}
    for span in doc.spans[ANNOTATED]:
        at = bisect_right(starts, span.start_char) - 1
        if at < 0 or sents[at].section in NO_FACTS - {"keywords"}:
            continue
        yield _row(
            doc, report, span, sents[at], used.get(at, []), confidences, weighed.get((span.start_char, span.end_char)),
            settings.evidence_length,
        )  # fmt: skip


def _row(
    doc: Doc, report: Report, span: Span, sentence: Sentence, beside: list[Mention], confidences: dict[tuple[int, int, str], float],
    weighed: Weighed | None, longest: int,
) -> Mention:  # fmt: skip
    place = (span.start_char, span.end_char, span.label_)
    confidence = confidences.get(place, span._.confidence)
    same = [m for m in beside if m.label == span.label_ and m.start < place[1] and place[0] < m.end]
    home = max(same, key=lambda m: min(m.end, place[1]) - max(m.start, place[0]), default=None)
    if home is not None and (home.start, home.end) == place[:2]:
        return home.model_copy(update={"confidence": round(confidence, 3)})
    owner = home or next((m for m in beside if m.case_id), None)
    # the records call these very words something else, and norm and assertion, which stand by the words, are of that
    other = any((m.start, m.end) == place[:2] and m.label != span.label_ for m in beside)
    norm, assertion = ("", "") if other else (span._.norm, weighed.assertion if weighed else span._.assertion)
    return Mention(
        mention_id=row_id(report.document.doc_id, "m", span.label_, *place[:2]),
        doc_id=report.document.doc_id,
        file=report.document.file,
        label=span.label_,
        text=span.text,
        norm=norm or (home.norm if home else ""),
        assertion=assertion,
        case_id=owner.case_id if owner and assertion != "general" else "",
        linked_to=home.linked_to if home else "",
        origin=span._.origin or (home.origin if home else ""),
        **provenance(doc._.source, sentence, *place[:2], confidence, longest),
    )
