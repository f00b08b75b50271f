"""Ratings of pain, and what is written like one."""

import pytest

from extract.language.quantities import Pain, parse_pain
from extract.language.quantities.find import find_quantities


@pytest.mark.parametrize(
    ("text", "pain"),
    [
        ("8/10", Pain(8, scale_max=10)),
        ("7-8/10", Pain(7, 8, 10)),
        ("7 out of 10", Pain(7, scale_max=10)),
        ("eight out of ten", Pain(8, scale_max=10)),
        ("VAS 65 mm", Pain(65, scale_max=100, scale="VAS")),
        ("VAS score of 7", Pain(7, scale="VAS")),
        ("visual analogue scale: 7", Pain(7, scale="VAS")),
        ("NRS 4 of 10", Pain(4, scale_max=10, scale="NRS")),
        ("NPRS 3", Pain(3, scale="NPRS")),
        ("FLACC score of 6", Pain(6, scale_max=10, scale="FLACC")),
        ("Wong-Baker FACES 4", Pain(4, scale_max=10, scale="FACES")),
        ("8.9 ± 0.8", Pain(8.9)),
        ("pain-free", Pain(0, inferred=True)),
        ("12/10", None),
        ("severe", None),
    ],
)
def test_parse_pain(text, pain):
    assert parse_pain(text) == pain


def ratings(text):
    return [f.norm for f in find_quantities(text) if f.label == "pain_score"]


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        ("Shoulder pain of 9/10 before the block had become 3/10 by evening.", ["9/10", "3/10"]),
        ("Palpation of the heel was tender, 6/10 by his own estimate.", ["6/10"]),
        ("The headache fell from 9 to 2 within an hour, and the pain did not return.", ["9", "2"]),
        ("The VAS was 65 mm at baseline and 12 mm at week 4.", ["VAS 65/100", "VAS 12/100"]),
        ("Knee pain improved from 6 to 1 on the numerical rating scale.", ["NRS 6", "NRS 1"]),
        ("On the numeric rating scale her pain was 6 at rest and 8 with movement.", ["NRS 6", "NRS 8"]),
        ("Toothache scored 4 on the visual analogue scale (0 to 10).", ["VAS 4/10"]),
        ("The patient scored her pain as 7 on a 0-10 scale.", ["7/10"]),
        ("NRS of 8 at admission, 4 at 24 hours and 1 at discharge.", ["NRS 8", "NRS 4", "NRS 1"]),
        ("Pain levels went from 8/10 to 3/10 after 2 weeks.", ["NRS 8/10", "NRS 3/10"]),
        ("On the VAS (0-100 mm) she scored 71 mm.", ["VAS 71/100"]),
        ("On a numerical rating scale (0 = no pain, 10 = the worst imaginable pain) it was 7.", ["NRS 7/10"]),
        ("VAS scores for hip and thigh pain were 4 and 6, respectively.", ["VAS 4", "VAS 6"]),
        ("Heel pain varied between 5 and 7 out of 10.", ["5-7/10"]),
        ("The pain score was 3 out of 5 on a verbal rating scale.", ["VRS 3/5"]),
        ("Neck pain, initially an 8, eased to a 2 on the 11-point numeric scale.", ["NRS 8/10", "NRS 2/10"]),
        ("He rated his pain with 6 points (VAS).", ["VAS 6"]),
        ("In three weeks the pain score dropped from 9 to 5.", ["NRS 9", "NRS 5"]),
        ("At four months the pain score had fallen by half, from 6 to 3.", ["NRS 6", "NRS 3"]),
        ("The visual analogue scale for pain read 68 at entry and 12 after eight weeks.", ["VAS 68/100", "VAS 12/100"]),
        ("The pain score stayed between 2 and 3.", ["NRS 2-3"]),
        ("She rated her belly pain at 6 on a 10-point scale.", ["6/10"]),
        ("The pain went from a 9 to a 2.", ["9", "2"]),
        ("A numerical rating scale score of 9 was recorded on arrival.", ["NRS 9"]),
        ("VAS for fatigue was 6 and VAS for pain was 3.", ["VAS 3"]),
        ("VAS for pain was 7 at first, 5 at a week and, after adding clonidine, 3.", ["VAS 7", "VAS 5", "VAS 3"]),
    ],
)
def test_ratings_are_found(text, norms):
    assert ratings(text) == norms


@pytest.mark.parametrize(
    "text",
    [
        "The infant's Apgar scores were 7/10 and 9/10.",
        "Visual acuity was 6/10 in the right eye; the eye was painful.",
        "He had chest pain. Blood pressure was 18/10 cmHg.",
        "GCS was 15/15 and muscle power was 4/5, with pain on movement.",
        "Pain was present in 2/10 patients.",
        "A 3/6 systolic murmur and abdominal pain were noted on 2/10/2015.",
        "The mini-mental test was 10/10; he complained of headache.",
        "The VAS for pruritus fell from 9 to 2.",
        "The itch score on the VAS was 8.",
        "The cosmetic result was rated 9 on a visual analogue scale.",
        "At six weeks the pain score was not recorded.",
        "She had abdominal pain of 10 to 12 hours duration.",
        "Back pain worsened from 2 to 4 days after surgery.",
        "The tumour had a Gleason score of 7/10 and there was bone pain.",
        "ANA was 1:80; joint pain persisted.",
        "The patient had pain with a 4.5 points reduction in VAS.",
        "Of the biopsies for pelvic pain 3/10 cores were positive.",
        "The Aldrete score was 9/10 and there was no pain.",
        "A DN4 of 6/10 pointed to pain of the nerves.",
        "The Naranjo score was 7/10 for the pain of the tendon.",
    ],
)
def test_look_alikes_are_not_taken(text):
    assert ratings(text) == []


def test_pain_free_counts_only_where_pain_is_rated():
    assert ratings("He was pain-free at six months.") == []
    assert ratings("Pain was 8/10. He was pain-free at six months.") == ["8/10", "0 inferred"]


def test_a_scale_told_once_holds_for_the_report():
    text = "Pain was 7 on a visual analog scale ranging from 0 to 10. At one year the VAS was 2."
    assert ratings(text) == ["VAS 7/10", "VAS 2/10"]


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        ("Pain was 8/10. After a week the score was 6/10.", ["8/10", "6/10"]),
        ("Pain was 8/10. The second course did as well (1/10 at three weeks).", ["8/10", "1/10"]),
        ("Pain was 8/10. The filament was felt at 9/10 sites.", ["8/10"]),
        ("Pain was 8/10. Power of the hand was 4/10.", ["8/10"]),
        ("The pain on a 100 mm VAS was 70 mm. At a month he scored 30 mm at rest.", ["VAS 70/100", "VAS 30/100"]),
        ("She put her pain at 60 mm on a VAS. In May pain was 5 mm on the same scale.", ["VAS 60/100", "VAS 5/100"]),
        ("He rated pain as 7 on an NRS of 0 to 10, and as 3 at rest.", ["NRS 7/10", "NRS 3/10"]),
        ("Pain fell from 8/10 to 2/10 on a numeric rating scale.", ["NRS 8/10", "NRS 2/10"]),
        ("The pain was 9 on a scale from 0 to 10. Naproxen was begun. A week later it was 4.", ["9/10", "4/10"]),
        ("The pain on a 100 mm VAS was 70 mm. By May the score had come down to 20 mm.", ["VAS 70/100", "VAS 20/100"]),
        ("Pain was 8/10. The mass was large. It was 3 cm wide.", ["8/10"]),
        ("Pain was 8/10. The potassium level was 4 and the hemoglobin was low.", ["8/10"]),
    ],
)
def test_what_was_told_of_the_scale_holds_later(text, norms):
    assert ratings(text) == norms


@pytest.mark.parametrize(
    ("text", "norms"),
    [
        (
            "He had sciatica. A block was done. On the VAS he marked 66 mm before it and 31, 20 and 12 mm after 1, 2 and 3 weeks.",
            ["VAS 66/100", "VAS 31/100", "VAS 20/100", "VAS 12/100"],
        ),
        ("She had neuralgia. By evening the numeric rating scale had gone down from 7 to 2.", ["NRS 7", "NRS 2"]),
        ("He had coccydynia. His VAS was 6-7 at first and is now 1-2.", ["VAS 6-7", "VAS 1-2"]),
        ("On arrival her pain level was 2 to 3 out of 10.", ["NRS 2-3/10"]),
        ("VAS pain scores at 1, 2 and 4 weeks were 6, 4 and 2.", ["VAS 6", "VAS 4", "VAS 2"]),
        ("Pain was reduced by 3/10.", []),
        ("He had hip pain (seen 3/10 and 6/10).", []),
        ("A woman with hip pain was seen on 2/10. On 4/10 and 6/10 she had tramadol.", []),
        ("Hip pain was rated 7/10 on 2/10 and 3/10 on 9/10.", ["7/10", "3/10"]),
    ],
)
def test_ratings_told_in_other_ways(text: str, norms: list[str]) -> None:
    assert ratings(text) == norms


@pytest.mark.parametrize("gap", ["\u200b", " \u200b ", "\ufeff", "\u2009"])
def test_an_invisible_space_in_a_name_is_a_space(gap):
    assert ratings(f"The VAS{gap}pain was 7.") == ["VAS 7"]
