"""What a reader of the tables would notice: who had what, and which drugs were really taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.errors import LanguageError
from extract.language.context import rules as assertion_rules
from extract.language.context.decide import is_chronic
from extract.language.context.patterns import compile_pattern
from extract.language.context.rules import load
from extract.language.context.words import words_of

from .marked import assert_marked, component, doc_of, plain_doc

DIAGNOSES = [
    ("He was admitted with [[pneumonia]].", "present"),
    ("She denied any history of [[diabetes]], [[hypertension]], or [[stroke]].", "absent|absent|absent"),
    ("There was no fever, weight loss, [[lymphadenopathy]] or [[hepatitis]].", "absent|absent"),
    ("CT ruled out [[embolism]] and showed [[pneumonia]].", "absent|present"),
    ("There was no [[abscess]], but [[osteomyelitis]] was found.", "absent|present"),
    ("The [[pneumonia]] did not improve.", "present"),
    ("He had no improvement of his [[asthma]].", "present"),
    ("Underlying [[lymphoma]] could not be excluded.", "possible"),
    ("The differential diagnosis included [[lipoma]], [[fibroma]] and [[sarcoma]].", "possible|possible|possible"),
    ("Possible [[appendicitis]] was ruled out by CT.", "absent"),
    ("Suspected [[malaria]] was confirmed by a smear.", "present"),
    ("Biopsy showed changes consistent with [[vasculitis]].", "present"),
    ("His father had [[colon cancer]].", "family"),
    ("There was no family history of [[colon cancer]].", "absent"),
    ("His mother noticed that he had [[edema]].", "present"),
    ("She had a history of [[diabetes]], [[pneumonia]] and [[asthma]].", "present|historical|present"),
    ("He came with a two-week history of [[cellulitis]].", "present"),
    ("Two years ago he had a [[myocardial infarction]].", "historical"),
    ("He had [[hypertension]] and a [[stroke]] (in 2009).", "present|historical"),
    ("A 7-year-old boy with [[osteosarcoma]] was referred.", "present"),
    ("Serology for [[HIV]], [[hepatitis B]] and [[syphilis]] was negative.", "absent|absent|absent"),
    ("She had an adenoma, [[acromegaly]] and [[kidney cancer]] diagnosed at age 64.", "present|present"),
    ("Her family history was negative for [[breast cancer]].", "absent"),
    ("The first patient had no [[sepsis]]; he died of [[embolism]].", "absent|present"),
    ("[[Volvulus]], which can come with it, was excluded.", "absent"),
    ("CT revealed a [[hernia]], [[ascites]], and [[perforation]] was suspected.", "present|present|possible"),
    ("[[Delirium]] did not occur, but he had had [[pancreatitis]] in the past.", "absent|historical"),
    ("[[Gout]] was denied by the family.", "absent"),
]

DRUGS = [
    ("He received [[vancomycin]] and [[ceftriaxone]].", "given|given"),
    ("[[Warfarin]] was stopped and [[heparin]] was started.", "stopped|given"),
    ("She was switched from [[phenytoin]] to [[levetiracetam]].", "stopped|given"),
    ("[[Lithium]] was begun in May but discontinued for tremor.", "stopped"),
    ("[[Prednisone]] was tapered off.", "given"),
    ("[[Imatinib]] was stopped for surgery and later restarted.", "given"),
    ("After stopping [[digoxin]] the visual complaints persisted.", "stopped"),
    ("He developed an anaphylactic reaction to [[cisplatin]].", "given"),
    ("Renal failure with the use of [[argatroban]] was seen.", "given"),
    ("The rash did not respond to [[prednisone]] or [[dapsone]].", "failed|failed"),
    ("Pain persisted despite [[metamizole]] and [[pethidine]], a CT was performed.", "failed|failed"),
    ("Bleeding went on despite [[metamizole]] and [[pethidine]], a poor result was seen.", "failed|failed"),
    ("[[Lapatinib]] was given as fourth-line [[chemotherapy]], but the disease progressed.", "failed|failed"),
    ("[[Prednisone]], an [[antacid]] and [[zinc]] were started.", "given|given|given"),
    ("After failure of [[methotrexate]], [[infliximab]] was started.", "failed|given"),
    ("She had been tried on [[baclofen]], [[pregabalin]], and [[tramadol]].", "given|given|given"),
    (
        "She had been tried on [[baclofen]], [[pregabalin]] and [[tramadol]]. She continued to have severe spasms.",
        "failed|failed|failed",
    ),
    ("He took [[ibuprofen]]. However, there was no relief.", "failed"),
    ("Multiple drugs were tried without success, including [[gabapentin]] and [[codeine]].", "failed|failed"),
    ("He was offered injections of [[triamcinolone]] twice, but he was very reluctant.", "declined"),
    ("She refused [[chemotherapy]] and was given [[tamoxifen]].", "declined|given"),
    ("If the cream with [[tacrolimus]] failed, injections would follow.", "planned"),
    ("Our next step would be administering [[cyclosporine]].", "planned"),
    ("He never required injections of [[triamcinolone]].", "avoided"),
    ("She was allergic to [[penicillin]] and received [[clindamycin]].", "avoided|given"),
    ("The block was done without the use of [[epinephrine]].", "avoided"),
    ("He had swallowed forty tablets of [[amlodipine]].", "exposure"),
    ("Sections were stained with [[methylene blue]].", "general"),
    ("The isolate was susceptible to [[linezolid]] and resistant to [[ampicillin]].", "general|general"),
    ("Serum [[calcium]] was 7.1 mg/dL.", "general"),
    ("She took [[calcium]] 500 mg twice a day.", "given"),
    ("[[Ceftriaxone]], given since admission, was stopped because of a rash.", "stopped"),
    ("[[Baclofen]] 10 mg, taken three times daily for two months, had failed.", "failed"),
    ("[[Heparin]] was started and [[warfarin]] was stopped.", "given|stopped"),
    ("[[Efinaconazole]] was recommended, and he declined it.", "declined"),
    ("[[Cisplatin]] was offered and was started in May.", "given"),
    ("She took [[urea]] cream after [[acitretin]] was stopped.", "given|stopped"),
    (
        "[[Urea]] in a cream for sore soles once [[acitretin]] and [[methotrexate]] were withdrawn.",
        "given|stopped|stopped",
    ),
    ("[[Warfarin]] was given until [[aspirin]] was stopped.", "given|stopped"),
    ("[[Warfarin]] and [[aspirin]], after ten days, were stopped.", "stopped|stopped"),
    ("[[Tramadol]] was stopped after three days because of vomiting.", "stopped"),
    ("[[Tramadol]] was stopped after three weeks.", "given"),
    ("[[Tramadol]] was given. It was stopped because of vomiting.", "stopped"),
    ("[[Tramadol]] and [[codeine]] were given. It was stopped because of vomiting.", "given|given"),
    ("[[Ondansetron]] was used without any ill effect.", "given"),
    ("[[Aspirin]] was given for two months without benefit.", "failed"),
    ("[[Metyrosine]] was considered as an addition, and it was not required.", "avoided"),
    ("Other treatment options include [[warfarin]] and [[minocycline]].", "general|general"),
]


@pytest.mark.parametrize(("marked", "expected"), DIAGNOSES)
def test_diagnoses(marked: str, expected: str) -> None:
    assert [value for _, value, _ in assert_marked(marked, "diagnosis")] == expected.split("|")


@pytest.mark.parametrize(("marked", "expected"), DRUGS)
def test_drugs(marked: str, expected: str) -> None:
    assert [value for _, value, _ in assert_marked(marked, "drug")] == expected.split("|")


def test_doses_add_nothing_to_the_distance_between_a_drug_and_its_fate() -> None:
    marked = "[[drug:Baclofen]] [[dose:10 mg]] [[frequency:three times a day]] [[duration:for the first two months]]"
    far = "[[drug:Baclofen]] from the pharmacy which is near our own hospital"
    told = [assert_marked(f"{x} had failed.", "drug")[0][1] for x in (marked, far)]
    assert told == ["failed", "given"]


@pytest.mark.parametrize(
    ("section", "expected"),
    [("case", "given"), ("discussion", "general"), ("introduction", "general"), ("references", "general")],
)
def test_a_drug_is_the_patients_in_the_case_and_nobodys_in_a_discussion(section: str, expected: str) -> None:
    assert assert_marked("Treatment with [[colchicine]] relieves the pain.", "drug", section)[0][1] == expected


@pytest.mark.parametrize(
    "marked",
    [
        "Our patient was treated with [[colchicine]].",
        "In the present case, pain persisted for weeks. [[Colchicine]] was then given for a month.",
    ],
)
def test_a_discussion_that_speaks_of_the_authors_patient_tells_of_a_treatment(marked: str) -> None:
    assert assert_marked(marked, "drug", "discussion")[0][1] == "given"


def test_a_drug_named_in_a_title_is_not_yet_taken() -> None:
    told = [
        assert_marked(x, "drug", "title")[0][1]
        for x in ("Gout and the Place of [[Colchicine]]", "Gout treated with [[Colchicine]]")
    ]
    assert told == ["general", "given"]


def test_the_literature_is_nobody_in_the_case_section_too() -> None:
    assert assert_marked("[[Colchicine]] has been reported to help.", "drug", "case")[0][1] == "general"


def test_why_names_the_rule_and_the_words() -> None:
    _, _, why = assert_marked("There was no evidence of [[pneumonia]].", "diagnosis")[0]
    assert why.startswith("absent: ") and "[no evidence of]" in why


def test_other_labels_are_left_alone() -> None:
    doc = doc_of("No [[dose:50 mg]] was given.", "dose")
    assert component()(doc).spans["mentions"][0]._.assertion == ""


def test_a_doc_without_mentions_passes() -> None:
    assert component()(plain_doc("Nothing is told.")).text == "Nothing is told."


def test_written_out_abbreviations_are_chronic_too() -> None:
    doc = doc_of("He had a history of [[XDR]].", "diagnosis")
    doc.spans["mentions"][0]._.long_form = "chronic renal disease"
    assert component()(doc).spans["mentions"][0]._.assertion == "present"


@pytest.mark.parametrize(
    ("name", "chronic"),
    [("type 2 diabetes", True), ("gestational diabetes", False), ("COPD", True), ("acute pancreatitis", False)],
)
def test_chronic(name: str, chronic: bool) -> None:
    assert is_chronic(name) is chronic


def test_longer_trigger_hides_the_shorter_one() -> None:
    hits = load("assertion_diagnoses.csv").hits(words_of("it could not be excluded"))
    assert [h.rule.category for h in hits] == ["possible"]


@pytest.mark.parametrize("pattern", ["~2 no", "no ~3", "no (evidence)", "", "three-week history", "evidence? of"])
def test_a_pattern_that_means_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("no,absent,sideways,3,no,[[gout]],,", r"line 3: direction: 'sideways' is not one of forward, backward"),
        ("no,absend,forward,3,no,[[gout]],,", r"line 3: category: 'absend' is not one of .*; did you mean 'absent'\?"),
        ("no,absent,,3,no,[[gout]],,", r"line 3: the cell of 'direction' is empty"),
        (
            "no ~3,absent,forward,3,no,[[gout]],,",
            r"line 3: pattern: the pattern 'no ~3' must begin and end with a word",
        ),
        ("no {sign_of},absent,forward,3,no,[[gout]],,", r"line 3: there is no word class \{sign_of\}"),
        ("no,absent,forward,far,no,[[gout]],,", r"line 3: scope: 'far' is not a whole number"),
        ("no,absent,forward,3,no,,,", r"line 3: the cell of 'example' is empty"),
    ],
)
def test_a_bad_trigger_is_refused_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    file = assertion_rules.TRIGGERS["assertion_diagnoses.csv"]
    text = f"# comment\n{','.join(file.columns)}\n{row}\n"
    with pytest.raises(LanguageError, match=message):
        assertion_rules.rules_of(file.at(tmp_path / "bad.csv", text))


TRIGGERS = [
    "no evidence of",
    "history of",
    "was stopped",
    "(",
    ")",
    ",",
    "and",
    "but",
    ".",
    "failed",
    "possible",
    "2005",
]
PIECES = st.sampled_from(
    [*TRIGGERS, "[[drug:aspirin]]", "[[diagnosis:gout]]", "the patient", "was given", "’", "µg", "\n"]
)


@given(st.lists(PIECES, max_size=25))
@settings(max_examples=150)
def test_every_mention_gets_one_of_the_values_and_the_same_one_twice(pieces: list[str]) -> None:
    marked = " ".join(pieces)
    doc = component()(doc_of(marked, "drug"))
    values = [(s.label_, s._.assertion) for s in doc.spans["mentions"]]
    allowed = {
        "diagnosis": {"present", "historical", "possible", "absent", "family"},
        "drug": {"given", "stopped", "failed", "declined", "planned", "avoided", "exposure", "general"},
    }
    assert all(value in allowed[label] for label, value in values)
    assert values == [(s.label_, s._.assertion) for s in component()(doc).spans["mentions"]]


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_words_keep_their_place_in_the_text(text: str) -> None:
    words = words_of(text, 7)
    for a, b in zip(words.start, words.end, strict=True):
        assert 7 <= a < b <= 7 + len(text)
