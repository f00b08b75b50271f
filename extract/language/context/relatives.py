"""What is told of the patient's relatives: "his mother took phenytoin", "her sister died of diabetes".

In: the sentences of a document with their mentions. Out: for each sentence the stretches told of a relative; a diagnosis there
gets the assertion "family" ("general" where it is a donor's, a colleague's, the patient's newborn's), and `cases` gives the drugs there to nobody. The rules stand in `rules/relatives.csv`. A relative
who is a patient of the report too (siblings, mother and child) is none here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extract.language.context.rule_files import CUES, RELATIVES
from extract.language.mention import Mention, Sentence
from extract.language.quantities import parse_age

#: the assertion of what is told of one of the family, and of somebody else who is no patient; and why
KIN, STRANGER = ("family", "told of a relative"), ("general", "told of somebody else")


#: a clause about the relatives themselves: "parents, who had gout"
_CLAUSE = re.compile(r",? (?:who|whom|whose|with|both)\b")


def relatives(found: Sequence[Sentence], child_age: float) -> list[Sentence]:
    """The sentences with their `relatives`, and the diagnoses told there as the family's.

    Of a patient younger than `child_age` years "the mother" is the patient's mother.
    """
    if _several(found):
        return list(found)
    child = _is_child(found, child_age)
    strangers = ("of_stranger", "newborn") if _is_mother(found, child_age) else ("of_stranger",)
    kin = [
        _with_others(
            s, _stretches(s, ("subject", "of_a_child") if child else ("subject",), ("forward", "born_to")), KIN
        )
        for s in found
    ]
    return [_with_others(s, _stretches(s, ("stranger",), strangers), STRANGER) for s in kin]


def _with_others(s: Sentence, stretches: Sequence[tuple[int, int]], who: tuple[str, str]) -> Sentence:
    """The sentence with stretches told of others, and the diagnoses there theirs. `who`: their assertion and the reason."""

    def of_relative(m: Mention) -> bool:
        held = m.assertion in ("present", "historical", "possible", "")
        return m.label == "diagnosis" and held and any(start <= m.start < end for start, end in stretches)

    if not stretches:
        return s
    mentions = tuple(replace(m, assertion=who[0], why=who[1]) if of_relative(m) else m for m in s.mentions)
    return replace(s, relatives=(*s.relatives, *stretches), mentions=mentions)


def _several(found: Sequence[Sentence]) -> bool:
    """Whether relatives are patients of the report:"we report two siblings", a second numbered case."""
    for s in found:
        if s.case_label not in ("", "1", "A", "I"):
            return True
        if s.section == "title" and CUES.pattern("kin_pair").search(s.text):
            return True
        told = CUES.pattern("several").search(s.text)
        if told and (
            s.section == "title" or CUES.pattern("report").search(s.text) or told.group().lower().startswith("both")
        ):
            return True
    return False


def _is_child(found: Sequence[Sentence], child_age: float) -> bool:
    """Whether the first age is a child's, or told of those it was born to."""
    years, beside = _first_age(found)
    return years is not None and (years < child_age or RELATIVES.pattern("birth").search(beside) is not None)


def _is_mother(found: Sequence[Sentence], child_age: float) -> bool:
    """Whether a newborn would be the patient's: the first age is a grown person's, and not told beside a child ("born to a ...")."""
    years, beside = _first_age(found)
    return years is not None and years >= child_age and not RELATIVES.pattern("birth").search(beside)


def _first_age(found: Sequence[Sentence]) -> tuple[float | None, str]:
    """The first age told, in years, and the words before it in its sentence."""
    first = next(((a, s) for s in found for a in s.of("age")), None)
    age = parse_age(first[0].text) if first is not None else None
    return (age.years, first[1].text[: first[0].start - first[1].start]) if age is not None and first else (None, "")


def _stretches(s: Sentence, subjects: Sequence[str], forward: Sequence[str]) -> list[tuple[int, int]]:
    """From each of these people that a verb of illness or treatment follows, up to where the sentence returns to the patient."""
    made: list[tuple[int, int]] = []
    for kind in subjects:
        for subject in RELATIVES.pattern(kind).finditer(s.text):
            rest = s.text[subject.end() :]
            if RELATIVES.pattern("origin").search(s.text[: subject.end()]) and not _CLAUSE.match(rest):
                continue  # "a girl born to healthy parents had gout": the girl
            beside = RELATIVES.pattern("beside").match(rest)
            rest = rest[beside.end() :] if beside else rest
            verb = RELATIVES.pattern("tells").match(rest)
            if (
                verb
                and RELATIVES.pattern("plural").search(verb.group())
                and s.text[: subject.start()].endswith(" and ")
            ):
                continue  # "she and her sister were treated": the patient too
            if verb and not RELATIVES.pattern("acts").match(rest[verb.end() :]):
                told = len(s.text) - len(rest) + verb.end()
                made.append((subject.start(), _end(s.text, told, "clause_end" if "who " in verb.group() else "back")))
    for kind in forward:
        until = {"born_to": "clause_end", "newborn": "mother_again"}.get(kind, "back")
        made += [(m.start(), _end(s.text, m.end(), until)) for m in RELATIVES.pattern(kind).finditer(s.text)]
    return [(s.start + start, s.start + end) for start, end in made]


def _end(text: str, told: int, until: str) -> int:
    """Where the sentence returns to the patient, or ends; `until`: by which rules: those of a clause ("who also had gout, ...") are others."""
    back = RELATIVES.pattern(until).search(text[told:])
    return told + back.start() if back else len(text)
