"""A row whose number may not be what the page shows is less sure, and says why; the others stay as they are."""

from dataclasses import replace

import pytest

from extract.document import Doubt
from extract.records import assemble
from extract.schema import Document

TEXT = """## case
A 54-year-old woman with gout was given [drug:colchicine] [dose:114 tablets] daily and [drug:prednisone] [dose:20 mg] daily.

Her pain was [pain_score:7/10] then."""


def rows(doc, *doubts):
    doc._.source = replace(doc._.source, doubts=doubts)
    report = assemble(doc, Document(doc_id="d1", file="a.pdf"))
    treatments = {t.drug: t for t in report.treatments}
    return report, treatments["colchicine"], treatments["prednisone"]


def test_a_doubtful_dose_halves_the_confidence_of_its_row_and_no_other(marked):
    doc = marked(TEXT)
    _, plain, other = rows(doc)
    at = doc.text.index("114 tablets")
    report, doubted, same = rows(doc, Doubt(at, at + 11, "may be a fraction such as ½ or ¼"))
    assert doubted.confidence == pytest.approx(plain.confidence / 2, abs=0.001)
    assert same.confidence == other.confidence
    assert report.reasons[doubted.treatment_id][-1] == "to check: '114 tablets' may be a fraction such as ½ or ¼"
    assert not any("to check" in why for why in report.reasons[same.treatment_id])


def test_a_doubtful_pain_score_too(marked):
    doc = marked(TEXT)
    (plain,) = rows(doc)[0].pain_scores
    at = doc.text.index("7/10")
    (doubted,) = rows(doc, Doubt(at, at + 1, "read by OCR without certainty"))[0].pain_scores
    assert doubted.confidence == pytest.approx(plain.confidence / 2, abs=0.001)


def test_a_doubt_about_the_words_beside_changes_no_row(marked):
    doc = marked(TEXT)
    before = rows(doc)[0].treatments
    at = doc.text.index("54-year")
    assert rows(doc, Doubt(at, at + 2, "read by OCR without certainty"))[0].treatments == before
