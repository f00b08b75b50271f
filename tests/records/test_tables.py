"""Patients and ratings that only a table lists."""

import pytest

from extract.language.mention import sentences
from extract.records.pain.ratings import ratings
from extract.records.patients.assign import assign
from extract.records.treatments.courses import courses

SERIES = """## title
Two patients with erosive lichen planus

## case
Both patients used [drug:clobetasol] first.

## table
Table 1: The patients.

Patient; Age; Sex; Drug; Duration; VAS before; VAS after

Patient: 1; Age: 58; Sex: F; Drug: [drug:tacrolimus] [dose:0.1%]; Duration: [duration:8 weeks]; VAS before: 7.5; VAS after: 2

Patient: 2; Age: 71; Sex: M; Drug: [drug:tacrolimus] [dose:0.03%]; VAS before: 8; VAS after: 1
"""


def read(doc):
    sents = sentences(doc)
    cohort = assign(sents)
    drugs = courses(sents, cohort)
    return cohort, drugs, ratings(sents, cohort, drugs)


def test_each_row_is_a_patient(marked):
    cohort, drugs, pains = read(marked(SERIES))
    assert [(p.intro.age_years, p.intro.sex, p.label) for p in cohort.people] == [
        (58, "F", "Case 1"),
        (71, "M", "Case 2"),
    ]
    assert [[c.key for c in drugs[i]] for i in (0, 1)] == [["clobetasol", "tacrolimus"]] * 2
    assert [drugs[i][1].regimens[0].parts["dose"].text for i in (0, 1)] == ["0.1%", "0.03%"]
    assert drugs[0][1].regimens[0].parts["duration"].text == "8 weeks"
    assert [[(r.value, r.phase) for r in pains[i]] for i in (0, 1)] == [
        [(7.5, "baseline"), (2, "followup")],
        [(8, "baseline"), (1, "followup")],
    ]


@pytest.mark.parametrize(
    "names",
    [("Case 1", "Case 2"), ("Patient #1", "Patient #2"), ("Feature: Case 1", "Case 2"), ("Case A", "Case B")],
)
def test_patients_who_had_a_column_each_are_patients(marked, names):
    rows = ["Age: 58; Sex: Female; Drug: [drug:tacrolimus]", "Age: 71; Sex: Male; Drug: [drug:clobetasol]"]
    listed = "\n\n".join(f"{name}; {row}" for name, row in zip(names, rows, strict=True))
    cohort, drugs, _ = read(
        marked(f"## case\nBoth patients were treated here.\n\n## table\nTable 1: The patients.\n\n{listed}\n")
    )
    assert [(p.intro.age_years, p.intro.sex, p.label) for p in cohort.people] == [
        (58, "F", f"Case {names[0][-1]}"), (71, "M", f"Case {names[1][-1]}"),
    ]  # fmt: skip
    assert [[c.key for c in drugs[i]] for i in (0, 1)] == [["tacrolimus"], ["clobetasol"]]


def test_a_table_of_published_cases_is_nobodys(marked):
    doc = marked(
        "## case\nA [age:40-year-old] [sex:woman] presented. She was treated.\n\n"
        "## table\nTable 2: Published cases.\n\nPatient; Author; Age; Sex; Drug\n\n"
        "Patient: 1; Author: Smith; Age: 58; Sex: F; Drug: [drug:dapsone]\n\nPatient: 2; Author: Jones; Age: 60; Sex: F; Drug: [drug:dapsone]\n"
    )
    cohort, drugs, _ = read(doc)
    assert [p.intro.age_years for p in cohort.people] == [40]
    assert 0 not in drugs or not drugs[0]


def test_a_table_of_days_is_a_course(marked):
    doc = marked(
        "## case\nA [age:40-year-old] [sex:woman] presented with pain. She was given [drug:ketamine].\n\n"
        "## table\nTable 1: Course.\n\nDay; VAS at rest (mm)\n\nDay: 1; VAS at rest (mm): 64\n\nDay: 2; VAS at rest (mm): 30\n"
    )
    _, _, pains = read(doc)
    assert [(r.value, r.scale_max, r.phase, r.when_text) for r in pains[0]] == [
        (64, 100, "baseline", "at rest"),
        (30, 100, "followup", "at rest"),
    ]


@pytest.mark.parametrize(
    ("line", "drugs"),
    [
        ("MTX, [drug:methotrexate]; AZA, [drug:azathioprine].", []),
        ("Abbreviations: MTX, [drug:methotrexate]; CRP, C-reactive protein.", []),
        ("MTX = [drug:methotrexate]; AZA = [drug:azathioprine].", []),
        ("MTX: [drug:methotrexate] [dose:15 mg]; AZA: [drug:azathioprine] [dose:50 mg]", ["methotrexate", "azathioprine"]),
        ("Drug: [drug:methotrexate]; Route: oral", ["methotrexate"]),
    ],
)  # fmt: skip
def test_a_legend_says_what_short_forms_stand_for_and_not_what_was_given(marked, line, drugs):
    doc = marked(
        f"## case\nA [age:40-year-old] [sex:man] had gout. He recovered.\n\n## table\nTable 1: The drugs.\n\n{line}\n"
    )
    _, courses_of, _ = read(doc)
    assert [c.key for c in courses_of.get(0, ())] == drugs
