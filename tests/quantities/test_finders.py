"""What is a dose, a ratio, a duration, an age in running text, and what only looks so."""

import pytest

from extract.language.quantities import Age, Dose, Duration, Frequency, Pain, Ratio, Volume
from extract.language.quantities.find import find_quantities


def found(text, label):
    return [text[f.start : f.end] for f in find_quantities(text) if f.label == label]


@pytest.mark.parametrize(
    "text",
    [
        "Fasting glucose was 126 mg/dL and haemoglobin 12 g/dL.",
        "CRP of 50 mg/L, calcium 8.4 mg/dl, ferritin 500 ng/mL.",
        "She had proteinuria of 3 g/day.",
        "Urine output was 500 mL in the first hour.",
        "There was an estimated blood loss of 500 mL.",
        "At laparotomy 2 L of ascitic fluid were removed.",
        "The neonate weighed 3200 g.",
        "Ejection fraction was 45% and oxygen saturation 98%.",
        "Fever occurred in 50% of patients.",
        "Burns covered 30% TBSA.",
        "IgG 165 U, normal range <15 U.",
        "A gram-negative rod grew.",
        "The lesion at L5 measured 3 cm.",
        "Creatinine clearance was 57 mL/min.",
        "The stenosis was reduced by 50%.",
    ],
)
def test_measurements_are_no_doses(text):
    assert found(text, "dose") == []
    assert found(text, "volume") == []


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("Topical lidocaine 5% and a 0.1% triamcinolone cream were used.", ["5%", "0.1%"]),
        ("Cefazolin (2 g) and vancomycin 1 g were given.", ["2 g", "1 g"]),
        ("He received 5% dextrose.", ["5%"]),
        ("Prednisone was tapered from 60 mg to 10 mg/day.", ["60 mg to 10 mg/day"]),
        ("He took two tablets of 250 mg.", ["two tablets of 250 mg"]),
        ("An infusion of esmolol 50 μg/kg/min was begun.", ["50 μg/kg/min"]),
        ("She was started on high-dose steroids.", ["high-dose"]),
        ("Carboplatin AUC 5 was given.", ["AUC 5"]),
        ("Penicillin G, 24 million units daily.", ["24 million units"]),
    ],
)
def test_doses(text, doses):
    assert found(text, "dose") == doses


def test_a_volume_is_what_a_strength_fills():
    text = "The wound was infiltrated with 15 mL of 2% lidocaine, and 10 U of oxytocin in 500 mL saline were infused."
    assert found(text, "volume") == ["15 mL", "500 mL"]
    assert found(text, "dose") == ["2%", "10 U"]


@pytest.mark.parametrize(
    ("text", "ratios"),
    [
        ("Thiosulfate was mixed 1:1 with petrolatum.", ["1:1"]),
        ("A mixture in a 1:2 ratio was applied.", ["1:2"]),
        ("Equal parts of both creams were compounded.", ["Equal parts"]),
        ("Articaine with adrenaline 1:200,000 was injected.", ["1:200,000"]),
        ("ANA was positive at 1:80.", []),
        ("Antibody titre 1:640.", []),
        ("The male to female ratio is 3:1.", []),
        ("He arrived at 10:30.", []),
        ("The lactate:pyruvate ratio was elevated (30:1).", []),
    ],
)
def test_ratios(text, ratios):
    assert found(text, "ratio") == ratios


@pytest.mark.parametrize(
    ("text", "durations"),
    [
        ("Amoxicillin was given for 10 days.", ["10 days"]),
        ("A 3-week course of doxycycline was completed.", ["3-week"]),
        ("He had a two-month history of cough.", ["two-month"]),
        ("It was infused over 30 minutes.", ["30 minutes"]),
        ("A two month trial of zinc did not help.", ["two month"]),
        ("She was discharged and seen 3 weeks later.", []),
        ("He had surgery 5 years ago.", []),
        ("It was given every 3 weeks.", []),
        ("A 44-year-old man at 34 weeks of gestation.", []),
        ("A 24-h urine collection was done.", []),
        ("He smoked for 40 years.", []),
    ],
)
def test_durations_are_not_points_in_time(text, durations):
    assert found(text, "duration") == durations


@pytest.mark.parametrize(
    ("text", "frequencies"),
    [
        ("He took ibuprofen 400 mg t.i.d. as needed.", ["t.i.d. as needed"]),
        ("Methotrexate 15 mg once weekly.", ["once weekly"]),
        ("The pain limited her daily activities.", []),
        ("Once the patient was stable, he went home.", []),
        ("Ivermectin 6 mg OD was given; the OD was swollen.", ["OD"]),
    ],
)
def test_frequencies(text, frequencies):
    assert found(text, "frequency") == frequencies


def test_the_age_of_the_patient_not_of_the_history():
    assert found("A 48-year-old man was diagnosed at the age of 12 years.", "age") == ["48-year-old"]
    assert found("He was diagnosed at the age of 12 years.", "age") == ["age of 12 years"]
    assert found("An elderly woman fell.", "age") == ["elderly"]
    assert found("She was born at 34 weeks' gestation.", "age") == []
    assert found("A woman in her sixties was seen.", "age") == ["sixties"]


def test_sex_is_told_once():
    assert found("A 30-year-old woman was seen. The woman had fever.", "sex") == ["woman"]
    assert found("Five humans and a womanly voice.", "sex") == []


@pytest.mark.parametrize(
    ("text", "durations"),
    [
        ("Heparin 5000 U twice daily was continued until delivery.", ["until delivery"]),
        ("Cefazolin was given until the day of discharge.", ["until the day of discharge"]),
        ("He was followed until death.", []),
        ("It was applied once a day until her follow-up.", []),
        ("The pain persisted until surgery.", []),
    ],
)
def test_an_event_ends_a_treatment_but_no_follow_up(text: str, durations: list[str]) -> None:
    assert [text[f.start : f.end] for f in find_quantities(text) if f.label == "duration"] == durations


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("She took ramipril 5 mg (1-0-1).", [("5 mg", "dose"), ("1-0-1", "frequency")]),
        ("The key was 1-0-1.", []),
        ("She took ofloxacin 2 x 200 mg/day.", [("2 x 200 mg/day", "dose")]),
        ("A low-molecular-weight heparin (0.4 ml) was given.", [("0.4 ml", "dose")]),
        (
            "She took 200 mcg/kg body weight of A and 10 mg of B.",
            [("200 mcg/kg body weight", "dose"), ("10 mg", "dose")],
        ),
        ("A 25 g vitrectomy was done.", []),
        ("Vancomycin 1G was given through an 18G line.", [("1G", "dose")]),
        ("Liquor had 54 mg glucose/dL after a drop in pressure.", []),
        ("The osmolality rose to 382 mmol/kg.", []),
        ("A lotion of 0.1% was raised to 0.2%, and FiO2 to 40%.", [("0.1%", "dose"), ("0.2%", "dose")]),
        ("She took A 10 mg BID followed by B.", [("10 mg", "dose"), ("BID", "frequency")]),
        ("She was seen for weekly follow-up.", []),
    ],
)
def test_what_is_told_beside_a_dose(text: str, told: list[tuple[str, str]]) -> None:
    assert [(text[f.start : f.end], f.label) for f in find_quantities(text)] == told


def test_a_finder_hands_its_parsed_value_on() -> None:
    text = (
        "A 61-year-old woman was given 15 mL of 2% lidocaine with adrenaline 1:200,000 twice daily for 3 weeks at a high dose; "
        "her pain fell from 8/10 to 2/10."
    )
    assert [(m.label, m.value) for m in find_quantities(text)] == [
        ("age", Age(61.0)),
        ("sex", "F"),
        ("volume", Volume(15.0)),
        ("dose", Dose(2.0, "%")),
        ("ratio", Ratio((1.0, 200000.0))),
        ("frequency", Frequency(2.0)),
        ("duration", Duration(21.0)),
        ("dose", None),
        ("pain_score", Pain(8.0, scale_max=10.0)),
        ("pain_score", Pain(2.0, scale_max=10.0)),
    ]


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("Ketamine zero point two five milligrams was given.", ["0.25 mg"]),
        ("He took twenty-two point five mg of methotrexate.", ["22.5 mg"]),
        ("Nought point one milligrams of adrenaline were injected.", ["0.1 mg"]),
        ("She took one and a quarter tablets, later three quarters of a tablet.", ["1.25 {tablet}", "0.75 {tablet}"]),
        ("He took one-and-a-half tablets and half a tablet.", ["1.5 {tablet}", "0.5 {tablet}"]),
        ("Between 15 and 30 mg of codeine were taken.", ["15-30 mg"]),
        ("Quetiapine 25 mg up to 75 mg was taken.", ["25-75 mg"]),
        ("At this point five patients had left.", []),
        (
            "Digoxin point two five milligrams was given; at this point six tablets were left.",
            ["0.25 mg", "6 {tablet}"],
        ),
        (
            "A and B, 1200 and 1500 mg respectively, then C and D (50 and 12.5 mg).",
            ["1200 mg", "1500 mg", "50 mg", "12.5 mg"],
        ),
        ("Silver nitrate at 25%, 50% and 75% was tried.", ["25%", "50%", "75%"]),
        ("She received 3.7 GBq, then 80 millicuries and 200 µCi.", ["3.7 GBq", "80 mCi", "200 uCi"]),
        ("A tracer of 370 MBq (10 mCi) was given, and 0.5 g (500 mg) of caffeine.", ["370 MBq", "0.5 g"]),
        ("Docetaxel 60 mg m-2, then 60 mg·m⁻² and 60 mg·m−2·day−1.", ["60 mg/m2", "60 mg/m2", "60 mg/m2/d"]),
        ("Penicillin 1.2 × 10⁶ IU was injected.", ["1200000 [IU]"]),
        ("Prednisone (Deltasone) 20 mg and clobetasol (Dermovate) 0.05%.", ["20 mg"]),
    ],
)
def test_notations_of_a_dose(text: str, doses: list[str]) -> None:
    assert [m.norm for m in find_quantities(text) if m.label == "dose"] == doses


def test_a_bracket_may_stand_between_a_medicine_and_its_strength() -> None:
    text = "She used brandox (BX, Maker Ltd) 5% and another (of 10%)."
    drugs = [(9, 16)]
    assert [m.norm for m in find_quantities(text, drugs) if m.label == "dose"] == ["5%"]


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("Epoetin 4000 IU on Tuesdays, Thursdays and Saturdays.", [0.4286]),
        ("Trimethoprim 480 mg MWF was begun.", [0.4286]),
        ("Azithromycin 250 mg Mon/Wed/Fri was begun.", [0.4286]),
        ("Alendronate 70 mg every Sunday.", [0.1429]),
        ("Denosumab every other Monday.", [0.0714]),
        ("Warfarin 3 mg Mon-Fri, and 4 mg on Saturday and Sunday.", [0.7143, 0.2857]),
        ("Warfarin 3 mg on weekdays and 4 mg at weekends.", [0.7143, 0.2857]),
        ("Thus she came on Monday, and the sun shone.", []),
        ("The MWF group met.", []),
    ],
)
def test_days_of_the_week(text: str, rates: list[float]) -> None:
    assert [m.value.per_day for m in find_quantities(text) if m.label == "frequency"] == rates


@pytest.mark.parametrize(
    ("text", "ratios"),
    [
        ("Glue was diluted with oil at 0.5/0.7 (v/v).", ["0.5:0.7"]),
        ("She took insulin 70/30 and biphasic aspart 30/70.", ["70:30", "30:70"]),
        ("Her blood pressure on insulin was 130/70.", []),
        ("One part of cream was mixed with three parts of paste.", ["1:3"]),
        ("Lidocaine with adrenaline 1 in 200,000 was used; one in four patients fainted.", ["1:200000"]),
        ("Cyanoacrylate and oil in equal parts were drawn up.", ["1:1"]),
        ("The estate was shared in equal parts.", []),
        ("They were mixed in a ratio of 2 to 1.", ["2:1"]),
    ],
)
def test_forms_of_a_ratio(text: str, ratios: list[str]) -> None:
    assert [m.norm for m in find_quantities(text) if m.label == "ratio"] == ratios


def test_hours_of_a_day_are_no_duration() -> None:
    assert found("The dressing was worn for 6 to 8 hours a day.", "duration") == []


def test_an_age_without_its_unit() -> None:
    text = (
        "A girl of 15 had a rash. A man of 61, who smoked, came. A group of 20 with pain was seen. A man of 50 kg fell."
    )
    assert [(text[m.start : m.end], str(m.value)) for m in find_quantities(text) if m.label == "age"] == [
        ("15", "15 years"), ("61", "61 years"),
    ]  # fmt: skip


def test_a_difference_between_two_times_is_no_duration() -> None:
    assert found("It did not differ between 3 and 6 months.", "duration") == []
    assert found("It was taken for between 3 and 6 months.", "duration") == ["between 3 and 6 months"]


def test_what_follows_an_unknown_letter_in_a_number_is_no_number_of_its_own() -> None:
    assert found("He took methotrexate 1\ufffd5 mg weekly for 1\ufffd2 weeks.", "dose") == []
    assert found("He took methotrexate 1\ufffd5 mg weekly for 1\ufffd2 weeks.", "duration") == []
    assert found("\ufffd 400 mg of ibuprofen was given for 2 weeks.", "dose") == ["400 mg"]


def test_letters_of_a_name_are_no_antibody_and_what_was_taken_is_no_measurement():
    assert found("Therapy with neostigmine (30 mg) was begun.", "dose") == ["30 mg"]
    assert found("The coil was removed, and she took 10 mg of methylprednisolone.", "dose") == ["10 mg"]
    assert found("IgM was 30 mg.", "dose") == []


@pytest.mark.parametrize(
    ("text", "drug", "dose"),
    [
        ("The ornithine level was reduced by pyridoxine 300 mg/d.", "pyridoxine", "300 mg/d"),
        ("Intravenous fluids (36 ml/h) and insulin (0.1 units/kg/h) were begun.", "insulin", "0.1 [IU]/kg/h"),
        ("Because of high bilirubin ursodiol at a dose of 500 mg was begun.", "ursodiol", "500 mg"),
        ("Serum calcium 9 mg was low.", "calcium", None),
        ("Her insulin level of 12 units was high.", "insulin", None),
        ("An epidural infusion of bupivacaine at a low concentration (0.1%) was begun.", "bupivacaine", "0.1%"),
        ("An epidural infusion with fentanyl (2 mug/ml) was begun.", "fentanyl", "2 ug/mL"),
        ("Tacrolimus 12 ng/ml was measured.", "Tacrolimus", None),
    ],
)  # fmt: skip
def test_what_is_measured_near_a_medicine_does_not_take_its_dose(text: str, drug: str, dose: str | None) -> None:
    at = text.index(drug)
    doses = [m.norm for m in find_quantities(text, [(at, at + len(drug))]) if m.label == "dose"]
    assert doses == ([dose] if dose else [])
