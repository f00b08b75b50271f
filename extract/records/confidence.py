"""How sure a diagnosis row is: a logistic model over what is known of its mentions.

In: a `Finding`. Out: a probability, and whether it is enough for a row. The weights stand in `rules/confidence.csv`; they were
fitted on record-level gold by `pipelines.train.confidence`, which anybody can run on their own curated reports. A threshold
of 0.5 on the column keeps what is more likely right than wrong.

The features (all between 0 and about 2, so that weights compare):
    model      the mention model's surest confidence in it (0 when it proposed none)
    mean       the mean confidence of its mentions
    vocabulary whether a vocabulary or an abbreviation proposed it too
    agreed     whether the model's case-report head and a disease head both proposed it
    code       similarity to its ICD-10-CM title, 0 without a code
    often      logarithm of its number of mentions, to base 10
    title, abstract, case, talk     whether it is told there
    announced  whether words like "was diagnosed with" stand beside it
    absent, possible, historical    its assertion
    words      number of words of its fullest name, in tens
    lower      whether its name is more than one word of plain lower case
"""

from __future__ import annotations

import math
from functools import cache

from extract.records.cues import rows
from extract.records.diagnoses import Finding, announced, choose_primary
from extract.records.sentences import NARRATIVE, TALK

FEATURES = (
    "bias", "model", "mean", "vocabulary", "agreed", "code", "often", "title", "abstract", "case", "talk", "announced", "absent",
    "possible", "historical", "words", "lower",
)  # fmt: skip


def features(finding: Finding) -> dict[str, float]:
    """The finding as numbers; see the module's docstring."""
    spans = [m for m, _ in finding.mentions]
    sections = {s.section for _, s in finding.mentions}
    model = [m._.confidence for m in spans if m._.heads or m._.origin == "model"]
    heads = {h for m in spans for h in m._.heads.split("; ")}
    name = finding.text
    return {
        "bias": 1.0,
        "model": max(model, default=0.0),
        "mean": sum(m._.confidence for m in spans) / len(spans),
        "vocabulary": float(any(m._.origin in ("vocabulary", "abbreviation") for m in spans)),
        "agreed": float("maccrobat" in heads and bool(heads & {"bc5cdr", "ncbi"})),
        "code": max((m._.code_score or 0.0 for m in spans), default=0.0),
        "often": math.log10(len(spans)),
        "title": float("title" in sections),
        "abstract": float("abstract" in sections),
        "case": float(bool(sections & NARRATIVE)),
        "talk": float(bool(sections & TALK)),
        "announced": float(any(announced(m, s) for m, s in finding.mentions)),
        "absent": float(finding.assertion == "absent"),
        "possible": float(finding.assertion == "possible"),
        "historical": float(finding.assertion == "historical"),
        "words": min(len(name.split()), 10) / 10,
        "lower": float(name.islower() and " " in name),
    }


@cache
def weights() -> dict[str, float]:
    """The fitted weights, by feature, and the `threshold` under which a finding makes no row."""
    return {r["feature"]: float(r["weight"]) for r in rows("confidence.csv")}


def confidence(finding: Finding) -> float:
    """Probability that a curator would keep the diagnosis, from 0 to 1."""
    w = weights()
    z = sum(w.get(name, 0.0) * value for name, value in features(finding).items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, z))))


def sure(found: list[Finding]) -> list[Finding]:
    """The findings sure enough for a row of the diagnoses table, the primary ones marked; the mentions of others stay in theirs."""
    kept = [f for f in found if confidence(f) >= weights().get("threshold", 0.0)]
    choose_primary(kept)
    return kept
