"""The whole way on the corpus: the rows of every report, its scores against gold, and what holds for every row.

`tests/expected/ID.txt` holds the rows of a report as the program tells them today, for a person to read and for this test to
compare. After a change that is meant to change rows, write the files (and the cells that the README shows) again, and look at
what `git diff` says:

    CASESIFT_UPDATE=1 python -m pytest tests/test_whole_way.py
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from told import lines, readme_cells

from extract import schema
from extract.document import SECTION_NAMES, SourceText
from extract.errors import Code, ReadingError
from extract.schema import Report
from pipelines.engines.processing import DefaultExtractor
from pipelines.evaluation.evaluate import Scores, evaluate
from pipelines.store import Store
from pipelines.tables.writing import refresh_tables

#: one worker of a parallel run takes all of these, so that the corpus is read once
pytestmark = pytest.mark.xdist_group("whole way")

CORPUS = Path(__file__).parents[1] / "corpus"
EXPECTED = Path(__file__).with_name("expected")
UPDATE = bool(os.environ.get("CASESIFT_UPDATE"))

#: reports made unreadable on purpose, and why
UNREADABLE = {"amiodarone-sealed": Code.ENCRYPTED_PDF, "thyroid-storm": Code.NO_TEXT}
READABLE = sorted(p.stem for p in (CORPUS / "pdf").glob("*.pdf") if p.stem not in UNREADABLE)

#: F1 of each field on the readable reports: about 0.02 under what it was when this was written. Raise a floor when it is
#: far under; lower one only for a reason told in the commit.
FLOORS = {
    "records": 0.95, "case count": 1.0, "age": 0.98, "sex": 0.98, "primary diagnosis": 0.98, "diagnosis": 0.945,
    "assertion": 0.95, "drug": 0.975, "status": 0.95, "dose": 0.96, "frequency": 0.95, "duration": 0.85, "route": 0.96,
    "vehicle": 0.82, "ratio": 0.95, "pain score": 0.96, "pain phase": 0.95, "therapy": 0.85,
    "therapy status": 0.95, "adverse event": 0.5,
}  # fmt: skip
#: drugs that only patients of the literature were given, told as if the report's own
MOST_LEAKS = 0

#: the tables that are made from the text; `records` is made from them
FACT_TABLES = tuple(t for t in schema.TABLES if t != "documents")
ROWS = tuple(t for t in FACT_TABLES if t != "records")


@dataclass(frozen=True)
class Whole:
    """A report of the corpus and the text it was read from."""

    source: SourceText
    report: Report

    def rows(self, table: str) -> tuple[schema.Evidence, ...]:
        return getattr(self.report, table)

    def key(self, row: schema.Evidence, table: str) -> str:
        return getattr(row, schema.KEYS[table])


@pytest.fixture(scope="session")
def extractor():
    return DefaultExtractor()()


@pytest.fixture(scope="session")
def corpus(extractor) -> dict[str, Whole]:
    """All readable reports; their order is that of their names."""
    found = {}
    for name in READABLE:
        source = extractor.read(CORPUS / "pdf" / f"{name}.pdf")
        found[name] = Whole(source, extractor.extract(source, doc_id=f"d-{name}", file=f"{name}.pdf"))
    return found


@pytest.mark.parametrize("name", READABLE)
def test_rows_are_as_expected(corpus, name):
    path = EXPECTED / f"{name}.txt"
    told = "".join(line + "\n" for line in lines(corpus[name].report))
    if UPDATE:
        path.write_text(told, encoding="utf-8")
    expected = path.read_text(encoding="utf-8") if path.is_file() else ""
    if told != expected:
        diff = difflib.unified_diff(
            expected.splitlines(), told.splitlines(), f"expected/{name}.txt", "what is told now", n=1, lineterm=""
        )
        pytest.fail(
            "\n".join(["the rows are not as expected (CASESIFT_UPDATE=1 writes them again):", *diff]), pytrace=False
        )


def test_every_expected_file_has_its_report():
    assert sorted(p.stem for p in EXPECTED.glob("*.txt")) == READABLE


def test_the_readme_shows_what_the_demo_writes(corpus):
    path = CORPUS.parent / "README.md"
    readme = path.read_text(encoding="utf-8")
    before, mark, rest = readme.partition("<!-- demo cells -->\n")
    shown, end, after = rest.partition("<!-- /demo cells -->")
    told = readme_cells({name: whole.report for name, whole in corpus.items()})
    if UPDATE:
        path.write_text(before + mark + told + end + after, encoding="utf-8")
    else:
        assert shown == told, "CASESIFT_UPDATE=1 writes the cells again"


@pytest.fixture(scope="session")
def out(corpus, tmp_path_factory) -> Path:
    """An output folder with the readable reports."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    with Store.open(folder, create=True) as store:
        for name, whole in corpus.items():
            store.put(whole.report, CORPUS / "pdf" / f"{name}.pdf", None)
        refresh_tables(store, folder)
    return folder


@pytest.fixture(scope="session")
def scores(out, tmp_path_factory) -> Scores:
    """The readable reports against their gold records."""
    gold = tmp_path_factory.mktemp("gold")
    for name in READABLE:
        shutil.copy(CORPUS / "gold" / f"{name}.json", gold)
    return evaluate(gold, out)


def test_the_examples_answer_their_questions(out):
    script = CORPUS.parent / "examples" / "research_questions.py"
    told = subprocess.run([sys.executable, "-W", "error", script, out], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    carried, pain, changed = told.stdout.split("\n\n")[:3]
    assert re.search(r"clobetasol +orabase +5 +0\.05% +1:1", carried)
    assert re.search(r"onabotulinumtoxina +2 +8\.5 +1\.0+ +trigeminal neuralgia +-7\.50", pain)
    assert re.search(r"trigeminal-two\.pdf +pregabalin stopped +onabotulinumtoxina", changed)


@pytest.mark.parametrize(("field", "floor"), FLOORS.items())
def test_scores_against_gold_do_not_fall(scores, field, floor):
    tally = scores.records if field == "records" else scores.fields[field]
    assert scores.documents == len(READABLE)
    assert tally.f1 is not None and tally.f1 >= floor, "\n".join([f"F1 {tally.f1}", *map(str, tally.notes)])


def test_drugs_of_other_peoples_patients_stay_theirs(scores):
    leaks = [str(n) for n in scores.fields["drug"].notes if "cited, not the patient" in str(n)]
    assert len(leaks) == scores.fields["cited leak"].fp <= MOST_LEAKS, leaks


@pytest.mark.parametrize("name", READABLE)
def test_offsets_say_where_the_words_stand(corpus, name):
    source = corpus[name].source
    for mention in corpus[name].report.mentions:
        assert source.text[mention.start : mention.end] == mention.text
    for table in ROWS:
        assert all(0 <= r.start < r.end <= len(source.text) for r in corpus[name].rows(table)), table


@pytest.mark.parametrize("name", READABLE)
def test_every_row_has_its_place_on_the_page_and_its_sentence(corpus, name):
    whole = corpus[name]
    for table in FACT_TABLES:
        for row in whole.rows(table):
            assert row.page and 1 <= row.page <= whole.report.document.pages, row
            assert row.x0 is not None and 0 <= row.x0 < row.x1 and 0 <= row.top < row.bottom, row
            words = " ".join(whole.source.text[row.start : row.end].split())
            assert words in " ".join(row.evidence.split()), row
            assert 0 <= row.confidence <= 1 and row.curation == "" and row.section in SECTION_NAMES, row


@pytest.mark.parametrize("table", ["diagnoses", "treatments", "pain_scores"])
def test_a_row_stands_where_its_own_words_stand(corpus, table):
    """At start..end stands `text`; of a regimen told in a sentence that does not name the drug, one of its parts."""
    parts = [c for c in schema.columns(schema.TABLES[table]) if c in {"text", "form", "site", "vehicle", "ratio"}]
    parts += [c for c in schema.columns(schema.TABLES[table]) if c.endswith("_text")]
    for whole in corpus.values():
        for row in whole.rows(table):
            words = " ".join(whole.source.text[row.start : row.end].split()).casefold()
            told = [" ".join(str(getattr(row, c)).split()).casefold() for c in parts if getattr(row, c)]
            assert words in told[:1] or any(words in t or t in words for t in told if table == "treatments"), row


def test_identifiers_are_unique_in_all_reports(corpus):
    for table in FACT_TABLES:
        keys = Counter(w.key(row, table) for w in corpus.values() for row in w.rows(table))
        assert not [k for k, n in keys.items() if n > 1], table


def test_rows_refer_to_rows_that_are_there(corpus):
    for name, whole in corpus.items():
        report = whole.report
        cases = {c.case_id for c in report.cases} | {""}
        treatments = {t.treatment_id for t in report.treatments} | {""}
        ratings = {p.pain_id for p in report.pain_scores}
        for table in FACT_TABLES:
            assert {r.case_id for r in whole.rows(table)} <= cases, (name, table)
        assert {p.treatment_id for p in report.pain_scores} <= treatments, name
        assert {r.record_id for r in report.records} <= treatments, name
        assert {m.linked_to for m in report.mentions} <= treatments | ratings | {
            d.diagnosis_id for d in report.diagnoses
        }, name


def test_the_same_file_gives_the_same_rows_again(corpus, extractor):
    """Later, in another order, under another name; only the document's own names differ."""
    for name in ("wandering-spleen", "agep-cited"):
        again = extractor(CORPUS / "pdf" / f"{name}.pdf", doc_id=f"d-{name}", file=f"{name}.pdf")
        before = corpus[name].report
        for table in FACT_TABLES:
            assert getattr(again, table) == getattr(before, table), (name, table)


def test_offsets_of_a_text_file_are_those_of_the_file(extractor, tmp_path):
    text = (
        "Case report\r\n\r\nA 61-year-old woman with naïve-looking calcinosis cutis was seen.\r\n"
        "She was given topical sodium thiosulfate 20% in white petrolatum twice daily\u2009for 6\u00a0weeks; "
        "her pain fell from 8/10 to 2/10 \u2013 \U0001f642.\r\nColchicine 0.5 mg was declined.\r\n"
    )
    path = tmp_path / "letter.txt"
    path.write_bytes(text.encode("utf-8"))
    report = extractor(path)
    assert {t.drug for t in report.treatments} >= {"sodium thiosulfate", "colchicine"} and report.pain_scores
    for mention in report.mentions:
        assert text[mention.start : mention.end] == mention.text
    assert {(r.page, r.x0) for table in ROWS for r in getattr(report, table)} == {(None, None)}


@pytest.mark.parametrize(("name", "code"), UNREADABLE.items())
def test_what_cannot_be_read_says_why_and_what_to_do(extractor, name, code, monkeypatch):
    monkeypatch.setattr("extract.reading.ocr.find_spec", lambda name: None)  # also where OCR is installed
    with pytest.raises(ReadingError) as error:
        extractor(CORPUS / "pdf" / f"{name}.pdf")
    assert error.value.code is code and error.value.mend and f"{name}.pdf" in str(error.value)


def test_a_compounded_drug_told_over_several_sentences_is_one_whole_regimen(extractor, tmp_path):
    """The kind of report the project began with: ratio, vehicle, rhythm and length stand in sentences of their own."""
    path = tmp_path / "calcinosis.txt"
    path.write_text(
        "Case report. A 52-year-old woman with dermatomyositis had painful calcinosis cutis of the left breast. She rated "
        "the pain as 8/10. Intralesional sodium thiosulfate was offered, but she declined. We compounded topical sodium "
        "thiosulfate with Vaseline in a 1:1 ratio, to be applied once a day until her follow-up. After two months "
        "of treatment with topical sodium thiosulfate the lesions were softer and her pain was 1/10."
    )
    report = extractor(path)
    rows = {t.status: t for t in report.treatments if t.drug == "sodium thiosulfate"}
    assert len(report.treatments) == len(rows) == 2, report.treatments
    given, declined = rows["given"], rows["declined"]
    told = (given.ratio, given.vehicle, given.route, given.per_day, given.days)
    assert told == ("1:1", "Vaseline", "topical", 1, 60)
    assert (declined.route, declined.ratio, declined.days) == ("intralesional", "", None)
    scores = [(p.value, p.phase, p.treatment_id) for p in report.pain_scores]
    assert scores == [(8, "baseline", given.treatment_id), (1, "followup", given.treatment_id)]
