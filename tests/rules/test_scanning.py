"""A scanner matches what `re` matches: it only looks at fewer places."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.language.quantities import dose_mentions, duration, frequency, mixing, person
from extract.records.rule_files import PATTERNS, cue, scanned_cue
from extract.rules.openings import openings, shape
from extract.rules.scanning import Scanner

OURS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (dose_mentions, duration, frequency, mixing, person)
    for name, value in vars(module).items()
    if isinstance(value, Scanner)
}
#: pieces of which texts are made: words and marks that stand in our expressions, and what is easily confused with them
PIECES = [
    "10", "2.5", "1,000", "½", "٣", "one", "Two", "twenty-five", "ſix", "İn", "weeK", "week", "weeks", "mg", "mg/kg", "µg", "mL", "%", "twice", "Daily",
    "every", "q", "8", "h", "hours", "bid", "b.i.d.", "once", "in", "divided", "doses", "days", "a", "an", "aged", "age", "of", "year", "old", "-", "–", "/",
    ":", "1:1", "equal", "unequal", "parts", "for", "the", "past", "several", "AUC", "prn", "(", ")", ",", ".", "\n", "\u200b", "\u00a0", "é", "_", "x", "²",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from([*PIECES, " ", " ", " ", " "]), max_size=40).map("".join)


def _spans(matches):
    return [match.span() for match in matches]


@pytest.mark.parametrize("name", OURS)
@given(text=TEXTS)
def test_our_scanners_match_what_re_matches(name, text):
    scanner = OURS[name]
    assert scanner.openings is not None, "nothing is gained with this one: it begins with anything"
    assert _spans(scanner.finditer(text)) == _spans(scanner.pattern.finditer(text))


@pytest.mark.parametrize(
    "text",
    [
        "He took 10 mg/kg twice daily for two weeks, then 2.5 mL of a 1:1 mixture every 8 h.",
        "A 44-year-old woman aged ſix (İn 3 of 4), AUC 5, in equal parts; unequal parts; ½ tablet/day x 7 d.",
        "10mg",
        "q8h",
        "a week",
        "",
    ],
)
@pytest.mark.parametrize("name", OURS)
def test_our_scanners_on_sentences(name, text):
    assert _spans(OURS[name].finditer(text)) == _spans(OURS[name].pattern.finditer(text))


def test_our_scanners_do_match():
    """So that the tests above compare more than nothing with nothing."""
    text = "A 44-year-old man, aged 44, took 10 mg twice daily for 2 weeks, 1:1 in equal parts."
    assert {name for name, scanner in OURS.items() if list(scanner.finditer(text))} == set(OURS)


#: kinds of cues that are looked for in every sentence, by file
CUES = {
    "cues.csv": ("cited", "report", "index", "review", "general", "group", "past", "lecture"),
    "outcomes.csv": ("none", "adverse_effect", "unchanged", "worse", "resolved", "improved"),
    "links.csv": ("local",),
    "kind.csv": ("study",),
}


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kinds in CUES.items() for kind in kinds])
def test_scanned_cues_match_what_re_matches(name, kind):
    """In the examples of all rules of the file, of this kind and of the others."""
    scanner, pattern = scanned_cue(kind, name), cue(kind, name)
    assert scanner.openings is not None, "nothing is gained with this one: it begins with anything"
    examples = [row[column] for row in PATTERNS[name] for column in ("example", "not_example") if row[column]]
    for text in [*(example.replace("[[", "").replace("]]", "") for example in examples), " ".join(examples)]:
        assert _spans(scanner.finditer(text)) == _spans(pattern.finditer(text))
        first, expected = scanner.search(text), pattern.search(text)
        assert (first and first.span()) == (expected and expected.span())
    assert any(scanner.search(example) for example in examples)


SOURCES = [
    (r"(?<!\w)(?:ab|cd?e)+x", re.IGNORECASE),
    (r"(?<![\w-])(?i:kis|[m-o]\d{2,}|.y)", 0),
    (r"\b(?:si|ki){1,4}k", re.IGNORECASE),
    (r"(?<!\w)(?:a|\d)(?:\s|b){0,2}", 0),
    (r"(?<!\w)(?=ab)a[^c]?b(?!c)", 0),
    (r"(?<![\w.])(?P<n>a|b)(?P=n)c?", re.IGNORECASE),
    (r"(?:(?<!\w)ab|(?<![\w-])cd)\b", re.IGNORECASE),
    (r"ab|(?<!\w)cd", 0),
    (r"\s*ab", 0),
]


@pytest.mark.parametrize(("source", "flags"), SOURCES)
@given(text=st.text(alphabet="abcdekimnosxyABKSİıſK019 .-_\n½é", max_size=30))
def test_any_scanner_matches_what_re_matches(source, flags, text):
    scanner = Scanner(source, flags)
    assert _spans(scanner.finditer(text)) == _spans(re.finditer(source, text, flags))
    first, expected = scanner.search(text), re.search(source, text, flags)
    assert (first and (first.span(), first.groupdict())) == (expected and (expected.span(), expected.groupdict()))


def test_a_long_text_and_its_sentences():
    scanner, sentence = Scanner(r"(?<!\w)(?:ab|cd)\w*"), "He had abx, xab; cdy. "
    assert len(_spans(scanner.finditer(sentence * 100))) == 200
    assert [match.group() for match in scanner.finditer(sentence)] == ["abx", "cdy"]
    assert scanner.search(sentence * 100).span() == scanner.search(sentence).span() == (7, 10)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"(?<!\w)(?:Mg|[xy]\d)", ["mg", "x0", "y0"]),
        (r"(?<![\w-])once\s", ["onc"]),
        (r"(?<!\w)a\w", ["a*"]),
        (r"\bto?", ["t", "to"]),
        (r"\b-to", None),  # begins at the end of a word
        (r"ab", None),  # begins anywhere
        (r"(?<!\w)\w", None),  # begins with anything
        (r"(?<!\w)\s?ab", None),  # begins with a space
    ],
)
def test_openings(source, expected):
    assert openings(source) == expected


def test_a_shape_is_as_long_as_its_text():
    assert shape("10 mg/Kg İıſK ½\n٣é") == "00 mg.kg iisk . 0."
