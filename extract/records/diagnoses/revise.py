"""Suspicions that the report takes back once it knows better: first impressions, errors, lists that were ruled out, alternatives.

In: the sentences and the findings of one person. Out: nothing; a finding that was only suspected and is displaced becomes "absent".
A first impression or an alternative is displaced only where another diagnosis stands as what the report is about: without one it stays a
suspicion. What findings speak for ("a scan suggestive of X") and nothing takes back is present. The rules stand in `rules/displaced.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.mention import Mention, Sentence
from extract.language.sections import CASE, NO_FACTS
from extract.records.diagnoses.group import Finding, choose_primary, name
from extract.records.rule_files import cue

#: how many sentences before "all of these were ruled out" the suspicions may be listed
LISTED = 3
#: how far before a diagnosis the words may begin, in characters
WINDOW = 120
#: how the reason of a diagnosis begins that something was only found to look like
LOOKS_LIKE = "present: consistent|compatible"
#: and the reason of one that findings speak for
SPOKEN_FOR = "possible: suggest"
#: and of one that somebody confirmed
CONFIRMED = "present: confirmed"
#: so many diagnoses that one scan suggests are alternatives
SEVERAL = 3
#: how far behind "but the biopsy showed" the diagnosis it showed may begin, in characters
NEAR = 70
_RULES = "displaced.csv"
#: that tissue was taken
_OPERATION = re.compile(r"resect|excis|[a-z]ectomy|[a-z]otomy|biops|operat|surg|remov", re.IGNORECASE)
#: that the word is the last
_LAST = re.compile(r"\bfinal\b|definit", re.IGNORECASE)


def let_stand(sents: Sequence[Sentence], findings: Sequence[Finding]) -> None:
    """Mark present what was confirmed, or findings of one person speak for ("a scan suggestive of X") and nothing takes back."""
    for f in findings:
        if f.assertion != "possible" or _not_borne_out(f, sents):
            continue
        if _confirmed(f, sents) or (_is_spoken_for(f) and not _first(f)):
            f.assertion = "present"


def displace(sents: Sequence[Sentence], findings: Sequence[Finding]) -> None:
    """Mark the displaced suspicions of one person's findings absent, and the confirmed ones present."""
    suspected = [f for f in findings if f.assertion == "possible"]
    for f in suspected:
        if _confirmed(f, sents):
            f.assertion = "present"
            continue
        displaced = _answered(f, findings) and (_first(f) or _alternative(f, findings))
        if displaced or _not_borne_out(f, sents):
            f.assertion = "absent"
    for f in findings:
        mentions = [m for m in f.mentions if m[1].section not in NO_FACTS]
        if f.assertion != "present" or not mentions:
            continue
        mistaken = all(_said(m, s, "mistaken_before") for m, s in mentions)
        looked_like = all(m.why.startswith(LOOKS_LIKE) for m, _ in mentions)
        if (
            mistaken
            or _corrected(f, sents)
            or (looked_like and _replaced(f, sents))
            or _taken_back(f, sents, made=not looked_like)
        ):
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


def _not_borne_out(f: Finding, sents: Sequence[Sentence]) -> bool:
    """Whether the report rules a suspicion out, or another diagnosis is found in its place."""
    taken_back = _is_spoken_for(f) and _taken_back(f, sents, made=False)
    return taken_back or _ruled_out(f, sents) or _replaced(f, sents)


def _is_spoken_for(f: Finding) -> bool:
    """Whether findings alone speak for it ("a scan suggestive of X") and no alternative is named beside it."""
    suspected = [(m, s) for m, s in f.mentions if m.assertion == "possible"]
    return all(
        m.why.startswith(SPOKEN_FOR)
        and sum(d.why == m.why for d in s.of("diagnosis")) < SEVERAL
        and not _said(m, s, "doubted_before")
        and not cue("doubted_after", _RULES).match(s.after(m))
        for m, s in suspected
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


def _confirmed(f: Finding, sents: Sequence[Sentence]) -> bool:
    """Whether it is the only suspicion of its sentence, and the sentence or the next says that it was confirmed."""
    m, s = f.mentions[-1]
    if m.assertion != "possible" or sum(d.assertion == "possible" for d in s.of("diagnosis")) > 1:
        return False
    rest, behind = s.after(m), _next(s, sents)
    said = cue("confirmed", _RULES).match(f"{rest} {behind.text}" if behind else rest)
    if said is None:
        return False
    end = m.end + said.end()  # another diagnosis before the words is what they are of
    return not any(m.end <= d.start < end for d in (*s.of("diagnosis"), *(behind.of("diagnosis") if behind else ())))


def _next(s: Sentence, sents: Sequence[Sentence]) -> Sentence | None:
    """The sentence behind it in its paragraph."""
    behind = sents[s.index + 1] if s.index + 1 < len(sents) else None
    return behind if behind is not None and behind.paragraph == s.paragraph else None


def _replaced(f: Finding, sents: Sequence[Sentence]) -> bool:
    """Whether an examination showed another diagnosis in its place: "X was suspected, but the biopsy showed Y"."""
    m, s = f.mentions[-1]
    rest, behind = s.after(m), _next(s, sents)
    answer = cue("answered", _RULES).match(f"{rest} {behind.text}" if behind else rest)
    if answer is None:
        return False
    over = answer.end() - len(rest) - 1  # characters into the next sentence
    at = m.end + answer.end() if over < 0 or behind is None else behind.start + over
    shown = [d for d in (*s.of("diagnosis"), *(behind.of("diagnosis") if behind else ())) if 0 <= d.start - at < NEAR]
    words = set(f.key.split())
    return any(d.assertion in ("present", "") and not words & set(name(d).split()) for d in shown[:1])


def _corrected(f: Finding, sents: Sequence[Sentence]) -> bool:
    """Whether it was told as a first impression throughout, and the report later has another diagnosis in its place."""
    m, last = f.mentions[-1]
    if not all(_first(Finding(f.key, [told])) for told in f.mentions):
        return False
    words = set(f.key.split())
    return any(
        said.end() <= d.start - s.start < said.end() + NEAR and d.start > m.end and not words & set(name(d).split())
        for s in sents[last.index :]
        if (said := cue("corrected", _RULES).search(s.text))
        for d in s.of("diagnosis")
    )


def _taken_back(f: Finding, sents: Sequence[Sentence], *, made: bool) -> bool:
    """Whether tissue taken at an operation then showed another diagnosis: "a diagnosis of X was made and a resection performed. The final
    pathological diagnosis was Y". `made`: only of what is told as a diagnosis somebody made, and not of what was seen."""
    m, last = f.mentions[-1]
    if made and (not _said(m, last, "made_before") or m.why.startswith(CONFIRMED)):
        return False
    words = set(f.key.split())
    told = last.after(m)
    for s in sents[last.index + 1 : last.index + 1 + LISTED]:
        showed = cue("tissue_showed", _RULES).search(s.text)
        shown = [d for d in s.of("diagnosis") if showed and 0 <= d.start - s.start - showed.end() < NEAR]
        if shown:
            settled = _OPERATION.search(f"{told} {s.text}") or (m.assertion == "possible" and _LAST.search(s.text))
            return bool(settled) and not words & set(name(shown[0]).split())
        told += " " + s.text
    return False


def _ruled_out(f: Finding, sents: Sequence[Sentence]) -> bool:
    """Whether its last mention in the report proper is in a list of suspicions, and a sentence soon after rules them all out."""
    last = max((s for _, s in f.mentions if s.section in CASE), key=lambda s: s.index, default=None)
    if last is None or sum(m.assertion == "possible" for m in last.of("diagnosis")) < 2:
        return False
    behind = sents[last.index + 1 : last.index + 1 + LISTED]
    return any(cue("all_out", _RULES).search(s.text) for s in behind if s.section in CASE)
