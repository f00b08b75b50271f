"""Suspicions that the report takes back: first impressions, errors, lists that were ruled out, alternatives."""

import pytest

from extract.records import assemble
from extract.schema import Document

TITLE = "## title\n[diagnosis:Schwannoma] of the tongue\n"


def told(doc):
    report = assemble(doc, Document(doc_id="d1", file="a.txt"))
    return {d.text: d.assertion for d in report.diagnoses}


def case(marked, text, title=TITLE):
    return marked(f"{title}## case\nA [age:40-year-old] [sex:woman] presented to us. {text}\n")


@pytest.mark.parametrize(
    "text",
    [
        "The swelling was initially thought to be a [diagnosis:fibroma|possible].",
        "The initial impression was [diagnosis:fibroma|possible].",
        "A [diagnosis:Fibroma|possible] was at first suspected.",
        "It had been misdiagnosed as [diagnosis:fibroma].",
        "It was compatible with either [diagnosis:fibroma|possible] or [diagnosis:schwannoma|possible].",
        "We thought of [diagnosis:fibroma|possible] and [diagnosis:lipoma|possible]. Biopsy was done. All of these were excluded.",
        "We thought of [diagnosis:fibroma|possible] and [diagnosis:lipoma|possible]. Imaging was normal, ruling out the aforementioned tumours.",
    ],
)
def test_what_the_report_takes_back(marked, text):
    doc = case(marked, f"{text} Histology showed [diagnosis:schwannoma].")
    assert next(v for k, v in told(doc).items() if k.lower() == "fibroma") == "absent"


@pytest.mark.parametrize(
    "text",
    [
        "A [diagnosis:fibroma|possible] was suspected.",
        "The differential diagnosis included [diagnosis:fibroma|possible] and [diagnosis:lipoma|possible].",
        "A [diagnosis:fibroma|possible] was suspected. All other causes were excluded.",
        "The provisional diagnosis was [diagnosis:fibroma|possible].",
    ],
)
def test_what_stays_a_suspicion(marked, text):
    doc = case(marked, f"{text} Histology showed [diagnosis:schwannoma].")
    assert told(doc)["fibroma"] == "possible"


def test_a_first_impression_stays_where_nothing_else_is_told(marked):
    doc = case(marked, "The swelling was initially thought to be a [diagnosis:fibroma|possible].", title="")
    assert told(doc) == {"fibroma": "possible"}
