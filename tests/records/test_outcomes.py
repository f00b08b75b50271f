"""What came of a treatment: what is told, of which drug, and what only looks like it."""

import pytest

from extract.records import assemble
from extract.records.treatments.outcomes import phrases
from extract.schema import Document


def came(doc):
    """The outcome of every treatment, by drug."""
    report = assemble(doc, Document(doc_id="d1", file="a.txt"))
    return {t.drug: t.outcome for t in report.treatments}


def case(marked, text):
    return marked(f"## case\nA [age:40-year-old] [sex:man] was admitted.\n\n{text}\n")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The rash improved.", "improved"),
        ("The rash did not improve.", "unchanged"),
        ("She had no relief.", "unchanged"),
        ("It was tried without any benefit.", "unchanged"),
        ("There was little improvement.", "unchanged"),
        ("The fever persisted despite treatment.", "unchanged"),
        ("The drug had failed.", "unchanged"),
        ("He became worse and deteriorated.", "worse"),
        ("All lesions had disappeared.", "resolved"),
        ("He was pain-free.", "resolved"),
        ("The pain fell from 8 to 2 and the swelling decreased.", "improved"),
        ("It was stopped because of nausea.", "adverse_effect"),
        ("She could not tolerate it.", "adverse_effect"),
        ("It made him drowsy.", "adverse_effect"),
        ("He developed leukopenia while on the drug.", "adverse_effect"),
        ("This did not lower the pressure.", "unchanged"),
        ("She continued to deteriorate.", "worse"),
        ("He attained a haematological and molecular remission.", "resolved"),
        ("The potassium had soon normalized.", "resolved"),
        ("There was no recurrence.", "resolved"),
        ("The fever settled.", "resolved"),
        ("The swelling began to subside.", "improved"),
        ("She reported improving sleep.", "improved"),
        ("It led to a clear reduction of the antibodies.", "improved"),
        ("He was treated successfully.", "improved"),
        ("His glucose was controlled with it.", "improved"),
        ("There was a poor response to it.", "unchanged"),
        ("None of the drugs brought relief.", "unchanged"),
        ("It has not yielded a good result.", "unchanged"),
        ("It was given for two days with persistent fever.", "unchanged"),
        ("The pressure remained high.", "unchanged"),
        ("It was stopped when she developed jaundice.", "adverse_effect"),
        ("The redness decreased.", "improved"),
        ("A clear thinning of the plaques was seen.", "improved"),
        ("The evolution was favourable.", "improved"),
        ("She made a satisfactory recovery.", "improved"),
        ("He is doing well on it.", "improved"),
        ("He made good progress.", "improved"),
        ("There was partial resolution of the oedema.", "improved"),
        ("She denied any relief.", "unchanged"),
        ("The levels were lower.", "improved"),
        ("It was without improvement of the pain or resolution of the fever.", "unchanged"),
        ("A scan showed progression of the lung metastases.", "worse"),
        ("This led to a prompt cessation of the bleeding.", "resolved"),
        ("It resulted in normal lung function.", "resolved"),
        ("The change shortened her illness.", "improved"),
        ("It had an excellent intermediate follow-up.", "improved"),
    ],
)
def test_the_kinds(text, kind):
    assert [t.kind for t in phrases(text)][:1] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "No adverse effects were seen.",
        "It was well tolerated, without side effects.",
        "It was given to improve sleep.",
        "If the pain resolved, it would be stopped.",
        "Examination showed reduced breath sounds.",
        "The dose was reduced to 10 mg.",
        "Open reduction was performed.",
        "The creatinine clearance was 40 mL/min.",
        "The efficacy may improve with time.",
        "It was given to induce a lasting remission.",
        "He did not reduce his dose.",
        "She developed nausea due to the obstruction.",
        "The heart rate was normal with no murmur.",
        "He had a decreased vibration sense.",
        "A decrease in haemoglobin was seen.",
        "She was doing well until March.",
        "A scan showed opacities in the right lower lobe.",
        "The mechanism of toxicity is not known.",
        "He was sent for evaluation of his clinical deterioration.",
        "The cold test gave a negative response.",
    ],
)
def test_what_tells_no_outcome(text):
    assert phrases(text) == []


def test_the_drugs_of_the_sentence(marked):
    doc = case(
        marked,
        "He was treated with [drug:acyclovir] and [drug:prednisone], with good effect. [drug:Gabapentin|failed] gave no relief. "
        "The rash cleared on [drug:dapsone].",
    )
    assert came(doc) == {
        "acyclovir": "improved",
        "prednisone": "improved",
        "gabapentin": "unchanged",
        "dapsone": "resolved",
    }


def test_one_drug_failed_and_the_next_helped(marked):
    doc = case(
        marked,
        "The diarrhea was refractory to [drug:metronidazole|failed] but responded promptly to oral [drug:vancomycin].",
    )
    assert came(doc) == {"metronidazole": "unchanged", "vancomycin": "improved"}


def test_what_was_done_together_with_a_drug_has_its_outcome(marked):
    doc = case(marked, "After [drug:fluconazole] and surgery, his cough showed improvement.")
    assert came(doc) == {"fluconazole": "improved"}
    doc = case(marked, "He was given [drug:fluconazole] and underwent surgery, and the cough improved.")
    assert came(doc) == {"fluconazole": ""}


def test_the_outcome_of_a_change_is_that_of_the_new_drug(marked):
    doc = case(marked, "The change from [drug:cefazolin|stopped] to [drug:linezolid] hastened his recovery.")
    assert came(doc) == {"cefazolin": "", "linezolid": "improved"}


def test_of_drugs_one_after_another_the_last_is_meant(marked):
    doc = case(
        marked,
        "She took [drug:doxorubicin] and [drug:anastrozole], before [drug:pazopanib] was begun. She had a good response.",
    )
    assert came(doc)["doxorubicin"] == ""


def test_a_following_sentence_tells_it_and_the_last_word_counts(marked):
    doc = case(
        marked,
        "[drug:Colchicine] was started. After one week the pain improved. At three months it had resolved completely.",
    )
    report = assemble(doc, Document(doc_id="d1", file="a.txt"))
    row = next(t for t in report.treatments if t.drug == "colchicine")
    assert row.outcome == "resolved" and row.outcome_text == "At three months it had resolved completely."
    assert next(r for r in report.records if r.record_id == row.treatment_id).outcome == "resolved"


@pytest.mark.parametrize(
    "text",
    [
        "[drug:Morphine] was given. She underwent appendectomy. The pain resolved.",
        "[drug:Cefazolin] was given. He developed a rash which resolved within hours.",
        "After stopping [drug:digoxin|stopped] the nausea resolved.",
        "Hemolysis developed after [drug:immunoglobulin] and resolved.",
        "General anaesthesia was induced with [drug:propofol]. The pain was gone and he had recovered fully.",
        "[drug:Iron] was given. The isolate was resistant to [drug:ceftriaxone|general].",
        "[drug:Amoxicillin|avoided] was avoided and the fever subsided.",
    ],
)
def test_what_was_not_the_drugs_doing(marked, text):
    assert set(came(case(marked, text)).values()) <= {""}


def test_a_drug_that_went_on_does_not_take_it(marked):
    doc = case(
        marked, "[drug:Prednisolone] was started. [drug:Ramipril] was continued. Within two days the fever subsided."
    )
    assert came(doc) == {"prednisolone": "resolved", "ramipril": ""}


def test_each_regimen_has_its_own(marked):
    doc = case(
        marked,
        "[drug:Prednisone] [dose:20 mg] was given without benefit. [drug:Prednisone] [dose:60 mg] was then given and the rash improved.",
    )
    report = assemble(doc, Document(doc_id="d1", file="a.txt"))
    assert [(t.dose_text, t.outcome) for t in report.treatments] == [("20 mg", "unchanged"), ("60 mg", "improved")]


def test_a_following_sentence_does_not_speak_of_what_carried_or_went_beside(marked):
    doc = case(
        marked,
        "In addition to [drug:levothyroxine], [drug:cabergoline] was started, and the wound dressed with [drug:saline]. "
        "After a month the headache had resolved.",
    )
    assert came(doc) == {"levothyroxine": "", "cabergoline": "resolved", "saline": ""}


def test_of_many_drugs_at_once_nobody_can_say_which_unless_they_are_one_list(marked):
    doc = case(marked, "He was given [drug:A1], [drug:B2], [drug:C3] and [drug:D4]. He improved.")
    assert set(came(doc).values()) == {"improved"}
    doc = case(
        marked,
        "He was given [drug:A1] and [drug:B2] for sleep, and to lower his pressure [drug:C3] and [drug:D4]. He improved.",
    )
    assert set(came(doc).values()) == {""}


def test_the_drug_that_is_told_to_have_helped_is_the_one_meant_later(marked):
    doc = case(
        marked,
        "[drug:Furosemide] was given, but the fever fell only after the start of [drug:rituximab], to which he responded. "
        "At one year he was in remission.",
    )
    assert came(doc)["rituximab"] == "resolved"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[drug:Iron] was given for the anaemia; after a month she was better.", {"iron": "improved"}),
        ("[drug:Ramipril] was given; the wound was sutured and healed.", {"ramipril": ""}),
        (
            "[drug:Azathioprine] was begun. At one year he was symptom-free and his pressure was normal with [drug:ramipril].",
            {"azathioprine": "resolved", "ramipril": "improved"},
        ),
        (
            "The ulcers worsened, and cultures stayed positive despite [drug:fluconazole|failed].",
            {"fluconazole": "worse"},
        ),
        ("He had failed repeated trials of [drug:lithium|failed].", {"lithium": "unchanged"}),
        ("Despite [drug:ceftazidime|failed] she developed an abscess.", {"ceftazidime": "unchanged"}),
        (
            "It did not improve despite antibiotics ([drug:ofloxacin|failed], [drug:amikacin|failed]), and [drug:atropine|failed].",
            {"ofloxacin": "unchanged", "amikacin": "unchanged", "atropine": "unchanged"},
        ),
        (
            "[drug:Halometasone] led to improvement despite the ongoing [drug:erlotinib].",
            {"halometasone": "improved", "erlotinib": ""},
        ),
        (
            "He recovered without lasting deficits after [drug:vancomycin].",
            {"vancomycin": "improved"},
        ),
        (
            "After [drug:zoledronate] the patient developed uveitis and was treated with [drug:prednisolone] and recovered.",
            {"zoledronate": "", "prednisolone": "improved"},
        ),
        (
            "Off-label treatment with [drug:tacrolimus] was begun. After weeks most of the lesions had cleared.",
            {"tacrolimus": "resolved"},
        ),
        (
            "The fever came back. [drug:Colistin] was given. He was well, and the rash got better, and was sent home on [drug:linezolid].",
            {"colistin": "improved", "linezolid": ""},
        ),
        (
            "[drug:Ganciclovir] was begun. A scan of the chest showed resolution of the shadows.",
            {"ganciclovir": "resolved"},
        ),
        (
            "Induction chemotherapy with [drug:idarubicin] was given, and he reached a complete remission.",
            {"idarubicin": "resolved"},
        ),
    ],
)
def test_whom_it_is_told_of(marked, text, expected):
    assert came(case(marked, text)) == expected


def test_a_drug_given_two_ways_at_once_has_one_outcome(marked):
    doc = case(
        marked, "[route:Oral||oral] and [route:topical||topical] [drug:steroids] were given, and the rash cleared."
    )
    report = assemble(doc, Document(doc_id="d1", file="a.txt"))
    assert {(t.route, t.outcome) for t in report.treatments} == {("oral", "resolved"), ("topical", "resolved")}


def test_an_abstract_tells_it_where_the_report_does_not(marked):
    doc = marked(
        "## abstract\nWe report a [age:40-year-old] [sex:man] with rosacea, treated successfully with [drug:doxycycline]. [drug:Ivermectin] was used with benefit.\n"
        "## case\nA [age:40-year-old] [sex:man] was admitted. [drug:Doxycycline] was given. [drug:Ivermectin] was given without effect.\n"
    )
    assert came(doc) == {"doxycycline": "improved", "ivermectin": "unchanged"}
