"""Which part of a paper a sentence stands in: the report proper, a summary, talk.

In: the sentences of a document with their sections. Out: the zone of each. A part of the report proper under a heading that names no
section ("What is known", "Box 2. Dosing", "Question") is talk where nothing in it points to a patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extract.language.mention import Sentence
from extract.language.sections import CASE, COMMENTARY, NO_FACTS, SUMMARY
from extract.records.patients.introductions import introductions
from extract.records.rule_files import cue, scanned_cue

#: most characters of a heading
_HEADING = 60
_CHOICE = re.compile(r"\(?[A-E][).]\s")


def zones_of(sents: Sequence[Sentence]) -> list[str]:
    """For each sentence: case, summary, talk, aside or silent. Methods and results are the report only where no case section is."""
    headed = any(s.section == "case" for s in sents)

    def zone(name: str) -> str:
        if name in NO_FACTS or name == "footnote":
            return "silent"
        if name in SUMMARY:
            return "summary"
        if name in COMMENTARY or (headed and name in ("methods", "results")):
            return "talk"
        return "case" if name in CASE else "aside"

    zones = ["silent" if _explains(s) else zone(s.section) for s in sents]
    for block in _headed_blocks(sents, zones):
        if _is_talk(block):
            zones = ["talk" if block[0].index <= i <= block[-1].index else z for i, z in enumerate(zones)]
    if "case" not in zones:  # the report proper was not recognised: take the talk section that introduces a patient
        for s in sents:
            if (
                zones[s.index] == "talk"
                and re.search(r"present(?:ed|ing)|admitted|referred", s.text)
                and introductions(s)
            ):
                chosen = s.section
                return ["case" if t.section == chosen else z for t, z in zip(sents, zones, strict=True)]
    return zones


def _headed_blocks(sents: Sequence[Sentence], zones: Sequence[str]) -> Iterator[list[Sentence]]:
    """The parts of the report proper that stand under headings of their own, each with its heading."""
    worded = [s for s in sents if s.text.strip()]
    starts = [
        s.index
        for before, s in zip([None, *worded], worded, strict=False)
        if zones[s.index] == "case" and is_heading(s) and (before is None or before.paragraph != s.paragraph)
    ]
    for start, stop in pairwise([*starts, len(sents)]):
        end = next((i for i in range(start, stop) if zones[i] != "case"), stop)
        if end > start + 1:
            yield [s for s in sents[start:end] if s.text.strip()]


def is_heading(s: Sentence) -> bool:
    """Whether a sentence reads like a heading, or is a number alone."""
    text = s.text.strip()
    return (0 < len(text) < _HEADING and not text.endswith((".", "!"))) or bool(re.fullmatch(r"[\dIVX.]+", text))


def _is_talk(block: Sequence[Sentence]) -> bool:
    """Whether a part under a heading teaches: nobody is introduced or spoken of in it, no treatment is told in the past, and it speaks
    in the present, offers choices, or its heading says so."""
    for s in block[1:]:
        if introductions(s) or cue("person", "kind.csv").search(s.text) or scanned_cue("index").search(s.text):
            return False
        if s.of("drug", "diagnosis") and cue("past").search(s.text) and not scanned_cue("cited").search(s.text):
            return False
    heading = block[0].text
    return bool(
        cue("teaching_heading").search(heading)
        or all(cue("teaching_verb").search(s.text) or scanned_cue("cited").search(s.text) for s in block[1:])
        or sum(bool(_CHOICE.match(line.strip())) for s in block[1:] for line in s.text.splitlines()) > 1
    )


#: "MTX, methotrexate; AZA, azathioprine": two short forms at least with what they stand for, and nothing else
_EXPLAINED = re.compile(
    r"(?:abbreviations?(?: used)?\s*:?\s*)?(?:[A-Z][\w/+-]{1,9}\s?[,:=]\s?[^;:=.\d]{3,70}(?:[;.]\s*|$)){2,}",
    re.IGNORECASE,
)


def _explains(s: Sentence) -> bool:
    """Whether a sentence under a table or figure only says what its short forms stand for."""
    return (
        s.section in ("table", "caption")
        and bool(_EXPLAINED.fullmatch(s.text.strip()))
        and bool(re.match(r"\W*(?:[A-Z][\w/+-]*[A-Z\d]|[Aa]bbr)", s.text))
    )
