"""From any wording of a drug to one generic name, and what texts are searched with."""

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.language.terms import drug_dictionary, drug_names, drug_spelling, drugs


@pytest.mark.parametrize(
    ("written", "name", "code"),
    [
        ("Plaquenil", "hydroxychloroquine", "DB01611"),
        ("diclofenac sodium", "diclofenac", "DB00586"),
        ("morphine sulfate", "morphine", "DB00295"),
        ("prednisone acetate", "prednisone", "DB00635"),
        ("chlorhexidine gluconate", "chlorhexidine", "DB00878"),
        ("sodium thiosulfate", "sodium thiosulfate", "DB09499"),
        ("sodium thiosulphate", "sodium thiosulfate", "DB09499"),
        ("potassium chloride", "potassium chloride", "DB00761"),
        ("magnesium sulphate", "magnesium sulfate", "DB00653"),
        ("low molecular weight heparin", "low molecular weight heparin", "D006495"),
        ("low-molecular-weight heparin", "low molecular weight heparin", "D006495"),
        ("insulin glargine", "insulin glargine", "DB00047"),
        ("Thyroxine", "levothyroxine", "DB00451"),
        ("5-FU", "fluorouracil", "DB00544"),
        ("MTX", "methotrexate", "DB00563"),
        ("IVIg", "intravenous immunoglobulin", "DB00028"),
    ],
)
def test_wordings_of_one_drug_share_name_and_identifier(written, name, code):
    found = drugs.normalise(written)
    assert (found.name, found.code) == (name, code)


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("paracetamol", "acetaminophen"),
        ("frusemide", "furosemide"),
        ("adrenaline", "epinephrine"),
        ("lignocaine", "lidocaine"),
        ("ciclosporin", "cyclosporine"),
        ("rifampicin", "rifampin"),
        ("salbutamol", "albuterol"),
        ("pethidine", "meperidine"),
        ("aciclovir", "acyclovir"),
        ("glibenclamide", "glyburide"),
    ],
)
def test_spelling_variants_meet_in_one_name(british, american):
    assert drugs.normalise(british).name == drugs.normalise(american).name == american
    assert drugs.normalise(british).code


@pytest.mark.parametrize(
    "written",
    [
        "IV methylprednisolone",
        "high-dose methylprednisolone",
        "pulse methyl prednisolone",
        "methylprednisolone injections",
        "intravenous methylprednisolone 1 g",
        "oral methylprednisolone therapy",
        "Methylprednisolone",
        "Solu-Medrol",
        "a course of methylprednisolone",
    ],
)
def test_words_around_a_name_do_not_change_it(written):
    assert drugs.normalise(written).name == "methylprednisolone"


def test_strength_and_form_are_not_part_of_the_name():
    assert drugs.normalise("tacrolimus ointment 0.1%").name == "tacrolimus"
    assert drugs.normalise("2% lidocaine gel").name == "lidocaine"


@pytest.mark.parametrize(
    "written", ["amoxicillin/clavulanate", "Augmentin", "co-amoxiclav", "amoxicillin-clavulanic acid"]
)
def test_a_combination_tells_its_ingredients(written):
    found = drugs.normalise(written)
    assert found.name == "amoxicillin/clavulanate"
    assert found.ingredients == ("amoxicillin", "clavulanic acid")


def test_a_combination_nobody_listed_is_split_when_every_part_is_known():
    found = drugs.normalise("vancomycin and ceftriaxone")
    assert found.ingredients == ("vancomycin", "ceftriaxone")
    assert drugs.normalise("vancomycin and something").ingredients == ()


def test_brands_are_told_from_generic_names():
    assert drugs.normalise("Lovenox").is_brand
    assert drugs.normalise("Betadine").is_brand
    assert not drugs.normalise("enoxaparin").is_brand
    assert not drugs.normalise("paracetamol").is_brand


@pytest.mark.parametrize(
    "written",
    [
        "antibiotics",
        "oral antibiotics",
        "steroids",
        "Corticosteroid",
        "chemotherapy",
        "proton pump inhibitor",
        "NSAIDs",
    ],
)
def test_classes_stay_classes_without_identifier(written):
    found = drugs.normalise(written)
    assert found.is_class
    assert found.code == ""


@pytest.mark.parametrize(
    ("typo", "name"), [("cefriaxone", "ceftriaxone"), ("doxycyline", "doxycycline"), ("azythromicin", "azithromycin")]
)
def test_typing_errors_in_long_names_are_mended_with_a_lower_score(typo, name):
    found = drugs.normalise(typo)
    assert found.name == name
    assert 0 < found.score < 0.95


def test_neighbouring_names_are_never_mixed_up():
    for name in (
        "prednisone",
        "prednisolone",
        "hydroxyzine",
        "hydralazine",
        "clonidine",
        "clonazepam",
        "vinblastine",
        "vincristine",
    ):
        assert drugs.normalise(name).name == name


@pytest.mark.parametrize("word", ["anesthesia", "besides", "childhood", "vitrectomy", "analgesia", "prominence"])
def test_words_are_not_mended_into_drugs(word):
    assert drugs.normalise(word).code == ""


def test_a_group_is_not_renamed_to_one_of_its_members():
    assert drugs.normalise("interferon").name == "interferon"
    assert drugs.normalise("interferon beta").name == "interferon beta"
    assert drugs.normalise("bisphosphonates").name == "bisphosphonates"


def test_an_unknown_name_keeps_its_words_and_gets_no_identifier():
    found = drugs.normalise("Hemofortan syrup")
    assert (found.name, found.code, found.score) == ("hemofortan", "", 0.0)


def test_the_long_form_decides_what_an_abbreviation_means():
    assert drugs.normalise("STS").code == ""
    assert drugs.normalise("STS", "sodium thiosulfate").code == "DB09499"
    assert drugs.normalise("CsA", "ciclosporin A").name == "cyclosporine"


def test_odd_input_is_answered():
    assert drugs.normalise("").name == ""
    assert drugs.normalise("()").name == ""
    assert drugs.normalise("®™").score == 0


@given(st.text(alphabet=string.printable + "αéß–", max_size=40))
@settings(max_examples=60)
def test_normalising_never_fails_and_names_are_lower_case(text):
    found = drugs.normalise(text)
    assert found.name == found.name.lower()
    assert bool(found.code) == bool(found.system)


@given(st.sampled_from([n for n in drug_names.names() if n.isalpha() and n == n.lower()]))
@settings(max_examples=100)
def test_a_normalised_name_stays_what_it_is(name):
    once = drugs.normalise(name)
    assert drugs.normalise(once.name).name == once.name


def test_the_gazetteer_holds_what_reports_write():
    names = set(drug_names.names())
    assert {
        "prednisone",
        "augmentin",
        "sodium thiosulfate",
        "mycophenolic acid",
        "botulinum toxin",
        "insulin glargine",
    } <= names
    assert {"HCQ", "IVIG", "MTX", "BCG"} <= names  # abbreviations keep their case
    assert "hcq" not in names


def test_the_gazetteer_leaves_out_what_mostly_means_something_else():
    names = set(drug_names.names())
    wrong = {
        "water",
        "gold",
        "oxygen",
        "sugar",
        "iron",
        "today",
        "his",
        "multi",
        "rest",
        "sting",
        "creatinine",
        "glucose",
    }
    wrong |= {
        "alcohol",
        "thyroid",
        "escherichia coli",
        "antibiotics",
        "steroids",
        "luminal",
        "at 10",
        "planum",
        "pearl",
    }
    assert not names & wrong


def test_gazetteer_entries_are_words():
    for name in drug_names.names():
        assert any(c.isalpha() for c in name)
        assert name == name.strip()
        assert len(name) > 2


def test_every_identifier_is_well_formed():
    for substance in drug_dictionary.load().substances.values():
        if substance.code:
            prefix = {"DrugBank": "DB", "MeSH": "D"}[substance.system]
            assert substance.code.startswith(prefix)
            assert substance.code[len(prefix) :].isdigit()


def test_spelling_allows_one_mistake_and_two_in_long_words():
    names = drug_spelling.Names(["ceftriaxone", "cefixime"])
    assert drug_spelling.nearest("ceftraixone", names) == "ceftriaxone"
    assert drug_spelling.nearest("ceftriaxn", names) == ""
    assert drug_spelling.nearest("xeftriaxone", names) == ""  # the first letter must be right


def test_two_equally_near_names_are_no_answer():
    names = drug_spelling.Names(["abcdefgh", "abcdefgk"])
    assert drug_spelling.nearest("abcdefgz", names) == ""


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_distance_is_symmetric_and_zero_for_the_same(a, b):
    assert drug_spelling.distance(a, b, 3) == drug_spelling.distance(b, a, 3)
    assert (drug_spelling.distance(a, b, 3) == 0) == (a == b)


def test_doctor_is_told_package_sizes_and_digest():
    told = drugs.describe()
    assert told["version"].startswith("2.")
    assert int(told["searched"]) > 20_000


def test_the_dictionary_is_the_same_from_the_cache_and_survives_a_broken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CASESIFT_CACHE", str(tmp_path))
    built = drug_dictionary.load.__wrapped__()
    (kept,) = tmp_path.glob(f"{drug_dictionary.PREFIX}*/*.json")
    assert drug_dictionary.load.__wrapped__() == built
    kept.write_text("{", encoding="utf-8")
    assert drug_dictionary.load.__wrapped__() == built
    assert "built anew" in caplog.text
    assert kept.stat().st_size > 1000
