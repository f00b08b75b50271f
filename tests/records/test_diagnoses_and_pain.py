"""Diagnoses merged over wordings with the last word on each; pain courses with phase."""

from dataclasses import replace

from extract.language.mention import sentences
from extract.records.diagnoses.group import choose_primary, findings
from extract.records.pain.ratings import ratings
from extract.records.patients.assign import assign
from extract.records.treatments.courses import courses
from extract.settings import packaged


def found(doc):
    sents = sentences(doc)
    every = findings(sents, assign(sents))[0]
    choose_primary(every)
    return {f.text: (f.assertion, f.primary) for f in every}


def pains(doc):
    sents = sentences(doc)
    cohort = assign(sents)
    return [(r.value, r.scale_max, r.phase) for r in ratings(sents, cohort, courses(sents, cohort))[0]]


INTRO = "A [age:40-year-old] [sex:woman] presented to us. "


def test_wordings_of_one_diagnosis_are_one_row(marked):
    doc = marked(
        "## title\n[diagnosis:Calcinosis cutis] of the breast\n"
        f"## case\n{INTRO}She had [diagnosis:calcinosis cutis]. The [diagnosis:calcinosis] was painful.\n"
    )
    assert found(doc) == {"calcinosis cutis": ("present", True)}


def test_the_kind_of_disease_told_later_is_the_disease_told_again(marked):
    doc = marked(
        f"## case\n{INTRO}She had [diagnosis:acute myeloid leukemia]. The [diagnosis:acute leukemia] came back. "
        "She had [diagnosis:breast cancer]; the [diagnosis:breast carcinoma] was small.\n"
    )
    assert set(found(doc)) == {"acute myeloid leukemia", "breast cancer"}


def test_an_acute_disease_is_not_every_disease_of_the_name(marked):
    doc = marked(f"## case\n{INTRO}She had [diagnosis:acute hepatitis] and [diagnosis:lupus hepatitis].\n")
    assert len(found(doc)) == 2


def test_a_different_disease_with_a_word_in_common_stays(marked):
    doc = marked(f"## case\n{INTRO}She had [diagnosis:hypertension] and [diagnosis:portal hypertensive gastropathy].\n")
    assert len(found(doc)) == 2


def test_the_last_word_counts(marked):
    doc = marked(
        f"## case\n{INTRO}[diagnosis:Sarcoidosis|possible] was suspected. [diagnosis:Tuberculosis|possible] was thought of. "
        "Biopsy showed [diagnosis:sarcoidosis|present]. [diagnosis:Tuberculosis|absent] was ruled out.\n"
    )
    assert found(doc) == {"sarcoidosis": ("present", True), "Tuberculosis": ("absent", False)}


def test_what_she_was_diagnosed_with_is_primary(marked):
    doc = marked(f"## case\n{INTRO}She had [diagnosis:asthma]. She was diagnosed with [diagnosis:sarcoidosis].\n")
    assert found(doc) == {"asthma": ("present", False), "sarcoidosis": ("present", True)}


def test_who_was_diagnosed_is_not_what_was_diagnosed(marked):
    doc = marked(f"## case\n{INTRO}A woman with [diagnosis:psoriasis] was diagnosed with [diagnosis:gout].\n")
    assert found(doc) == {"psoriasis": ("present", False), "gout": ("present", True)}


def test_whom_it_befell_is_not_primary(marked):
    doc = marked(
        "## title\n[diagnosis:Botulism] in a [diagnosis:diabetic] man\n"
        f"## case\n{INTRO}She, a woman with the diagnosis of [diagnosis:asthma], fell ill.\n"
    )
    assert {k: primary for k, (_, primary) in found(doc).items()} == {
        "Botulism": True,
        "diabetic": False,
        "asthma": False,
    }


def test_what_a_biopsy_showed_weighs(marked):
    doc = marked(
        f"## case\n{INTRO}She had [diagnosis:asthma]. A biopsy of the liver revealed [diagnosis:sarcoidosis].\n"
    )
    assert found(doc)["sarcoidosis"] == ("present", True)


def test_what_was_cut_out_years_before_is_historical(marked):
    doc = marked(
        f"## case\n{INTRO}She had been diagnosed with a [diagnosis:melanoma], which was excised six years before. "
        "She had [diagnosis:asthma].\n"
    )
    assert found(doc)["melanoma"] == ("historical", False)


def test_general_talk_is_no_diagnosis(marked):
    doc = marked(
        f"## case\n{INTRO}She had [diagnosis:asthma].\n## discussion\n[diagnosis:Sarcoidosis] is a rare disease.\n"
    )
    assert set(found(doc)) == {"asthma"}


def test_a_pain_course_told_twice_is_told_once(marked):
    doc = marked(
        f"## case\n{INTRO}Her tenderness was an [pain_score:8/10]. We applied [drug:urea] [frequency:daily]. "
        "A month later her pain, which was an [pain_score:8/10], came down to [pain_score:1/10].\n"
    )
    assert pains(doc) == [(8.0, 10.0, "baseline"), (1.0, 10.0, "followup")]


def test_from_to(marked):
    doc = marked(f"## case\n{INTRO}Her pain fell from [pain_score:9/10] to [pain_score:2/10] after [drug:ketamine].\n")
    assert pains(doc) == [(9.0, 10.0, "baseline"), (2.0, 10.0, "followup")]


def test_rest_and_movement(marked):
    doc = marked(f"## case\n{INTRO}Pain was [pain_score:4/10] at rest and [pain_score:8/10] on movement.\n")
    assert pains(doc) == [(4.0, 10.0, "rest"), (8.0, 10.0, "movement")]


def test_what_had_been_diagnosed_before_is_not_primary(marked):
    doc = marked(
        f"## case\n{INTRO}She was diagnosed with [diagnosis:sarcoidosis|present]. "
        "She had been previously diagnosed with [diagnosis:uveitis|present].\n"
    )
    assert found(doc) == {"sarcoidosis": ("present", True), "uveitis": ("present", False)}


def test_describing_words_and_plurals_make_no_second_row(marked):
    doc = marked(
        f"## case\n{INTRO}There were [diagnosis:multiple small aneurysms|present] and [diagnosis:multiple aneurysms|present], "
        "but no [diagnosis:hemoglobinopathies|absent]. A [diagnosis:hemoglobinopathy|absent] was excluded.\n"
    )
    assert len(found(doc)) == 2


def test_a_bare_word_is_quoted_by_its_full_name_in_the_title(marked):
    doc = marked(
        "## title\n[diagnosis:Abdominal aortic aneurysm|present] with fever\n"
        f"## case\n{INTRO}The [diagnosis:aneurysm|present] grew.\n"
    )
    assert found(doc) == {"Abdominal aortic aneurysm": ("present", True)}


def test_what_the_abstract_tells_of_two_patients_goes_to_the_one_who_has_it(marked):
    doc = marked(
        "## abstract\nWe report two patients with [diagnosis:gout|present], with [diagnosis:uveitis|present] in the second.\n"
        "## case 1\nA [age:40-year-old] [sex:woman] was seen.\n"
        "## case 2\nA [age:60-year-old] [sex:man] was seen. He had [diagnosis:uveitis|present].\n"
    )
    sents = sentences(doc)
    told = {p: [f.text for f in fs] for p, fs in findings(sents, assign(sents)).items()}
    assert told == {0: ["gout"], 1: ["gout", "uveitis"]}


def test_what_stands_between_two_ratings_is_told_of_the_first(marked):
    doc = marked(
        f"## case\n{INTRO}On the VAS she marked [pain_score:70 mm] before treatment and [pain_score:40], [pain_score:20] and "
        "[pain_score:10 mm] after 1, 2 and 3 weeks.\n"
    )
    assert [phase for *_, phase in pains(doc)] == ["baseline", "followup", "followup", "followup"]


def test_then_comes_the_followup(marked):
    doc = marked(f"## case\n{INTRO}The pain was [pain_score:8/10] and then [pain_score:0/10].\n")
    assert pains(doc) == [(8.0, 10.0, "baseline"), (0.0, 10.0, "followup")]


def test_before_and_after_is_told_of_two_ratings_in_order(marked):
    doc = marked(f"## case\n{INTRO}Pain was [pain_score:7/10] and [pain_score:2/10] before and after the block.\n")
    assert [phase for *_, phase in pains(doc)] == ["baseline", "followup"]


def test_how_strongly_a_report_must_be_about_a_primary_diagnosis_is_a_setting(marked):
    text = "## title\n[diagnosis:Gout|present] in a farmer\n## case\nHe was diagnosed with [diagnosis:asthma|present]."
    sents = sentences(marked(text))
    settings = replace(packaged().records, primary_weight=2.0)
    primary = [[f.text for f in findings(sents, assign(sents), chosen)[0] if f.primary] for chosen in (None, settings)]
    assert primary == [["Gout"], ["Gout", "asthma"]]
