"""What befell the patient's relatives is not the patient's: their drugs are nobody's, their diagnoses family history."""

import pytest

from extract.language.mention import sentences
from extract.records.patients.assign import assign
from extract.records.treatments.courses import courses


def told(doc):
    """The drugs of the index patient, and the diagnoses with their assertions."""
    sents = sentences(doc)
    found = courses(sents, assign(sents))
    drugs = [m.text for c in found.get(0, []) for m, _ in c.mentions]
    return drugs, {m.text: m.assertion for s in sents for m in s.of("diagnosis")}


@pytest.mark.parametrize(
    "sentence",
    [
        "His mother took [drug:phenytoin] for [diagnosis:epilepsy].",
        "The patient's elder sister had [diagnosis:epilepsy] and received [drug:phenytoin].",
        "The mother of the patient was treated with [drug:phenytoin] for [diagnosis:epilepsy].",
        "His father (I-1) and an uncle died of [diagnosis:epilepsy] in spite of [drug:phenytoin].",
        "The mother had [diagnosis:epilepsy] and was on [drug:phenytoin].",
    ],
)
def test_a_relatives_illness_and_drug(marked, sentence):
    doc = marked(
        f"## case\nA [age:7-year-old] [sex:boy] presented with a rash. {sentence} He was given [drug:cetirizine].\n"
    )
    assert told(doc) == (["cetirizine"], {"epilepsy": "family"})


@pytest.mark.parametrize(
    "sentence",
    [
        "His mother had taken [drug:paroxetine] [dose:20 mg] throughout her pregnancy. He was given [drug:morphine].",
        "Maternal medication included [drug:labetalol]; he was given [drug:morphine].",
        "He was born to a mother on [drug:methadone], had tremor and was given [drug:morphine].",
    ],
)
def test_what_the_mother_took_in_pregnancy_is_not_the_newborns(marked, sentence):
    assert told(marked(f"## case\nA [age:2-day-old] [sex:boy] was irritable. {sentence}\n"))[0] == ["morphine"]


@pytest.mark.parametrize(
    "sentence",
    [
        "His mother noticed [diagnosis:urticaria] and gave him [drug:loratadine].",
        "His parents had tried [drug:loratadine] for the [diagnosis:urticaria].",
        "His father had gout, and he was given [drug:loratadine] for [diagnosis:urticaria].",
    ],
)
def test_what_relatives_tell_and_give_is_the_patients(marked, sentence):
    doc = marked(f"## case\nA [age:7-year-old] [sex:boy] presented with a rash. {sentence}\n")
    drugs, assertions = told(doc)
    assert drugs == ["loratadine"]
    assert assertions["urticaria"] != "family"


def test_the_mother_is_the_patient_of_a_report_on_a_birth(marked):
    doc = marked(
        "## case\nA [age:31-year-old] [sex:woman] was admitted at 38 weeks. The mother had [diagnosis:eclampsia] and was given [drug:magnesium sulfate].\n"
    )
    assert told(doc)[0] == ["magnesium sulfate"]
    assert told(doc)[1]["eclampsia"] != "family"


def test_siblings_who_are_both_patients(marked):
    doc = marked(
        "## abstract\nWe report two siblings with tics.\n"
        "## case 1\nA [age:9-year-old] [sex:boy] presented with tics. He was given [drug:clonidine].\n"
        "## case 2\nHis sister had [diagnosis:chorea] and was given [drug:risperidone].\n"
    )
    assert {m.text: m.assertion for s in sentences(doc) for m in s.of("diagnosis")}["chorea"] != "family"


def test_a_dose_given_to_a_relative_is_nobodys(marked):
    doc = marked(
        "## case\nA [age:40-year-old] [sex:man] had scabies. His wife was treated with [drug:permethrin] [dose:5 g]. He took [drug:ivermectin].\n"
    )
    found = courses(sentences(doc), assign(sentences(doc)))
    assert [c.key for c in found[0]] == ["ivermectin"]
    assert [c.key for c in found[-1]] == ["permethrin"]


@pytest.mark.parametrize(
    ("opening", "assertion"),
    [
        ("A [age:4-year-old] [sex:girl], born to consanguineous parents, was referred for [diagnosis:neutropenia].", ""),
        ("A [age:7-year-old] [sex:boy], the child of healthy parents, presented with [diagnosis:neutropenia].", ""),
        ("A [age:7-year-old] [sex:boy] came. His parents, who had [diagnosis:neutropenia], were treated.", "family"),
    ],
)  # fmt: skip
def test_whose_illness_it_is_behind_the_parents(marked, opening, assertion):
    doc = marked(f"## case\n{opening}\n")
    assert told(doc)[1] == {"neutropenia": assertion}


def test_the_mother_of_a_newborn_whose_age_is_hers_is_a_relative(marked):
    doc = marked(
        "## case\nA [sex:boy] was born at term to a [age:31-year-old] [sex:woman]. "
        "The mother had been treated with [drug:labetalol]. The infant was given [drug:ampicillin].\n"
    )
    assert told(doc)[0] == ["ampicillin"]
