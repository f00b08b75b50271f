"""What the words around a mention take back, and names of diseases made whole."""

import pytest

from extract.language.mention import sentences


def said(doc, label="diagnosis"):
    """Every mention of a label, as the records see it: its name and what is said of it."""
    return [(m.long_form or m.text, m.assertion) for s in sentences(doc) for m in s.of(label)]


@pytest.mark.parametrize(
    "text",
    [
        "She was taught transfers in order to prevent a [diagnosis:hip dislocation|present].",
        "For the prevention of bleeding and [diagnosis:thyroid storm|present] a blocker was given.",
        "Steroids were tapered according to our strategy for [diagnosis:Bell's palsy|present].",
        "He was presented at the [diagnosis:brain tumor|present] meeting.",
        "Imaging showed a [diagnosis:fibroma|present]-like mass.",
        "Medical management of most functional [diagnosis:adenomas|possible] is possible.",
        "Carcinoma of the lung ([diagnosis:SCLC|present]) and other tumours account for most of them.",
        "Bleeders were closed with [diagnosis:coagulation|present] forceps.",
        "We did not test all of them for [diagnosis:hepatitis|present].",
        "Valproate was not chosen because it had been associated with [diagnosis:myocarditis|present].",
    ],
)
def test_a_disease_only_named_is_nobodys(marked, text):
    assert [a for _, a in said(marked(f"## case\n{text}\n"))][-1] == "general"


@pytest.mark.parametrize(
    "text",
    [
        "Pamidronate was avoided because of [diagnosis:dental disease|present].",
        "He was treated for [diagnosis:pneumonia|present].",
        "A diagnosis of [diagnosis:brain tumor|present] was made.",
        "The patient was seen at the hospital with [diagnosis:gout|present].",
    ],
)
def test_a_disease_that_is_had_stays(marked, text):
    assert [a for _, a in said(marked(f"## case\n{text}\n"))] == ["present"]


def test_patients_with_it_are_others_only_outside_the_report_proper(marked):
    text = "Weakness is seen in patients with [diagnosis:gout|present]."
    assert said(marked(f"## discussion\n{text}\n")) == [("gout", "general")]
    assert said(marked(f"## case\n{text}\n")) == [("gout", "present")]
    group = "In a trial eight patients with [diagnosis:gout|present] were treated."
    assert said(marked(f"## discussion\n{group}\n")) == [("gout", "present")]


@pytest.mark.parametrize(
    "text",
    [
        "The left leg had been amputated six years earlier because of [diagnosis:gangrene|present].",
        "One month earlier she was discharged with the diagnosis of [diagnosis:diverticulitis|present].",
        "Past history included a bowel resection complicated by leakage and ileostomy due to [diagnosis:peritonitis|present].",
        "He was born by caesarean section due to [diagnosis:fetal distress|present].",
        "A fissure had led to [diagnosis:cellulitis|present] in spring, which healed with flucloxacillin.",
    ],
)
def test_what_was_treated_long_before_is_historical(marked, text):
    assert [a for _, a in said(marked(f"## case\n{text}\n"))] == ["historical"]


@pytest.mark.parametrize(
    "text",
    [
        "She was operated on for [diagnosis:appendicitis|present] the same day.",
        "Two years ago [diagnosis:diabetes|present] was found.",
        "She had [diagnosis:cellulitis|present] of the leg.",
    ],
)
def test_what_is_treated_now_is_present(marked, text):
    assert [a for _, a in said(marked(f"## case\n{text}\n"))] == ["present"]


def test_a_drug_never_taken_is_no_treatment(marked):
    doc = marked(
        "## case\nHe was not using [drug:amiodarone|avoided]. She denied the use of [drug:ibuprofen|avoided]. "
        "[drug:Aspirin|avoided] was not given because of bleeding.\n"
    )
    assert said(doc, "drug") == [("amiodarone", "general"), ("ibuprofen", "general"), ("Aspirin", "avoided")]


def test_names_are_made_whole(marked):
    doc = marked(
        "## case\nShe had carpal [diagnosis:tunnel syndrome|present]. Serology was positive for [diagnosis:hepatitis|possible] B and C. "
        "[diagnosis:Hepatitis|present] a year later had gone. He had [diagnosis:diabetes mellitus|present] type 2.\n"
    )
    assert said(doc) == [
        ("carpal tunnel syndrome", "present"),
        ("hepatitis B", "possible"),
        ("hepatitis C", "possible"),
        ("Hepatitis", "present"),
        ("diabetes mellitus type 2", "present"),
    ]
    for s in sentences(doc):
        for m in s.mentions:
            assert doc.text[m.start : m.end] == m.text


def test_two_diseases_of_a_series_are_two_rows(marked):
    from extract.records import assemble
    from extract.schema import Document

    doc = marked("## case\nA [age:40-year-old] [sex:man] was admitted. He had [diagnosis:hepatitis|present] B and C.\n")
    rows = assemble(doc, Document(doc_id="d1", file="a.txt")).diagnoses
    assert [(d.text, d.diagnosis) for d in rows] == [("hepatitis B", "hepatitis b"), ("hepatitis C", "hepatitis c")]


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("[diagnosis:Hepatitis B|present] surface antigen and other markers were negative.", "absent"),
        ("[diagnosis:HIV|present] serology was positive.", "present"),
        ("[diagnosis:HIV|present] test was sent.", "general"),
        ("There was no antibody for [diagnosis:zoster|absent] virus.", "general"),
    ],
)
def test_the_result_of_a_test_says_whether_the_patient_has_it(marked, text, assertion):
    assert [a for _, a in said(marked(f"## case\n{text}\n"))] == [assertion]


def test_states_and_procedures_are_no_drugs(marked):
    doc = marked(
        "## case\nUnder [drug:general anaesthesia|given] he was given [drug:propofol|given]; [drug:CRRT|given] followed. "
        "[drug:Topiramate|given] was tapered off.\n"
    )
    assert said(doc, "drug") == [("propofol", "given"), ("Topiramate", "stopped")]


def test_an_abbreviation_of_a_disease_is_no_drug(marked):
    doc = marked(
        "## case\nA diagnosis of [diagnosis:polyarteritis|present] was made. [drug:PAN|given|polyarteritis nodosa] was treated "
        "with [drug:MTX|given|methotrexate].\n"
    )
    assert said(doc, "drug") == [("MTX", "given")]


def test_a_vaccine_named_after_the_disease_is_a_drug(marked):
    doc = marked(
        "## case\n[diagnosis:Rabies|absent] was ruled out. He was given [drug:rabies HDCV vaccine|given] on four days.\n"
    )
    assert said(doc, "drug") == [("rabies HDCV vaccine", "given")]


def test_an_abbreviation_of_something_else_is_no_disease(marked):
    doc = marked(
        "## case\nShe saw her primary care physician ([diagnosis:PCP|present]). The [diagnosis:PCP|present] sent her on. She had "
        "[diagnosis:tuberous sclerosis|present] ([diagnosis:TS|present]). The kit (Difco, Detroit, [diagnosis:MI|present]) was used. "
        "An [diagnosis:MI|present] was ruled out. Regular anti-[diagnosis:hypertensives|present] were given.\n"
    )
    assert said(doc) == [
        ("tuberous sclerosis", "present"),
        ("TS", "present"),
        ("MI", "present"),
        ("hypertensives", "general"),
    ]


def test_no_use_told_in_a_list_is_no_treatment(marked):
    doc = marked(
        "## case\nIn the absence of trauma, and [drug:anticoagulant|avoided] medications, bleeding was unexplained.\n"
    )
    assert said(doc, "drug") == [("anticoagulant", "general")]
