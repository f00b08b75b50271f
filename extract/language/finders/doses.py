"""Doses and volumes in running text, and what only looks like them: laboratory values, fluids drained, weights.

After the notation has been recognised, the surroundings decide: an amount with a laboratory unit (per dL, per L)
or after an analyte (rules/analytes.csv) or before a body fluid (rules/not_given_after.csv) is not a dose; a
percentage is a strength only beside a medicine or form (rules/strength_words.csv).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.language.finders.found import Found, after, before
from extract.language.quantities.dose import AMOUNT, AUC, TAIL, Dose, parse_dose
from extract.language.quantities.mixing import parse_volume
from extract.language.quantities.numbers import COUNT
from extract.language.quantities.parts import SPACE, rules, spaced
from extract.language.quantities.units import ROLES

_AMOUNT = re.compile(rf"(?<![\w.·])(?<!\d[,:/])(?<!\d[-–]\d)(?:{AMOUNT}{TAIL}|{AUC})")
_STRENGTH_OF = re.compile(rf"{SPACE}+of{SPACE}+(?={COUNT})|{SPACE}*[@x×]{SPACE}*(?=\d)")
_QUALITATIVE = re.compile(
    r"(?<![\w-])(?:(?:very[-\s])?(?:low|high|moderate|medium|intermediate|standard|conventional|full|therapeutic|maximal|maximum"
    r"|minimal|small|large|increasing|escalating|tapering|higher|lower|massive|normal|regular|usual|prophylactic|cumulative)"
    r"[-\s](?:doses?|dosages?|dosed)|overdos(?:e|age)s?)(?!\w)",
    re.IGNORECASE,
)
_PROBABLE_LAB = re.compile(
    r"/(?:[\d.]+ )?(?:dL|L|uL)\b|^(?:ng|pg|ug|U|mmol|umol|mol|mEq)/mL|^(?:pg|umol|mol|dL|g/mL)|/(?:mmol|mg|g|mol|U)\b"
)
_REFERENCE_AFTER = re.compile(
    r"\s*(?:of\s)?[a-z]+(?:\s[a-z]+)?\s?/\s?(?:dl|l)\b|\s*[,;(\[]*\s*(?:normal|reference|ref\b|range\b|n\s?[:=]|nr\s?[:=])"
)
_REFERENCE_BEFORE = re.compile(
    r"(?:normal|reference)(?:\s+(?:range|value|values|level|limit)s?)?[\s:<>≤≥=,(]*(?:\d[\d.,]*\s*[-–]\s*)?$|igg|igm|iga\b"
)
#: clearances and what a day's urine holds, unless something was given so
_CLEARED = re.compile(r"/\s?24|m[l]\s?/\s?min|\bper 24")
#: "a gram-negative rod", "20 ml/cmH2O", "5 l.m."
_NEVER = re.compile(r"[-\s]?(?:negative|positive|stain)|\s?/\s?(?:[cm]m|\W)|\.[a-z]")
#: "2 x 500 mg/day": twice 500 mg
_TIMES = re.compile(r"(?<![\w.,/-])[1-6]\s?[x×]\s?$")
#: a strength told anew, where one was told before: "was raised to 0.2%"
_CHANGED = re.compile(
    r"\b(?:increased|raised|reduced|decreased|lowered|titrated|changed|escalated)(?: up| down)? to\s+$"
)
_ARTICLE = re.compile(r"an?\s(?!units?$)", re.IGNORECASE)
#: "a drop in the count"
_FALL = re.compile(r"\s(?:in|to|from|by)\b")
_FLOW = re.compile(r"oxygen|\bo2\b|nasal|cannula|mask|flow|sevoflurane|air", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:giv|receiv|administ|treat|inject|infus|start|prescri|tak|bolus|dose|load|add|replac|supplement|therapy|resuscit|hydrat)",
    re.IGNORECASE,
)
_DILUTED = re.compile(
    r"\b(?:in|into|with|within|to)\s+(?:a\s+(?:total\s+)?(?:volume\s+of\s+)?|approximately\s+|about\s+)?$",
    re.IGNORECASE,
)
_NEAR_STRENGTH = re.compile(r"\d\s?(?:%|mg/ml|mcg/ml|µg/ml|μg/ml|u/ml|iu/ml|g/l|mg/l)|1\s?:\s?\d0")
_ANALYTE = re.compile(
    r"(?<!\w)(?:" + "|".join(f"(?P<r{i}>{spaced(row['stem'])})" for i, row in enumerate(rules("analytes"))) + ")"
)
_REACH = [int(row["reach"]) for row in rules("analytes")]
#: weights that nobody measured: "low-molecular-weight heparin", "10 mg/kg body weight"
_NO_WEIGHT = re.compile(r"molecular[\s-]weight|(?<=kg)(?:\sof)?\sbody[\s-]?weight")


def _stem(word: str) -> str:
    """A pattern of words that begin so; those of up to four letters stand for themselves."""
    return spaced(word) + (r"\b" if len(word) <= 4 else "")


_TAKEN_OUT = re.compile(
    r"\s*(?:of\s+)?(?:"
    + "|".join(rf"(?:[\w-]+[\s-]+){{0,{row['between']}}}{_stem(row['word'])}" for row in rules("not_given_after"))
    + ")"
)


def _side(name: str, **where: str) -> list[str]:
    return [spaced(row["word"]) for row in rules(name) if all(row[k] == v for k, v in where.items())]


_FORMS, _AGENTS = "|".join(_side("strength_words", kind="form")), "|".join(_side("strength_words", kind="agent"))
_ENDINGS = "|".join(_side("strength_words", kind="ending"))
_ONE = r"(?:(?!(?:with|on|in|of|and|or|to|by|after|while|under|during)\b)[\w/-]+\s+)?"
_CARRIERS = "|".join(_side("strength_words", kind="carrier"))
_STRENGTH_AFTER = re.compile(
    rf"\s*(?:\)\s*)?(?:of\s+)?(?:{_ONE}{_ONE}(?:{_FORMS})|{_ONE}(?:{_AGENTS})\b|{_ONE}[a-z-]*(?:{_ENDINGS})\b"
    rf"|(?:in|with)\s+(?:an?\s+)?{_ONE}(?:{_CARRIERS})\b)"
)
_STRENGTH_BEFORE = re.compile(
    rf"(?:(?:{_FORMS})s?|(?<!\w)(?:{_AGENTS})\w*|[a-z-]*(?:{_ENDINGS}))(?:\s+(?:eye\s+)?(?:solution|cream|ointment|gel|drops))?[\s(,]*(?:of\s+|at\s+)?$"
    rf"|\btopical\s+[\w-]+\s+(?:[\w-]+\s+)?\(?$|(?:{'|'.join(_side('strength_words', kind='lead'))})\s*$"
)
_TO_DRUG = re.compile(r"[\s()]*(?:(?:of|topical|oral|aqueous|w/v|w/w)\s+)*")
_SPECIMEN = re.compile(r"\b(?:fixed|fixation|embedded|stained|preserved)\s+(?:in|with)\s+$")
_SHARE_BEFORE = re.compile(rf"(?<!\w)(?:{'|'.join(_side('not_strength', side='before'))})")
_SHARE_AFTER = re.compile(rf"\s*(?:[\w-]+\s+){{0,2}}?(?:{'|'.join(_side('not_strength', side='after'))})\b")


def find_doses(text: str, drugs: Sequence[tuple[int, int]] = ()) -> list[Found]:
    """Mentions of doses and volumes, in order. `drugs` are the characters of medicines already known: a percentage
    right beside one is its strength."""
    found: list[Found] = []
    for match in _AMOUNT.finditer(text):
        if found and match.start() < found[-1].end:
            continue
        if mention := _judge(text, match.start(), match.end(), found[-1] if found else None, drugs):
            found.append(mention)
    found.extend(Found("dose", m.start(), m.end(), "", 0.6) for m in _QUALITATIVE.finditer(text))
    return sorted(found, key=lambda f: f.start)


def _judge(text: str, start: int, end: int, last: Found | None, drugs: Sequence[tuple[int, int]]) -> Found | None:
    """The mention that the amount at start..end is, or None when it is something else."""
    written = text[start:end]
    dose = parse_dose(written)
    if dose is None:
        return None
    if dose.unit == "%":
        stronger = last is not None and _is_other_strength(text, start, dose, last)
        return Found("dose", start, end, str(dose), 0.9) if stronger or _is_strength(text, start, end, drugs) else None
    if dose.unit == "AUC":
        return Found("dose", start, end, str(dose))
    role = ROLES.get(re.split(r"/", dose.unit)[0], "")
    fell = dose.unit == "{drop}" and dose.value == 1 and _FALL.match(text, end)
    if _NEVER.match(text, end) or fell or (role == "dose" and _ARTICLE.match(written)):
        return None
    if role in ("lab", "base") or _PROBABLE_LAB.search(dose.unit) or "cm" in written:
        return None
    if written.endswith("G") and dose.value > 12:
        return None  # a gauge: "an 18G needle"
    if dose.unit == "mmol/kg" and dose.value >= 50:
        return None  # an osmolality
    lead, rest = before(text, start, 60), after(text, end, 60)
    if (
        _is_analyte(lead)
        or (dose.unit != "U" and _TAKEN_OUT.match(rest))
        or _REFERENCE_AFTER.match(rest)
        or _REFERENCE_BEFORE.search(lead)
    ):
        return None
    if _CLEARED.search(written.lower()) and not _GIVEN.search(lead):
        return None
    if dose.unit.startswith("L/") and not _FLOW.search(lead + rest):
        return None
    if role == "count":
        joint = _STRENGTH_OF.match(text, end)
        strength = _AMOUNT.match(text, joint.end()) if joint else None
        if strength and (whole := parse_dose(text[start : strength.end()])) and whole.amount is not None:
            return Found("dose", start, strength.end(), str(whole))
    if role == "volume" and dose.unit in ("mL", "L", "uL"):
        near = before(text, start, 25) + " | " + after(text, end, 20)
        volume = parse_volume(written)
        diluting = _DILUTED.search(lead) and not re.search(
            r"(?:increased|decreased|reduced)\s+(?:in|to|with)\s*$", lead
        )
        if volume and (_NEAR_STRENGTH.search(near) or (diluting and last and start - last.end < 60)):
            return Found("volume", start, end, str(volume), 0.9)
        given = bool(_GIVEN.search(lead))
        return Found("dose", start, end, str(dose), 0.85 if given else 0.65)
    if dose.unit == "{patch}" and not _GIVEN.search(lead):
        return None
    confidence = 0.95 if role == "dose" else 0.85
    if dose.unit.endswith("/day") and (times := _TIMES.search(text, max(0, start - 8), start)):
        start = times.start()
        dose = parse_dose(text[start:end]) or dose
    return Found("dose", start, end, str(dose), confidence)


def _is_analyte(lead: str) -> bool:
    """Whether what stands before names something measured, with no word of giving in between."""
    lead = _NO_WEIGHT.sub(lambda m: " " * len(m[0]), lead)
    for match in _ANALYTE.finditer(lead):
        if len(lead) - match.end() <= _REACH[int((match.lastgroup or "r0")[1:])] and not _GIVEN.search(
            lead, match.end()
        ):
            return True
    return False


def _is_other_strength(text: str, start: int, dose: Dose, last: Found) -> bool:
    """Whether a percentage is what the strength told before was changed to: of the same order, behind words of change."""
    before_it = parse_dose(last.norm) if last.norm.endswith("%") and start - last.end < 200 else None
    near = before_it is not None and before_it.value / 10 <= dose.value <= before_it.value * 10
    return near and bool(_CHANGED.search(before(text, start, 30)))


def _is_strength(text: str, start: int, end: int, drugs: Sequence[tuple[int, int]]) -> bool:
    """Whether the percentage at start..end is the strength of a medicine."""
    lead, rest = before(text, start, 45), after(text, end, 45)
    if _SHARE_AFTER.match(rest) or _SPECIMEN.search(lead):
        return False
    if _STRENGTH_AFTER.match(rest):
        return True
    if _SHARE_BEFORE.search(lead[-30:]):
        return False
    beside = any(
        (end <= a <= end + 16 and _TO_DRUG.fullmatch(text, end, a))
        or (b <= start <= b + 4 and not text[b:start].strip(" (,"))
        for a, b in drugs
    )
    return beside or bool(_STRENGTH_BEFORE.search(lead))
