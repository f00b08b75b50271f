"""How sure a row of a fact table is: the probability that it is right as it stands, status and every value included.

In: a `Finding`, a row-to-be of a treatment, a `Rating`, a `Person`, and the `View` of their document. Out: a probability, and for findings
whether it is enough for a row. Diagnoses and treatments are judged by boosted trees over the features of `diagnoses` and `treatments`
(`trees`; data, figures and limits: `rules/confidence_trees.md`); a treatment in parts, whose probabilities are multiplied and calibrated: its
drug is the patient's, its status, its duration, the rest of its dosing. Pain scores and cases have a logistic model (`rules/confidence.csv`):

    pain_scores
        model          confidence of the mention
        scale, ending  whether the scale is named, and its end told
        talk           told outside the report proper
    cases
        aged, sexed    whether age and sex are told
        several        more index patients than one
        case           introduced in the report proper

`pipelines.train.confidence` fits both on record-level gold; `casesift train confidence --show` prints features and what they weigh.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

from extract.language.mention import Sentence
from extract.language.sections import CASE
from extract.records.confidence.diagnoses import of_finding
from extract.records.confidence.treatments import of_treatment
from extract.records.confidence.trees import models
from extract.records.confidence.view import View
from extract.records.diagnoses.group import Finding, choose_primary
from extract.records.pain.rating import Rating
from extract.records.patients.cohort import Cohort, Person
from extract.records.rule_files import WEIGHTS

__all__ = ["FEATURES", "View", "confidence", "of_finding", "of_person", "of_rating", "of_treatment", "sure", "weights"]

#: the features of the tables with a logistic model, in the order of the weights file
FEATURES: dict[str, tuple[str, ...]] = {
    "pain_scores": ("bias", "model", "scale", "ending", "talk"),
    "cases": ("bias", "aged", "sexed", "several", "case"),
}


def of_rating(rating: Rating) -> dict[str, float]:
    """A pain score as numbers."""
    return {
        "bias": 1.0,
        "model": rating.confidence,
        "scale": float(bool(rating.scale)),
        "ending": float(rating.scale_max is not None),
        "talk": float(rating.sentence.section not in (*CASE, "table")),
    }


def of_person(person: Person, introduced: Sentence, cohort: Cohort) -> dict[str, float]:
    """A case as numbers."""
    return {
        "bias": 1.0,
        "aged": float(person.intro.age_years is not None),
        "sexed": float(bool(person.intro.sex)),
        "several": float(len(cohort.index) > 1),
        "case": float(introduced.section in CASE or introduced.section == "table"),
    }


@cache
def weights(table: str) -> dict[str, float]:
    """The fitted weights of a table, by feature; of diagnoses the `threshold` under which a finding makes no row."""
    return {row["feature"]: row["weight"] for row in WEIGHTS if row["table"] == table}


def confidence(table: str, features: Mapping[str, float]) -> float:
    """Probability that the row is right as it stands, from 0 to 1."""
    if (model := models().get(table)) is not None:
        return model.probability(features)
    w = weights(table)
    z = sum(w.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


def sure(proposed: Sequence[Finding], person: int, view: View) -> list[Finding]:
    """The findings sure enough for a row of the diagnoses table, the primary ones marked; the mentions of others stay in theirs."""
    threshold = weights("diagnoses").get("threshold", 0.0)
    kept = [f for f in proposed if confidence("diagnoses", of_finding(f, proposed, person, view)) >= threshold]
    choose_primary(kept)
    return kept
