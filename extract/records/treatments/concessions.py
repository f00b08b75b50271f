"""What a report tells of a treatment that was no help against it: "although A was given, the fever persisted", "A was given. In spite of this, she bled on".

In: a sentence, the drugs taken in it and those of the sentence before it that an outcome may still be told of (`outcomes`). Out: the drugs that the
sentence sets something against, and the clause that tells what went on. A concession says of itself that the treatment should have helped, so
that what stands against it is a failure, whatever the words: only a good end, something that did not come, and words on the drug itself
("although A was given, it was soon stopped") are none. Patterns: `against` and `treated_so` of `rules/outcomes.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extract.language.mention import Mention, Sentence
from extract.records.rule_files import cue

_RULES = "outcomes.csv"
_ALTHOUGH = re.compile(r"(?<!\bas )\b(?:al|even )?though\b|^\W*whil(?:e|st)\b", re.IGNORECASE)
_BUT = re.compile(r"\b(?:but|however|yet|nevertheless|nonetheless)\b", re.IGNORECASE)
_HELPED = frozenset({"resolved", "improved"})
#: most characters between "although" and its drug
_FAR = 60
#: what came after a treatment was over, or had not yet had the time to work
_AFTERWARDS = re.compile(
    r"\b(?:recurr\w+|relaps\w+|died|hours?|years?|develop\w*|later|increased severity|referred)\b", re.IGNORECASE
)
_DIED = re.compile(r"\b(?:died|succumbed|expired|passed away|deceased|death)\b", re.IGNORECASE)
#: what is told not to have come, and what is told of the treatment itself
_NOT_SO = re.compile(
    r"\b(?:no|not|never|without|neither|none|nor|free|stable|well|normal|stopped|discontinued|withdrawn|ceased|tapered|dose|doses|dosage|tolerated|refused|declined|take|taking|compliance|adherence|completion|cessation)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Conceded:
    """Drugs that were no help, and where in the sentence the clause stands that tells it; `kind` an outcome's."""

    kind: str
    drugs: Sequence[Mention]
    start: int
    end: int


def conceded(
    s: Sentence, drugs: Sequence[Mention], before: Sequence[Mention], kinds: Callable[[str], Sequence[str]]
) -> Conceded | None:
    """What a sentence sets against the drugs of it, else against those spoken of before. `kinds`: the outcomes that a text tells, in order."""
    for meant, start, end in (*_although(s, drugs), *_despite_that(s, drugs, before)):
        clause = s.text[start:end]
        kind = _no_help(clause, kinds(clause)) if meant else ""
        if kind:
            return Conceded(kind, meant, start, end)
    for meant, start, end in _but(s, drugs, before):
        clause = s.text[start:end]
        if cue("went_on", _RULES).search(clause) and not _HELPED.intersection(kinds(s.text[:start])):
            kind = _no_help(clause, kinds(clause))
            if kind and not _NOT_SO.search(clause):
                return Conceded(kind, meant, start, end)
    return None


def _although(s: Sentence, drugs: Sequence[Mention]) -> list[tuple[Sequence[Mention], int, int]]:
    """The drugs that a clause of "although" tells to have been given, and the clause it stands against: behind it, else before it."""
    spoken: list[tuple[Sequence[Mention], int, int]] = []
    for word in _ALTHOUGH.finditer(s.text):
        inside = [d for d in drugs if d.start - s.start >= word.end()]
        if not inside or not re.fullmatch(rf"[^;.,]{{0,{_FAR}}}", s.text[word.end() : inside[0].start - s.start]):
            continue
        listed = [inside[0]]
        for right in inside[1:]:
            if not re.fullmatch(r"[^;.]{0,24}", s.between(listed[-1], right)):
                break
            listed.append(right)
        at = listed[-1].end - s.start
        end = at + len(re.split(r"[,;]", s.text[at:])[0])
        clause = s.text[word.end() : end]
        own = any(word.end() <= m.start - s.start < end for m in s.of("diagnosis"))
        if own or cue("treated_so", _RULES).search(clause) is None or _NOT_SO.search(clause):
            continue  # "although A was taken for gout": given for something else than what went on
        behind = s.text[end:].strip(" ,.;")
        spoken.append((listed, end, len(s.text)) if behind else (listed, 0, word.start()))
    return spoken


def _despite_that(
    s: Sentence, drugs: Sequence[Mention], before: Sequence[Mention]
) -> list[tuple[Sequence[Mention], int, int]]:
    """The drugs that "despite this treatment" speaks of, and what it is said of: what stands behind it, else before it."""
    word = cue("despite_that", _RULES).search(s.text)
    if word is None or any(d.overlaps(s.start + word.start(), s.start + word.end()) for d in s.of("drug")):
        return []  # "despite the anticoagulation": told of what it names
    ahead = [d for d in drugs if d.end - s.start <= word.start()]
    behind = s.text[word.end() :].strip(" ,.;")
    whole = (word.end(), len(s.text)) if len(behind.split()) > 1 else (0, word.start())
    return [(ahead or before, *whole)]


def _but(s: Sentence, drugs: Sequence[Mention], before: Sequence[Mention]) -> list[tuple[Sequence[Mention], int, int]]:
    """The drugs told as given before a "but", and the clause behind it, where that names no other. What a sentence begins with "however"
    stands against the drugs of the sentence before it."""
    spoken: list[tuple[Sequence[Mention], int, int]] = []
    for word in _BUT.finditer(s.text):
        opens = not s.text[: word.start()].strip(" ,")
        if opens and _AFTERWARDS.search(s.text):
            continue
        ahead = before if opens else [d for d in drugs if d.end - s.start <= word.start()]
        end = word.end() + len(s.text[word.end() :].split(";")[0])
        if not ahead or any(word.end() <= d.start - s.start < end for d in s.of("drug")):
            continue
        if (opens or cue("treated_so", _RULES).search(s.text[: word.start()])) and len(
            {d.assertion for d in ahead}
        ) == 1:
            spoken.append((ahead, word.end(), end))
    return spoken


def _no_help(clause: str, told: Sequence[str]) -> str:
    """The outcome that a clause tells of a treatment it is set against; "" where it tells no failure."""
    if not _HELPED.union(("adverse_effect",)).isdisjoint(told):
        return ""
    if told or _DIED.search(clause):
        return "worse" if "worse" in told or _DIED.search(clause) else "unchanged"
    goes_on = cue("went_on", _RULES).search(clause) or cue("against", _RULES).search(clause)
    return "unchanged" if goes_on and not _NOT_SO.search(clause) else ""
