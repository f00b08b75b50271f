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

from extract.language.mention import Mention
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
#: between a route and the drug of the route behind it, that one taken out: "topical and [oral] Y"
_PAIRED = re.compile(r"[\s,/]*(?:and|or|and/or|as well as)[\s,/]*", re.IGNORECASE)
_CLAUSE = re.compile(
    r"[;]|\b(?:while|whereas|but|which was|and was|until|after which|because|due to|instead of|switched to|replaced (?:by|with)|changed to)\b",
    re.IGNORECASE,
)
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
            links.append(Link(drug, attribute, round(max(0.3, 1.0 - cost / (LIMIT * 1.6)), 2)))
    return links + [x for x in shared(text, drugs, attributes, links) if fits(x.drug, x.attribute)]


def _cost(
    text: str, drug: Mention, attribute: Mention, drugs: Sequence[Mention], attributes: Sequence[Mention]
) -> float:
    if drug.start < attribute.end and attribute.start < drug.end:
        return 0.0  # "topical STS": the route stands inside the drug's name
    after = attribute.start >= drug.end
    start, end = (drug.end, attribute.start) if after else (attribute.end, drug.start)
    between = text[start:end]
    if after and re.search(r"\b(?:with|of)$", attribute.text, re.IGNORECASE):
        return LIMIT + 1  # "washed with X", "injections of X": never the drug before it
    crossed = [d for d in drugs if d is not drug and start <= d.start and d.end <= end]
    bare = without(text, start, end, [a for a in attributes if start <= a.start and a.end <= end])
    bare = re.sub(r"\((?:or|about|approximately|max\w*|i\.e\.)[^()]*\)", " ", bare)  # "400 mg (or higher) X"
    cost = COSTS["drug"] * len(crossed)
    joined = (_JOIN_AFTER if after else _JOIN_BEFORE).match(bare)
    if joined and not crossed:
        # both neighbours may be joined: "prednisone 20 mg and 5 mg of X"; the tighter one wins by its words
        tight = not after and (
            not between.strip()
            if attribute.label in ("route", "form")
            else attribute.label in ("dose", "volume", "ratio") and re.match(r"\s*(?:%|of\b|\S{0,2}$)", between)
        )
        return (0.0 if tight else 0.3) + 0.05 * len(between.split())
    if attribute.label == "route" and not after and not crossed and _PAIRED.fullmatch(bare):
        return 0.4  # "stopped X and gave topical and oral Y": both ways are those of Y
    cost += (
        COSTS["loose"]
        + COSTS["word"] * min(FAR, len(re.findall(r"\w+", bare)))
        + COSTS["comma"] * min(4, bare.count(","))
    )
    clauses = len(_CLAUSE.findall(between))
    cost += COSTS["clause"] * (min(1, clauses) if len(drugs) == 1 else clauses)
    if not after:
        cost += COSTS["before"] + (
            COSTS["changed"] if _CHANGED.search(text[max(0, attribute.start - 80) : attribute.start]) else 0.0
        )
    rivals = [
        a for a in attributes if a.label == attribute.label and a is not attribute and start <= a.start and a.end <= end
    ]
    return cost + COSTS["rival"] * len(rivals) * (0.3 if after else 1.0)


def _respectively(text: str, drugs: Sequence[Mention], attributes: Sequence[Mention]) -> list[Link]:
    """ "A and B at 20 mg and 30 mg, respectively": the n-th to the n-th."""
    match = re.search(
        r"\brespectively\b",
        text[drugs[0].start : max(attributes[-1].end, drugs[-1].end) + 30],
        re.IGNORECASE,
    )
    if not match:
        return []
    links = []
    for label in ("dose", "frequency", "duration", "volume"):
        told = [a for a in attributes if a.label == label and a.end <= drugs[0].start + match.start() + 15]
        if len(told) == len(drugs) > 1:
            links += [Link(d, a, 0.85) for d, a in zip(drugs, told, strict=True)]
    return links
