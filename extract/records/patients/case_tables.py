"""Rows of tables, as reading hands them on: "No.: 1; Age: 58; Sex: F; Tacrolimus: 0.1% ointment; VAS before: 7.5".

In: the sentences of a document. Out: their cells by column head, the patients that a table of cases lists, and the pain
ratings that stand as bare numbers under a head that says what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extract.language.mention import Sentence
from extract.language.quantities import parse_age, parse_sex
from extract.records.patients.introductions import Introduction

_CELL = re.compile(r"(?:^|;\s)(?P<head>[^:;]{1,60}):\s(?P<value>[^;]*)")
_NUMBER_HEAD = re.compile(r"(?:no\.?|nr\.?|#|n|(?:case|patient|pt|subject)s?\b.*)$", re.IGNORECASE)
_NAMED = re.compile(
    r"(?:case|patient|pt|subject|twin|proband)s?\W{0,2}\s*(?:no\.?\s*)?(?P<number>\d{1,3}|[A-H]|[IVX]{1,4})\s*;",
    re.IGNORECASE,
)
_AGE_HEAD = re.compile(r"\bage\b", re.IGNORECASE)
_SEX_HEAD = re.compile(r"\b(?:sex|gender)\b", re.IGNORECASE)
_PAIN_HEAD = re.compile(r"\b(?:VAS|NRS|NPRS|VNRS|VRS|FLACC|pain(?: score| intensity| rating)?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)(?:\s*/\s*(\d+))?\s*(?:mm|cm)?\s*$")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its column's head, its text, and the characters of the document it stands at."""

    head: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A patient listed in a table: the sentence of the row, the number it goes by, age and sex."""

    sentence: int
    number: str
    intro: Introduction


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating in a cell. `scale_max` 100 under "(mm)", else None: not told there; `condition` "at rest", "on movement" or ""."""

    sentence: Sentence
    cell: Cell
    value: float
    scale_max: float | None
    scale: str
    phase: str
    condition: str


def cells(s: Sentence) -> list[Cell]:
    """The cells of a row; empty when the sentence is no row of a table."""
    if s.section != "table":
        return []
    return [
        Cell(
            m["head"].strip(),
            m["value"].strip(),
            s.start + m.start("value"),
            s.start + m.start("value") + len(m["value"].rstrip()),
        )
        for m in _CELL.finditer(s.text)
    ]


def listed(sents: Sequence[Sentence], skip: Iterable[int] = ()) -> list[Listed]:
    """The patients of a table of cases: rows that begin with a case number or name ("Case 1") and have an age. `skip`: sentences of review tables."""
    left_out = frozenset(skip)
    patients = []
    for s in sents:
        row = cells(s) if s.index not in left_out else []
        number_of_case = _number_of(s, row) if len(row) >= 3 else ""
        if not number_of_case:
            continue
        age = next((c for c in row if _AGE_HEAD.search(c.head)), None)
        if age is None:
            continue
        sex = next((c for c in row if _SEX_HEAD.search(c.head)), age)
        parsed = parse_age(f"Age: {age.text}") or parse_age(f"aged {age.text}")
        number = re.match(r"\s*(\d{1,3})", age.text)
        years = parsed.years if parsed else float(number.group(1)) if number else None
        if years is None:
            continue
        letter = re.search(r"\b(?:[FMW]|fe?male|male|wom[ae]n|man)\b", sex.text, re.IGNORECASE)
        initial = letter.group()[0].upper() if letter else ""
        sex_code = {"W": "F"}.get(initial, initial) or parse_sex(sex.text) or ""
        patients.append(
            Listed(
                s.index, number_of_case,
                Introduction(s.index, age.start, age.end, age.text, years, sex_code),
            )
        )  # fmt: skip
    return patients if len(patients) > 1 else []


def _number_of(s: Sentence, row: Sequence[Cell]) -> str:
    """The number a row's patient goes by: under a head ("No.: 1"), or with its name where each patient had a column ("Case 1; Age: 34")."""
    if _NUMBER_HEAD.match(row[0].head) and re.fullmatch(r"\W*\w{1,3}\W*", row[0].text):
        return row[0].text.strip(" .#")
    named = _NAMED.match(s.text) or _NAMED.match(row[0].text + ";")
    return named["number"] if named else ""


def rated(sents: Sequence[Sentence]) -> list[Rated]:
    """The pain ratings of table cells. A column "before" is baseline, "after" follow-up; else the first row is the baseline."""
    ratings: list[Rated] = []
    first: set[str] = set()
    for s in sents:
        if s.section != "table":
            continue
        row = cells(s)
        if not row:
            if re.match(r"table\b", s.text, re.IGNORECASE):
                first = set()
            continue
        for c in row:
            head, number = _PAIN_HEAD.search(c.head), _NUMBER.match(c.text)
            if not head or not number:
                continue
            scale = head.group().upper() if head.group().isupper() else "NRS"
            top = float(number.group(2)) if number.group(2) else 100.0 if re.search(r"\bmm\b", c.head) else 10.0
            value = float(number.group(1))
            if value > top:
                continue
            phase = "baseline" if re.search(r"\b(?:before|baseline|pre|initial)", c.head, re.IGNORECASE) else ""
            phase = phase or ("followup" if re.search(r"\b(?:after|post|final|follow)", c.head, re.IGNORECASE) else "")
            phase = phase or ("followup" if c.head in first else "baseline")
            first.add(c.head)
            condition = re.search(
                r"(?:at|in) rest|on (?:movement|motion|walking)|during \w+|with movement", c.head, re.IGNORECASE
            )
            ratings.append(Rated(s, c, value, top, scale, phase, condition.group() if condition else ""))
    return ratings
