"""Sites and routes that look like those of a drug and are not."""

import pytest

from extract.records import assemble
from extract.schema import Document


def treatment(marked, text, drug):
    doc = marked(f"## case\nA [age:40-year-old] [sex:man] was admitted.\n\n{text}\n")
    report = assemble(doc, Document(doc_id="d1", file="a.txt"))
    return next(t for t in report.treatments if t.drug == drug)


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("[drug:Calcipotriol] cream was applied to the [site:left elbow].", "left elbow"),
        ("[drug:Aflibercept] injections were given; he bled into the [site:left foot].", ""),
        ("The [site:feet] were soaked in [drug:permanganate] solution.", "feet"),
        ("[drug:Timolol] was given as [site:eye] drops.", ""),
        ("On topical [drug:clobetasol] he had a rupture of the [site:left quadriceps].", ""),
        ("On topical [drug:clobetasol] he had a [site:left knee] fracture.", ""),
        ("On topical [drug:clobetasol] a [diagnosis:[site:skin] cancer] was found.".replace("[site:skin]", "skin"), ""),
        ("[drug:Ganciclovir] gel was used for the [site:right eye].", "right eye"),
        ("[drug:Cefuroxime] drops were put into the infected wound of the [site:left hand].", "left hand"),
    ],
)
def test_a_site_is_where_the_drug_was_put(marked, text, site):
    drug = text[text.index("drug:") + 5 :].split("]")[0].lower()
    assert treatment(marked, text, drug).site == site


@pytest.mark.parametrize(
    ("text", "drug", "route"),
    [
        ("He took [route:oral||oral] therapy for hypertension, and [drug:latanoprost] at night.", "latanoprost", ""),
        ("[route:Oral||oral] glucose lowering drugs and [drug:insulin] were given.", "insulin", ""),
        ("[route:Oral||oral] therapy with [drug:prednisolone] was begun.", "prednisolone", "oral"),
        ("[route:Oral||oral] [drug:prednisolone] therapy, and rest, were advised.", "prednisolone", "oral"),
        ("The [route:oral||oral] condition was poor; [drug:azathioprine] was given.", "azathioprine", ""),
    ],
)
def test_a_route_of_medicines_without_a_name_is_not_the_next_ones(marked, text, drug, route):
    assert treatment(marked, text, drug).route == route


def test_an_eye_ointment_goes_into_the_eye_and_carries_its_drug(marked):
    told = treatment(marked, "[drug:Aciclovir] [form:eye ointment||eye ointment] was used.", "aciclovir")
    assert (told.route, told.vehicle) == ("ophthalmic", "eye ointment")


def test_two_ways_before_a_drug_are_both_its_own(marked):
    text = "[drug:Vandetanib|stopped] was stopped and he was given [route:topical||topical] and [route:oral||oral] [drug:prednisolone]."
    assert treatment(marked, text, "vandetanib").route == ""
    assert treatment(marked, text, "prednisolone").route == "topical"


def test_an_ointment_is_not_shared_with_a_drug_that_was_swallowed(marked):
    text = "She took [route:oral||oral] [drug:paracetamol] and [drug:NSAID] [form:ointment||ointment]."
    assert treatment(marked, text, "paracetamol").form == ""
    assert treatment(marked, text, "nsaid").vehicle == "ointment"
