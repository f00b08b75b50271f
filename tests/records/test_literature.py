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


def test_what_was_done_elsewhere_in_a_sentence_about_the_patient(marked):
    doc = marked(
        "## case\nA [age:36-year-old] [sex:woman] had [diagnosis:urticaria]. Unlike the woman of Garcia, who was treated with [drug:omalizumab], our "
        "patient received [drug:dapsone]. She took [drug:cetirizine], whereas Novak and colleagues used [drug:mycophenolate].\n"
    )
    assert patients_own(doc) == ["urticaria", "dapsone", "cetirizine"]


def test_he_behind_many_others_is_the_patient_again(marked):
    doc = marked(
        "## case\nA [age:31-year-old] [sex:man] had [diagnosis:meningitis]. In a trial of 101 patients, [drug:valaciclovir] was of no use. "
        "He went on with [drug:paracetamol].\n"
    )
    assert patients_own(doc) == ["meningitis", "paracetamol"]


def test_what_is_taught_under_a_heading_of_its_own(marked):
    doc = marked(
        "## case\nA [age:67-year-old] [sex:man] was given [drug:epinephrine].\n\nBox: what the guideline says\n\nBronchospasm: [drug:salbutamol] 5 mg.\n\n"
        "Treatment at home\n\nHe was given [drug:prednisone].\n"
    )
    assert patients_own(doc) == ["epinephrine", "prednisone"]


def test_a_report_told_in_the_present_teaches_nothing(marked):
    doc = marked(
        "## case\nA [age:67-year-old] [sex:man] is admitted. He is in pain. [drug:Morphine] is given. He is better.\n"
    )
    assert patients_own(doc) == ["Morphine"]


def test_the_only_patient_is_spoken_of_again_in_the_discussion(marked):
    doc = marked(
        "## case\nA [age:46-year-old] [sex:man] had pain.\n## discussion\nThe blood vessels had been closed. The feet were raised and he was given "
        "[drug:amitriptyline]. One girl of the same age was ill; she received [drug:rifampicin].\n"
    )
    assert patients_own(doc) == ["amitriptyline"]
