from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str, str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("text", "norm"),
    [
        ("She took oral prednisone.", "oral"),
        ("Ampicillin 1 g IV was given.", "intravenous"),
        ("Ampicillin 1 g i.v. was given.", "intravenous"),
        ("He took ibuprofen 400 mg PO daily.", "oral"),
        ("He took ibuprofen 400 mg by mouth.", "oral"),
        ("Diclofenac 75 mg IM was given.", "intramuscular"),
        ("Clobetasol was applied topically.", "topical"),
        ("Triamcinolone was injected into the lesion.", "intralesional"),
        ("She had intra-articular triamcinolone.", "intraarticular"),
        ("Diazepam was given rectally.", "rectal"),
        ("Methotrexate was given intrathecally.", "intrathecal"),
        ("Salbutamol by inhalation was started.", "inhaled"),
    ],
)
def test_routes(found: Found, text: str, norm: str) -> None:
    assert [n for _, n in found(text, "route")] == [norm]


@pytest.mark.parametrize(
    "text",
    [
        "The oral cavity was treated with chlorhexidine.",
        "She had oral, genital, and perianal ulcers and took colchicine.",
        "Prednisone was given for oral ulcers.",
        "Stage IV lymphoma was treated with rituximab.",
        "An intravenous catheter was in place when heparin was stopped.",
        "The nasal septum was treated with mupirocin.",
        "The rectal examination was normal.",
        "A partial response (PR) was reached with imatinib.",
        "She took imatinib mesylate (IM). Later IM was stopped.",
    ],
)
def test_places_and_things_are_no_routes(found: Found, text: str) -> None:
    assert found(text, "route") == []


@pytest.mark.parametrize(
    ("text", "vehicle"),
    [
        ("She used 20% sodium thiosulfate in Vaseline.", "Vaseline"),
        ("Tacrolimus 0.3% was compounded in a petrolatum base.", "petrolatum"),
        ("Vancomycin 1 g was diluted in 250 mL of normal saline.", "normal saline"),
        ("Capsaicin was mixed 1:1 with cold cream.", "cold cream"),
        ("A mixture of dapsone with petrolatum in a 1:1 ratio was made.", "petrolatum"),
        ("Ketamine 10% in PLO gel was applied.", "PLO gel"),
        ("Amiodarone 300 mg in 5% dextrose was infused.", "5% dextrose"),
        ("Progesterone 50 mg in sesame oil was injected.", "sesame oil"),
        ("Triamcinolone in Orabase was prescribed.", "Orabase"),
        ("Fluocinonide 0.05% in an ointment base (Aquaphor) was used.", "Aquaphor"),
        ("Thiosulfate was dispersed in Galen’s cerate with sodium thiosulfate.", "Galen's cerate"),
        ("Ketoprofen in a transdermal base was used.", "transdermal base"),
        ("The burn was covered with Vaseline containing gentamicin.", "Vaseline"),
        ("Morphine 5 mg was mixed in Intrasite gel.", "Intrasite gel"),
    ],
)
def test_vehicles(found: Found, text: str, vehicle: str) -> None:
    assert [n for _, n in found(text, "vehicle")] == [vehicle]


@pytest.mark.parametrize(
    "text",
    [
        "Normal saline was infused at 100 mL/h.",
        "Vaseline was applied twice daily.",
        "The specimen was placed in saline.",
        "She was given fluids and oral prednisone.",
        "He drank two litres of water and took ibuprofen.",
        "Emollients were advised.",
        "Vaseline containing nothing else was used.",
    ],
)
def test_treatments_of_their_own_are_no_vehicles(found: Found, text: str) -> None:
    assert found(text, "vehicle") == []


def test_a_vehicle_that_is_the_treatment_is_a_drug(found: Found) -> None:
    assert found("Vaseline was applied twice daily.", "drug") == [("Vaseline", "petrolatum")]


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        ("Hydrocortisone 1% cream was used.", ["cream"]),
        ("A patch of fentanyl was stuck on.", ["patch"]),
        ("A violaceous patch was seen on the arm.", []),
        ("The joint capsule was torn.", []),
        ("He took prednisone tablets.", ["tablet"]),
        ("Timolol eye drops were given.", ["eye drops"]),
        ("There was no solution to the problem.", []),
        ("Gel electrophoresis was done.", []),
    ],
)
def test_forms(found: Found, text: str, norms: list[str]) -> None:
    assert [n for _, n in found(text, "form")] == norms


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("It was applied to the left breast.", "left breast"),
        ("It was applied to the L breast daily.", "L breast"),
        ("Pain in both knees was worse.", "both knees"),
        ("It was rubbed into the dorsum of the left hand.", "dorsum of the left hand"),
        ("It hurt in the right upper quadrant.", "right upper quadrant"),
    ],
)
def test_sites_keep_their_side(found: Found, text: str, site: str) -> None:
    assert site in [t for t, _ in found(text, "site")]


def test_drugs_and_classes(found: Found) -> None:
    text = "He took acetylsalicylic acid, an NSAID, Plaquenil, low-molecular-weight heparin and broad-spectrum antibiotics."
    assert [t for t, _ in found(text, "drug")] == [
        "acetylsalicylic acid", "NSAID", "Plaquenil", "low-molecular-weight heparin", "broad-spectrum antibiotics",
    ]  # fmt: skip


def test_two_drugs_in_a_list_are_two(found: Found) -> None:
    assert [t for t, _ in found("Isoniazid, rifampicin, and ethambutol were given.", "drug")] == [
        "Isoniazid", "rifampicin", "ethambutol",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A papillary thyroid carcinoma was found.", ["papillary thyroid carcinoma"]),
        ("She had calcinosis cutis.", ["calcinosis cutis"]),
        ("He had Crohn's disease and type 2 diabetes mellitus.", ["Crohn's disease", "type 2 diabetes mellitus"]),
        ("The diagnosis of gout was made.", ["gout"]),
        ("The patient's nephrotic syndrome relapsed.", ["nephrotic syndrome"]),
        ("Her COPD was stable, which aids walking.", ["COPD"]),
        ("He took anti-tuberculosis drugs.", []),
        ("The disease was rare and the prognosis poor.", []),
    ],
)
def test_diagnoses(found: Found, text: str, names: list[str]) -> None:
    assert [t for t, _ in found(text, "diagnosis")] == names


@pytest.mark.parametrize(
    ("text", "diagnoses"),
    [
        ("He was a known hypertensive.", ["hypertensive"]),
        ("An asthmatic woman fell.", ["asthmatic"]),
        ("She is epileptic, and takes valproate.", ["epileptic"]),
        ("The alcoholic extract was filtered.", []),
        ("She had a pyosalpinx; the mesosalpinx was free.", ["pyosalpinx"]),
        ("Polydactyly and amelia were seen.", ["Polydactyly"]),
        ("A gastroschisis was closed.", ["gastroschisis"]),
        ("Tracheal disruption was found.", ["Tracheal disruption"]),
        ("A disruption of the supply was feared.", []),
        ("Intoxication was suspected.", ["Intoxication"]),
        ("A hysterectomy and osteosynthesis were done.", []),
    ],
)
def test_diagnoses_by_their_make_up(found: Found, text: str, diagnoses: list[str]) -> None:
    assert [t for t, _ in found(text, "diagnosis")] == diagnoses


@pytest.mark.parametrize(
    ("text", "vehicles"),
    [
        ("Saline with epinephrine was sprayed on the bleeding spot.", ["Saline"]),
        ("The vessel was filled with 2 mL of enbucrilate and Lipiodol in equal parts.", ["Lipiodol"]),
        ("Enbucrilate and Lipiodol 1:2 were injected.", ["Lipiodol"]),
        ("A mixture of enbucrilate with ethiodized oil (Lipiodol) was injected.", ["ethiodized oil", "Lipiodol"]),
        ("An emulsion of doxorubicin 40 mg and 8 mL of iodised oil was injected.", ["iodised oil"]),
        ("Glycopyrrolate 2% in aqueous solution was dabbed on.", ["aqueous solution"]),
        ("Sodium thiosulfate 15% in zinc oxide was rubbed in.", ["zinc oxide"]),
        ("Compresses of DMSO 50%, made with sterile saline, were laid on.", ["sterile saline"]),
        ("The ointment was made from cidofovir, wool fat and Beeler base.", ["wool fat and Beeler base"]),
        ("Zinc oxide 5% in lanolin and petrolatum was rubbed in.", ["lanolin and petrolatum"]),
        ("Urea 10% in petrolatum and lactic acid 5% were rubbed in.", ["petrolatum"]),
        ("Polidocanol 2% was foamed with air and injected.", ["air"]),
        ("Saturation was 92% in room air, and amoxicillin 1 g was given.", []),
        ("Vancomycin 1 g was diluted in normal saline or Ringer's lactate.", ["normal saline", "Ringer's lactate"]),
        ("Milrinone 200 µg/mL in dextrose 5% in water was run.", ["dextrose 5% in water"]),
        ("The wound was washed with peroxide and saline. Morphine 10 mg was given.", []),
    ],
)
def test_what_is_mixed_with_a_drug_carries_it(found: Found, text: str, vehicles: list[str]) -> None:
    assert [t for t, _ in found(text, "vehicle")] == vehicles


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("He was given 131I 3.7 GBq and, later, iodine-131 100 mCi.", ["131I", "iodine-131"]),
        ("She had 89Sr-chloride 150 MBq, then samarium-153.", ["89Sr-chloride", "samarium-153"]),
        ("Y-90 microspheres were infused.", ["Y-90"]),
        ("The T4 and L5 vertebrae were intact.", []),
    ],
)
def test_isotopes_are_part_of_a_drugs_name(found: Found, text: str, drugs: list[str]) -> None:
    assert [t for t, _ in found(text, "drug")] == drugs


def test_a_name_may_be_broken_by_any_line_end(found: Found) -> None:
    for end in ("\n", "\r\n", "\r"):
        text = f"He had complex regional{end}pain syndrome and took sodium{end}thiosulfate."
        assert [t.split() for t, _ in found(text, "drug")] == [["sodium", "thiosulfate"]]
        assert [t.split() for t, _ in found(text, "diagnosis")] == [["complex", "regional", "pain", "syndrome"]]


def test_diseases_of_the_skin(found: Found) -> None:
    text = "He had verruca vulgaris, plantar warts, melasma, lentigo maligna and calciphylaxis."
    assert [t for t, _ in found(text, "diagnosis")] == [
        "verruca vulgaris", "plantar warts", "melasma", "lentigo maligna", "calciphylaxis",
    ]  # fmt: skip
