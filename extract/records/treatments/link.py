"""Which drug does a dose belong to? Links attributes to drugs within a sentence, and across to the next one.

In: a sentence's drug mentions and attribute mentions (dose, volume, ratio, form, vehicle, route, site, frequency, duration).
Out: `Link`s. The judgement is a cost for every drug-attribute pair, built from named parts (`COSTS`): how many words stand
between, what is crossed on the way (another drug, a clause), and what joins them ("20 mg of", "at a dose of"). Each
attribute goes to its cheapest drug; coordinated drugs share what follows the last of them ("A 60 mg and B 100 mg
daily, both for six weeks") and what "respectively" deals out.

The order of a prescription (drug, strength, form, route, frequency, duration) is that of drug-ner and MedXN.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extract.language.mention import Mention
from extract.records.rule_files import cue
from extract.records.treatments.coordination import Link, shared, without

ATTRIBUTES = ("dose", "volume", "ratio", "form", "vehicle", "route", "site", "frequency", "duration")
#: the parts of a link's cost; a link dearer than LIMIT is none
COSTS = {
    "loose": 0.4,  # not joined by any of the phrases below
    "word": 0.25,  # each word between
    "drug": 4.0,  # another drug crossed
    "clause": 3.0,  # ";", ":" or a clause opener crossed
    "comma": 0.6,
    "changed": 3.0,  # "was raised to 20 mg with X": what is changed was told before
    "before": 1.0,  # the attribute stands before the drug, not joined to it
    "rival": 1.0,  # an attribute of the same label crossed
    "own": 3.0,  # the attribute stands before a drug that has one of its own right behind it: "20 mg daily, and X 0.6 mg"
}
LIMIT = 9.0
#: words between that count; a sentence about one drug may be long
FAR = 12

#: between a route and the drug of the route behind it, that one taken out: "topical and [oral] Y"
_PAIRED = re.compile(r"[\s,/]*(?:and|or|and/or|as well as)[\s,/]*", re.IGNORECASE)
#: brand, maker or short form behind a name: "adalimumab (Humira, AbbVie, USA) 40 mg"
_ASIDE = re.compile(r"\s*[(\[](?P<inside>[^()\[\]]{0,80})[)\]]")
_CLAUSE = re.compile(
    r"[;]|\b(?:while|whereas|but|which was|and was|until|after which|because|due to|instead of|switched to|replaced (?:by|with)|changed to)\b",
    re.IGNORECASE,
)
_AND_FOR = re.compile(
    r",?\s*\band,?\s+(?:for|over|during|since)\s+(?:the )?(?:last |past |first |previous )?$", re.IGNORECASE
)
#: a drug that another is only added to, or whose end or beginning only tells when
_BYSTANDER = re.compile(
    r"\b(?:added to|in addition to|on top of|(?:instead|in place) of|substituted for|(?:after|before|since|following|until)\s(?:the\s)?(?:\w+\s)?"
    r"(?:doses?|injections?|infusions?|courses?|cycles?|withdrawal|discontinuation|cessation|end|start|initiation) of)\s+(?:the |his |her )?$",
    re.IGNORECASE,
)
#: behind it a story goes on about what came before that drug
_GOES_ON = re.compile(r"\b(?:and|was|were|had|then)\b", re.IGNORECASE)
#: what stands before it is of what was given first
_NEXT = re.compile(r"\b(?:followed by|after which|replaced (?:by|with)|switched to)\b", re.IGNORECASE)
#: what follows is given another way
_THEN = re.compile(r"\bfollowed by\b", re.IGNORECASE)
_CHANGED = re.compile(
    r"\b(?:increased|raised|escalated|reduced|decreased|lowered|tapered|titrated|doubled|halved|uptitrated|weaned)\b[^.;]{0,40}\b(?:to|at|until)\s*$",
    re.IGNORECASE,
)


def link(
    drugs: Sequence[Mention],
    attributes: Sequence[Mention],
    text: str,
    fits: Callable[[Mention, Mention], bool] = lambda drug, attribute: True,
) -> list[Link]:
    """The links of one sentence (or of any short stretch of one document). No drugs: no links.

    `text` is the document's; `fits` says whether a drug can have an attribute at all.
    """
    if not drugs or not attributes:
        return []
    dealt = _respectively(text, drugs, attributes)
    links = list(dealt)
    settled = {id(x.attribute) for x in dealt}
    for attribute in attributes:
        if id(attribute) in settled:
            continue
        costs = [(_cost(text, d, attribute, drugs, attributes), d) for d in drugs if fits(d, attribute)]
        cost, drug = min(costs, key=lambda c: c[0], default=(LIMIT + 1, drugs[0]))
        if cost <= LIMIT:
            margin = min((c - cost for c, d in costs if d is not drug), default=None)
            links.append(Link(drug, attribute, round(max(0.3, 1.0 - cost / (LIMIT * 1.6)), 2), cost, margin))
    return links + [x for x in shared(text, drugs, attributes, links) if fits(x.drug, x.attribute)]


@dataclass(frozen=True, slots=True)
class _Way:
    """What lies between a drug and an attribute. `after`: the attribute stands behind the drug; `bare`: the words between, without other
    attributes and asides; `crossed`: other drugs on the way; `rivals`: attributes of the same label on the way."""

    after: bool
    between: str
    bare: str
    crossed: int
    rivals: int


def _is_of_its_own(aside: re.Match[str], drugs: Sequence[Mention], attributes: Sequence[Mention]) -> bool:
    """Whether a bracket behind a drug holds an attribute, or a drug and nothing else: "a heparin (enoxaparin) 40 mg"."""
    start, end = aside.span("inside")
    return any(start <= a.start and a.end <= end for a in attributes) or any(
        (d.start, d.end) == (start, end) for d in drugs
    )


def _way(text: str, drug: Mention, attribute: Mention, drugs: Sequence[Mention], attributes: Sequence[Mention]) -> _Way:
    after = attribute.start >= drug.end
    start, end = (drug.end, attribute.start) if after else (attribute.end, drug.start)
    aside = _ASIDE.match(text, start, end) if after else None
    if aside and not _is_of_its_own(aside, drugs, attributes):
        start = aside.end()  # the drugs in the bracket are the drug itself
    crossed = sum(
        d is not drug and start <= d.start and d.end <= end and not _is_bystander(text, d, attribute) for d in drugs
    )
    inside = [a for a in attributes if start <= a.start and a.end <= end]
    bare = without(text, start, end, inside)
    bare = re.sub(r"\((?:or|about|approximately|max\w*|i\.e\.)[^()]*\)", " ", bare)  # "400 mg (or higher) X"
    rivals = sum(a.label == attribute.label and a is not attribute for a in inside)
    return _Way(after, text[start:end], bare, crossed, rivals)


def _cost(
    text: str, drug: Mention, attribute: Mention, drugs: Sequence[Mention], attributes: Sequence[Mention]
) -> float:
    """How dear it is to link an attribute to a drug; above LIMIT it is not done."""
    if drug.overlaps(attribute.start, attribute.end):
        return 0.0  # "topical STS": the route stands inside the drug's name
    way = _way(text, drug, attribute, drugs, attributes)
    if _is_apart(text, drug, attribute, drugs, after=way.after):
        return LIMIT + 1
    bystander = way.after and len(drugs) > 1 and _is_bystander(text, drug, attribute)
    if not way.crossed and not bystander:
        if cue("joined_after" if way.after else "joined_before", "links.csv").match(way.bare):
            # both neighbours may be joined: "prednisone 20 mg and 5 mg of X"; the tighter one wins by its words
            return (0.0 if _tight(attribute, way) else 0.3) + 0.05 * len(way.between.split())
        if attribute.label == "route" and not way.after and _PAIRED.fullmatch(way.bare):
            return 0.4  # "stopped X and gave topical and oral Y": both ways are those of Y
    changed = bool(_CHANGED.search(text[max(0, attribute.start - 80) : attribute.start]))
    cost = _loose_cost(way, alone=len(drugs) == 1, changed=changed)
    if _told_for_the_next(text, drug, attribute):
        return 0.2
    if bystander:
        cost += 2 * COSTS["drug"]
    if _beside_dose(text, way, attribute, attributes):
        cost += COSTS["own"]
    if attribute.label == "route" and _THEN.search(way.between):
        cost += COSTS["clause"]
    own = not way.after and (
        _has_own(text, drug, attribute.label, attributes)
        or (_is_of_dose(attribute, drugs, attributes) and _has_own(text, drug, "dose", attributes))
    )
    return cost + (COSTS["own"] if own else 0.0)


#: a clause that is told to its end, the next one's subject behind it: "(sheets had) been worn (for a year)", "(zinc cream) was (applied)"
_TOLD = re.compile(r"\b(?:was|were|been|had|has|have)\s+(?:\w+ly\s+)?\w+[^.;]*$", re.IGNORECASE)
_NEXT_CLAUSE = re.compile(r",?\s*(?:and|but|while|whereas)\s+(?:the |an? |oral |topical |intravenous )?", re.IGNORECASE)
_SUBJECT = re.compile(r"[^.,;:]{0,40}?\b(?:was|were|had|has been|have been|is|are|could)\b", re.IGNORECASE)


def _ended_before(text: str, drug: Mention, attribute: Mention) -> bool:
    """Whether how long or how often ends a clause, and the drug begins the next: "sheets were worn for a year and A was applied";
    and whatever stands before "followed by A"."""
    if _NEXT.search(text, attribute.end, drug.start):
        return True
    if attribute.label not in ("duration", "frequency"):
        return False
    if text[attribute.end : drug.start].strip() == "," and re.match(r"\s+being\b", text[drug.end :]):
        return True
    return (
        _NEXT_CLAUSE.fullmatch(text, attribute.end, drug.start) is not None
        and _TOLD.search(text[max(0, attribute.start - 60) : attribute.start]) is not None
        and _SUBJECT.match(text, drug.end) is not None
    )


#: between what is told of one drug and the next clause's drug: "(raised to 450 µg/day), while oral (baclofen was tapered)"
_MEANWHILE = re.compile(r"\b(?:while|whereas)\b", re.IGNORECASE)


def _is_apart(text: str, drug: Mention, attribute: Mention, drugs: Sequence[Mention], *, after: bool) -> bool:
    """Whether an attribute can never be the drug's; `after`: it stands behind it."""
    if after:  # "washed with X", "injections of X": never the drug before it
        return re.search(r"\b(?:with|of)$", attribute.text, re.IGNORECASE) is not None
    meanwhile = _MEANWHILE.search(text, attribute.end, drug.start) is not None
    return meanwhile or _ended_before(text, drug, attribute) or _in_bracket_before(text, attribute, drugs, drug.start)


def _in_bracket_before(text: str, attribute: Mention, drugs: Sequence[Mention], until: int) -> bool:
    """Whether a bracket that is closed before `until`, where a drug begins, holds the attribute, behind another drug: "A until he slept (total 26 mg), and B"."""
    closed = re.match(r"[^()]{0,20}\),?\s(?:and|then|with|plus)\b", text[attribute.end : until])
    return closed is not None and any(d.end <= attribute.start for d in drugs)


def _is_bystander(text: str, drug: Mention, attribute: Mention) -> bool:
    """ "X was added to A and continued for ten days", "X was begun after the last dose of A and raised to 20 mg": what stands behind A is X's."""
    if (
        attribute.label not in ("dose", "duration", "frequency")
        or _BYSTANDER.search(text, max(0, drug.start - 60), drug.start) is None
    ):
        return False
    return attribute.label != "dose" or _GOES_ON.search(text, drug.end, attribute.start) is not None


def _told_for_the_next(text: str, drug: Mention, length: Mention) -> bool:
    """ "A, B and, for the last three months, C": between the commas before C."""
    if length.label != "duration" or not 0 < drug.start - length.end <= 3:
        return False
    before = text[max(0, length.start - 40) : length.start]
    return text[length.end : drug.start].strip() == "," and _AND_FOR.search(before) is not None


def _beside_dose(text: str, way: _Way, length: Mention, attributes: Sequence[Mention]) -> bool:
    """Whether a length stands right behind a dose, and so is that of the dose's drug: "2 mg for 2 days and 1 mg for 3 days"."""
    if way.after or length.label != "duration":
        return False
    dose = max(
        (a for a in attributes if a.label == "dose" and a.end <= length.start), key=lambda a: a.end, default=None
    )
    if dose is None:
        return False
    inside = [a for a in attributes if dose.end <= a.start and a.end <= length.start]
    return re.fullmatch(r"\s*(?:for|over|x|×)?\s*", without(text, dose.end, length.start, inside)) is not None


def _is_of_dose(attribute: Mention, drugs: Sequence[Mention], attributes: Sequence[Mention]) -> bool:
    """Whether a frequency or duration stands behind a dose with no drug between: "then 20 mg daily for 11 days"."""
    if attribute.label not in ("frequency", "duration"):
        return False
    dose = max((a.end for a in attributes if a.label == "dose" and a.end <= attribute.start), default=-1)
    return dose >= 0 and not any(dose <= d.start < attribute.start for d in drugs)


def _has_own(text: str, drug: Mention, label: str, attributes: Sequence[Mention]) -> bool:
    """Whether an attribute of a kind stands right behind a drug, with nothing but others of its attributes between."""
    for own in attributes:
        if own.label == label and 0 <= own.start - drug.end < 40:
            inside = [a for a in attributes if drug.end <= a.start and a.end <= own.start]
            return not without(text, drug.end, own.start, inside).strip(" (,")
    return False


def _tight(attribute: Mention, way: _Way) -> bool:
    """Whether an attribute stands right before its drug: "20 mg of X", "oral X"."""
    if way.after:
        return False
    if attribute.label in ("route", "form"):
        return not way.between.strip()
    return attribute.label in ("dose", "volume", "ratio") and bool(re.match(r"\s*(?:%|of\b|\S{0,2}$)", way.between))


def _loose_cost(way: _Way, *, alone: bool, changed: bool) -> float:
    """The cost of what lies between. `alone`: the sentence has one drug; `changed`: "was raised to" stands before the attribute."""
    words, commas = len(re.findall(r"\w+", way.bare)), way.bare.count(",")
    clauses = len(_CLAUSE.findall(way.between))
    cost = COSTS["drug"] * way.crossed
    cost += COSTS["loose"] + COSTS["word"] * min(FAR, words) + COSTS["comma"] * min(4, commas)
    cost += COSTS["clause"] * (min(1, clauses) if alone else clauses)
    if not way.after:
        cost += COSTS["before"] + (COSTS["changed"] if changed else 0.0)
    return cost + COSTS["rival"] * way.rivals * (0.3 if way.after else 1.0)


def _respectively(text: str, drugs: Sequence[Mention], attributes: Sequence[Mention]) -> list[Link]:
    """ "A and B at 20 mg and 30 mg, respectively": the n-th to the n-th."""
    match = re.search(
        r"\brespectively\b",
        text[drugs[0].start : max(attributes[-1].end, drugs[-1].end) + 30],
        re.IGNORECASE,
    )
    if not match:
        return _one_unit(drugs, attributes)
    links = []
    for label in ("dose", "frequency", "duration", "volume"):
        told = [a for a in attributes if a.label == label and a.end <= drugs[0].start + match.start() + 15]
        if len(told) == len(drugs) > 1:
            links += [Link(d, a, 0.85) for d, a in zip(drugs, told, strict=True)]
    return links


def _one_unit(drugs: Sequence[Mention], attributes: Sequence[Mention]) -> list[Link]:
    """ "A, B and C at 300, 600 and 1500 mg": doses whose unit is told with the last alone are dealt out in order."""
    doses = [a for a in attributes if a.label == "dose"]
    bare = [a for a in doses if a.text.replace(".", "").isdigit()]
    if not bare or len(bare) + 1 != len(doses) or len(doses) != len(drugs):
        return []
    return [Link(d, a, 0.85) for d, a in zip(drugs, doses, strict=True)]
