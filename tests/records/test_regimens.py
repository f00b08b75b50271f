"""Which dose belongs to which drug, and what makes a regimen."""

import pytest

from extract.language.mention import sentences
from extract.records.patients.assign import assign
from extract.records.treatments.courses import courses
from extract.records.treatments.rows import lines, values


def rows(doc):
    """[(status, {column: value})] of the first patient's only drug."""
    sents = sentences(doc)
    [course] = courses(sents, assign(sents))[0]
    return [(x.status, values(x.regimen)) for x in lines(course)]


def test_what_an_operation_ended_was_not_stopped_early(marked):
    story = "[drug:Noradrenaline] was infused at [dose:4 micrograms/min]. [drug:Noradrenaline|stopped] was stopped {}."
    told = [rows(marked("## case\n" + story.format(x)))[0][0] for x in ("at the end of surgery", "for arrhythmia")]
    assert told == ["given", "stopped"]


def test_a_form_told_apart_tells_the_route(marked):
    [(_, told)] = rows(
        marked(
            "## case\nShe slept under a [dose:low dose] of [drug:propofol]. [drug:Propofol] was given as an [form:infusion||infusion] by the nurse.\n\n"
        )
    )
    assert (told["dose_text"], told["route"]) == ("low dose", "intravenous")


def regimens(doc):
    """{drug: [{label: text}]} of the first patient."""
    sents = sentences(doc)
    found = courses(sents, assign(sents))
    return {c.key: [{k: v.text for k, v in r.parts.items()} for r in c.regimens] for c in found[0]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She took [drug:prednisone] [dose:20 mg] [frequency:daily] for [duration:10 days].",
         {"prednisone": [{"dose": "20 mg", "frequency": "daily", "duration": "10 days"}]}),
        ("She took [dose:20 mg] of [route:oral] [drug:prednisone].",
         {"prednisone": [{"dose": "20 mg", "route": "oral"}]}),
        ("She took [drug:prednisone] ([dose:60 mg/day]), [drug:azathioprine] ([dose:100 mg/day]) and [drug:folate].",
         {"prednisone": [{"dose": "60 mg/day"}], "azathioprine": [{"dose": "100 mg/day"}], "folate": []}),
        ("She took [drug:A] and [drug:B] at [dose:20 mg] and [dose:30 mg], respectively.",
         {"a": [{"dose": "20 mg"}], "b": [{"dose": "30 mg"}]}),
        ("On [drug:A], she had [diagnosis:shingles] of the back for [duration:12 days].", {"a": []}),
        ("A man with damp hands for [duration:12 years] was prescribed [drug:A] here.", {"a": []}),
        ("[drug:A] helped for [duration:half an hour] at most.", {"a": []}),
        ("For [duration:6 months] he was managed with small fractions of [drug:A] here.", {"a": [{"duration": "6 months"}]}),
        ("After 10 weeks [drug:A] was withdrawn.", {"a": [{"duration": "10 weeks"}]}),
        ("She took [drug:A] [dose:30 mg] [frequency:daily], then [dose:20 mg] [frequency:daily] for [duration:9 days], and [drug:B] [dose:1 mg].",
         {"a": [{"dose": "30 mg", "frequency": "daily"}, {"dose": "20 mg", "frequency": "daily", "duration": "9 days"}],
          "b": [{"dose": "1 mg"}]}),
        ("A [form:gel] of [drug:A] [dose:4%] and [drug:B] [dose:2%] in [vehicle:PLO] was [route:rubbed on||topical] [frequency:daily].",
         {"a": [{"form": "gel", "dose": "4%", "vehicle": "PLO", "route": "rubbed on", "frequency": "daily"}],
          "b": [{"form": "gel", "dose": "2%", "vehicle": "PLO", "route": "rubbed on", "frequency": "daily"}]}),
        ("She took [drug:A] and [drug:B] at [dose:5||5 mg] and [dose:10 mg].",
         {"a": [{"dose": "5"}], "b": [{"dose": "10 mg"}]}),
        ("She took [drug:A] (brand, maker, town) [dose:40 mg] [frequency:weekly], [drug:B] (maker) [dose:1 mg] [frequency:daily].",
         {"a": [{"dose": "40 mg", "frequency": "weekly"}], "b": [{"dose": "1 mg", "frequency": "daily"}]}),
        ("She was given [route:intravenous] [drug:ampicillin] and [drug:gentamicin] for [duration:7 days].",
         {"ampicillin": [{"route": "intravenous", "duration": "7 days"}], "gentamicin": [{"route": "intravenous", "duration": "7 days"}]}),
        ("We injected [volume:15 mL] of [dose:2%] [drug:lidocaine] and [volume:25 mL] of [dose:0.5%] [drug:bupivacaine].",
         {"lidocaine": [{"volume": "15 mL", "dose": "2%"}], "bupivacaine": [{"volume": "25 mL", "dose": "0.5%"}]}),
        ("She took [drug:sertraline] [dose:50 mg] [frequency:daily]. The dose was increased to [dose:100 mg].",
         {"sertraline": [{"dose": "50 mg", "frequency": "daily"}, {"dose": "100 mg"}]}),
        ("She took [drug:sertraline] [dose:50 mg]. She was still on [drug:sertraline] [dose:50 mg] in May.",
         {"sertraline": [{"dose": "50 mg"}]}),
        ("A mixture of [drug:urea] with [vehicle:Vaseline] in a [ratio:1:1] ratio was made. It was applied [frequency:once a day].",
         {"urea": [{"vehicle": "Vaseline", "ratio": "1:1", "frequency": "once a day"}]}),
        # what is no dose and no length of a treatment, and what is one all the same
        ("[drug:Cefazolin] [dose:1 g] was continued for [duration:48 hours] after remission of the fever.",
         {"cefazolin": [{"dose": "1 g", "duration": "48 hours"}]}),
        ("[drug:Carbamazepine] [dose:200 mg] was not taken for [duration:two days].", {"carbamazepine": [{"dose": "200 mg"}]}),
        ("She was given [drug:co-trimoxazole] at [dose:15 mg/kg] of the [drug:trimethoprim] component.",
         {"co-trimoxazole": [{"dose": "15 mg/kg"}]}),
        ("[drug:Clobazam] was tried again at a [dose:lower dosage].", {"clobazam": []}),
        ("[dose:44%] underwent the operation with [drug:ropivacaine].", {"ropivacaine": []}),
        ("[drug:Isoniazid] [dose:300 mg] [frequency:daily] was given for [duration:two months]. In the continuation phase [drug:isoniazid] [dose:300 mg] was given.",
         {"isoniazid": [{"dose": "300 mg", "frequency": "daily", "duration": "two months"}, {"dose": "300 mg"}]}),
        ("She was given [drug:hemin] and [route:intravenous] [drug:fluids].", {"hemin": [], "fluids": [{"route": "intravenous"}]}),
        ("She was given [route:IV] [drug:fluids] and [drug:hemin].", {"fluids": [{"route": "IV"}], "hemin": []}),
        ("[drug:Citrate] was interrupted for [duration:four hours].", {"citrate": []}),
        ("She took [drug:topiramate] [dose:200 mg per day]. She worsened after [drug:topiramate] was raised to [dose:200 mg].",
         {"topiramate": [{"dose": "200 mg per day"}]}),
        ("She took [drug:A], [drug:B] and [drug:C] [form:cream].", {"a": [], "b": [], "c": [{"form": "cream"}]}),
        ("She took [drug:A] as well as [drug:B] [form:injections].", {"a": [], "b": [{"form": "injections"}]}),
        ("She applied [drug:A], [drug:B] and [drug:C] [form:cream].",
         {"a": [{"form": "cream"}], "b": [{"form": "cream"}], "c": [{"form": "cream"}]}),
        ("She got [route:intravenous] [drug:A] and [drug:B], and [route:oral] [drug:C] too.",
         {"a": [{"route": "intravenous"}], "b": [{"route": "intravenous"}], "c": [{"route": "oral"}]}),
        ("She got [drug:A] by [route:intravenous], [route:oral] and [route:topical] use.",
         {"a": [{"route": "intravenous"}, {"route": "oral"}, {"route": "topical"}]}),
        ("A rash came within [duration:24 hours] of [drug:A] [form:infusion].", {"a": [{"form": "infusion"}]}),
        ("She got [duration:24 hours] of [drug:A] then.", {"a": [{"duration": "24 hours"}]}),
        ("[drug:A] was started, and she improved over the next [duration:36 hours].", {"a": []}),
        ("[drug:A] was started, and she took it for [duration:36 hours].", {"a": [{"duration": "36 hours"}]}),
        ("She used [route:topical] [drug:miconazole] [form:cream] and [drug:warfarin].",
         {"miconazole": [{"route": "topical", "form": "cream"}], "warfarin": []}),
        # grammar of regimens
        ("She took [drug:A] [dose:60 mg] and [drug:B] [dose:100 mg] [frequency:daily], both for [duration:six weeks].",
         {"a": [{"dose": "60 mg", "frequency": "daily", "duration": "six weeks"}], "b": [{"dose": "100 mg", "frequency": "daily", "duration": "six weeks"}]}),
        ("She was treated with [drug:A] and/or [drug:B] for [duration:two years].",
         {"a": [{"duration": "two years"}], "b": [{"duration": "two years"}]}),
        ("[drug:Lithium] was started at [dose:400 mg] and escalated to [dose:800 mg] with [drug:folate] [dose:5 mg].",
         {"lithium": [{"dose": "400 mg"}, {"dose": "800 mg"}], "folate": [{"dose": "5 mg"}]}),
        ("[drug:Dapsone] was continued at [dose:100 mg] [frequency:twice daily] for [duration:3 weeks], then [frequency:once daily].",
         {"dapsone": [{"dose": "100 mg", "frequency": "twice daily", "duration": "3 weeks"}, {"dose": "100 mg", "frequency": "once daily"}]}),
        ("[drug:Clozapine] [dose:12.5 mg] was begun. The dose was raised to [dose:50 mg] on day 4 and then by [dose:25 mg] [frequency:every third day], while [drug:olanzapine] was tapered to [dose:5 mg].",
         {"clozapine": [{"dose": "12.5 mg"}, {"dose": "50 mg"}], "olanzapine": [{"dose": "5 mg"}]}),
        ("[drug:Doxazosin] [dose:1 mg] was doubled [frequency:every three days].", {"doxazosin": [{"dose": "1 mg"}]}),
        ("[drug:Prednisone] was kept until the fever had gone and the markers were normal and she could walk again without any help of others, and was then tapered to [dose:10 mg] for [duration:five days].",
         {"prednisone": [{"dose": "10 mg", "duration": "five days"}]}),
        ("[drug:Infliximab] [dose:5 mg/kg] was infused over [duration:two hours] after [drug:paracetamol] [dose:1 g] by mouth.",
         {"infliximab": [{"dose": "5 mg/kg"}], "paracetamol": [{"dose": "1 g"}]}),
        ("[drug:Mexiletine|stopped] [dose:2 mg/kg] was abandoned after a month.", {"mexiletine": [{"dose": "2 mg/kg", "duration": "a month"}]}),
        ("[drug:Linezolid|stopped] [dose:600 mg] gave no benefit and was stopped two weeks later.",
         {"linezolid": [{"dose": "600 mg", "duration": "two weeks"}]}),
        ("[route:Intravenous] [drug:antibiotics] for meningitis with [drug:A] and [drug:B] were begun.",
         {"antibiotics": [{"route": "Intravenous"}], "a": [{"route": "Intravenous"}], "b": [{"route": "Intravenous"}]}),
        ("[drug:X] [dose:200 mg] [frequency:bid] with [dose:400 mg] (or higher) [frequency:qd] [drug:Y] was given.",
         {"x": [{"dose": "200 mg", "frequency": "bid"}], "y": [{"dose": "400 mg", "frequency": "qd"}]}),
        # a mixture
        ("Crushed [drug:everolimus] was levigated with [drug:light mineral oil] and brought into [vehicle:petrolatum] to [dose:0.4%].",
         {"everolimus": [{"vehicle": "petrolatum", "dose": "0.4%"}]}),
        ("[drug:Epirubicin] [dose:50 mg] was emulsified with [drug:lipiodol] and infused.",
         {"epirubicin": [{"dose": "50 mg", "vehicle": "lipiodol"}]}),
        ("We prescribed a [form:gel] of [drug:A] [dose:2%] and [drug:B] [dose:1%] in [vehicle:an organogel]. About [dose:1 mL] was rubbed in [frequency:twice daily].",
         {"a": [{"dose": "2%", "form": "gel", "vehicle": "an organogel", "volume": "1 mL", "frequency": "twice daily"}],
          "b": [{"dose": "1%", "form": "gel", "vehicle": "an organogel", "volume": "1 mL", "frequency": "twice daily"}]}),
        ("[drug:Toxin] [dose:100 U] was diluted in [volume:2 mL] of [dose:0.9%] [vehicle:saline].",
         {"toxin": [{"dose": "100 U", "volume": "2 mL", "vehicle": "saline"}]}),
        ("[drug:Ropivacaine] [dose:0.4%]; volume: [dose:20 mL] in all.", {"ropivacaine": [{"dose": "0.4%", "volume": "20 mL"}]}),
        # sites
        ("The ulcer of the [site:heel] healed with [drug:cefalexin] [dose:500 mg].", {"cefalexin": [{"dose": "500 mg"}]}),
        ("[drug:Timolol] [dose:0.5%] was applied to the [site:cheek].", {"timolol": [{"dose": "0.5%", "site": "cheek"}]}),
        # something new is not the drug spoken of
        ("[drug:Capsaicin] [form:cream] was tried. An [route:epidural] [form:infusion] was proposed.", {"capsaicin": [{"form": "cream"}]}),
        ("[drug:Toxin] [dose:25 U] was injected. She was well. She went home. She slept. The injection was repeated with [dose:40 U] again.",
         {"toxin": [{"dose": "25 U"}, {"dose": "40 U"}]}),
    ],
)  # fmt: skip
def test_links(marked, text, expected):
    assert regimens(marked(f"## case\n{text}\n")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "She took [drug:prednisone] for pain of [duration:3 weeks].",
        "[duration:Two months] after she took [drug:prednisone] the rash was gone.",
        "She had had a cough for [duration:3 weeks] and took [drug:codeine].",
        "She took [drug:codeine] and was seen [duration:3 weeks] later.",
        "She took [drug:codeine] and has been free of seizures for [duration:3 weeks].",
        "The effect of [drug:ketamine] was kept for [duration:3 months].",
        "She rinsed with [drug:tacrolimus] for [duration:two minutes].",
        "A girl of [duration:3 months] was given [drug:anakinra].",
        "[drug:Bisphosphonates] are best given within the first [duration:six months].",
    ],
)
def test_durations_of_other_things_are_not_the_drugs(marked, text):
    assert all("duration" not in r for rs in regimens(marked(f"## case\n{text}\n")).values() for r in rs)


def test_a_drug_taken_for_years_is_a_duration_and_a_visit_is_none(marked):
    doc = marked(
        "## case\nShe had been taking [drug:lovastatin] for the past [duration:12 years]. "
        "At the visit of [duration:six months] she was on [drug:anakinra] [dose:100 mg].\n"
    )
    assert regimens(doc) == {"lovastatin": [{"duration": "12 years"}], "anakinra": [{"dose": "100 mg"}]}


def test_reading_leaves_the_mentions_as_they_are(marked):
    doc = marked(
        "## case\nA [age:40-year-old] [sex:woman] presented. [drug:Zinc|general] [dose:20 mg] was given for [duration:3 days].\n"
    )
    assert regimens(doc)["zinc"] == [{"dose": "20 mg", "duration": "3 days"}]
    assert [m._.assertion for m in doc.spans["mentions"] if m.label_ == "drug"] == ["general"]


def test_a_drug_of_general_talk_keeps_its_dose_to_itself(marked):
    doc = marked(
        "## title\n[frequency:Weekly] [drug:paclitaxel|general] after failure of [drug:doxorubicin|failed]\n"
        "## case\nA [age:40-year-old] [sex:woman] presented. She was treated.\n"
    )
    assert regimens(doc) == {"doxorubicin": []}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She took [route:oral] [drug:A] [dose:500 mg] and [route:topical] [drug:B] [form:cream].",
         {"a": [{"route": "oral", "dose": "500 mg"}], "b": [{"route": "topical", "form": "cream"}]}),
        ("She took [drug:A] with a rash of the [route:nasal] [site:skin].", {"a": []}),
        ("[drug:Tobramycin] was given by [route:inhalation||inhaled] and by [route:intravenous||intravenous] infusion.",
         {"tobramycin": [{"route": "inhalation"}, {"route": "intravenous"}]}),
        ("She was given [drug:A] [dose:1 g] and was [route:washed with||topical] [drug:chlorhexidine].",
         {"a": [{"dose": "1 g"}], "chlorhexidine": [{"route": "washed with"}]}),
        ("[drug:Prednisolone] [dose:100 mg] [frequency:daily] with a [frequency:weekly] taper.",
         {"prednisolone": [{"dose": "100 mg", "frequency": "daily"}]}),
        ("[drug:Cetuximab] [dose:400 mg/m2], followed by [frequency:weekly] doses of [dose:250 mg/m2] was given.",
         {"cetuximab": [{"dose": "400 mg/m2"}, {"dose": "250 mg/m2", "frequency": "weekly"}]}),
        ("[drug:Albendazole] [dose:400 mg/d] [duration:3 days] was given.", {"albendazole": [{"dose": "400 mg/d", "duration": "3 days"}]}),
        ("She took [drug:clozapine] [dose:300 mg/day]. She was kept on [drug:clozapine] [dose:300 mg] [frequency:daily].",
         {"clozapine": [{"dose": "300 mg/day", "frequency": "daily"}]}),
        ("Tablets of [drug:A] were at [site:hand] and were applied.", {"a": []}),
        ("She was given [dose:three-unit] packed cells and [drug:iron].", {"iron": []}),
        ("She had [duration:prolonged] [drug:vancomycin] therapy. She had taken [drug:vancomycin] for [duration:six weeks].",
         {"vancomycin": [{"duration": "six weeks"}]}),
        ("She took [drug:isoniazid] ([drug:INH||isoniazid], [dose:300 mg]) and [drug:ethambutol] at [dose:low doses].",
         {"isoniazid": [{"dose": "300 mg"}], "ethambutol": [{"dose": "low doses"}]}),
        ("[drug:Dopamine] and [drug:adrenaline] were given at [dose:low doses] then.",
         {"dopamine": [{"dose": "low doses"}], "adrenaline": [{"dose": "low doses"}]}),
        ("[drug:Landiolol], a short-acting [drug:beta blocker], was used at [dose:4 mg/h] then.",
         {"landiolol": [{"dose": "4 mg/h"}]}),
        ("We mixed [drug:A] [dose:2%] and [drug:B] [dose:1%] into a [vehicle:gel base] and [drug:C] [dose:9%] into a second one. "
         "Both were used for [duration:42 days].",
         {"a": [{"dose": "2%", "vehicle": "gel base", "duration": "42 days"}], "b": [{"dose": "1%", "vehicle": "gel base", "duration": "42 days"}],
          "c": [{"dose": "9%", "duration": "42 days"}]}),
        ("During the last [duration:three months] she had been given [drug:A] here.", {"a": [{"duration": "three months"}]}),
        ("During the last [duration:three months] she had been ill, and [drug:A] was begun.", {"a": []}),
        ("She took [drug:A] for [duration:two months] before the next scan.", {"a": [{"duration": "two months"}]}),
        ("She took [drug:A] [dose:60 mg], with the dose tapered after two weeks.", {"a": [{"dose": "60 mg", "duration": "two weeks"}]}),
        ("She was given [drug:A] and [drug:B] for > [duration:26 months].",
         {"a": [{"duration": "26 months"}], "b": [{"duration": "26 months"}]}),
        ("[drug:A] was given, but she needed hemodialysis treatment for [duration:12 weeks].", {"a": []}),
        ("[drug:A] led to stable disease for [duration:12 months].", {"a": []}),
        ("[drug:A] [dose:75 mg/m2] was given on day 1 in cycles of [duration:28 days].", {"a": [{"dose": "75 mg/m2"}]}),
        ("[drug:A] [dose:75 mg/m2] was given for [duration:21 days] as a cycle.", {"a": [{"dose": "75 mg/m2"}]}),
        ("A man with a [duration:6-year] diagnosis of gout was treated with [drug:A] here.", {"a": []}),
        ("[drug:A] was given for [duration:a second] opinion.", {"a": []}),
        ("[drug:A] [dose:5 mg] in association with [drug:B] [dose:9 mg] was given for [duration:14 days].",
         {"a": [{"dose": "5 mg", "duration": "14 days"}], "b": [{"dose": "9 mg", "duration": "14 days"}]}),
        ("She was taking [dose:12 mg] of [drug:prednisolone] per day.", {"prednisolone": [{"dose": "12 mg", "frequency": "per day"}]}),
        ("She got [drug:penicillin], [dose:24 million units] [route:intravenously] a day.",
         {"penicillin": [{"dose": "24 million units", "route": "intravenously", "frequency": "a day"}]}),
        ("She was taking [dose:12 mg] of [drug:prednisolone] and vomited thrice per day.", {"prednisolone": [{"dose": "12 mg"}]}),
        ("She was put on [drug:steroids] ([drug:prednisolone] [dose:60 mg/day]).", {"prednisolone": [{"dose": "60 mg/day"}]}),
        ("He took an [drug:NSAID] ([dose:10 mg/kg] of [drug:ibuprofen] [frequency:every eight hours]).",
         {"ibuprofen": [{"dose": "10 mg/kg", "frequency": "every eight hours"}]}),
        ("The [drug:proton pump inhibitor] [drug:omeprazole] [dose:20 mg] was added.", {"omeprazole": [{"dose": "20 mg"}]}),
        ("A [drug:TNF blocker]: [drug:adalimumab] [dose:40 mg], was given.", {"adalimumab": [{"dose": "40 mg"}]}),
        ("She got [drug:antibiotics] ([drug:vancomycin] [dose:1 g] and [drug:meropenem] [dose:2 g]).",
         {"antibiotics": [], "vancomycin": [{"dose": "1 g"}], "meropenem": [{"dose": "2 g"}]}),
        ("She got [drug:antibiotics] and [drug:prednisolone] [dose:5 mg].", {"antibiotics": [], "prednisolone": [{"dose": "5 mg"}]}),
        ("She took [drug:thyroxine]. The [route:oral] pain and the lesions remained as treated before.", {"thyroxine": []}),
        ("She took [drug:thyroxine]. She was admitted with a [route:subcutaneous] swelling and treated.", {"thyroxine": []}),
        ("She took [dose:low-dose] [drug:prednisone] ([dose:5 mg]) and [drug:A] [dose:500 mg] in [dose:tapering dosage].",
         {"prednisone": [{"dose": "5 mg"}], "a": [{"dose": "500 mg"}]}),
        ("She was given [dose:high-dose] [drug:prednisone] followed by [dose:20 mg] [frequency:daily].",
         {"prednisone": [{"dose": "high-dose"}, {"dose": "20 mg", "frequency": "daily"}]}),
        ("[drug:Clozapine] was titrated from [dose:100 mg to 175 mg].", {"clozapine": [{"dose": "100 mg"}, {"dose": "175 mg"}]}),
        ("[drug:Clozapine] [dose:100 mg to 175 mg] was given.", {"clozapine": [{"dose": "100 mg to 175 mg"}]}),
        ("She took [drug:A] ([dose:250 mg]) [dose:4 tablets] [frequency:daily].", {"a": [{"dose": "(250 mg) 4 tablets", "frequency": "daily"}]}),
        ("She took [drug:A] ([dose:25 mg]) and [drug:B] ([dose:75 mg], [frequency:weekly]).",
         {"a": [{"dose": "25 mg"}], "b": [{"dose": "75 mg", "frequency": "weekly"}]}),
        ("She was given [drug:A] [dose:85 mg] and [drug:B] [dose:400 mg] [frequency:as a bolus], then [dose:2400 mg] over [duration:46 h] more.",
         {"a": [{"dose": "85 mg"}], "b": [{"dose": "400 mg", "frequency": "as a bolus"}, {"dose": "2400 mg", "duration": "46 h"}]}),
        ("She was given [drug:A] for [duration:3 days] followed by [drug:B] for [duration:4 weeks].",
         {"a": [{"duration": "3 days"}], "b": [{"duration": "4 weeks"}]}),
        ("[route:Oral] pain killers and [route:intravenous] [drug:prednisolone] [dose:500 mg] were given.",
         {"prednisolone": [{"dose": "500 mg", "route": "intravenous"}]}),
        ("[drug:Proguanil] [dose:200 mg] was given and she was reviewed [frequency:monthly].", {"proguanil": [{"dose": "200 mg"}]}),
        ("[drug:Methotrexate] [dose:7.5 mg] was given for [duration:two days] per week.", {"methotrexate": [{"dose": "7.5 mg"}]}),
        ("[drug:Prednisone] was tapered from [dose:30 mg to 0 mg].", {"prednisone": [{"dose": "30 mg"}]}),
        ("[drug:Indomethacin] [dose:10 mg/kg], far more than the [dose:therapeutic dose], was given.",
         {"indomethacin": [{"dose": "10 mg/kg"}]}),
        ("[drug:Quetiapine] was given. Sleepwalking episodes occurred [frequency:weekly] while treated.", {"quetiapine": []}),
        ("She got [drug:A] and [drug:B] [dose:100 mg] [frequency:twice daily] for [duration:2 weeks].",
         {"a": [{"duration": "2 weeks"}], "b": [{"dose": "100 mg", "frequency": "twice daily", "duration": "2 weeks"}]}),
        ("She got [route:intraperitoneal] [drug:chemotherapy] with [dose:40 mg] of [drug:A] and [dose:150 mg] of [drug:B] then.",
         {"chemotherapy": [{"route": "intraperitoneal"}], "a": [{"dose": "40 mg", "route": "intraperitoneal"}],
          "b": [{"dose": "150 mg", "route": "intraperitoneal"}]}),
        ("[site:Chest] films were taken and [drug:levofloxacin] was injected.", {"levofloxacin": []}),
        ("[route:Subcutaneous||subcutaneous] [drug:enoxaparin] [dose:80 mg], [dose:300 mg] [drug:clopidogrel] were given.",
         {"enoxaparin": [{"route": "Subcutaneous", "dose": "80 mg"}], "clopidogrel": [{"dose": "300 mg"}]}),
        ("The block was done with [dose:2%] [drug:lidocaine]. We injected [dose:20 mL] of the [drug:lidocaine] mixture.",
         {"lidocaine": [{"dose": "2%", "volume": "20 mL"}]}),
    ],
)  # fmt: skip
def test_ways(marked, text, expected):
    assert regimens(marked(f"## case\n{text}\n")) == expected


def test_a_sedative_is_not_put_beside_a_nerve(marked):
    doc = marked("## case\nA nerve [route:block||perineural] with [drug:ropivacaine] under [drug:propofol] was done.\n")
    assert regimens(doc) == {"ropivacaine": [{"route": "block"}], "propofol": []}
    doc = marked("## case\nBlocks ([route:block||perineural]) under [drug:propofol] sedation were done.\n")
    assert regimens(doc) == {"propofol": []}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("from 3 March to 17 March 2014", 14),
        ("from March 3 to 17", 14),
        ("between 28 December 2013 and 4 January 2014", 7),
        ("from 20 December to 3 January", 14),
        ("on days 1 to 5", 5),
        ("from 17 March to 3 March 2014", None),
        ("from 10 to 20", None),
    ],
)
def test_a_date_range_becomes_days(marked, text, days):
    doc = marked(f"## case\nShe was treated with [drug:ceftriaxone] [dose:2 g] {text} in hospital.\n")
    sents = sentences(doc)
    regimen = courses(sents, assign(sents))[0][0].regimens[0]
    assert values(regimen).get("days") == days


def of_drugs(doc):
    sents = sentences(doc)
    [told] = [courses(sents, assign(sents))[0]]
    return {c.key: [(v.get("dose_text"), v.get("frequency_text"), v.get("duration_text")) for v in (values(x.regimen) for x in lines(c))] for c in told}  # fmt: skip


def test_the_last_step_of_a_taper_is_not_the_next_drugs(marked):
    doc = marked(
        "## case\nHe was given [drug:dexamethasone] [dose:8 mg] [frequency:daily] for [duration:4 days], then [dose:4 mg] [frequency:daily] for "
        "[duration:4 days], then [dose:2 mg] [frequency:daily] for [duration:9 days], and [drug:omeprazole] [dose:20 mg] [frequency:twice a day]."
    )
    assert of_drugs(doc) == {
        "dexamethasone": [("8 mg", "daily", "4 days"), ("4 mg", "daily", "4 days"), ("2 mg", "daily", "9 days")],
        "omeprazole": [("20 mg", "twice a day", None)],
    }


def test_a_maker_in_brackets_does_not_part_a_drug_from_its_dose(marked):
    doc = marked(
        "## case\nShe was given [drug:infliximab] (Somebrand, Maker, Town, Land) [dose:300 mg] [frequency:every eight weeks] and "
        "[drug:azathioprine] (Otherbrand, Maker) [dose:50 mg] [frequency:daily]."
    )
    assert of_drugs(doc) == {
        "infliximab": [("300 mg", "every eight weeks", None)],
        "azathioprine": [("50 mg", "daily", None)],
    }


def test_a_class_is_another_wording_of_the_drug_beside_it(marked):
    doc = marked("## case\nShe took [drug:tadalafil] [dose:10 mg], a [drug:PDE5 inhibitor], at home.\n")
    sents = sentences(doc)
    [course] = courses(sents, assign(sents))[0]
    assert [m.text for m, _ in course.mentions] == ["tadalafil", "PDE5 inhibitor"]


APART = "## case\n[drug:Sildenafil] [dose:20 mg] [frequency:twice daily] was given. She rested. She ate. She slept. She walked. {}"


def test_how_long_the_one_dose_was_given_may_be_told_far_behind(marked):
    [(_, told)] = rows(marked(APART.format("After [duration:6 months] of [drug:sildenafil] therapy she was well.")))
    assert (told["dose_text"], told["frequency_text"], told["days"]) == ("20 mg", "twice daily", 180)


def test_far_behind_another_frequency_is_another_regimen(marked):
    told = rows(marked(APART.format("The [drug:sildenafil] was taken [frequency:once daily] for [duration:6 months].")))
    assert [(x.get("dose_text"), x["per_day"], x.get("days")) for _, x in told] == [("20 mg", 2, None), (None, 1, 180)]


TITRATED = (
    "## case\nShe was given [drug:clozapine] [dose:25 mg] daily. Later [drug:clozapine] [dose:100 mg] was taken. {}"
)


@pytest.mark.parametrize(
    ("end", "statuses"),
    [
        ("[drug:Clozapine|stopped] was stopped for neutropenia.", ["stopped", "stopped"]),
        ("[drug:Clozapine|failed] did not help.", ["failed", "failed"]),
        ("She went on with [drug:clozapine].", ["given", "given"]),
    ],
)
def test_how_a_drug_ended_is_told_by_all_its_rows(marked, end, statuses):
    assert [status for status, _ in rows(marked(TITRATED.format(end)))] == statuses


def test_what_was_taken_up_again_was_not_given_up(marked):
    doc = marked(TITRATED.format("[drug:Clozapine|stopped] was stopped. Later [drug:clozapine] was resumed."))
    *_, last = doc.spans["mentions"]
    last._.assertion_why = "restarted: resumed"
    last._.assertion = "given"
    assert [status for status, _ in rows(doc)] == ["given", "given"]


def test_of_many_steps_the_last_tells_how_the_drug_ended(marked):
    steps = " ".join(f"Then [drug:clozapine] [dose:{n}00 mg] was taken." for n in range(1, 6))
    told = rows(marked(f"## case\n{steps} [drug:Clozapine|stopped] was stopped.\n"))
    assert [status for status, _ in told] == ["given"] * 4 + ["stopped"]
