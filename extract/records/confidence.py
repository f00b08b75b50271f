"""How sure a row of a fact table is: a logistic model over what is known of it.

In: a `Finding`, a row-to-be of a treatment, a `Rating`, a `Person`. Out: a probability that a curator would keep the row as it is,
and for findings whether it is enough for a row. The weights stand in `rules/confidence.csv`; they were fitted on record-level gold
by `pipelines.train.confidence`, which anybody can run on their own curated reports. What counts as right is told there.

The features (all between 0 and about 2, so that weights compare), by table:

    diagnoses
        model, mean    the surest, and the mean confidence of its mentions (model: 0 when the model proposed none)
        vocabulary     whether a vocabulary or an abbreviation proposed it too
        agreed         whether the model's case-report head and a disease head both proposed it
        code           similarity to its ICD-10-CM title, 0 without a code
        often          logarithm of its number of mentions, to base 10
        title, abstract, case, talk     whether it is told there
        announced      whether words like "was diagnosed with" stand beside it
        absent, possible, historical    its assertion
        words, lower   number of words of its name, in tens; whether it is several words in lower case
    treatments
        model, code, often, case, talk  as above, of the drug; code: whether it has one
        links          the confidence of the links of its regimen
        parts          how many attributes the regimen has, in fives
        dose, frequency, duration, route    whether they are told: each can be wrong
        later          whether the regimen is not the drug's first
        exposure, unreal, ended             status exposure; declined, avoided or planned; stopped or failed
    pain_scores
        model          confidence of the mention
        scale, ending  whether the scale is named, and its end told
        talk           told outside the report proper
    cases
        aged, sexed    whether age and sex are told
        several        more index patients than one
        case           introduced in the report proper
"""

from __future__ import annotations

import math
from functools import cache

from extract.language.mention import Sentence
from extract.language.sections import CASE, COMMENTARY
from extract.records.diagnoses.group import Finding, announced, choose_primary
from extract.records.pain.rating import Rating
from extract.records.patients.cohort import Cohort, Person
from extract.records.rule_files import WEIGHTS
from extract.records.treatments.regimen import DrugCourse
from extract.records.treatments.rows import TreatmentRow

#: the features of each table, in the order of the weights file
FEATURES: dict[str, tuple[str, ...]] = {
    "diagnoses": (
        "bias", "model", "mean", "vocabulary", "agreed", "code", "often", "title", "abstract", "case", "talk", "announced",
        "absent", "possible", "historical", "words", "lower",
    ),
    "treatments": (
        "bias", "model", "code", "often", "case", "talk", "links", "parts", "dose", "frequency", "duration", "route", "later",
        "exposure", "unreal", "ended",
    ),
    "pain_scores": ("bias", "model", "scale", "ending", "talk"),
    "cases": ("bias", "aged", "sexed", "several", "case"),
}  # fmt: skip


def of_finding(finding: Finding) -> dict[str, float]:
    """A diagnosis as numbers."""
    spans = [m for m, _ in finding.mentions]
    sections = {s.section for _, s in finding.mentions}
    model = [m.confidence for m in spans if m.heads or m.origin == "model"]
    heads = {h for m in spans for h in m.heads.split("; ")}
    name = finding.text
    return {
        "bias": 1.0,
        "model": max(model, default=0.0),
        "mean": sum(m.confidence for m in spans) / len(spans),
        "vocabulary": float(any(m.origin in ("vocabulary", "abbreviation") for m in spans)),
        "agreed": float("maccrobat" in heads and bool(heads & {"bc5cdr", "ncbi"})),
        "code": max((m.code_score or 0.0 for m in spans), default=0.0),
        "often": math.log10(len(spans)),
        "title": float("title" in sections),
        "abstract": float("abstract" in sections),
        "case": float(bool(sections & CASE)),
        "talk": float(bool(sections & COMMENTARY)),
        "announced": float(any(announced(m, s) for m, s in finding.mentions)),
        "absent": float(finding.assertion == "absent"),
        "possible": float(finding.assertion == "possible"),
        "historical": float(finding.assertion == "historical"),
        "words": min(len(name.split()), 10) / 10,
        "lower": float(name.islower() and " " in name),
    }


def of_treatment(course: DrugCourse, line: TreatmentRow, place: int) -> dict[str, float]:
    """A row of a drug as numbers; `place`: 0 for its first row."""
    spans = [m for m, _ in course.mentions] or [line.span]
    sections = {s.section for _, s in course.mentions} | {line.regimen.sentence.section}
    parts = line.regimen.parts
    return {
        "bias": 1.0,
        "model": max(m.confidence for m in spans),
        "code": float(bool(line.span.code)),
        "often": math.log10(len(spans)),
        "case": float(bool(sections & CASE)),
        "talk": float(not sections & CASE),
        "links": line.regimen.confidence if parts else 1.0,
        "parts": min(len(parts), 10) / 5,
        **{name: float(name in parts) for name in ("dose", "frequency", "duration", "route")},
        "later": float(place > 0),
        "exposure": float(line.status == "exposure"),
        "unreal": float(line.status in ("declined", "avoided", "planned")),
        "ended": float(line.status in ("stopped", "failed")),
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
    """The fitted weights of a table, by feature, and for diagnoses the `threshold` under which a finding makes no row."""
    return {row["feature"]: row["weight"] for row in WEIGHTS if row["table"] == table}


def confidence(table: str, features: dict[str, float]) -> float:
    """Probability that a curator would keep the row, from 0 to 1."""
    w = weights(table)
    z = sum(w.get(name, 0.0) * value for name, value in features.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


def sure(found: list[Finding]) -> list[Finding]:
    """The findings sure enough for a row of the diagnoses table, the primary ones marked; the mentions of others stay in theirs."""
    threshold = weights("diagnoses").get("threshold", 0.0)
    kept = [f for f in found if confidence("diagnoses", of_finding(f)) >= threshold]
    choose_primary(kept)
    return kept
