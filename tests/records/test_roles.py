"""What a diagnosis is to its case: principal, comorbidity, complication, differential, or nothing told."""

import pytest

from extract.language.mention import sentences
from extract.records.diagnoses.group import choose_primary, findings
from extract.records.diagnoses.revise import displace
from extract.records.diagnoses.roles import roles, treated
from extract.records.patients.assign import assign
from extract.records.treatments.courses import courses

INTRO = "A [age:63-year-old] [sex:man] was admitted with fever. "
ABOUT = "He was diagnosed with [diagnosis:endocarditis]. "


def told(doc):
    """The role of each diagnosis of the first patient, by its wording."""
    sents = sentences(doc)
    cohort = assign(sents)
    found = findings(sents, cohort)[0]
    choose_primary(found)
    displace(sents, found)
    choose_primary(found)
    begun = treated(courses(sents, cohort).get(0, ()))
    return {f.text: role for f, role in zip(found, roles(found, begun), strict=True)}


def role(marked, sentence, name):
    return told(marked(f"## title\n[diagnosis:Endocarditis] in a man\n## case\n{INTRO}{ABOUT}{sentence}\n"))[name]


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("He had a past medical history of [diagnosis:gout], [diagnosis:asthma] and [diagnosis:migraine].", "migraine"),
        ("From past medical history, he had [diagnosis:renal stones].", "renal stones"),
        ("His comorbidities included [diagnosis:obesity].", "obesity"),
        ("He was known to have [diagnosis:psoriasis].", "psoriasis"),
        ("He had had [diagnosis:migraine] for twenty years.", "migraine"),
        ("He had a 10-year history of [diagnosis:psoriasis].", "psoriasis"),
        ("There was an exacerbation of previously diagnosed [diagnosis:porphyria].", "porphyria"),
        ("He had [diagnosis:hepatitis|historical] as a boy.", "hepatitis"),
    ],
)
def test_what_the_patient_brought_along_is_a_comorbidity(marked, sentence, name):
    assert role(marked, sentence, name) == "comorbidity"


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("The course was complicated by [diagnosis:stroke].", "stroke"),
        ("On the third day he developed [diagnosis:renal failure].", "renal failure"),
        ("He had a [diagnosis:stroke] caused by septic emboli.", "stroke"),
        ("This led to [diagnosis:heart failure].", "heart failure"),
        ("[diagnosis:Wound infection] occurred after surgery.", "Wound infection"),
        ("[diagnosis:Postoperative hypocalcemia] was corrected.", "Postoperative hypocalcemia"),
        ("He died of [diagnosis:septic shock].", "septic shock"),
        ("He had a history of diabetes complicated by [diagnosis:neuropathy].", "neuropathy"),
    ],
)
def test_what_came_of_the_illness_or_its_treatment_is_a_complication(marked, sentence, name):
    assert role(marked, sentence, name) == "complication"


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("[diagnosis:Lymphoma|possible] was considered.", "Lymphoma"),
        ("Cultures ruled out [diagnosis:tuberculosis|absent].", "tuberculosis"),
        ("[diagnosis:Lupus|absent] was excluded.", "Lupus"),
    ],
)
def test_what_was_weighed_is_a_differential(marked, sentence, name):
    assert role(marked, sentence, name) == "differential"


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("An ultrasound showed [diagnosis:hydronephrosis].", "hydronephrosis"),
        ("He denied [diagnosis:asthma|absent].", "asthma"),
        ("His father had [diagnosis:gout|family].", "gout"),
        ("There was anaemia secondary to [diagnosis:haemorrhage].", "haemorrhage"),  # what it came of, not what came
        ("He came with a three-day history of [diagnosis:tonsillitis].", "tonsillitis"),
        ("He was referred to us with [diagnosis:ileus] due to torsion.", "ileus"),
        ("He developed a rash eight days after he had begun a drug for [diagnosis:onychomycosis].", "onychomycosis"),
        ("He had a history of trauma and underwent surgery, which showed [diagnosis:peritonitis].", "peritonitis"),
    ],
)
def test_what_the_report_does_not_tell_stays_empty(marked, sentence, name):
    assert role(marked, sentence, name) == ""


def test_what_arose_before_anything_else_is_no_complication(marked):
    doc = marked(
        "## case\nA [age:30-year-old] [sex:woman] developed [diagnosis:rash]. The diagnosis was [diagnosis:lupus].\n"
    )
    assert told(doc) == {"rash": "", "lupus": "principal"}


def test_whom_it_befell_tells_a_comorbidity(marked):
    doc = marked(
        "## title\n[diagnosis:Botulism] in a [diagnosis:diabetic] man\n## case\nA [age:63-year-old] [sex:man] fell ill.\n"
    )
    assert told(doc) == {"Botulism": "principal", "diabetic": "comorbidity"}


def test_other_words_for_the_principal_diagnosis_are_no_complication(marked):
    doc = marked(
        f"## title\n[diagnosis:Serous macular detachment] in a man\n## case\n{INTRO}"
        "He developed [diagnosis:serous macula detachment] during treatment.\n"
    )
    assert told(doc) == {"Serous macular detachment": "principal", "serous macula detachment": ""}
