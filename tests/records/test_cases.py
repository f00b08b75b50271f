"""Whose fact is it: index patients, cited patients, groups, relatives, general talk."""

import pytest

from extract.language.mention import sentences
from extract.records.patients.assign import assign
from extract.records.patients.case_sections import assign_case_sections
from extract.records.patients.cohort import Cohort
from extract.records.patients.other_sections import assign_other_sections
from extract.records.patients.zones import zones_of


def people(doc):
    cohort = assign(sentences(doc))
    return [(p.role, p.intro.age_years, p.intro.sex, p.patients) for p in cohort.people]


def owners(doc, of="drug"):
    """For every mention of a label its text and the roles of the people it is told of."""
    sents = sentences(doc)
    cohort = assign(sents)
    return {
        m.text: [f"{cohort.people[i].role}{cohort.people[i].intro.age_years or ''}" for i in cohort.owners[s.index]]
        for s in sents
        for m in s.of(of)
    }


def test_one_patient_told_twice_is_one_case(marked):
    doc = marked(
        "## abstract\nAsthma is common. We report a [age:44-year-old] [sex:woman] with a rash. She was given [drug:dapsone].\n"
        "## case\nA [age:44-year-old] [sex:woman] presented with a rash. She was started on [drug:dapsone].\n"
    )
    assert people(doc) == [("index", 44.0, "F", 1)]
    assert owners(doc) == {"dapsone": ["index44.0"]}


def test_general_talk_in_the_abstract_is_about_nobody(marked):
    doc = marked(
        "## abstract\n[drug:Colchicine] is used for gout. We describe a [age:50-year-old] [sex:man] who took [drug:allopurinol].\n"
        "## case\nA [age:50-year-old] [sex:man] came to us.\n"
    )
    assert owners(doc) == {"Colchicine": [], "allopurinol": ["index50.0"]}


def test_cited_patients_carry_on_until_the_next_one(marked):
    doc = marked(
        "## case\nA [age:30-year-old] [sex:man] was admitted.\n"
        "## discussion\nTreatment options include [drug:warfarin]. One case reports that a [age:67 y/o] [sex:woman] had nodules. "
        "The patient was given [drug:diltiazem]. After 3 years she was well. In another study a [age:12-year-old] [sex:boy] had them. "
        "He was treated with [drug:minocycline]. In our patient we gave [drug:colchicine].\n"
    )
    assert people(doc) == [("index", 30.0, "M", 1), ("cited", 67.0, "F", 1), ("cited", 12.0, "M", 1)]
    assert owners(doc) == {
        "warfarin": [],
        "diltiazem": ["cited67.0"],
        "minocycline": ["cited12.0"],
        "colchicine": ["index30.0"],
    }


def test_a_group_of_a_study_is_one_cited_case(marked):
    doc = marked(
        "## case\nA [age:30-year-old] [sex:man] was admitted.\n"
        "## discussion\nIn a retrospective study three patients with gout were treated with [drug:febuxostat].\n"
    )
    assert people(doc)[1] == ("cited", None, "", 3)
    assert owners(doc) == {"febuxostat": ["cited"]}


def test_numbered_cases_are_each_a_patient(marked):
    doc = marked(
        "## abstract\nWe report two patients with tics.\n"
        "## case 1\nA [age:9-year-old] [sex:boy] presented with tics. He was given [drug:clonidine].\n"
        "## case 2\nA [age:14-year-old] [sex:girl] presented with tics. She was given [drug:risperidone].\n"
    )
    assert people(doc) == [("index", 9.0, "M", 1), ("index", 14.0, "F", 1)]
    assert owners(doc) == {"clonidine": ["index9.0"], "risperidone": ["index14.0"]}


def test_the_second_patient_without_headings(marked):
    doc = marked(
        "## case\nA [age:61-year-old] [sex:woman] presented with pain. She received [drug:morphine].\n\n"
        "The second patient, a [age:35-year-old] [sex:man], was admitted with pain. He received [drug:ketamine].\n"
    )
    assert owners(doc) == {"morphine": ["index61.0"], "ketamine": ["index35.0"]}


def test_a_relative_is_no_patient(marked):
    doc = marked(
        "## case\nA [age:30-year-old] [sex:man] was admitted. His mother, a [age:60-year-old] [sex:woman] with asthma, was well. "
        "At the age of [age:12 years] he had a fracture.\n"
    )
    assert people(doc) == [("index", 30.0, "M", 1)]


def test_sex_from_pronouns_when_no_noun_tells_it(marked):
    doc = marked("## case\nThe patient is a [age:44-year-old] who had been followed here. She had a rash on her arm.\n")
    assert people(doc) == [("index", 44.0, "F", 1)]


def test_literature_inside_the_case_section_is_not_the_patients(marked):
    doc = marked(
        "## case\nA [age:30-year-old] [sex:man] was admitted. Smith et al. reported two patients treated with [drug:colchicine]. "
        "Our patient was given [drug:dapsone].\n"
    )
    assert owners(doc) == {"colchicine": [], "dapsone": ["index30.0"]}


def test_an_article_about_no_patient_has_no_case(marked):
    doc = marked(
        "## methods\nPatients with gout received [drug:febuxostat].\n## results\nSerum urate fell in all patients.\n"
    )
    assert people(doc) == []
    assert owners(doc) == {"febuxostat": []}


def test_the_ages_of_a_study_are_no_patient(marked):
    doc = marked(
        "## abstract\nWe enrolled women [age:aged 18 to 70 years] and [age:adolescents].\n"
        "## methods\nEight patients [age:aged 40 to 60 years] received [drug:febuxostat].\n## results\nShe was the youngest.\n"
    )
    assert [p for p in people(doc) if p[0] == "index"] == []


def test_facts_go_to_the_patient_called_by_number(marked):
    doc = marked(
        "## case 1\nA [age:30-year-old] [sex:man] was admitted.\n\n## case 2\nA [age:40-year-old] [sex:woman] was admitted.\n\n"
        "## discussion\nIn patient 2 we stopped [drug:dapsone]. Both patients took [drug:zinc]. "
        "The first patient relapsed on [drug:colchicine]. In cases 1 and 2 [drug:iron] was needed.\n"
    )
    assert owners(doc) == {
        "dapsone": ["index40.0"],
        "zinc": ["index30.0", "index40.0"],
        "colchicine": ["index30.0"],
        "iron": ["index30.0", "index40.0"],
    }


def test_a_first_case_of_the_literature_is_no_patient_of_the_authors(marked):
    doc = marked(
        "## case 1\nA [age:30-year-old] [sex:man] was admitted.\n\n## case 2\nA [age:40-year-old] [sex:woman] was admitted.\n\n"
        "## discussion\nThe first case was described in 1950 after [drug:arsenic]. Patient 2 weeks later [drug:dapsone].\n"
    )
    assert owners(doc) == {"arsenic": [], "dapsone": []}


def test_a_table_of_cases_and_prose_about_one_of_them(marked):
    doc = marked(
        "## case\nThree patients were treated. In patient 2 a rash was treated with [drug:zinc].\n\n"
        "## table\nPatient: 1; Age: 50; Sex: F; Drug: [drug:A]\n\nPatient: 2; Age: 60; Sex: M; Drug: [drug:B]\n\nPatient: 3; Age: 70; Sex: F; Drug: [drug:C]\n"
    )
    assert owners(doc)["zinc"] == ["index60.0"]


def test_who_is_introduced_by_trade(marked):
    doc = marked("## case\nA [age:46-year-old] fisherman came with a rash.\n")
    assert people(doc) == [("index", 46.0, "M", 1)]
    doc = marked("## case\nWe report a case of a [age:38-year-old] businesswoman who presented with a rash.\n")
    assert people(doc) == [("index", 38.0, "F", 1)]


def test_a_transgender_patient_has_the_sex_the_report_speaks_of(marked):
    doc = marked(
        "## case\nA [age:33-year-old] transgender [sex:male]-to-female patient presented with cough. She was well.\n"
    )
    assert people(doc) == [("index", 33.0, "F", 1)]


def test_the_mothers_age_is_not_the_childs(marked):
    doc = marked("## case\nA [sex:boy] was born at 40 weeks to a [age:31-year-old] mother with diabetes.\n")
    assert people(doc)[0][1] is None


def test_what_befell_an_animal_is_nobodys(marked):
    doc = marked(
        "## case\nA [age:8-year-old] [sex:boy] who was bitten by a dog was seen. The dog was given [drug:ketamine]. He was given [drug:doxycycline].\n"
    )
    assert owners(doc) == {"ketamine": [], "doxycycline": ["index8.0"]}
    doc = marked(
        "## case\nA [age:8-year-old] [sex:boy] was seen. Rabbit [drug:antithymocyte globulin] was given after a CAT scan.\n"
    )
    assert owners(doc) == {"antithymocyte globulin": ["index8.0"]}
    doc = marked("## case\nA [age:8-year-old] [sex:female] dog was admitted. The dog was given [drug:ketamine].\n")
    assert owners(doc) == {"ketamine": ["index8.0"]}


def test_a_decade_or_an_octogenarian_introduces_a_patient(marked):
    doc = marked("## case\nA [sex:man] in his late [age:fifties] with gout took [drug:colchicine].\n")
    assert people(doc) == [("index", None, "M", 1)]
    doc = marked("## case\nAn [age:octogenarian] [sex:woman] with gout took [drug:colchicine].\n")
    assert people(doc) == [("index", None, "F", 1)]


def test_a_pass_returns_a_cohort_and_leaves_the_one_it_is_given(marked):
    doc = marked(
        "## case\nA [age:54-year-old] [sex:woman] was admitted and took [drug:prednisone].\n"
        "## discussion\nSmith et al. reported a [age:30-year-old] [sex:man] who was given [drug:colchicine].\n"
    )
    sents = sentences(doc)
    empty = Cohort(owners=((),) * len(sents))
    first = assign_case_sections(sents, zones_of(sents), empty, 10)
    both = assign_other_sections(sents, zones_of(sents), first, set())
    assert empty == Cohort(owners=((),) * len(sents))
    assert [p.intro.age_years for p in first.people] == [54]
    assert [(p.role, p.intro.age_years) for p in both.people] == [("index", 54), ("cited", 30)]
    cited = both.owners.index((1,))
    assert both.why[cited] == "discussion: a patient of the literature"
    assert first.owners[cited] == () and cited not in first.why


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("The patient is [age:52 years old] and weighs 47 kg.", 52.0),
        ("The case was a [age:31-year-old].", 31.0),
        ("[age:Age: 34 years]. He coughed.", 34.0),
        ("A [age:34-year-old] physician, well before, cut a finger.", 34.0),
        ("A [age:58-year-old] Chagga by tribe, thirsty for a week, came to us.", 58.0),
        ("A [age:10-year-old] scar had opened.", None),
        ("The patient brought a [age:9-year-old] son.", None),
        ("A [age:9-year-old] castrated European shorthair cat, ill for a week, was seen.", None),
    ],
)  # fmt: skip
def test_an_age_without_a_word_for_a_person(marked, text, age):
    assert [p[1] for p in people(marked(f"## case\n{text} The patient was given [drug:colchicine].\n"))] == [age]


def test_the_patient_in_this_study_is_the_authors_own(marked):
    doc = marked("## case\nThe patient in this study was a [age:31-year-old] [sex:woman] with fatigue.\n")
    assert people(doc) == [("index", 31.0, "F", 1)]


def test_who_takes_part_in_a_study_may_be_the_patient(marked):
    doc = marked(
        "A [age:59 year old] [sex:man] treated with [drug:zidovudine] took part in a study of bone loss. He received [drug:calcium].\n"
    )
    assert people(doc) == [("index", 59.0, "M", 1)]
    assert owners(doc) == {"zidovudine": ["index59.0"], "calcium": ["index59.0"]}


def test_the_patient_in_case_2_is_another(marked):
    doc = marked(
        "## case\nThe patient in Case 1 was a [age:72-year-old] [sex:female]. She took [drug:gefitinib]. "
        "The patient in Case 2 was a [age:68-year-old] [sex:female]. She took [drug:afatinib].\n"
    )
    assert owners(doc) == {"gefitinib": ["index72.0"], "afatinib": ["index68.0"]}


def test_patients_who_are_only_called_ours_are_a_case(marked):
    doc = marked("## body\nOur patients with Lyme disease were treated with [drug:doxycycline].\n")
    assert owners(doc) == {"doxycycline": ["index"]}


def test_a_patient_without_article_and_one_told_with_also(marked):
    doc = marked("## body\nPatient, working on the docks, presented with fever. He was given [drug:metronidazole].\n")
    assert owners(doc) == {"metronidazole": ["index"]}
    doc = marked(
        "## body\nA [age:41-year-old] [sex:woman] had a white dot syndrome. She was given [drug:zinc].\n"
        "A [age:29-year-old] [sex:woman] was also diagnosed with it. She was given [drug:prednisone].\n"
    )
    assert owners(doc) == {"zinc": ["index41.0"], "prednisone": ["index29.0"]}


@pytest.mark.parametrize(
    "opening",
    [
        "In this case report a patient developed pneumonitis.",
        "The infection was proven by PCR in a patient from Sicily.",
        "We found a male infant presented with spasms.",
        "Herein we report on a female teenager who presented with cachexia.",
    ],
)
def test_somebody_named_in_the_first_sentence_is_a_case(marked, opening):
    assert owners(marked(f"## body\n{opening} [drug:Zinc] was given.\n")) == {"Zinc": ["index"]}
