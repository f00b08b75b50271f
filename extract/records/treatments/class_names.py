"""A class told beside the drug that it is: "high-dose steroids (prednisolone 60 mg/d)", "tadalafil, a PDE5 inhibitor".

In: the drugs of a sentence. Out: for each class the drug beside it that bears its name, so that both are one drug with one course. A class
whose several drugs are told with it ("antibiotics (A and B)") is none of them, nor is one that the drug is known not to be of.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.language.mention import Mention, Sentence
from extract.language.terms.drugs import is_class
from extract.records.rule_files import cue
from extract.records.treatments.class_members import has_members, is_member
from extract.records.treatments.coordination import coordinated, without
from extract.records.treatments.regimen import drug_key


def named_classes(s: Sentence, drugs: Sequence[Mention], attributes: Sequence[Mention]) -> dict[Mention, Mention]:
    """The classes among the drugs of a sentence that are told beside their drug, each with it."""
    found: dict[Mention, Mention] = {}
    chains = {id(c[0]): c for c in coordinated(s.tokens.all_text, drugs, attributes)}
    for left, right in pairwise(drugs):
        if _is_class(left) == _is_class(right):
            continue
        inside = [a for a in attributes if left.end <= a.start and a.end <= right.start]
        between = without(s.tokens.all_text, left.end, right.start, inside)
        if _is_class(right):
            beside = between == " " or cue("class_ahead", "links.csv").fullmatch(between)  # "warfarin anticoagulation"
            if beside and _may_be(left, right):
                found[right] = left
        elif (
            (
                cue("class_behind", "links.csv").match(between)
                or (between.strip() == "," and _is_told_first(left, right))
            )
            and _may_be(right, left)
            and not _heads_a_list(s, left, chains.get(id(right), [right]), drugs)
        ):
            found[left] = right
    return found


def _may_be(drug: Mention, of_class: Mention) -> bool:
    """Whether a drug can be the class told beside it: "aspirin, a statin and a diuretic" are three drugs."""
    return not drug.code or is_member(drug_key(drug), of_class.name) or not has_members(of_class.name)


def _is_told_first(of_class: Mention, drug: Mention) -> bool:
    """Whether one drug of a class follows a comma as its name: "the BRAF inhibitor, vemurafenib, was stopped"."""
    return not of_class.text.lower().endswith("s") and is_member(drug_key(drug), of_class.name)


def _heads_a_list(s: Sentence, head: Mention, chain: Sequence[Mention], drugs: Sequence[Mention]) -> bool:
    """Whether more than one drug is told with a class: "antibiotics (A, B)", "steroids: A and B"."""
    if "(" in s.between(head, chain[0]):
        end = chain[0].end + len(s.after(chain[0]).split(")")[0])
        return sum(chain[0].start <= d.start < end for d in drugs) > 1
    return len(chain) > 1


def _is_class(d: Mention) -> bool:
    return is_class(d.name.lower()) or is_class(d.text.lower())
