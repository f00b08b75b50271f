"""The rule files of this room: their columns, and where in a sentence each kind is looked for.

What a file and its kinds mean stands at its head, in `rules/*.csv`. The modules take expressions with `cue`.
"""

from __future__ import annotations

import re
from functools import cache

from extract.language.context.rule_files import (
    ANYWHERE,
    BEFORE,
    BEHIND,
    BETWEEN,
    CUES,
    NAME,
    NEXT,
    OPENS,
    WHOLE,
    cues_file,
)  # fmt: skip
from extract.rules import Choice, Flag, Number, Pattern, RuleFile, Text, Word, Words
from extract.rules.scanning import Scanner

STUDIES = cues_file("kind", case=ANYWHERE, study=ANYWHERE, person=ANYWHERE)
LINKS = cues_file(
    "links",
    step=BEFORE, step_every=BEFORE, applied=ANYWHERE, of_else=BEHIND, body=BEHIND, changed_from=BEFORE, compared=BEFORE,
    pictured=BEHIND, seen_every=BEFORE, blood=BEHIND, no_dose=WHOLE, share=BEHIND, component=BEHIND, procedure=BEHIND,
    phase=ANYWHERE, again=ANYWHERE, local=ANYWHERE, mixing=ANYWHERE, one_preparation=ANYWHERE, carried=BEFORE, one=ANYWHERE, all=ANYWHERE,
    another=ANYWHERE, names_other=ANYWHERE, whole_course=ANYWHERE, own_clause=BETWEEN, dosed_apart=BEFORE, joined_before=BETWEEN, joined_after=BETWEEN, members=BETWEEN, class_behind=BETWEEN,
    class_ahead=BEHIND, spoken_of=ANYWHERE,
)  # fmt: skip
DURATIONS = cues_file(
    "durations",
    before_yes=BEFORE, after_yes=BEHIND, infused_over=BEFORE, ended=ANYWHERE, going_on=BEFORE, beyond=BEHIND,
    before_no=BEFORE, after_no=BEHIND, symptom=ANYWHERE, treatment=ANYWHERE, of_symptom=BEFORE, end_of_course=BEFORE, lately=BEFORE, taken=BEHIND,
    given=ANYWHERE, duration_head=ANYWHERE, stated=BEFORE, complaint=BETWEEN, act=ANYWHERE, treating_act=ANYWHERE, absence=BEFORE,
    new_subject=ANYWHERE, leads_to=BETWEEN, stays_on=BETWEEN, behind_drug=BETWEEN, other_treatment=BEHIND, other_before=BEFORE, told_with=BETWEEN, until_drug=BEFORE, taken_lately=ANYWHERE, unnamed_course=BEHIND,
    unnamed_course_before=BEFORE,
)  # fmt: skip
SITES = cues_file(
    "places", object=BEHIND, put=BEFORE, ill_before=BEFORE, ill_after=BEHIND, unnamed=BEHIND, unknown=BEHIND, unknown_drug=BEFORE, next_of_list=BEFORE, performed=BEHIND,
    own_item=BEFORE, holds=BEHIND,
    of_organ=BEHIND, numbing=NAME,
)  # fmt: skip
OUTCOMES = cues_file(
    "outcomes",
    none=ANYWHERE, adverse_effect=ANYWHERE, unchanged=ANYWHERE, worse=ANYWHERE, resolved=ANYWHERE, improved=ANYWHERE,
    meanwhile=ANYWHERE, apart=ANYWHERE, withdrawn=ANYWHERE, new_event=ANYWHERE, going_on=ANYWHERE, bystander=BEFORE,
    bystander_name=NAME, failure=ANYWHERE, despite=BETWEEN, before_drug=BETWEEN, sequel=OPENS,
    against=ANYWHERE, went_on=ANYWHERE, treated_so=ANYWHERE, despite_that=ANYWHERE, tumour_grew=ANYWHERE,
)  # fmt: skip
PAIN = cues_file(
    "pain",
    followup_to=BEFORE, followup=ANYWHERE, baseline=ANYWHERE, worst=ANYWHERE, rest=ANYWHERE, movement=ANYWHERE,
    title_not=BEFORE, title_not_after=BEHIND, of_many=ANYWHERE,
)  # fmt: skip
PAIN_DRUGS = cues_file("pain_drugs", analgesic=NAME, other=NAME)
PRIMARY = cues_file(
    "primary", before=BEFORE, after=NEXT, not_before=BEFORE, person_before=BEFORE, person_after=BEHIND
)  # fmt: skip
ROLES = cues_file(
    "roles",
    comorbidity_before=BEFORE, comorbidity_after=NEXT, complication_before=BEFORE, complication_after=NEXT,
    arisen_before=BEFORE, arisen_after=NEXT, course=ANYWHERE, presenting_before=BEFORE, finding_before=BEFORE,
    differential_before=BEFORE, differential_after=NEXT, new_clause=ANYWHERE, new_event=ANYWHERE, short_history=BEFORE,
)  # fmt: skip
DISPLACED = cues_file(
    "displaced",
    first_before=BEFORE, first_after=BEHIND, mistaken_before=BEFORE, all_out=ANYWHERE, answered=BEHIND, confirmed=BEHIND,
    either=BEFORE, made_before=BEFORE, tissue_showed=ANYWHERE, corrected=ANYWHERE, doubted_before=BEFORE, doubted_after=BEHIND,
)  # fmt: skip

HARMS = cues_file(
    "harms",
    drug_first=BETWEEN, harm_first=BETWEEN, then_first=BETWEEN, after_first=BETWEEN, under=BEFORE, onset=ANYWHERE, treated=ANYWHERE, helped=ANYWHERE, good_behind=BEHIND,
    no_harm=NAME,
    stopped=ANYWHERE, reduced=ANYWHERE, continued=ANYWHERE, switched=ANYWHERE, resolved=ANYWHERE, improved=ANYWHERE,
    persistent=ANYWHERE, fatal=ANYWHERE,
)  # fmt: skip

COURSES = cues_file(
    "courses",
    drug_first=BETWEEN, disease_first=BETWEEN, diagnosed=ANYWHERE, treated_then=BEFORE, ended=ANYWHERE, because=ANYWHERE,
    adverse_event=ANYWHERE, no_response=ANYWHERE, completed=ANYWHERE, cost=ANYWHERE, patient_wish=ANYWHERE, pregnancy=ANYWHERE,
    death=ANYWHERE, begun=ANYWHERE, time=ANYWHERE,
)  # fmt: skip

UNFIT_ROUTES = RuleFile(
    "records/rules/unfit.csv",
    routes=Words(separator=";", required=True),
    pattern=Pattern(place=WHOLE),
    example=Text(required=True),
    not_example=Text(),
    comment=Text(),
)
CLASS_MEMBERS = RuleFile(
    "records/rules/class_members.csv",
    of=Words(separator=";", required=True),
    pattern=Pattern(place=NAME),
    example=Text(required=True),
    not_example=Text(),
    comment=Text(),
)
DIAGNOSIS_WORDS = RuleFile(
    "records/rules/diagnosis_words.csv",
    word=Word(),
    kind=Choice("generic", "descriptive", "degree", "own"),
    comment=Text(),
)
FORMS = RuleFile("records/rules/forms.csv", form=Word(), route=Text(), vehicle=Flag(), comment=Text())
CHRONIC = RuleFile("records/rules/chronic.csv", code=Word(), illness=Text(required=True))
CONFIDENCE_WORDS = RuleFile(
    "records/rules/confidence_words.csv", family=Word(), words=Words(separator=";", required=True), comment=Text()
)
WEIGHTS = RuleFile(
    "records/rules/confidence.csv",
    table=Choice("diagnoses", "treatments", "pain_scores", "cases"),
    feature=Word(),
    weight=Number(required=True),
    comment=Text(),
)

ONSETS = cues_file("onsets", found=ANYWHERE, treated=ANYWHERE)

#: by the name of the file, for `cue`
PATTERNS = {
    "cues.csv": CUES, "kind.csv": STUDIES, "links.csv": LINKS,
    "durations.csv": DURATIONS, "places.csv": SITES, "outcomes.csv": OUTCOMES, "pain.csv": PAIN, "pain_drugs.csv": PAIN_DRUGS,
    "primary.csv": PRIMARY, "roles.csv": ROLES, "displaced.csv": DISPLACED, "harms.csv": HARMS, "courses.csv": COURSES, "onsets.csv": ONSETS,
}  # fmt: skip


def cue(kind: str, name: str = "cues.csv") -> re.Pattern[str]:
    """All patterns of one kind as one expression. Raises KeyError for a kind the file does not have."""
    return PATTERNS[name].pattern(kind)


@cache
def scanned_cue(kind: str, name: str = "cues.csv") -> Scanner:
    """The same, for kinds of many patterns that are looked for in every sentence."""
    pattern = cue(kind, name)
    return Scanner(pattern.pattern, pattern.flags)
