"""What makes a diagnosis without the model: its company, its make-up, the organ it is of; and what shows that it is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Names = Callable[..., list[tuple[str, str]]]
WithModel = Callable[[str, str], list[str]]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("She was diagnosed with NICCD at the age of two months.", ["NICCD"]),
        ("KD was confirmed. Her KD settled.", ["KD", "KD"]),
        ("We report a case of late-onset LCC.", ["LCC"]),
        ("A woman who had EGPA was seen.", ["EGPA"]),
        ("He had type 1 HLP, and a diagnosis of type 1 HLP was noted.", ["HLP", "HLP"]),
        ("He had a history of AML and MM.", ["AML", "MM"]),
        ("He presented with recurrent ACS in the setting of DISH.", ["ACS", "DISH"]),
        ("We describe a girl with NF1 and a man with MEN2A.", ["NF1", "MEN2A"]),
        ("He was misdiagnosed with KD.", ["KD"]),
        ("A woman with a BRCA1 mutation came. PKD2 was sequenced.", []),
        ("He had a history of CABG and was seen with CT.", []),
        ("He was diagnosed with EGFR mutation.", []),
        ("A catheter (KD) was changed; KD was confirmed on film.", ["KD", "KD"]),
    ],
)
def test_an_abbreviation_that_somebody_is_diagnosed_with_is_a_diagnosis(
    found: Names, text: str, names: list[str]
) -> None:
    assert [name for name, _ in found(text, "diagnosis")] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("There was a rupture of her uterus.", ["rupture of her uterus"]),
        ("CT showed a tumor of the right lung lower lobe.", ["tumor of the right lung lower lobe"]),
        ("A stricture at the entrance of the bladder was seen.", ["stricture at the entrance of the bladder"]),
        ("The rupture of the balloon went unseen.", []),
        ("Occlusion of the affected area stopped the flow.", []),
        ("He had Kimura's disease and a TURP syndrome.", ["Kimura's disease", "TURP syndrome"]),
        ("Disease of old age is common.", []),
        (
            "An occlusion of his proximal left anterior descending artery",
            ["occlusion of his proximal left anterior descending artery"],
        ),
        ("He had a rupture of the lesion.", []),
        ("She has Muir-Torre syndrome.", ["Muir-Torre syndrome"]),
        ("CD59 deficiency was rare, GATA-2 deficiency was not.", ["CD59 deficiency", "GATA-2 deficiency"]),
        ("Heterotopic ossification was seen, no endochondral ossification.", ["Heterotopic ossification"]),
    ],
)
def test_a_head_of_little_meaning_is_one_with_its_organ_or_its_discoverer(
    found: Names, text: str, names: list[str]
) -> None:
    assert [name for name, _ in found(text, "diagnosis")] == names


@pytest.mark.parametrize(
    ("text", "words", "kept"),
    [
        ("He had thrombolysis at once.", "thrombolysis", False),
        ("He had rhabdomyolysis at once.", "rhabdomyolysis", True),
        ("At necropsy nothing was seen.", "necropsy", False),
        ("She had epigastralgia all day.", "epigastralgia", False),
        ("She had erythromelalgia all day.", "erythromelalgia", True),
        ("She had albuminuria all week.", "albuminuria", False),
        ("She had cystinuria all her life.", "cystinuria", True),
        ("Blood grew hemolytic streptococcus again.", "hemolytic streptococcus", False),
        ("Sputum grew Klebsiella pneumoniae again.", "Klebsiella pneumoniae", False),
        ("She had Klebsiella pneumonia again.", "Klebsiella pneumonia", True),
        ("She went to a cancer hospital by train.", "cancer", False),
        ("She got a measles vaccine at school.", "measles", False),
        ("She got measles, mumps, and rubella (MMR) vaccine at school.", "measles", False),
        ("She caught measles at school.", "measles", True),
        ("A skin ulcer was seen at last.", "skin ulcer", True),
        ("The hard palate was seen at last.", "hard palate", False),
        ("The right middle cerebral artery was open.", "right middle cerebral artery", False),
        ("He had bacteraemia with hemolytic streptococcus twice.", "bacteraemia with hemolytic streptococcus", True),
        (
            "She had a syndrome of inappropriate secretion of a hormone.",
            "syndrome of inappropriate secretion of a hormone",
            True,
        ),
        ("He had a high fever for days.", "high fever", False),
    ],
)
def test_procedures_organisms_findings_and_places_are_no_diagnoses(
    diagnoses_with_model: WithModel, text: str, words: str, kept: bool
) -> None:
    assert diagnoses_with_model(text, words) == ([words] if kept else [])


def test_a_complete_name_of_the_list_is_not_cut_short_by_the_model(diagnoses_with_model: WithModel) -> None:
    told = diagnoses_with_model("He had diffuse large B-cell lymphoma.", "B-cell lymphoma")
    assert told == ["diffuse large B-cell lymphoma"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Whole exome sequencing (WES) was done. WES was done again.", []),
        ("The middle cerebral artery (MCA) was open. The MCA was open.", []),
        ("He had multiple sclerosis (MS). The MS was quiet.", ["multiple sclerosis", "MS", "MS"]),
    ],
)
def test_a_short_form_of_an_examination_or_an_artery_is_no_diagnosis_however_sure_the_model(
    diagnoses_with_model: WithModel, text: str, names: list[str]
) -> None:
    short = text.split("(")[1].split(")")[0]
    assert diagnoses_with_model(text, short) == names


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("A gastro-tracheal fistula was closed.", "tracheal fistula", "gastro-tracheal fistula"),
        ("A para-umbilical hernia was closed.", "umbilical hernia", "para-umbilical hernia"),
    ],
)
def test_a_compound_is_taken_whole(diagnoses_with_model: WithModel, text: str, words: str, name: str) -> None:
    assert name in diagnoses_with_model(text, words)
