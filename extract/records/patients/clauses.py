"""One sentence about several patients: which words are told of whom.

In: sentences, zones, and a `Cohort`. Out: its `parts`, for sentences such as "pain in patient 1 and
fever in patient 2", "surgery (cases 1 and 3)", "the first patient took A, the second B", "gout and asthma, respectively"; what is told
of one patient who is not named ("one of them had gout") is no fact of any of them here. And of any report: "unlike the woman of Garcia, who
took A, our patient took B", where A is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extract.language.mention import Mention, Sentence
from extract.records.patients.cohort import Call, Cohort, Part, calls, meant
from extract.records.rule_files import cue, scanned_cue

#: how far into a sentence a call stands that is its subject, in characters
SUBJECT = 25
#: where a clause begins, before "(case 2)" or "in one patient"
_CLAUSE = re.compile(r"[,;:(]|\b(?:and|but|while|whereas)\b")
#: "Unlike the woman of Garcia, who took A, [our patient took B]"; "[our patient took B], whereas Garcia gave A"
_COMPARED = re.compile(
    r"^\W*(?:in contrast (?:to|with)|contrary to|unlike|like|similar(?:ly)? to|as (?:in|with)|compared (?:to|with)|in comparison (?:to|with)|whereas|while|although"
    r"|though)\b(?P<others>[^.;]{5,200}?),(?= (?:our|ours|we|s?he|the present|the patient|this (?:patient|case))\b)"
    r"|[,;] (?:whereas|while|unlike|in contrast to|as opposed to|compared (?:to|with))\b(?P<behind>[^;]{5,}?)(?=[.;]|$)",
    re.IGNORECASE,
)
#: who reports them: "Garcia gave", "the patient of Novak et al", "described by Lee"
_AUTHOR = re.compile(
    r"(?:\b(?:of|by|from) )(?!(?:January|February|March|April|May|June|July|August|September|October|November|December)\b)[A-Z][\w'’-]{2,}(?= et al|,| and (?:co|his|her|ass)|$)"
    r"|\b[A-Z][\w'’-]{2,}(?: (?:and (?:co-?workers|colleagues|associates|[A-Z]\w+)|et al\.?))? (?:gave|used|treated|reported|described|preferred|chose|found|injected|administered|tried)\b"
)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
#: between two members of a list
_LISTED = re.compile(r"\s*(?:\([^)]{1,25}\)\s*)?(?:,\s*(?:and\s+|or\s+)?|and\s+|or\s+|&\s*)(?:[\w-]+\s+){0,2}")


def part(sents: Sequence[Sentence], zones: Sequence[str], cohort: Cohort) -> Cohort:
    """The cohort with its `parts`."""
    if not cohort.index:
        return cohort
    parts: dict[int, list[Part]] = {}
    for s in sents:
        if zones[s.index] not in ("case", "talk", "summary"):
            continue
        others = [Part(s.start + start, s.start + end, ()) for start, end in foreign(s.text)]
        if others and cohort.owners[s.index]:
            parts[s.index] = others
        if len(cohort.index) < 2 or others or scanned_cue("cited").search(s.text):
            continue
        made = _by_call(s, cohort)
        if set(cohort.index) <= set(cohort.owners[s.index]):
            made = made or _of_some(s)
            made += _respectively(s, cohort)
        if made:
            parts[s.index] = made
    return replace(cohort, parts=parts)


def foreign(text: str) -> list[tuple[int, int]]:
    """The stretches of a sentence that compare with what was done with the patients of other authors."""
    return [
        m.span()
        for m in _COMPARED.finditer(text)
        if scanned_cue("cited").search(told := m["others"] or m["behind"]) or _AUTHOR.search(told)
    ]


def _by_call(s: Sentence, cohort: Cohort) -> list[Part]:
    """Stretches told of patients called by number. A call that begins the sentence speaks of what follows it, up to the next; others
    of what stands before them; one in brackets of its own clause."""
    called = [(call, people) for call in calls(s) if (people := meant(call, cohort))]
    bracketed = [_in_brackets(s.text, call) for call, _ in called]
    if not called or (len({people for _, people in called}) < 2 and not all(bracketed)):
        return []
    made = []
    forward = called[0][0].start <= SUBJECT and not bracketed[0] and not any(
        m.start - s.start < called[0][0].start for m in s.of("diagnosis", "drug")
    )  # fmt: skip
    before = 0
    for i, (call, people) in enumerate(called):
        if forward:
            end = called[i + 1][0].start if i + 1 < len(called) else len(s.text)
            made.append(Part(s.start + call.start, s.start + end, people))
        else:
            start = max(before, _clause(s.text, call.start)) if bracketed[i] else before
            made.append(Part(s.start + start, s.start + call.end, people))
        before = call.end
    return made


def _in_brackets(text: str, call: Call) -> bool:
    return text.rfind("(", 0, call.start) > text.rfind(")", 0, call.start) and ")" in text[call.end :]


def _clause(text: str, at: int) -> int:
    """Where the clause begins that a place stands in; a bracket right before the place belongs to it."""
    text = text[:at].rstrip(" (")
    return max((m.end() for m in _CLAUSE.finditer(text)), default=0)


def _of_some(s: Sentence) -> list[Part]:
    """Stretches told of one patient, or some, without saying of whom."""
    made = []
    for m in cue("some").finditer(s.text):
        behind = re.search(r"\b(?:in|of|for|by|to)\s+$", s.text[: m.start()], re.IGNORECASE)
        start = _clause(s.text, m.start()) if behind else m.start()
        stop = re.search(r"[;]|,? (?:and|but|while|whereas) (?:the|both|another|all)\b", s.text[m.end() :])
        end = m.end() if behind else m.end() + stop.start() if stop else len(s.text)
        made.append(Part(s.start + start, s.start + end, ()))
    return made


def _respectively(s: Sentence, cohort: Cohort) -> list[Part]:
    """The first named is the first patient's, the second the second's."""
    made: list[Part] = []
    people = cohort.index
    for word in _RESPECTIVELY.finditer(s.text):
        for label in ("diagnosis", "drug"):
            mentions = [m for m in s.of(label) if m.end - s.start <= word.start()]
            last = mentions[-len(people) :]
            if len(last) == len(people) and _is_list(s, last, word.start()):
                made += [Part(m.start, m.end, (i,)) for m, i in zip(last, people, strict=True)]
    return made


def _is_list(s: Sentence, members: Sequence[Mention], word: int) -> bool:
    gaps = [s.between(a, b) for a, b in pairwise(members)]
    after = s.text[members[-1].end - s.start : word]
    return all(_LISTED.fullmatch(gap) for gap in gaps) and len(after) < 40 and ";" not in after
