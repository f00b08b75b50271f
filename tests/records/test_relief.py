"""Which treatment a pain score belongs to; when, where and by which words it was rated."""

import pytest

from extract.language.mention import sentences
from extract.records.pain.ratings import ratings
from extract.records.patients.assign import assign
from extract.records.treatments.courses import courses

INTRO = "A [age:40-year-old] [sex:woman] presented to us. "


def rated(doc):
    """The ratings of the patient."""
    sents = sentences(doc)
    cohort = assign(sents)
    return ratings(sents, cohort, courses(sents, cohort)).get(0, [])


def belongs(doc):
    """[(value, phase, drug and dose of the treatment)]"""
    return [
        (
            r.value,
            r.phase,
            " ".join([r.treatment.drug.text, *(p.text for p in r.treatment.parts.values())]) if r.treatment else "",
        )
        for r in rated(doc)
    ]


@pytest.mark.parametrize("other", ["ondansetron", "midazolam", "cefazolin", "omeprazole", "phenylephrine"])
def test_a_score_belongs_to_what_was_given_for_pain(marked, other):
    doc = marked(
        f"## case\n{INTRO}Her pain was [pain_score:8/10]. She was given [drug:lidocaine] [dose:2%] for the pain. "
        f"For another reason [drug:{other}] [dose:4 mg] was given. Two hours later she rated [pain_score:3/10].\n"
    )
    assert belongs(doc) == [(8, "baseline", "lidocaine 2%"), (3, "followup", "lidocaine 2%")]


def test_a_score_belongs_to_the_treatment_of_the_title(marked):
    doc = marked(
        "## title\n[drug:Urea] for painful keratoderma after [drug:acitretin]\n"
        f"## case\n{INTRO}She had taken [drug:acitretin] [dose:25 mg]. Her pain was [pain_score:8/10]. She was given [drug:urea] [dose:20%]. "
        "[drug:Paracetamol] [dose:1 g] was allowed. After four weeks it was [pain_score:3/10].\n"
    )
    assert belongs(doc) == [(8, "baseline", "urea 20%"), (3, "followup", "urea 20%")]


def test_a_score_belongs_to_the_drug_its_sentence_names(marked):
    doc = marked(
        f"## case\n{INTRO}Pain was [pain_score:9/10]. [drug:Morphine] [dose:5 mg] was given. "
        "A block with [drug:bupivacaine] [dose:0.5%] reduced the pain to [pain_score:2/10].\n"
    )
    assert belongs(doc)[1] == (2, "followup", "bupivacaine 0.5%")


def test_a_score_after_a_change_belongs_to_the_new_dose(marked):
    doc = marked(
        f"## case\n{INTRO}Pain was [pain_score:9/10]. [drug:Gabapentin] [dose:300 mg] was given. After a week the score was [pain_score:6/10]. "
        "[drug:Gabapentin] was raised to [dose:600 mg] then. After two weeks the score was [pain_score:2/10].\n"
    )
    assert belongs(doc) == [
        (9, "baseline", "Gabapentin 300 mg"),
        (6, "followup", "Gabapentin 300 mg"),
        (2, "followup", "Gabapentin 600 mg"),
    ]


def test_a_score_with_nothing_given_for_it_belongs_to_none(marked):
    doc = marked(
        f"## case\n{INTRO}[drug:Ondansetron] [dose:4 mg] was given. After surgery the score was [pain_score:6/10].\n"
    )
    assert belongs(doc) == [(6, "followup", "")]


def test_the_time_told_beside_a_score_is_its_time(marked):
    doc = marked(
        f"## case\n{INTRO}Pain was [pain_score:9/10]. [drug:Ketamine] was given. "
        "After one week the score was [pain_score:6/10], and after two weeks [pain_score:3/10].\n"
    )
    assert [r.when_text for r in rated(doc)] == ["", "After one week", "after two weeks"]


def test_an_age_is_no_time(marked):
    doc = marked(f"## case\n{INTRO}A 47-year-old librarian, she rated her headache [pain_score:9/10].\n")
    assert [r.when_text for r in rated(doc)] == [""]


@pytest.mark.parametrize(
    ("sentence", "site"),
    [
        ("Pain in the [site:heel] was [pain_score:5/10] and the [site:arm] was weak.", "heel"),
        ("Pain came [site:back], [pain_score:5/10].", ""),
        ("Her pain was [pain_score:5/10], and the [site:finger] was weak.", ""),
        ("Low [site:back] pain was [pain_score:5/10].", "back"),
    ],
)
def test_where_it_hurts(marked, sentence, site):
    assert [r.site for r in rated(marked(f"## case\n{INTRO}{sentence}\n"))] == [site]


def test_pain_free_is_zero_only_where_a_scale_is_in_use(marked):
    assert rated(marked(f"## case\n{INTRO}She was [pain_score:pain-free] after [drug:ketamine].\n")) == []
    told = rated(
        marked(f"## case\n{INTRO}Pain was [pain_score:7/10]. After [drug:ketamine] she was [pain_score:pain-free].\n")
    )
    assert [(r.value, r.scale_max, r.inferred) for r in told] == [(7, 10, False), (0, 10, True)]
    assert told[1].confidence < told[0].confidence


def test_worst_then_settled(marked):
    doc = marked(
        f"## case\n{INTRO}Under [drug:paclitaxel] her pain, [pain_score:6/10] at its worst, had settled to [pain_score:2/10].\n"
    )
    assert [(v, p) for v, p, _ in belongs(doc)] == [(6, "baseline"), (2, "followup")]
