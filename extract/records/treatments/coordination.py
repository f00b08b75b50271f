"""What is told once for several drugs: coordinated drugs, and a class with its members.

In: the drugs of a sentence and the links found so far. Out: the links that follow from them ("A 60 mg and B 100 mg daily, both
for six weeks"; "intravenous antibiotics with A and B").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from spacy.tokens import Span

from extract.language.quantities import parse_dose
from extract.records.cues import rows

#: attributes that coordinated drugs share when only one is told
SHARED = ("route", "frequency", "duration", "vehicle", "site", "form")

_COORDINATION = re.compile(
    r"^[\s,/+&]*(?:and/or|and then|and|or|plus|with|as well as|along with|together with|in combination with|combined with|followed by|&)?[\s,]*(?:oral|intravenous|topical|iv|the|a|of)?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """An attribute, the drug it belongs to, and how sure that is (0 to 1)."""

    drug: Span
    attribute: Span
    confidence: float


def shared(text: str, drugs: Sequence[Span], attributes: Sequence[Span], links: list[Link]) -> list[Link]:
    """What the last (or first) of coordinated drugs has is given to those beside it that have none."""
    if len(drugs) < 2:
        return []
    ordered = sorted(drugs, key=lambda d: d.start_char)
    chains = coordinated(text, ordered, attributes)
    extra = _members(text, ordered, links)
    for chain in chains:
        if len(chain) < 2:
            continue
        members = {id(d) for d in chain}
        for label in (*SHARED, "dose"):
            told = [x for x in links if x.attribute.label_ == label and id(x.drug) in members]
            holders = {id(x.drug) for x in told}
            if len(holders) != 1:
                continue
            outer = [
                x
                for x in told
                if x.attribute.start_char >= chain[-1].end_char or x.attribute.end_char <= chain[0].start_char
            ]
            if label == "dose":  # "A and B at low doses": only words, told behind the last
                outer = [x for x in outer if x.attribute.start_char >= chain[-1].end_char and _only_words(x.attribute)]
            if _in_steps(told[0].drug, chain[-1], links):  # "A 85 mg, B 400 mg as a bolus and 2400 mg over 46 h"
                outer = [x for x in outer if x.attribute.end_char <= chain[0].start_char]
            if label in ("frequency", "duration") and any(x.attribute.end_char <= chain[0].start_char for x in outer):
                outer = [x for x in outer if x.attribute.start_char >= chain[-1].end_char] or outer
            for x in outer:
                extra += [
                    Link(d, x.attribute, round(x.confidence * 0.85, 2))
                    for d in chain
                    if id(d) not in holders
                    and not _own_way(d, x, links)
                    and not _closed(x, links)
                    and not _in_own_brackets(text, d, x, links)
                    and not _of_the_dose(text, d, x, links)
                ]
    return extra


def coordinated(text: str, drugs: Sequence[Span], attributes: Sequence[Span]) -> list[list[Span]]:
    """The drugs of a sentence in groups: those told in one breath ("A 60 mg and B 100 mg", "A/B", "A plus B") together."""
    chains: list[list[Span]] = []
    ordered = sorted(drugs, key=lambda d: d.start_char)
    for drug in ordered:
        left = chains[-1][-1] if chains else None
        inside = [
            a
            for a in attributes
            if left is not None and left.end_char <= a.start_char and a.end_char <= drug.start_char
        ]
        if left is not None and _COORDINATION.match(
            outside_brackets(without(text, left.end_char, drug.start_char, inside))
        ):
            chains[-1].append(drug)
        else:
            chains.append([drug])
    return chains


def _in_steps(holder: Span, last: Span, links: Sequence[Link]) -> bool:
    """Whether a drug has two doses behind the last of its chain, so that what is told beside them is of a step of its own."""
    doses = [x.attribute for x in links if x.drug is holder and x.attribute.label_ == "dose" and _amount(x.attribute)]
    return len(doses) > 1 and all(d.start_char >= last.end_char for d in doses)


def _amount(dose: Span) -> bool:
    """Whether a dose tells an amount, and not only how many tablets."""
    parsed = parse_dose(dose.text)
    return parsed is not None and not parsed.unit.startswith("{")


def _only_words(dose: Span) -> bool:
    return not any(c.isdigit() for c in dose.text) and dose.text.lower().endswith("doses")


def _own_way(drug: Span, shared: Link, links: Sequence[Link]) -> bool:
    """Whether a drug was given another way than its neighbour, so that what is told of the way is not its: "oral A and topical B cream"."""
    if shared.attribute.label_ not in ("route", "form", "vehicle", "site", "frequency"):
        return False  # "a bolus of intravenous A and oral B 500 mg every 8 hours"
    ways = [
        {
            x.attribute._.norm or x.attribute.text.lower()
            for x in links
            if x.drug is d and x.attribute is not shared.attribute and x.attribute.label_ in ("route", "form")
        }
        for d in (drug, shared.drug)
    ]
    if shared.attribute.label_ in ("route", "form", "vehicle"):
        own = _entries(x.attribute for x in links if x.drug is drug)
        if own and own.isdisjoint(_entries([shared.attribute]) or own):
            return True  # "oral A and topical B ointment": an ointment is not swallowed
    return all(ways) and ways[0].isdisjoint(ways[1])


#: ways that are all "put on the spot": "topical A and B eye drops" do not contradict each other
_LOCAL = ("topical", "ophthalmic", "otic", "nasal", "vaginal", "rectal", "transdermal")


@cache
def _form_routes() -> dict[str, str]:
    return {row["form"]: row["route"] for row in rows("forms.csv") if row["route"]}


def _entries(attributes: Iterable[Span]) -> set[str]:
    """Where routes and forms bring a drug in; all that is put on the spot is "local". Forms that tell no route are left out."""
    told = {
        (a._.norm or a.text.lower()) if a.label_ == "route" else _form_routes().get(a._.norm or a.text.lower(), "")
        for a in attributes
        if a.label_ in ("route", "form", "vehicle")
    }
    return {"local" if route in _LOCAL else route for route in told if route}


def _of_the_dose(text: str, drug: Span, shared: Link, links: Sequence[Link]) -> bool:
    """ "A and B 100 mg daily": a frequency right behind the dose of B is B's, and not A's whose dose is not told."""
    if shared.attribute.label_ != "frequency" or any(x.drug is drug and x.attribute.label_ == "dose" for x in links):
        return False
    return any(
        x.drug is shared.drug
        and x.attribute.label_ == "dose"
        and _amount(x.attribute)
        and not text[x.attribute.end_char : shared.attribute.start_char].strip(" ,")
        for x in links
    )


def _in_own_brackets(text: str, drug: Span, shared: Link, links: Sequence[Link]) -> bool:
    """ "A (25 mg, days 2 to 15) and B (750 mg, days 1 and 8)": what stands in the brackets of one is not the other's, who has own ones."""
    if shared.attribute.start_char < shared.drug.end_char:
        return False
    inside = [
        text[x.drug.end_char : x.attribute.start_char]
        for x in links
        if x is shared or (x.drug is drug and x.attribute.start_char >= drug.end_char)
    ]
    return len(inside) > 1 and all(t.lstrip().startswith("(") and t.count("(") > t.count(")") for t in inside)


def _closed(shared: Link, links: Sequence[Link]) -> bool:
    """Whether a form or "fluids" closes what a route before it tells: "topical A lotion and B", "IV fluids and A" say nothing of the last."""
    if shared.attribute.label_ != "route" or shared.attribute.end_char > shared.drug.start_char:
        return False
    return shared.drug.text.lower() in ("fluid", "fluids") or any(
        x.drug is shared.drug and x.attribute.label_ == "form" and x.attribute.start_char >= x.drug.end_char
        for x in links
    )


_MEMBERS = re.compile(
    r"^\s*(?:\w+ )?(?:prophylaxis|therapy|treatment|coverage|regimen|agents?|drugs?|medications?|combination|cocktail)?\s*(?:was |were )?(?:started |given |initiated |administered )?"
    r"(?:(?:for|of|against) (?:[\w'-]+ ){1,5})?(?:with|including|which included|such as|consisting of|(?:that |which )?(?:each )?(?:consist(?:ed|s)|contain(?:ed|s|ing))(?: of)?|comprising|namely|of|\(|:)\s*(?:the |a |an |intravenous |oral |iv )*$",
    re.IGNORECASE,
)


def _members(text: str, ordered: list[Span], links: list[Link]) -> list[Link]:
    """ "Oral steroids (prednisolone 40 mg)", "intravenous antibiotics with A and B": what is told of the class is told of its members."""
    extra = []
    for i, head in enumerate(ordered[:-1]):
        follower = ordered[i + 1]
        between = without(
            text,
            head.end_char,
            follower.start_char,
            [x.attribute for x in links if head.end_char <= x.attribute.start_char < follower.start_char],
        )
        if head._.code or not _MEMBERS.match(between):
            continue
        members = [follower]
        for left, right in pairwise(ordered[i + 1 :]):
            inside = [
                x.attribute
                for x in links
                if left.end_char <= x.attribute.start_char and x.attribute.end_char <= right.start_char
            ]
            if not _COORDINATION.match(outside_brackets(without(text, left.end_char, right.start_char, inside))):
                break
            members.append(right)
        for x in links:
            if x.drug is head and x.attribute.label_ in SHARED:
                holders = {id(y.drug) for y in links if y.attribute.label_ == x.attribute.label_}
                extra += [Link(m, x.attribute, round(x.confidence * 0.85, 2)) for m in members if id(m) not in holders]
    return extra


def without(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    """text[start:end] with the spans cut out."""
    parts, at = [], start
    for s in sorted(spans, key=lambda s: s.start_char):
        if s.start_char >= at:
            parts.append(text[at : s.start_char])
            at = s.end_char
    parts.append(text[at:end])
    return " ".join(parts)


def outside_brackets(text: str) -> str:
    """The text without what stands in brackets (makers, brands), also where a bracket only closes in it."""
    text = re.sub(r"\([^()]*\)", " ", re.sub(r"^[^()]*\)", " ", text))
    return re.sub(r"[()\[\]]", " ", text)
