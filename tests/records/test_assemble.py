"""The rows of a whole report, from marked text to tables."""

from extract.records import assemble
from extract.schema import KEYS, Document

TEXT = """## title
[diagnosis:Calcinosis cutis] treated with topical urea

## case
A [age:44-year-old] [sex:woman] presented with [diagnosis:calcinosis cutis]. Her pain was [pain_score:8/10].
She was offered [route:intralesional||intralesional] [drug:sodium thiosulfate|declined|sodium thiosulfate] but refused.
We mixed [drug:sodium thiosulfate|given|sodium thiosulfate] with [vehicle:Vaseline] in a [ratio:1:1] ratio, to be applied [route:topically||topical] [frequency:once a day] for [duration:two months].
Pain came down to [pain_score:1/10].

## discussion
One case states that a [age:67-year-old] [sex:woman] had nodules. She was given [dose:20%] [drug:sodium thiosulfate|given|sodium thiosulfate] for [duration:2 months]. Options include [drug:warfarin|general|warfarin].
"""


def report(doc):
    return assemble(doc, Document(doc_id="d1", file="a.txt"))


def test_the_whole_report(marked):
    r = report(marked(TEXT))
    assert [(c.case_id, c.role, c.age_years, c.sex) for c in r.cases] == [
        ("d1-c1", "index", 44.0, "F"),
        ("d1-x1", "cited", 67.0, "F"),
    ]
    assert [(d.case_id, d.diagnosis, d.primary) for d in r.diagnoses] == [("d1-c1", "calcinosis cutis", True)]
    rows = [
        (t.case_id, t.status, t.dose_value, t.dose_unit, t.ratio, t.vehicle, t.route, t.per_day, t.days)
        for t in r.treatments
    ]
    assert rows == [
        ("d1-c1", "given", None, "", "1:1", "Vaseline", "topical", 1.0, 60.0),
        ("d1-c1", "declined", None, "", "", "", "intralesional", None, None),
        ("d1-x1", "given", 20.0, "%", "", "", "", None, 60.0),
    ]
    flat = [(f.drug, f.status, f.pain_before, f.pain_after, f.pain_change, f.diagnosis) for f in r.records]
    assert flat[0] == ("sodium thiosulfate", "given", 8.0, 1.0, -7.0, "calcinosis cutis")


def test_ids_are_unique_and_the_same_again(marked):
    first, second = report(marked(TEXT)), report(marked(TEXT))
    assert first == second
    for table in ("cases", "diagnoses", "treatments", "pain_scores", "records", "mentions"):
        ids = [getattr(row, KEYS[table]) for row in getattr(first, table)]
        assert len(ids) == len(set(ids))


def test_evidence_is_the_sentence_and_offsets_are_the_span(marked):
    doc = marked(TEXT)
    r = report(doc)
    for m in r.mentions:
        assert doc.text[m.start : m.end] == m.text
        assert " ".join(m.text.split()) in m.evidence
    for row in [*r.diagnoses, *r.treatments, *r.pain_scores]:
        assert row.evidence and row.section in ("title", "case", "discussion")


def test_mentions_know_their_case_and_row(marked):
    r = report(marked(TEXT))
    by_text = {m.text: m for m in r.mentions}
    assert by_text["warfarin"].case_id == ""
    assert by_text["two months"].case_id == "d1-c1"
    assert by_text["two months"].linked_to == r.treatments[0].treatment_id
    assert by_text["8/10"].linked_to == r.pain_scores[0].pain_id


def test_a_study_is_told_to_be_no_case_report(marked):
    r = report(marked("## methods\nPatients received [drug:febuxostat].\n## results\nUrate fell in all patients.\n"))
    assert r.cases == ()
    assert r.document.warnings == "does not look like a case report: no patient of its own is told"


def test_the_records_room_leaves_the_doc_as_it_is(marked):
    doc = marked(
        "## case 1\nA [age:40-year-old] [sex:woman] was given [drug:phenytoin|given] for [diagnosis:epilepsy|present]. "
        "[drug:Phenytoin|given] therapy was completed. His mother had [diagnosis:gout|present]. "
        "She was tested for [diagnosis:hepatitis B|present] and C, and [diagnosis:tunnel syndrome|present] was ruled out.\n"
        "## discussion\nWe considered a [diagnosis:fibroma|present]-like mass.\n"
    )
    before = ({k: v for k, v in doc.user_data.items() if k[0] == "._."}, {k: list(v) for k, v in doc.spans.items()})
    assemble(doc, Document(doc_id="d0", file="a.pdf", sha256="0" * 64, status="ok"))
    after = ({k: v for k, v in doc.user_data.items() if k[0] == "._."}, {k: list(v) for k, v in doc.spans.items()})
    assert after == before
