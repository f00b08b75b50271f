"""How a medicine is made up: volumes ("15 mL") and mixing ratios ("1:1 with petrolatum", adrenaline "1:200,000").

Pure functions on a mention's text. Whether "1:80" is a ratio or a titre only its surroundings tell: that is the
business of `extract.language.finders`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.language.quantities.dose import parse_dose
from extract.language.quantities.parts import GAP, SPACE, plain

_ML = {"mL": 1.0, "L": 1000.0, "uL": 0.001}
_TERM = r"\d{1,3}(?:[ ,\u2009]?\d{3})*(?:\.\d+)?"
#: "1:1", "1 : 2", "1:1:1", "1-to-1", "1:200,000"
NUMERIC_RATIO = rf"(?:{_TERM}(?:{GAP}[:∶]{GAP}{_TERM}){{1,3}}(?![\d:]|\.\d)|\d{{1,2}}[-\s]to[-\s]\d{{1,2}}(?=[-\s](?:ratio|mix|dilut)|$))"
EQUAL_PARTS = rf"(?i:equal{SPACE}(?:parts?|amounts?|volumes?|proportions?|quantit(?:y|ies)))"
_RATIO = re.compile(rf"(?<![\d:.]){NUMERIC_RATIO}")
_EQUAL = re.compile(EQUAL_PARTS)
_ONE_TO_ONE = re.compile(r"(?i)\bone[-\s](?:to|part\w*\sto|is\sto)[-\s]one\b|\bhalf[-\s]and[-\s]half\b")


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume in millilitres, or a range of them."""

    ml: float
    ml_max: float | None = None

    def __str__(self) -> str:
        return f"{plain(self.ml)}{f'-{plain(self.ml_max)}' if self.ml_max is not None else ''} mL"


def parse_volume(text: str) -> Volume | None:
    """The volume told in `text`, in mL; None when its first amount is not a volume."""
    dose = parse_dose(text)
    if dose is None:
        return None
    if dose.amount_unit in _ML and dose.amount is not None:
        return Volume(dose.amount * _ML[dose.amount_unit])
    if dose.unit not in _ML:
        return None
    factor = _ML[dose.unit]
    return Volume(dose.value * factor, dose.value_max * factor if dose.value_max is not None else None)


def parse_ratio(text: str) -> str | None:
    """The ratio told in `text` as "1:1", "1:1:1", "1:200000"; equal parts are "1:1". None when there is none."""
    if match := _RATIO.search(text):
        terms = re.split(r"[:∶]|[-\s]to[-\s]", match[0])
        return ":".join(plain(float(re.sub(r"[ ,\u2009\s]", "", term))) for term in terms)
    return "1:1" if _EQUAL.search(text) or _ONE_TO_ONE.search(text) else None
