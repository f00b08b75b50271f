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
from itertools import pairwise

from spacy.tokens import Span

ATTRIBUTES = ("dose", "volume", "ratio", "form", "vehicle", "route", "site", "frequency", "duration")
#: attributes that coordinated drugs share when only one is told
SHARED = ("route", "frequency", "duration", "vehicle", "site", "form")

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
}
LIMIT = 9.0
#: words between that count; a sentence about one drug may be long
FAR = 12

_JOIN_BEFORE = re.compile(  # attribute, then drug: "20 mg of oral prednisone", "daily prednisone", "5% topical X"
    r"^\s*(?:of\b|a day of\b|each of\b|(?:dose|doses|course|courses|injections?|infusions?|solution|mixture|concentration|tablets?|boluse?s?|cycles?) of\b)?\s*"
    r"(?:the\b|a\b|an\b|same\b|oral\b|intravenous\b|iv\b|i\.v\.|topical\b|inhaled\b|intramuscular\b|subcutaneous\b|systemic\b|daily\b|weekly\b|dose\b|pulsed?\b|racemic\b|liposomal\b|recombinant\b|pegylated\b|human\b|plain\b|concentrated\b|diluted\b|additional\b|further\b|[\s()\"'’])*$",
    re.IGNORECASE,
)
_JOIN_AFTER = re.compile(  # drug, then attribute: "prednisone at a dose of 20 mg", "prednisone (20 mg", "prednisone 20 mg"
    r"^[\s,(\[:–-]*(?:(?:therapy|treatment|tablets?|capsules?|injections?|infusions?|cream|ointment|gel|solution|suspension|syrup|drops?)\b)?[\s,(\[:–-]*"
    r"(?:was|were|is|had been|has been)?\s*(?:started|given|administered|initiated|prescribed|commenced|added|used|applied|continued|increased|reduced|decreased|tapered|titrated)?\s*"
    r"(?:at|in|with|to|by|for|as|of|via|over|up to)?\s*(?:a|an|the)?\s*(?:total|initial|starting|maintenance|loading|daily|single|low|high|oral|fixed)?\s*"
    r"(?:dose|doses|dosage|rate|concentration|strength)?\s*(?:of|at)?[\s(\[]*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;]|\b(?:while|whereas|but|which was|and was|until|after which|because|due to|instead of|switched to|replaced (?:by|with)|changed to)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:increased|raised|escalated|reduced|decreased|lowered|tapered|titrated|doubled|halved|uptitrated|weaned)\b[^.;]{0,40}\b(?:to|at|until)\s*$",
    re.IGNORECASE,
)
_COORDINATION = re.compile(
    r"^[\s,/+&]*(?:and/or|and then|and|or|plus|with|as well as|along with|together with|in combination with|combined with|followed by|&)?[\s,]*(?:oral|intravenous|topical|iv|the|a)?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """An attribute, the drug it belongs to, and how sure that is (0 to 1)."""

    drug: Span
    attribute: Span
    confidence: float


def link(
    drugs: Sequence[Span],
    attributes: Sequence[Span],
    text: str | None = None,
    fits: Callable[[Span, Span], bool] = lambda drug, attribute: True,
) -> list[Link]:
    """The links of one sentence (or of any short stretch of one document). No drugs: no links.

    `text` is the document's, for callers that have it: spaCy joins it anew at every look. `fits` says whether a drug can
    have an attribute at all.
    """
    if not drugs or not attributes:
        return []
    text = text if text is not None else drugs[0].doc.text
    dealt = _respectively(text, drugs, attributes)
    links = list(dealt)
    settled = {id(x.attribute) for x in dealt}
    for attribute in attributes:
        if id(attribute) in settled:
            continue
        costs = [(_cost(text, d, attribute, drugs, attributes), d) for d in drugs if fits(d, attribute)]
        cost, drug = min(costs, key=lambda c: c[0], default=(LIMIT + 1, drugs[0]))
        if cost <= LIMIT:
            links.append(Link(drug, attribute, round(max(0.3, 1.0 - cost / (LIMIT * 1.6)), 2)))
    return links + [x for x in _shared(text, drugs, attributes, links) if fits(x.drug, x.attribute)]


def _cost(text: str, drug: Span, attribute: Span, drugs: Sequence[Span], attributes: Sequence[Span]) -> float:
    if drug.start_char < attribute.end_char and attribute.start_char < drug.end_char:
        return 0.0  # "topical STS": the route stands inside the drug's name
    after = attribute.start_char >= drug.end_char
    start, end = (drug.end_char, attribute.start_char) if after else (attribute.end_char, drug.start_char)
    between = text[start:end]
    if after and re.search(r"\b(?:with|of)$", attribute.text, re.IGNORECASE):
        return LIMIT + 1  # "washed with X", "injections of X": never the drug before it
    crossed = [d for d in drugs if d is not drug and start <= d.start_char and d.end_char <= end]
    bare = _without(text, start, end, [a for a in attributes if start <= a.start_char and a.end_char <= end])
    bare = re.sub(r"\((?:or|about|approximately|max\w*|i\.e\.)[^()]*\)", " ", bare)  # "400 mg (or higher) X"
    cost = COSTS["drug"] * len(crossed)
    joined = (_JOIN_AFTER if after else _JOIN_BEFORE).match(bare)
    if joined and not crossed:
        # both neighbours may be joined: "prednisone 20 mg and 5 mg of X"; the tighter one wins by its words
        tight = not after and (
            not between.strip()
            if attribute.label_ in ("route", "form")
            else attribute.label_ in ("dose", "volume", "ratio") and re.match(r"\s*(?:%|of\b|\S{0,2}$)", between)
        )
        return (0.0 if tight else 0.3) + 0.05 * len(between.split())
    cost += (
        COSTS["loose"]
        + COSTS["word"] * min(FAR, len(re.findall(r"\w+", bare)))
        + COSTS["comma"] * min(4, bare.count(","))
    )
    clauses = len(_CLAUSE.findall(between))
    cost += COSTS["clause"] * (min(1, clauses) if len(drugs) == 1 else clauses)
    if not after:
        cost += COSTS["before"] + (
            COSTS["changed"] if _CHANGED.search(text[max(0, attribute.start_char - 80) : attribute.start_char]) else 0.0
        )
    rivals = [
        a
        for a in attributes
        if a.label_ == attribute.label_ and a is not attribute and start <= a.start_char and a.end_char <= end
    ]
    return cost + COSTS["rival"] * len(rivals) * (0.3 if after else 1.0)


def _without(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    """text[start:end] with the spans cut out."""
    parts, at = [], start
    for s in sorted(spans, key=lambda s: s.start_char):
        if s.start_char >= at:
            parts.append(text[at : s.start_char])
            at = s.end_char
    parts.append(text[at:end])
    return " ".join(parts)


def _outside_brackets(text: str) -> str:
    """The text without what stands in brackets (makers, brands), also where a bracket only closes in it."""
    text = re.sub(r"\([^()]*\)", " ", re.sub(r"^[^()]*\)", " ", text))
    return re.sub(r"[()\[\]]", " ", text)


def _respectively(text: str, drugs: Sequence[Span], attributes: Sequence[Span]) -> list[Link]:
    """ "A and B at 20 mg and 30 mg, respectively": the n-th to the n-th."""
    match = re.search(
        r"\brespectively\b",
        text[drugs[0].start_char : max(attributes[-1].end_char, drugs[-1].end_char) + 30],
        re.IGNORECASE,
    )
    if not match:
        return []
    links = []
    for label in ("dose", "frequency", "duration", "volume"):
        told = [a for a in attributes if a.label_ == label and a.end_char <= drugs[0].start_char + match.start() + 15]
        if len(told) == len(drugs) > 1:
            links += [Link(d, a, 0.85) for d, a in zip(drugs, told, strict=True)]
    return links


def _shared(text: str, drugs: Sequence[Span], attributes: Sequence[Span], links: list[Link]) -> list[Link]:
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
            if label in ("frequency", "duration") and any(x.attribute.end_char <= chain[0].start_char for x in outer):
                outer = [x for x in outer if x.attribute.start_char >= chain[-1].end_char] or outer
            for x in outer:
                extra += [
                    Link(d, x.attribute, round(x.confidence * 0.85, 2))
                    for d in chain
                    if id(d) not in holders and not _own_way(d, x, links)
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
            _outside_brackets(_without(text, left.end_char, drug.start_char, inside))
        ):
            chains[-1].append(drug)
        else:
            chains.append([drug])
    return chains


def _only_words(dose: Span) -> bool:
    return not any(c.isdigit() for c in dose.text) and dose.text.lower().endswith("doses")


def _own_way(drug: Span, shared: Link, links: Sequence[Link]) -> bool:
    """Whether a drug was given another way than its neighbour, so that what is told of the way is not its: "oral A and topical B cream"."""
    if shared.attribute.label_ not in ("route", "form", "vehicle", "site"):
        return False
    ways = [
        {
            x.attribute._.norm or x.attribute.text.lower()
            for x in links
            if x.drug is d and x.attribute is not shared.attribute and x.attribute.label_ in ("route", "form")
        }
        for d in (drug, shared.drug)
    ]
    return all(ways) and ways[0].isdisjoint(ways[1])


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
        between = _without(
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
            if not _COORDINATION.match(_outside_brackets(_without(text, left.end_char, right.start_char, inside))):
                break
            members.append(right)
        for x in links:
            if x.drug is head and x.attribute.label_ in SHARED:
                holders = {id(y.drug) for y in links if y.attribute.label_ == x.attribute.label_}
                extra += [Link(m, x.attribute, round(x.confidence * 0.85, 2)) for m in members if id(m) not in holders]
    return extra
