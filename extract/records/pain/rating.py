"""`Rating`, one rating of pain by the patient: made by `extract.records.pain.ratings`, put in time by `phases`, tied to a drug by `relief`."""

from __future__ import annotations

from dataclasses import dataclass

from extract.language.mention import Mention, Sentence
from extract.records.treatments.regimen import Regimen


@dataclass(slots=True)
class Rating:
    """One rating of pain. Values in points of the scale; `treatment` the regimen it followed or preceded."""

    span: Mention
    sentence: Sentence
    value: float
    value_max: float | None
    scale_max: float | None
    scale: str
    phase: str = ""
    when_text: str = ""
    site: str = ""
    confidence: float = 1.0
    treatment: Regimen | None = None
    inferred: bool = False  # words stand for the number: "pain-free" is 0
