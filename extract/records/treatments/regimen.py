"""A drug's regimens as facts: what a regimen consists of, and when two of its values are the same.

In: mentions that were found to belong together. Out: `Regimen` (one way a drug was dosed) and `DrugCourse` (all that a report
tells of one drug for one person).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.language.mention import Mention, Sentence
from extract.language.quantities import dose_of, parse_frequency
from extract.records.treatments.coordination import Link
from extract.records.treatments.durations import length, measured

#: statuses of a drug that was really taken
TAKEN = ("given", "stopped", "failed", "")


@dataclass(slots=True)
class Regimen:
    """One way a drug was dosed. Attributes by label; `drug` is the mention they were told of."""

    drug: Mention
    sentence: Sentence
    status: str
    parts: dict[str, Mention] = field(default_factory=dict)
    confidence: float = 1.0
    whole: bool = False  # how long the drug under way was given, told in passing
    again: Sentence | None = None  # where it was told of last, when it was told more than once
    links: list[Link] = field(
        default_factory=list
    )  # why its attributes are this drug's; none of a drug spoken of before

    @property
    def last(self) -> Sentence:
        """The sentence that told of it last."""
        return self.again or self.sentence

    def values(self) -> dict[str, object]:
        """Its parts as comparable values, so that "20 mg" and "20 milligrams" are the same; "prolonged" is no value."""
        return {label: value(label, span) for label, span in self.parts.items() if not vague(label, span)}


@dataclass(slots=True)
class DrugCourse:
    """All that a report tells of one drug for one person: mentions, statuses, regimens."""

    key: str
    mentions: list[tuple[Mention, Sentence]] = field(default_factory=list)
    regimens: list[Regimen] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)  # what each mention tells of the drug, in their order
    no_help: str = ""  # words that tell that it did not help, before another drug was begun
    by_class: str = ""  # its class, where what the class came to is what it came to


def drug_key(drug: Mention) -> str:
    """What makes two mentions the same drug: the generic name."""
    return (drug.norm or drug.long_form or drug.text).lower()


def vague(label: str, span: Mention) -> bool:
    """A duration that only says long or short."""
    return label == "duration" and not measured(span) and length(span) is None


def value(label: str, span: Mention) -> object:
    """What a mention amounts to, so that two ways to write the same are equal: numbers with units, times a day, days; else its name."""
    text = span.text
    if label == "dose":
        dose = dose_of(span)
        return (dose.value, dose.value_max, dose.unit) if dose else text.lower()
    if label == "frequency":
        frequency = parse_frequency(text)
        return frequency.per_day if frequency and frequency.per_day is not None else text.lower()
    if label == "duration":
        days = length(span)
        return days if days is not None else text.lower()
    return (span.norm or text).lower()
