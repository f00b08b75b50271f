"""How a medicine is made up: volumes ("15 mL") and mixing ratios ("1:1 with petrolatum", adrenaline "1:200,000").

`parse_volume` and `parse_ratio` are pure functions on a mention's text; `find_ratios` tells ratios in running text from
titres, scales, times and proportions of patients (rules/ratio_words.csv). Volumes are found with the doses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from extract.language.quantities.dose import Dose, parse_dose
from extract.language.quantities.mention import QuantityMention, after, before
from extract.language.quantities.numbers import NUMBER, parse_number
from extract.language.quantities.parts import GAP, SPACE, plain
from extract.language.rule_files import RATIO_WORDS
from extract.rules.compiling import compiled
from extract.rules.scanning import Scanner

_ML = {"mL": 1.0, "L": 1000.0, "uL": 0.001}
_TERM = r"\d{1,3}(?:[ ,\u2009]?\d{3})*(?:\.\d+)?"
_COLON = rf"{_TERM}(?:{GAP}[:∶]{GAP}{_TERM}){{1,3}}(?![\d:]|\.\d)"
_DIGITS_TO = r"(?:(?<=ratio of )\d{1,2}\sto\s\d{1,2}|\d{1,2}[-\s]to[-\s]\d{1,2}(?=[-\s](?:ratio|mix|dilut)|$))"
#: "1:1", "1 : 2", "1:1:1", "1-to-1", "1:200,000"
NUMERIC_RATIO = rf"(?:{_COLON}|{_DIGITS_TO})"
EQUAL_PARTS = rf"(?i:equal{SPACE}(?:parts?|amounts?|volumes?|proportions?|quantit(?:y|ies)))"
_NUMERIC = compiled(rf"(?<![\d:.]){NUMERIC_RATIO}")
#: "0.5/0.7 (v/v)", and premixed insulin, whose two shares are 100: "70/30", "30/70"
_SLASHED = r"(?<![\w./])\d{1,3}(?:\.\d+)?/\d{1,3}(?:\.\d+)?(?![\d/]|\.\d)"
#: "1 part of X with 3 parts of Y"
_PARTS = rf"(?<![\w.])(?P<first>{NUMBER}){SPACE}parts?\b[^.;:()]{{1,60}}?\b(?:to|with|and|in|plus){SPACE}(?P<second>{NUMBER}){SPACE}parts?\b"
#: "adrenaline 1 in 200,000", "diluted one in four"
_ONE_IN = rf"(?<![\w.,/])(?P<one>1|(?i:one)){SPACE}in{SPACE}(?P<in>\d{{1,3}}(?:[ ,\u2009]?\d{{3}})*|(?i:two|three|four|five|six|eight|ten|twenty))(?!\.\d|[\d%]|\w)"
_IN_PARTS = compiled(_PARTS)
_EQUAL = compiled(EQUAL_PARTS)
_ONE_TO_ONE = compiled(
    r"(?i)\bone[-\s](?:to|part\w*\sto|is\sto)[-\s]one\b|\bhalf[-\s]and[-\s]half\b|\bfifty[-\s]fifty\b"
)

_RATIO = Scanner(
    rf"(?<![\w:.,/]){NUMERIC_RATIO}|\b{EQUAL_PARTS}|(?i:\bone[-\s](?:to|is\sto)[-\s]one\b|\bfifty[-\s]fifty\b|\bhalf[-\s]and[-\s]half\b)"
    rf"|{_PARTS}|{_SLASHED}|{_ONE_IN}"
)
_BY_VOLUME = compiled(r"\s*\(?[vw]\s?/\s?[vw]\b")
#: "1:20, 1:40 and 1:80" is a series of dilutions of a test
_SERIAL = compiled(r"\s*(?:,|and|or|to)\s*(?:and\s)?1\s?:\s?\d")
_RATIO_WORD = compiled(r"[-\s]*(?:\([^)]*\)\s*)?(?:ratio|mixture|mix\b|dilution|solution|with\b|\(?[vw]/[vw])")
_PARTS_OF = compiled(r"equal\s(?:parts?|volumes?)", re.IGNORECASE)
_KIND = {kind: RATIO_WORDS.pattern(kind) for kind in RATIO_WORDS.kinds}


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume in millilitres, or a range of them."""

    ml: float
    ml_max: float | None = None

    def __str__(self) -> str:
        return f"{plain(self.ml)}{f'-{plain(self.ml_max)}' if self.ml_max is not None else ''} mL"


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many parts of each: (1, 1), (1, 1, 1), (1, 200000)."""

    terms: tuple[float, ...]

    def __str__(self) -> str:
        return ":".join(map(plain, self.terms))


def parse_volume(text: str) -> Volume | None:
    """The volume told in `text`, in mL; None when its first amount is not a volume."""
    dose = parse_dose(text)
    return volume_of(dose) if dose is not None else None


def volume_of(dose: Dose) -> Volume | None:
    """The volume that a dose is, or that its strength fills; None for anything else."""
    if dose.amount_unit in _ML and dose.amount is not None:
        return Volume(dose.amount * _ML[dose.amount_unit])
    if dose.unit not in _ML:
        return None
    factor = _ML[dose.unit]
    return Volume(dose.value * factor, dose.value_max * factor if dose.value_max is not None else None)


def parse_ratio(text: str) -> Ratio | None:
    """The ratio told in `text`, printed as "1:1", "1:1:1", "1:200000"; equal parts are 1:1. None when there is none."""
    if match := _NUMERIC.search(text):
        terms = re.split(r"[:∶]|[-\s]to[-\s]", match[0])
        return Ratio(tuple(float(re.sub(r"[ ,\u2009\s]", "", term)) for term in terms))
    if match := _IN_PARTS.search(text) or re.search(_ONE_IN, text):
        groups = ("first", "second") if "first" in match.re.groupindex else ("one", "in")
        parts = [parse_number(match[group]) for group in groups]
        return Ratio(tuple(part for part in parts if part)) if all(parts) else None
    if match := re.search(_SLASHED, text):
        return Ratio(tuple(float(term) for term in match[0].split("/")))
    return Ratio((1.0, 1.0)) if _EQUAL.search(text) or _ONE_TO_ONE.search(text) else None


def _company(written: str) -> Callable[[str, str], object] | None:
    """What must stand before or behind a notation that usually tells another thing; None for those that need nothing."""
    if re.fullmatch(_SLASHED, written):
        shares = sum(map(float, written.split("/")))
        return lambda lead, rest: (
            _BY_VOLUME.match(rest)
            or (shares == 100 and (_KIND["premix"].search(lead[-40:]) or _KIND["premix"].match(rest)))
        )
    if re.fullmatch(_ONE_IN, written):
        return lambda lead, rest: _KIND["dilution"].search(lead[-40:]) or re.match(r"\s*(?:dilution|solution)\b", rest)
    return None


def find_ratios(text: str) -> list[QuantityMention[Ratio]]:
    """Mentions of ratios in which something is mixed or diluted, in order."""
    mentions = []
    for match in _RATIO.finditer(text):
        start, end = match.span()
        ratio = parse_ratio(match[0])
        if ratio is None:
            continue
        lead, rest = before(text, start, 60), after(text, end, 50)
        if _KIND["other"].search(lead[-35:]) or _KIND["other"].match(rest.lstrip()):
            continue
        if text[:start].rstrip().endswith(":") or _SERIAL.match(text, end):
            continue
        if (wanted := _company(match[0])) is not None and not wanted(lead, rest):
            continue
        dilution = ratio.terms[0] == 1 and ratio.terms[-1] >= 1000
        dilution = dilution or bool(_PARTS_OF.fullmatch(match[0]) and rest.lstrip().startswith(("of ", "with ")))
        dilution = dilution or _company(match[0]) is not None or bool(match["first"]) or lead.endswith("in ")
        if dilution or _RATIO_WORD.match(rest) or _KIND["mix"].search(lead) or _KIND["mix"].search(rest):
            mentions.append(QuantityMention("ratio", start, end, ratio, 0.95 if not dilution else 0.9))
    return mentions
