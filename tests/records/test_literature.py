"""Literature inside an unheaded text: what a search found, what is compared with the patient, what is taught, is not the patient's."""

from extract.language.mention import sentences
from extract.records.patients.assign import assign


def patients_own(doc):
    sents = sentences(doc)
    cohort = assign(sents)
    return [m.text for s in sents for m in s.of("drug", "diagnosis") if cohort.of(s, m)]


def test_a_search_of_the_literature_until_the_patient_is_spoken_of(marked):
    doc = marked(
        "We report a [age:30-year-old] [sex:man] with [diagnosis:asthma]. A literature review was performed. "
        "Fifteen cases treated with [drug:omalizumab] were found. Common findings were [diagnosis:pneumonia]. "
        "Our patient also had [diagnosis:gout].\n"
    )
    assert patients_own(doc) == ["asthma", "gout"]


def test_others_compared_with_the_patient(marked):
    doc = marked(
        "A [age:40-year-old] [sex:man] was given [drug:paracetamol]. In three previously reported cases the patients had [diagnosis:shock], "
        "in contrast to the milder presentation of our patient. He also had [diagnosis:anemia].\n"
    )
    assert patients_own(doc) == ["paracetamol", "anemia"]


def test_the_patient_compared_with_others(marked):
    doc = marked(
        "Unlike the cases described in the literature, a [age:20-year-old] [sex:man] had [diagnosis:alopecia]. He was given [drug:minoxidil].\n"
    )
    assert patients_own(doc) == ["alopecia", "minoxidil"]


def test_a_lecture_behind_what_is_cited(marked):
    doc = marked(
        "A [age:20-year-old] [sex:man] had [diagnosis:priapism]. However, one case was reported with [drug:sildenafil]. "
        "These medications are now first line in [diagnosis:impotence]. He took [drug:aspirin].\n"
    )
    assert patients_own(doc) == ["priapism", "aspirin"]


def test_patients_beside_the_only_one(marked):
    doc = marked(
        "## case\nA [age:75-year-old] [sex:man] was given [drug:rivaroxaban]. Eleven cases are known. Two patients were managed with [drug:heparin]. One patient was "
        "given [drug:aspirin]. He went on with [drug:digoxin].\n"
    )
    assert patients_own(doc) == ["rivaroxaban", "digoxin"]


def test_some_of_a_group_are_the_authors_own(marked):
    doc = marked(
        "Three patients (two women aged 73 and 66 years and a [age:27-year-old] [sex:man]) had [diagnosis:optic neuritis]. Two patients received "
        "[drug:prednisone] and the third was given [drug:rituximab].\n"
    )
    assert patients_own(doc) == ["optic neuritis", "prednisone", "rituximab"]
