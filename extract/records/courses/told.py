"""What a sentence tells of a drug beside its dosing: what it was given for, why it was ended, in how many cycles.

In: sentences with their mentions, and a drug. Out: mentions and words of the report; `columns` makes the cells of them. Pure functions over
`rules/courses.csv`. Precision goes before recall: where the words between do not say it, nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.language.mention import Mention, Sentence
from extract.records.between import between_of
from extract.records.rule_files import cue

FILE = "courses.csv"
#: most characters between a drug and what it was given for, lists and dosing taken out
FAR = 90
#: assertions of a disease that nothing was given for, or that is nobody's
_NOT_HAD = ("absent", "general", "family")
#: classes of a reason, the first that is found counts
REASONS = ("pregnancy", "death", "cost", "no_response", "adverse_event", "patient_wish", "completed")
#: how far behind a drug its end may be told, and how far before it, in characters
_BEHIND, _BEFORE = 90, 40
_COUNT = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_CYCLES = re.compile(
    rf"(?<!first )(?<!last )(?<!next )\b(?P<n>\d{{1,2}}|{'|'.join(_COUNT)})\s+(?:(?:more|further|additional|monthly|weekly)\s+)?(?:cycles?|courses?)\b",
    re.IGNORECASE,
)
_OF = re.compile(r"\s*of\s+(?:[\w-]+\s+){0,3}")
_FOR = re.compile(
    r"\s*(?:(?:therapy|treatment|chemotherapy|was given|were given) )?(?:(?:,\s*)?(?:for|in|over)\s+(?:a total of )?|\()?\s*"
)
#: a disease that is only named: prevented, or part of another name
_NOT_IT = re.compile(r"(?:-|\s+(?:prevention|prophylaxis|relief|control group|risk|screening)\b)")
#: what dosing leaves behind when it is taken out
_PER_DAY = re.compile(r"^(?:/\s*day|[\s,])+")
#: behind it a sentence tells of something else
_TURNS = re.compile(r"[;:]|\b(?:and|but|when|which|who|after|before|had been|previously)\b")
_LEAD = re.compile(r"(?:Because of|Due to|Owing to|On account of|In view of)\s+([^,.;]+),")
_ONE_OF_A_LIST = re.compile(r"[\s,]*(?:and |or |/)?\s*")
_REASON_ENDS = re.compile(r"[;.](?:\s|$)|,\s+(?:and|but|which|while|whereas)\b|\band (?:was|were|he|she|the)\b")
_STRONG = re.compile(r"\b(?:because|due|owing|account|secondary|result|view|when|after|as)\b", re.IGNORECASE)
_CERTAIN = re.compile(r"\b(?:because|due to|owing to|account of|in view of)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a drug was ended: the class, and the words of the report."""

    kind: str
    text: str


def indication(s: Sentence, before: Sentence | None, drug: Mention, complaints: Sequence[Mention]) -> Mention | None:
    """The disease or complaint that a drug was given for, told in its sentence, else in the sentence before."""
    diseases = [m for m in s.of("diagnosis") if m.assertion not in _NOT_HAD]
    diseases += [
        m for m in complaints if s.start <= m.start < s.end and m.assertion not in _NOT_HAD and "relief" not in m.text
    ]
    for disease in sorted(diseases, key=lambda m: abs(m.start - drug.start)):
        if not disease.overlaps(drug.start, drug.end) and _given_for(s, drug, disease, diseases):
            return disease
    return _diagnosed_before(s, before, drug) if before is not None else None


def _given_for(s: Sentence, drug: Mention, disease: Mention, diseases: Sequence[Mention]) -> bool:
    first, second = (drug, disease) if drug.start < disease.start else (disease, drug)
    between = between_of(s, first, second, [*s.of("drug"), *diseases], purpose=True)
    if len(between) > FAR or "_" in between or (first is drug and cue("ended", FILE).search(between)):
        return False
    if first is drug and _NOT_IT.match(s.after(disease)):
        return False
    if first is disease and cue("onset", "harms.csv").search(s.before(disease)[-_BEFORE:]):
        return False  # what came under a drug was not what it was given for
    text = _PER_DAY.sub("", between.strip(" ,")) + " "
    return cue("drug_first" if first is drug else "disease_first", FILE).match(text) is not None


def _diagnosed_before(s: Sentence, before: Sentence, drug: Mention) -> Mention | None:
    """ "Sarcoidosis was diagnosed. She was treated with prednisone": the one disease that was found in the sentence before."""
    told = [m for m in before.of("diagnosis") if m.assertion in ("present", "")]
    if len(told) != 1 or before.paragraph != s.paragraph or not cue("diagnosed", FILE).search(before.text):
        return None
    match = cue("treated_then", FILE).search(s.before(drug))
    return told[0] if match is not None and match.start() == 0 and not s.of("diagnosis") else None


def reason(s: Sentence, drug: Mention, harms: Sequence[Mention]) -> Reason | None:
    """Why a drug was ended, where its sentence tells that it was and why."""
    after = _own_clause(s, drug)
    end = cue("ended", FILE).search(after)
    if end is not None and end.start() <= _BEHIND:
        if lead := _LEAD.match(s.text):
            return _classed(lead[1], s, "because ", harms)
        return _because(after[end.end() :], s, harms)
    before = s.before(drug)[-_BEFORE:]
    ended = list(cue("ended", FILE).finditer(before))
    if ended and not re.search(r"[;,]|\band\b", before[ended[-1].end() :]):
        return _because(s.after(drug), s, harms)
    return None


def _because(tail: str, s: Sentence, harms: Sequence[Mention]) -> Reason | None:
    tail = tail.lstrip(" ,")
    match = cue("because", FILE).match(tail)
    return _classed(tail[match.end() :], s, match.group(), harms) if match is not None else None


def _own_clause(s: Sentence, drug: Mention) -> str:
    """The text behind a drug up to the next drug that is not of a list with it, which may have been ended instead."""
    at = drug.end
    for other in s.of("drug"):
        if other.start < at:
            continue
        if not _ONE_OF_A_LIST.fullmatch(s.text[at - s.start : other.start - s.start]):
            return s.text[drug.end - s.start : other.start - s.start]
        at = other.end
    return s.after(drug)


def _classed(tail: str, s: Sentence, because: str, harms: Sequence[Mention]) -> Reason | None:
    """The class of a reason; None where a plain "after" or "for" tells none."""
    text = _REASON_ENDS.split(tail)[0].strip(" ,")
    if not text:
        return None
    for kind in REASONS:
        if cue(kind, FILE).search(text):
            return Reason(kind, text)
    at = s.text.find(text)
    if _STRONG.search(because) and at >= 0 and any(at <= h.start - s.start < at + min(len(text), 60) for h in harms):
        return Reason("adverse_event", text)
    for kind in ("patient_wish", "completed"):
        if cue(kind, FILE).search(f"{because}{text}"):
            return Reason(kind, text)
    return Reason("other", text) if _CERTAIN.search(because) else None


def started(s: Sentence, drug: Mention) -> str:
    """When a drug was begun, as written: told at the head of its sentence, or right behind the verb of beginning."""
    if (
        s.before(drug).rstrip().endswith(("added to", "addition to"))
        or cue("begun", FILE).search(s.text) is None
        or cue("ended", FILE).search(_own_clause(s, drug))
    ):
        return ""
    head = cue("time", FILE).match(s.text)
    if head is not None and s.start + head.end() <= drug.start:
        when = Mention(s.start, s.start + head.end(), "time", head.group())
        if not _TURNS.search(between_of(s, when, drug, s.of("drug"))):
            return head.group()
    after = _own_clause(s, drug)
    begun = cue("begun", FILE).match(after.lstrip().removeprefix("was ").removeprefix("were "))
    if begun is not None:
        rest = after[after.find(begun.group()) + len(begun.group()) :]
        match = cue("time", FILE).match(rest.lstrip(" ,"))
        return match.group() if match is not None else ""
    return ""


def cycles(s: Sentence, drug: Mention) -> int | None:
    """In how many cycles a drug was given: "six cycles of X and Y", "X for four courses"."""
    drugs = s.of("drug")
    for match in _CYCLES.finditer(s.text):
        count = Mention(s.start + match.start(), s.start + match.end(), "cycles", match.group())
        if count.end <= drug.start:
            near = _OF.fullmatch(between_of(s, count, drug, drugs))
        else:
            near = _FOR.fullmatch(between_of(s, drug, count, drugs)) if drug.end <= count.start else None
        if near is not None:
            word = match["n"].lower()
            return int(word) if word.isdigit() else _COUNT.index(word) + 1
    return None
