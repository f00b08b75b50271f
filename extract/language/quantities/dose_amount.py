"""An amount in running text, with what the decisions on it look at: under `dose_mentions` and `dose_strength`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from extract.language.quantities.dose import Dose
from extract.language.quantities.mention import QuantityMention, after, before
from extract.language.quantities.mixing import Volume
from extract.language.quantities.units import ROLES

DoseMention = QuantityMention[Dose | Volume]

GIVEN = re.compile(
    r"\b(?:giv|receiv|administ|treat|inject|infus|start|prescri|tak|took|bolus|dose|load|add|replac|supplement|therapy|resuscit|hydrat)",
    re.IGNORECASE,
)

#: between a medicine and its amount
_RIGHT_BEFORE = re.compile(r"[\s(:=,\[]{1,3}(?:(?:at|of|at a dose of|dose of)\s)?")

#: (start, end) of a medicine's name
Place = tuple[int, int]


@dataclass(frozen=True)
class Amount:
    """An amount in a text: what it is written as, says and stands beside. `previous`: the mention told before it."""

    text: str
    start: int
    end: int
    dose: Dose
    previous: DoseMention | None
    drugs: Sequence[Place]

    @property
    def written(self) -> str:
        """Its words."""
        return self.text[self.start : self.end]

    @property
    def role(self) -> str:
        """The role of its unit: "dose", "volume", "count", "lab" ... (rules/units.csv)."""
        return ROLES.get(self.dose.unit.split("/")[0], "")

    @cached_property
    def lead(self) -> str:
        """What stands before it in its clause."""
        return before(self.text, self.start, 60)

    @cached_property
    def rest(self) -> str:
        """What stands behind it in its clause."""
        return after(self.text, self.end, 60)

    @cached_property
    def drug_before(self) -> int | None:
        """Where the medicine begins whose name stands right before it: "insulin (0.1 units/kg/h)"; None where none does."""
        return next(
            (a for a, b in self.drugs if b <= self.start and _RIGHT_BEFORE.fullmatch(self.text, b, self.start)), None
        )

    @property
    def given(self) -> bool:
        """Whether a word of giving stands before it."""
        return bool(GIVEN.search(self.lead))

    def mention(
        self, confidence: float, value: Dose | Volume | None = None, start: int | None = None, end: int | None = None
    ) -> DoseMention:
        """It as a mention: of its own dose and characters, unless others are told."""
        value = self.dose if value is None else value
        label = "volume" if isinstance(value, Volume) else "dose"
        start, end = self.start if start is None else start, self.end if end is None else end
        return QuantityMention(label, start, end, value, confidence)
