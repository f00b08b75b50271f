"""Percentages in running text: the strength of a medicine, or a share, a measurement, a specimen.

Called by `dose_mentions`. A percentage is a strength only beside a medicine, a form or a carrier (rules/strength_words.csv), and not
where it is a share (rules/not_strength.csv). The decisions stand in one ordered table, `STRENGTH`.
"""

from __future__ import annotations

from collections.abc import Callable

from extract.language.quantities.dose import Dose
from extract.language.quantities.dose_amount import Amount
from extract.language.quantities.mention import after, before
from extract.language.quantities.parts import rules, spaced
from extract.rules.compiling import compiled

#: a strength told anew, where one was told before: "was raised to 0.2%"
_CHANGED = compiled(r"\b(?:increased|raised|reduced|decreased|lowered|titrated|changed|escalated)(?: up| down)? to\s+$")


def _side(name: str, **where: str) -> list[str]:
    return [spaced(row["word"]) for row in rules(name) if all(row[k] == v for k, v in where.items())]


_FORMS, _AGENTS = "|".join(_side("strength_words", kind="form")), "|".join(_side("strength_words", kind="agent"))
_ENDINGS = "|".join(_side("strength_words", kind="ending"))
_ONE = r"(?:(?!(?:with|on|in|of|and|or|to|by|after|while|under|during)\b)[\w/-]+\s+)?"
_CARRIERS = "|".join(_side("strength_words", kind="carrier"))
_STRENGTH_AFTER = compiled(
    rf"\s*(?:\)\s*)?(?:of\s+)?(?:{_ONE}{_ONE}(?:{_FORMS})|{_ONE}(?:{_AGENTS})\b|{_ONE}[a-z-]*(?:{_ENDINGS})\b"
    rf"|(?:in|with)\s+(?:an?\s+)?{_ONE}(?:{_CARRIERS})\b)"
)
_STRENGTH_BEFORE = compiled(
    rf"(?:(?:{_FORMS})s?|(?<!\w)(?:{_AGENTS})\w*|[a-z-]*(?:{_ENDINGS}))(?:\s+(?:eye\s+)?(?:solution|cream|ointment|gel|drops))?[\s(,]*(?:of\s+|at\s+)?$"
    rf"|\btopical\s+[\w-]+\s+(?:[\w-]+\s+)?\(?$|(?:{'|'.join(_side('strength_words', kind='lead'))})\s*$"
)
IN_CARRIER = compiled(rf"\s*(?:solution\s+)?in\s+(?:an?\s+|\d[\d.]*\s?%\s+)?{_ONE}(?:{_CARRIERS})\b")
_TO_DRUG = compiled(r"[\s()]*(?:(?:of|topical|oral|aqueous|w/v|w/w)\s+)*")
#: between a medicine and its strength: a brand, a maker or an abbreviation in brackets, or nothing: "clobetasol (Dermovate) 0.05%"
_TO_STRENGTH = compiled(
    r"[ (,]{0,4}|\s+(?:at|in)\s+(?:an?\s+(?:[\w-]+\s)?(?:strength|concentration|dilution)\s+(?:of\s+|\())?|[^()\n]{0,20}\)\s?\(?|\s?[(\[][^()\[\]\n]*[)\]]\s?\(?"
)
_SHARE_OF = compiled(r"\s*(?:of\s+(?!no\b)|improve|reduc|decreas|had\b|have\b)")
_LISTED = compiled(r"\s*(?:,|,?\s*(?:and|or|then|to))\s+(?:then\s+)?")
#: characters that such a bracket can hold
BRACKET = 60
_SPECIMEN = compiled(r"\b(?:fixed|fixation|embedded|stained|preserved)\s+(?:in|with)\s+$")
_SHARE_BEFORE = compiled(rf"(?<!\w)(?:{'|'.join(_side('not_strength', side='before'))})")
_SHARE_AFTER = compiled(rf"\s*(?:[\w-]+\s+){{0,2}}?(?:{'|'.join(_side('not_strength', side='after'))})\b")


def _is_changed_strength(amount: Amount) -> bool:
    """Whether a percentage is what the strength told before was changed to: of the same order, behind words of change."""
    previous = amount.previous
    if previous is None or not previous.norm.endswith("%") or amount.start - previous.end >= 200:
        return False
    near = (
        isinstance(previous.value, Dose) and previous.value.value / 10 <= amount.dose.value <= previous.value.value * 10
    )
    return near and bool(_CHANGED.search(before(amount.text, amount.start, 30)))


def _is_listed_strength(amount: Amount) -> bool:
    """Whether only a comma or an "and" stands between it and the strength told before, and no share behind it."""
    previous = amount.previous
    if previous is None or not previous.norm.endswith("%") or _SHARE_OF.match(amount.text, amount.end):
        return False
    return bool(_LISTED.fullmatch(amount.text, previous.end, amount.start))


def _is_beside_drug(amount: Amount) -> bool:
    """Whether a known medicine stands right before or behind the percentage."""
    return any(
        (amount.end <= start <= amount.end + 16 and _TO_DRUG.fullmatch(amount.text, amount.end, start))
        or (end <= amount.start <= end + BRACKET and _TO_STRENGTH.fullmatch(amount.text, end, amount.start))
        for start, end in amount.drugs
    )


#: whether a percentage is the strength of a medicine, and how it is told; the first that holds decides
STRENGTH: tuple[tuple[str, bool, Callable[[Amount], object]], ...] = (
    ("the strength told before, changed: raised to 0.2%", True, _is_changed_strength),
    ("one of a list of strengths: at 25%, 50% and 75%", True, _is_listed_strength),
    ("a share, behind it: 50% of patients", False, lambda a: _SHARE_AFTER.match(after(a.text, a.end, 45))),
    ("a specimen: fixed in 10%", False, lambda a: _SPECIMEN.search(before(a.text, a.start, 45))),
    ("a form, carrier or drug behind it: 5% cream", True, lambda a: _STRENGTH_AFTER.match(after(a.text, a.end, 45))),
    ("a share, before it: saturation 98%", False, lambda a: _SHARE_BEFORE.search(before(a.text, a.start, 45)[-30:])),
    ("a known medicine beside it", True, _is_beside_drug),
    ("a form or drug before it: lidocaine 5%", True, lambda a: _STRENGTH_BEFORE.search(before(a.text, a.start, 45))),
)  # fmt: skip


def is_strength(amount: Amount) -> bool:
    """Whether the percentage is the strength of a medicine."""
    return next((answer for _, answer, holds in STRENGTH if holds(amount)), False)
