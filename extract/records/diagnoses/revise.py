"""Suspicions that the report takes back once it knows better: first impressions, errors, lists that were ruled out, alternatives.

In: the sentences and the findings of one person. Out: nothing; a finding that was only suspected and is displaced becomes "absent".
A first impression or an alternative is displaced only where another diagnosis stands as what the report is about: without one it stays a
suspicion. The rules stand in `rules/displaced.csv`.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE, NO_FACTS
from extract.records.diagnoses.group import Finding, choose_primary
from extract.records.rule_files import cue

#: how many sentences before "all of these were ruled out" the suspicions may be listed
LISTED = 3
#: how far before a diagnosis the words may begin, in characters
WINDOW = 120
_RULES = "displaced.csv"


def displace(sents: Sequence[Sentence], findings: Sequence[Finding]) -> None:
    """Mark the displaced suspicions of one person's findings absent."""
    suspected = [f for f in findings if f.assertion == "possible"]
    for f in suspected:
        if _ruled_out(f, sents) or (_answered(f, findings) and (_first(f) or _alternative(f, findings))):
            f.assertion = "absent"
    for f in findings:
        mentions = [m for m in f.mentions if m[1].section not in NO_FACTS]
        if f.assertion == "present" and mentions and all(_said(m, s, "mistaken_before") for m, s in mentions):
            f.assertion = "absent"
    choose_primary(list(findings))


def _said(span: Mention, s: Sentence, kind: str) -> bool:
    return bool(cue(kind, _RULES).search(s.before(span)[-WINDOW:]))


def _first(f: Finding) -> bool:
    """Whether it was told as a first impression or an error."""
    return any(
        _said(m, s, "first_before") or _said(m, s, "mistaken_before") or cue("first_after", _RULES).match(s.after(m))
        for m, s in f.mentions
    )


def _answered(f: Finding, findings: Sequence[Finding]) -> bool:
    """Whether another diagnosis is what the report is about."""
    words = set(f.key.split())
    return any(k.primary and not words <= set(k.key.split()) for k in findings if k is not f)


def _alternative(f: Finding, findings: Sequence[Finding]) -> bool:
    """Whether it was told as one of two ("either A or B") and the report is about the other."""
    about = {(m.start, m.end) for k in findings if k.primary for m, _ in k.mentions}
    for m, s in f.mentions:
        for a, b in ((m, d) for d in s.of("diagnosis") if (d.start, d.end) in about):
            first, second = sorted((a, b), key=lambda x: x.start)
            between = s.between(first, second)
            if _said(first, s, "either") and between.split()[:1] == ["or"] and len(between) < 20:
                return True
    return False


def _ruled_out(f: Finding, sents: Sequence[Sentence]) -> bool:
    """Whether its last mention in the report proper is in a list of suspicions, and a sentence soon after rules them all out."""
    last = max((s for _, s in f.mentions if s.section in CASE), key=lambda s: s.index, default=None)
    if last is None or sum(m.assertion == "possible" for m in last.of("diagnosis")) < 2:
        return False
    behind = sents[last.index + 1 : last.index + 1 + LISTED]
    return any(cue("all_out", _RULES).search(s.text) for s in behind if s.section in CASE)
