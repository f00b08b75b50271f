"""The table of mentions follows a guideline; the records do not change with it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Span

from extract import Extractor, language
from extract.document import Section, SourceText
from extract.errors import LanguageError
from extract.language import spans
from extract.language.annotation import CONFIDENCES, FOLLOWED, Annotated
from extract.language.annotation.decide import Decided, Guideline, Rule, decide, read_guidelines
from extract.language.annotation.features import LABELS, NAMES, Candidate, candidates
from extract.records import assemble
from extract.records.mentions import with_mentions
from extract.schema import Document

SENTENCE = "Acute pancreatitis developed in a 54-year-old man given oral azathioprine 50 mg daily for Crohn's disease."
ABSTRACT = (
    "Pancreatitis caused by azathioprine in rats. Azathioprine was given to rats at three doses. Amylase and lipase "
    "were measured, and hypotension, nausea and abdominal pain were looked for. Nausea was seen after every dose of "
    "azathioprine, and pancreatitis after the highest only."
)
REPORT = (
    "A 54-year-old man presented with nausea and abdominal pain. He had taken azathioprine 50 mg daily for six weeks "
    "for Crohn's disease. Amylase was 900 U/L. Acute pancreatitis was diagnosed, azathioprine was stopped, and he was "
    "given morphine. He had no fever. He went home after five days and has been well since."
)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return language.load(**{"components.casesift_codes.icd": False})


def marked(nlp: Language, text: str, label: str) -> list[str]:
    doc = language.analyse(nlp, text)
    return [s.text for s in doc.spans[spans.ANNOTATED] if s.label_ == label]


@pytest.mark.parametrize(("text", "kind"), [(SENTENCE, "sentence"), (ABSTRACT, "abstract"), (REPORT, "report")])
def test_the_guideline_goes_by_the_kind_of_the_text(nlp: Language, text: str, kind: str) -> None:
    assert language.analyse(nlp, text).user_data[FOLLOWED] == kind


def test_a_symptom_is_a_diagnosis_in_an_abstract_and_none_in_a_report(nlp: Language) -> None:
    assert {"nausea", "abdominal pain"} <= {t.lower() for t in marked(nlp, ABSTRACT, "diagnosis")}
    assert "nausea" not in marked(nlp, REPORT, "diagnosis")
    assert any(t.endswith("pancreatitis") for t in marked(nlp, REPORT, "diagnosis"))


def test_the_records_use_the_same_mentions_whatever_the_guideline() -> None:
    used = []
    for guideline in ("records", "abstract", "sentence"):
        nlp = language.load(None, **{"components.casesift_guideline.guideline": guideline})
        doc = language.analyse(nlp, REPORT)
        assert doc.user_data[FOLLOWED] == guideline
        used.append([(s.text, s.label_, s._.confidence, s._.assertion, s._.norm) for s in language.mentions(doc)])
        if guideline == "records":
            assert list(doc.spans[spans.ANNOTATED]) == list(language.mentions(doc))
    assert used[0] == used[1] == used[2]


def test_mentions_of_a_label_never_overlap_and_have_confidences(nlp: Language) -> None:
    for text in (SENTENCE, ABSTRACT, REPORT):
        doc = language.analyse(nlp, text)
        found = list(doc.spans[spans.ANNOTATED])
        for label in LABELS:
            mine = sorted((s.start_char, s.end_char) for s in found if s.label_ == label)
            assert all(a[1] <= b[0] for a, b in pairwise(mine))
        assert all(0 < p <= 1 for *_, p in doc.user_data[CONFIDENCES])


def test_a_denied_symptom_of_an_abstract_is_marked_absent(nlp: Language) -> None:
    doc = language.analyse(nlp, ABSTRACT.replace("Nausea was seen", "There was no nausea"))
    said = {s.text: s._.assertion for s in doc.spans[spans.ANNOTATED] if s.label_ == "diagnosis"}
    assert said["hypotension"] and said["pancreatitis"] == "present"
    assert doc.text[doc.text.index("no nausea") + 3 :].startswith("nausea") and said["nausea"] == "absent"


def test_the_table_keeps_what_the_records_linked() -> None:
    report = Extractor().extract(SourceText(REPORT, "text"))
    treatments = {t.treatment_id for t in report.treatments}
    linked = [m for m in report.mentions if m.linked_to]
    assert {m.label for m in linked} >= {"drug", "dose"}
    assert {m.linked_to for m in linked} <= treatments
    for m in report.mentions:
        assert REPORT[m.start : m.end] == m.text
        assert m.evidence and 0 <= m.confidence <= 1
    assert len({m.mention_id for m in report.mentions}) == len(report.mentions)


def test_the_likeliest_of_overlapping_candidates_stands() -> None:
    weights = tuple(1.0 if n == "bias" else 0.0 for n in NAMES)
    row = [0.0] * len(NAMES)
    found = [Candidate(0, 4, "drug", (2.0, *row[1:])), Candidate(2, 8, "drug", (1.0, *row[1:])),
             Candidate(0, 4, "diagnosis", (1.5, *row[1:])), Candidate(9, 12, "drug", (-1.0, *row[1:]))]  # fmt: skip
    rules = {label: Rule(weights, 0.5) for label in ("drug", "diagnosis")}
    assert decide(Guideline("g", "phee", rules), found) == [Decided(0, 4, "drug", 0.881)]


def test_words_sure_in_one_place_are_candidates_in_the_others(nlp: Language) -> None:
    doc = language.analyse(nlp, ABSTRACT)
    places = {
        c.start for c in candidates(doc, "bc5cdr", ["drug"]) if doc.text[c.start : c.end].lower() == "azathioprine"
    }
    assert places == {m.start() for m in re.finditer("azathioprine", ABSTRACT, re.I)}


def test_the_shipped_guidelines_know_their_heads_and_labels() -> None:
    file = Path(language.__file__).parent / "model" / "mentions" / "guidelines.json"
    found = read_guidelines(file)
    assert set(found) == {"abstract", "sentence", "report"}
    names = {
        n
        for g in json.loads(file.read_text("utf-8"))["guidelines"].values()
        for x in g["labels"].values()
        for n in x["weights"]
    }
    assert names <= set(NAMES)


def test_an_unknown_guideline_is_told() -> None:
    with pytest.raises(LanguageError, match="knows no guideline 'novel'"):
        language.load(None, **{"components.casesift_guideline.guideline": "novel"})


def test_without_a_guidelines_file_the_mentions_are_the_records() -> None:
    nlp = language.load(None, **{"components.casesift_guideline.path": "nowhere"})
    doc = language.analyse(nlp, REPORT)
    assert doc.user_data[FOLLOWED] == "records"
    assert isinstance(nlp.get_pipe("casesift_guideline"), Annotated)


def test_a_sentence_with_a_heading_is_a_sentence(nlp: Language) -> None:
    source = SourceText(f"CASE REPORT\n{SENTENCE}", "text", (Section("case", 0, 12 + len(SENTENCE)),))
    assert language.analyse(nlp, source).user_data[FOLLOWED] == "sentence"


def test_a_text_with_a_case_section_is_a_report(nlp: Language) -> None:
    text = f"Pancreatitis and azathioprine.\nCase report\n{REPORT}\n{ABSTRACT}"
    source = SourceText(text, "text", (Section("case", text.index("Case"), len(text)),))
    assert language.analyse(nlp, source).user_data[FOLLOWED] == "report"


def test_words_the_records_call_something_else_lose_what_was_said_of_that() -> None:
    nlp = language.load(**{"components.casesift_codes.icd": False})
    doc = language.analyse(nlp, REPORT)
    report = assemble(doc, Document(doc_id="d0", file="a.txt"))
    drug = next(s for s in language.mentions(doc, "drug"))
    doc.spans[spans.ANNOTATED] = [Span(doc, drug.start, drug.end, label="diagnosis")]
    (row,) = with_mentions(doc, report).mentions
    assert (row.label, row.assertion, row.norm) == ("diagnosis", "", "")
