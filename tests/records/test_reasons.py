"""Why a row says what it says."""

from extract.records import assemble
from extract.schema import Document

TEXT = """## case
A [age:40-year-old] [sex:woman] had [diagnosis:gout|present]. Her [diagnosis:hepatitis B|present] serology was negative.
She was given [drug:colchicine|given||] [dose:0.5 mg] daily. Her mother took [drug:allopurinol|given||].

## discussion
Doe et al. reported a [age:67-year-old] [sex:man] who took [drug:febuxostat|given||] [dose:80 mg].
"""


def reasons(doc):
    report = assemble(doc, Document(doc_id="d1", file="a.txt"))
    rows = [*report.diagnoses, *report.treatments]
    ids = [r.diagnosis_id for r in report.diagnoses] + [r.treatment_id for r in report.treatments]
    return {row.text: report.reasons[rid] for row, rid in zip(rows, ids, strict=True)}


def test_every_row_has_its_reasons(marked):
    why = reasons(marked(TEXT))
    assert why["gout"][0] == "patient: report proper, introduced here by age"
    assert why["hepatitis B"][-1] == (
        "assertion: absent where it stands in case [Her hepatitis B serology was negative.]: proviso: tested negative"
    )
    assert "patient: report proper, goes on about the patient" in why["colchicine"]
    assert "status: given: no word against it" in why["colchicine"]
    assert "dose: [0.5 mg] behind [colchicine], 0 words between" in why["colchicine"]
    assert why["febuxostat"][0] == "patient: discussion: a patient of the literature"
    assert "allopurinol" not in why
