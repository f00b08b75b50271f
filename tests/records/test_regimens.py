"""Which dose belongs to which drug, and what makes a regimen."""

import pytest

from extract.records.cases import cast
from extract.records.regimens import courses
from extract.records.sentences import sentences


def regimens(doc):
    """{drug: [{label: text}]} of the first patient."""
    sents = sentences(doc)
    found = courses(sents, cast(sents))
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
