"""Case reports and what is none."""

import pytest

from extract.records import assemble
from extract.schema import Document

WARNING = "does not look like a case report"
TRIAL = (
    "## title\nDocetaxel before surgery: results of a phase II trial\n"
    "## abstract\nConsecutive patients were enrolled in this open-label trial. The primary endpoint was response.\n"
    "## methods\nInclusion criteria were gastric cancer and consent. Participants received [drug:docetaxel] [dose:35 mg/m2]. The sample size was 50. "
    "Statistical analysis used hazard ratios.\n"
    "## case\nFigure 1 shows the flow of patients. Of all participants 40 were randomised. Characteristics were balanced. "
    "All received [drug:cisplatin] [dose:35 mg/m2].\n"
    "## discussion\nIn another report a [age:60-year-old] [sex:man] was given [drug:imatinib].\n"
)


def told(doc):
    return assemble(doc, Document(doc_id="d1", file="a.txt", warnings="page 1: blurred"))


def test_a_trial_has_no_index_patient_and_says_so(marked):
    report = told(marked(TRIAL))
    assert report.document.warnings == f"page 1: blurred; {WARNING}: it tells of a study, not of a patient"
    assert [c.role for c in report.cases] == ["cited"]
    index = {c.case_id for c in report.cases if c.role == "index"}
    assert not [t for t in report.treatments if t.case_id in index]
    assert {t.drug: t.case_id for t in report.treatments} == {"docetaxel": "", "cisplatin": "", "imatinib": "d1-x1"}
    assert report.records == ()


@pytest.mark.parametrize(
    "text",
    [
        "## case\nA [age:50-year-old] [sex:man] was admitted. He was given [drug:zinc].\n",
        "## title\nA case report of gout\n## case\nThe patient took [drug:zinc]. He was well.\n",
        "## case 1\nA [sex:man] was admitted.\n## case 2\nA [sex:woman] was admitted.\n",
        "## case\nA [age:50-year-old] [sex:man] took [drug:zinc]. He answered a questionnaire. Inclusion criteria of a survey were met.\n",
        "## body\nShe was treated with [drug:zinc]. The patient recovered.\n",
    ],
)
def test_reports_of_a_patient_pass(marked, text):
    report = told(marked(text))
    assert WARNING not in report.document.warnings
    assert [c.role for c in report.cases][:1] == ["index"]


def test_a_short_text_without_a_patient_says_that_none_was_found(marked):
    report = told(marked("## body\nTen countries answered. Seven had a plan.\n"))
    assert report.cases == () and report.document.warnings.endswith("; no patient was found in it")
