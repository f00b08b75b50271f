"""Which harm a sentence ties to which drug, and how: told as its cause ("X-induced Y"), or only as later ("Y two days after X").

In: a sentence, the drugs and the harms named in it. Out: `Relation`s. What stands between the two decides (`rules/harms.csv`), read without
the other drugs and harms of a list, without dosing and brackets. Pure functions; called by `rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.language.mention import Mention, Sentence
from extract.records.between import between_of
from extract.records.rule_files import cue

FILE = "harms.csv"
#: most characters between a drug and its harm, lists and dosing taken out
FAR = 130
#: a new clause or verb: what follows it is told of something else
_TURN = re.compile(
    r"[;:]|\b(?:but|which|who|whom|was|were|is|are|had|has|have|did|for|because|although|despite|before|then|while|when|until|unlike|without|"
    r"not|no|treated|during|in|patients?|(?:wo)?m[ae]n|child(?:ren)?|and (?:he|she|they|was|were|the))\b"
)
#: what may stand between the words that tie and what they tie
_FILL = re.compile(r"\s*(?:[\w%'’/.-]+\s+){0,4}[\w%'’/.-]*\s*")


@dataclass(frozen=True, slots=True)
class Relation:
    """A drug and a harm that a sentence ties together; `cause`: told as its cause, else only as later."""

    drug: Mention
    harm: Mention
    cause: bool
    why: str


def relations(s: Sentence, drugs: Sequence[Mention], harms: Sequence[Mention]) -> Iterator[Relation]:
    """The ties of a sentence, in the order of its harms."""
    for harm in harms:
        for drug in drugs:
            if harm.overlaps(drug.start, drug.end):
                tie = _within(s, drug, harm)
            else:
                tie = _tie(s, drug, harm, [*drugs, *harms])
            if tie is not None:
                yield tie


def _within(s: Sentence, drug: Mention, harm: Mention) -> Relation | None:
    """A drug within the words of its harm ("lithium-induced tremor" as one mention): the harm is what follows."""
    rest = s.text[drug.end - s.start : harm.end - s.start]
    match = cue("drug_first", FILE).match(rest.lstrip(" ,")) if drug.end < harm.end else None
    if match is None:
        return None
    start = harm.end - len(rest[len(rest) - len(rest.lstrip(" ,")) + match.end() :].lstrip())
    if start >= harm.end:
        return None
    return Relation(
        drug,
        replace(harm, start=start, text=s.text[start - s.start : harm.end - s.start], norm=""),
        True,
        f"drug_first: [{match.group()}]",
    )


def _tie(s: Sentence, drug: Mention, harm: Mention, named: Sequence[Mention]) -> Relation | None:
    first, second = (drug, harm) if drug.start < harm.start else (harm, drug)
    between = between_of(s, first, second, named)
    if len(between) > FAR or "_" in between:
        return None  # another drug or harm stands between, and not in a list with either
    lead = s.before(first)
    if first is drug and cue("good_behind", FILE).match(s.after(harm)):
        return None
    if first is drug:
        between = between.rsplit(" but ", 1)[-1]
    if cue("helped", FILE).search(between) or (first is harm and cue("helped", FILE).search(lead[-40:])):
        return None
    if first is drug:
        if why := _matched("drug_first", between):
            return Relation(drug, harm, True, why)
        if (
            cue("under", FILE).search(lead)
            and not _of_treating(between)
            and (why := _matched("then_first", between) or _appears(between, s.after(harm)))
        ):
            return Relation(drug, harm, False, why)
        return None
    if not _of_treating(between) and (why := _matched("harm_first", between)):
        return Relation(drug, harm, True, why)
    if re.match(r"(?: (?:was|had been|is))? (?:stopped|discontinued|withdrawn)", s.after(drug), re.IGNORECASE):
        return None  # what came when the drug was gone is no harm of it
    later = _later(between)
    return Relation(drug, harm, False, later) if later else None


def _later(between: str) -> str:
    """ "Y two weeks after treatment with X", "Y in a man taking X": how the harm is told to have come under the drug; else empty."""
    text = between.lstrip(" ,")
    match = cue("after_first", FILE).match(text)
    if match is None:
        return ""
    rest = text[match.end() :]
    told = cue("under", FILE).fullmatch(rest) or (cue("under", FILE).search(rest) and not _TURN.search(rest))
    return f"after_first: [{' '.join(between.split())}]" if told else ""


def _matched(kind: str, between: str) -> str:
    """How a kind of rule matches the text between; empty where it does not, or something else follows."""
    text = between.lstrip(" ,")
    match = cue(kind, FILE).match(text)
    if match is None or not _fills(text[match.end() :]):
        return ""
    return f"{kind}: [{' '.join(match.group().split())}]"


def _fills(rest: str) -> bool:
    return _FILL.fullmatch(rest) is not None and _TURN.search(rest) is None


def _appears(between: str, after: str) -> str:
    """ "After starting X, severe Y appeared"."""
    if re.fullmatch(r"\s*(?:therapy|treatment|use|administration)?,\s+(?:[\w-]+\s+){0,3}", between) and re.match(
        r"\s+(?:had |was |were )?(?:occurred|developed|appeared|began|ensued|emerged|noted|observed|arose|set in)",
        after,
    ):
        return "then_first: [appeared]"
    return ""


def _of_treating(text: str) -> bool:
    return cue("treated", FILE).search(text) is not None
