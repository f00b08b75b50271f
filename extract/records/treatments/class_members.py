"""Where a class of drugs was stopped, those of its members that were given before were: "the antituberculous drugs were stopped".

In: a person's courses. Out: the courses, their statuses as told. Stands between `courses` and the rows. A class that may stand for other
drugs ("several antibiotics", "despite antibiotics") tells of none. Which drugs a class has stands in `rules/class_members.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE
from extract.records.rule_files import CLASS_MEMBERS
from extract.records.treatments.regimen import TAKEN, DrugCourse
from extract.rules import Row

#: what a class hands to its members
HANDED = ("stopped", "failed")
#: how many sentences before the class its members may have been told last: later the end is that of a course
NEAR = 4
#: before a class that stands for drugs told before; "previous antibiotics" are others
_MEANT = re.compile(
    r"(?:^|\b(?:the|his|her|their|all|these|both|this|any)\s+(?:\w+\s+and\s+)?)$"
    r"|\b(?:cessation|discontinuation|withdrawal|interruption|suspension)\s+of\s+$",
    re.IGNORECASE,
)
#: of a class that gave way to another drug nobody can say that its members were broken off
_CHANGED = re.compile(r"\b(?:replac|substitut|switch|chang|exchang|convert|escalat)\w*", re.IGNORECASE)
#: an end that only says since when: "two years after discontinuation of all antifungal therapy she was well"
_SINCE = re.compile(r"\b(?:days?|weeks?|months?|years?)\s+(?:after|following|since|from|off)\b[^,;.]*$", re.IGNORECASE)
#: what joins the names in a combination
_PARTS = re.compile(r"\s*[/+]\s*|\s+and\s+")


def with_members(courses: dict[int, list[DrugCourse]]) -> dict[int, list[DrugCourse]]:
    """The courses of every person; where a class was stopped, its members told before were."""
    for person, mine in courses.items():
        for of_class in mine if person >= 0 else ():
            for k, (mention, s) in enumerate(of_class.mentions):
                ended = of_class.statuses[k] in HANDED and not _CHANGED.search(mention.why)
                before = s.before(mention)
                if ended and s.section in CASE and _MEANT.search(before) and not _SINCE.search(before):
                    _hand(mention, s, of_class.statuses[k], [c for c in mine if is_member(c.key, mention.name)])
    return courses


def _hand(mention: Mention, s: Sentence, status: str, members: Sequence[DrugCourse]) -> None:
    """End the members told of before a class that was ended as it was, where nothing else is told of them."""
    for course in members:
        before = [k for k, (m, t) in enumerate(course.mentions) if m.start < mention.start and t.section == s.section]
        if not before or s.index - course.mentions[before[-1]][1].index > NEAR:
            continue
        if course.statuses[before[-1]] == "given" and all(x in ("given", "") for x in course.statuses):
            course.statuses[before[-1]] = status
            course.by_class = mention.text


def meant(of_class: Mention, courses: Sequence[DrugCourse]) -> list[str]:
    """The keys of the drugs that a class told of again means: its members of the last sentence before it that tells any as taken."""
    told = [
        (s.index, c.key)
        for c in courses
        if is_member(c.key, of_class.name)
        for m, s in c.mentions
        if m.start < of_class.start and m.assertion in TAKEN
    ]
    return [key for index, key in told if index == max(told)[0]]


def is_member(drug: str, name: str) -> bool:
    """Whether a drug, by its generic name, is one of the class called `name`; of a combination any part may be."""
    pattern = _members().get(name)
    return pattern is not None and any(pattern.fullmatch(part) for part in (drug, *_PARTS.split(drug)))


def has_members(name: str) -> bool:
    """Whether the drugs of the class called `name` are listed."""
    return name in _members()


@cache
def _members() -> dict[str, re.Pattern[str]]:
    rows: dict[str, list[Row]] = {}
    for row in CLASS_MEMBERS:
        for name in row["of"]:
            rows.setdefault(name, []).append(row)
    return {name: CLASS_MEMBERS.any_of(mine) for name, mine in rows.items()}
