"""Several patients in one report: in one breath, by number, as a group, all at once, and who of them is meant by what."""

from extract.language.mention import sentences
from extract.records.patients.assign import assign


def people(doc):
    cohort = assign(sentences(doc))
    return [(p.label, p.intro.age_years, p.intro.sex, p.patients) for p in cohort.people if p.role == "index"]


def told(doc, *labels):
    """For every mention the places of the index patients it is told of, from 1; nobody's is empty."""
    sents = sentences(doc)
    cohort = assign(sents)
    return {m.text: [i + 1 for i in cohort.of(s, m)] for s in sents for m in s.of(*labels or ("drug", "diagnosis"))}


def test_two_patients_in_one_breath(marked):
    doc = marked(
        "A [age:40-year-old] [sex:man] and a [age:32-year-old] [sex:woman] developed [diagnosis:gout]. "
        "The first patient received [drug:colchicine] and the second patient received [drug:naproxen]. "
        "She also had [diagnosis:asthma]. Both patients took [drug:allopurinol].\n"
    )
    assert people(doc) == [("", 40.0, "M", 1), ("", 32.0, "F", 1)]
    assert told(doc) == {"gout": [1, 2], "colchicine": [1], "naproxen": [2], "asthma": [2], "allopurinol": [1, 2]}


def test_a_patient_and_a_relative_who_is_one_too(marked):
    doc = marked(
        "A [age:50-year-old] [sex:woman] and her [age:27-year-old] daughter were treated for [diagnosis:scabies]. "
        "They received [drug:permethrin].\n"
    )
    assert people(doc) == [("", 50.0, "F", 1), ("", 27.0, "F", 1)]
    assert told(doc) == {"scabies": [1, 2], "permethrin": [1, 2]}


def test_the_third_patient_is_as_old_as_the_first(marked):
    doc = marked(
        "We describe three patients with pica. The first patient is a [age:36-year-old] [sex:woman] with [diagnosis:anemia]. "
        "The second patient is a [age:62-year-old] [sex:man] with [diagnosis:polyps]. "
        "Lastly, the third patient, a [age:37-year-old] [sex:woman], had [diagnosis:menorrhagia]. All three patients took [drug:iron].\n"
    )
    assert [age for _, age, _, _ in people(doc)] == [36.0, 62.0, 37.0]
    assert told(doc) == {"anemia": [1], "polyps": [2], "menorrhagia": [3], "iron": [1, 2, 3]}


def test_members_of_a_group_called_by_number(marked):
    doc = marked(
        "We report on four patients with [diagnosis:psoriasis]. Patient 1 received [drug:methotrexate], patient 2 received "
        "[drug:ciclosporin] and patients 3 and 4 received [drug:acitretin]. There were [diagnosis:hepatitis] (patient 2) and "
        "[diagnosis:cheilitis] (patients 3 and 4). One patient had [diagnosis:gout].\n"
    )
    assert [label for label, *_ in people(doc)] == ["Case 1", "Case 2", "Case 3", "Case 4"]
    assert told(doc) == {
        "psoriasis": [1, 2, 3, 4],
        "methotrexate": [1],
        "ciclosporin": [2],
        "acitretin": [3, 4],
        "hepatitis": [2],
        "cheilitis": [3, 4],
        "gout": [],  # of whom is not said
    }


def test_a_group_whose_members_are_not_told_apart(marked):
    doc = marked(
        "We present three unrelated cases of [diagnosis:dwarfism]. They received [drug:somatropin]. "
        "The oldest subject was a [age:20-year-old] [sex:male].\n"
    )
    assert people(doc) == [("", None, "", 3)]


def test_named_in_the_order_of_the_patients(marked):
    doc = marked(
        "Two patients presented with [diagnosis:gout] and [diagnosis:asthma], respectively. The first patient was well. "
        "The second patient was not.\n"
    )
    assert told(doc) == {"gout": [1], "asthma": [2]}


def test_what_is_said_after_the_last_of_all(marked):
    doc = marked(
        "Case 1: a [age:71-year-old] [sex:man] had seizures. Case 2; a [age:68-year-old] [sex:man] had lethargy. "
        "They were treated with [drug:potassium].\n"
    )
    assert [label for label, *_ in people(doc)] == ["Case 1", "Case 2"]
    assert told(doc) == {"potassium": [1, 2]}


def test_numbers_in_words_and_back_to_the_first(marked):
    doc = marked(
        "Case one, a [sex:girl], had [diagnosis:colic]. In the second case, a [sex:boy] had [diagnosis:croup]. "
        "In case six, a [sex:girl] had [diagnosis:measles]. Case one was given [drug:simeticone].\n"
    )
    assert [label for label, *_ in people(doc)] == ["Case 1", "Case 2", "Case 6"]
    assert told(doc) == {"colic": [1], "croup": [2], "measles": [3], "simeticone": [1]}


def test_the_age_of_the_mother_is_not_the_newborns(marked):
    doc = marked(
        "The patient, a female newborn, was the second infant from a [age:31-year-old] gravida 2 para 2 mother. She had [diagnosis:hydrops].\n"
    )
    assert people(doc)[0][1] is None


def test_patients_called_and_introduced_in_one_sentence(marked):
    doc = marked(
        "## case\nPatient A, a [age:31-year-old] [sex:woman] with [diagnosis:asthma|present], took [drug:budesonide], while patient B, a "
        "[age:58-year-old] [sex:man] with [diagnosis:gout|present], took [drug:allopurinol].\n"
    )
    sents = sentences(doc)
    cohort = assign(sents)
    assert [(cohort.people[i].label, cohort.people[i].intro.age_years) for i in cohort.index] == [
        ("Case A", 31),
        ("Case B", 58),
    ]
    assert {m.text: cohort.of(sents[0], m) for m in sents[0].of("drug", "diagnosis")} == {
        "asthma": (0,), "budesonide": (0,), "gout": (1,), "allopurinol": (1,),
    }  # fmt: skip


def test_the_former_and_the_latter(marked):
    doc = marked(
        "## case\nPatient 1 was a [age:31-year-old] [sex:woman]. Patient 2 was a [age:58-year-old] [sex:man]. The former was treated with "
        "[drug:budesonide]. The latter received [drug:allopurinol].\n"
    )
    sents = sentences(doc)
    cohort = assign(sents)
    assert [cohort.of(s, m) for s in sents for m in s.of("drug")] == [(0,), (1,)]


def test_two_patients_in_one_paragraph(marked):
    doc = marked(
        "## case\nA [age:75-year-old] [sex:man] with [diagnosis:arthritis] was admitted. He took [drug:methotrexate]. "
        "A [age:40-year-old] [sex:woman] with [diagnosis:psoriasis] came to the same hospital. She was given [drug:filgrastim].\n"
    )
    assert [p[1:3] for p in people(doc)] == [(75.0, "M"), (40.0, "F")]
    assert told(doc) == {"arthritis": [1], "methotrexate": [1], "psoriasis": [2], "filgrastim": [2]}


def test_two_patients_announced_in_the_first_sentence(marked):
    doc = marked(
        "Two cases of toxicity. A [age:66-year-old] [sex:woman] was given [drug:linezolid]. An [age:18-year-old] [sex:man] took [drug:fentanyl]. "
        "He slept. Both recovered.\n"
    )
    assert [p[1:3] for p in people(doc)] == [(66.0, "F"), (18.0, "M")]
    assert told(doc) == {"linezolid": [1], "fentanyl": [2]}


def test_somebody_else_in_the_story_is_no_second_patient(marked):
    doc = marked(
        "## case\nA [age:24-year-old] [sex:woman] was admitted to our ward. A [age:60-year-old] [sex:man] from her town had [diagnosis:measles].\n"
    )
    assert [p[1:3] for p in people(doc)] == [(24.0, "F")]


def test_a_father_and_his_son(marked):
    doc = marked(
        "## title\nHyperthermia in a father and his son\n## case\nA [age:9-year-old] [sex:boy] was given [drug:dantrolene]. His father, a 38-year-old "
        "man, had had cramps. He took [drug:magnesium]. The boy also took [drug:insulin].\n"
    )
    assert [p[1:3] for p in people(doc)] == [(9.0, "M"), (38.0, "M")]
    assert told(doc) == {"dantrolene": [1], "magnesium": [2], "insulin": [2]}


def test_twins_called_by_letter(marked):
    doc = marked(
        "## case\nTwin sisters were referred.\n\nTwin A, a [age:14-month-old] [sex:girl], was given [drug:citrate].\n\nTwin B, a "
        "[age:14-month-old] [sex:girl], was given [drug:levothyroxine].\n"
    )
    assert told(doc) == {"citrate": [1], "levothyroxine": [2]}


def test_a_toddler_and_the_brother(marked):
    doc = marked(
        "## case\nA toddler and her 5-year-old brother were found. She received [drug:naloxone]. Her brother was given [drug:charcoal].\n"
    )
    assert people(doc) == [("", None, "F", 1), ("", 5.0, "M", 1)]
    assert told(doc) == {"naloxone": [1], "charcoal": [2]}


def test_the_brother_under_a_number_of_his_own(marked):
    doc = marked(
        "## case 1\nA [age:14-year-old] [sex:boy] took [drug:penicillamine].\n## case 2\nHis 11-year-old brother took [drug:zinc].\n"
    )
    assert people(doc) == [("Case 1", 14.0, "M", 1), ("Case 2", 11.0, "M", 1)]
    assert told(doc) == {"penicillamine": [1], "zinc": [2]}


def test_three_men_by_rank_and_age(marked):
    doc = marked(
        "We saw three men. The first, a [age:66-year-old], took [drug:spironolactone]. The second was [age:71 years old] and took [drug:amiloride]. "
        "The third, [age:aged 58], took [drug:digoxin].\n"
    )
    assert [p[1:3] for p in people(doc)] == [(66.0, "M"), (71.0, "M"), (58.0, "M")]
    assert told(doc) == {"spironolactone": [1], "amiloride": [2], "digoxin": [3]}


def test_the_disease_of_relatives_whom_the_title_calls_the_patients(marked):
    doc = marked(
        "## title\n[diagnosis:Gout|family] in a mother and her daughter\n## case\nA [age:17-year-old] [sex:girl] came.\n"
    )
    assert [m.assertion for s in sentences(doc) for m in s.of("diagnosis")] == ["present"]
