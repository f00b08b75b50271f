"""Doses and volumes in running text, and what only looks like them: laboratory values, fluids drained, weights.

After the notation has been recognised, the surroundings decide: an amount with a laboratory unit (per dL, per L)
or after an analyte (rules/analytes.csv) or before a body fluid (rules/not_given_after.csv) is not a dose; a
percentage is judged by `dose_strength`. The decisions stand in two ordered tables, `NO_DOSE` and `DOSE`: the first that
holds decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from extract.language.quantities.dose import AMOUNT, AUC, TAIL, Dose, parse_dose
from extract.language.quantities.dose_amount import GIVEN, Amount, DoseMention, Place
from extract.language.quantities.dose_strength import IN_CARRIER, is_strength
from extract.language.quantities.mention import QuantityMention, after, before
from extract.language.quantities.mixing import volume_of
from extract.language.quantities.numbers import COUNT, parse_number
from extract.language.quantities.parts import SPACE, rules, spaced
from extract.language.quantities.units import AUC_UNIT, BASE_UNITS
from extract.rules.compiling import compiled
from extract.rules.scanning import Scanner

#: "iodine-131 100 mCi": two numbers, and not 131,100
_MASS_NUMBER = r"(?!(?<=[A-Za-z][-–])\d{1,3}\s\d)"
_AMOUNT = Scanner(rf"(?<![\w.·]){_MASS_NUMBER}(?<!\d[,:/])(?<!\d\ufffd)(?<!\d[-–]\d)(?:{AMOUNT}{TAIL}|{AUC})")
_STRENGTH_OF = compiled(rf"{SPACE}+of{SPACE}+(?={COUNT})|{SPACE}*[@x×]{SPACE}*(?=\d)")
_QUALITATIVE = compiled(
    r"(?<![\w-])(?:(?:very[-\s])?(?:low|high|moderate|medium|intermediate|standard|conventional|full|therapeutic|maximal|maximum"
    r"|minimal|small|large|increasing|escalating|tapering|higher|lower|massive|normal|regular|usual|prophylactic|cumulative)"
    r"[-\s](?:doses?|dosages?|dosed)|overdos(?:e|age)s?)(?!\w)",
    re.IGNORECASE,
)
_PROBABLE_LAB = compiled(
    r"/(?:\([\d.]+\.)?(?:dL|L|uL)\b|^(?:ng|pg|ug|\[IU\]|mmol|umol|mol|meq)/mL|^(?:pg|umol|mol|dL|g/mL)|/(?:(?:mmol|mg|g|mol)\b|\[IU\])"
)
_INFUSED = compiled(
    r"\b(?:infus|epidural|intrathecal|nerve|block|catheter|solution|mixture|pump|at a rate of)", re.IGNORECASE
)
_REFERENCE_AFTER = compiled(
    r"\s*(?:of\s)?[a-z]+(?:\s[a-z]+)?\s?/\s?(?:dl|l)\b|\s*[,;(\[]*\s*(?:normal|reference|ref\b|range\b|n\s?[:=]|nr\s?[:=])"
)
_REFERENCE_BEFORE = compiled(
    r"(?:normal|reference)(?:\s+(?:range|value|values|level|limit)s?)?[\s:<>≤≥=,(]*(?:\d[\d.,]*\s*[-–]\s*)?$|\b(?:igg|igm|iga)\b"
)
#: clearances and what a day's urine holds, unless something was given so
_CLEARED = compiled(r"/\s?24|m[l]\s?/\s?min|\bper 24")
#: "a gram-negative rod", "20 ml/cmH2O", "5 l.m."
_NEVER = compiled(r"[-\s]?(?:negative|positive|stain)|\s?/\s?(?:[cm]m|\W)|\.[a-z]")
#: "2 x 500 mg/day": twice 500 mg
_TIMES = compiled(r"(?<![\w.,/-])[1-6]\s?[x×]\s?$")
#: "18G", not the end of "500 MG"
_GAUGE = compiled(r"\d\s?G$")
_ARTICLE = compiled(r"an?\s(?!units?$)", re.IGNORECASE)
#: "a drop in the count"
_FALL = compiled(r"\s(?:in|to|from|by)\b")
_FLOW = compiled(r"oxygen|\bo2\b|nasal|cannula|mask|flow|sevoflurane|air", re.IGNORECASE)
_DILUTED = compiled(
    r"\b(?:in|into|with|within|to)\s+(?:a\s+(?:total\s+)?(?:volume\s+of\s+)?|approximately\s+|about\s+)?$",
    re.IGNORECASE,
)
#: "increased in 50 mL": of its own, nothing is diluted
_CHANGED_IN = compiled(r"(?:increased|decreased|reduced)\s+(?:in|to|with)\s*$")
_NEAR_STRENGTH = compiled(r"\d\s?(?:%|mg/ml|mcg/ml|µg/ml|μg/ml|u/ml|iu/ml|g/l|mg/l)|1\s?:\s?\d0")
_ANALYTE = compiled(
    r"(?<!\w)(?:" + "|".join(f"(?P<r{i}>{spaced(row['stem'])})" for i, row in enumerate(rules("analytes"))) + ")"
)
_REACH = [int(row["reach"]) for row in rules("analytes")]
#: between an amount and the medicine that it is of
_OF_DRUG = re.compile(r"\s+of\s+(?:(?:a|an|the|oral|intravenous|iv|topical)\s+)?", re.IGNORECASE)
_DRUG_AHEAD = 20
#: weights that nobody measured: "low-molecular-weight heparin", "10 mg/kg body weight"
_NO_WEIGHT = compiled(r"molecular[\s-]weight|(?<=kg)(?:\sof)?\sbody[\s-]?weight")


def _stem(word: str) -> str:
    """A pattern of words that begin so; those of up to four letters stand for themselves."""
    return spaced(word) + (r"\b" if len(word) <= 4 else "")


_TAKEN_OUT = compiled(
    r"\s*(?:of\s+)?(?:"
    + "|".join(rf"(?:[\w-]+[\s-]+){{0,{row['between']}}}{_stem(row['word'])}" for row in rules("not_given_after"))
    + ")"
)


#: between a dose and the same one told again in brackets
_AGAIN = compiled(r"\s*[(\[=]\s*(?:(?:=|~|≈|or|i\.e\.,?|equivalent to|equals?|about|approximately|approx\.?)\s*)?")
_NUMBER = compiled(r"\d+(?:\.\d+)?")
#: numbers without a unit right before a dose: "at 300, 600 and", "with doses of 5 and"
_ONE_UNIT = compiled(
    r"(?:\b(?:at|of|with|to|in|doses?|dosages?|dosed|received|given|took)\s+|(?P<aside>[(,:])\s*)(?P<numbers>\d+(?:\.\d+)?(?:,\s+\d+(?:\.\d+)?)*),?\s+and\s+$"
)


def find_doses(text: str, drugs: Sequence[Place] = ()) -> list[DoseMention]:
    """Mentions of doses and volumes, in order. `drugs` are the characters of medicines already known: a percentage
    right beside one is its strength."""
    mentions: list[DoseMention] = []
    for match in _AMOUNT.finditer(text):
        if mentions and match.start() < mentions[-1].end:
            continue
        dose = parse_dose(match[0])
        if dose is None:
            continue
        amount = Amount(text, match.start(), match.end(), dose, mentions[-1] if mentions else None, drugs)
        if not _is_conversion(amount) and (mention := _read(amount)):
            mentions.extend(_with_one_unit(text, mention))
            mentions.append(mention)
    mentions.extend(QuantityMention("dose", m.start(), m.end(), None, 0.6) for m in _QUALITATIVE.finditer(text))
    return sorted(mentions, key=lambda m: m.start)


def _with_one_unit(text: str, last: DoseMention) -> Iterator[DoseMention]:
    """The doses before one of a list whose unit is told with the last alone: "at 5 and 10 mg, respectively"."""
    numbers = _ONE_UNIT.search(text, max(0, last.start - 40), last.start)
    if (
        numbers is None
        or not isinstance(last.value, Dose)
        or last.value.value_max is not None
        or not text[last.start].isdigit()
    ):
        return
    listed = list(_NUMBER.finditer(text, *numbers.span("numbers")))
    told_in_order = numbers["aside"] == "(" or "respectively" in after(text, last.end, 60)
    if not told_in_order and (len(listed) < 2 or numbers["aside"]):
        return
    for number in listed:
        if (value := parse_number(number[0])) is not None:
            yield QuantityMention("dose", number.start(), number.end(), replace(last.value, value=value), 0.8)


def _is_conversion(amount: Amount) -> bool:
    """Whether it only tells the dose before it again in another unit: "555 MBq (15 mCi)", "0.5 g (500 mg)"."""
    before_it = amount.previous.value if amount.previous else None
    if amount.previous is None or not isinstance(before_it, Dose) or amount.dose.unit == before_it.unit:
        return False
    first, again = _in_base_unit(before_it), _in_base_unit(amount.dose)
    same = first[1] == again[1] and math.isclose(first[0], again[0], rel_tol=0.05)
    return same and bool(_AGAIN.fullmatch(amount.text, amount.previous.end, amount.start))


def _in_base_unit(dose: Dose) -> tuple[float, str]:
    """Its value and unit, the unit's top in the base unit of its kind: 0.5 g/day is 500 mg/day."""
    top, slash, below = dose.unit.partition("/")
    base, factor = BASE_UNITS.get(top, (top, 1.0))
    return dose.value * factor, base + slash + below


def _read(amount: Amount) -> DoseMention | None:
    """The mention that the amount is, or None when it is something else."""
    if amount.dose.unit == "%":
        return amount.mention(0.9) if is_strength(amount) else None
    if amount.dose.unit == AUC_UNIT:
        return amount.mention(0.95)
    if any(is_so(amount) for _, is_so in NO_DOSE):
        return None
    return next((mention for _, read in DOSE if (mention := read(amount)) is not None), None)


# -- what is no dose ---------------------------------------------------------------------------------------------


def _is_gauge(amount: Amount) -> bool:
    return bool(_GAUGE.search(amount.written)) and amount.dose.value > 12


def _is_laboratory_unit(amount: Amount) -> bool:
    if IN_CARRIER.match(amount.rest):
        return False  # "norepinephrine 8 µg/mL in dextrose 5%": a strength
    if (
        amount.drug_before is not None
        and amount.dose.unit.endswith("/mL")
        and _INFUSED.search(amount.lead + amount.rest)
    ):
        return False  # "an epidural infusion of bupivacaine with fentanyl (2 µg/mL)"
    return amount.role in ("lab", "base") or bool(_PROBABLE_LAB.search(amount.dose.unit)) or "cm" in amount.written


def _is_analyte(amount: Amount) -> bool:
    """Whether what stands before names something measured, with no word of giving in between, nor a medicine of its own right before
    the amount ("the ornithine level was reduced by pyridoxine 300 mg/d"; but "serum calcium 9 mg"), nor one behind it."""
    if any(
        0 < start - amount.end <= _DRUG_AHEAD and _OF_DRUG.fullmatch(amount.text, amount.end, start)
        for start, _ in amount.drugs
    ):
        return False  # "to reduce bleeding, 6 g of fibrinogen"
    lead = _NO_WEIGHT.sub(lambda m: " " * len(m[0]), amount.lead)
    drug = len(lead) - (amount.start - amount.drug_before) if amount.drug_before is not None else None
    return any(
        len(lead) - m.end() <= _REACH[int((m.lastgroup or "r0")[1:])]
        and not GIVEN.search(lead, m.end())
        and (drug is None or m.start() >= drug or not lead[m.end() : drug].strip())
        for m in _ANALYTE.finditer(lead)
    )


def _is_reference_value(amount: Amount) -> bool:
    return bool(_REFERENCE_AFTER.match(amount.rest) or _REFERENCE_BEFORE.search(amount.lead))


def _behind_drug(amount: Amount) -> bool:
    """ "Atorvastatin (20 mg/24 h)": a medicine stands right before it."""
    return any(
        0 <= amount.start - end <= 3 and amount.text[end : amount.start].strip(" (,") == "" for _, end in amount.drugs
    )


#: what an amount is that is no dose, and how it is told; the first that holds decides
NO_DOSE: tuple[tuple[str, Callable[[Amount], bool]], ...] = (
    ("part of another term: a gram-negative rod, 20 ml/cmH2O", lambda a: bool(_NEVER.match(a.text, a.end))),
    ("a fall: a drop in the count", lambda a: (a.dose.unit, a.dose.value) == ("[drp]", 1) and bool(_FALL.match(a.text, a.end))),
    ("an article before a unit: a gram", lambda a: a.role == "dose" and bool(_ARTICLE.match(a.written))),
    ("a laboratory value: 12 g/dL", _is_laboratory_unit),
    ("a gauge: an 18G needle", _is_gauge),
    ("an osmolality: 382 mmol/kg", lambda a: a.dose.unit == "mmol/kg" and a.dose.value >= 50),
    ("something measured: proteinuria of 3 g", _is_analyte),
    ("taken out, weighed or eaten: 500 mL of blood", lambda a: a.dose.unit != "[IU]" and bool(_TAKEN_OUT.match(a.rest))),
    ("a reference value: 165 U, normal below 15 U", _is_reference_value),
    ("a clearance: 57 mL/min", lambda a: bool(_CLEARED.search(a.written.lower())) and not a.given and not _behind_drug(a)),
    ("a flow of anything but a gas: 5 L/min", lambda a: a.dose.unit.startswith("L/") and not _FLOW.search(a.lead + a.rest)),
)  # fmt: skip


# -- what is a dose ----------------------------------------------------------------------------------------------


def _counted_strength(amount: Amount) -> DoseMention | None:
    """ "two tablets of 250 mg": the strength belongs to the count."""
    joint = _STRENGTH_OF.match(amount.text, amount.end) if amount.role == "count" else None
    strength = _AMOUNT.pattern.match(amount.text, joint.end()) if joint else None
    whole = parse_dose(amount.text[amount.start : strength.end()]) if strength else None
    if strength is None or whole is None or whole.amount is None:
        return None
    return amount.mention(0.95, whole, end=strength.end())


def _volume(amount: Amount) -> DoseMention | None:
    """A volume of a strength ("15 mL of 2%") or to dilute in ("in 100 mL saline"); a bare one is a dose of its own."""
    volume = volume_of(amount.dose)
    if volume is None:
        return None
    near = before(amount.text, amount.start, 25) + " | " + after(amount.text, amount.end, 20)
    previous = amount.previous
    diluting = (
        previous is not None
        and amount.start - previous.end < 60
        and _DILUTED.search(amount.lead)
        and not _CHANGED_IN.search(amount.lead)
    )
    if _NEAR_STRENGTH.search(near) or diluting:
        return amount.mention(0.9, volume)
    return amount.mention(0.85 if amount.given else 0.65)


def _plain(amount: Amount) -> DoseMention | None:
    """Any other amount; a patch only where it is given (skin has patches, too)."""
    if amount.dose.unit == "{patch}" and not amount.given:
        return None
    confidence = 0.95 if amount.role == "dose" else 0.85
    if amount.dose.unit.endswith("/d") and (
        times := _TIMES.search(amount.text, max(0, amount.start - 8), amount.start)
    ):
        whole = parse_dose(amount.text[times.start() : amount.end])
        return amount.mention(confidence, whole, start=times.start())
    return amount.mention(confidence)


#: readings of an amount that is a dose, in the order in which they are tried
DOSE: tuple[tuple[str, Callable[[Amount], DoseMention | None]], ...] = (
    ("so many of a strength", _counted_strength),
    ("a volume", _volume),
    ("a plain dose", _plain),
)
