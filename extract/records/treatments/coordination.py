"""What is told once for several drugs: coordinated drugs, and a class with its members.

In: the drugs of a sentence and the links found so far. Out: the links that follow from them ("A 60 mg and B 100 mg daily, both
for six weeks"; "intravenous antibiotics with A and B").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from extract.language.mention import Mention
from extract.language.quantities import dose_of
from extract.records.rule_files import FORMS, cue

#: attributes that coordinated drugs share when only one is told
SHARED = ("route", "frequency", "duration", "vehicle", "site", "form")

_COORDINATION = re.compile(
    r"^[\s,/+&]*(?:and/or|and then|and|or|plus|with|as well as|along with|together with|(?:in )?(?:combination|association) with|(?:combined|associated) with|&)?[\s,]*(?:oral|intravenous|topical|iv|the|a|of)?\s*$",
    re.IGNORECASE,
)
#: how far from a list, in characters, a word says that it is one preparation
_NEAR = 60
#: between two drugs that may be one preparation
_PAIR = re.compile(r"\W*(?:and|or|plus|with|and/or)?\W*(?:\w+\W+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """An attribute, the drug it belongs to, and how sure that is (0 to 1).

    `cost` is what the link costs (see `link.COSTS`), `margin` how much dearer the next best drug is (None without another); `shared`: it was
    told of a neighbour and holds for this drug too.
    """

    drug: Mention
    attribute: Mention
    confidence: float
    cost: float = 0.0
    margin: float | None = None
    shared: bool = False

    def handed_on(self, drug: Mention) -> Link:
        """The same told of another drug of the series: a little less sure."""
        return replace(self, drug=drug, confidence=round(self.confidence * 0.85, 2), shared=True)


def shared(text: str, drugs: Sequence[Mention], attributes: Sequence[Mention], links: list[Link]) -> list[Link]:
    """What the last (or first) of coordinated drugs has is given to those beside it that have none."""
    if len(drugs) < 2:
        return []
    ordered = sorted(drugs, key=lambda d: d.start)
    extra = _members(text, ordered, links)
    for chain in coordinated(text, ordered, attributes):
        for label in (*SHARED, "dose") if len(chain) > 1 else ():
            members = {id(d) for d in chain}
            told = [x for x in links if x.attribute.label == label and id(x.drug) in members]
            holders = {id(x.drug) for x in told}
            if len(holders) == 1 and not _of_the_last_alone(text, chain, told[0], attributes):
                extra += [
                    x.handed_on(d)
                    for x in _told_outside(chain, label, told, links)
                    for d in chain
                    if id(d) not in holders and _passes_on(text, d, x, links)
                ]
            elif label == "route" and holders:
                extra += _ahead(text, chain, told, links)
    return extra


def _ahead(text: str, chain: Sequence[Mention], told: Sequence[Link], links: Sequence[Link]) -> list[Link]:
    """What stands before one drug of a list is told of those behind it up to the next that has its own: "intravenous A and B, and oral C"."""
    extra: list[Link] = []
    valid: list[Link] = []
    for drug in chain:
        own = [x for x in told if x.drug is drug]
        if own:
            valid = [x for x in own if x.attribute.end <= drug.start]
        else:
            extra += [x.handed_on(drug) for x in valid if _passes_on(text, drug, x, links)]
    return extra


def _of_the_last_alone(text: str, chain: Sequence[Mention], x: Link, attributes: Sequence[Mention]) -> bool:
    """Whether a form right behind the last of a list is that drug's own: "A, B and C cream", "A as well as C injections", but "A and B cream" is one cream."""
    if x.drug is not chain[-1] or x.attribute.start < x.drug.end or x.attribute.label not in ("form", "vehicle"):
        return False
    inside = [a for a in attributes if x.drug.end <= a.start and a.end <= x.attribute.start]
    if without(text, x.drug.end, x.attribute.start, inside).strip(" ()"):
        return False
    if cue("one_preparation", "links.csv").search(text, max(0, chain[0].start - _NEAR), x.attribute.end + _NEAR):
        return False
    return len(chain) > 2 or not _PAIR.fullmatch(outside_brackets(text[chain[0].end : x.drug.start]))


def _told_outside(chain: Sequence[Mention], label: str, told: Sequence[Link], links: Sequence[Link]) -> list[Link]:
    """Of the links of one drug of a chain those to what stands before or behind the whole chain, and so may be told for all."""
    first, last = chain[0], chain[-1]
    outer = [x for x in told if x.attribute.start >= last.end or x.attribute.end <= first.start]
    if label == "dose":  # "A and B at low doses": only words, told behind the last
        outer = [x for x in outer if x.attribute.start >= last.end and _only_words(x.attribute)]
    if _in_steps(told[0].drug, last, links):  # "A 85 mg, B 400 mg as a bolus and 2400 mg over 46 h"
        outer = [x for x in outer if x.attribute.end <= first.start]
    if label in ("frequency", "duration") and any(x.attribute.end <= first.start for x in outer):
        outer = [x for x in outer if x.attribute.start >= last.end] or outer
    return outer


def _passes_on(text: str, drug: Mention, x: Link, links: Sequence[Link]) -> bool:
    """Whether what is told of one drug of a chain is told of another one too."""
    return not (
        _own_way(drug, x, links)
        or _closed(x, links)
        or _told_apart(text, drug, x, links)
        or _LATTER.search(text[max(0, x.attribute.start - 40) : x.attribute.start])
        or (
            x.attribute.label == "duration"
            and _AND_FOR.search(text[max(0, x.attribute.start - 40) : x.attribute.start])
        )
        or _is_counted(drug, x, links)
        or _in_own_brackets(text, drug, x, links)
        or _of_the_dose(text, drug, x, links)
    )


def _told_apart(text: str, drug: Mention, x: Link, links: Sequence[Link]) -> bool:
    """ "Weekly A with B": what stands before A is A's alone; "weekly intravenous A and daily B": B has a rhythm of its own instead."""
    if x.attribute.label not in ("frequency", "route") or x.attribute.start >= x.drug.start or drug.start < x.drug.end:
        return False
    between = text[x.drug.end : drug.start]
    if x.attribute.label == "frequency":
        return bool(re.search(r"\bwith\s*(?:\w+\s+)?$", between, re.IGNORECASE)) and len(between.split()) < 8
    rhythms = [y for y in links if y.attribute.label == "frequency" and y.attribute.start < y.drug.start]
    return {id(y.drug) for y in rhythms} >= {id(drug), id(x.drug)}


def coordinated(text: str, drugs: Sequence[Mention], attributes: Sequence[Mention]) -> list[list[Mention]]:
    """The drugs of a sentence in groups: those told in one breath ("A 60 mg and B 100 mg", "A/B", "A plus B") together."""
    chains: list[list[Mention]] = []
    ordered = sorted(drugs, key=lambda d: d.start)
    for drug in ordered:
        left = chains[-1][-1] if chains else None
        inside = [a for a in attributes if left is not None and left.end <= a.start and a.end <= drug.start]
        if (
            left is not None
            and not _fronted(text, left, drug)
            and _COORDINATION.match(outside_brackets(without(text, left.end, drug.start, inside)))
        ):
            chains[-1].append(drug)
        else:
            chains.append([drug])
    return chains


#: "A and B, the latter for ...": not of A
_LATTER = re.compile(r"\bthe (?:last|latter|former)(?: one)?(?: \w+){0,2} (?:for|over|since)\s+$", re.IGNORECASE)
#: "A, B and, for three months, C"
_AND_FOR = re.compile(r"\band,\s+(?:for|over|during|since)\s+(?:\w+ ){0,2}$", re.IGNORECASE)
#: "after A, B was given": a phrase of its own before the clause of B
_FRONTED = re.compile(
    r"(?:^|[.;]\s*)(?:after|following|despite|besides|in addition to|instead of|unlike)\b[^.,;]*$", re.IGNORECASE
)
_PREDICATE = re.compile(r"\s+(?:was|were|is|had|has|could)\b")


def _fronted(text: str, left: Mention, drug: Mention) -> bool:
    """Whether a comma ends the phrase of one drug and the other is the subject behind it."""
    if text[left.end : drug.start].strip() != "," or not _PREDICATE.match(text, drug.end):
        return False
    return _FRONTED.search(text[max(0, left.start - 80) : left.start]) is not None


def _in_steps(holder: Mention, last: Mention, links: Sequence[Link]) -> bool:
    """Whether a drug has two doses behind the last of its chain, so that what is told beside them is of a step of its own."""
    doses = [x.attribute for x in links if x.drug is holder and x.attribute.label == "dose" and _amount(x.attribute)]
    return len(doses) > 1 and all(d.start >= last.end for d in doses)


def _amount(dose: Mention) -> bool:
    """Whether a dose tells an amount, and not only how many tablets."""
    parsed = dose_of(dose)
    return parsed is not None and not parsed.unit.startswith("{")


def _only_words(dose: Mention) -> bool:
    return not any(c.isdigit() for c in dose.text) and dose.text.lower().endswith("doses")


def _own_way(drug: Mention, shared: Link, links: Sequence[Link]) -> bool:
    """Whether a drug was given another way than its neighbour, so that what is told of the way is not its: "oral A and topical B cream"."""
    if shared.attribute.label not in ("route", "form", "vehicle", "site", "frequency"):
        return False  # "a bolus of intravenous A and oral B 500 mg every 8 hours"
    ways = [
        {
            x.attribute.norm or x.attribute.text.lower()
            for x in links
            if x.drug is d and x.attribute is not shared.attribute and x.attribute.label in ("route", "form")
        }
        for d in (drug, shared.drug)
    ]
    if shared.attribute.label in ("route", "form", "vehicle"):
        own = _entries(x.attribute for x in links if x.drug is drug)
        if own and own.isdisjoint(_entries([shared.attribute]) or own):
            return True  # "oral A and topical B ointment": an ointment is not swallowed
    mine, other = (
        _entries(x.attribute for x in links if x.drug is d and x.attribute is not shared.attribute)
        for d in (drug, shared.drug)
    )
    if mine & other:
        return False  # "a gel of A and B was rubbed on": a gel is rubbed on
    return all(ways) and ways[0].isdisjoint(ways[1])


#: ways that are all "put on the spot": "topical A and B eye drops" do not contradict each other
_LOCAL = ("topical", "ophthalmic", "otic", "nasal", "vaginal", "rectal", "transdermal")


@cache
def _form_routes() -> dict[str, str]:
    return {row["form"]: row["route"] for row in FORMS if row["route"]}


def _entries(attributes: Iterable[Mention]) -> set[str]:
    """Where routes and forms bring a drug in; all that is put on the spot is "local". Forms that tell no route are left out."""
    told = {
        (a.norm or a.text.lower()) if a.label == "route" else _form_routes().get(a.norm or a.text.lower(), "")
        for a in attributes
        if a.label in ("route", "form", "vehicle")
    }
    return {"local" if route in _LOCAL else route for route in told if route}


#: between a dose and how long it ran
_RAN = re.compile(r"\s*(?:IV\s+|intravenously\s+)?over\s+(?:the\s+)?", re.IGNORECASE)


def _of_the_dose(text: str, drug: Mention, shared: Link, links: Sequence[Link]) -> bool:
    """ "A and B 100 mg daily": a frequency right behind the dose of B is B's, and not A's whose dose is not told; "A 1 g and B 2 g over
    5 days": so is how long a dose ran."""
    if shared.attribute.label == "duration":
        doses = (x.attribute for x in links if x.drug is shared.drug and x.attribute.label == "dose")
        return any(_RAN.fullmatch(text, dose.end, shared.attribute.start) for dose in doses)
    if shared.attribute.label != "frequency" or any(x.drug is drug and x.attribute.label == "dose" for x in links):
        return False
    return any(
        x.drug is shared.drug
        and x.attribute.label == "dose"
        and _amount(x.attribute)
        and not text[x.attribute.end : shared.attribute.start].strip(" ,")
        for x in links
    )


def _in_own_brackets(text: str, drug: Mention, shared: Link, links: Sequence[Link]) -> bool:
    """ "A (25 mg, days 2 to 15) and B (750 mg, days 1 and 8)": what stands in the brackets of one is not the other's, who has own ones."""
    if shared.attribute.start < shared.drug.end:
        return False
    inside = [
        text[x.drug.end : x.attribute.start]
        for x in links
        if x is shared or (x.drug is drug and x.attribute.start >= drug.end)
    ]
    return len(inside) > 1 and all(t.lstrip().startswith("(") and t.count("(") > t.count(")") for t in inside)


def _is_counted(drug: Mention, shared: Link, links: Sequence[Link]) -> bool:
    """Whether a form is only what a dose counts: the "tabs" of "A 5 mg daily and B 2 tabs" are those of B; A is dosed apart."""
    own = {x.attribute.label for x in links if x.drug is drug}
    return (
        shared.attribute.label == "form"
        and {"dose", "frequency"} <= own
        and any(
            x.attribute.label == "dose" and x.attribute.overlaps(shared.attribute.start, shared.attribute.end)
            for x in links
        )
    )


def _closed(shared: Link, links: Sequence[Link]) -> bool:
    """Whether a form or "fluids" closes what a route before it tells: "topical A lotion and B", "IV fluids and A" say nothing of the last."""
    if shared.attribute.label != "route" or shared.attribute.end > shared.drug.start:
        return False
    return shared.drug.text.lower() in ("fluid", "fluids") or any(
        x.drug is shared.drug and x.attribute.label == "form" and x.attribute.start >= x.drug.end for x in links
    )


def _members(text: str, ordered: list[Mention], links: list[Link]) -> list[Link]:
    """ "Oral steroids (prednisolone 40 mg)", "intravenous antibiotics with A and B": what is told of the class is told of its members."""
    extra = []
    for i, head in enumerate(ordered[:-1]):
        follower = ordered[i + 1]
        between = without(
            text,
            head.end,
            follower.start,
            [x.attribute for x in links if head.end <= x.attribute.start < follower.start],
        )
        if head.code or not cue("members", "links.csv").match(between):
            continue
        members = [follower]
        for left, right in pairwise(ordered[i + 1 :]):
            inside = [x.attribute for x in links if left.end <= x.attribute.start and x.attribute.end <= right.start]
            if not _COORDINATION.match(outside_brackets(without(text, left.end, right.start, inside))):
                break
            members.append(right)
        for x in links:
            if x.drug is head and x.attribute.label in SHARED:
                holders = {id(y.drug) for y in links if y.attribute.label == x.attribute.label}
                extra += [x.handed_on(m) for m in members if id(m) not in holders]
    return extra


def without(text: str, start: int, end: int, spans: Sequence[Mention]) -> str:
    """text[start:end] with the spans cut out."""
    parts, at = [], start
    for s in sorted(spans, key=lambda s: s.start):
        if s.start >= at:
            parts.append(text[at : s.start])
            at = s.end
    parts.append(text[at:end])
    return " ".join(parts)


def outside_brackets(text: str) -> str:
    """The text without what stands in brackets (makers, brands), also where a bracket only closes in it."""
    text = re.sub(r"\([^()]*\)", " ", re.sub(r"^[^()]*\)", " ", text))
    return re.sub(r"[()\[\]]", " ", text)
